/* SPDX-License-Identifier: Apache-2.0 */
/* The facade: the same records give the same verdicts, and no flood makes it grow. */
#include "relay_scene.h"

#include "sensor/infer/ranking.h"

#define MANY 10000

static void
a_day(struct scene *s)
{
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	scene_mail(s, (struct scene_mail){.client = OUT2,
			      .server = "203.0.113.50",
			      .name = "mail.closed.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	scene_encrypted(s, OUT3, "203.0.113.60", "mail.dark.test");
	denied(s, OUT2, "<x@shop.test>", "<a%victim.test@corp.test>");
}

static void
the_same_records_twice_give_the_same_verdicts_in_the_same_order(void **state)
{
	struct scene *s = *state, again;
	struct ranking one, two;

	scene_init(&again);
	a_day(s);
	a_day(&again);
	ranking_fill(&one, s->in);
	ranking_fill(&two, again.in);
	assert_int_equal(one.count, 4);
	assert_int_equal(two.count, one.count);
	for (size_t i = 0; i < one.count; i++) {
		assert_true(ip_addr_equal(
			&one.at[i].server->key.addr, &two.at[i].server->key.addr));
		assert_int_equal(one.at[i].kind, two.at[i].kind);
		assert_int_equal(one.at[i].grade, two.at[i].grade);
		assert_true(one.at[i].confidence == two.at[i].confidence);
		assert_int_equal(one.at[i].evidence_count, two.at[i].evidence_count);
	}
	ranking_free(&one);
	ranking_free(&two);
	scene_free(&again);
}

static void
records_are_counted_by_kind_and_time_never_runs_back(void **state)
{
	struct scene *s = *state;
	uint64_t latest;

	a_day(s);
	assert_int_equal(s->in->records[RECORD_TRANSACTION], 4);
	assert_int_equal(s->in->records[RECORD_CONNECTION], 1);
	assert_int_equal(s->in->records[RECORD_DNS], 1);
	latest = s->in->now;
	s->now -= UINT64_C(3600000000000);
	scene_mx(s, S, "late.test", "mx.late.test", MX_F);
	assert_int_equal(s->in->now, latest);
}

static void
ten_thousand_servers_and_clients_stay_within_the_limits(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 0; i < MANY; i++) {
		char client[32], server[32], rcpt[48];

		snprintf(client, sizeof(client), "11.%u.%u.7", i / 250, i % 250);
		snprintf(server, sizeof(server), "12.%u.%u.25", i / 250, i % 250);
		snprintf(rcpt, sizeof(rcpt), "<a@d%u.test>", i);
		scene_mail(s, (struct scene_mail){.client = client,
				      .server = i % 2 ? server : S,
				      .name = S_NAME,
				      .from = "<x@shop.test>",
				      .rcpt = {{rcpt, 250, NULL}},
				      .data = 250,
				      .message_id = rcpt});
	}
	assert_true(HASH_COUNT(s->in->servers.table) <= s->config.limits.servers);
	assert_true(s->in->servers.attempts <= s->config.limits.attempts);
	assert_true(s->in->servers.patrons <= s->config.limits.attempts);
	assert_true(s->in->servers.tallies <= s->config.limits.attempts);
	assert_true(s->in->servers.evicted >= MANY / 2 - s->config.limits.servers);
	assert_true(s->in->legs.forgotten > 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(the_same_records_twice_give_the_same_verdicts_in_the_same_order),
		T(records_are_counted_by_kind_and_time_never_runs_back),
		T(ten_thousand_servers_and_clients_stay_within_the_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
