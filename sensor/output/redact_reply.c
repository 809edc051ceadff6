/* SPDX-License-Identifier: Apache-2.0 */
#include "redact_reply.h"

#include "sensor/infer/prose.h"

/* Digits of a reply's code; it is a number of 16 bits. */
#define CODE_DIGITS 5
/* Octets of a reply in a sentence, those that show that it was cut included. */
#define SHOWN (PROSE_PEER_MAX + sizeof("...") - 1)

/* Index behind mark, a code and a blank at i, where a text follows; 0: none is there. */
static size_t
text_at(struct span s, size_t i, struct span mark)
{
	size_t code, end;

	if (!span_starts_nocase(span_slice(s, i, s.len), mark))
		return 0;
	code = i + mark.len;
	for (end = code; end < s.len && dis_is_digit(s.at[end]);)
		end++;
	if (end == code || end - code > CODE_DIGITS || end + 1 >= s.len ||
		s.at[end] != ' ')
		return 0;
	return end + 1;
}

/* The same for the first from i on. */
static size_t
next_text(struct span s, size_t i, struct span mark)
{
	for (; i < s.len; i++) {
		size_t at = text_at(s, i, mark);

		if (at)
			return at;
	}
	return 0;
}

void
redact_evidence(struct span s, enum config_redact level, struct text_out *out)
{
	size_t at = 0;

	if (level == CONFIG_REDACT_ALL)
		at = next_text(s, 0, SPAN_LITERAL(": "));
	redact_head(s, at ? at : s.len, level, out);
	if (at)
		text_out_text(out, REDACT_MARK);
}

/* Octets at i that one of the peer's may have become: \xNN in what was JSON. */
static size_t
octets_of_one(struct span s, size_t i)
{
	return s.at[i] == '\\' && i + 3 < s.len && s.at[i + 1] == 'x' ? 4 : 1;
}

/*
 * Index of the bracket behind the reply that begins at from, the last one that it can be;
 * the text's end if there is none, because the text was cut.
 */
static size_t
reply_end(struct span s, size_t from)
{
	size_t end = s.len, i = from;

	for (size_t n = 0; n <= SHOWN && i < s.len; n++) {
		bool last = i + 1 == s.len || s.at[i + 1] == '.' || s.at[i + 1] == ',';

		if (s.at[i] == ')' && last)
			end = i;
		i += octets_of_one(s, i);
	}
	return end;
}

void
redact_sentence(struct span s, enum config_redact level, struct text_out *out)
{
	struct text_out kept;
	size_t done = 0, at;

	if (level != CONFIG_REDACT_ALL) {
		redact_text(s, level, out);
		return;
	}
	text_out_init(&kept);
	while ((at = next_text(s, done, SPAN_LITERAL(" UTC (")))) {
		text_out_span(&kept, span_slice(s, done, at));
		text_out_text(&kept, REDACT_MARK);
		done = reply_end(s, at);
	}
	text_out_span(&kept, span_slice(s, done, s.len));
	redact_text(text_out_all(&kept), level, out);
	text_out_free(&kept);
}
