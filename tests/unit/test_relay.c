/* SPDX-License-Identifier: Apache-2.0 */
/* Which inbound leg an onward one continues, by what, and what must not be tied. */
#include "relay_scene.h"

#define FROM   "<x@shop.test>"
#define VICTIM "<a@victim.test>"

/* The only attempt at S of that client. */
static const struct attempt *
attempt_of(struct scene *s, const char *client)
{
	struct ip_addr addr = scene_addr(S), c = scene_addr(client);
	struct server *server = server_find(&s->in->servers, &addr, 25);
	const struct attempt *found = NULL;

	assert_non_null(server);
	for (struct attempt *a = server->identities->attempts; a; a = a->hh.next)
		if (ip_addr_equal(&a->key.client, &c)) {
			assert_null(found);
			found = a;
		}
	assert_non_null(found);
	return found;
}

static void
a_queue_id_ties_the_legs_and_names_the_next_hop(void **state)
{
	struct scene *s = *state;
	struct ip_addr next = scene_addr(MX_V);
	const struct attempt *a;

	taken(s, OUT1, FROM, VICTIM, "Q1");
	sent_on(s, MX_V, FROM, VICTIM, BY_S(OUT1, "ESMTP", "Q1", VICTIM));
	a = attempt_of(s, OUT1);
	assert_int_equal(a->count[REACH_SENT], 1);
	assert_int_equal(a->tie, TIE_QUEUE_ID);
	assert_true(ip_addr_equal(&a->next_hop, &next));
	assert_string_equal(a->next_name->text, "mx1.victim.test");
	assert_false(a->masked);
}

static void
another_messages_queue_id_ties_nothing(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, VICTIM, "Q1");
	sent_on(s, MX_V, "<y@else.test>", "<b@victim.test>",
		BY_S(OUT2, "ESMTP", "Q2", "<b@victim.test>"));
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 0);
	assert_int_equal(attempt_of(s, OUT1)->tie, TIE_NONE);
}

static void
an_alias_ties_by_queue_id_but_is_no_relay(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, "<staff@corp.test>", "Q1");
	sent_on(s, MX_V, FROM, VICTIM, BY_S(OUT1, "ESMTP", "Q1", "<staff@corp.test>"));
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 0);
}

static void
onward_by_message_id(struct scene *s, const char *rcpt)
{
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = MX_V,
			      .name = "mx1.victim.test",
			      .helo = S_NAME,
			      .from = FROM,
			      .rcpt = {{rcpt, 250, NULL}},
			      .data = 250,
			      .message_id = "M1"});
}

static void
a_message_id_ties_only_with_a_common_recipient(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, VICTIM, "M1");
	onward_by_message_id(s, "<other@victim.test>");
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 0);
	onward_by_message_id(s, VICTIM);
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 1);
	assert_int_equal(attempt_of(s, OUT1)->tie, TIE_MESSAGE_ID);
}

static void
the_percent_hacks_target_is_the_onward_recipient(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, "<a%victim.test@corp.test>", "Q1");
	sent_on(s, MX_V, FROM, VICTIM, BY_S(OUT1, "ESMTP", "Q1", VICTIM));
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 1);
}

static void
how_the_next_hop_answers_is_how_far_it_came(void **state)
{
	static const struct {
		const char *hop;
		unsigned rcpt, data;
		enum reach reach;
	} cases[] = {
		{MX_V, 250, 250, REACH_SENT},
		{MX_V, 250, 550, REACH_TRIED},
		{MX_V, 250, 451, REACH_TRIED},
		{"10.0.0.9", 250, 250, REACH_INSIDE},
		{"10.0.0.9", 250, 550, REACH_INNER_REFUSED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scene *s = *state;
		const struct attempt *a;

		taken(s, OUT1, FROM, VICTIM, "Q1");
		scene_mail(s, (struct scene_mail){.client = S,
				      .server = cases[i].hop,
				      .helo = S_NAME,
				      .from = FROM,
				      .rcpt = {{VICTIM, cases[i].rcpt, NULL}},
				      .data = cases[i].data,
				      .received = {BY_S(OUT1, "ESMTP", "Q1", VICTIM)}});
		a = attempt_of(s, OUT1);
		for (enum reach r = REACH_INNER_REFUSED; r < REACH_COUNT; r++)
			assert_int_equal(a->count[r], r == cases[i].reach);
		teardown(state);
		setup(state);
	}
}

static void
a_client_that_the_server_saw_as_another_is_masked(void **state)
{
	struct scene *s = *state;
	struct ip_addr as = scene_addr("10.20.0.1");

	taken(s, OUT1, FROM, VICTIM, "Q1");
	sent_on(s, MX_V, FROM, VICTIM, BY_S("10.20.0.1", "ESMTP", "Q1", VICTIM));
	assert_true(attempt_of(s, OUT1)->masked);
	assert_true(ip_addr_equal(&attempt_of(s, OUT1)->masked_as, &as));
}

static void
a_bounce_marks_the_recipient_that_it_names(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, VICTIM, "M1");
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = MX_F,
			      .helo = S_NAME,
			      .from = "<>",
			      .rcpt = {{FROM, 250, NULL}},
			      .data = 250,
			      .bounce_of = "M1",
			      .bounce_rcpt = "a@victim.test"});
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_BOUNCED], 1);
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 0);
}

static void
a_chain_inside_the_segment_is_a_relay_of_its_first_server(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, FROM, VICTIM, "Q1");
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = "10.0.0.9",
			      .name = "inner.corp.test",
			      .helo = S_NAME,
			      .from = FROM,
			      .rcpt = {{VICTIM, 250, NULL}},
			      .data = 250,
			      .queue_id = "I1",
			      .received = {BY_S(OUT1, "ESMTP", "Q1", VICTIM)}});
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 0);
	scene_mail(
		s, (struct scene_mail){.client = "10.0.0.9",
			   .server = MX_V,
			   .helo = "inner.corp.test",
			   .from = FROM,
			   .rcpt = {{VICTIM, 250, NULL}},
			   .data = 250,
			   .received = {
				   "from " S_NAME " (" S_NAME " [" S "]) by "
				   "inner.corp.test (Postfix) with ESMTP id I1 for "
				   "<a@victim.test>; Mon, 23 Nov 2026 20:22:54 +0000"}});
	assert_int_equal(attempt_of(s, OUT1)->count[REACH_SENT], 1);
	/* The inner hop's view of its client is no mask of the outer one's. */
	assert_false(attempt_of(s, OUT1)->masked);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_queue_id_ties_the_legs_and_names_the_next_hop),
		T(another_messages_queue_id_ties_nothing),
		T(an_alias_ties_by_queue_id_but_is_no_relay),
		T(a_message_id_ties_only_with_a_common_recipient),
		T(the_percent_hacks_target_is_the_onward_recipient),
		T(how_the_next_hop_answers_is_how_far_it_came),
		T(a_client_that_the_server_saw_as_another_is_masked),
		T(a_bounce_marks_the_recipient_that_it_names),
		T(a_chain_inside_the_segment_is_a_relay_of_its_first_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
