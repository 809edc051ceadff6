/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_wire.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sensor/output/sink_name.h"
#include "sensor/output/sink_tls.h"

void
sink_wire_init(struct sink_wire *w)
{
	*w = (struct sink_wire){.fd = -1};
}

/* --- connecting --------------------------------------------------------------------- */

/* 0, or an errno. */
static int
finish_connect(struct sink *s, int fd, uint64_t deadline)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (errno != EINPROGRESS)
		return errno;
	if (!sink_wait(s, fd, POLLOUT, deadline))
		return ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size))
		return errno;
	return error;
}

/* The descriptor, or -1 and errno. */
static int
dial_one(struct sink *s, const struct addrinfo *a, uint64_t deadline)
{
	int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
		a->ai_protocol);
	int error;

	if (fd < 0)
		return -1;
	if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
		return fd;
	error = finish_connect(s, fd, deadline);
	if (error == 0)
		return fd;
	close(fd);
	errno = error;
	return -1;
}

static void
fail_dial(struct sink *s, const struct addrinfo *a, int error, size_t more)
{
	char text[NI_MAXHOST], others[48] = "";

	if (getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0,
		    NI_NUMERICHOST))
		text[0] = '\0';
	if (more)
		snprintf(others, sizeof(others), ", nor to %zu other%s", more,
			more > 1 ? "s" : "");
	sink_fail(s, "cannot connect to %s%s: %s%s", text, others,
		error == ETIMEDOUT ? "no answer" : strerror(error),
		error == ECONNREFUSED ? "; is the collector running, and the port right?"
				      : "");
}

int
sink_wire_dial(struct sink *s, int type, uint64_t deadline)
{
	struct addrinfo *found = sink_name_find(s, type, deadline), *last = NULL;
	size_t left = 0, tried = 0;
	uint64_t now, share;
	int fd = -1, error = 0;

	for (struct addrinfo *a = found; a; a = a->ai_next)
		left++;
	/* Each of those left gets its share of the time, so that the last is tried too.
	 */
	for (struct addrinfo *a = found; a && fd < 0; a = a->ai_next, left--) {
		now = sink_now();
		share = deadline > now ? (deadline - now) / left : 0;
		fd = dial_one(s, a, now + share);
		error = errno;
		last = a;
		tried++;
	}
	if (fd < 0 && last)
		fail_dial(s, last, error, tried - 1);
	if (found)
		freeaddrinfo(found);
	return fd;
}

static int
dial_path(struct sink *s, uint64_t deadline)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	span_copy(span_of_text(s->output->path), a.sun_path, sizeof(a.sun_path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return sink_fail(s, "no socket: %s", strerror(errno));
	(void)deadline; /* a unix socket connects at once, or says EAGAIN */
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	sink_fail(s, "cannot connect: %s%s", strerror(errno),
		errno == ENOENT || errno == ECONNREFUSED ? "; is its reader running?"
							 : "");
	close(fd);
	return -1;
}

int
sink_wire_connect(
	struct sink *s, struct sink_wire *w, struct ssl_ctx_st *tls, uint64_t deadline)
{
	static const int on = 1;

	sink_wire_init(w);
	w->counts = !s->output->path;
	w->fd = w->counts ? sink_wire_dial(s, SOCK_STREAM, deadline)
			  : dial_path(s, deadline);
	if (w->fd < 0)
		return -1;
	if (w->counts) {
		/* A batch is written whole; a peer that has vanished is noticed in time.
		 */
		setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		setsockopt(w->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	}
	if (!tls || sink_tls_start(s, w, tls, deadline) == 0)
		return 0;
	sink_wire_close(s, w, false, 0);
	return -1;
}

/* --- octets ------------------------------------------------------------------------- */

ssize_t
sink_wire_write(struct sink_wire *w, struct span octets)
{
	ssize_t n;

	if (w->ssl)
		return sink_tls_write(w, octets);
	n = send(w->fd, octets.at, octets.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n >= 0) {
		w->sent += (uint64_t)n;
		return n;
	}
	w->want = POLLOUT;
	return errno == EAGAIN || errno == EINTR ? 0 : -1;
}

/*
 * Acknowledges at once what was read. A collector that answers each line by itself (RELP)
 * holds its next answer back until the last is acknowledged (RFC 896), and we would do
 * that some 40 ms later (RFC 9293 3.8.6.3), as nothing of ours goes out meanwhile. The
 * kernel forgets it after a while, so it is said each time.
 */
static void
acknowledge(const struct sink_wire *w)
{
	static const int on = 1;

	if (w->counts)
		setsockopt(w->fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static ssize_t
read_plain(struct sink_wire *w, void *out, size_t room)
{
	ssize_t n = recv(w->fd, out, room, MSG_DONTWAIT);

	if (n > 0)
		return n;
	w->ended = n == 0;
	w->want = POLLIN;
	if (n == 0)
		errno = ECONNRESET;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

ssize_t
sink_wire_read(struct sink_wire *w, void *out, size_t room)
{
	ssize_t n = w->ssl ? sink_tls_read(w, out, room) : read_plain(w, out, room);

	if (n > 0)
		acknowledge(w);
	return n;
}

uint64_t
sink_wire_acknowledged(const struct sink_wire *w)
{
	int left = 0;

	if (!w->counts || ioctl(w->fd, SIOCOUTQ, &left) || left < 0)
		return w->sent;
	return (uint64_t)left < w->sent ? w->sent - (uint64_t)left : 0;
}

/* --- the end ------------------------------------------------------------------------ */

/* Until the peer closes; what it still says nobody wants. */
static void
wait_for_end(struct sink *s, struct sink_wire *w, uint64_t deadline)
{
	char nothing[512];

	shutdown(w->fd, SHUT_WR);
	while (sink_wait(s, w->fd, POLLIN, deadline))
		if (sink_wire_read(w, nothing, sizeof(nothing)) < 0)
			return;
}

void
sink_wire_close(struct sink *s, struct sink_wire *w, bool orderly, uint64_t deadline)
{
	if (w->fd < 0)
		return;
	if (w->ssl)
		sink_tls_end(s, w, orderly, deadline);
	if (orderly)
		wait_for_end(s, w, deadline);
	close(w->fd);
	sink_wire_init(w);
}
