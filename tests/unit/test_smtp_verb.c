/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_verb.h"

static const struct {
	const char *line;
	enum smtp_verb verb;
	const char *word, *args;
} cases[] = {
	{"HELO client66.attacker.test", SMTP_VERB_HELO, "HELO", "client66.attacker.test"},
	{"ehlo x", SMTP_VERB_EHLO, "ehlo", "x"},
	{"LhLo [192.0.2.1]", SMTP_VERB_LHLO, "LhLo", "[192.0.2.1]"},
	{"MAIL FROM:<a@b> SIZE=1", SMTP_VERB_MAIL, "MAIL", "FROM:<a@b> SIZE=1"},
	{"RCPT\tTO:<a@b>", SMTP_VERB_RCPT, "RCPT", "TO:<a@b>"},
	{"  rcpt   to: a@b \t", SMTP_VERB_RCPT, "rcpt", "to: a@b"},
	{"DATA", SMTP_VERB_DATA, "DATA", ""},
	{"DATA ", SMTP_VERB_DATA, "DATA", ""},
	{"DATABASE", SMTP_VERB_OTHER, "DATABASE", ""},
	{"DAT", SMTP_VERB_OTHER, "DAT", ""},
	{"BDAT 100 LAST", SMTP_VERB_BDAT, "BDAT", "100 LAST"},
	{"RSET", SMTP_VERB_RSET, "RSET", ""},
	{"VRFY root", SMTP_VERB_VRFY, "VRFY", "root"},
	{"EXPN staff", SMTP_VERB_EXPN, "EXPN", "staff"},
	{"HELP", SMTP_VERB_HELP, "HELP", ""},
	{"NOOP", SMTP_VERB_NOOP, "NOOP", ""},
	{"quit", SMTP_VERB_QUIT, "quit", ""},
	{"AUTH PLAIN AGEAYg==", SMTP_VERB_AUTH, "AUTH", "PLAIN AGEAYg=="},
	{"STARTTLS", SMTP_VERB_STARTTLS, "STARTTLS", ""},
	{"X-ANONYMOUSTLS", SMTP_VERB_ANONTLS, "X-ANONYMOUSTLS", ""},
	{"ETRN shop.test", SMTP_VERB_ETRN, "ETRN", "shop.test"},
	{"TURN", SMTP_VERB_TURN, "TURN", ""},
	{"ATRN a.test,b.test", SMTP_VERB_ATRN, "ATRN", "a.test,b.test"},
	{"SEND FROM:<a@b>", SMTP_VERB_SEND, "SEND", "FROM:<a@b>"},
	{"SOML FROM:<a@b>", SMTP_VERB_SOML, "SOML", "FROM:<a@b>"},
	{"SAML FROM:<a@b>", SMTP_VERB_SAML, "SAML", "FROM:<a@b>"},
	{"BURL imap://x LAST", SMTP_VERB_BURL, "BURL", "imap://x LAST"},
	{"XCLIENT ADDR=192.0.2.1", SMTP_VERB_XCLIENT, "XCLIENT", "ADDR=192.0.2.1"},
	{"XFORWARD NAME=x", SMTP_VERB_XFORWARD, "XFORWARD", "NAME=x"},
	{"XEXCH50 2048 2", SMTP_VERB_XEXCH50, "XEXCH50", "2048 2"},
	{"X-EXPS GSSAPI", SMTP_VERB_XEXPS, "X-EXPS", "GSSAPI"},
	/* "OTHER" is a name of ours and no verb of anybody's. */
	{"OTHER x", SMTP_VERB_OTHER, "OTHER", "x"},
	{"MAILFROM:<a@b>", SMTP_VERB_OTHER, "MAILFROM:<a@b>", ""},
	{"GET / HTTP/1.1", SMTP_VERB_OTHER, "GET", "/ HTTP/1.1"},
	{"", SMTP_VERB_OTHER, "", ""},
	{" \t ", SMTP_VERB_OTHER, "", ""},
	{"\xff\xfe", SMTP_VERB_OTHER, "\xff\xfe", ""},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
words_are_compared_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct guarded g = guarded_new(cases[i].line, strlen(cases[i].line));
		struct smtp_command c;

		smtp_command_parse(guarded_span(&g), &c);
		assert_int_equal(c.verb, cases[i].verb);
		assert_true(span_equal(c.word, span_of_text(cases[i].word)));
		assert_true(span_equal(c.args, span_of_text(cases[i].args)));
		guarded_free(&g);
	}
}

static void
a_truncated_line_stays_inside_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		for (size_t n = 0; n < strlen(cases[i].line); n++) {
			struct guarded g = guarded_new(cases[i].line, n);
			struct smtp_command c;

			smtp_command_parse(guarded_span(&g), &c);
			assert_true(c.word.len + c.args.len <= n);
			guarded_free(&g);
		}
	}
}

static void
every_verb_reads_back_from_its_name(void **state)
{
	struct smtp_command c;

	(void)state;
	for (int v = SMTP_VERB_OTHER; v < SMTP_VERB_COUNT; v++) {
		smtp_command_parse(span_of_text(smtp_verb_name((enum smtp_verb)v)), &c);
		assert_int_equal(c.verb, v);
	}
	assert_string_equal(smtp_verb_name(SMTP_VERB_COUNT), "OTHER");
	assert_string_equal(smtp_verb_name(SMTP_VERB_ANONTLS), "X-ANONYMOUSTLS");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_compared_whole),
		cmocka_unit_test(a_truncated_line_stays_inside_itself),
		cmocka_unit_test(every_verb_reads_back_from_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
