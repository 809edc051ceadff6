/* SPDX-License-Identifier: Apache-2.0 */
#include "relay_scene.h"

#include "sensor/alert/alert_make.h"
#include "sensor/alert/alert_parts.h"

#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
#define TIME	    (UINT64_C(1800000000) * 1000000000)

static struct alert *
made(struct scene *s, const char *server, uint16_t port)
{
	struct verdict v = scene_verdict(s, server, port);
	struct record_files files;
	struct alert *a;

	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("x.pcap"));
	a = alert_of_verdict(s->in, &v, &files, TIME);
	record_files_free(&files);
	return a;
}

static bool
is(struct span s, const char *text)
{
	return span_equal(s, span_of_text(text));
}

static bool
says(struct span text, const char *part)
{
	return span_search_nocase(text, span_of_text(part)) < text.len;
}

static bool
is_addr(struct ip_addr a, const char *text)
{
	struct ip_addr b = scene_addr(text);

	return ip_addr_equal(&a, &b);
}

static void
proven(struct scene *s)
{
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
}

static void
a_proven_open_relay_is_critical_and_has_all_that_is_known(void **state)
{
	struct alert *a;
	bool sent = false;

	proven(*state);
	a = made(*state, S, 0);
	assert_int_equal(a->kind, ALERT_RELAY);
	assert_int_equal(a->severity, ALERT_SEVERITY_CRITICAL);
	assert_true(is(a->rule, "open-relay"));
	assert_true(is(a->title, "Open mail relay"));
	assert_true(is(a->verdict, "open-relay"));
	assert_true(is(a->grade, "confirmed"));
	assert_true(a->confidence > 0.98);
	assert_int_equal(a->time, TIME);
	assert_int_equal(a->count, 1);
	assert_true(a->first && a->first == a->last);
	assert_true(is_addr(a->server, S) && a->port == 25);
	assert_true(is(a->server_name, S_NAME));
	assert_true(is_addr(a->client, OUT1));
	assert_int_equal(a->client_port, 40000);
	assert_true(is(a->mail.from, "x@shop.test"));
	assert_int_equal(a->mail.to_count, 1);
	assert_true(is(a->mail.to[0], "a@victim.test"));
	assert_true(is(a->mail.message_id, "Q1"));
	assert_true(is(a->mail.helo, "client.attacker.test"));
	assert_true(a->client_count == 1 && a->client_total == 1);
	assert_true(is_addr(a->clients[0], OUT1));
	assert_true(a->domain_count == 1 && a->domain_total == 1);
	assert_true(is(a->domains[0], "victim.test"));
	assert_true(a->hop_count == 1 && is_addr(a->hops[0], MX_V));
	assert_true(
		says(a->detail, S_NAME " (" S ":25) relays for strangers: 1 message"));
	assert_true(says(a->explanation, "is an open relay"));
	assert_true(says(a->contain, "nft") && a->mend.len && says(a->confirm, "swaks"));
	for (size_t i = 0; i < a->evidence_count; i++)
		if (is(a->evidence[i].kind, "sent-on")) {
			sent = true;
			assert_true(is_addr(a->evidence[i].next_hop, MX_V));
			assert_true(is(a->evidence[i].queue_id, "Q1"));
			assert_true(is(a->evidence[i].file, "x.pcap"));
			assert_true(a->evidence[i].frame && a->evidence[i].time);
			assert_true(a->evidence[i].weight > 0);
		}
	assert_true(sent);
	alert_free(a);
}

static void
what_is_suspected_is_a_grade_less_severe(void **state)
{
	struct alert *a;

	scene_mx(*state, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(*state, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	a = made(*state, S, 0);
	assert_true(is(a->verdict, "open-relay") && is(a->grade, "suspected"));
	assert_int_equal(a->severity, ALERT_SEVERITY_HIGH);
	assert_int_equal(a->hop_count, 0);
	alert_free(a);
}

static void
the_busiest_come_first_and_then_the_order_of_their_names(void **state)
{
	struct alert *a;

	scene_mx(*state, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_mx(*state, "192.0.2.1", "alpha.test", "mx1.alpha.test", MX_F);
	scene_mx(*state, "192.0.2.1", "beta.test", "mx1.beta.test", MX_F);
	taken(*state, OUT3, "<x@shop.test>", "<a@beta.test>", "Q1");
	taken(*state, OUT1, "<x@shop.test>", "<a@alpha.test>", "Q2");
	taken(*state, OUT2, "<x@shop.test>", "<a@victim.test>", "Q3");
	taken(*state, OUT2, "<x@shop.test>", "<b@victim.test>", "Q4");
	a = made(*state, S, 0);
	assert_int_equal(a->count, 4);
	assert_int_equal(a->client_count, 3);
	assert_true(is_addr(a->clients[0], OUT2) && is_addr(a->clients[1], OUT1) &&
		    is_addr(a->clients[2], OUT3));
	assert_int_equal(a->domain_count, 3);
	assert_true(is(a->domains[0], "victim.test") && is(a->domains[1], "alpha.test") &&
		    is(a->domains[2], "beta.test"));
	alert_free(a);
}

static void
lists_are_cut_and_totals_are_not(void **state)
{
	struct alert *a;
	char text[80];

	for (int i = 1; i <= 40; i++) {
		char domain[64], client[64];

		snprintf(domain, sizeof(domain), "d%02d.test", i);
		snprintf(client, sizeof(client), "198.51.%d.66", i);
		scene_mx(*state, "192.0.2.1", domain, "mx1.victim.test", MX_V);
		snprintf(text, sizeof(text), "<a@%s>", domain);
		taken(*state, client, "<x@shop.test>", text, domain);
	}
	a = made(*state, S, 0);
	assert_int_equal(a->client_count, ALERT_CLIENTS_MAX);
	assert_int_equal(a->client_total, 40);
	assert_int_equal(a->domain_count, ALERT_DOMAINS_MAX);
	assert_int_equal(a->domain_total, 40);
	assert_true(is(a->domains[0], "d01.test"));
	assert_true(a->evidence_count <= ALERT_EVIDENCE_MAX);
	alert_free(a);
}

static void
an_alert_outlives_the_inference(void **state)
{
	struct scene s;
	struct alert *a;

	(void)state;
	scene_init(&s);
	proven(&s);
	a = made(&s, S, 0);
	scene_free(&s);
	assert_true(is(a->domains[0], "victim.test"));
	assert_true(is(a->evidence[0].domain, "victim.test"));
	alert_free(a);
}

static void
mended_servers_are_low_and_have_what_confirms_it(void **state)
{
	struct alert *a;

	proven(*state);
	for (int i = 0; i < 3; i++) {
		scene_wait(*state, 60);
		denied(*state, OUT1, "<x@shop.test>", "<a@victim.test>");
		denied(*state, OUT2, "<x@shop.test>", "<b@victim.test>");
	}
	a = made(*state, S, 0);
	assert_true(is(a->verdict, "remediated"));
	assert_int_equal(a->severity, ALERT_SEVERITY_LOW);
	assert_int_equal(a->rule.len, 0); /* the gate knows what it was */
	assert_true(says(a->detail, "Was open until"));
	assert_int_equal(a->contain.len, 0);
	assert_true(says(a->confirm, "swaks"));
	assert_int_equal(a->count, 1);
	assert_true(is(a->domains[0], "victim.test"));
	alert_free(a);
}

static void
a_submission_port_lists_clients_and_no_foreign_domains(void **state)
{
	struct alert *a;

	scene_mail(*state, (struct scene_mail){.client = OUT1,
				   .server = S,
				   .name = S_NAME,
				   .port = 587,
				   .helo = "c.test",
				   .from = "<x@shop.test>",
				   .rcpt = {{"<a@corp.test>", 250, NULL}},
				   .data = 250,
				   .queue_id = "Q1"});
	a = made(*state, S, 587);
	assert_true(is(a->rule, "open-submission"));
	assert_true(is(a->title, "Submission without authentication"));
	assert_int_equal(a->port, 587);
	assert_int_equal(a->client_total, 1);
	assert_int_equal(a->domain_total, 0);
	alert_free(a);
}

static void
a_server_that_refuses_names_no_clients(void **state)
{
	struct alert *a;

	denied(*state, OUT1, "<x@shop.test>", "<a@victim.test>");
	a = made(*state, S, 0);
	assert_true(is(a->verdict, "restricted"));
	assert_true(ip_addr_is_none(&a->client));
	assert_int_equal(a->client_total + a->domain_total + a->hop_count, 0);
	assert_int_equal(a->mail.helo.len, 0);
	alert_free(a);
}

static void
titles_belong_to_rules_and_other_verdicts_have_none(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	alert_verdict_rule(a, VERDICT_RESTRICTED);
	assert_int_equal(a->rule.len + a->title.len, 0);
	alert_verdict_rule(a, VERDICT_PARTIAL_RELAY);
	assert_true(is(a->rule, "partial-relay"));
	assert_true(is(a->title, "Mail server relays by a trick"));
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(a_proven_open_relay_is_critical_and_has_all_that_is_known),
		SCENE(what_is_suspected_is_a_grade_less_severe),
		SCENE(the_busiest_come_first_and_then_the_order_of_their_names),
		SCENE(lists_are_cut_and_totals_are_not),
		cmocka_unit_test(an_alert_outlives_the_inference),
		SCENE(mended_servers_are_low_and_have_what_confirms_it),
		SCENE(a_submission_port_lists_clients_and_no_foreign_domains),
		SCENE(a_server_that_refuses_names_no_clients),
		cmocka_unit_test(titles_belong_to_rules_and_other_verdicts_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
