/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/base/escape.h"
#include "sensor/output/sink_part.h"

#define NS_PER_MS 1000000u
/* How soon a wait notices sink_hurry() of another thread. */
#define SLICE_MS 50

static const struct sink_kind *const kinds[] = {
	[CONFIG_TO_STDOUT] = &sink_stdout,
	[CONFIG_TO_FILE] = &sink_file,
	[CONFIG_TO_UNIX] = &sink_unix,
	[CONFIG_TO_UDP] = &sink_udp,
	[CONFIG_TO_TCP] = &sink_tcp,
	[CONFIG_TO_TLS] = &sink_tcp,
	[CONFIG_TO_RELP] = &sink_relp,
};

/* --- what the kinds share ----------------------------------------------------------- */

uint64_t
sink_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000u * NS_PER_MS + (uint64_t)t.tv_nsec;
}

uint64_t
sink_deadline(const struct sink *s)
{
	uint64_t deadline = sink_now() + (uint64_t)SINK_WAIT_MS * NS_PER_MS;
	uint64_t give_up = atomic_load(&s->give_up);

	return give_up < deadline ? give_up : deadline;
}

short
sink_wait(const struct sink *s, int fd, short events, uint64_t deadline)
{
	struct pollfd p = {.fd = fd, .events = events};
	uint64_t now, end, ms;

	for (;;) {
		now = sink_now();
		end = atomic_load(&s->give_up);
		end = deadline < end ? deadline : end;
		ms = end > now ? (end - now + NS_PER_MS - 1) / NS_PER_MS : 0;
		if (poll(&p, 1, (int)(ms < SLICE_MS ? ms : SLICE_MS)) > 0)
			return p.revents;
		if (ms == 0)
			return 0;
	}
}

static void
write_place(const struct sink *s, char *out, size_t room)
{
	static const char *const words[] = {[CONFIG_TO_STDOUT] = "stdout",
		[CONFIG_TO_FILE] = "file",
		[CONFIG_TO_UNIX] = "unix",
		[CONFIG_TO_UDP] = "udp",
		[CONFIG_TO_TCP] = "tcp",
		[CONFIG_TO_TLS] = "tls",
		[CONFIG_TO_RELP] = "relp"};
	const struct config_output *o = s->output;
	char text[128];

	if (o->path) {
		escape_text(span_of_text(o->path), text, sizeof(text));
		snprintf(out, room, "%s", text);
	} else if (o->host) {
		escape_text(span_of_text(o->host), text, sizeof(text));
		snprintf(out, room, "%s to %s:%s", words[o->to], text, o->port);
	} else {
		snprintf(out, room, "%s", words[o->to]);
	}
}

int
sink_fail(struct sink *s, const char *format, ...)
{
	va_list args;
	size_t n;

	write_place(s, s->error, sizeof(s->error) - 64);
	n = strlen(s->error);
	n += (size_t)snprintf(s->error + n, sizeof(s->error) - n, ": ");
	va_start(args, format);
	vsnprintf(s->error + n, sizeof(s->error) - n, format, args);
	va_end(args);
	/* What did not fit is not cut within a character. */
	n = strlen(s->error);
	if (n == sizeof(s->error) - 1)
		while (n > 0 && (s->error[n - 1] & 0x80))
			s->error[--n] = '\0';
	return -1;
}

/* --- SIGPIPE ------------------------------------------------------------------------ */

/*
 * A peer that has gone shall be an error and not the end of the program. The signal is
 * kept from this thread while a sink writes (OpenSSL knows no other way), and taken away
 * if it came, so that the program's own choice about it stands.
 */
struct quiet {
	sigset_t pipe, before;
	bool was_pending;
};

static void
quiet_begin(struct quiet *q)
{
	sigset_t pending;

	sigpending(&pending);
	q->was_pending = sigismember(&pending, SIGPIPE) == 1;
	sigemptyset(&q->pipe);
	sigaddset(&q->pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &q->pipe, &q->before);
}

static void
quiet_end(struct quiet *q)
{
	static const struct timespec at_once = {0};

	while (!q->was_pending && sigtimedwait(&q->pipe, NULL, &at_once) < 0 &&
		errno == EINTR)
		;
	pthread_sigmask(SIG_SETMASK, &q->before, NULL);
}

/* --- for the caller ----------------------------------------------------------------- */

struct sink *
sink_open(const struct config_output *o, const char *host, char *error)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (!s || !(s->host = strdup(host ? host : "")))
		abort();
	s->kind = kinds[o->to];
	s->output = o;
	atomic_init(&s->give_up, UINT64_MAX);
	if (s->kind->open(s) == 0)
		return s;
	memcpy(error, s->error, SINK_ERROR_MAX);
	free(s->host);
	free(s);
	return NULL;
}

void
sink_close(struct sink *s)
{
	struct quiet q;

	if (!s)
		return;
	quiet_begin(&q);
	s->kind->close(s);
	quiet_end(&q);
	free(s->host);
	free(s);
}

size_t
sink_send(struct sink *s, const struct sink_line *lines, size_t count, char *error)
{
	struct quiet q;
	size_t taken;

	s->error[0] = '\0';
	quiet_begin(&q);
	taken = count ? s->kind->send(s, lines, count) : 0;
	quiet_end(&q);
	memcpy(error, s->error, SINK_ERROR_MAX);
	if (taken == count)
		error[0] = '\0';
	return taken;
}

void
sink_reopen(struct sink *s)
{
	if (s->kind->reopen)
		s->kind->reopen(s);
}

bool
sink_acknowledges(const struct sink *s)
{
	return s->kind->acknowledges;
}

void
sink_hurry(struct sink *s, unsigned ms)
{
	atomic_store(&s->give_up, sink_now() + (uint64_t)ms * NS_PER_MS);
}
