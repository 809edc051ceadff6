/* SPDX-License-Identifier: Apache-2.0 */
/* Names are read by programs: they are unlike each other, and made of few characters. */
#include "feed.h"

#include "dissect/tcp_stream.h"

static void
every_count_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++) {
		const char *name = tcp_counters_name_of((enum tcp_count)i);

		assert_non_null(name);
		assert_true(name[0] >= 'a' && name[0] <= 'z');
		assert_int_equal(
			strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(
				name, tcp_counters_name_of((enum tcp_count)j));
	}
}

static void
names_say_what_is_counted(void **state)
{
	(void)state;
	assert_string_equal(tcp_counters_name_of(TCP_COUNT_SEGMENTS), "segments");
	assert_string_equal(tcp_counters_name_of(TCP_COUNT_GAPS), "gaps");
	assert_string_equal(tcp_counters_name_of(TCP_COUNT_GAP_OCTETS), "gap-octets");
	assert_string_equal(tcp_counters_name_of(TCP_COUNT_CUT), "cut-octets");
	assert_string_equal(tcp_counters_name_of(TCP_COUNT_RESETS), "resets");
	assert_string_equal(
		tcp_counters_name_of(TCP_COUNT_OTHER_SYN), "syns-with-other-isn");
}

static void
each_count_is_added_to_its_own(void **state)
{
	struct tcp_counters into, from;

	(void)state;
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++) {
		into.n[i] = 1000 + i;
		from.n[i] = UINT64_C(1) << i;
	}
	tcp_counters_merge(&into, &from);
	for (unsigned i = 0; i < TCP_COUNT_COUNT; i++) {
		assert_int_equal(into.n[i], 1000 + i + (UINT64_C(1) << i));
		assert_int_equal(from.n[i], UINT64_C(1) << i);
	}
}

static void
sums_go_beyond_32_bits(void **state)
{
	struct tcp_counters into = {{0}}, from = {{0}};

	(void)state;
	into.n[TCP_COUNT_OCTETS] = UINT32_MAX;
	from.n[TCP_COUNT_OCTETS] = 1;
	tcp_counters_merge(&into, &from);
	assert_int_equal(into.n[TCP_COUNT_OCTETS], UINT64_C(1) << 32);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_count_has_a_name_of_its_own),
		cmocka_unit_test(names_say_what_is_counted),
		cmocka_unit_test(each_count_is_added_to_its_own),
		cmocka_unit_test(sums_go_beyond_32_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
