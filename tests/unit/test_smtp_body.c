/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "dissect/smtp_body.h"

/* Reads all of input in pieces of step octets; look-alikes are content. */
static void
read_body(struct span input, size_t step, char *out)
{
	struct smtp_body b;
	bool ended = false;

	smtp_body_reset(&b);
	out[0] = '\0';
	for (size_t at = 0; at < input.len; at += step) {
		struct guarded g;
		struct span piece = span_slice(input, at, at + step), in;

		g = guarded_new(piece.at, piece.len);
		in = guarded_span(&g);
		while (in.len && !ended) {
			struct span text = SPAN_NONE;
			enum smtp_note note = SMTP_NOTE_COUNT;

			switch (smtp_body_next(&b, &in, &text, &note)) {
			case SMTP_BODY_TEXT:
				assert_true(text.len > 0);
				strncat(out, (const char *)text.at, text.len);
				break;
			case SMTP_BODY_END:
				assert_int_equal(b.octets, strlen(out));
				strcat(out, "|");
				ended = true;
				break;
			case SMTP_BODY_ODD:
				text = smtp_body_resume(&b);
				strncat(out, (const char *)text.at, text.len);
				break;
			case SMTP_BODY_MORE:
				assert_int_equal(in.len, 0);
				break;
			}
		}
		strncat(out, ended && in.len ? (const char *)in.at : "", in.len);
		guarded_free(&g);
	}
	if (b.bare_lf)
		strcat(out, " LF");
	if (b.bare_cr)
		strcat(out, " CR");
}

static void
dots_and_the_end_are_found_wherever_the_input_is_cut(void **state)
{
	static const char *const cases[][2] = {
		{"a\r\n.\r\n", "a\r\n|"},
		{".\r\n", "|"},
		{".\r\nNOOP\r\n", "|NOOP\r\n"},
		{"..\r\n.\r\n", ".\r\n|"},
		{".x\r\n.\r\n", "x\r\n|"},
		{"...\r\n.\r\n", "..\r\n|"},
		{"a.b\r\nc.\r\n.\r\n", "a.b\r\nc.\r\n|"},
		{"a\r\n\r\n.\r\n", "a\r\n\r\n|"},
		{"a\r\n.", "a\r\n"},
		{"a\r\n.\r", "a\r\n"},
		{"a\n.\r\n.\r\n", "a\n.\r\n| LF"},
		{"a\n.b\r\n.\r\n", "a\n.b\r\n| LF"},
		{"a\r.b\r\n.\r\n", "a\r.b\r\n| CR"},
		{"a\rb\nc\r\n.\r\n", "a\rb\nc\r\n| LF CR"},
		{"a\r\r\n.\r\n", "a\r\r\n| CR"},
		{"a\r\n.\r\r\n.\r\n", "a\r\n\r\r\n| CR"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char out[256];

		for (size_t step = 1; step < 20; step++) {
			read_body(span_of_text(cases[i][0]), step, out);
			assert_string_equal(out, cases[i][1]);
		}
	}
}

static void
each_look_alike_has_its_name(void **state)
{
	static const struct {
		struct span text;
		enum smtp_note note;
	} cases[] = {
		{SPAN_LITERAL("a\n.\n"), SMTP_NOTE_SMUGGLE_LF_DOT_LF},
		{SPAN_LITERAL("a\n.\r\n"), SMTP_NOTE_SMUGGLE_LF_DOT_CRLF},
		{SPAN_LITERAL("a\r\n.\n"), SMTP_NOTE_SMUGGLE_CRLF_DOT_LF},
		{SPAN_LITERAL(".\n"), SMTP_NOTE_SMUGGLE_CRLF_DOT_LF},
		{SPAN_LITERAL("a\r.\rb"), SMTP_NOTE_SMUGGLE_CR_DOT_CR},
		{SPAN_LITERAL("a\r.\n"), SMTP_NOTE_SMUGGLE_CR_DOT_CR},
		{SPAN_LITERAL("a\r.\r\n"), SMTP_NOTE_SMUGGLE_CR_DOT_CR},
		{SPAN_LITERAL("a\n.\rb"), SMTP_NOTE_SMUGGLE_CR_DOT_CR},
		{SPAN_LITERAL("a\r\n.\r\r\n"), SMTP_NOTE_SMUGGLE_CR_DOT_CR},
		{SPAN_LITERAL("a\r\n\0.\r\n"), SMTP_NOTE_SMUGGLE_NUL_DOT},
		/* Not these. */
		{SPAN_LITERAL("a.\r\n"), SMTP_NOTE_COUNT},
		{SPAN_LITERAL("a\0.\r\n"), SMTP_NOTE_COUNT},
		{SPAN_LITERAL("a\r\n\0.\n"), SMTP_NOTE_COUNT},
		{SPAN_LITERAL("a\n..\n"), SMTP_NOTE_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t step = 1; step <= cases[i].text.len; step++) {
			enum smtp_note note = SMTP_NOTE_COUNT;
			struct smtp_body b;

			smtp_body_reset(&b);
			for (size_t at = 0; at < cases[i].text.len; at += step) {
				struct span in = span_slice(cases[i].text, at, at + step);
				struct span text;

				while (in.len && note == SMTP_NOTE_COUNT)
					(void)smtp_body_next(&b, &in, &text, &note);
			}
			assert_int_equal(note, cases[i].note);
		}
	}
}

static void
behind_a_hole_nothing_is_known_of_what_stood_before(void **state)
{
	struct smtp_body b;
	struct span in = SPAN_LITERAL("a\r\n"), text;
	enum smtp_note note;

	(void)state;
	smtp_body_reset(&b);
	assert_int_equal(smtp_body_next(&b, &in, &text, &note), SMTP_BODY_TEXT);
	smtp_body_gap(&b, 10);
	assert_int_equal(b.octets, 13);
	in = SPAN_LITERAL(".\r\n");
	assert_int_equal(smtp_body_next(&b, &in, &text, &note), SMTP_BODY_TEXT);
	in = SPAN_LITERAL(".\r\n");
	assert_int_equal(smtp_body_next(&b, &in, &text, &note), SMTP_BODY_END);
}

static void
a_dot_line_ended_by_cr_may_be_an_end(void **state)
{
	static const struct {
		const char *text;
		bool odd;
	} cases[] = {{"a\r.\r", true}, {"a\r\n.\r", true}, {"a\r\n.", false},
		{"a\r\n", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_body b;
		struct span in = span_of_text(cases[i].text), text;
		enum smtp_note note;

		smtp_body_reset(&b);
		while (in.len)
			(void)smtp_body_next(&b, &in, &text, &note);
		assert_int_equal(smtp_body_is_at_odd_end(&b), cases[i].odd);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dots_and_the_end_are_found_wherever_the_input_is_cut),
		cmocka_unit_test(each_look_alike_has_its_name),
		cmocka_unit_test(behind_a_hole_nothing_is_known_of_what_stood_before),
		cmocka_unit_test(a_dot_line_ended_by_cr_may_be_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
