/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_note.h"

static void
each_note_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int n = 0; n < SMTP_NOTE_COUNT; n++) {
		const char *name = smtp_note_name((enum smtp_note)n);

		assert_true(strlen(name) > 0);
		assert_int_equal(smtp_note_of_name(span_of_text(name)), n);
	}
	assert_string_equal(
		smtp_note_name(SMTP_NOTE_SMUGGLE_LF_DOT_CRLF), "smuggling:lf-dot-crlf");
}

static void
what_is_no_note_has_none(void **state)
{
	(void)state;
	assert_string_equal(smtp_note_name(SMTP_NOTE_COUNT), "");
	assert_int_equal(smtp_note_of_name(SPAN_LITERAL("")), SMTP_NOTE_COUNT);
	assert_int_equal(smtp_note_of_name(SPAN_LITERAL("line")), SMTP_NOTE_COUNT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_note_has_a_name_of_its_own),
		cmocka_unit_test(what_is_no_note_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
