/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines over a connection, whatever tells them apart there. It connects when there are
 * lines and no connection, and knows which lines were taken. A part of the sinks for TCP,
 * TLS, RELP and unix sockets.
 *
 * A collector that is slow is not a dead one. Lines that it did not take in time are
 * given again by the caller; when they come as they were, the connection goes on where it
 * stood, and nothing is sent twice.
 */
#ifndef SINK_STREAM_H
#define SINK_STREAM_H

#include "sensor/base/text_out.h"
#include "sink_wire.h"

struct sink_stream;

/* How lines are told apart, and when they are taken. */
struct sink_framing {
	/* Appends one line. number: of the line in this connection, from 0. */
	void (*append)(struct text_out *to, const struct sink *s,
		const struct sink_line *line, uint64_t number);
	/* Behind the connection's begin; NULL: nothing. 0, or -1 with the error line. */
	int (*begin)(struct sink *s, struct sink_stream *st, uint64_t deadline);
	/*
	 * What the peer said: sets st->answered. NULL: it has nothing to say. -1 with the
	 * error line: it is no use to go on.
	 */
	int (*heard)(struct sink *s, struct sink_stream *st, struct span octets);
	/* Before an orderly end; NULL: nothing. */
	void (*end)(struct sink *s, struct sink_stream *st, uint64_t deadline);
};

struct sink_stream_line {
	size_t end;    /* in out: behind its last octet */
	uint64_t mark; /* wire.sent when that was written; 0: it was not yet */
};

struct sink_stream {
	const struct sink_framing *framing;
	struct sink_wire wire;
	struct text_out out; /* framed lines that are not taken, the oldest first */
	struct text_out next;
	size_t written; /* of out */
	short want;	/* poll events that writing waits for */
	struct sink_stream_line *lines;
	size_t count, room;
	uint64_t heard;	   /* octets of the peer */
	uint64_t first;	   /* number of the oldest in out */
	uint64_t answered; /* by heard: lines from number 0 that the peer has taken */
	unsigned stalls;   /* calls one after another in which nothing moved */
};

struct sink_stream *sink_stream_new(const struct sink_framing *framing);
/* Orderly where a connection is up. */
void sink_stream_free(struct sink *s, struct sink_stream *st);

/* As the send of struct sink_kind. tls: NULL for none. */
size_t sink_stream_send(struct sink *s, struct sink_stream *st, struct ssl_ctx_st *tls,
	const struct sink_line *lines, size_t count);

/* Writes all of octets, for begin and end. 0, or -1 with the error line. */
int sink_stream_say(
	struct sink *s, struct sink_stream *st, struct span octets, uint64_t deadline);
/* Waits for octets and hands them to heard. 0, or -1 with the error line. */
int sink_stream_listen(struct sink *s, struct sink_stream *st, uint64_t deadline);

#endif
