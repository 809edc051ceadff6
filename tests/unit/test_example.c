/* SPDX-License-Identifier: Apache-2.0 */
/* Which message of an attempt is shown: the first of those that went furthest. */
#include "relay_scene.h"

static struct attempt *
only_attempt(struct scene *s)
{
	struct ip_addr addr = scene_addr(S);
	struct server *server = server_find(&s->in->servers, &addr, 25);

	assert_non_null(server);
	assert_int_equal(HASH_COUNT(server->identities->attempts), 1);
	return server->identities->attempts;
}

static void
forward(struct scene *s, const char *id)
{
	char received[400];

	snprintf(received, sizeof(received),
		"from client.attacker.test (client.attacker.test [" OUT1 "]) by " S_NAME
		" (Postfix) with ESMTP id %s for <a@victim.test>;"
		" Mon, 23 Nov 2026 20:22:53 +0000 (UTC)",
		id);
	sent_on(s, MX_V, "<X@Shop.test>", "<a@victim.test>", received);
}

static void
a_message_that_was_taken_is_shown_and_a_second_is_not(void **state)
{
	struct scene *s = *state;
	struct example *e;

	denied(s, OUT1, "<X@Shop.test>", "<a@victim.test>");
	assert_null(only_attempt(s)->example);
	taken(s, OUT1, "<X@Shop.test>", "<a@victim.test>", "Q1");
	taken(s, OUT1, "<Y@Shop.test>", "<b@victim.test>", "Q2");
	e = only_attempt(s)->example;
	assert_non_null(e);
	assert_int_equal(e->reach, REACH_MESSAGE);
	assert_string_equal(e->from, "X@shop.test");
	assert_string_equal(e->to, "a@victim.test");
	assert_string_equal(e->message_id, "Q1");
	assert_string_equal(e->helo, "client.attacker.test");
	assert_int_equal(e->client_port, 40000);
	assert_int_equal(e->conn, 2);
	assert_int_not_equal(e->at.ns, 0);
}

static void
the_same_message_sent_on_stays_and_is_known_to_have_gone_further(void **state)
{
	struct scene *s = *state;
	struct moment at;

	taken(s, OUT1, "<X@Shop.test>", "<a@victim.test>", "Q1");
	at = only_attempt(s)->example->at;
	forward(s, "Q1");
	assert_int_equal(only_attempt(s)->example->reach, REACH_SENT);
	assert_string_equal(only_attempt(s)->example->helo, "client.attacker.test");
	assert_int_equal(only_attempt(s)->example->at.frame, at.frame);
}

static void
another_message_that_went_further_takes_its_place(void **state)
{
	struct scene *s = *state;
	struct example *e;

	taken(s, OUT1, "<X@Shop.test>", "<lost@victim.test>", "Q1");
	taken(s, OUT1, "<X@Shop.test>", "<a@victim.test>", "Q2");
	forward(s, "Q2");
	e = only_attempt(s)->example;
	assert_int_equal(e->reach, REACH_SENT);
	assert_string_equal(e->to, "a@victim.test");
	assert_int_equal(e->conn, 2);
	assert_int_equal(e->client_port, 40000);
	/* And a third that went no further does not. */
	taken(s, OUT1, "<X@Shop.test>", "<a@victim.test>", "Q3");
	forward(s, "Q3");
	assert_int_equal(only_attempt(s)->example->conn, 2);
}

static void
a_message_seen_leaving_only_has_no_connection(void **state)
{
	struct scene *s = *state;
	struct ip_addr addr = scene_addr(S);
	struct example *e;

	scene_hello(s, OUT2, S, S_NAME, "x.test");
	forward(s, "Q9");
	e = server_find(&s->in->servers, &addr, 25)->identities->attempts->example;
	assert_non_null(e);
	assert_string_equal(e->from, "X@shop.test");
	assert_int_equal(e->conn, 0);
	assert_int_equal(e->client_port, 0);
}

static void
texts_are_cut_between_characters_and_end_at_a_nul(void **state)
{
	struct record_txn txn = {0};
	struct record_conn conn = {0};
	struct example e;
	char subject[200];

	(void)state;
	memset(subject, 'a', sizeof(subject));
	/* Two octets each from 119: the second of them would be the 121st of the text. */
	memcpy(subject + 119, "\xc3\xa4", 2);
	txn.message.subject = span_of(subject, sizeof(subject));
	txn.message.message_id = span_of("<a\0b>", 5);
	example_of_inbound(&e, &conn, &txn, NULL);
	assert_int_equal(strlen(e.subject), 119);
	assert_string_equal(e.message_id, "<a");
	assert_string_equal(e.to, "");
	subject[118] = 'b';
	memcpy(subject + 118, "\xc3\xa4", 2);
	subject[120] = 'b';
	example_of_inbound(&e, &conn, &txn, NULL);
	assert_int_equal(strlen(e.subject), 120);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_message_that_was_taken_is_shown_and_a_second_is_not, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			the_same_message_sent_on_stays_and_is_known_to_have_gone_further,
			setup, teardown),
		cmocka_unit_test_setup_teardown(
			another_message_that_went_further_takes_its_place, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_message_seen_leaving_only_has_no_connection, setup, teardown),
		cmocka_unit_test(texts_are_cut_between_characters_and_end_at_a_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
