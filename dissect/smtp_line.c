/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_line.h"

void
smtp_line_reset(struct smtp_line_reader *r, uint16_t max)
{
	r->max = max < SMTP_COMMAND_MAX ? max : SMTP_COMMAND_MAX;
	r->used = 0;
	r->octets = 0;
	r->last = 0;
	r->bare_cr = false;
	r->nul = false;
}

/* Looks at octets without LF that belong to the line in hand. */
static void
note_octets(struct smtp_line_reader *r, struct span part)
{
	if (part.len == 0)
		return;
	if (r->octets && r->last == '\r')
		r->bare_cr = true;
	/* A CR in the last place is judged by what follows it. */
	if (span_find(part, '\r') < part.len - 1)
		r->bare_cr = true;
	if (span_find(part, '\0') < part.len)
		r->nul = true;
	r->octets += part.len;
	r->last = part.at[part.len - 1];
}

static void
keep(struct smtp_line_reader *r, struct span part)
{
	size_t room = (size_t)(r->max - r->used);
	size_t n = part.len < room ? part.len : room;

	if (n)
		memcpy(r->kept + r->used, part.at, n);
	r->used = (uint16_t)(r->used + n);
}

/* The line in hand is over; head holds its first octets. Empties the reader. */
static void
finish(struct smtp_line_reader *r, struct span head, bool lf, struct smtp_line *out)
{
	bool cr = r->octets && r->last == '\r';
	uint64_t content = r->octets - cr;

	out->octets = r->octets + lf;
	out->bare_lf = lf && !cr;
	out->bare_cr = r->bare_cr;
	out->nul = r->nul;
	out->cut = content > r->max;
	out->text = span_slice(head, 0, out->cut ? r->max : (size_t)content);
	smtp_line_reset(r, r->max);
}

enum dis_status
smtp_line_next(struct smtp_line_reader *r, struct span *in, struct smtp_line *out)
{
	size_t lf = span_find(*in, '\n');
	struct span part = span_slice(*in, 0, lf);
	bool lent = r->octets == 0;
	bool whole = lf < in->len;

	if (in->len == 0)
		return DIS_MORE;
	*in = span_of(in->at + lf + whole, in->len - lf - whole);
	note_octets(r, part);
	if (!whole) {
		keep(r, part);
		return DIS_MORE;
	}
	if (lent) {
		finish(r, part, true, out);
		return DIS_OK;
	}
	keep(r, part);
	finish(r, span_of(r->kept, r->used), true, out);
	return DIS_OK;
}

bool
smtp_line_flush(struct smtp_line_reader *r, struct smtp_line *out)
{
	if (r->octets == 0)
		return false;
	finish(r, span_of(r->kept, r->used), false, out);
	return true;
}
