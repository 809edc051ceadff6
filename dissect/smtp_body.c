/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_body.h"

/* What stood before the dot in hand. */
enum lead {
	LEAD_NONE,
	LEAD_CRLF,
	LEAD_LF,
	LEAD_CR,
	LEAD_NUL
};

/* The message starts at the start of a line: DATA's own line end stands before it. */
void
smtp_body_reset(struct smtp_body *b)
{
	*b = (struct smtp_body){.before = {'\n', '\r', 0}};
}

/* The octet so many places before input[at]. */
static uint8_t
octet_before(const struct smtp_body *b, struct span in, size_t at, size_t places)
{
	if (at >= places)
		return in.at[at - places];
	return b->before[places - at - 1];
}

static enum lead
lead_of_dot(const struct smtp_body *b, struct span in, size_t at)
{
	uint8_t last = octet_before(b, in, at, 1);

	if (last > '\r')
		return LEAD_NONE;
	if (last == '\n')
		return octet_before(b, in, at, 2) == '\r' ? LEAD_CRLF : LEAD_LF;
	if (last == '\r')
		return LEAD_CR;
	if (last == '\0' && octet_before(b, in, at, 2) == '\n' &&
		octet_before(b, in, at, 3) == '\r')
		return LEAD_NUL;
	return LEAD_NONE;
}

static void
remember(struct smtp_body *b, struct span taken)
{
	uint8_t newest[3];

	for (size_t i = 0; i < 3; i++)
		newest[i] = octet_before(b, taken, taken.len, i + 1);
	memcpy(b->before, newest, sizeof(newest));
}

/* Of the octets s, behind one that is a CR or not, each end of a line. */
static void
check_lines(struct smtp_body *b, struct span s)
{
	size_t at;

	if ((s.at[0] == '\n') != b->cr) {
		b->bare_cr |= b->cr;
		b->bare_lf |= !b->cr;
	}
	for (at = 1; at < s.len && !b->bare_lf; at++) {
		at += span_find(span_of(s.at + at, s.len - at), '\n');
		b->bare_lf = at < s.len && s.at[at - 1] != '\r';
	}
	for (at = 0; at + 1 < s.len && !b->bare_cr; at++) {
		at += span_find(span_of(s.at + at, s.len - at), '\r');
		b->bare_cr = at + 1 < s.len && s.at[at + 1] != '\n';
	}
	b->cr = s.at[s.len - 1] == '\r';
}

static void
check_line_ends(struct smtp_body *b, struct span s)
{
	s = span_slice(s, 0, SMTP_BODY_CHECKED - b->checked);
	if (s.len)
		check_lines(b, s);
	b->checked = (uint16_t)(b->checked + s.len);
}

/* n octets at the front of *in, content all of them. */
static struct span
take(struct smtp_body *b, struct span *in, size_t n)
{
	struct span taken = span_slice(*in, 0, n);

	*in = span_of(in->at + n, in->len - n);
	if (b->checked < SMTP_BODY_CHECKED)
		check_line_ends(b, taken);
	remember(b, taken);
	b->octets += n;
	return taken;
}

/* Octets that had been held back and are content now. */
static struct span
release(struct smtp_body *b, struct span content)
{
	b->held = 0;
	b->octets += content.len;
	return content;
}

static void
step_over(struct smtp_body *b, struct span *in)
{
	struct span taken = span_of(in->at, 1);

	*in = span_of(in->at + 1, in->len - 1);
	if (b->checked < SMTP_BODY_CHECKED)
		check_line_ends(b, taken);
	remember(b, taken);
	b->held++;
}

/* Everything up to the next dot that stands where an end of data could. */
static enum smtp_body_what
take_text(struct smtp_body *b, struct span *in, struct span *text)
{
	size_t at = 0;

	for (; at < in->len; at++) {
		at += span_find(span_of(in->at + at, in->len - at), '.');
		if (at == in->len)
			break;
		b->lead = (uint8_t)lead_of_dot(b, *in, at);
		if (b->lead != LEAD_NONE)
			break;
	}
	if (at == 0) {
		step_over(b, in);
		return SMTP_BODY_MORE;
	}
	*text = take(b, in, at);
	return SMTP_BODY_TEXT;
}

static const struct span dot_lf = SPAN_LITERAL(".\n");
static const struct span dot_cr = SPAN_LITERAL(".\r");
static const struct span dot_crlf = SPAN_LITERAL(".\r\n");

/*
 * After <CRLF> the dot itself is not content, whatever follows (RFC 5321 4.5.2), but it
 * is after any other lead.
 */
static enum smtp_body_what
find_alike(struct smtp_body *b, struct span octets)
{
	b->alike = octets;
	if (b->lead == LEAD_CRLF)
		b->alike = span_slice(octets, 1, octets.len);
	b->held = 3;
	return SMTP_BODY_ODD;
}

/* A dot is in hand, and this is what follows it. */
static enum smtp_body_what
after_dot(struct smtp_body *b, struct span *in, struct span *text, enum smtp_note *note)
{
	uint8_t c = in->at[0];

	if (b->lead == LEAD_LF)
		b->bare_lf = true;
	if (b->lead == LEAD_CR)
		b->bare_cr = true;
	if (c == '\r') {
		step_over(b, in);
		return SMTP_BODY_MORE;
	}
	if (c == '\n' && b->lead != LEAD_NUL) {
		step_over(b, in);
		*note = b->lead == LEAD_CRLF ? SMTP_NOTE_SMUGGLE_CRLF_DOT_LF
			: b->lead == LEAD_LF ? SMTP_NOTE_SMUGGLE_LF_DOT_LF
					     : SMTP_NOTE_SMUGGLE_CR_DOT_CR;
		return find_alike(b, dot_lf);
	}
	*text = release(b, span_slice(dot_lf, b->lead == LEAD_CRLF, 1));
	return text->len ? SMTP_BODY_TEXT : SMTP_BODY_MORE;
}

/* A dot and CR are in hand. */
static enum smtp_body_what
after_dot_cr(
	struct smtp_body *b, struct span *in, struct span *text, enum smtp_note *note)
{
	bool lf = in->at[0] == '\n';

	if (lf)
		step_over(b, in);
	if (lf && b->lead == LEAD_CRLF) {
		b->held = 0;
		return SMTP_BODY_END;
	}
	if (!lf && b->lead == LEAD_NUL) {
		*text = release(b, dot_cr);
		return SMTP_BODY_TEXT;
	}
	*note = SMTP_NOTE_SMUGGLE_CR_DOT_CR;
	if (lf && b->lead == LEAD_LF)
		*note = SMTP_NOTE_SMUGGLE_LF_DOT_CRLF;
	if (lf && b->lead == LEAD_NUL)
		*note = SMTP_NOTE_SMUGGLE_NUL_DOT;
	return find_alike(b, lf ? dot_crlf : dot_cr);
}

enum smtp_body_what
smtp_body_next(
	struct smtp_body *b, struct span *in, struct span *text, enum smtp_note *note)
{
	while (in->len) {
		enum smtp_body_what what = SMTP_BODY_MORE;

		if (b->held == 0)
			what = take_text(b, in, text);
		else if (b->held == 1)
			what = after_dot(b, in, text, note);
		else
			what = after_dot_cr(b, in, text, note);
		if (what != SMTP_BODY_MORE)
			return what;
	}
	return SMTP_BODY_MORE;
}

struct span
smtp_body_resume(struct smtp_body *b)
{
	return release(b, b->alike);
}

bool
smtp_body_is_at_odd_end(const struct smtp_body *b)
{
	return b->held == 2 && b->lead != LEAD_NUL;
}

bool
smtp_body_may_skip(const struct smtp_body *b)
{
	return b->held == 0 && b->checked == SMTP_BODY_CHECKED;
}

void
smtp_body_skip(struct smtp_body *b, uint64_t octets, const uint8_t before[3])
{
	memcpy(b->before, before, sizeof(b->before));
	b->octets += octets;
}

void
smtp_body_gap(struct smtp_body *b, uint64_t octets)
{
	memset(b->before, 'x', sizeof(b->before));
	b->held = 0;
	b->cr = false;
	b->checked = SMTP_BODY_CHECKED;
	b->octets += octets;
}
