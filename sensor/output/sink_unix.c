/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unix socket, whichever kind is there: lines ended by LF on a stream, or one line a
 * datagram. No syslog header: who reads here wants the payload.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/output/sink_stream.h"

struct unix_socket {
	struct sink_stream *stream;
	int datagrams; /* the socket; -1: it is a stream, or not connected */
};

static void
append(struct text_out *to, const struct sink *s, const struct sink_line *line,
	uint64_t number)
{
	(void)s, (void)number;
	text_out_span(to, line->text);
	text_out_char(to, '\n');
}

static const struct sink_framing line_ends = {.append = append};

static int
unix_open(struct sink *s)
{
	struct unix_socket *u;
	struct stat st;

	if (strlen(s->output->path) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		return sink_fail(
			s, "the path is too long for a unix socket (107 octets)");
	if (stat(s->output->path, &st) == 0 && !S_ISSOCK(st.st_mode))
		return sink_fail(s, "is no socket; for a file write to: file");
	u = calloc(1, sizeof(*u));
	if (!u)
		abort();
	u->stream = sink_stream_new(&line_ends);
	u->datagrams = -1;
	s->own = u;
	return 0;
}

static void
hang_up(struct unix_socket *u)
{
	if (u->datagrams >= 0)
		close(u->datagrams);
	u->datagrams = -1;
}

static void
unix_close(struct sink *s)
{
	struct unix_socket *u = s->own;

	sink_stream_free(s, u->stream);
	hang_up(u);
	free(u);
}

/* True when the socket is one for datagrams, and connected. */
static bool
connect_datagrams(struct sink *s, struct unix_socket *u)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	span_copy(span_of_text(s->output->path), a.sun_path, sizeof(a.sun_path));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0) {
		u->datagrams = fd;
		return true;
	}
	if (fd >= 0)
		close(fd);
	return false;
}

/* 0, or -1 with errno. */
static int
send_one(struct sink *s, const struct unix_socket *u, struct span line, uint64_t deadline)
{
	for (;;) {
		if (send(u->datagrams, line.at, line.len, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EMSGSIZE) {
			log_warnx("a line of %zu octets is too long for a datagram of a "
				  "unix "
				  "socket and is lost; a stream socket has room",
				line.len);
			return 0;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != ENOBUFS)
			return -1;
		if (!sink_wait(s, u->datagrams, POLLOUT, deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

static size_t
send_datagrams(struct sink *s, struct unix_socket *u, const struct sink_line *lines,
	size_t count)
{
	uint64_t deadline = sink_deadline(s);

	for (size_t i = 0; i < count; i++) {
		if (send_one(s, u, lines[i].text, deadline) == 0)
			continue;
		if (errno == ETIMEDOUT) {
			sink_fail(s, "its reader is slow: %zu of %zu lines taken in time",
				i, count);
			return i;
		}
		sink_fail(s, "cannot send: %s", strerror(errno));
		hang_up(u);
		return i;
	}
	return count;
}

static size_t
unix_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	struct unix_socket *u = s->own;

	/* EPROTOTYPE, when it is a stream, says nothing: the stream has its own errors.
	 */
	if (u->datagrams >= 0 || (u->stream->wire.fd < 0 && connect_datagrams(s, u)))
		return send_datagrams(s, u, lines, count);
	return sink_stream_send(s, u->stream, NULL, lines, count);
}

const struct sink_kind sink_unix = {
	.open = unix_open,
	.close = unix_close,
	.send = unix_send,
};
