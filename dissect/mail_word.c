/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_word.h"

enum charset {
	CHARSET_UTF8,
	CHARSET_LATIN1,
	CHARSET_LATIN9,
	CHARSET_1252,
	CHARSET_OTHER
};

#define REPLACEMENT 0xfffdu

struct writer {
	struct mail_word_result *result;
	char *out;
	size_t room;
	enum charset charset;
	/* A UTF-8 character in hand: one word's end may cut it, the next goes on (seen).
	 */
	uint8_t head[4];
	uint8_t held;
	uint8_t want;
};

struct encoded_word {
	struct span charset;
	uint8_t encoding; /* 'b' or 'q' */
	struct span text;
	size_t len; /* all of it, "=?" to "?=" */
};

static void
put(struct writer *w, const uint8_t *at, size_t len)
{
	struct mail_word_result *r = w->result;

	if (r->cut || r->len + len >= w->room) {
		r->cut = true;
		return;
	}
	memcpy(w->out + r->len, at, len);
	r->len += len;
}

/* A code point below 0x10000. */
static void
put_code(struct writer *w, uint32_t code)
{
	uint8_t utf8[3];

	if (code < 0x20 || (code >= 0x7f && code < 0xa0)) {
		w->result->replaced |= code != '\t';
		code = ' ';
	}
	if (code < 0x80) {
		utf8[0] = (uint8_t)code;
		put(w, utf8, 1);
	} else if (code < 0x800) {
		utf8[0] = (uint8_t)(0xc0 | code >> 6);
		utf8[1] = (uint8_t)(0x80 | (code & 0x3f));
		put(w, utf8, 2);
	} else {
		utf8[0] = (uint8_t)(0xe0 | code >> 12);
		utf8[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
		utf8[2] = (uint8_t)(0x80 | (code & 0x3f));
		put(w, utf8, 3);
	}
}

static void
put_replacement(struct writer *w)
{
	w->result->replaced = true;
	put_code(w, REPLACEMENT);
}

/* An unfinished character: each of its octets meant nothing. */
static void
drop_held(struct writer *w)
{
	for (; w->held; w->held--)
		put_replacement(w);
}

/* RFC 3629 4: lengths by first octet; over-long forms and surrogates by the second. */
static uint8_t
utf8_len(uint8_t c)
{
	if (c >= 0xc2 && c <= 0xdf)
		return 2;
	if (c >= 0xe0 && c <= 0xef)
		return 3;
	return c >= 0xf0 && c <= 0xf4 ? 4 : 0;
}

static bool
utf8_goes_on(const struct writer *w, uint8_t c)
{
	uint8_t low = 0x80, high = 0xbf;

	if (w->held == 1) {
		if (w->head[0] == 0xe0)
			low = 0xa0;
		else if (w->head[0] == 0xed)
			high = 0x9f;
		else if (w->head[0] == 0xf0)
			low = 0x90;
		else if (w->head[0] == 0xf4)
			high = 0x8f;
	}
	return c >= low && c <= high;
}

static void
put_utf8(struct writer *w, uint8_t c)
{
	if (w->held && utf8_goes_on(w, c)) {
		w->head[w->held++] = c;
		if (w->held < w->want)
			return;
		w->held = 0;
		/* C1 controls, U+0080 to U+009F */
		if (w->want == 2 && w->head[0] == 0xc2 && w->head[1] < 0xa0)
			put_code(w, w->head[1]);
		else
			put(w, w->head, w->want);
		return;
	}
	drop_held(w);
	w->want = utf8_len(c);
	if (c < 0x80)
		put_code(w, c);
	else if (w->want == 0)
		put_replacement(w);
	else
		w->head[w->held++] = c;
}

static uint32_t
latin9_code(uint8_t c)
{
	/* ISO/IEC 8859-15 differs from -1 in these. */
	static const struct {
		uint8_t from;
		uint16_t to;
	} table[] = {{0xa4, 0x20ac}, {0xa6, 0x160}, {0xa8, 0x161}, {0xb4, 0x17d},
		{0xb8, 0x17e}, {0xbc, 0x152}, {0xbd, 0x153}, {0xbe, 0x178}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].from == c)
			return table[i].to;
	return c;
}

static uint32_t
cp1252_code(uint8_t c)
{
	/* The WHATWG index's 0x80 to 0x9f; 0: not assigned. */
	static const uint16_t table[32] = {0x20ac, 0, 0x201a, 0x192, 0x201e, 0x2026,
		0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0, 0x17d, 0, 0,
		0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122,
		0x161, 0x203a, 0x153, 0, 0x17e, 0x178};

	return c >= 0x80 && c < 0xa0 ? table[c - 0x80] : c;
}

static void
put_octet(struct writer *w, uint8_t c)
{
	uint32_t code = c;

	if (w->charset == CHARSET_UTF8) {
		put_utf8(w, c);
		return;
	}
	if (w->charset == CHARSET_LATIN9)
		code = latin9_code(c);
	else if (w->charset == CHARSET_1252)
		code = cp1252_code(c);
	if ((w->charset == CHARSET_OTHER && c >= 0x80) || (c && code == 0))
		put_replacement(w);
	else
		put_code(w, code);
}

/* Raw text and US-ASCII are read as UTF-8 (RFC 6532), of which ASCII is a part. */
static enum charset
charset_of(struct span name)
{
	static const struct {
		const char *name;
		enum charset charset;
	} table[] = {{"utf-8", CHARSET_UTF8}, {"utf8", CHARSET_UTF8},
		{"us-ascii", CHARSET_UTF8}, {"ascii", CHARSET_UTF8},
		{"iso-8859-1", CHARSET_LATIN1}, {"latin1", CHARSET_LATIN1},
		{"iso-8859-15", CHARSET_LATIN9}, {"windows-1252", CHARSET_1252},
		{"cp1252", CHARSET_1252}};

	name = span_slice(name, 0, span_find(name, '*')); /* RFC 2231 5: language */
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_equal_nocase(name, span_of_text(table[i].name)))
			return table[i].charset;
	return CHARSET_OTHER;
}

static void
set_charset(struct writer *w, enum charset charset)
{
	if (w->charset != charset)
		drop_held(w);
	w->charset = charset;
	if (charset == CHARSET_OTHER)
		w->result->unknown = true;
}

/* RFC 2047 2: no blanks inside; many senders put raw ones into Q text, so allow those. */
static bool
read_word(struct span s, struct encoded_word *e)
{
	size_t charset_end, text_end;
	struct span rest;

	if (!span_starts_nocase(s, SPAN_LITERAL("=?")))
		return false;
	rest = span_slice(s, 2, 2 + 64);
	charset_end = span_find(rest, '?');
	if (charset_end == 0 || charset_end + 2 >= rest.len ||
		rest.at[charset_end + 2] != '?')
		return false;
	e->charset = span_slice(rest, 0, charset_end);
	e->encoding = dis_lower(rest.at[charset_end + 1]);
	if (e->encoding != 'b' && e->encoding != 'q')
		return false;
	rest = span_slice(s, 2 + charset_end + 3, s.len);
	text_end = span_find(rest, '?');
	if (text_end + 1 >= rest.len || rest.at[text_end + 1] != '=')
		return false;
	e->text = span_slice(rest, 0, text_end);
	e->len = 2 + charset_end + 3 + text_end + 2;
	return true;
}

static int
base64_value(uint8_t c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (dis_is_digit(c))
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* RFC 2045 6.8: what is not of the alphabet is stepped over; padding ends it. */
static void
decode_b(struct writer *w, struct span s)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < s.len && s.at[i] != '='; i++) {
		int value = base64_value(s.at[i]);

		if (value < 0)
			continue;
		bits = (bits << 6 | (uint32_t)value) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			put_octet(w, (uint8_t)(bits >> have));
		}
	}
}

static int
hex_value(uint8_t c)
{
	if (dis_is_digit(c))
		return c - '0';
	c = dis_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 2047 4.2 */
static void
decode_q(struct writer *w, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		int high = i + 2 < s.len ? hex_value(s.at[i + 1]) : -1;
		int low = i + 2 < s.len ? hex_value(s.at[i + 2]) : -1;

		if (s.at[i] == '=' && high >= 0 && low >= 0) {
			put_octet(w, (uint8_t)(high << 4 | low));
			i += 2;
		} else {
			put_octet(w, s.at[i] == '_' ? ' ' : s.at[i]);
		}
	}
}

static void
decode_word(struct writer *w, const struct encoded_word *e)
{
	set_charset(w, charset_of(e->charset));
	if (e->encoding == 'b')
		decode_b(w, e->text);
	else
		decode_q(w, e->text);
}

/* RFC 2047 6.2: blanks between two encoded words are not shown. */
static size_t
blanks_before_word(struct span s)
{
	struct encoded_word e;
	size_t n = 0;

	while (n < s.len && (dis_is_blank(s.at[n]) || s.at[n] == '\r' || s.at[n] == '\n'))
		n++;
	return n && read_word(span_slice(s, n, s.len), &e) ? n : 0;
}

struct mail_word_result
mail_word_decode(struct span text, char *out, size_t room)
{
	struct mail_word_result result = {0, false, false, false};
	struct writer w = {.result = &result, .out = out, .room = room};
	struct encoded_word e;

	while (text.len && !result.cut) {
		if (text.at[0] == '=' && read_word(text, &e)) {
			decode_word(&w, &e);
			text = span_slice(text, e.len, text.len);
			text = span_slice(text, blanks_before_word(text), text.len);
			continue;
		}
		set_charset(&w, CHARSET_UTF8);
		put_octet(&w, text.at[0]);
		text = span_slice(text, 1, text.len);
	}
	drop_held(&w);
	out[result.len] = '\0';
	return result;
}
