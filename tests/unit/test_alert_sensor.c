/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_sample.h"

#include "sensor/alert/alert_make.h"

static bool
says(struct span text, const char *part)
{
	return span_search_nocase(text, span_of_text(part)) < text.len;
}

static void
losses_are_told_in_numbers(void **state)
{
	struct alert_blindness b = {.from = SAMPLE_TIME,
		.to = SAMPLE_TIME + 5,
		.seen = 9900,
		.ring = 99,
		.card = 1,
		.queue = 2};
	struct alert *a = alert_of_blindness(&b, "tap1");

	(void)state;
	assert_int_equal(a->kind, ALERT_SENSOR);
	assert_true(span_equal(a->rule, SPAN_LITERAL("sensor-blind")));
	assert_true(
		span_equal(a->title, SPAN_LITERAL("Sensor does not see all traffic")));
	assert_int_equal(a->count, 100);
	assert_int_equal(a->first, SAMPLE_TIME);
	assert_int_equal(a->last, SAMPLE_TIME + 5);
	assert_int_equal(a->time, SAMPLE_TIME + 5);
	assert_int_equal(a->severity, ALERT_SEVERITY_MEDIUM);
	assert_true(ip_addr_is_none(&a->server));
	assert_true(span_equal(a->detail,
		SPAN_LITERAL(
			"99 packets lost for want of room in the ring, 1 packet lost "
			"by the network card, 2 records that the inference had no "
			"room for (1.0 % of 10000 packets)")));
	assert_true(says(a->explanation, "The sensor tap1 did not see"));
	assert_true(says(a->mend, "ethtool -G"));
	assert_true(says(a->mend, "ring and threads"));
	assert_false(says(a->mend, "ip -s link"));
	alert_free(a);
}

static void
it_is_high_beyond_a_tenth(void **state)
{
	struct alert_blindness b = {.seen = 900, .ring = 100};
	struct alert *a = alert_of_blindness(&b, NULL);

	(void)state;
	assert_int_equal(a->severity, ALERT_SEVERITY_MEDIUM);
	assert_true(says(a->explanation, "The sensor did not see"));
	alert_free(a);
	b.ring = 101;
	a = alert_of_blindness(&b, "");
	assert_int_equal(a->severity, ALERT_SEVERITY_HIGH);
	alert_free(a);
}

static void
an_interface_that_is_gone_is_high_though_nothing_counts_as_lost(void **state)
{
	struct alert_blindness b = {.where = SPAN_LITERAL("eth1 is down")};
	struct alert *a = alert_of_blindness(&b, "tap1");

	(void)state;
	assert_int_equal(a->severity, ALERT_SEVERITY_HIGH);
	assert_true(span_equal(a->detail, SPAN_LITERAL("eth1 is down")));
	assert_true(says(a->mend, "ip -s link"));
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_are_told_in_numbers),
		cmocka_unit_test(it_is_high_beyond_a_tenth),
		cmocka_unit_test(
			an_interface_that_is_gone_is_high_though_nothing_counts_as_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
