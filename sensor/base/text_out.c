/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/base/text_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
text_out_init(struct text_out *t)
{
	*t = (struct text_out){0};
}

void
text_out_free(struct text_out *t)
{
	free(t->at);
	text_out_init(t);
}

void
text_out_reset(struct text_out *t)
{
	t->used = 0;
	if (t->at)
		t->at[0] = '\0';
}

/* Room for n octets more and a NUL. */
static char *
grow(struct text_out *t, size_t n)
{
	size_t want = t->used + n + 1;
	size_t room = t->room ? t->room : 256;

	while (room < want)
		room *= 2;
	if (room != t->room) {
		t->at = realloc(t->at, room);
		if (!t->at)
			abort();
		t->room = room;
	}
	return t->at + t->used;
}

void
text_out_span(struct text_out *t, struct span s)
{
	char *to = grow(t, s.len);

	if (s.len)
		memcpy(to, s.at, s.len);
	to[s.len] = '\0';
	t->used += s.len;
}

void
text_out_text(struct text_out *t, const char *s)
{
	text_out_span(t, span_of_text(s));
}

void
text_out_char(struct text_out *t, char c)
{
	text_out_span(t, span_of(&c, 1));
}

void
text_out_addr(struct text_out *t, const struct ip_addr *a)
{
	char text[IP_ADDR_TEXT];

	text_out_span(t, span_of(text, ip_addr_write(a, text)));
}

void
text_out_format(struct text_out *t, const char *format, ...)
{
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, args);
	if (n > 0) {
		vsnprintf(grow(t, (size_t)n), (size_t)n + 1, format, again);
		t->used += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

struct span
text_out_all(const struct text_out *t)
{
	return span_of(t->at, t->used);
}
