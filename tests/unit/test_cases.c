/* SPDX-License-Identifier: Apache-2.0 */
/* Which attempts can show what: strangers' foreign mail taken, denied, and all the rest.
 */
#include "relay_scene.h"

#include "sensor/infer/cases.h"

#define SCENE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

static struct server *
server_of(struct scene *s)
{
	struct ip_addr a = scene_addr(S);
	struct server *server = server_find(&s->in->servers, &a, 25);

	assert_non_null(server);
	assert_non_null(server->identities);
	return server;
}

static struct cases
gather(struct scene *s)
{
	struct server *server = server_of(s);
	struct cases c;

	cases_gather(&c, s->in, server, server->identities);
	return c;
}

/* How many there are of each kind, in the order of struct cases. */
static void
expect(struct scene *s, size_t taken, size_t denied, size_t local, size_t open,
	size_t unknown_auth, size_t neighbours, size_t insiders)
{
	struct cases c = gather(s);

	assert_int_equal(c.taken.count, taken);
	assert_int_equal(c.denied.count, denied);
	assert_int_equal(c.local.count, local);
	assert_int_equal(c.open.count, open);
	assert_int_equal(c.unknown_auth, unknown_auth);
	assert_int_equal(c.neighbours, neighbours);
	assert_int_equal(c.insiders, insiders);
	cases_free(&c);
}

static struct attempt *
the_attempt(struct scene *s)
{
	struct identity *id = server_of(s)->identities;

	assert_int_equal(HASH_COUNT(id->attempts), 1);
	return id->attempts;
}

static void
foreign(struct scene *s)
{
	scene_mx(s, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
}

static void
from(struct scene *s, const char *client, const char *rcpt, enum record_auth auth)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = S_NAME,
			      .helo = "client.attacker.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{rcpt, 250, NULL}},
			      .data = 250,
			      .queue_id = "Q1",
			      .auth = auth});
}

static void
whose_domain_it_is_decides_where_a_strangers_mail_belongs(void **state)
{
	foreign(*state);
	scene_mx(*state, "192.0.2.1", "corp.test", S_NAME, S);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	expect(*state, 1, 0, 0, 0, 0, 0, 0);
	from(*state, OUT1, "<a@corp.test>", RECORD_AUTH_NONE);
	expect(*state, 1, 0, 1, 0, 0, 0, 0);
	from(*state, OUT1, "<a@nobody-knows.test>", RECORD_AUTH_NONE);
	expect(*state, 1, 0, 1, 1, 0, 0, 0);
}

static void
a_case_says_when_by_whom_and_how_far(void **state)
{
	struct cases c;
	const struct weighed *w;
	struct attempt *a;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	a = the_attempt(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	c = gather(*state);
	assert_int_equal(c.taken.count, 1);
	w = c.taken.at;
	assert_ptr_equal(w->a, a);
	assert_int_equal(w->client, CLIENT_OUTSIDE);
	assert_int_equal(w->domain.source, DOMAIN_FOREIGN_MX);
	assert_int_equal(w->reach, REACH_MESSAGE);
	assert_int_equal(w->taken_first.ns, a->first[REACH_MESSAGE].ns);
	assert_int_equal(w->taken.ns, a->last[REACH_MESSAGE].ns);
	assert_true(w->taken_first.ns > 0 && w->taken.ns > w->taken_first.ns);
	cases_free(&c);
}

static void
who_has_authenticated_is_no_case_and_who_may_have_is_only_counted(void **state)
{
	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_OK);
	expect(*state, 0, 0, 0, 0, 0, 0, 0);
	from(*state, OUT2, "<a@victim.test>", RECORD_AUTH_UNKNOWN);
	expect(*state, 0, 0, 0, 0, 1, 0, 0);
}

static void
clients_of_the_house_and_of_next_door_are_only_counted(void **state)
{
	foreign(*state);
	from(*state, LAN, "<a@victim.test>", RECORD_AUTH_NONE);
	expect(*state, 0, 0, 0, 0, 0, 0, 1);
	/* Of the server's own /24. */
	from(*state, "203.0.113.200", "<a@victim.test>", RECORD_AUTH_NONE);
	expect(*state, 0, 0, 0, 0, 0, 1, 1);
	/* Not theirs to relay, so nothing to count. */
	from(*state, LAN, "<a@nobody-knows.test>", RECORD_AUTH_NONE);
	expect(*state, 0, 0, 0, 0, 0, 1, 1);
}

static void
what_another_server_of_the_house_had_taken_is_not_this_ones_doing(void **state)
{
	struct attempt *a;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	a = the_attempt(*state);
	assert_int_equal(a->count[REACH_MESSAGE], 2);
	/* One of the two: the other is still this server's. */
	a->handed = 1;
	expect(*state, 1, 0, 0, 0, 0, 0, 0);
	a->handed = 2;
	expect(*state, 0, 0, 0, 0, 0, 0, 1);
}

static void
a_form_that_leads_nowhere_proves_no_relay(void **state)
{
	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	the_attempt(*state)->key.form = SMTP_FORM_LOCALHOST;
	expect(*state, 0, 0, 0, 1, 0, 0, 0);
}

static void
tried(struct scene *s, const char *client, enum record_auth auth)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 554, NULL}},
			      .auth = auth});
}

static void
a_denial_counts_for_strangers_without_authentication(void **state)
{
	foreign(*state);
	denied(*state, OUT1, "<x@shop.test>", "<a@victim.test>");
	expect(*state, 0, 1, 0, 0, 0, 0, 0);
	denied(*state, LAN, "<x@shop.test>", "<a@victim.test>");
	expect(*state, 0, 1, 0, 0, 0, 0, 0);
	/* It tried to authenticate, and failed: as good as not at all. */
	tried(*state, OUT2, RECORD_AUTH_FAILED);
	expect(*state, 0, 2, 0, 0, 0, 0, 0);
	tried(*state, OUT3, RECORD_AUTH_UNKNOWN);
	expect(*state, 0, 2, 0, 0, 0, 0, 0);
}

static void
what_was_denied_once_and_taken_once_is_both(void **state)
{
	struct cases c;

	foreign(*state);
	denied(*state, OUT1, "<x@shop.test>", "<a@victim.test>");
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	c = gather(*state);
	assert_int_equal(c.taken.count, 1);
	assert_int_equal(c.denied.count, 1);
	assert_ptr_equal(c.taken.at[0].a, c.denied.at[0].a);
	assert_int_equal(c.taken.at[0].reach, REACH_MESSAGE);
	assert_int_equal(c.denied.at[0].reach, REACH_REFUSED);
	/* Each with its own moment: it was denied before. */
	assert_true(c.denied.at[0].taken.ns < c.taken.at[0].taken_first.ns);
	assert_true(c.denied.at[0].taken.ns > 0);
	cases_free(&c);
}

static void
no_such_user(struct scene *s, const char *rcpt)
{
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = S,
			      .name = S_NAME,
			      .from = "<x@shop.test>",
			      .rcpt = {{rcpt, 550, "Invalid recipient"}}});
}

static void
an_unknown_recipient_is_a_denial_where_the_domain_is_foreign(void **state)
{
	struct attempt *a;

	foreign(*state);
	no_such_user(*state, "<a@victim.test>");
	a = the_attempt(*state);
	memset(a->count, 0, sizeof(a->count));
	a->count[REACH_REFUSED_RCPT] = 1;
	expect(*state, 0, 1, 0, 0, 0, 0, 0);
}

static void
of_a_domain_nobody_knows_only_one_servers_text_is_a_denial(void **state)
{
	struct identity *id;
	struct attempt *a;
	struct tally *t;

	no_such_user(*state, "<a@nobody-knows.test>");
	id = server_of(*state)->identities;
	a = the_attempt(*state);
	memset(a->count, 0, sizeof(a->count));
	a->count[REACH_REFUSED_RCPT] = 1;
	id->mta = SMTP_MTA_POSTFIX;
	expect(*state, 0, 0, 0, 0, 0, 0, 0);
	/* OpenSMTPD has one text for "we do not relay" and "no such user". */
	id->mta = SMTP_MTA_OPENSMTPD;
	expect(*state, 0, 1, 0, 0, 0, 0, 0);
	/* Others' mail for it was taken: it is the user that is unknown. */
	t = tally_insert(&((struct scene *)*state)->in->servers, id, a->key.domain);
	assert_non_null(t);
	t->taken = 1;
	expect(*state, 0, 0, 0, 0, 0, 0, 0);
}

/* The stage of one attempt that has reached all of reached. */
static enum reach
reach_of(struct scene *s, const enum reach *reached, size_t count)
{
	struct attempt *a = the_attempt(s);
	enum reach reach = REACH_COUNT;
	struct cases c;

	memset(a->count, 0, sizeof(a->count));
	for (size_t i = 0; i < count; i++)
		a->count[reached[i]] = 1;
	c = gather(s);
	if (c.taken.count + c.open.count + c.local.count)
		reach = c.taken.count  ? c.taken.at[0].reach
			: c.open.count ? c.open.at[0].reach
				       : c.local.at[0].reach;
	cases_free(&c);
	return reach;
}

static void
the_furthest_stage_counts_that_the_server_went_of_its_own_will(void **state)
{
	const enum reach ladder[] = {
		REACH_RCPT, REACH_MESSAGE, REACH_INSIDE, REACH_TRIED, REACH_SENT};
	const enum reach other[] = {REACH_REFUSED_OTHER, REACH_DEFERRED,
		REACH_MESSAGE_REFUSED, REACH_INNER_REFUSED, REACH_BOUNCED};

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	for (size_t i = 0; i < sizeof(ladder) / sizeof(*ladder); i++)
		assert_int_equal(reach_of(*state, ladder, i + 1), ladder[i]);
	/* None of the others is something taken, nor all of them together. */
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++)
		assert_int_equal(reach_of(*state, other, i + 1), REACH_COUNT);
}

static void
the_moment_is_the_inbound_legs_or_else_that_of_the_onward_one(void **state)
{
	struct attempt *a;
	struct cases c;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	a = the_attempt(*state);
	a->count[REACH_SENT] = 1;
	a->first[REACH_SENT].ns = 5;
	a->last[REACH_SENT].ns = 6;
	c = gather(*state);
	assert_int_equal(c.taken.at[0].reach, REACH_SENT);
	assert_int_equal(c.taken.at[0].taken.ns, a->last[REACH_MESSAGE].ns);
	cases_free(&c);
	a->count[REACH_MESSAGE] = 0;
	a->count[REACH_RCPT] = 0;
	c = gather(*state);
	assert_int_equal(c.taken.at[0].taken_first.ns, 5);
	assert_int_equal(c.taken.at[0].taken.ns, 6);
	cases_free(&c);
}

static void
a_lookup_after_it_was_taken_is_a_way_out(void **state)
{
	struct identity *id;
	struct cases c;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	id = server_of(*state)->identities;
	id->mta = SMTP_MTA_POSTFIX;
	c = gather(*state);
	assert_false(c.taken.at[0].looked_up);
	assert_false(c.taken.at[0].stayed);
	cases_free(&c);
	scene_mx(*state, S, "victim.test", "mx1.victim.test", MX_V);
	c = gather(*state);
	assert_true(c.taken.at[0].looked_up);
	assert_true(c.taken.at[0].stayed);
	cases_free(&c);
	/* Sendmail looks domains up that it refuses, too; of the unknown one cannot say.
	 */
	id->mta = SMTP_MTA_SENDMAIL;
	c = gather(*state);
	assert_false(c.taken.at[0].looked_up);
	cases_free(&c);
	id->mta = SMTP_MTA_UNKNOWN;
	c = gather(*state);
	assert_false(c.taken.at[0].looked_up);
	cases_free(&c);
}

static void
a_lookup_before_it_was_taken_is_none(void **state)
{
	struct cases c;

	scene_mx(*state, S, "victim.test", "mx1.victim.test", MX_V);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	server_of(*state)->identities->mta = SMTP_MTA_POSTFIX;
	c = gather(*state);
	assert_int_equal(c.taken.count, 1);
	assert_false(c.taken.at[0].looked_up);
	cases_free(&c);
}

static void
a_connection_to_an_exchanger_of_the_domain_is_a_way_out(void **state)
{
	struct ip_addr mx = scene_addr(MX_V), other = scene_addr(MX_F);
	struct server *server;
	struct cases c;
	uint64_t since;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	server = server_of(*state);
	since = the_attempt(*state)->first[REACH_MESSAGE].ns;
	host_note_hop(server->host, &other, since + 1);
	host_note_hop(server->host, &mx, since - 1);
	c = gather(*state);
	assert_false(c.taken.at[0].next_hop);
	cases_free(&c);
	host_note_hop(server->host, &mx, since);
	c = gather(*state);
	assert_true(c.taken.at[0].next_hop);
	cases_free(&c);
}

static void
it_is_told_whether_the_client_was_seen_to_go_dark(void **state)
{
	struct cases c;

	foreign(*state);
	from(*state, OUT1, "<a@victim.test>", RECORD_AUTH_NONE);
	scene_encrypted(*state, OUT2, S, S_NAME);
	c = gather(*state);
	assert_false(c.taken.at[0].told_seen);
	cases_free(&c);
	scene_encrypted(*state, OUT1, S, S_NAME);
	c = gather(*state);
	assert_true(c.taken.at[0].told_seen);
	cases_free(&c);
}

/* --- lists ----------------------------------------------------------------------- */

#define MANY 40

struct made {
	struct attempt a[MANY];
	struct weighed w[MANY];
	struct case_list l;
};

/* One more attempt: with that client and that one of four domains. */
static void
add(struct made *m, const char *client, size_t domain)
{
	static struct word one, two, three, four;
	static struct word *const words[] = {&one, &two, &three, &four};
	size_t n = m->l.count++;

	m->a[n].key.client = scene_addr(client);
	m->a[n].key.domain = words[domain];
	m->w[n] = (struct weighed){.a = &m->a[n], .reach = (enum reach)n};
	m->l.at = m->w;
}

static void
an_empty_list_has_nobody(void **state)
{
	struct case_list l = {0};
	struct ip_addr a = scene_addr(OUT1);

	(void)state;
	assert_false(case_list_has_client(&l, &a));
	assert_int_equal(case_list_clients(&l), 0);
	assert_int_equal(case_list_domains(&l), 0);
}

static void
clients_and_domains_count_once_wherever_they_stand(void **state)
{
	static struct made m;
	struct ip_addr in = scene_addr(OUT3), out = scene_addr(OUT4);

	(void)state;
	memset(&m, 0, sizeof(m));
	add(&m, OUT1, 3);
	add(&m, "2001:db8::1", 1);
	add(&m, OUT1, 1);
	add(&m, OUT3, 3);
	add(&m, "2001:db8::1", 2);
	add(&m, OUT1, 3);
	assert_int_equal(case_list_clients(&m.l), 3);
	assert_int_equal(case_list_domains(&m.l), 3);
	assert_true(case_list_has_client(&m.l, &in));
	assert_false(case_list_has_client(&m.l, &out));
	/* Counting leaves the list as it was. */
	for (size_t i = 0; i < m.l.count; i++)
		assert_ptr_equal(m.l.at[i].a, &m.a[i]);
}

static bool
is_at_least(const struct weighed *w, const void *with)
{
	return w->reach >= *(const enum reach *)with && w->reach != REACH_MESSAGE;
}

static void
a_filter_keeps_the_order_of_those_that_stay(void **state)
{
	static struct made m;
	enum reach least = REACH_RCPT;

	(void)state;
	memset(&m, 0, sizeof(m));
	for (size_t i = 0; i < REACH_COUNT; i++)
		add(&m, OUT1, 0);
	case_list_filter(&m.l, is_at_least, &least);
	assert_int_equal(m.l.count, REACH_COUNT - REACH_RCPT - 1);
	assert_int_equal(m.l.at[0].reach, REACH_RCPT);
	assert_int_equal(m.l.at[1].reach, REACH_MESSAGE_REFUSED);
	assert_int_equal(m.l.at[2].reach, REACH_INNER_REFUSED);
	assert_int_equal(m.l.at[m.l.count - 1].reach, REACH_SENT);
	least = REACH_COUNT;
	case_list_filter(&m.l, is_at_least, &least);
	assert_int_equal(m.l.count, 0);
	case_list_filter(&m.l, is_at_least, &least);
	assert_int_equal(m.l.count, 0);
}

static void
a_list_grows_with_what_there_is(void **state)
{
	struct cases c;

	foreign(*state);
	for (int i = 1; i <= MANY; i++) {
		char client[32];

		snprintf(client, sizeof(client), "198.51.%d.66", i);
		from(*state, client, "<a@victim.test>", RECORD_AUTH_NONE);
	}
	c = gather(*state);
	assert_int_equal(c.taken.count, MANY);
	assert_int_equal(case_list_clients(&c.taken), MANY);
	assert_int_equal(case_list_domains(&c.taken), 1);
	cases_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCENE(whose_domain_it_is_decides_where_a_strangers_mail_belongs),
		SCENE(a_case_says_when_by_whom_and_how_far),
		SCENE(who_has_authenticated_is_no_case_and_who_may_have_is_only_counted),
		SCENE(clients_of_the_house_and_of_next_door_are_only_counted),
		SCENE(what_another_server_of_the_house_had_taken_is_not_this_ones_doing),
		SCENE(a_form_that_leads_nowhere_proves_no_relay),
		SCENE(a_denial_counts_for_strangers_without_authentication),
		SCENE(what_was_denied_once_and_taken_once_is_both),
		SCENE(an_unknown_recipient_is_a_denial_where_the_domain_is_foreign),
		SCENE(of_a_domain_nobody_knows_only_one_servers_text_is_a_denial),
		SCENE(the_furthest_stage_counts_that_the_server_went_of_its_own_will),
		SCENE(the_moment_is_the_inbound_legs_or_else_that_of_the_onward_one),
		SCENE(a_lookup_after_it_was_taken_is_a_way_out),
		SCENE(a_lookup_before_it_was_taken_is_none),
		SCENE(a_connection_to_an_exchanger_of_the_domain_is_a_way_out),
		SCENE(it_is_told_whether_the_client_was_seen_to_go_dark),
		cmocka_unit_test(an_empty_list_has_nobody),
		cmocka_unit_test(clients_and_domains_count_once_wherever_they_stand),
		cmocka_unit_test(a_filter_keeps_the_order_of_those_that_stay),
		SCENE(a_list_grows_with_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
