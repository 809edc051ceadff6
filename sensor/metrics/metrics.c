/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/metrics/metrics.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"

/* Those who may ask at once, and seconds that one may keep silent. */
#define CONNECTIONS 16u
#define SILENCE_S   10u
#define BACKLOG	    16

static const char not_found[] = "Not found; the counters are at /metrics\n";
static const char not_allowed[] = "Only GET and HEAD\n";

struct metrics {
	struct MHD_Daemon *daemon;
	metrics_collect *collect;
	void *ctx;
};

/* --- a request -------------------------------------------------------------------------
 */

static enum MHD_Result
respond(struct MHD_Connection *c, unsigned status, struct MHD_Response *r,
	const char *type, const char *allow)
{
	enum MHD_Result result;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, type);
	if (allow)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, allow);
	result = MHD_queue_response(c, status, r);
	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result
refuse(struct MHD_Connection *c, unsigned status, const char *text, const char *allow)
{
	return respond(c, status,
		MHD_create_response_from_buffer(
			strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT),
		"text/plain; charset=utf-8", allow);
}

static enum MHD_Result
page(struct metrics *m, struct MHD_Connection *c)
{
	struct text_out out;
	struct MHD_Response *r;

	text_out_init(&out);
	m->collect(m->ctx, &out);
	r = MHD_create_response_from_buffer(out.used, out.at, MHD_RESPMEM_MUST_COPY);
	text_out_free(&out);
	return respond(
		c, MHD_HTTP_OK, r, "text/plain; version=0.0.4; charset=utf-8", NULL);
}

static enum MHD_Result
answer(void *ctx, struct MHD_Connection *c, const char *url, const char *method,
	const char *version, const char *upload, size_t *upload_octets, void **state)
{
	(void)version, (void)upload, (void)state;
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
		strcmp(method, MHD_HTTP_METHOD_HEAD) != 0) {
		/* What it brings along is read and forgotten. */
		*upload_octets = 0;
		return refuse(c, MHD_HTTP_METHOD_NOT_ALLOWED, not_allowed, "GET, HEAD");
	}
	if (strcmp(url, "/metrics") != 0)
		return refuse(c, MHD_HTTP_NOT_FOUND, not_found, NULL);
	return page(ctx, c);
}

/* What scanners do wrong is no news. */
static void __attribute__((format(printf, 2, 0)))
tell(void *ctx, const char *format, va_list args)
{
	char line[512];

	(void)ctx;
	vsnprintf(line, sizeof(line), format, args);
	log_debug("metrics: %s", line);
}

/* --- opening ---------------------------------------------------------------------------
 */

/* An address is written, not looked up: a name server is not needed to be looked at. */
static socklen_t
address_of(const char *text, uint16_t port, struct sockaddr_storage *out)
{
	struct sockaddr_in *four = (void *)out;
	struct sockaddr_in6 *six = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		return sizeof(*four);
	}
	if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		return sizeof(*six);
	}
	return 0;
}

/* A socket of our own: libmicrohttpd does not tell why it could not make one. */
static int
listen_on(const char *address, uint16_t port, char *error, size_t room)
{
	struct sockaddr_storage at;
	socklen_t len = address_of(address, port, &at);
	int one = 1, s;

	if (len == 0) {
		snprintf(error, room,
			"metrics: address: %s is no address; write 127.0.0.1 or ::1",
			address);
		return -1;
	}
	s = socket(at.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s >= 0 && setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
		bind(s, (const void *)&at, len) == 0 && listen(s, BACKLOG) == 0)
		return s;
	snprintf(error, room, "metrics: %s port %u: %s", address, port, strerror(errno));
	if (s >= 0)
		close(s);
	return -1;
}

/* Signals are for the thread that knows what they mean. */
static struct MHD_Daemon *
start(struct metrics *m, int s, uint16_t port)
{
	sigset_t all, before;
	struct MHD_Daemon *d;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	d = MHD_start_daemon(
		MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ERROR_LOG, port,
		NULL, NULL, answer, m, MHD_OPTION_EXTERNAL_LOGGER, tell, NULL,
		MHD_OPTION_LISTEN_SOCKET, s, MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS,
		MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_S, MHD_OPTION_END);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return d;
}

struct metrics *
metrics_open(const char *address, uint16_t port, metrics_collect *collect, void *ctx,
	char *error, size_t room)
{
	struct metrics *m;
	int s = listen_on(address, port, error, room);

	if (s < 0)
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		abort();
	m->collect = collect;
	m->ctx = ctx;
	m->daemon = start(m, s, port);
	if (m->daemon)
		return m;
	snprintf(error, room, "metrics: %s port %u: cannot be served", address, port);
	close(s);
	free(m);
	return NULL;
}

void
metrics_close(struct metrics *m)
{
	if (!m)
		return;
	MHD_stop_daemon(m->daemon);
	free(m);
}
