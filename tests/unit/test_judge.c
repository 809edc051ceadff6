/* SPDX-License-Identifier: Apache-2.0 */
/* Who is a stranger to a server, and whose domain is foreign to it, and by what source.
 */
#include "relay_scene.h"

#include "sensor/infer/judge.h"

static struct server *
server_of(struct scene *s, const char *addr)
{
	struct ip_addr a = scene_addr(addr);
	struct server *server = server_find(&s->in->servers, &a, 25);

	assert_non_null(server);
	return server;
}

static enum judge_client
client(struct scene *s, const char *server, const char *addr)
{
	struct server *at = server_of(s, server);
	struct ip_addr a = scene_addr(addr);

	return judge_client(s->in, at, at->identities, &a);
}

/* Of the newest attempt at S. */
static enum judge_domain
domain(struct scene *s)
{
	struct server *at = server_of(s, S);
	struct attempt *a = at->identities->attempts;

	assert_non_null(a);
	while (a->hh.next)
		a = a->hh.next;
	return judge_domain(s->in, at, at->identities, a).source;
}

static struct ip_prefix
prefix(const char *text)
{
	struct ip_prefix p;

	assert_true(ip_prefix_parse(span_of_text(text), &p));
	return p;
}

static void
one_prefix(struct config_prefixes *to, struct ip_prefix *p, const char *text)
{
	*p = prefix(text);
	*to = (struct config_prefixes){p, 1};
}

static void
without_configuration_the_address_alone_tells_the_stranger(void **state)
{
	struct scene *s = *state;

	scene_hello(s, OUT1, S, S_NAME, "c.test");
	scene_hello(s, OUT1, "2001:db8:113::11", "six.test", "c.test");
	assert_int_equal(client(s, S, OUT1), CLIENT_OUTSIDE);
	assert_int_equal(client(s, S, LAN), CLIENT_INSIDE);
	assert_int_equal(client(s, S, "127.0.0.1"), CLIENT_INSIDE);
	assert_int_equal(client(s, S, "fd00::1"), CLIENT_INSIDE);
	assert_int_equal(client(s, S, S), CLIENT_SELF);
	/* The /24 of IPv4, the /64 of IPv6, and not an address more. */
	assert_int_equal(client(s, S, "203.0.113.255"), CLIENT_NEIGHBOUR);
	assert_int_equal(client(s, S, "203.0.112.11"), CLIENT_OUTSIDE);
	assert_int_equal(
		client(s, "2001:db8:113::11", "2001:db8:113::ffff:1"), CLIENT_NEIGHBOUR);
	assert_int_equal(
		client(s, "2001:db8:113::11", "2001:db8:113:1::11"), CLIENT_OUTSIDE);
	assert_int_equal(client(s, "2001:db8:113::11", S), CLIENT_OUTSIDE);
}

static void
configuration_beats_what_the_address_looks_like(void **state)
{
	struct scene *s = *state;
	struct ip_prefix home, trusted;

	scene_hello(s, OUT1, S, S_NAME, "c.test");
	one_prefix(&s->config.home, &home, "198.51.100.0/24");
	assert_int_equal(client(s, S, OUT1), CLIENT_HOME);
	assert_int_equal(client(s, S, LAN), CLIENT_OUTSIDE_CONFIG);
	assert_int_equal(client(s, S, "203.0.113.12"), CLIENT_OUTSIDE_CONFIG);
	assert_int_equal(client(s, S, "127.0.0.1"), CLIENT_INSIDE);
	one_prefix(&s->config.trusted, &trusted, "192.0.2.0/28");
	assert_int_equal(client(s, S, "192.0.2.15"), CLIENT_TRUSTED_CONFIG);
	assert_int_equal(client(s, S, "192.0.2.16"), CLIENT_OUTSIDE_CONFIG);
}

/* Two sites speak from one inside address, and bring mail for the server's own domain. */
static void
bring_through(struct scene *s, const char *addr, const char *helo, const char *from)
{
	scene_mail(s, (struct scene_mail){.client = addr,
			      .server = S,
			      .name = S_NAME,
			      .helo = helo,
			      .from = from,
			      .rcpt = {{"<u@corp.test>", 250, NULL}},
			      .data = 250});
}

static void
an_inside_address_behind_which_strangers_come_is_a_mask(void **state)
{
	struct scene *s = *state;
	struct ip_prefix trusted;

	bring_through(s, LAN, "mx.one.test", "<a@one.test>");
	/* One name only: a gateway that is a mail server. */
	assert_int_equal(client(s, S, LAN), CLIENT_INSIDE);
	bring_through(s, LAN, "mx.two.test", "<a@two.test>");
	assert_int_equal(client(s, S, LAN), CLIENT_MASKED);
	/* A trusted network is how masking opens a relay; a trusted host is known. */
	one_prefix(&s->config.trusted, &trusted, "10.0.0.0/8");
	assert_int_equal(client(s, S, LAN), CLIENT_MASKED);
	one_prefix(&s->config.trusted, &trusted, LAN);
	assert_int_equal(client(s, S, LAN), CLIENT_TRUSTED_CONFIG);
}

static void
names_that_only_an_office_knows_are_no_strangers(void **state)
{
	struct scene *s = *state;

	bring_through(s, LAN, "printer.lan", "<a@one.test>");
	bring_through(s, LAN, "desk.local", "<a@two.test>");
	bring_through(s, LAN, "[10.20.0.7]", "<a@three.test>");
	bring_through(s, LAN, "pc7", "<a@three.test>");
	bring_through(s, LAN, "www.corp.test", "<a@three.test>");
	assert_int_equal(client(s, S, LAN), CLIENT_INSIDE);
}

static void
several_names_are_no_mask_while_all_mail_is_the_offices_own(void **state)
{
	struct scene *s = *state;

	bring_through(s, LAN, "mx.one.test", "<boss@corp.test>");
	bring_through(s, LAN, "mx.two.test", "<boss@corp.test>");
	assert_int_equal(client(s, S, LAN), CLIENT_INSIDE);
}

static void
dns_says_whose_mail_it_is(void **state)
{
	struct scene *s = *state;

	scene_mx(s, LAN, "hosted.test", S_NAME, S);
	scene_mx(s, LAN, "victim.test", "mx1.victim.test", MX_V);
	scene_mx(s, LAN, "nomail.test", NULL, NULL);
	taken(s, OUT1, "<x@shop.test>", "<a@hosted.test>", "Q1");
	assert_int_equal(domain(s), DOMAIN_HOSTED_MX);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q2");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_MX);
	taken(s, OUT1, "<x@shop.test>", "<a@nomail.test>", "Q3");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_NULL_MX);
	taken(s, OUT1, "<x@shop.test>", "<a@silent.test>", "Q4");
	assert_int_equal(domain(s), DOMAIN_UNKNOWN);
}

static void
the_configured_list_is_complete_and_beats_dns(void **state)
{
	static char one[] = "hosted.test", all[] = "*.sub.test";
	struct config_hosted hosted[] = {{.domain = one}, {.domain = all}};
	struct scene *s = *state;

	s->config.hosted = hosted;
	s->config.hosted_count = 2;
	scene_mx(s, LAN, "other.test", S_NAME, S);
	taken(s, OUT1, "<x@shop.test>", "<a@hosted.test>", "Q1");
	assert_int_equal(domain(s), DOMAIN_HOSTED_CONFIG);
	taken(s, OUT1, "<x@shop.test>", "<a@deep.sub.test>", "Q2");
	assert_int_equal(domain(s), DOMAIN_HOSTED_CONFIG);
	/* The star stands for one label at least, and starts at a dot. */
	taken(s, OUT1, "<x@shop.test>", "<a@sub.test>", "Q3");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_CONFIG);
	taken(s, OUT1, "<x@shop.test>", "<a@notsub.test>", "Q4");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_CONFIG);
	taken(s, OUT1, "<x@shop.test>", "<a@other.test>", "Q5");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_CONFIG);
	/* A list of another server's says nothing of this one. */
	hosted[0].server = hosted[1].server = prefix("192.0.2.1");
	assert_int_equal(domain(s), DOMAIN_HOSTED_MX);
}

static void
a_denial_makes_a_domain_foreign_for_the_next_client_too(void **state)
{
	struct scene *s = *state;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	taken(s, OUT2, "<x@shop.test>", "<a@victim.test>", "Q1");
	assert_int_equal(domain(s), DOMAIN_FOREIGN_DENIED);
	/* And what is taken by a server that denies others is its own. */
	taken(s, OUT2, "<x@shop.test>", "<a@mine.test>", "Q2");
	assert_int_equal(domain(s), DOMAIN_HOSTED_SELECTED);
}

static void
names_lists_and_literals_tell_without_any_other_traffic(void **state)
{
	static const struct {
		const char *rcpt;
		enum judge_domain want;
	} cases[] = {
		{"<a@corp.test>", DOMAIN_HOSTED_NAME},
		{"<a@mail.corp.test>", DOMAIN_HOSTED_NAME},
		{"<a@notcorp.test>", DOMAIN_UNKNOWN},
		{"<a@gmail.com>", DOMAIN_FOREIGN_PROVIDER},
		{"<a@[" S "]>", DOMAIN_HOSTED_NAME},
		{"<a@[192.0.2.1]>", DOMAIN_FOREIGN_LITERAL},
		{"<a@[IPv6:2001:db8::1]>", DOMAIN_FOREIGN_LITERAL},
	};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		taken(s, OUT1, "<x@shop.test>", cases[i].rcpt, "Q");
		assert_int_equal(domain(s), cases[i].want);
	}
}

static void
a_server_that_knows_a_domains_users_hosts_it(void **state)
{
	struct scene *s = *state;

	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<no@mine.test>", 550, "5.1.1 User unknown"}}});
	taken(s, OUT1, "<y@shop.test>", "<a@mine.test>", "Q1");
	assert_int_equal(domain(s), DOMAIN_HOSTED_USERS);
}

static void
mail_handed_to_an_inside_host_only_is_a_gateways(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a@mine.test>", "Q1");
	sent_on(s, "10.0.0.9", "<x@shop.test>", "<a@mine.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@mine.test>"));
	assert_int_equal(domain(s), DOMAIN_HOSTED_GATEWAY);
}

static void
every_source_is_either_hosted_or_foreign_or_unknown(void **state)
{
	(void)state;
	for (enum judge_domain d = DOMAIN_UNKNOWN; d <= DOMAIN_FOREIGN_LITERAL; d++)
		assert_int_equal(
			judge_is_hosted(d) + judge_is_foreign(d), d != DOMAIN_UNKNOWN);
	assert_true(judge_is_hosted(DOMAIN_HOSTED_SELECTED));
	assert_true(judge_is_foreign(DOMAIN_FOREIGN_CONFIG));
	assert_true(judge_is_outsider(CLIENT_OUTSIDE));
	assert_true(judge_is_outsider(CLIENT_OUTSIDE_CONFIG));
	assert_true(judge_is_outsider(CLIENT_MASKED));
	assert_false(judge_is_outsider(CLIENT_NEIGHBOUR));
	assert_false(judge_is_outsider(CLIENT_TRUSTED_CONFIG));
	assert_false(judge_is_outsider(CLIENT_SELF));
}

static void
the_border_of_a_next_hop_is_the_configured_one_if_there_is_one(void **state)
{
	static const struct {
		const char *hop;
		bool guessed, configured;
	} cases[] = {
		{S, true, true},
		{"127.0.0.1", true, true},
		{"10.0.0.9", true, false},
		{"203.0.113.200", true, false},
		{MX_V, false, true},
		{"192.0.2.1", false, false},
	};
	struct ip_addr server = scene_addr(S);
	struct scene *s = *state;
	struct ip_prefix home;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct ip_addr hop = scene_addr(cases[i].hop);

		s->config.home.count = 0;
		assert_int_equal(
			judge_next_hop_inside(s->in, &server, &hop), cases[i].guessed);
		one_prefix(&s->config.home, &home, "198.51.100.0/24");
		assert_int_equal(
			judge_next_hop_inside(s->in, &server, &hop), cases[i].configured);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(without_configuration_the_address_alone_tells_the_stranger),
		T(configuration_beats_what_the_address_looks_like),
		T(an_inside_address_behind_which_strangers_come_is_a_mask),
		T(names_that_only_an_office_knows_are_no_strangers),
		T(several_names_are_no_mask_while_all_mail_is_the_offices_own),
		T(dns_says_whose_mail_it_is),
		T(the_configured_list_is_complete_and_beats_dns),
		T(a_denial_makes_a_domain_foreign_for_the_next_client_too),
		T(names_lists_and_literals_tell_without_any_other_traffic),
		T(a_server_that_knows_a_domains_users_hosts_it),
		T(mail_handed_to_an_inside_host_only_is_a_gateways),
		cmocka_unit_test(every_source_is_either_hosted_or_foreign_or_unknown),
		T(the_border_of_a_next_hop_is_the_configured_one_if_there_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
