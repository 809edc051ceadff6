/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Situations as a mail administrator would tell them, and the verdict each deserves:
 * first what is open, then what looks open and is not.
 */
#include "scene.h"

#define S   "203.0.113.11"
#define S_NAME "mail.corp.test"
#define OUT1 "198.51.100.66"
#define OUT2 "198.51.100.67"
#define OUT3 "198.51.100.68"
#define OUT4 "198.51.100.69"
#define LAN "10.20.0.50"
#define MX_V "198.51.100.10"
#define MX_F "198.51.100.20"

static int
setup(void **state)
{
	static struct scene s;

	scene_init(&s);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	scene_free(*state);
	return 0;
}

/* S took it from client under queue id; sent on it shows S's own Received header. */
static void
taken(struct scene *s, const char *client, const char *from, const char *rcpt, const char *id)
{
	scene_mail(s, (struct scene_mail){.client = client, .server = S, .name = S_NAME,
			      .helo = "client.attacker.test", .from = from,
			      .rcpt = {{rcpt, 250, NULL}}, .data = 250, .queue_id = id,
			      .message_id = id});
}

static void
denied(struct scene *s, const char *client, const char *from, const char *rcpt)
{
	scene_mail(s, (struct scene_mail){.client = client, .server = S, .name = S_NAME,
			      .helo = "client.attacker.test", .from = from,
			      .rcpt = {{rcpt, 554, NULL}}});
}

static void
sent_on(struct scene *s, const char *to, const char *from, const char *rcpt, const char *received)
{
	scene_mail(s, (struct scene_mail){.client = S, .server = to, .name = "mx1.victim.test",
			      .helo = S_NAME, .from = from, .rcpt = {{rcpt, 250, NULL}},
			      .data = 250, .queue_id = "AA", .received = {received}});
}

#define BY_S(ip, with, id, rcpt)                                                         \
	"from client.attacker.test (client.attacker.test [" ip "]) by " S_NAME           \
	" (Postfix) with " with " id " id " for " rcpt                                   \
	"; Mon, 23 Nov 2026 20:22:53 +0000 (UTC)"

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
		scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
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
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = MX_V,
			      .name = "mx1.victim.test", .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
			      .received = {BY_S(OUT2, "ESMTP", "Q9", "<a@victim.test>")}});
	assert_null(server_find(&s->in->servers, &a, 25));
}

static void
a_forged_header_below_the_servers_own_changes_nothing(void **state)
{
	struct scene *s = *state;

	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	scene_mail(s, (struct scene_mail){.client = S, .server = MX_V,
			      .name = "mx1.victim.test", .helo = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
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

	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .port = 587, .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}}, .data = 250});
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
	scene_mail(s, (struct scene_mail){.client = LAN, .server = S, .name = S_NAME,
			      .helo = "edge.corp.test", .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}}, .data = 250});
	scene_mail(s, (struct scene_mail){.client = LAN, .server = S, .name = S_NAME,
			      .helo = "edge.corp.test", .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250});
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
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 550, "Invalid recipient"}}});
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
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

	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .port = 587, .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .port = 587, .from = "<x@shop.test>",
			      .rcpt = {{"<bob@corp.test>", 250, NULL}}, .data = 250});
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
	scene_mail(s, (struct scene_mail){.client = S, .server = "10.20.0.30",
			      .name = "smart.corp.test", .helo = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
			      .queue_id = "R1",
			      .received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	/* … and from there out. */
	scene_mail(s, (struct scene_mail){.client = "10.20.0.30", .server = MX_V,
			      .name = "mx1.victim.test", .helo = "smart.corp.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
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

/* --- what looks open and is not ----------------------------------------------------- */

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
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .from = "<alice@corp.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
			      .queue_id = "Q1", .auth = RECORD_AUTH_OK});
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
	scene_mail(s, (struct scene_mail){.client = OUT1, .server = S, .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250,
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
	scene_mail(s, (struct scene_mail){.client = S, .server = MX_F,
			      .name = "mx.shop.test", .helo = S_NAME, .from = "<>",
			      .rcpt = {{"<x@shop.test>", 250, NULL}}, .data = 250,
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
	scene_mail(s, (struct scene_mail){.client = "10.20.0.1", .server = S, .name = S_NAME,
			      .from = "<x@shop.test>", .real = OUT1,
			      .rcpt = {{"<a@victim.test>", 554, NULL}}});
	v = scene_verdict(s, S, 0);
	assert_int_equal(v.kind, VERDICT_RESTRICTED);
	scene_mail(s, (struct scene_mail){.client = "10.20.0.1", .server = S, .name = S_NAME,
			      .from = "<x@shop.test>", .real = LAN,
			      .rcpt = {{"<a@victim.test>", 250, NULL}}, .data = 250});
	assert_int_equal(scene_verdict(s, S, 0).kind, VERDICT_RESTRICTED);
}

static void
configuration_beats_what_the_wire_suggests(void **state)
{
	struct scene *s = *state;
	struct ip_prefix out1 = {scene_addr(OUT1), 128};

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
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
	scene_mail(s, (struct scene_mail){.client = OUT2, .server = S, .name = "b.other.test",
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
		CASE(a_strangers_mail_sent_on_is_a_confirmed_open_relay),
		CASE(the_onward_leg_may_be_recorded_before_the_inbound_one_is_answered),
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
