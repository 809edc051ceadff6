/* SPDX-License-Identifier: Apache-2.0 */
#include "report_text.h"

#include "sensor/base/escape.h"
#include "sensor/output/redact_reply.h"

/* Octets that one octet becomes at most: \xNN. */
#define ESCAPE_GROWTH 4u
/* Octets escaped at once. */
#define PIECE 1024u

void
report_text_init(struct report_text *t, enum config_redact level)
{
	t->level = level;
	text_out_init(&t->shown);
	text_out_init(&t->escaped);
}

void
report_text_free(struct report_text *t)
{
	text_out_free(&t->shown);
	text_out_free(&t->escaped);
}

/*
 * Where to cut so that no character of UTF-8 is torn: before the last octet that begins
 * one, if it is near. Broken UTF-8 may be cut anywhere.
 */
static size_t
piece_of(struct span s)
{
	size_t at = PIECE;

	if (s.len <= PIECE)
		return s.len;
	while (at > PIECE - 4 && (s.at[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void
escape(struct text_out *out, struct span s)
{
	char piece[ESCAPE_GROWTH * PIECE + 1];

	while (s.len) {
		size_t n = piece_of(s);
		size_t len = escape_text(span_slice(s, 0, n), piece, sizeof(piece));

		text_out_span(out, span_of(piece, len));
		s = span_slice(s, n, s.len);
	}
}

const char *
report_text_cook(struct report_text *t, struct span s, enum report_text_how how)
{
	text_out_reset(&t->shown);
	text_out_reset(&t->escaped);
	if (how == REPORT_TEXT_PEER)
		redact_sentence(s, t->level, &t->shown);
	else if (how == REPORT_TEXT_EVIDENCE)
		redact_evidence(s, t->level, &t->shown);
	else if (how == REPORT_TEXT_ADDRESS)
		redact_address(s, t->level, &t->shown);
	else
		text_out_span(&t->shown, s);
	escape(&t->escaped, text_out_all(&t->shown));
	return t->escaped.at ? t->escaped.at : "";
}

size_t
report_text_columns(const char *cooked, size_t columns)
{
	const char *p = cooked;

	for (; *p; p++)
		if (((unsigned char)*p & 0xc0) != 0x80 && columns-- == 0)
			break;
	return (size_t)(p - cooked);
}
