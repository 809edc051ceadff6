/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned since the last look: every server once, in order, and nothing else. */
#include "relay_scene.h"

#include "sensor/infer/changes.h"

#define OTHER "203.0.113.50"

static bool
next(struct scene *s, struct server **after, struct verdict *v, bool *changed)
{
	*changed = false;
	return changes_next(s->in, after, v, changed);
}

/* All that there is; how many of them changed. */
static size_t
look(struct scene *s, size_t *changes)
{
	struct server *after = NULL;
	struct verdict v;
	size_t n = 0;
	bool changed;

	*changes = 0;
	for (; next(s, &after, &v, &changed); n++)
		*changes += changed;
	return n;
}

static void
a_first_verdict_of_unknown_is_given_but_is_no_change(void **state)
{
	struct scene *s = *state;
	struct server *after = NULL;
	struct verdict v;
	bool changed;

	scene_hello(s, OUT1, S, S_NAME, "client.attacker.test");
	assert_true(next(s, &after, &v, &changed));
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_false(changed);
	assert_ptr_equal(v.server, after);
	assert_false(next(s, &after, &v, &changed));
}

static void
a_relay_is_a_change_once_and_then_only_something_learned(void **state)
{
	struct scene *s = *state;
	size_t changes;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	/* The relay, and the exchanger that it sent to. */
	assert_int_equal(look(s, &changes), 2);
	assert_int_equal(changes, 1);
	assert_int_equal(look(s, &changes), 0);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q2");
	assert_int_equal(look(s, &changes), 1);
	assert_int_equal(changes, 0);
}

static void
servers_come_in_the_order_in_which_something_was_first_learned_of_them(void **state)
{
	struct scene *s = *state;
	struct server *after = NULL;
	struct ip_addr other = scene_addr(OTHER), own = scene_addr(S);
	struct verdict v;
	bool changed;

	scene_hello(s, OUT1, S, S_NAME, "a.test");
	scene_hello(s, OUT1, OTHER, "mail.other.test", "a.test");
	while (next(s, &after, &v, &changed))
		;
	scene_hello(s, OUT1, OTHER, "mail.other.test", "a.test");
	scene_hello(s, OUT1, S, S_NAME, "a.test");
	scene_hello(s, OUT1, OTHER, "mail.other.test", "a.test");
	assert_true(next(s, &after, &v, &changed));
	assert_true(ip_addr_equal(&after->key.addr, &other));
	assert_true(next(s, &after, &v, &changed));
	assert_true(ip_addr_equal(&after->key.addr, &own));
	assert_false(next(s, &after, &v, &changed));
}

static void
a_server_that_is_forgotten_before_the_look_is_not_asked_for(void **state)
{
	struct scene *s = *state;
	size_t changes;

	s->in->servers.max_servers = 1;
	scene_hello(s, OUT1, S, S_NAME, "a.test");
	scene_hello(s, OUT1, OTHER, "mail.other.test", "a.test");
	assert_int_equal(look(s, &changes), 1);
}

/* The message was handed over unseen; its own header tells where it came in. */
static void
what_the_onward_leg_alone_tells_is_learned_of_the_server_that_sent_it(void **state)
{
	struct scene *s = *state;
	size_t changes;

	scene_hello(s, OUT1, S, S_NAME, "a.test");
	scene_hello(s, S, MX_V, "mx1.victim.test", S_NAME);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	look(s, &changes);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	assert_int_equal(look(s, &changes), 2);
	assert_int_equal(changes, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_first_verdict_of_unknown_is_given_but_is_no_change, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_relay_is_a_change_once_and_then_only_something_learned, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			servers_come_in_the_order_in_which_something_was_first_learned_of_them,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_server_that_is_forgotten_before_the_look_is_not_asked_for,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			what_the_onward_leg_alone_tells_is_learned_of_the_server_that_sent_it,
			setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
