/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

/* So many calls without any progress, and the connection is held for dead. */
#define STALLS_MAX 12
/* ns: for the peer to end too. All is taken by then, so it is a courtesy. */
#define END_WAIT 2000000000u
/* ns: between looks at what the peer's TCP has acknowledged: no event tells of that. */
#define LOOK_FIRST 100000u
#define LOOK_LAST  20000000u

struct sink_stream *
sink_stream_new(const struct sink_framing *framing)
{
	struct sink_stream *st = calloc(1, sizeof(*st));

	if (!st)
		abort();
	st->framing = framing;
	sink_wire_init(&st->wire);
	return st;
}

static void
forget(struct sink_stream *st)
{
	text_out_reset(&st->out);
	st->written = st->count = st->stalls = 0;
	st->first = st->answered = 0;
}

static void
drop(struct sink *s, struct sink_stream *st)
{
	sink_wire_close(s, &st->wire, false, 0);
	forget(st);
}

void
sink_stream_free(struct sink *s, struct sink_stream *st)
{
	uint64_t deadline = sink_deadline(s), end = sink_now() + END_WAIT;
	/* In the middle of a line there is nothing orderly left to say. */
	bool orderly = st->wire.fd >= 0 && st->written == st->out.used;

	if (end < deadline)
		deadline = end;
	if (orderly && st->framing->end)
		st->framing->end(s, st, deadline);
	sink_wire_close(s, &st->wire, orderly, deadline);
	text_out_free(&st->out);
	text_out_free(&st->next);
	free(st->lines);
	free(st);
}

/* --- octets ------------------------------------------------------------------------- */

static int
fail_broken(struct sink *s, const struct sink_stream *st)
{
	int error = errno;

	if (s->error[0])
		return -1;
	if (st->wire.ended)
		return sink_fail(s, "the collector closed the connection");
	if (error == EPROTO)
		return sink_fail(s, "the collector broke off TLS; its log says why");
	return sink_fail(s, "the connection broke: %s", strerror(error));
}

/* What the peer said until now. -1 with the error line: the connection is over. */
static int
hear(struct sink *s, struct sink_stream *st)
{
	char text[4096];
	ssize_t n;

	for (;;) {
		n = sink_wire_read(&st->wire, text, sizeof(text));
		if (n < 0)
			return fail_broken(s, st);
		if (n == 0)
			return 0;
		st->heard += (uint64_t)n;
		if (st->framing->heard &&
			st->framing->heard(s, st, span_of(text, (size_t)n)))
			return -1;
	}
}

int
sink_stream_say(
	struct sink *s, struct sink_stream *st, struct span octets, uint64_t deadline)
{
	ssize_t n;

	while (octets.len) {
		n = sink_wire_write(&st->wire, octets);
		if (n < 0)
			return fail_broken(s, st);
		if (n == 0 && !sink_wait(s, st->wire.fd, st->wire.want, deadline))
			return sink_fail(s, "the collector does not read");
		octets = span_slice(octets, (size_t)n, octets.len);
	}
	return 0;
}

int
sink_stream_listen(struct sink *s, struct sink_stream *st, uint64_t deadline)
{
	uint64_t before = st->heard;

	if (hear(s, st))
		return -1;
	/* The answer may have come before we looked: then no other one will. */
	if (st->heard != before)
		return 0;
	if (!sink_wait(s, st->wire.fd, POLLIN, deadline))
		return sink_fail(s, "the collector does not answer");
	return hear(s, st);
}

/* --- lines -------------------------------------------------------------------------- */

static void
frame(struct sink *s, struct sink_stream *st, const struct sink_line *lines, size_t count)
{
	if (count > st->room) {
		st->lines = realloc(st->lines, count * sizeof(*st->lines));
		if (!st->lines)
			abort();
		st->room = count;
	}
	text_out_reset(&st->next);
	for (size_t i = 0; i < count; i++) {
		st->framing->append(&st->next, s, &lines[i], st->first + i);
		if (i >= st->count)
			st->lines[i].mark = 0;
		st->lines[i].end = st->next.used;
	}
}

/* Do the lines begin with those that are under way? */
static bool
goes_on(const struct sink_stream *st, size_t count)
{
	return count >= st->count &&
	       span_equal(text_out_all(&st->out),
		       span_slice(text_out_all(&st->next), 0, st->out.used));
}

static void
take_over(struct sink_stream *st, size_t count)
{
	struct text_out old = st->out;

	st->out = st->next;
	st->next = old;
	st->count = count;
}

/* Connects where there is no connection, and lays the lines out for it. */
static int
prepare(struct sink *s, struct sink_stream *st, struct ssl_ctx_st *tls,
	const struct sink_line *lines, size_t count, uint64_t deadline)
{
	if (st->wire.fd >= 0 && hear(s, st))
		drop(s, st);
	if (st->wire.fd >= 0) {
		frame(s, st, lines, count);
		if (!goes_on(st, count))
			drop(s, st);
	}
	if (st->wire.fd < 0) {
		s->error[0] = '\0';
		forget(st);
		if (sink_wire_connect(s, &st->wire, tls, deadline))
			return -1;
		if (st->framing->begin && st->framing->begin(s, st, deadline)) {
			drop(s, st);
			return -1;
		}
		frame(s, st, lines, count);
	}
	take_over(st, count);
	return 0;
}

/*
 * Notes, for lines that are now written to their end, where on the wire that was. Within
 * TLS it is the end of the last record, which is a little later.
 */
static void
mark(struct sink_stream *st, size_t from)
{
	for (size_t i = from; i < st->count && st->lines[i].end <= st->written; i++)
		if (st->lines[i].mark == 0)
			st->lines[i].mark = st->wire.sent -
				(st->wire.ssl ? 0 : st->written - st->lines[i].end);
}

/* Lines, from the first in out, that are taken. */
static size_t
count_taken(const struct sink_stream *st)
{
	uint64_t acknowledged;
	size_t n = 0;

	if (st->framing->heard)
		return st->answered > st->first ? (size_t)(st->answered - st->first) : 0;
	acknowledged = sink_wire_acknowledged(&st->wire);
	while (n < st->count && st->lines[n].mark && st->lines[n].mark <= acknowledged)
		n++;
	return n;
}

/* Writes what goes now. 1: something went, 0: nothing, -1: broken. */
static int
push(struct sink *s, struct sink_stream *st, size_t taken)
{
	struct span left = span_slice(text_out_all(&st->out), st->written, st->out.used);
	int error;
	ssize_t n;

	if (left.len == 0)
		return 0;
	n = sink_wire_write(&st->wire, left);
	st->want = st->wire.want;
	if (n < 0) {
		error = errno;
		/* It may have said why. */
		hear(s, st);
		errno = error;
		return fail_broken(s, st);
	}
	st->written += (size_t)n;
	mark(st, taken);
	return n > 0;
}

/* Until something may have moved, or the time is over: false. */
static bool
wait_for_more(
	struct sink *s, const struct sink_stream *st, uint64_t *look, uint64_t deadline)
{
	uint64_t now = sink_now();
	short events = POLLIN;

	if (st->written < st->out.used)
		events |= st->want;
	if (st->framing->heard || st->written < st->out.used)
		return sink_wait(s, st->wire.fd, events, deadline) != 0;
	if (now >= deadline)
		return false;
	*look = *look ? *look * 2 : LOOK_FIRST;
	*look = *look < LOOK_LAST ? *look : LOOK_LAST;
	sink_wait(
		s, st->wire.fd, events, now + *look < deadline ? now + *look : deadline);
	return true;
}

/* Leaves in out what is not taken. */
static void
settle(struct sink_stream *st, size_t taken)
{
	size_t cut = taken ? st->lines[taken - 1].end : 0;

	text_out_reset(&st->next);
	text_out_span(&st->next, span_slice(text_out_all(&st->out), cut, st->out.used));
	for (size_t i = taken; i < st->count; i++) {
		st->lines[i - taken] = st->lines[i];
		st->lines[i - taken].end -= cut;
	}
	st->written -= cut;
	st->first += taken;
	take_over(st, st->count - taken);
}

static size_t
stalled(struct sink *s, struct sink_stream *st, size_t taken, size_t count, bool moved)
{
	st->stalls = moved ? 0 : st->stalls + 1;
	settle(st, taken);
	sink_fail(
		s, "the collector is slow: %zu of %zu lines taken in time", taken, count);
	if (st->stalls >= STALLS_MAX)
		drop(s, st);
	return taken;
}

/*
 * A connection that breaks takes along what only the kernels had: of this call nothing
 * counts then but what the collector itself has acknowledged.
 */
static size_t
broken(struct sink *s, struct sink_stream *st)
{
	size_t taken = st->framing->heard ? count_taken(st) : 0;

	drop(s, st);
	return taken;
}

size_t
sink_stream_send(struct sink *s, struct sink_stream *st, struct ssl_ctx_st *tls,
	const struct sink_line *lines, size_t count)
{
	uint64_t deadline = sink_deadline(s), look = 0;
	size_t taken = 0, before, written;
	int pushed;

	if (prepare(s, st, tls, lines, count, deadline))
		return 0;
	written = st->written;
	for (;;) {
		before = taken;
		pushed = push(s, st, taken);
		if (pushed < 0 || hear(s, st))
			return broken(s, st);
		taken = count_taken(st);
		if (taken >= count)
			break;
		if (pushed > 0 || taken > before)
			look = 0;
		else if (!wait_for_more(s, st, &look, deadline))
			return stalled(
				s, st, taken, count, taken > 0 || st->written > written);
	}
	st->stalls = 0;
	settle(st, taken);
	return count;
}
