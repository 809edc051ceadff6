/* SPDX-License-Identifier: Apache-2.0 */
#include "relay_scene.h"

#include "sensor/infer/ranking.h"

static void
nothing_seen_is_an_empty_ranking(void **state)
{
	struct scene *s = *state;
	struct ranking r;

	ranking_fill(&r, s->in);
	assert_int_equal(r.count, 0);
	ranking_free(&r);
}

static void
the_most_serious_comes_first_and_equals_go_by_address_and_port(void **state)
{
	static const char *const dark[] = {
		"203.0.113.62", "203.0.113.60", "203.0.113.61"};
	struct scene *s = *state;
	struct ip_addr first = scene_addr(S), lowest = scene_addr("203.0.113.60");
	struct ranking r;

	for (size_t i = 0; i < 3; i++)
		scene_encrypted(s, OUT3, dark[i], "mail.dark.test");
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	ranking_fill(&r, s->in);
	assert_int_equal(r.count, 5);
	assert_int_equal(r.at[0].kind, VERDICT_OPEN_RELAY);
	assert_true(ip_addr_equal(&r.at[0].server->key.addr, &first));
	for (size_t i = 1; i < r.count; i++)
		assert_true(r.at[i].kind >= r.at[i - 1].kind);
	/* The three dark ones are alike but for their addresses. */
	for (size_t i = 1; i < r.count; i++)
		if (r.at[i].confidence == r.at[i - 1].confidence &&
			r.at[i].kind == r.at[i - 1].kind)
			assert_true(ip_addr_compare(&r.at[i - 1].server->key.addr,
					    &r.at[i].server->key.addr) < 0);
	assert_true(ip_addr_compare(&lowest, &r.at[r.count - 1].server->key.addr) <= 0);
	ranking_free(&r);
	assert_null(r.at);
}

static void
a_server_answers_for_its_most_serious_identity(void **state)
{
	struct scene *s = *state;
	struct ip_addr addr = scene_addr(S);
	struct verdict v;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	/* A second host behind the address, seen later, that says nothing. */
	scene_encrypted(s, OUT3, S, "quiet.corp.test");
	ranking_verdict_of(s->in, server_find(&s->in->servers, &addr, 25), &v);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_string_equal(v.identity->name->text, S_NAME);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(nothing_seen_is_an_empty_ranking),
		T(the_most_serious_comes_first_and_equals_go_by_address_and_port),
		T(a_server_answers_for_its_most_serious_identity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
