/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_reply.h"

void
smtp_reply_reset(struct smtp_reply_reader *r)
{
	r->code = 0;
	r->lines = 0;
	r->used = 0;
	r->cut = false;
	r->codes_vary = false;
	r->enhanced = (struct smtp_enhanced){0, 0, 0};
}

/* One to three digits at s.at[*at] (RFC 3463 2). */
static bool
take_number(struct span s, size_t *at, uint16_t *out)
{
	size_t from = *at;
	uint64_t value;

	while (*at < s.len && dis_is_digit(s.at[*at]))
		(*at)++;
	if (*at - from > 3 || !span_number(span_slice(s, from, *at), 999, &value))
		return false;
	*out = (uint16_t)value;
	return true;
}

/*
 * RFC 3463 2: status-code = class "." subject "." detail. Behind it stands a blank, or
 * nothing; some servers put a colon.
 */
bool
smtp_enhanced_parse(struct span *text, struct smtp_enhanced *out)
{
	struct span s = *text;
	struct smtp_enhanced e;
	size_t at = 2;

	if (s.len < 5 || (s.at[0] != '2' && s.at[0] != '4' && s.at[0] != '5') ||
		s.at[1] != '.')
		return false;
	e.class = (uint8_t)(s.at[0] - '0');
	if (!take_number(s, &at, &e.subject) || at == s.len || s.at[at++] != '.')
		return false;
	if (!take_number(s, &at, &e.detail))
		return false;
	if (at < s.len && s.at[at] == ':')
		at++;
	else if (at < s.len && !dis_is_blank(s.at[at]))
		return false;
	if (at < s.len && dis_is_blank(s.at[at]))
		at++;
	*text = span_slice(s, at, s.len);
	*out = e;
	return true;
}

static char *
write_number(char *out, uint16_t value)
{
	uint16_t v = value < 1000 ? value : 999;

	if (v >= 100)
		*out++ = (char)('0' + v / 100);
	if (v >= 10)
		*out++ = (char)('0' + v / 10 % 10);
	*out++ = (char)('0' + v % 10);
	return out;
}

void
smtp_enhanced_write(const struct smtp_enhanced *e, char *out)
{
	if (e->class != 0) {
		*out++ = (char)('0' + e->class % 10);
		*out++ = '.';
		out = write_number(out, e->subject);
		*out++ = '.';
		out = write_number(out, e->detail);
	}
	*out = '\0';
}

/*
 * RFC 5321 4.2: Reply-line = *( Reply-code "-" [ textstring ] CRLF )
 *                            Reply-code [ SP textstring ] CRLF
 * A tab in the place of the blank is seen in the field.
 */
static bool
split(struct span line, uint16_t *code, bool *last, struct span *text)
{
	uint64_t value;

	if (!span_number(span_slice(line, 0, 3), 599, &value) || line.len < 3 ||
		value < 100)
		return false;
	if (line.len > 3 && line.at[3] != '-' && !dis_is_blank(line.at[3]))
		return false;
	*code = (uint16_t)value;
	*last = line.len == 3 || line.at[3] != '-';
	*text = span_slice(line, 4, line.len);
	return true;
}

static void
append(struct smtp_reply_reader *r, struct span text)
{
	size_t room = (size_t)(SMTP_REPLY_TEXT_MAX - r->used);
	size_t n = text.len < room ? text.len : room;

	if (n)
		memcpy(r->text + r->used, text.at, n);
	r->used = (uint16_t)(r->used + n);
	r->cut = r->cut || n < text.len;
}

static void
take_text(struct smtp_reply_reader *r, struct span text)
{
	struct smtp_enhanced e = {0, 0, 0};

	(void)smtp_enhanced_parse(&text, &e);
	if (r->lines == 0)
		r->enhanced = e;
	else
		append(r, SPAN_LITERAL("\n"));
	append(r, text);
}

enum dis_status
smtp_reply_next(struct smtp_reply_reader *r, struct span line, struct smtp_reply *out)
{
	struct span text;
	uint16_t code;
	bool last;

	if (!split(line, &code, &last, &text))
		return DIS_BAD;
	if (r->lines != 0 && code != r->code)
		r->codes_vary = true;
	take_text(r, text);
	r->code = code;
	if (r->lines < UINT16_MAX)
		r->lines++;
	if (!last)
		return DIS_MORE;
	out->code = r->code;
	out->lines = r->lines;
	out->enhanced = r->enhanced;
	out->text = span_of(r->text, r->used);
	out->cut = r->cut;
	out->codes_vary = r->codes_vary;
	/* Does not touch text, which out lends. */
	smtp_reply_reset(r);
	return DIS_OK;
}
