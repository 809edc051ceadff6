/* SPDX-License-Identifier: Apache-2.0 */
/* What is open, as a mail administrator would tell it, and the verdict it deserves. */
#include "relay_scene.h"

static void
a_strangers_mail_sent_on_is_a_confirmed_open_relay(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
	assert_true(v.confidence > 0.98);
	assert_int_equal(v.exposure.messages, 1);
	assert_int_equal(v.exposure.clients, 1);
	/* And the server that it was sent to is not blamed for taking its own mail. */
	assert_int_equal(scene_verdict(s, MX_V, 0).kind, VERDICT_UNKNOWN);
}

static void
the_onward_leg_may_be_recorded_before_the_inbound_one_is_answered(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
}

static void
a_server_that_sends_from_another_address_is_tied_by_its_name_and_queue_id(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	/* DNS knows both as the server's. */
	scene_mx(s, MX_V, "corp.test", S_NAME, S);
	scene_mx(s, MX_V, "corp.test", S_NAME, "2001:db8:113::11");
	scene_mx(s, "2001:db8:113::11", "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s,
		(struct scene_mail){.client = "2001:db8:113::11",
			.server = "2001:db8:7::10",
			.name = "mx1.victim.test",
			.helo = S_NAME,
			.from = "<x@shop.test>",
			.rcpt = {{"<a@victim.test>", 250, NULL}},
			.data = 250,
			.received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
}

static void
foreign_mail_taken_and_not_seen_to_leave_is_suspected(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_SUSPECTED);
}

static void
taken_but_nobody_knows_whose_domain_is_unknown(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_true(v.missing & MISSING_DOMAIN);
}

static void
a_large_providers_domain_is_foreign_to_everybody_else(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a@gmail.com>", "Q1");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
}

static void
recipients_taken_without_a_message_prove_nothing(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	for (int i = 0; i < 5; i++)
		scene_mail(s, (struct scene_mail){.client = OUT1,
				      .server = S,
				      .name = S_NAME,
				      .from = "<x@shop.test>",
				      .rcpt = {{"<a@victim.test>", 250, NULL}}});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_true(v.missing & MISSING_MESSAGE);
}

static void
an_encrypted_leg_is_told_by_the_servers_own_header(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_encrypted(s, OUT1, S, S_NAME);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTPS", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
}

static void
the_a_in_the_servers_header_clears_it(void **state)
{
	struct scene *s = *state;

	scene_encrypted(s, OUT1, S, S_NAME);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTPSA", "Q1", "<a@victim.test>"));
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
a_forged_header_of_a_client_that_is_no_server_convinces_nobody(void **state)
{
	struct scene *s = *state;
	struct ip_addr a = scene_addr(OUT1);

	scene_mx(s, OUT1, "victim.test", "mx1.victim.test", MX_V);
	/* A spammer writes a trace header as if he had it from somebody else. */
	scene_mail(
		s, (struct scene_mail){.client = OUT1,
			   .server = MX_V,
			   .name = "mx1.victim.test",
			   .from = "<x@shop.test>",
			   .rcpt = {{"<a@victim.test>", 250, NULL}},
			   .data = 250,
			   .received = {BY_S(OUT2, "ESMTP", "Q9", "<a@victim.test>")}});
	assert_null(server_find(&s->in->servers, &a, 25));
}

static void
a_forged_header_below_the_servers_own_changes_nothing(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s,
		(struct scene_mail){.client = S,
			.server = MX_V,
			.name = "mx1.victim.test",
			.helo = S_NAME,
			.from = "<x@shop.test>",
			.rcpt = {{"<a@victim.test>", 250, NULL}},
			.data = 250,
			.received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"),
				BY_S("10.1.1.1", "ESMTPSA", "Q0", "<a@victim.test>")}});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
}

static void
only_with_a_sender_of_its_own_domain_is_partial(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	taken(s, OUT1, "<alice@corp.test>", "<a@victim.test>", "Q1");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_PARTIAL_RELAY);
	assert_int_equal(v.tricks, TRICK_SENDER_DOMAIN);
}

static void
only_with_the_null_sender_is_partial(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	taken(s, OUT1, "<>", "<a@victim.test>", "Q1");
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_PARTIAL_RELAY);
	assert_int_equal(v.tricks, TRICK_NULL_SENDER);
}

static void
a_percent_hack_that_is_sent_on_is_partial(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	taken(s, OUT1, "<x@shop.test>", "<a%victim.test@corp.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_PARTIAL_RELAY);
	assert_int_equal(v.tricks, TRICK_PERCENT);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
}

static void
refused_since_is_remediated_and_taken_again_is_open_again(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken(s, OUT2, "<x@shop.test>", "<a@victim.test>", "Q2");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_REMEDIATED);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q3");
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_OPEN_RELAY);
}

static void
submission_without_authentication_is_open_even_for_its_own_domain(void **state)
{
	struct scene *s = *state;

	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .port = 587,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}},
			      .data = 250});
	assert_int_equal(scene_verdict(s, S, 587).kind, VERDICT_OPEN_SUBMISSION);
}

static void
strangers_behind_one_inside_address_are_named_as_masked(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_hello(s, LAN, S, S_NAME, "mx.freemail.test");
	scene_hello(s, LAN, S, S_NAME, "smtp.shop.test");
	/* All mail comes in by that address, also what is for its own domain. */
	taken(s, LAN, "<x@shop.test>", "<bob@corp.test>", "Q0");
	taken(s, LAN, "<x@shop.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(LAN, "ESMTP", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.cause, CAUSE_SOURCE_MASKING);
}

static void
an_inside_gateway_with_one_name_is_no_mask(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_hello(s, LAN, S, S_NAME, "edge.corp.test");
	scene_hello(s, LAN, S, S_NAME, "desktop.lan");
	scene_mail(s, (struct scene_mail){.client = LAN,
			      .server = S,
			      .name = S_NAME,
			      .helo = "edge.corp.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}},
			      .data = 250});
	scene_mail(s, (struct scene_mail){.client = LAN,
			      .server = S,
			      .name = S_NAME,
			      .helo = "edge.corp.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
a_header_that_comes_before_its_servers_greeting_waits_for_it(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTPS", "Q1", "<a@victim.test>"));
	scene_encrypted(s, OUT1, S, S_NAME);
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
}

static void
no_such_recipient_for_a_foreign_domain_is_a_denial(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 550, "Invalid recipient"}}});
	scene_mail(
		s, (struct scene_mail){.client = OUT1,
			   .server = S,
			   .name = S_NAME,
			   .from = "<x@shop.test>",
			   .rcpt = {{"<nobody@corp.test>", 550, "Invalid recipient"}}});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_RESTRICTED);
}

static void
what_does_not_leave_by_a_visible_way_is_not_claimed(void **state)
{
	struct scene *s = *state;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	for (int i = 0; i < 5; i++)
		taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	/* The server's own lookups cross the tap: so would its mail. */
	scene_mx(s, S, "shop.test", "mx.shop.test", MX_F);
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_UNKNOWN);
}

static void
submission_that_denies_foreign_mail_but_asks_nobody_who_he_is_stays_open(void **state)
{
	struct scene *s = *state;

	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .port = 587,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .port = 587,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}},
			      .data = 250});
	assert_int_equal(scene_verdict(s, S, 587).kind, VERDICT_OPEN_SUBMISSION);
}

static void
a_server_that_sees_another_client_than_the_wire_is_masked(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S("172.17.0.1", "ESMTP", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.cause, CAUSE_SOURCE_MASKING);
}

static void
the_front_of_a_chain_of_hops_is_the_relay(void **state)
{
	struct scene *s = *state;
	struct verdict v;

	scene_mx(s, "10.20.0.30", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	/* To the inside smarthost … */
	scene_mail(
		s, (struct scene_mail){.client = S,
			   .server = "10.20.0.30",
			   .name = "smart.corp.test",
			   .helo = S_NAME,
			   .from = "<x@shop.test>",
			   .rcpt = {{"<a@victim.test>", 250, NULL}},
			   .data = 250,
			   .queue_id = "R1",
			   .received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	/* … and from there out. */
	scene_mail(s,
		(struct scene_mail){.client = "10.20.0.30",
			.server = MX_V,
			.name = "mx1.victim.test",
			.helo = "smart.corp.test",
			.from = "<x@shop.test>",
			.rcpt = {{"<a@victim.test>", 250, NULL}},
			.data = 250,
			.received = {"from mail.corp.test (mail.corp.test [" S
				     "]) by smart.corp.test (Postfix) with ESMTP id R1 "
				     "for <a@victim.test>; Mon, 23 Nov 2026 20:22:53 "
				     "+0000 (UTC)"}});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
	/* The smarthost did as its trusted neighbour asked. */
	assert_int_equal(scene_verdict(s, "10.20.0.30", 0).kind, VERDICT_UNKNOWN);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_strangers_mail_sent_on_is_a_confirmed_open_relay),
		CASE(the_onward_leg_may_be_recorded_before_the_inbound_one_is_answered),
		CASE(a_server_that_sends_from_another_address_is_tied_by_its_name_and_queue_id),
		CASE(foreign_mail_taken_and_not_seen_to_leave_is_suspected),
		CASE(taken_but_nobody_knows_whose_domain_is_unknown),
		CASE(a_large_providers_domain_is_foreign_to_everybody_else),
		CASE(recipients_taken_without_a_message_prove_nothing),
		CASE(an_encrypted_leg_is_told_by_the_servers_own_header),
		CASE(the_a_in_the_servers_header_clears_it),
		CASE(a_forged_header_of_a_client_that_is_no_server_convinces_nobody),
		CASE(a_forged_header_below_the_servers_own_changes_nothing),
		CASE(only_with_a_sender_of_its_own_domain_is_partial),
		CASE(only_with_the_null_sender_is_partial),
		CASE(a_percent_hack_that_is_sent_on_is_partial),
		CASE(refused_since_is_remediated_and_taken_again_is_open_again),
		CASE(submission_without_authentication_is_open_even_for_its_own_domain),
		CASE(strangers_behind_one_inside_address_are_named_as_masked),
		CASE(an_inside_gateway_with_one_name_is_no_mask),
		CASE(a_header_that_comes_before_its_servers_greeting_waits_for_it),
		CASE(no_such_recipient_for_a_foreign_domain_is_a_denial),
		CASE(what_does_not_leave_by_a_visible_way_is_not_claimed),
		CASE(submission_that_denies_foreign_mail_but_asks_nobody_who_he_is_stays_open),
		CASE(a_server_that_sees_another_client_than_the_wire_is_masked),
		CASE(the_front_of_a_chain_of_hops_is_the_relay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
