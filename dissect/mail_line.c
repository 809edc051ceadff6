/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_line.h"

void
mail_line_reset(struct mail_line *l)
{
	l->used = 0;
}

static void
keep(struct mail_line *l, struct span s)
{
	size_t room = MAIL_LINE_MAX - l->used;
	size_t n = s.len < room ? s.len : room;

	if (n)
		memcpy(l->text + l->used, s.at, n);
	l->used = (uint16_t)(l->used + n);
}

static struct span
give(struct mail_line *l)
{
	struct span line = span_of(l->text, l->used);

	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	l->used = 0;
	return line;
}

enum dis_status
mail_line_next(struct mail_line *l, struct span *in, struct span *out)
{
	size_t n = span_find(*in, '\n');
	bool ended = n < in->len;

	keep(l, span_slice(*in, 0, n));
	*in = span_slice(*in, n + (ended ? 1 : 0), in->len);
	if (!ended)
		return DIS_MORE;
	*out = give(l);
	return DIS_OK;
}

bool
mail_line_flush(struct mail_line *l, struct span *out)
{
	if (l->used == 0)
		return false;
	*out = give(l);
	return true;
}
