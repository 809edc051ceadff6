/* SPDX-License-Identifier: Apache-2.0 */
/* Receivers' rules go by these names: they must not change, and not be confused. */
#include "feed.h"

#include "sensor/infer/finding_kind.h"

static void
each_kind_has_the_name_that_it_is_documented_by(void **state)
{
	(void)state;
	assert_string_equal(finding_kind_name(FINDING_RELAY_PROBE), "relay-probe");
	assert_string_equal(
		finding_kind_name(FINDING_CLEAR_CREDENTIALS), "clear-credentials");
	assert_string_equal(
		finding_kind_name(FINDING_STARTTLS_STRIPPED), "starttls-stripped");
	assert_string_equal(
		finding_kind_name(FINDING_STARTTLS_VANISHED), "starttls-vanished");
	assert_string_equal(
		finding_kind_name(FINDING_STARTTLS_REFUSED), "starttls-refused");
	assert_string_equal(
		finding_kind_name(FINDING_COMMAND_INJECTION), "command-injection");
	assert_string_equal(
		finding_kind_name(FINDING_REPLY_INJECTION), "reply-injection");
	assert_string_equal(finding_kind_name(FINDING_SMUGGLING), "smuggling");
	assert_string_equal(finding_kind_name(FINDING_BLOCKLISTED), "blocklisted");
	assert_string_equal(finding_kind_name(FINDING_BACKSCATTER), "backscatter");
	assert_string_equal(finding_kind_name(FINDING_USER_PROBING), "user-probing");
	assert_int_equal(FINDING_KINDS, 11);
}

static void
titles_are_of_one_line_and_unlike_each_other(void **state)
{
	(void)state;
	for (int k = 0; k < FINDING_KINDS; k++) {
		const char *title = finding_kind_title((enum finding_kind)k);

		assert_non_null(title);
		/* They begin lines, and end in no stop: something always follows. */
		assert_true(title[0] >= 'A' && title[0] <= 'Z');
		assert_true(title[strlen(title) - 1] >= 'A');
		assert_null(strpbrk(title, "\r\n\t<>&|:;\""));
		for (int other = 0; other < k; other++)
			assert_string_not_equal(
				title, finding_kind_title((enum finding_kind)other));
	}
	assert_string_equal(
		finding_kind_title(FINDING_RELAY_PROBE), "Tested for open relaying");
	assert_string_equal(
		finding_kind_title(FINDING_USER_PROBING), "Mailbox names tried out");
}

static void
severities_rise_in_the_order_of_their_names(void **state)
{
	static const char *const rising[] = {"low", "medium", "high", "critical"};

	(void)state;
	assert_true(SEVERITY_LOW < SEVERITY_MEDIUM && SEVERITY_MEDIUM < SEVERITY_HIGH &&
		    SEVERITY_HIGH < SEVERITY_CRITICAL);
	for (int s = SEVERITY_LOW; s <= SEVERITY_CRITICAL; s++)
		assert_string_equal(
			finding_severity_name((enum finding_severity)s), rising[s]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_has_the_name_that_it_is_documented_by),
		cmocka_unit_test(titles_are_of_one_line_and_unlike_each_other),
		cmocka_unit_test(severities_rise_in_the_order_of_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
