/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

static void
a_name_becomes_neither_markup_nor_link_nor_html(void **state)
{
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER,
		"1. <b>[a](http://x.test) www.x.test a@b.test *c* |d", 1);
	report_rig_rank(&r);
	text = report_rig_write(&r, REPORT_MARKDOWN);
	assert_not_in(text, "<b>");
	assert_not_in(text, "](");
	assert_not_in(text, "http://");
	assert_not_in(text, "www.x");
	assert_in(text, "www`.`x\\.test");
	assert_not_in(text, "a@b");
	assert_not_in(text, "*c*");
	assert_not_in(text, " |d");
	assert_not_in(text, "\n1. ");
	assert_in(text, "&lt;b&gt;\\[a\\]\\(http`:`//x\\.test)");
	assert_in(text, "a`@`b\\.test \\*c\\* \\|d");
	report_rig_free(&r);
}

static void
times_and_addresses_stay_readable(void **state)
{
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	text = report_rig_write(&r, REPORT_MARKDOWN);
	assert_in(text, "2023-11-14 22:13:");
	assert_in(text, "203.0.113.11:25 mail\\.corp\\.test");
	report_rig_free(&r);
}

/* Twenty minutes apart: two rows of eight or more minutes, none between them. */
static void
messages_over_time_are_a_table_of_few_rows(void **state)
{
	struct report_rig r;
	struct activity *a;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	a = &((struct identity *)r.ranking.at[0].identity)->activity;
	memset(a, 0, sizeof(*a));
	for (uint64_t minute = 0; minute < 40; minute += 20)
		activity_note(a, ACTIVITY_UNAUTHENTICATED,
			(UINT64_C(1700006400) + minute * 60) * 1000000000);
	activity_note(a, ACTIVITY_REFUSED, UINT64_C(1700006400) * 1000000000);
	text = report_rig_write(&r, REPORT_MARKDOWN);
	assert_in(text, "Messages over time: 2 taken without login, 0 taken with login, 1 "
			"refused; at most 2 in 1 min. A row is 2 min; rows without any");
	assert_in(text, "| 2023-11-15 00:00:00 UTC | 1 | 0 | 1 |\n"
			"| 2023-11-15 00:20:00 UTC | 1 | 0 | 0 |\n\n");
	memset(a, 0, sizeof(*a));
	assert_not_in(report_rig_write(&r, REPORT_MARKDOWN), "Messages over time");
	report_rig_free(&r);
}

static void
what_was_not_seen_is_told_in_words(void **state)
{
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_rank(&r);
	r.input.losses = "3 frames were cut by the snap length\n7 octets are missing";
	r.input.stats = SPAN_LITERAL("{\"type\":\"stats\",\"schema\":1,"
				     "\"packets\":{\"frames\":1234,\"frames_cut\":3}}");
	text = report_rig_write(&r, REPORT_MARKDOWN);
	assert_in(text, "- 3 frames were cut by the snap length\n- 7 octets are missing\n");
	assert_in(text, "| Packets | frames shorter than on the wire | 3 |\n");
	assert_in(text, "| Packets | frames looked at | 1,234 |\n");
	assert_not_in(text, "frames_cut");
	assert_not_in(text, "\"packets\"");
	report_rig_free(&r);
}

static void
history_stands_under_its_server(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	struct report_event e = {scene_addr(REPORT_RIG_SERVER), 25,
		UINT64_C(1700000000) * 1000000000, "verdict", "open-relay, suspected"};
	r.input.events = &e;
	r.input.event_count = 1;
	assert_in(report_rig_write(&r, REPORT_MARKDOWN),
		"History:\n\n- 2023-11-14 22:13:20 UTC: open-relay, suspected (verdict)\n");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_becomes_neither_markup_nor_link_nor_html),
		cmocka_unit_test(times_and_addresses_stay_readable),
		cmocka_unit_test(messages_over_time_are_a_table_of_few_rows),
		cmocka_unit_test(what_was_not_seen_is_told_in_words),
		cmocka_unit_test(history_stands_under_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
