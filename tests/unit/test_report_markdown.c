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
	assert_not_in(text, "a@b");
	assert_not_in(text, "*c*");
	assert_not_in(text, " |d");
	assert_not_in(text, "\n1. ");
	assert_in(text, "&lt;b&gt;\\[a\\]\\(http\\://x\\.test)");
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
		"History:\n\n- 2023-11-14 22:13:20 UTC: open-relay, suspected\n");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_becomes_neither_markup_nor_link_nor_html),
		cmocka_unit_test(times_and_addresses_stay_readable),
		cmocka_unit_test(history_stands_under_its_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
