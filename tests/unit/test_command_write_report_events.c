/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/command/command_write_report.h"

/* The verdict of the server 192.0.2.9:25 at RIG_T0 and so many ns more; its record. */
static void
change(struct rig *r, uint64_t ns, const char *body)
{
	rig_verdict(r, 9, RIG_T0 + ns, "open-relay", 0, true, body);
}

static void
nothing_told_is_no_event(void **state)
{
	struct command_events e = {0};
	struct rig r;

	(void)state;
	rig_init(&r);
	assert_int_equal(command_events_read(&e, r.store), 0);
	assert_int_equal(e.count, 0);
	command_events_free(&e);
	rig_free(&r);
}

static void
changes_and_alerts_stand_in_the_order_of_time(void **state)
{
	struct command_events e = {0};
	struct ip_addr server = rig_addr(9);
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_alert(&r, 9, ALERT_SEVERITY_CRITICAL, SPAN_LITERAL("of 192.0.2.9"));
	change(&r, 3,
		"{\"server\":{\"ip\":\"192.0.2.9\",\"port\":25},\"verdict\":\"open-"
		"relay\","
		"\"grade\":\"suspected\",\"short\":\"<b>why</b>\"}");
	change(&r, 20,
		"{\"server\":{\"ip\":\"192.0.2.9\",\"port\":25},\"verdict\":"
		"\"restricted\"}");
	rig_commit(&r);
	assert_int_equal(command_events_read(&e, r.store), 0);
	assert_int_equal(e.count, 3);
	assert_string_equal(e.at[0].kind, "verdict");
	assert_string_equal(e.at[0].text, "open-relay, suspected: <b>why</b>");
	assert_true(e.at[0].time == RIG_T0 + 3);
	assert_true(ip_addr_equal(&e.at[0].server, &server));
	assert_int_equal(e.at[0].port, 25);
	assert_int_equal(strncmp(e.at[1].kind, "alert, critical, ", 17), 0);
	assert_string_equal(e.at[1].text, "Open mail relay: of 192.0.2.9");
	assert_string_equal(e.at[2].text, "restricted");
	command_events_free(&e);
	rig_free(&r);
}

/* What a damaged or a later sensor's database may hold. */
static void
records_that_are_not_understood_are_passed_over(void **state)
{
	static const char *const bodies[] = {"", "{", "[]", "7", "{\"verdict\":\"x\"}",
		"{\"server\":7,\"verdict\":\"x\"}",
		"{\"server\":{\"ip\":\"nobody\"},\"verdict\":\"x\"}",
		"{\"server\":{\"ip\":\"192.0.2.9\"},\"verdict\":7}"};
	struct command_events e = {0};
	struct rig r;

	(void)state;
	rig_init(&r);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		change(&r, i, bodies[i]);
	rig_commit(&r);
	assert_int_equal(command_events_read(&e, r.store), 0);
	assert_int_equal(e.count, 0);
	command_events_free(&e);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_told_is_no_event),
		cmocka_unit_test(changes_and_alerts_stand_in_the_order_of_time),
		cmocka_unit_test(records_that_are_not_understood_are_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
