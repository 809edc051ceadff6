/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/base/escape.h"

/* The longest piece: a character of four octets, or \xNN. */
#define PIECE_MAX 4

struct utf8 {
	uint32_t code;
	size_t len; /* 0: not valid */
};

static struct utf8
utf8_continue(struct span s, uint32_t code, size_t len, uint32_t least)
{
	if (s.len < len)
		return (struct utf8){0};
	for (size_t i = 1; i < len; i++) {
		if ((s.at[i] & 0xc0) != 0x80)
			return (struct utf8){0};
		code = code << 6 | (s.at[i] & 0x3fu);
	}
	/* RFC 3629 3: no longer form than needed, no surrogate, nothing over U+10FFFF. */
	if (code < least || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return (struct utf8){0};
	return (struct utf8){code, len};
}

/* The first character of s, which is not empty. */
static struct utf8
utf8_first(struct span s)
{
	uint8_t c = s.at[0];

	if (c < 0x80)
		return (struct utf8){c, 1};
	if ((c & 0xe0) == 0xc0)
		return utf8_continue(s, c & 0x1fu, 2, 0x80);
	if ((c & 0xf0) == 0xe0)
		return utf8_continue(s, c & 0x0fu, 3, 0x800);
	if ((c & 0xf8) == 0xf0)
		return utf8_continue(s, c & 0x07u, 4, 0x10000);
	return (struct utf8){0};
}

size_t
escape_cut(struct span s, size_t most)
{
	if (s.len <= most)
		return s.len;
	for (size_t n = 1; n < PIECE_MAX && n <= most; n++)
		if (utf8_first(span_slice(s, most - n, s.len)).len > n)
			return most - n;
	return most;
}

static bool
is_harmless(uint32_t code)
{
	if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
		return false;
	if (code == 0x061c || code == 0x200e || code == 0x200f || code == 0xfeff)
		return false;
	/* 2028 and 2029 end lines; 202a to 202e and 2066 to 2069 turn direction. */
	return !(code >= 0x2028 && code <= 0x202e) && !(code >= 0x2066 && code <= 0x2069);
}

/* The first piece of s into out; *used: octets of s it stands for. Returns its length. */
static size_t
escape_piece(struct span s, char out[PIECE_MAX], size_t *used)
{
	static const char hex[] = "0123456789abcdef";
	struct utf8 u = utf8_first(s);

	*used = 1;
	if (s.at[0] == '\\') {
		out[0] = out[1] = '\\';
		return 2;
	}
	if (u.len && is_harmless(u.code)) {
		memcpy(out, s.at, u.len);
		*used = u.len;
		return u.len;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = hex[s.at[0] >> 4];
	out[3] = hex[s.at[0] & 15];
	return 4;
}

size_t
escape_text(struct span s, char *out, size_t room)
{
	size_t at = 0;

	while (s.len) {
		char piece[PIECE_MAX];
		size_t used, n = escape_piece(s, piece, &used);

		if (n >= room - at)
			break;
		memcpy(out + at, piece, n);
		at += n;
		s = span_of(s.at + used, s.len - used);
	}
	out[at] = '\0';
	return at;
}

void
escape_write(FILE *f, struct span s)
{
	while (s.len) {
		char piece[PIECE_MAX];
		size_t used, n = escape_piece(s, piece, &used);

		fwrite(piece, 1, n, f);
		s = span_of(s.at + used, s.len - used);
	}
}
