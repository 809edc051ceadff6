/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_counters.h"

static void
every_count_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < FLOW_COUNT_COUNT; i++) {
		const char *name = flow_counters_name_of((enum flow_count)i);

		assert_non_null(name);
		assert_true(strlen(name) > 0);
		assert_int_equal(
			strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(
				name, flow_counters_name_of((enum flow_count)j));
	}
}

static void
names_say_what_is_counted(void **state)
{
	(void)state;
	assert_string_equal(flow_counters_name_of(FLOW_COUNT_OPENED), "opened");
	assert_string_equal(
		flow_counters_name_of(FLOW_COUNT_EVICTED_OPEN), "evicted-open");
	assert_string_equal(
		flow_counters_name_of(FLOW_COUNT_EXPIRED_IDLE), "expired-idle");
	assert_string_equal(
		flow_counters_name_of(FLOW_COUNT_WINDOWS_DENIED), "windows-denied");
	assert_string_equal(flow_counters_name_of(FLOW_COUNT_REUSED), "ports-reused");
	assert_string_equal(flow_counters_name_of(FLOW_COUNT_CLOCK_STEPS), "clock-steps");
}

static void
each_count_is_added_to_its_own_the_streams_too(void **state)
{
	struct flow_counters into, from;

	(void)state;
	for (unsigned i = 0; i < FLOW_COUNT_COUNT; i++) {
		into.n[i] = 1000 + i;
		from.n[i] = UINT64_C(1) << (32 + i % 16);
	}
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++) {
		into.tcp.n[i] = 2000 + i;
		from.tcp.n[i] = UINT64_C(1) << i;
	}
	flow_counters_merge(&into, &from);
	for (unsigned i = 0; i < FLOW_COUNT_COUNT; i++) {
		assert_true(into.n[i] == 1000 + i + (UINT64_C(1) << (32 + i % 16)));
		assert_true(from.n[i] == UINT64_C(1) << (32 + i % 16));
	}
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++)
		assert_true(into.tcp.n[i] == 2000 + i + (UINT64_C(1) << i));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_count_has_a_name_of_its_own),
		cmocka_unit_test(names_say_what_is_counted),
		cmocka_unit_test(each_count_is_added_to_its_own_the_streams_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
