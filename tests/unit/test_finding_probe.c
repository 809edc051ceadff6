/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#include "sensor/infer/finding_tester.h"

#define I "[" S "]"
#define D "nmap.scanme.org"

static const char *const froms[] = {
	"<>", "<antispam@" D ">", "<antispam@" NAME ">", "<antispam@" I ">"};
static const char *const tos[] = {"<relaytest@" D ">", "<relaytest@" D ">",
	"<relaytest@" D ">", "<relaytest@" D ">", "<relaytest%" D "@" I ">",
	"<relaytest%" D "@" NAME ">", "<\"relaytest@" D "\">", "<\"relaytest%" D "\">",
	"<relaytest@" D "@" I ">", "<\"relaytest@" D "\"@" I ">",
	"<relaytest@" D "@" NAME ">", "<@" I ":relaytest@" D ">",
	"<@" NAME ":relaytest@" D ">", "<" D "!relaytest>", "<" D "!relaytest@" I ">",
	"<" D "!relaytest@" NAME ">"};

static void
nmap_run(struct scene *s, unsigned code)
{
	for (unsigned i = 0; i < 16; i++)
		odd_feed(s, (struct odd_txn){.helo = D,
				    .from = froms[i < 3 ? i : 3],
				    .to = tos[i],
				    .code = code});
}

static void
nmap_against_a_closed_server_is_a_probe_that_got_nothing(void **state)
{
	const struct finding *f;

	nmap_run(*state, 554);
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_int_equal(f->count, 16);
	assert_int_equal(f->of.probe.testers, TESTER_NMAP);
	assert_int_equal(f->of.probe.answers[ANSWER_REFUSED], 16);
	assert_non_null(f->of.probe.tests);
	for (unsigned i = 0; i < 16; i++) {
		assert_int_equal(f->of.probe.tests[i].answer, ANSWER_REFUSED);
		assert_int_equal(f->of.probe.tests[i].code, 554);
		assert_string_equal(f->of.probe.tests[i].to, tos[i]);
	}
}

static void
forms_without_a_place_to_go_prove_nothing_when_taken(void **state)
{
	const struct finding *f;

	nmap_run(*state, 0);
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_int_equal(f->of.probe.answers[ANSWER_RCPT], 13);
	assert_int_equal(f->of.probe.answers[ANSWER_UNROUTABLE], 3);
	assert_int_equal(f->of.probe.tests[6].answer, ANSWER_UNROUTABLE);
	assert_int_equal(f->of.probe.tests[7].answer, ANSWER_UNROUTABLE);
	assert_int_equal(f->of.probe.tests[13].answer, ANSWER_UNROUTABLE);
	assert_int_equal(f->of.probe.tests[14].answer, ANSWER_RCPT);
}

static void
tests_whose_sender_is_refused_are_counted_in_their_order(void **state)
{
	const struct finding *f;

	for (unsigned i = 0; i < 16; i++)
		odd_feed(*state, (struct odd_txn){.helo = D,
					 .from = froms[i < 3 ? i : 3],
					 .to = i < 3 ? tos[i] : NULL,
					 .code = 550,
					 .mail_code = i < 3 ? 0 : 501,
					 .text = "5.5.2 syntax"});
	f = odd_only(*state, FINDING_RELAY_PROBE);
	for (unsigned i = 0; i < 16; i++)
		assert_int_equal(f->of.probe.tests[i].code, i < 3 ? 550 : 501);
}

static void
a_message_of_a_test_that_is_taken_is_severe(void **state)
{
	const struct finding *f;

	odd_feed(*state, (struct odd_txn){.helo = "X",
				 .from = "<sender@example.com>",
				 .to = "<target@example.com>",
				 .data = 250});
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_int_equal(f->of.probe.testers, TESTER_METASPLOIT);
	assert_int_equal(f->of.probe.answers[ANSWER_MESSAGE], 1);
}

static void
trick(struct scene *s, const char *to)
{
	odd_feed(s, (struct odd_txn){.to = to, .code = 550});
}

static void
three_tricks_in_an_hour_are_a_probe_of_nobodys_pattern(void **state)
{
	const struct finding *f;

	trick(*state, "<v%victim.test@" NAME ">");
	trick(*state, "<v%victim.test@" NAME ">");
	trick(*state, "<victim.test!v@" NAME ">");
	assert_int_equal(odd_count(*state), 0);
	trick(*state, "<@" NAME ":v@victim.test>");
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->of.probe.testers, TESTER_FORMS);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_int_equal(f->count, 4);
}

static void
three_tricks_in_a_day_are_not(void **state)
{
	trick(*state, "<v%victim.test@" NAME ">");
	scene_wait(*state, 3000);
	trick(*state, "<victim.test!v@" NAME ">");
	scene_wait(*state, 3000);
	trick(*state, "<@" NAME ":v@victim.test>");
	scene_wait(*state, 3000);
	assert_int_equal(odd_count(*state), 0);
}

static void
one_client_each_for_three_tricks_is_no_probe(void **state)
{
	odd_feed(*state,
		(struct odd_txn){
			.client = OUT1, .to = "<a%b.test@" NAME ">", .code = 550});
	odd_feed(*state,
		(struct odd_txn){
			.client = OUT2, .to = "<b.test!a@" NAME ">", .code = 550});
	odd_feed(*state, (struct odd_txn){.client = "198.51.100.68",
				 .to = "<a@b.test@" NAME ">",
				 .code = 550});
	assert_int_equal(odd_count(*state), 0);
}

static void
refused(struct scene *s, const char *client, const char *to)
{
	odd_feed(s, (struct odd_txn){.client = client, .to = to, .code = 554});
}

static void
relaying_refused_for_three_domains_is_a_probe(void **state)
{
	const struct finding *f;

	refused(*state, OUT1, "<a@one.test>");
	refused(*state, OUT1, "<a@two.test>");
	assert_int_equal(odd_count(*state), 0);
	refused(*state, OUT1, "<a@three.test>");
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->of.probe.testers, TESTER_DOMAINS);
	assert_null(f->of.probe.tests);
}

static void
a_mail_program_that_retries_is_no_probe(void **state)
{
	for (int i = 0; i < 10; i++)
		refused(*state, OUT1, "<a@one.test>");
	refused(*state, OUT1, "<b@ONE.test>");
	assert_int_equal(odd_count(*state), 0);
}

static void
an_inside_client_refused_for_three_domains_is_only_misconfigured(void **state)
{
	refused(*state, "10.0.0.5", "<a@one.test>");
	refused(*state, "10.0.0.5", "<a@two.test>");
	refused(*state, "10.0.0.5", "<a@three.test>");
	assert_int_equal(odd_count(*state), 0);
}

static void
greylisting_and_unknown_mailboxes_are_no_probe(void **state)
{
	static const char *const to[] = {
		"<a@one.test>", "<a@two.test>", "<a@three.test>"};

	for (int i = 0; i < 3; i++) {
		odd_feed(*state, (struct odd_txn){.to = to[i],
					 .code = 450,
					 .text = "4.2.0 Greylisted, try again later"});
		odd_feed(*state,
			(struct odd_txn){
				.to = to[i], .code = 550, .text = "5.1.1 User unknown"});
	}
	assert_int_equal(odd_count(*state), 0);
}

static void
a_user_who_logged_in_may_write_as_he_likes(void **state)
{
	static const char *const to[] = {
		"<v%a.test@" NAME ">", "<a.test!v@" NAME ">", "<@" NAME ":v@a.test>"};

	for (int i = 0; i < 3; i++)
		odd_feed(*state,
			(struct odd_txn){
				.to = to[i], .data = 250, .auth = RECORD_AUTH_OK});
	assert_int_equal(odd_count(*state), 0);
}

static void
a_spammers_probe_carries_the_servers_address_to_a_foreign_domain(void **state)
{
	const struct finding *f;

	scene_mx(*state, S, "victim.test", "mx1.victim.test", MX_V);
	odd_feed(*state, (struct odd_txn){.to = "<drop@victim.test>",
				 .data = 250,
				 .subject = "hello",
				 .names_server = true});
	f = odd_only(*state, FINDING_RELAY_PROBE);
	assert_int_equal(f->of.probe.testers, TESTER_SPAMMER);
	assert_int_equal(f->severity, SEVERITY_HIGH);
}

static void
a_body_that_names_the_server_needs_a_domain_known_to_be_foreign(void **state)
{
	odd_feed(*state, (struct odd_txn){.to = "<drop@unheard.test>",
				 .data = 250,
				 .subject = "hello",
				 .names_server = true});
	assert_int_equal(odd_count(*state), 0);
	odd_feed(*state, (struct odd_txn){.to = "<drop@unheard.test>",
				 .data = 250,
				 .subject = "BC_" S,
				 .names_server = true});
	assert_int_equal(odd_count(*state), 1);
}

static void
mail_about_the_server_to_its_own_users_and_bounces_are_no_probe(void **state)
{
	odd_feed(*state, (struct odd_txn){.to = "<postmaster@corp.test>",
				 .data = 250,
				 .subject = "your server " S " is slow",
				 .names_server = true});
	scene_mx(*state, S, "victim.test", "mx1.victim.test", MX_V);
	odd_feed(*state, (struct odd_txn){.from = "<>",
				 .to = "<bob@victim.test>",
				 .data = 250,
				 .subject = "returned: " S,
				 .names_server = true,
				 .dsn = true});
	odd_feed(*state, (struct odd_txn){.client = "10.0.0.5",
				 .to = "<bob@victim.test>",
				 .data = 250,
				 .subject = "backup of " S,
				 .names_server = true});
	assert_int_equal(odd_count(*state), 0);
}

static void
ordinary_mail_between_strangers_is_no_probe(void **state)
{
	for (int i = 0; i < 50; i++)
		odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>", .data = 250});
	refused(*state, OUT1, "<a@one.test>");
	assert_int_equal(odd_count(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(nmap_against_a_closed_server_is_a_probe_that_got_nothing),
		ODD(forms_without_a_place_to_go_prove_nothing_when_taken),
		ODD(tests_whose_sender_is_refused_are_counted_in_their_order),
		ODD(a_message_of_a_test_that_is_taken_is_severe),
		ODD(three_tricks_in_an_hour_are_a_probe_of_nobodys_pattern),
		ODD(three_tricks_in_a_day_are_not),
		ODD(one_client_each_for_three_tricks_is_no_probe),
		ODD(relaying_refused_for_three_domains_is_a_probe),
		ODD(a_mail_program_that_retries_is_no_probe),
		ODD(an_inside_client_refused_for_three_domains_is_only_misconfigured),
		ODD(greylisting_and_unknown_mailboxes_are_no_probe),
		ODD(a_user_who_logged_in_may_write_as_he_likes),
		ODD(a_spammers_probe_carries_the_servers_address_to_a_foreign_domain),
		ODD(a_body_that_names_the_server_needs_a_domain_known_to_be_foreign),
		ODD(mail_about_the_server_to_its_own_users_and_bounces_are_no_probe),
		ODD(ordinary_mail_between_strangers_is_no_probe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
