/* SPDX-License-Identifier: Apache-2.0 */
/* The envelopes are those of the testers' own sources and plugin texts. */
#include "finding_rig.h"

#include "sensor/infer/finding_tester.h"

static void
parse(struct scene *s, struct record_txn *t, struct record_rcpt *r, const char *from,
	const char *to)
{
	*t = (struct record_txn){0};
	*r = (struct record_rcpt){0};
	arena_reset(&s->arena);
	scene_path(s, &t->mail, "FROM", from);
	scene_path(s, &r->path, "TO", to);
}

/* smtp-open-relay.nse, its table of tests, in its order. */
#define I "[203.0.113.11]"
#define D "nmap.scanme.org"
static const struct {
	const char *from, *to;
	bool routable;
} sixteen[] = {
	{"<>", "<relaytest@" D ">", true},
	{"<antispam@" D ">", "<relaytest@" D ">", true},
	{"<antispam@" NAME ">", "<relaytest@" D ">", true},
	{"<antispam@" I ">", "<relaytest@" D ">", true},
	{"<antispam@" I ">", "<relaytest%" D "@" I ">", true},
	{"<antispam@" I ">", "<relaytest%" D "@" NAME ">", true},
	{"<antispam@" I ">", "<\"relaytest@" D "\">", false},
	{"<antispam@" I ">", "<\"relaytest%" D "\">", false},
	{"<antispam@" I ">", "<relaytest@" D "@" I ">", true},
	{"<antispam@" I ">", "<\"relaytest@" D "\"@" I ">", true},
	{"<antispam@" I ">", "<relaytest@" D "@" NAME ">", true},
	{"<antispam@" I ">", "<@" I ":relaytest@" D ">", true},
	{"<antispam@" I ">", "<@" NAME ":relaytest@" D ">", true},
	{"<antispam@" I ">", "<" D "!relaytest>", false},
	{"<antispam@" I ">", "<" D "!relaytest@" I ">", true},
	{"<antispam@" I ">", "<" D "!relaytest@" NAME ">", true},
};

static void
each_of_nmaps_sixteen_tests_is_told_by_its_form(void **state)
{
	struct record_conn c = {
		.helo = SPAN_LITERAL(D), .server_name = SPAN_LITERAL(NAME)};
	struct record_txn t;
	struct record_rcpt r;

	for (unsigned i = 0; i < 16; i++) {
		parse(*state, &t, &r, sixteen[i].from, sixteen[i].to);
		assert_int_equal(tester_test_number(&c, &t, &r, 0), i + 1);
		assert_int_equal(tester_of(&c, &t, &r), TESTER_NMAP);
		assert_int_equal(tester_is_routable(&r.path), sixteen[i].routable);
		/* The first four are written like anybody's mail. */
		assert_int_equal(tester_is_trick(&r.path), i >= 4);
		assert_true(strlen(tester_test_name(i + 1)) > 0);
	}
}

static void
where_mail_is_refused_the_tests_are_told_by_their_order(void **state)
{
	struct record_conn c = {
		.helo = SPAN_LITERAL(D), .server_name = SPAN_LITERAL(NAME)};
	struct record_txn t;
	struct record_rcpt r;

	parse(*state, &t, &r, "<antispam@" D ">", "<x@y.test>");
	assert_int_equal(tester_test_number(&c, &t, NULL, 1), 2);
	parse(*state, &t, &r, "<antispam@" NAME ">", "<x@y.test>");
	assert_int_equal(tester_test_number(&c, &t, NULL, 2), 3);
	parse(*state, &t, &r, "<antispam@" I ">", "<x@y.test>");
	assert_int_equal(tester_of(&c, &t, NULL), TESTER_NMAP);
	assert_int_equal(tester_test_number(&c, &t, NULL, 3), 4);
	assert_int_equal(tester_test_number(&c, &t, NULL, 4), 5);
	assert_int_equal(tester_test_number(&c, &t, NULL, 15), 16);
	assert_int_equal(tester_test_number(&c, &t, NULL, 16), 0);
}

static void
other_testers_are_known_by_their_addresses(void **state)
{
	static const struct {
		const char *helo, *from, *to;
		unsigned tester;
	} cases[] = {
		/* smtp-open-relay.domain given: EHLO and recipient agree */
		{"audit.test", "<antispam@audit.test>", "<relaytest@audit.test>",
			TESTER_NMAP},
		{"audit.test", "<>", "<relaytest@audit.test>", TESTER_NMAP},
		{"X", "<sender@example.com>", "<target@example.com>", TESTER_METASPLOIT},
		{"X", "<me@" I ">", "<you%victim.test@" I ">", TESTER_METASPLOIT},
		{"example.com", "<test_1@example.com>", "<test_2@example.com>",
			TESTER_NESSUS},
		{"h.test", "<nobody@example.org>", "<nobody%example.org@" NAME ">",
			TESTER_MAPS},
		{"h.test", "<spamtest@abuse.net>", "<abuse.net!relaytest@" NAME ">",
			TESTER_ABUSE_NET},
		{"keeper-us-east-1.mxtoolbox.com", "<supertool@mxtoolbox.com>",
			"<test@example.com>", TESTER_MXTOOLBOX},
		{"h.test", "<x@shop.test>", "<r@orvedb.aupads.org>", TESTER_ORVEDB},
		{"h.test", "<x@shop.test>", "<rlytest@rbl.jp>", TESTER_RBL_JP},
		/* And these are not. */
		{"nmap.scanme.org", "<usertest@nmap.scanme.org>", "<root@corp.test>", 0},
		{"h.test", "<nobody@a.test>", "<nobody@b.test>", 0},
		{"h.test", "<>", "<nobody@example.org>", 0},
		{"h.test", "<test_1@a.test>", "<bob@corp.test>", 0},
		{"h.test", "<x@shop.test>", "<r@turbl.jp>", 0},
		{"mxtoolbox.com.evil.test", "<x@shop.test>", "<test@corp.test>", 0},
		{"h.test", "<x@shop.test>", "<victim@victim.test>", 0},
	};
	struct record_txn t;
	struct record_rcpt r;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct record_conn c = {.helo = span_of_text(cases[i].helo),
			.server_name = SPAN_LITERAL(NAME)};

		parse(*state, &t, &r, cases[i].from, cases[i].to);
		assert_int_equal(tester_of(&c, &t, &r), cases[i].tester);
	}
}

static void
mail_for_a_testers_own_domain_at_its_own_server_is_no_test(void **state)
{
	struct record_conn c = {.helo = SPAN_LITERAL("out.shop.test"),
		.server_name = SPAN_LITERAL("mx.rbl.jp")};
	struct record_txn t;
	struct record_rcpt r;

	parse(*state, &t, &r, "<x@shop.test>", "<info@rbl.jp>");
	assert_int_equal(tester_of(&c, &t, &r), 0);
	c.server_name = SPAN_LITERAL("mx.turbl.jp");
	assert_int_equal(tester_of(&c, &t, &r), TESTER_RBL_JP);
}

static void
swaks_is_known_by_its_subject_and_message_id_together(void **state)
{
	struct record_message m = {
		.subject = SPAN_LITERAL("test Tue, 24 Nov 2026 00:03:18 +0000"),
		.message_id = SPAN_LITERAL("<20261124000318.012345@client.test>")};

	(void)state;
	assert_true(tester_is_swaks(&m));
	m.message_id = SPAN_LITERAL("<abc@client.test>");
	assert_false(tester_is_swaks(&m));
	m.message_id = SPAN_LITERAL("<20261124000318.x12345@client.test>");
	assert_false(tester_is_swaks(&m));
	m.message_id = SPAN_LITERAL("<20261124000318.012345@client.test>");
	m.subject = SPAN_LITERAL("test results, see below");
	assert_false(tester_is_swaks(&m));
	m.subject = SPAN_NONE;
	assert_false(tester_is_swaks(&m));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(each_of_nmaps_sixteen_tests_is_told_by_its_form),
		ODD(where_mail_is_refused_the_tests_are_told_by_their_order),
		ODD(other_testers_are_known_by_their_addresses),
		ODD(mail_for_a_testers_own_domain_at_its_own_server_is_no_test),
		ODD(swaks_is_known_by_its_subject_and_message_id_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
