/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

static void
nothing_is_seen_of_nothing(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_rank(&r);
	assert_int_equal(r.model.relays, 0);
	assert_int_equal(r.model.sections, 0);
	assert_int_equal(r.model.from, 0);
	report_rig_free(&r);
}

static void
servers_are_counted_by_verdict(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 3);
	report_rig_refusal(&r, "203.0.113.12", "mx.other.test");
	scene_encrypted(&r.scene, "198.51.100.1", "203.0.113.13", "dark.test");
	report_rig_rank(&r);
	assert_int_equal(r.ranking.count, 3);
	assert_int_equal(r.model.of_kind[VERDICT_OPEN_RELAY], 1);
	assert_int_equal(r.model.of_kind[VERDICT_RESTRICTED], 1);
	assert_int_equal(r.model.of_kind[VERDICT_UNKNOWN], 1);
	assert_int_equal(r.model.relays, 1);
	assert_int_equal(r.model.telling, 2);
	assert_int_equal(r.model.sections, 2);
	assert_int_equal(r.model.transactions, 4);
	assert_true(r.model.from && r.model.from < r.model.to);
	report_rig_free(&r);
}

static void
events_are_of_their_server_and_port(void **state)
{
	struct report_rig r;
	const struct server *server;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	struct ip_addr here = scene_addr(REPORT_RIG_SERVER);
	struct report_event events[] = {
		{.server = scene_addr("192.0.2.1"), .port = 25},
		{.server = here, .port = 25},
		{.server = here, .port = 587},
		{.server = here, .port = 0},
	};
	r.input.events = events;
	r.input.event_count = 4;
	server = r.ranking.at[0].server;
	assert_int_equal(report_model_events(&r.model, server), 2);
	assert_int_equal(report_model_next_event(&r.model, server, 0), 1);
	assert_int_equal(report_model_next_event(&r.model, server, 2), 3);
	assert_int_equal(report_model_next_event(&r.model, server, 4), 4);
	report_rig_free(&r);
}

static void
a_finding_without_port_is_about_all_at_its_address(void **state)
{
	struct server server = {.key = {scene_addr("203.0.113.11"), 25}};
	struct finding f = {.key = {.server = scene_addr("203.0.113.11")}};

	(void)state;
	assert_true(report_model_is_about(&f, &server));
	f.key.port = 25;
	assert_true(report_model_is_about(&f, &server));
	f.key.port = 587;
	assert_false(report_model_is_about(&f, &server));
	f.key = (struct finding_key){.server = scene_addr("203.0.113.12")};
	assert_false(report_model_is_about(&f, &server));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_seen_of_nothing),
		cmocka_unit_test(servers_are_counted_by_verdict),
		cmocka_unit_test(events_are_of_their_server_and_port),
		cmocka_unit_test(a_finding_without_port_is_about_all_at_its_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
