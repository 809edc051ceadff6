/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands show is looked at by tests/store/commands.sh. */
#include "feed.h"

#include <time.h>

#include "sensor/command/command_state.h"

#define NS UINT64_C(1000000000)

static void
times_are_days_moments_or_so_long_ago(void **state)
{
	struct command_options o = {0};
	uint64_t now;

	(void)state;
	assert_int_equal(command_state_since(&o, "1970-01-02"), COMMAND_GOOD);
	assert_true(o.query.from == 86400 * NS);
	assert_int_equal(command_state_until(&o, "1970-01-01T00:00:01.5Z"), COMMAND_GOOD);
	assert_true(o.query.to == NS + NS / 2);
	assert_int_equal(command_state_since(&o, "2h"), COMMAND_GOOD);
	now = (uint64_t)time(NULL);
	assert_true(o.query.from / NS <= now - 7200 && o.query.from / NS >= now - 7260);
	assert_int_equal(command_state_since(&o, "1w"), COMMAND_GOOD);
	assert_true(o.query.from / NS <= now - 7 * 86400 + 60);
	/* Further back than there is any time. */
	assert_int_equal(command_state_since(&o, "1000000w"), COMMAND_GOOD);
	assert_true(o.query.from == 0);
	/* Up to then is nothing, and not all. */
	assert_int_equal(command_state_until(&o, "1000000w"), COMMAND_GOOD);
	assert_true(o.query.to == 1);
	assert_int_equal(command_state_until(&o, "1970-01-01"), COMMAND_GOOD);
	assert_true(o.query.to == 1);
}

static void
other_times_are_refused(void **state)
{
	static const char *const bad[] = {"", "h", "yesterday", "12", "-1h", "1.5h",
		"12x", "1970-13-01x", "99999999999h", "2026-11-2"};
	struct command_options o = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_int_equal(command_state_since(&o, bad[i]), COMMAND_FAILED);
		assert_true(o.query.from == 0);
	}
}

static void
words_and_numbers_are_those_of_the_manual(void **state)
{
	struct command_options o = {0};

	(void)state;
	assert_int_equal(command_state_minimum(&o, "critical"), COMMAND_GOOD);
	assert_int_equal(o.query.minimum, ALERT_SEVERITY_CRITICAL);
	assert_int_equal(command_state_minimum(&o, "CRITICAL!"), COMMAND_FAILED);
	assert_int_equal(command_state_format(&o, "leef"), COMMAND_GOOD);
	assert_true(o.formatted && o.format == CONFIG_FORMAT_LEEF);
	assert_int_equal(command_state_format(&o, ""), COMMAND_FAILED);
	assert_int_equal(command_state_limit(&o, "12"), COMMAND_GOOD);
	assert_int_equal(o.query.limit, 12);
	assert_int_equal(command_state_limit(&o, "0"), COMMAND_FAILED);
	assert_int_equal(command_state_limit(&o, "-1"), COMMAND_FAILED);
	assert_int_equal(command_state_server(&o, "192.0.2.1:25"), COMMAND_GOOD);
	assert_int_equal(o.query.port, 25);
	assert_string_equal(o.server, "192.0.2.1:25");
}

static void
rows_of_others_are_passed_over_and_the_oldest_skipped(void **state)
{
	struct ip_addr none = {{0}};
	struct command_rows r = {.by_name = true, .skip = 1};

	(void)state;
	command_server_parse(SPAN_LITERAL("a.test"), &r.server);
	assert_false(command_rows_take(&r, &none, 25, SPAN_LITERAL("b.test")));
	assert_int_equal(r.shown, 0);
	assert_false(command_rows_take(&r, &none, 25, SPAN_LITERAL("a.test")));
	assert_true(command_rows_take(&r, &none, 25, SPAN_LITERAL("A.test")));
	r.counting = true;
	assert_false(command_rows_take(&r, &none, 25, SPAN_LITERAL("a.test")));
	assert_int_equal(r.shown, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_days_moments_or_so_long_ago),
		cmocka_unit_test(other_times_are_refused),
		cmocka_unit_test(words_and_numbers_are_those_of_the_manual),
		cmocka_unit_test(rows_of_others_are_passed_over_and_the_oldest_skipped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
