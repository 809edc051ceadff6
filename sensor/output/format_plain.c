/* SPDX-License-Identifier: Apache-2.0 */
#include "format_plain.h"

#include <stdio.h>

/*
 * Octets of the well-formed character at the front of s (RFC 3629 4), 0 if there is none.
 * Neither overlong forms nor surrogates.
 */
static size_t
utf8_octets(struct span s)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	uint8_t c = s.at[0];
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	uint32_t code = n == 1 ? c : c & (0x7fu >> n);

	if (!n || c > 0xf4 || s.len < n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s.at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s.at[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	return n;
}

/* Ends a line, or is no character to print. */
static bool
is_control(struct span c)
{
	if (c.len == 1)
		return c.at[0] < ' ' || c.at[0] == 0x7f;
	if (c.len == 2)
		return c.at[0] == 0xc2 && c.at[1] < 0xa0;
	return span_equal(c, SPAN_LITERAL("\xe2\x80\xa8")) ||
	       span_equal(c, SPAN_LITERAL("\xe2\x80\xa9"));
}

size_t
format_plain_next(struct span *s, char piece[FORMAT_PIECE])
{
	size_t n;

	if (!s->len)
		return 0;
	n = utf8_octets(*s);
	if (n && !is_control(span_slice(*s, 0, n))) {
		memcpy(piece, s->at, n);
		*s = span_slice(*s, n, s->len);
		return n;
	}
	snprintf(piece, FORMAT_PIECE, "\\x%02x", s->at[0]);
	*s = span_slice(*s, 1, s->len);
	return 4;
}

void
format_plain_texts(struct text_out *out, const struct span *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text_out_text(out, i ? ", " : "");
		text_out_span(out, list[i]);
	}
}

void
format_plain_addrs(struct text_out *out, const struct ip_addr *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		text_out_text(out, i ? ", " : "");
		text_out_addr(out, &list[i]);
	}
}

void
format_plain_evidence(struct text_out *out, const struct alert *a)
{
	for (size_t i = 0; i < a->evidence_count; i++) {
		const struct alert_evidence *e = &a->evidence[i];

		text_out_text(out, i ? "; " : "");
		text_out_span(out, e->what);
		if (e->frame && e->file.len) {
			text_out_text(out, " (");
			text_out_span(out, e->file);
			text_out_format(out, " frame %u)", (unsigned)e->frame);
		}
	}
}
