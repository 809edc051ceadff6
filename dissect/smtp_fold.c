/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_fold.h"

static bool
is_space(uint8_t c)
{
	return dis_is_blank(c) || c == '\r' || c == '\n';
}

static void
put(struct smtp_fold *f, struct span word)
{
	for (size_t i = 0; i < word.len; i++)
		f->text[f->len++] = (char)dis_lower(word.at[i]);
}

/* The next word of s from *at on; one in angle brackets goes up to the closing one. */
static struct span
take_word(struct span s, size_t *at)
{
	size_t from = *at;

	while (from < s.len && is_space(s.at[from]))
		from++;

	size_t to = from;
	if (to < s.len && s.at[to] == '<')
		to += span_find(span_slice(s, from, s.len), '>');
	while (to < s.len && !is_space(s.at[to]))
		to++;
	*at = to;
	return span_slice(s, from, to);
}

void
smtp_fold_init(struct smtp_fold *f, struct span text)
{
	struct span s = span_slice(text, 0, SMTP_FOLD_MAX);
	size_t at = 0;

	f->len = 0;
	for (struct span w = take_word(s, &at); w.len; w = take_word(s, &at)) {
		bool address = w.at[0] == '<' || span_find(w, '@') < w.len;

		/* A blank and a word take no more than they had in s. */
		if (f->len)
			put(f, SPAN_LITERAL(" "));
		put(f, address ? SPAN_LITERAL("@") : w);
	}
}

static struct span
find_from(const struct smtp_fold *f, size_t from, struct span phrase)
{
	const char *hit = NULL;

	if (f->len - from >= phrase.len)
		hit = memmem(f->text + from, f->len - from, phrase.at, phrase.len);
	return hit ? span_of(hit, phrase.len) : SPAN_NONE;
}

bool
smtp_fold_has(const struct smtp_fold *f, struct span phrase)
{
	return find_from(f, 0, phrase).len > 0;
}

static bool
is_name_octet(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c) || c == '-' || c == '_' || c >= 0x80;
}

static bool
stands_alone(struct span s, size_t from, size_t to)
{
	if (from > 0 && (is_name_octet(s.at[from - 1]) || s.at[from - 1] == '.'))
		return false;
	if (to < s.len && is_name_octet(s.at[to]))
		return false;
	return to + 1 >= s.len || s.at[to] != '.' || !is_name_octet(s.at[to + 1]);
}

bool
smtp_fold_has_word(const struct smtp_fold *f, struct span word)
{
	struct span s = span_of(f->text, f->len);
	struct span hit = find_from(f, 0, word);

	while (hit.len) {
		size_t at = (size_t)(hit.at - s.at);

		if (stands_alone(s, at, at + hit.len))
			return true;
		hit = find_from(f, at + 1, word);
	}
	return false;
}
