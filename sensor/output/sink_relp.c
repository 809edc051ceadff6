/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RELP, the reliable event logging protocol of rsyslog's librelp (its doc/relp.html,
 * version 0), the side of the client:
 *
 *	FRAME  = TXNR SP COMMAND SP DATALEN [SP DATA] LF
 *	TXNR   = 1*9DIGIT	; counts up from 1 in a session; 0: a hint of the server
 *
 * A session begins with "open" and what both sides can; then each "syslog" is answered by
 * "rsp" with the same number and "200" once the collector has it in its queue. librelp's
 * own client is not used: it keeps to itself which messages were answered, and a line
 * that is called taken too early is a line lost.
 */
#include <stdlib.h>

#include "sensor/base/escape.h"
#include "sensor/output/sink_stream.h"
#include "sensor/output/sink_tls.h"
#include "sensor/output/syslog_frame.h"

#define OFFERS                                                                           \
	"relp_version=0\nrelp_software=relaytap," RELAYTAP_VERSION "\ncommands=syslog"

#define TXNR_MAX    999999999u
#define OPEN_TXNR   1u
#define FIRST_TXNR  2u	   /* of the first line */
#define ANSWER_MAX  65536u /* octets of a frame of the server */
#define COMMAND_MAX 32u	   /* the protocol's own bound */

enum relp_phase {
	RELP_OPENING,
	RELP_OPEN,
	RELP_CLOSING,
	RELP_CLOSED
};

struct relp {
	struct sink_stream *stream;
	struct ssl_ctx_st *tls;
	struct text_out message;
	struct text_out in; /* of the server's frames, the part not understood yet */
	enum relp_phase phase;
	uint64_t close_txnr;
};

struct answer {
	uint64_t txnr;
	struct span command, data;
	size_t octets; /* of the whole frame */
};

static uint64_t
txnr_of(uint64_t number)
{
	return (number + FIRST_TXNR - 1) % TXNR_MAX + 1;
}

static void
frame_append(struct text_out *to, uint64_t txnr, const char *command, struct span data)
{
	text_out_format(to, "%llu %s %zu", (unsigned long long)txnr, command, data.len);
	if (data.len) {
		text_out_char(to, ' ');
		text_out_span(to, data);
	}
	text_out_char(to, '\n');
}

static void
append(struct text_out *to, const struct sink *s, const struct sink_line *line,
	uint64_t number)
{
	struct text_out *message = &((struct relp *)s->own)->message;

	text_out_reset(message);
	syslog_frame_append(message, s->output->facility, s->host, line);
	frame_append(to, txnr_of(number), "syslog", text_out_all(message));
}

/* --- what the server says ----------------------------------------------------------- */

/* The word up to a blank, or up to LF where that may end it. */
static enum dis_status
take_word(struct span text, size_t *at, size_t most, bool last, struct span *out)
{
	size_t end = *at;

	while (end < text.len && text.at[end] != ' ' && !(last && text.at[end] == '\n'))
		if (++end - *at > most)
			return DIS_BAD;
	if (end == text.len)
		return DIS_MORE;
	*out = span_slice(text, *at, end);
	*at = text.at[end] == '\n' ? end : end + 1;
	return out->len ? DIS_OK : DIS_BAD;
}

static enum dis_status
read_answer(struct span text, struct answer *a)
{
	struct span txnr, length;
	enum dis_status status;
	uint64_t octets;
	size_t at = 0;

	if (text.len && !dis_is_digit(text.at[0]))
		return DIS_BAD;
	if ((status = take_word(text, &at, 9, false, &txnr)) != DIS_OK ||
		(status = take_word(text, &at, COMMAND_MAX, false, &a->command)) !=
			DIS_OK ||
		(status = take_word(text, &at, 9, true, &length)) != DIS_OK)
		return status;
	if (!span_number(txnr, TXNR_MAX, &a->txnr) ||
		!span_number(length, ANSWER_MAX, &octets))
		return DIS_BAD;
	if (text.len - at < octets + 1)
		return DIS_MORE;
	a->data = span_slice(text, at, at + octets);
	a->octets = at + octets + 1;
	return text.at[at + octets] == '\n' ? DIS_OK : DIS_BAD;
}

static int
fail_answer(struct sink *s, const char *what, struct span data)
{
	char text[100];

	escape_text(span_slice(data, 0, span_find(data, '\n')), text, sizeof(text));
	return sink_fail(s, "%s: %s", what, text);
}

/* Has the line with that number gone out whole? Nothing else can be answered. */
static bool
is_written(const struct sink_stream *st, uint64_t number)
{
	return number - st->first < st->count && st->lines[number - st->first].mark != 0;
}

/* Only a "200" is an acknowledgement; they come in the order of the lines. */
static int
heard_rsp(struct sink *s, struct sink_stream *st, const struct answer *a)
{
	struct relp *r = s->own;
	bool good = span_starts_nocase(a->data, SPAN_LITERAL("200"));

	if (r->phase == RELP_OPENING && a->txnr == OPEN_TXNR) {
		if (!good)
			return fail_answer(s, "RELP session refused", a->data);
		r->phase = RELP_OPEN;
		return 0;
	}
	if (r->phase == RELP_CLOSING && a->txnr == r->close_txnr) {
		r->phase = RELP_CLOSED;
		return 0;
	}
	if (r->phase == RELP_OPENING || a->txnr != txnr_of(st->answered) ||
		!is_written(st, st->answered))
		return sink_fail(
			s, "answers what it was not asked; is it a RELP server?");
	if (!good)
		return fail_answer(s, "line refused", a->data);
	st->answered++;
	return 0;
}

static int
heard(struct sink *s, struct sink_stream *st, struct span octets)
{
	struct relp *r = s->own;
	enum dis_status status;
	struct span left;
	struct answer a;
	int bad = 0;

	text_out_span(&r->in, octets);
	left = text_out_all(&r->in);
	while (!bad && (status = read_answer(left, &a)) == DIS_OK) {
		if (span_equal(a.command, SPAN_LITERAL("rsp")))
			bad = heard_rsp(s, st, &a);
		else if (span_equal(a.command, SPAN_LITERAL("serverclose")))
			bad = sink_fail(s, "the collector closed the session");
		left = span_slice(left, a.octets, left.len);
	}
	if (!bad && (status == DIS_BAD || left.len > ANSWER_MAX + 64))
		bad = sink_fail(s, "does not speak RELP; is the port right?");
	if (bad)
		return -1;
	octets = left;
	memmove(r->in.at, octets.at, octets.len);
	r->in.used = octets.len;
	return 0;
}

/* --- the session -------------------------------------------------------------------- */

static int
begin(struct sink *s, struct sink_stream *st, uint64_t deadline)
{
	struct relp *r = s->own;

	text_out_reset(&r->in);
	text_out_reset(&r->message);
	r->phase = RELP_OPENING;
	frame_append(&r->message, OPEN_TXNR, "open", SPAN_LITERAL(OFFERS));
	if (sink_stream_say(s, st, text_out_all(&r->message), deadline))
		return -1;
	while (r->phase == RELP_OPENING)
		if (sink_stream_listen(s, st, deadline))
			return -1;
	return 0;
}

static void
end(struct sink *s, struct sink_stream *st, uint64_t deadline)
{
	struct relp *r = s->own;

	text_out_reset(&r->message);
	r->phase = RELP_CLOSING;
	r->close_txnr = txnr_of(st->first + st->count);
	frame_append(&r->message, r->close_txnr, "close", SPAN_NONE);
	if (sink_stream_say(s, st, text_out_all(&r->message), deadline))
		return;
	while (r->phase == RELP_CLOSING)
		if (sink_stream_listen(s, st, deadline))
			return;
}

static const struct sink_framing relp_framing = {
	.append = append,
	.begin = begin,
	.heard = heard,
	.end = end,
};

/* --- the kind ----------------------------------------------------------------------- */

static int
relp_open(struct sink *s)
{
	struct ssl_ctx_st *tls = NULL;
	struct relp *r;

	if (s->output->tls && !(tls = sink_tls_context(s)))
		return -1;
	r = calloc(1, sizeof(*r));
	if (!r)
		abort();
	r->tls = tls;
	r->stream = sink_stream_new(&relp_framing);
	s->own = r;
	return 0;
}

static void
relp_close(struct sink *s)
{
	struct relp *r = s->own;

	sink_stream_free(s, r->stream);
	if (r->tls)
		sink_tls_context_free(r->tls);
	text_out_free(&r->message);
	text_out_free(&r->in);
	free(r);
}

static size_t
relp_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	struct relp *r = s->own;

	return sink_stream_send(s, r->stream, r->tls, lines, count);
}

const struct sink_kind sink_relp = {
	.open = relp_open,
	.close = relp_close,
	.send = relp_send,
	.acknowledges = true,
};
