/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "dissect/mail_dsn.h"

#define REPORT "multipart/report; report-type=delivery-status;\tboundary=\"=_b/1\""

struct text {
	char at[4096];
	size_t len;
};

static void
add(struct text *t, const struct mail_dsn_fact *f)
{
	int n = snprintf(t->at + t->len, sizeof(t->at) - t->len, "%u:%s=%.*s%s%.*s%s|",
		f->group, mail_dsn_what_name(f->what), (int)f->type.len,
		(const char *)f->type.at, f->type.len ? ";" : "", (int)f->value.len,
		(const char *)f->value.at, f->cut ? "+cut" : "");

	assert_true(n >= 0 && (size_t)n < sizeof(t->at) - t->len);
	t->len += (size_t)n;
}

static void
feed(struct mail_dsn *d, struct span s, struct text *t)
{
	struct mail_dsn_fact fact;

	while (mail_dsn_next(d, &s, &fact) == DIS_OK)
		add(t, &fact);
	assert_int_equal(s.len, 0);
}

static void
flush(struct mail_dsn *d, struct text *t)
{
	struct mail_dsn_fact fact;

	while (mail_dsn_flush(d, &fact) == DIS_OK)
		add(t, &fact);
}

static const struct {
	const char *type, *body, *want;
	enum mail_dsn_kind kind;
} cases[] = {
	/* Postfix */
	{REPORT,
		"This is a MIME-encapsulated message.\r\n\r\n--=_b/1\r\n"
		"Content-Description: Notification\r\nContent-Type: text/plain\r\n\r\n"
		"Final-Recipient: not; here@example.org\r\n\r\n--=_b/1\r\n"
		"Content-Description: Delivery report\r\n"
		"Content-Type:\r\n message/delivery-status\r\n\r\n"
		"Reporting-MTA: dns; mail.example.net\r\nX-Postfix-Queue-ID: 5B084AF\r\n"
		"Arrival-Date: Mon, 23 Nov 2026 19:45:28 +0000 (UTC)\r\n\r\n"
		"Final-Recipient: rfc822; a@example.com\r\n"
		"Original-Recipient: rfc822;a@example.com\r\n"
		"Action: failed\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.example.com\r\n"
		"Diagnostic-Code: smtp; 550 5.1.1 <a@example.com>: no\r\n    such "
		"user\r\n\r\n"
		"Final-Recipient: rfc822; b@example.com\r\nAction: "
		"delayed\r\n\r\n--=_b/1\r\n"
		"Content-Type: message/rfc822\r\n\r\nReturn-Path: <s@example.org>\r\n"
		"Message-ID:\r\n <1@example.org>\r\nSubject: x\r\n\r\n"
		"Message-ID: <body@example.org>\r\n\r\n--=_b/1--\r\nMessage-ID: <no>\r\n",
		"0:reporting-mta=dns;mail.example.net|"
		"0:arrival-date=Mon, 23 Nov 2026 19:45:28 +0000 (UTC)|"
		"1:final-recipient=rfc822;a@example.com|1:original-recipient=rfc822;a@"
		"example.com|"
		"1:action=failed|1:status=5.1.1|1:remote-mta=dns;mx.example.com|"
		"1:diagnostic-code=smtp;550 5.1.1 <a@example.com>: no    such user|"
		"2:final-recipient=rfc822;b@example.com|2:action=delayed|"
		"0:message-id=<1@example.org>|",
		MAIL_DSN_REPORT},
	/* bare LF, two empty lines, the end inside a field */
	{REPORT,
		"--=_b/1\nContent-Type: message/delivery-status\n\nReporting-MTA: "
		"dns;x\n\n\n"
		"Final-Recipient: rfc822;a@b\nStatus: 5.0.0",
		"0:reporting-mta=dns;x|1:final-recipient=rfc822;a@b|1:status=5.0.0|",
		MAIL_DSN_REPORT},
	/* a boundary in the middle of the fields */
	{REPORT,
		"--=_b/1\nContent-Type: message/delivery-status\n\nStatus: "
		"5.0.0\n--=_b/1--\n"
		"Status: 4.0.0\n",
		"0:status=5.0.0|", MAIL_DSN_REPORT},
	/* other reports, and no boundary */
	{"multipart/report; report-type=disposition-notification; boundary=b",
		"--b\nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n", "",
		MAIL_DSN_NONE},
	{"multipart/report; report-type=delivery-status",
		"--\nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n", "",
		MAIL_DSN_NONE},
	{"multipart/mixed; boundary=b",
		"--b\nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n", "",
		MAIL_DSN_NONE},
	/* qmail */
	{"",
		"Hi. This is the qmail-send program at mail.example.net.\n"
		"I'm afraid I wasn't able to deliver your message to the following "
		"addresses.\n\n"
		"<a@example.com>:\n192.0.2.1 does not like "
		"recipient.\n\n<b@example.com>:\nno.\n\n"
		"--- Below this line is a copy of the message.\n\nReturn-Path: "
		"<s@example.org>\n"
		"Message-Id: <1@example.org>\n\nMessage-ID: "
		"<2@example.org>\n<c@example.com>:\n",
		"1:text-recipient=a@example.com|2:text-recipient=b@example.com|"
		"0:message-id=<1@example.org>|",
		MAIL_DSN_QMAIL},
	/* Exim before 4.8x */
	{"text/plain; charset=us-ascii",
		"\r\nThis message was created automatically by mail delivery "
		"software.\r\n\r\n"
		"A message that you sent could not be delivered to one or more of its\r\n"
		"recipients. The following address(es) failed:\r\n\r\n  a@example.com\r\n"
		"    SMTP error from remote mail server after RCPT "
		"TO:<a@example.com>:\r\n"
		"    550 x@y\r\n\r\n"
		"------ This is a copy of the message, including all the headers. "
		"------\r\n\r\n"
		"Message-ID: <1@example.org>\r\n\r\nbody\r\n",
		"1:text-recipient=a@example.com|0:message-id=<1@example.org>|",
		MAIL_DSN_EXIM},
	{"", "a\nb\nc\nd\ne\nf\ng\nh\nHi. This is the qmail-send program at x.\n<a@b>:\n",
		"", MAIL_DSN_NONE},
	{"text/html", "Hi. This is the qmail-send program at x.\n<a@b>:\n", "",
		MAIL_DSN_NONE},
	{"", "", "", MAIL_DSN_NONE},
};

static void
a_bounce_tells_its_recipients_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].body);

		print_message("case %zu\n", i);
		for (size_t cut = 0; cut <= len; cut++) {
			struct guarded a = guarded_new(cases[i].body, cut);
			struct guarded b = guarded_new(cases[i].body + cut, len - cut);
			struct mail_dsn d;
			struct text t = {.len = 0};

			mail_dsn_reset(&d);
			mail_dsn_begin(&d, span_of_text(cases[i].type));
			feed(&d, guarded_span(&a), &t);
			feed(&d, guarded_span(&b), &t);
			flush(&d, &t);
			assert_string_equal(t.at, cases[i].want);
			assert_int_equal(d.kind, cases[i].kind);
			guarded_free(&a);
			guarded_free(&b);
		}
	}
}

/* A truncated bounce tells a head of what the whole one tells, its last value cut. */
static void
a_truncated_bounce_tells_a_part(void **state)
{
	(void)state;
	for (size_t n = 0; n < strlen(cases[0].body); n++) {
		struct mail_dsn d;
		struct text t = {.len = 0};

		mail_dsn_reset(&d);
		mail_dsn_begin(&d, span_of_text(REPORT));
		feed(&d, span_of(cases[0].body, n), &t);
		assert_memory_equal(t.at, cases[0].want, t.len);
		flush(&d, &t);
		assert_true(t.len <= strlen(cases[0].want));
	}
}

static void
a_hole_is_left_at_the_next_part(void **state)
{
	struct mail_dsn d;
	struct text t = {.len = 0};

	(void)state;
	mail_dsn_reset(&d);
	mail_dsn_begin(&d, SPAN_LITERAL(REPORT));
	feed(&d,
		SPAN_LITERAL(
			"--=_b/1\nContent-Type: message/delivery-status\n\nStatus: 5"),
		&t);
	mail_dsn_gap(&d);
	feed(&d, SPAN_LITERAL(".1\nAction: failed\n\n--=_b/1\nContent-Type: text/"), &t);
	feed(&d, SPAN_LITERAL("rfc822-headers\n\nMessage-ID: <1@example.org>\n\n"), &t);
	flush(&d, &t);
	assert_string_equal(t.at, "0:message-id=<1@example.org>|");
}

static void
nothing_behind_the_bound_is_read(void **state)
{
	static char line[1024];
	struct mail_dsn d;
	struct text t = {.len = 0};

	(void)state;
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\n';
	mail_dsn_reset(&d);
	mail_dsn_begin(&d, SPAN_LITERAL(REPORT));
	for (size_t n = 0; n < MAIL_DSN_BODY_MAX / sizeof(line); n++) {
		assert_false(mail_dsn_is_off(&d));
		feed(&d, span_of(line, sizeof(line)), &t);
	}
	assert_true(mail_dsn_is_off(&d));
	feed(&d,
		SPAN_LITERAL("--=_b/1\nContent-Type: message/delivery-status\n\nStatus: "
			     "5\n\n"),
		&t);
	assert_int_equal(t.len, 0);
}

static void
a_long_field_is_cut_and_told(void **state)
{
	static char line[MAIL_LINE_MAX];
	struct mail_dsn d;
	struct mail_dsn_fact fact;
	struct text t = {.len = 0};
	struct span in = SPAN_LITERAL("\n");

	(void)state;
	memset(line, ' ', sizeof(line));
	line[sizeof(line) - 2] = 'x';
	line[sizeof(line) - 1] = '\n';
	mail_dsn_reset(&d);
	mail_dsn_begin(&d, SPAN_LITERAL(REPORT));
	feed(&d,
		SPAN_LITERAL(
			"--=_b/1\nContent-Type: message/delivery-status\n\nStatus: 5\n"),
		&t);
	feed(&d, span_of(line, sizeof(line)), &t);
	feed(&d, span_of(line, sizeof(line)), &t);
	assert_int_equal(mail_dsn_next(&d, &in, &fact), DIS_OK);
	assert_true(fact.cut);
	assert_int_equal(fact.what, MAIL_DSN_STATUS);
	assert_true(fact.value.len < MAIL_DSN_FIELD_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bounce_tells_its_recipients_wherever_it_is_cut),
		cmocka_unit_test(a_truncated_bounce_tells_a_part),
		cmocka_unit_test(a_hole_is_left_at_the_next_part),
		cmocka_unit_test(nothing_behind_the_bound_is_read),
		cmocka_unit_test(a_long_field_is_cut_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
