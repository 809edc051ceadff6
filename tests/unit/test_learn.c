/* SPDX-License-Identifier: Apache-2.0 */
/* A record into what is remembered: how far it went, and who had authenticated. */
#include "relay_scene.h"

static struct identity *
identity(struct scene *s)
{
	struct ip_addr addr = scene_addr(S);
	struct server *server = server_find(&s->in->servers, &addr, 25);

	assert_non_null(server);
	return server->identities;
}

static struct attempt *
newest(struct scene *s)
{
	struct attempt *a = identity(s)->attempts;

	assert_non_null(a);
	while (a->hh.next)
		a = a->hh.next;
	return a;
}

static void
replies_tell_how_far_an_attempt_went(void **state)
{
	static const struct {
		unsigned code;
		const char *text;
		unsigned data;
		enum reach reach;
	} cases[] = {
		{554, "5.7.1 Relay access denied", 0, REACH_REFUSED},
		{454, "4.7.1 <a@b>: Relay access denied", 0, REACH_REFUSED},
		{530, "5.7.0 Authentication required", 0, REACH_REFUSED},
		{550, "5.1.1 User unknown", 0, REACH_REFUSED_RCPT},
		{450, "4.2.0 Greylisted, try again later", 0, REACH_DEFERRED},
		{421, "4.3.2 Service shutting down", 0, REACH_DEFERRED},
		{250, "2.1.5 Ok", 0, REACH_RCPT},
		{250, "2.1.5 Ok", 250, REACH_MESSAGE},
		{250, "2.1.5 Ok", 451, REACH_DEFERRED},
		{252, "2.5.2 Cannot VRFY", 250, REACH_MESSAGE},
		/* The recipient was refused although another's message was taken. */
		{554, "5.7.1 Relay access denied", 250, REACH_REFUSED},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scene *s = *state;

		scene_mail(s, (struct scene_mail){.client = OUT1,
				      .server = S,
				      .name = S_NAME,
				      .from = "<x@shop.test>",
				      .rcpt = {{"<a@victim.test>", cases[i].code,
					      cases[i].text}},
				      .data = cases[i].data});
		for (enum reach r = 0; r < REACH_COUNT; r++)
			assert_int_equal(newest(s)->count[r], r == cases[i].reach);
		teardown(state);
		setup(state);
	}
}

static void
a_message_is_shared_out_among_its_domains_not_multiplied(void **state)
{
	struct scene *s = *state;
	double sum = 0;

	scene_mail(s,
		(struct scene_mail){.client = OUT1,
			.server = S,
			.name = S_NAME,
			.from = "<x@shop.test>",
			.rcpt = {{"<a@one.test>", 250, NULL}, {"<b@one.test>", 250, NULL},
				{"<a@two.test>", 250, NULL},
				{"<a@three.test>", 554, NULL}},
			.data = 250});
	assert_int_equal(HASH_COUNT(identity(s)->attempts), 3);
	for (struct attempt *a = identity(s)->attempts; a; a = a->hh.next)
		sum += a->messages;
	assert_true(sum > 0.999 && sum < 1.001);
	assert_true(newest(s)->messages == 0.0);
	assert_int_equal(identity(s)->attempts->count[REACH_MESSAGE], 2);
}

static void
with_auth(struct scene *s, enum record_auth auth)
{
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .auth = auth});
}

static void
authentication_is_yes_no_or_not_known(void **state)
{
	struct scene *s = *state;

	with_auth(s, RECORD_AUTH_OK);
	with_auth(s, RECORD_AUTH_INFERRED_OK);
	assert_int_equal(HASH_COUNT(identity(s)->attempts), 1);
	/* What a user may send says nothing about strangers. */
	assert_null(identity(s)->tallies);
	with_auth(s, RECORD_AUTH_NONE);
	with_auth(s, RECORD_AUTH_FAILED);
	with_auth(s, RECORD_AUTH_INFERRED_NONE);
	assert_int_equal(HASH_COUNT(identity(s)->attempts), 2);
	assert_int_equal(newest(s)->count[REACH_MESSAGE], 3);
	with_auth(s, RECORD_AUTH_UNKNOWN);
	assert_int_equal(newest(s)->key.auth, RECORD_AUTH_UNKNOWN);
}

static void
the_client_that_a_proxy_names_is_the_client(void **state)
{
	struct scene *s = *state;
	struct ip_addr real = scene_addr(OUT4);

	scene_mail(s, (struct scene_mail){.client = LAN,
			      .server = S,
			      .name = S_NAME,
			      .real = OUT4,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}});
	assert_true(ip_addr_equal(&newest(s)->key.client, &real));
}

static void
a_trick_is_kept_with_where_it_leads_and_by_way_of_what(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a%Victim.test@Corp.test>", "Q1");
	assert_string_equal(newest(s)->key.domain->text, "victim.test");
	assert_string_equal(newest(s)->key.via->text, "corp.test");
	assert_string_equal(newest(s)->queue_id, "Q1");
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q2");
	assert_null(newest(s)->key.via);
}

static void
a_client_cannot_fill_the_table_by_its_greetings(void **state)
{
	static const char *const helos[] = {"a.test", "b.test", "c.test", "d.test",
		"e.test", "f.test", "g.test", "h.test", "i.test"};
	struct ip_addr client = scene_addr(OUT1);
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(helos) / sizeof(*helos); i++)
		scene_mail(s, (struct scene_mail){.client = OUT1,
				      .server = S,
				      .name = S_NAME,
				      .helo = helos[i],
				      .from = "<x@shop.test>",
				      .rcpt = {{"<a@victim.test>", 250, NULL}}});
	assert_int_equal(HASH_COUNT(identity(s)->attempts), 1);
	assert_int_equal(patron_find(identity(s), &client)->helo_count, PATRON_HELOS);
}

static void
encrypted_connections_are_counted_with_their_client(void **state)
{
	struct ip_addr client = scene_addr(OUT1);
	struct scene *s = *state;
	const struct patron *p;

	scene_encrypted(s, OUT1, S, S_NAME);
	scene_hello(s, OUT1, S, S_NAME, "c.test");
	p = patron_find(identity(s), &client);
	assert_int_equal(identity(s)->connections, 2);
	assert_int_equal(identity(s)->encrypted, 1);
	assert_int_equal(p->connections, 2);
	assert_int_equal(p->encrypted, 1);
	assert_int_equal(identity(s)->transactions, 0);
}

static void
a_tally_knows_who_was_denied_and_who_was_not(void **state)
{
	struct scene *s = *state;
	struct tally *t;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	taken(s, OUT2, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken(s, OUT2, "<y@shop.test>", "<a@victim.test>", "Q2");
	t = tally_find(
		identity(s), word_find(&s->in->words, SPAN_LITERAL("victim.test")));
	assert_non_null(t);
	assert_int_equal(t->denied, 1);
	assert_int_equal(t->taken, 2);
	assert_int_equal(t->messages, 2);
	assert_int_equal(t->client_count, 1);
	/* A refused trick says nothing of the plain domain. */
	denied(s, OUT1, "<x@shop.test>", "<a%other.test@corp.test>");
	t = tally_find(identity(s), word_find(&s->in->words, SPAN_LITERAL("other.test")));
	assert_int_equal(t->denied, 0);
}

static void
messages_over_time_are_counted_once_each_by_what_became_of_them(void **state)
{
	struct scene *s = *state;
	const struct activity *a;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@corp.test>", 250, NULL},
				      {"<b@corp.test>", 250, NULL},
				      {"<c@victim.test>", 554, NULL}},
			      .data = 250,
			      .auth = RECORD_AUTH_OK});
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@corp.test>", 450, "4.2.0 Greylisted"}}});
	a = &identity(s)->activity;
	assert_int_equal(activity_total(a, ACTIVITY_UNAUTHENTICATED), 1);
	assert_int_equal(activity_total(a, ACTIVITY_AUTHENTICATED), 1);
	assert_int_equal(activity_total(a, ACTIVITY_REFUSED), 1);
	assert_true(activity_start(a) <= s->now && s->now < activity_start(a) +
			activity_buckets(a) * activity_width(a));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(messages_over_time_are_counted_once_each_by_what_became_of_them),
		T(replies_tell_how_far_an_attempt_went),
		T(a_message_is_shared_out_among_its_domains_not_multiplied),
		T(authentication_is_yes_no_or_not_known),
		T(the_client_that_a_proxy_names_is_the_client),
		T(a_trick_is_kept_with_where_it_leads_and_by_way_of_what),
		T(a_client_cannot_fill_the_table_by_its_greetings),
		T(encrypted_connections_are_counted_with_their_client),
		T(a_tally_knows_who_was_denied_and_who_was_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
