/* SPDX-License-Identifier: Apache-2.0 */
/* The inbound leg never crossed the tap: the server's own header tells of it, or not. */
#include "relay_scene.h"

#include "sensor/infer/told.h"

/* The attempts of S that are known from a header alone. */
static const struct attempt *
told_attempt(struct scene *s, size_t *count)
{
	struct ip_addr addr = scene_addr(S);
	struct server *server = server_find(&s->in->servers, &addr, 25);
	const struct attempt *found = NULL;

	*count = 0;
	for (struct identity *id = server ? server->identities : NULL; id; id = id->next)
		for (struct attempt *a = id->attempts; a; a = a->hh.next)
			if (a->key.told) {
				found = a;
				++*count;
			}
	return found;
}

static void
expect_told(struct scene *s, size_t want)
{
	size_t count;

	told_attempt(s, &count);
	assert_int_equal(count, want);
}

static void
onward(struct scene *s, struct scene_mail m)
{
	m.client = S;
	m.server = MX_V;
	m.name = "mx1.victim.test";
	m.helo = S_NAME;
	m.from = "<x@shop.test>";
	m.data = 250;
	scene_mail(s, m);
}

#define VICTIM                                                                           \
	{                                                                                \
		{                                                                        \
			"<a@victim.test>", 250, NULL                                     \
		}                                                                        \
	}

static void
a_header_of_the_name_that_the_server_greets_with_is_believed(void **state)
{
	struct scene *s = *state;
	struct ip_addr client = scene_addr(OUT1);
	const struct attempt *a;
	size_t count;

	scene_hello(s, OUT2, S, S_NAME, "c.test");
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {BY_S(OUT1, "ESMTPS", "Q1", "<a@victim.test>")}});
	a = told_attempt(s, &count);
	assert_int_equal(count, 1);
	assert_true(ip_addr_equal(&a->key.client, &client));
	assert_string_equal(a->key.domain->text, "victim.test");
	assert_int_equal(a->key.auth, RECORD_AUTH_NONE);
	assert_int_equal(a->key.told, TOLD_FOR);
	assert_int_equal(a->count[REACH_SENT], 1);
	assert_int_equal(a->tie, TIE_RECEIVED);
}

static void
an_authenticated_client_is_told_as_one(void **state)
{
	struct scene *s = *state;
	const struct attempt *a;
	size_t count;

	scene_hello(s, OUT2, S, S_NAME, "c.test");
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {BY_S(OUT1, "ESMTPSA", "Q1", "<a@victim.test>")}});
	a = told_attempt(s, &count);
	assert_int_equal(count, 1);
	assert_int_equal(a->key.auth, RECORD_AUTH_OK);
}

static void
a_header_waits_for_its_servers_greeting(void **state)
{
	struct scene *s = *state;

	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	expect_told(s, 0);
	assert_int_equal(s->in->told.waiting, 1);
	/* Another server's greeting does not release it, nor a wrong name at that
	 * address. */
	scene_hello(s, OUT2, "203.0.113.77", S_NAME, "c.test");
	scene_hello(s, OUT2, S, "other.corp.test", "c.test");
	assert_int_equal(s->in->told.waiting, 1);
	scene_hello(s, OUT2, S, S_NAME, "c.test");
	assert_int_equal(s->in->told.waiting, 0);
	expect_told(s, 1);
	/* Once, not at every greeting. */
	scene_hello(s, OUT3, S, S_NAME, "c.test");
	expect_told(s, 1);
}

static void
what_a_client_wrote_below_the_servers_header_is_not_believed(void **state)
{
	struct scene *s = *state;

	scene_hello(s, OUT2, S, S_NAME, "c.test");
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {"from c.test (c.test [198.51.100.66]) by "
				       "forged.test with ESMTP id Z; Mon, 23 Nov 2026 "
				       "20:22:53 +0000",
				  BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	expect_told(s, 0);
}

static void
mail_of_lists_and_aliases_tells_nothing_of_what_the_client_asked_for(void **state)
{
	struct scene *s = *state;

	scene_hello(s, OUT2, S, S_NAME, "c.test");
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .list_id = "<all.corp.test>",
			  .received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {BY_S(OUT1, "ESMTP", "Q2", "<staff@corp.test>")}});
	expect_told(s, 0);
	assert_int_equal(s->in->told.waiting, 0);
}

static void
without_a_for_clause_it_is_told_so(void **state)
{
	struct scene *s = *state;
	const struct attempt *a;
	size_t count;

	scene_hello(s, OUT2, S, S_NAME, "c.test");
	onward(s, (struct scene_mail){.rcpt = VICTIM,
			  .received = {"from c.test (c.test [198.51.100.66]) by " S_NAME
				       " (Postfix) with ESMTP id Q1; Mon, 23 Nov 2026 "
				       "20:22:53 +0000 (UTC)"}});
	a = told_attempt(s, &count);
	assert_int_equal(count, 1);
	assert_int_equal(a->key.told, TOLD_WITHOUT_FOR);
}

static void
three_thousand_headers_that_wait_keep_to_the_ring(void **state)
{
	struct scene *s = *state;

	for (int i = 0; i < 3000; i++)
		onward(s, (struct scene_mail){.rcpt = VICTIM,
				  .received = {
					  BY_S(OUT1, "ESMTP", "Q", "<a@victim.test>")}});
	assert_int_equal(s->in->told.waiting, TOLD_MAX);
	assert_int_equal(s->in->told.forgotten, 3000 - TOLD_MAX);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_header_of_the_name_that_the_server_greets_with_is_believed),
		T(an_authenticated_client_is_told_as_one),
		T(a_header_waits_for_its_servers_greeting),
		T(what_a_client_wrote_below_the_servers_header_is_not_believed),
		T(mail_of_lists_and_aliases_tells_nothing_of_what_the_client_asked_for),
		T(without_a_for_clause_it_is_told_so),
		T(three_thousand_headers_that_wait_keep_to_the_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
