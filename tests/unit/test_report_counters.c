/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#include "sensor/base/json_out.h"
#include "sensor/pipeline_stats.h"
#include "sensor/report/report_counters.h"

static void
assert_span(struct span s, const char *text)
{
	assert_true(span_equal(s, span_of_text(text)));
}

static void
what_moved_is_told_in_order_and_with_its_words(void **state)
{
	struct report_counters c;
	struct report_counter n;

	(void)state;
	report_counters_begin(&c,
		SPAN_LITERAL("{\"type\":\"stats\",\"schema\":1,\"tcp\":{\"segments\":0,"
			     "\"gap-octets\":18446744073709551615,\"resets\":7},"
			     "\"outside\":4,\"new\":{\"thing\":2}}"));
	assert_true(report_counters_next(&c, &n));
	assert_span(n.group, "tcp");
	assert_span(n.name, "gap-octets");
	assert_true(n.value == UINT64_MAX);
	assert_string_equal(n.words, "octets missing in them");
	assert_true(n.loss);
	assert_true(report_counters_next(&c, &n));
	assert_span(n.name, "resets");
	assert_false(n.loss);
	assert_true(report_counters_next(&c, &n));
	assert_span(n.group, "new");
	assert_null(n.words);
	assert_false(report_counters_next(&c, &n));
}

static void
an_object_that_is_cut_ends(void **state)
{
	static const char whole[] = "{\"tcp\":{\"resets\":7}}";

	(void)state;
	for (size_t len = 0; len < sizeof(whole); len++) {
		struct guarded g = guarded_new((const uint8_t *)whole, len);
		struct report_counters c;
		struct report_counter n;

		report_counters_begin(&c, guarded_span(&g));
		while (report_counters_next(&c, &n))
			assert_int_equal(n.value, 7);
		guarded_free(&g);
	}
}

/* All octets of the totals at one: every counter is there, and each must have words. */
static void
every_counter_has_words(void **state)
{
	struct pipeline_totals totals;
	struct report_counters c;
	struct report_counter n;
	struct json_out j;
	size_t count = 0;

	(void)state;
	memset(&totals, 1, sizeof(totals));
	json_out_init(&j);
	pipeline_stats_write_totals(&totals, NULL, NULL, &j);
	report_counters_begin(&c, span_of(j.at, j.used));
	for (; report_counters_next(&c, &n); count++) {
		if (!n.words || !*report_counters_group(n.group))
			fail_msg("no words for %.*s, %.*s", (int)n.group.len,
				(const char *)n.group.at, (int)n.name.len,
				(const char *)n.name.at);
	}
	assert_true(count > 60);
	json_out_free(&j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_moved_is_told_in_order_and_with_its_words),
		cmocka_unit_test(an_object_that_is_cut_ends),
		cmocka_unit_test(every_counter_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
