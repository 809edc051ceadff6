/* SPDX-License-Identifier: Apache-2.0 */
#include "relay_scene.h"

#include "sensor/infer/trick.h"

/* The tricks of the only attempt at S, which must have been made just before. */
static unsigned
tricks_of_last(struct scene *s)
{
	struct ip_addr addr = scene_addr(S);
	struct server *server = server_find(&s->in->servers, &addr, 25);
	struct attempt *a = NULL;

	assert_non_null(server);
	for (struct attempt *i = server->identities->attempts; i; i = i->hh.next)
		a = i;
	assert_non_null(a);
	return trick_of(s->in, server, server->identities, a);
}

static unsigned
tricks(struct scene *s, const char *helo, const char *from, const char *rcpt)
{
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .helo = helo,
			      .from = from,
			      .rcpt = {{rcpt, 250, NULL}}});
	return tricks_of_last(s);
}

static void
each_way_to_write_a_recipient_is_its_own_trick(void **state)
{
	static const struct {
		const char *rcpt;
		unsigned tricks;
	} cases[] = {
		{"<a@victim.test>", 0},
		{"<a%victim.test@corp.test>", TRICK_PERCENT},
		{"<victim.test!a>", TRICK_BANG},
		{"<@corp.test:a@victim.test>", TRICK_SOURCE_ROUTE},
		{"<@corp.test,@b.test:a@victim.test>", TRICK_SOURCE_ROUTE},
		{"<a@victim.test@corp.test>", TRICK_DOUBLE_AT},
		{"<a@victim.test@>", TRICK_TRAILING_AT},
		{"<\"a@victim.test\">", TRICK_QUOTED},
		{"<a@[192.0.2.1]>", TRICK_LITERAL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(tricks(*state, "c.test", "<x@shop.test>", cases[i].rcpt),
			cases[i].tricks);
}

static void
a_percent_sign_inside_quotes_is_the_percent_hack(void **state)
{
	assert_int_equal(tricks(*state, "c.test", "<x@shop.test>",
				 "<\"a%victim.test\"@corp.test>"),
		TRICK_PERCENT);
}

static void
senders_and_greetings_are_tricks_only_where_they_are_the_servers_own(void **state)
{
	static const struct {
		const char *helo, *from;
		unsigned tricks;
	} cases[] = {
		{"c.test", "<>", TRICK_NULL_SENDER},
		{"c.test", "<boss@corp.test>", TRICK_SENDER_DOMAIN},
		{"c.test", "<boss@mail.corp.test>", TRICK_SENDER_DOMAIN},
		{"c.test", "<boss@corp.test.evil.test>", 0},
		{"c.test", "<x@[" S "]>", TRICK_SENDER_LITERAL},
		{"c.test", "<x@[192.0.2.9]>", 0},
		{S_NAME, "<x@shop.test>", TRICK_HELO},
		{"other.corp.test", "<x@shop.test>", 0},
		{S_NAME, "<boss@corp.test>", TRICK_HELO | TRICK_SENDER_DOMAIN},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
			tricks(*state, cases[i].helo, cases[i].from, "<a@victim.test>"),
			cases[i].tricks);
}

static void
each_trick_has_a_name_of_its_own_and_nothing_else_has_one(void **state)
{
	(void)state;
	for (unsigned i = 0; i < TRICK_COUNT; i++) {
		assert_string_not_equal(trick_name(1u << i), "unknown");
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(trick_name(1u << i), trick_name(1u << k));
	}
	assert_string_equal(trick_name(TRICK_PERCENT), "percent");
	assert_string_equal(trick_name(TRICK_SENDER_LITERAL), "sender-literal");
	assert_string_equal(trick_name(0), "unknown");
	assert_string_equal(trick_name(1u << TRICK_COUNT), "unknown");
	assert_string_equal(trick_name(TRICK_PERCENT | TRICK_BANG), "unknown");
}

static void
a_recipient_that_names_no_place_in_the_world_proves_nothing(void **state)
{
	static const struct {
		const char *rcpt;
		bool routable;
	} cases[] = {
		{"<a@victim.test>", true},
		{"<a%victim.test@corp.test>", true},
		{"<a@[IPv6:2001:db8::1]>", true},
		{"<a@[192.0.2.1]>", true},
		{"<root>", false},
		{"<postmaster>", false},
		{"<a@localhost>", false},
		{"<a@intranet>", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct scene *s = *state;
		struct ip_addr addr = scene_addr(S);
		struct attempt *a = NULL;

		tricks(s, "c.test", "<x@shop.test>", cases[i].rcpt);
		a = server_find(&s->in->servers, &addr, 25)->identities->attempts;
		while (a->hh.next)
			a = a->hh.next;
		if (trick_is_routable(a) != cases[i].routable)
			fail_msg("%s: %s", cases[i].rcpt, a->key.domain->text);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(each_way_to_write_a_recipient_is_its_own_trick),
		T(a_percent_sign_inside_quotes_is_the_percent_hack),
		T(senders_and_greetings_are_tricks_only_where_they_are_the_servers_own),
		cmocka_unit_test(
			each_trick_has_a_name_of_its_own_and_nothing_else_has_one),
		T(a_recipient_that_names_no_place_in_the_world_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
