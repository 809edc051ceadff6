/* SPDX-License-Identifier: Apache-2.0 */
/* What looks open and is not. */
#include "relay_scene.h"

static void
its_own_mail_taken_is_no_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "corp.test", S_NAME, S);
	taken(s, OUT1, "<x@shop.test>", "<bob@corp.test>", "Q1");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
denials_make_it_restricted(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_RESTRICTED);
	assert_int_equal(v.denied_clients, 2);
}

static void
authenticated_submission_is_no_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<alice@corp.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .queue_id = "Q1",
			      .auth = RECORD_AUTH_OK});
	sent_on(s, MX_V, "<alice@corp.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTPA", "Q1", "<a@victim.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
an_unseen_beginning_is_no_proof_of_no_authentication(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .auth = RECORD_AUTH_UNKNOWN});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_true(v.missing & MISSING_LATE_START);
}

static void
the_lan_may_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, LAN, "<bob@corp.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<bob@corp.test>", "<a@victim.test>",
		BY_S(LAN, "ESMTP", "Q1", "<a@victim.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
one_outside_host_that_alone_is_let_through_is_trusted(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<app@corp.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<app@corp.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
	denied(s, OUT3, "<x@shop.test>", "<a@victim.test>");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_RESTRICTED);
	assert_int_equal(v.trusted_count, 1);
}

static void
the_customers_of_a_provider_are_trusted_though_they_are_many(void **state)
{
	static const char *const customers[] = {
		"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"};
	struct scene *s = *state;

	scene_mx(s, "198.51.100.1", "victim.test", "mx1.victim.test", MX_V);
	for (size_t i = 0; i < 5; i++) {
		taken(s, customers[i], "<x@shop.test>", "<a@victim.test>", "Q1");
		sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
			BY_S("192.0.2.1", "ESMTP", "Q1", "<a@victim.test>"));
	}
	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_RESTRICTED);
}

static void
a_domain_that_moved_here_is_no_relay_of_a_server_that_denies_others(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "brand.test", "in.filter.test", "192.0.2.25");
	taken(s, OUT1, "<x@shop.test>", "<a@brand.test>", "Q1");
	denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_RESTRICTED);
}

static void
a_backup_exchanger_that_sends_on_is_no_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, S, "partner.test", S_NAME, S);
	taken(s, OUT1, "<x@shop.test>", "<a@partner.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@partner.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@partner.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
a_gateway_to_an_inside_host_is_no_relay(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a@partner.test>", "Q1");
	sent_on(s, "10.20.0.30", "<x@shop.test>", "<a@partner.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@partner.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
a_server_behind_a_hosted_filter_is_no_relay(void **state)
{
	struct scene *s = *state;

	/* The world delivers to the filter; the filter delivers to us. */
	scene_mx(s, "192.0.2.1", "brand.test", "in.filter.test", "192.0.2.25");
	taken(s, "192.0.2.25", "<x@shop.test>", "<a@brand.test>", "Q1");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
a_filter_that_delivers_from_other_addresses_makes_no_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "brand.test", "in.filter.test", "192.0.2.25");
	for (int i = 0; i < 4; i++)
		scene_mail(s,
			(struct scene_mail){.client = i % 2 ? OUT1 : OUT2,
				.server = S,
				.name = S_NAME,
				.helo = "out1.filter.test",
				.from = "<x@shop.test>",
				.rcpt = {{"<a@brand.test>", 250, NULL}},
				.data = 250});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
what_only_the_client_heard_of_dns_accuses_nobody(void **state)
{
	struct scene *s = *state;

	scene_mx(s, OUT1, "hosted.test", "mx.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@hosted.test>", "Q1");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
	scene_mx(s, S, "hosted.test", "mx.victim.test", MX_V);
	scene_mx(s, "192.0.2.1", "hosted.test", "mx.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@hosted.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@hosted.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
}

static void
a_client_that_replays_a_queue_id_from_elsewhere_accuses_nobody(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	/* The server takes it, for a domain that it may well host … */
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "shop.test", "mx.shop.test", MX_F);
	/* … and the client, who was told the id, sends a copy with a header of his own. */
	scene_mail(s,
		(struct scene_mail){.client = OUT4,
			.server = MX_V,
			.name = "mx1.victim.test",
			.from = "<x@shop.test>",
			.rcpt = {{"<a@victim.test>", 250, NULL}},
			.data = 250,
			.received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
an_alias_to_a_foreign_address_is_no_relay(void **state)
{
	struct scene *s = *state;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<sales@corp.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<sales@corp.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
an_alias_behind_an_encrypted_leg_is_no_relay(void **state)
{
	struct scene *s = *state;

	scene_encrypted(s, OUT1, S, S_NAME);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTPS", "Q1", "<sales@corp.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
what_comes_back_as_a_bounce_was_not_relayed(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "<m1@shop.test>");
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = MX_F,
			      .name = "mx.shop.test",
			      .helo = S_NAME,
			      .from = "<>",
			      .rcpt = {{"<x@shop.test>", 250, NULL}},
			      .data = 250,
			      .bounce_of = "<m1@shop.test>",
			      .bounce_rcpt = "a@victim.test"});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_ACCEPTS_THEN_DROPS);
}

static void
a_sink_among_visible_traffic_drops(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken(s, OUT2, "<x@shop.test>", "<a@victim.test>", "Q2");
	scene_wait(s, 600);
	/* It asks for other names all the while, never for this one's exchangers. */
	scene_mx(s, S, "corp.test", S_NAME, S);
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_ACCEPTS_THEN_DROPS);
}

static void
a_proxy_header_names_the_client_that_counts(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s, (struct scene_mail){.client = "10.20.0.1",
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .real = OUT1,
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_RESTRICTED);
	scene_mail(s, (struct scene_mail){.client = "10.20.0.1",
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .real = LAN,
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_RESTRICTED);
}

static void
configuration_beats_what_the_wire_suggests(void **state)
{
	struct scene *s = *state;
	struct ip_prefix out1 = {scene_addr(OUT1), 128};

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
	s->config.trusted = (struct config_prefixes){&out1, 1};
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
	s->config.trusted.count = 0;
}

static void
two_names_behind_one_address_are_judged_apart(void **state)
{
	struct scene *s = *state;
	struct ip_addr addr = scene_addr(S);
	struct server *server;
	unsigned open = 0, restricted = 0;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mail(s, (struct scene_mail){.client = OUT2,
			      .server = S,
			      .name = "b.other.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	server = server_find(&s->in->servers, &addr, 25);
	for (struct identity *id = server->identities; id; id = id->next) {
		struct verdict v;

		verdict_of(s->in, server, id, &v);
		open += v.kind == VERDICT_OPEN_RELAY;
		restricted += v.kind == VERDICT_RESTRICTED;
	}
	assert_int_equal(open, 1);
	assert_int_equal(restricted, 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(its_own_mail_taken_is_no_relay),
		CASE(denials_make_it_restricted),
		CASE(authenticated_submission_is_no_relay),
		CASE(an_unseen_beginning_is_no_proof_of_no_authentication),
		CASE(the_lan_may_relay),
		CASE(one_outside_host_that_alone_is_let_through_is_trusted),
		CASE(the_customers_of_a_provider_are_trusted_though_they_are_many),
		CASE(a_domain_that_moved_here_is_no_relay_of_a_server_that_denies_others),
		CASE(a_backup_exchanger_that_sends_on_is_no_relay),
		CASE(a_gateway_to_an_inside_host_is_no_relay),
		CASE(a_server_behind_a_hosted_filter_is_no_relay),
		CASE(a_filter_that_delivers_from_other_addresses_makes_no_relay),
		CASE(what_only_the_client_heard_of_dns_accuses_nobody),
		CASE(a_client_that_replays_a_queue_id_from_elsewhere_accuses_nobody),
		CASE(an_alias_to_a_foreign_address_is_no_relay),
		CASE(an_alias_behind_an_encrypted_leg_is_no_relay),
		CASE(what_comes_back_as_a_bounce_was_not_relayed),
		CASE(a_sink_among_visible_traffic_drops),
		CASE(a_proxy_header_names_the_client_that_counts),
		CASE(configuration_beats_what_the_wire_suggests),
		CASE(two_names_behind_one_address_are_judged_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
