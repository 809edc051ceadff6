/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_token.h"

static bool
is_blank(uint8_t c)
{
	return dis_is_blank(c) || c == '\r' || c == '\n';
}

/*
 * What is never closed makes all that is left BROKEN, so each octet is looked at a fixed
 * number of times whatever comes.
 *
 * RFC 5322 3.2.4. s starts at the opening quote. Octets up to behind the closing one, or
 * 0.
 */
static size_t
quoted_len(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[i] == '"')
			return i + 1;
	}
	return 0;
}

/* RFC 5322 3.2.2: nests, and knows quoted pairs but no quoted strings. As above. */
static size_t
comment_len(struct span s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\\')
			i++;
		else if (s.at[i] == '(')
			depth++;
		else if (s.at[i] == ')' && --depth == 0)
			return i + 1;
	}
	return 0;
}

/* Paths may hold quoted local parts (RFC 5321 4.1.2), and in them anything. */
static size_t
angle_len(struct span s)
{
	for (size_t i = 1; i < s.len; i++) {
		if (s.at[i] == '>')
			return i + 1;
		if (s.at[i] == '"') {
			size_t n = quoted_len(span_slice(s, i, s.len));

			if (n == 0)
				return 0;
			i += n - 1;
		}
	}
	return 0;
}

/*
 * RFC 5322 3.4.1 domain literal, here without blanks. Longer than any address text is
 * none, which also keeps a row of open brackets from being searched again and again.
 */
static size_t
literal_len(struct span s)
{
	s = span_slice(s, 0, 64);
	for (size_t i = 1; i < s.len && !is_blank(s.at[i]); i++)
		if (s.at[i] == ']')
			return i + 1;
	return 0;
}

static bool
is_separator(uint8_t c, const char *separators)
{
	return c != '\0' && strchr(separators, c) != NULL;
}

static void
take(struct span *rest, size_t len, enum mail_token_kind kind, struct mail_token *out)
{
	out->kind = kind;
	out->text = span_slice(*rest, 0, len);
	*rest = span_slice(*rest, len, rest->len);
}

static bool
take_enclosed(
	struct span *rest, size_t len, enum mail_token_kind kind, struct mail_token *out)
{
	take(rest, len, kind, out);
	out->text = span_slice(out->text, 1, len - 1);
	return true;
}

static bool
take_broken(struct span *rest, struct mail_token *out)
{
	take(rest, rest->len, MAIL_TOKEN_BROKEN, out);
	return true;
}

static bool
take_word(struct span *rest, const char *separators, struct mail_token *out)
{
	size_t i = 0;

	while (i < rest->len && !is_blank(rest->at[i])) {
		struct span left = span_slice(*rest, i, rest->len);
		uint8_t c = left.at[0];
		size_t n = 1;

		if (is_separator(c, separators) || c == '(' || c == '<')
			break;
		if (c == '"') {
			n = quoted_len(left);
			if (n == 0)
				return take_broken(rest, out);
			out->quoted = true;
		} else if (c == '[' && literal_len(left)) {
			n = literal_len(left);
		}
		i += n;
	}
	take(rest, i, MAIL_TOKEN_WORD, out);
	return true;
}

bool
mail_token_next(struct span *rest, const char *separators, struct mail_token *out)
{
	size_t n;

	*rest = span_trim(*rest);
	*out = (struct mail_token){0};
	if (rest->len == 0)
		return false;
	if (rest->at[0] == '(') {
		n = comment_len(*rest);
		return n ? take_enclosed(rest, n, MAIL_TOKEN_COMMENT, out)
			 : take_broken(rest, out);
	}
	if (rest->at[0] == '<') {
		n = angle_len(*rest);
		return n ? take_enclosed(rest, n, MAIL_TOKEN_ANGLE, out)
			 : take_broken(rest, out);
	}
	if (is_separator(rest->at[0], separators)) {
		take(rest, 1, MAIL_TOKEN_SEPARATOR, out);
		return true;
	}
	return take_word(rest, separators, out);
}
