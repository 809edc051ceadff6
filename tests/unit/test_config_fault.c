/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/config/config_fault.h"

static void
the_first_fault_stays(void **state)
{
	struct config_fault f = {0};
	char error[CONFIG_ERROR];

	(void)state;
	assert_int_equal(config_fault_set(&f, 3, "the %s", "cause"), -1);
	assert_int_equal(config_fault_set(&f, 4, "its echo"), -1);
	config_fault_write(&f, "a.conf", error, sizeof(error));
	assert_string_equal(error, "a.conf:3: the cause");
}

static void
without_a_line_only_the_file_is_named(void **state)
{
	struct config_fault f = {0};
	char error[CONFIG_ERROR];

	(void)state;
	config_fault_set(&f, 0, "gone");
	config_fault_write(&f, "x\x1b[2J", error, sizeof(error));
	assert_string_equal(error, "x\\x1b[2J: gone");
}

static void
quotations_are_escaped_and_cut(void **state)
{
	char text[200];
	struct guarded g;
	struct config_quote q;

	(void)state;
	q = config_fault_quote(SPAN_LITERAL("a\nb\\"));
	assert_string_equal(q.at, "\"a\\x0ab\\\\\"");
	q = config_fault_quote(SPAN_NONE);
	assert_string_equal(q.at, "\"\"");
	/* Each octet takes four: all that fits is whole escapes. */
	memset(text, 1, sizeof(text));
	for (size_t len = 0; len <= sizeof(text); len++) {
		g = guarded_new(text, len);
		q = config_fault_quote(guarded_span(&g));
		assert_int_equal(q.at[0], '"');
		assert_in_range(strlen(q.at), 2, CONFIG_QUOTE - 1);
		if (len <= 18) /* 72 of the 74 octets that fit */
			assert_int_equal(strlen(q.at), 4 * len + 2);
		else
			assert_string_equal(q.at + strlen(q.at) - 4, "\"...");
		guarded_free(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fault_stays),
		cmocka_unit_test(without_a_line_only_the_file_is_named),
		cmocka_unit_test(quotations_are_escaped_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
