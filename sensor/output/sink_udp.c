/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syslog over UDP, one datagram a message (RFC 5426 3.1). Taken is what was sent: whether
 * it arrives nobody knows. That nobody listens is told by ICMP, behind a datagram that is
 * lost, where a firewall does not hide it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/output/sink_wire.h"
#include "sensor/output/syslog_frame.h"

/* Octets that a datagram over IPv4 can hold: 65535 less IP's and UDP's headers. */
#define DATAGRAM_MAX 65507u

struct udp {
	int fd; /* -1: none */
	bool cut_told;
	struct text_out message;
};

static int
udp_open(struct sink *s)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u)
		abort();
	u->fd = -1;
	s->own = u;
	return 0;
}

static void
udp_close(struct sink *s)
{
	struct udp *u = s->own;

	if (u->fd >= 0)
		close(u->fd);
	text_out_free(&u->message);
	free(u);
}

/* What is too long is cut between characters of UTF-8: a part of an alert beats none. */
static struct span
fit(struct sink *s, struct udp *u)
{
	struct span all = text_out_all(&u->message);
	size_t n = DATAGRAM_MAX;

	if (all.len <= n)
		return all;
	while (n > 0 && (all.at[n] & 0xc0) == 0x80)
		n--;
	if (!u->cut_told)
		log_warnx("udp to %s:%s: a line of %zu octets is cut to fit into a "
			  "datagram; "
			  "to: tcp, tls or relp has room",
			s->output->host, s->output->port, all.len);
	u->cut_told = true;
	return span_slice(all, 0, n);
}

/* 0, or -1 with errno. */
static int
send_one(struct sink *s, struct udp *u, struct span message, uint64_t deadline)
{
	for (;;) {
		if (send(u->fd, message.at, message.len, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != ENOBUFS)
			return -1;
		if (!sink_wait(s, u->fd, POLLOUT, deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

static size_t
udp_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	uint64_t deadline = sink_deadline(s);
	struct udp *u = s->own;

	if (u->fd < 0 && (u->fd = sink_wire_dial(s, SOCK_DGRAM, deadline)) < 0)
		return 0;
	for (size_t i = 0; i < count; i++) {
		text_out_reset(&u->message);
		syslog_frame_append(&u->message, s->output->facility, s->host, &lines[i]);
		if (send_one(s, u, fit(s, u), deadline) == 0)
			continue;
		sink_fail(s, "cannot send: %s%s", strerror(errno),
			errno == ECONNREFUSED ? "; is the collector running?" : "");
		/* The name may by now have another address. */
		close(u->fd);
		u->fd = -1;
		/* ECONNREFUSED is about the datagram before this one. */
		return errno == ECONNREFUSED && i > 0 ? i - 1 : i;
	}
	return count;
}

const struct sink_kind sink_udp = {
	.open = udp_open,
	.close = udp_close,
	.send = udp_send,
};
