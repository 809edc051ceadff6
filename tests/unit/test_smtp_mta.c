/* SPDX-License-Identifier: Apache-2.0 */
#include "reply_of.h"

#include "dissect/smtp_meaning.h"

static const struct {
	const char *text;
	enum smtp_mta mta;
	const char *host;
} banners[] = {
	{"mail.corp.test ESMTP Postfix (Debian/GNU)", SMTP_MTA_POSTFIX, "mail.corp.test"},
	{"mail.corp.test ESMTP Exim 4.96 Mon, 23 Nov 2026 19:26:17 +0000", SMTP_MTA_EXIM,
		"mail.corp.test"},
	{"mail.corp.test ESMTP Sendmail 8.17.1.9/8.17.1.9; Mon, 23 Nov 2026 19:26:22 GMT",
		SMTP_MTA_SENDMAIL, "mail.corp.test"},
	{"mail.corp.test ESMTP OpenSMTPD", SMTP_MTA_OPENSMTPD, "mail.corp.test"},
	{"ex.corp.test Microsoft ESMTP MAIL Service ready at Mon, 23 Nov 2026",
		SMTP_MTA_EXCHANGE, "ex.corp.test"},
	{"EX01 Microsoft ESMTP MAIL Service ready", SMTP_MTA_EXCHANGE, "EX01"},
	{"mail.corp.test ESMTP qmail", SMTP_MTA_QMAIL, "mail.corp.test"},
	{"mail.corp.test ESMTP Haraka/2.8.28 ready", SMTP_MTA_HARAKA, "mail.corp.test"},
	{"mail.corp.test Stalwart ESMTP at your service", SMTP_MTA_STALWART,
		"mail.corp.test"},
	{"mail.corp.test ESMTP MDaemon 21.0.2; Mon", SMTP_MTA_MDAEMON, "mail.corp.test"},
	{"mail.corp.test ESMTP Service (Lotus Domino Release 8.5) ready", SMTP_MTA_LOTUS,
		"mail.corp.test"},
	{"mx.google.com ESMTP abc123si1wrb.12 - gsmtp", SMTP_MTA_GMAIL, "mx.google.com"},
	{"mail.corp.test hMailServer ESMTP", SMTP_MTA_HMAIL, "mail.corp.test"},
	{"mail.corp.test ESMTP Courier ready", SMTP_MTA_COURIER, "mail.corp.test"},
	{"mail.corp.test ESMTP", SMTP_MTA_UNKNOWN, "mail.corp.test"},
	/* A name of the host says nothing of the program. */
	{"postfix.corp.test ESMTP Exim 4.96", SMTP_MTA_EXIM, "postfix.corp.test"},
	{"sendmail.corp.test ESMTP", SMTP_MTA_UNKNOWN, "sendmail.corp.test"},
	{"[192.0.2.1] ESMTP Postfix", SMTP_MTA_POSTFIX, "[192.0.2.1]"},
	{"[IPv6:2001:db8::1] ESMTP", SMTP_MTA_UNKNOWN, "[IPv6:2001:db8::1]"},
	{"ESMTP Postfix", SMTP_MTA_POSTFIX, ""},
	{"ESMTP ESMTP", SMTP_MTA_UNKNOWN, ""},
	{"Welcome to our mail server", SMTP_MTA_UNKNOWN, ""},
	{"mail ESMTP Postfix", SMTP_MTA_POSTFIX, "mail"},
	{"mail", SMTP_MTA_UNKNOWN, ""},
	{"****************2******", SMTP_MTA_UNKNOWN, ""},
	{"mail.corp.test\nESMTP Postfix", SMTP_MTA_POSTFIX, "mail.corp.test"},
	{"<mail.corp.test> ESMTP", SMTP_MTA_UNKNOWN, ""},
	{"-.- ESMTP", SMTP_MTA_UNKNOWN, ""},
	{"[] ESMTP", SMTP_MTA_UNKNOWN, ""},
	{"", SMTP_MTA_UNKNOWN, ""},
};

static const struct {
	const char *lines;
	enum smtp_mta mta;
} replies[] = {
	{"250 2.0.0 Ok: queued as 83D3BAC0102", SMTP_MTA_POSTFIX},
	{"454 4.7.1 <a@b.test>: Relay access denied", SMTP_MTA_POSTFIX},
	{"550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in local "
	 "recipient table",
		SMTP_MTA_POSTFIX},
	{"550 5.7.64 TenantAttribution; Relay Access Denied", SMTP_MTA_EXCHANGE},
	{"250 2.6.0 <x@c.test> [InternalId=1, Hostname=h] Queued mail for delivery",
		SMTP_MTA_EXCHANGE},
	{"250 OK id=1xVZg9-00000A-01", SMTP_MTA_EXIM},
	{"550 relay not permitted", SMTP_MTA_EXIM},
	{"354 Enter message, ending with \".\" on a line by itself", SMTP_MTA_EXIM},
	{"250 2.1.0 <x@c.test>... Sender ok", SMTP_MTA_SENDMAIL},
	{"550 5.7.1 <a@b.test>... Relaying denied", SMTP_MTA_SENDMAIL},
	{"250 2.1.5 Destination address valid: Recipient ok", SMTP_MTA_OPENSMTPD},
	{"500 5.5.1 Invalid command: Command unrecognized", SMTP_MTA_OPENSMTPD},
	{"250 ok 1700000000 qp 1234", SMTP_MTA_QMAIL},
	{"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
		SMTP_MTA_QMAIL},
	{"513 Relaying denied.", SMTP_MTA_COURIER},
	{"354 go ahead, make my day", SMTP_MTA_HARAKA},
	{"250 2.0.0 Message queued with id 18c2f1d2a3b4.", SMTP_MTA_STALWART},
	{"250 2.6.0 Ok, message saved <Message-ID: x1@c.test>", SMTP_MTA_MDAEMON},
	{"550 Delivery is not allowed to this address.", SMTP_MTA_HMAIL},
	{"554 Relay rejected for policy reasons.", SMTP_MTA_LOTUS},
	{"250 2.1.0 OK x12 - gsmtp", SMTP_MTA_GMAIL},
	/* Two servers and more say these. */
	{"250 2.1.0 Ok", SMTP_MTA_UNKNOWN},
	{"354 End data with <CR><LF>.<CR><LF>", SMTP_MTA_UNKNOWN},
	{"250 2.0.0 b950a147 Message accepted for delivery", SMTP_MTA_UNKNOWN},
	{"250", SMTP_MTA_UNKNOWN},
};

static void
a_greeting_names_host_and_program(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(banners) / sizeof(banners[0]); i++) {
		struct guarded g = guarded_new(banners[i].text, strlen(banners[i].text));

		assert_int_equal(smtp_mta_of_banner(guarded_span(&g)), banners[i].mta);
		assert_true(span_equal(smtp_banner_host(guarded_span(&g)),
			span_of_text(banners[i].host)));
		guarded_free(&g);
	}
}

static void
a_truncated_greeting_names_its_own_program_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(banners) / sizeof(banners[0]); i++) {
		for (size_t n = 0; n < strlen(banners[i].text); n++) {
			struct guarded g = guarded_new(banners[i].text, n);
			enum smtp_mta mta = smtp_mta_of_banner(guarded_span(&g));

			assert_true(mta == SMTP_MTA_UNKNOWN || mta == banners[i].mta);
			assert_true(smtp_banner_host(guarded_span(&g)).len <= n);
			guarded_free(&g);
		}
	}
}

static void
a_later_reply_gives_the_program_away(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(replies) / sizeof(replies[0]); i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, replies[i].lines);

		if (smtp_mta_of_reply(&reply) != replies[i].mta)
			fail_msg("%s: %d", replies[i].lines,
				(int)smtp_mta_of_reply(&reply));
	}
}

static void
every_program_reads_back_from_its_name(void **state)
{
	(void)state;
	for (int m = SMTP_MTA_UNKNOWN + 1; m < SMTP_MTA_COUNT; m++)
		assert_int_equal(
			smtp_mta_of_name(span_of_text(smtp_mta_name((enum smtp_mta)m))),
			m);
	assert_null(smtp_mta_name(SMTP_MTA_UNKNOWN));
	assert_null(smtp_mta_name(SMTP_MTA_COUNT));
	assert_string_equal(smtp_mta_name(SMTP_MTA_OPENSMTPD), "OpenSMTPD");
	assert_int_equal(smtp_mta_of_name(SPAN_NONE), SMTP_MTA_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_greeting_names_host_and_program),
		cmocka_unit_test(a_truncated_greeting_names_its_own_program_or_none),
		cmocka_unit_test(a_later_reply_gives_the_program_away),
		cmocka_unit_test(every_program_reads_back_from_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
