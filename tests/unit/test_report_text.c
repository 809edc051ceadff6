/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/report/report_text.h"

static void
assert_cooked(enum config_redact level, enum report_text_how how, struct span in,
	const char *want)
{
	struct report_text t;

	report_text_init(&t, level);
	assert_string_equal(report_text_cook(&t, in, how), want);
	report_text_free(&t);
}

static void
an_empty_text_is_empty(void **state)
{
	(void)state;
	assert_cooked(CONFIG_REDACT_NONE, REPORT_TEXT_PEER, SPAN_NONE, "");
	assert_cooked(CONFIG_REDACT_ALL, REPORT_TEXT_ADDRESS, SPAN_NONE, "");
}

static void
what_turns_or_ends_a_line_is_made_visible(void **state)
{
	(void)state;
	assert_cooked(CONFIG_REDACT_NONE, REPORT_TEXT_PEER,
		SPAN_LITERAL("a\nb\x1b[2J\xe2\x80\xae"),
		"a\\x0ab\\x1b[2J\\xe2\\x80\\xae");
	assert_cooked(CONFIG_REDACT_NONE, REPORT_TEXT_OURS, SPAN_LITERAL("\xff\xc3"),
		"\\xff\\xc3");
}

static void
addresses_go_as_far_as_is_wanted(void **state)
{
	struct span s = SPAN_LITERAL("said bob@victim.test");

	(void)state;
	assert_cooked(CONFIG_REDACT_NONE, REPORT_TEXT_PEER, s, "said bob@victim.test");
	assert_cooked(CONFIG_REDACT_LOCAL_PART, REPORT_TEXT_PEER, s,
		"said \xe2\x80\xa6@victim.test");
	assert_cooked(CONFIG_REDACT_ALL, REPORT_TEXT_PEER, s, "said \xe2\x80\xa6");
	assert_cooked(CONFIG_REDACT_ALL, REPORT_TEXT_OURS, s, "said bob@victim.test");
}

/* Texts are escaped in pieces of 1,024 octets: none may tear a character. */
static void
no_character_of_a_long_text_is_torn(void **state)
{
	struct report_text t;

	(void)state;
	report_text_init(&t, CONFIG_REDACT_NONE);
	for (size_t lead = 0; lead < 4; lead++) {
		char in[3001] = {0};
		const char *out;

		memset(in, 'a', lead);
		for (size_t i = lead; i + 3 < sizeof(in); i += 3)
			memcpy(in + i, "\xe2\x82\xac", 3);
		out = report_text_cook(&t, span_of_text(in), REPORT_TEXT_OURS);
		assert_string_equal(out, in);
	}
	report_text_free(&t);
}

static void
columns_are_characters(void **state)
{
	(void)state;
	assert_int_equal(report_text_columns("abc", 2), 2);
	assert_int_equal(report_text_columns("abc", 9), 3);
	assert_int_equal(report_text_columns("\xe2\x82\xac\xe2\x82\xac", 1), 3);
	assert_int_equal(report_text_columns("", 5), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_text_is_empty),
		cmocka_unit_test(what_turns_or_ends_a_line_is_made_visible),
		cmocka_unit_test(addresses_go_as_far_as_is_wanted),
		cmocka_unit_test(no_character_of_a_long_text_is_torn),
		cmocka_unit_test(columns_are_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
