/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an alert of a relay names: who sent, for which domains, and where it went. */
#include "relay_scene.h"

#include "sensor/alert/alert_parts.h"

#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

/* An alert with these lists alone. */
static struct alert *
who(struct scene *s, const char *server, uint16_t port)
{
	struct verdict v = scene_verdict(s, server, port);
	struct alert *a = alert_new();

	alert_verdict_who(a, s->in, &v);
	return a;
}

static bool
is_addr(struct ip_addr a, const char *text)
{
	struct ip_addr b = scene_addr(text);

	return ip_addr_equal(&a, &b);
}

static bool
is(struct span s, const char *text)
{
	return span_equal(s, span_of_text(text));
}

static void
known_domains(struct scene *s)
{
	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	scene_mx(s, "192.0.2.1", "alpha.test", "mx1.alpha.test", MX_F);
	scene_mx(s, "192.0.2.1", "alphabet.test", "mx1.alpha.test", MX_F);
}

static void
each_name_comes_once_with_all_its_messages(void **state)
{
	struct alert *a;

	known_domains(*state);
	/* OUT2 has three, by two domains; OUT1 has two for the one that has three. */
	taken(*state, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken(*state, OUT1, "<x@shop.test>", "<b@victim.test>", "Q2");
	taken(*state, OUT2, "<x@shop.test>", "<a@victim.test>", "Q3");
	taken(*state, OUT2, "<x@shop.test>", "<a@alpha.test>", "Q4");
	taken(*state, OUT2, "<x@shop.test>", "<b@alpha.test>", "Q5");
	a = who(*state, S, 25);
	assert_int_equal(a->client_count, 2);
	assert_int_equal(a->client_total, 2);
	assert_true(is_addr(a->clients[0], OUT2) && is_addr(a->clients[1], OUT1));
	assert_int_equal(a->domain_count, 2);
	assert_int_equal(a->domain_total, 2);
	assert_true(is(a->domains[0], "victim.test") && is(a->domains[1], "alpha.test"));
	alert_free(a);
}

static void
of_equally_busy_ones_the_order_is_that_of_names_and_numbers(void **state)
{
	struct alert *a;

	known_domains(*state);
	taken(*state, OUT3, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken(*state, OUT1, "<x@shop.test>", "<a@alphabet.test>", "Q2");
	taken(*state, OUT2, "<x@shop.test>", "<a@alpha.test>", "Q3");
	a = who(*state, S, 25);
	assert_true(is_addr(a->clients[0], OUT1) && is_addr(a->clients[1], OUT2) &&
		    is_addr(a->clients[2], OUT3));
	/* '.' is before 'b'. */
	assert_true(is(a->domains[0], "alpha.test") &&
		    is(a->domains[1], "alphabet.test") &&
		    is(a->domains[2], "victim.test"));
	alert_free(a);
}

static void
hops_are_those_it_went_on_to(void **state)
{
	struct alert *a;

	known_domains(*state);
	taken(*state, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	a = who(*state, S, 25);
	assert_int_equal(a->hop_count, 0);
	alert_free(a);
	sent_on(*state, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	a = who(*state, S, 25);
	assert_int_equal(a->hop_count, 1);
	assert_true(is_addr(a->hops[0], MX_V));
	alert_free(a);
}

static void
mail_that_was_denied_names_nobody(void **state)
{
	struct alert *a;

	known_domains(*state);
	denied(*state, OUT1, "<x@shop.test>", "<a@victim.test>");
	a = who(*state, S, 25);
	assert_int_equal(a->client_total + a->domain_total + a->hop_count, 0);
	alert_free(a);
}

static void
lists_are_cut_and_keep_the_busiest(void **state)
{
	struct alert *a;

	for (int i = 1; i <= 20; i++) {
		char domain[64], client[64], rcpt[80];

		snprintf(domain, sizeof(domain), "d%02d.test", i);
		snprintf(client, sizeof(client), "198.51.%d.66", i);
		snprintf(rcpt, sizeof(rcpt), "<a@%s>", domain);
		scene_mx(*state, "192.0.2.1", domain, "mx1.victim.test", MX_V);
		taken(*state, client, "<x@shop.test>", rcpt, domain);
	}
	/* The last of all has one more than the others. */
	taken(*state, "198.51.20.66", "<x@shop.test>", "<b@d20.test>", "more");
	a = who(*state, S, 25);
	assert_int_equal(a->client_count, ALERT_CLIENTS_MAX);
	assert_int_equal(a->client_total, 20);
	assert_true(is_addr(a->clients[0], "198.51.20.66"));
	assert_true(is_addr(a->clients[1], "198.51.1.66"));
	assert_int_equal(a->domain_count, ALERT_DOMAINS_MAX);
	assert_int_equal(a->domain_total, 20);
	assert_true(is(a->domains[0], "d20.test") && is(a->domains[1], "d01.test"));
	alert_free(a);
}

static void
submission(struct scene *s, const char *client, const char *rcpt, unsigned data)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = S_NAME,
			      .port = 587,
			      .helo = "c.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{rcpt, 250, NULL}},
			      .data = data,
			      .queue_id = "Q1"});
}

static void
of_a_submission_port_those_count_whose_message_was_taken(void **state)
{
	struct alert *a;

	submission(*state, OUT1, "<a@corp.test>", 250);
	submission(*state, OUT2, "<a@corp.test>", 0);
	a = who(*state, S, 587);
	assert_int_equal(a->client_total, 1);
	assert_true(is_addr(a->clients[0], OUT1));
	assert_int_equal(a->domain_total, 0);
	alert_free(a);
}

static void
so_it_is_where_nobody_knows_whose_domain_it_is(void **state)
{
	struct alert *a;

	submission(*state, OUT1, "<a@nobody-knows.test>", 0);
	submission(*state, OUT2, "<a@nobody-knows.test>", 250);
	submission(*state, OUT3, "<b@nobody-knows-either.test>", 0);
	assert_int_equal(scene_verdict(*state, S, 587).kind, VERDICT_OPEN_SUBMISSION);
	a = who(*state, S, 587);
	assert_int_equal(a->client_total, 1);
	assert_int_equal(a->client_count, 1);
	assert_true(is_addr(a->clients[0], OUT2));
	alert_free(a);
}

static void
an_identity_that_is_gone_names_nobody(void **state)
{
	struct identity gone = {0};
	struct verdict v;
	struct alert *a = alert_new();

	known_domains(*state);
	taken(*state, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	v = scene_verdict(*state, S, 25);
	assert_ptr_equal(alert_verdict_identity(&v), v.identity);
	v.identity = &gone;
	assert_null(alert_verdict_identity(&v));
	alert_verdict_who(a, ((struct scene *)*state)->in, &v);
	assert_int_equal(a->client_total + a->domain_total + a->hop_count, 0);
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(each_name_comes_once_with_all_its_messages),
		SCENE(of_equally_busy_ones_the_order_is_that_of_names_and_numbers),
		SCENE(hops_are_those_it_went_on_to),
		SCENE(mail_that_was_denied_names_nobody),
		SCENE(lists_are_cut_and_keep_the_busiest),
		SCENE(of_a_submission_port_those_count_whose_message_was_taken),
		SCENE(so_it_is_where_nobody_knows_whose_domain_it_is),
		SCENE(an_identity_that_is_gone_names_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
