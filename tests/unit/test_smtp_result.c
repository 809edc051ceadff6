/* SPDX-License-Identifier: Apache-2.0 */
#include "reply_of.h"

#include "dissect/smtp_meaning.h"

#define RELAY	 SMTP_RESULT_REFUSED_RELAY
#define AUTH	 SMTP_RESULT_REFUSED_AUTH
#define USER	 SMTP_RESULT_REFUSED_USER
#define POLICY	 SMTP_RESULT_REFUSED_POLICY
#define SYNTAX	 SMTP_RESULT_REFUSED_SYNTAX
#define OTHER	 SMTP_RESULT_REFUSED_OTHER
#define GREYLIST SMTP_RESULT_DEFERRED_GREYLIST
#define DEFERRED SMTP_RESULT_DEFERRED

static const struct {
	const char *lines;
	enum smtp_result result;
} cases[] = {
	{"250 2.1.5 Ok", SMTP_RESULT_ACCEPTED},
	{"250 Accepted", SMTP_RESULT_ACCEPTED},
	{"251 User not local; will forward to <a@b.test>", SMTP_RESULT_ACCEPTED},
	{"252 2.0.0 Cannot VRFY user, but will accept message", SMTP_RESULT_WEAK},
	{"354 End data with <CR><LF>.<CR><LF>", SMTP_RESULT_ACCEPTED},
	{"199 what", SMTP_RESULT_UNKNOWN},

	/* Postfix */
	{"554 5.7.1 <a@b.test>: Relay access denied", RELAY},
	{"454 4.7.1 <a@b.test>: Relay access denied", RELAY},
	{"554 5.7.1 <a@b.test>: Recipient address rejected: Access denied", RELAY},
	{"550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in local "
	 "recipient "
	 "table",
		USER},
	{"550 5.1.1 <a@b.test>: Recipient address rejected: User unknown in virtual "
	 "mailbox "
	 "table",
		USER},
	{"450 4.1.1 <a@b.test>: Recipient address rejected: User unknown in local "
	 "recipient "
	 "table",
		DEFERRED},
	{"554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using "
	 "zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.7",
		POLICY},
	{"554 5.7.1 <c.test[192.0.2.7]>: Client host rejected: Access denied", POLICY},
	{"450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]",
		DEFERRED},
	{"550 5.7.25 Client host rejected: cannot find your hostname, [192.0.2.7]",
		POLICY},
	{"554 5.7.1 <x@c.test>: Sender address rejected: Access denied", POLICY},
	{"553 5.7.1 <x@c.test>: Sender address rejected: not owned by user bob", POLICY},
	{"553 5.7.1 <x@c.test>: Sender address rejected: not logged in", AUTH},
	{"550 5.1.8 <x@c.test>: Sender address rejected: Domain not found", POLICY},
	{"504 5.5.2 <a>: Recipient address rejected: need fully-qualified address",
		SYNTAX},
	{"504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname", SYNTAX},
	{"450 4.2.0 <a@b.test>: Recipient address rejected: Greylisted, see "
	 "http://postgrey.schweikert.ch/help/b.test.html",
		GREYLIST},
	{"550 5.1.0 <x@c.test>: Sender address rejected: User unknown in virtual alias "
	 "table",
		POLICY},
	{"530 5.7.0 Must issue a STARTTLS command first", AUTH},
	{"554 5.5.1 Error: no valid recipients", SYNTAX},
	{"552 5.3.4 Message size exceeds fixed limit", OTHER},
	{"451 4.3.0 <a@b.test>: Temporary lookup failure", DEFERRED},
	{"550 5.7.1 <a@b.test>: Recipient address rejected: Please see "
	 "http://www.openspf.org/Why?s=mfrom;id=x;ip=192.0.2.7; SPF fail",
		POLICY},

	/* Exim */
	{"550 relay not permitted", RELAY},
	{"550 Unrouteable address", USER},
	{"550 authentication required", AUTH},
	{"550 restricted characters in address", SYNTAX},
	{"501 a b@c.test: malformed address: b@c.test may not follow a", SYNTAX},
	{"503-All RCPT commands were rejected with this error:\n503-relay not permitted\n"
	 "503 Valid RCPT command must precede DATA",
		RELAY},
	{"550-Verification failed for <x@c.test>\n550-No Such User Here\n"
	 "550 Sender verify failed",
		POLICY},
	{"550-Please turn on SMTP Authentication in your mail client.\n550-c.test "
	 "[192.0.2.7] is "
	 "not permitted to relay\n550 through this server without authentication.",
		RELAY},
	{"550 Administrative prohibition", POLICY},

	/* Sendmail */
	{"550 5.7.1 <a@b.test>... Relaying denied", RELAY},
	{"550 5.7.1 <a@b.test>... Relaying denied. Proper authentication required.",
		RELAY},
	{"550 5.7.1 <a@b.test>... Relaying denied. IP name lookup failed [192.0.2.7]",
		RELAY},
	{"451 4.7.1 Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.7",
		RELAY},
	{"571 5.7.1 <a@b.test>... we do not relay", RELAY},
	{"550 5.1.1 <a@b.test>... User unknown", USER},
	{"550 5.7.1 <a@b.test>... Access denied", POLICY},
	{"553 5.1.8 <x@c.test>... Domain of sender address x@c.test does not exist",
		POLICY},
	{"550 5.7.1 <x@c.test>... Domain of sender address x@c.test does not exist",
		POLICY},
	{"553 5.1.3 <@x>... Invalid route address", SYNTAX},
	{"530 5.7.0 Authentication required", AUTH},

	/* OpenSMTPD: one text for two reasons */
	{"550 Invalid recipient: <a@b.test>", OTHER},
	{"530 5.5.1 Invalid command: Must issue an AUTH command first", AUTH},
	{"501 5.1.3 Recipient address syntax error", SYNTAX},

	/* Exchange */
	{"550 5.7.1 Unable to relay", RELAY},
	{"550 5.7.1 Unable to relay for a@b.test", RELAY},
	{"550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", RELAY},
	{"550 5.7.64 TenantAttribution; Relay Access Denied [ValidationStatus of '' is "
	 "'EmptyCertificate']",
		RELAY},
	{"530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during "
	 "MAIL FROM",
		AUTH},
	{"550 5.7.57 Client not authenticated", AUTH},
	{"550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.test not found by "
	 "SMTP address "
	 "lookup",
		USER},
	{"550 5.7.606 Access denied, banned sending IP [192.0.2.7]. To request removal",
		POLICY},
	{"550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", USER},
	{"550 5.7.60 SMTP; Client does not have permissions to send as this sender",
		POLICY},
	{"550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please "
	 "contact your "
	 "Internet service provider since part of their network is on our block list "
	 "(S3150).",
		POLICY},
	{"451 4.7.0 Temporary server error. Please try again later. PRX2", DEFERRED},

	/* qmail and its patches */
	{"553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", RELAY},
	{"550 sorry, no mailbox here by that name. (#5.1.1)", USER},
	{"553 sorry, we said no (#5.7.1)", RELAY},
	{"553 sorry, we said no (#5.1.3)", SYNTAX},

	/* Others */
	{"513 Relaying denied.", RELAY},
	{"550 Delivery is not allowed to this address.", RELAY},
	{"530 SMTP authentication is required.", AUTH},
	{"550 I cannot deliver mail for {a@b.test}", RELAY},
	{"550 5.1.2 Relay not allowed.", RELAY},
	{"550 5.1.2 Mailbox does not exist.", USER},
	{"554 Relay rejected for policy reasons.", RELAY},
	{"550 a@b.test... User not listed in Domino Directory", USER},
	{"503 This mail server requires authentication when attempting to send to a "
	 "non-local "
	 "e-mail address. Please check your mail client settings",
		AUTH},
	{"550 5.7.1 Relaying to <a@b.test> denied (authentication required)", RELAY},
	{"550 not local host b.test, not a gateway", RELAY},
	{"553 Relaying disallowed as x@c.test", RELAY},
	{"553 Sender is not allowed to relay emails", RELAY},
	{"553 We do not relay non-local mail, sorry.", RELAY},
	{"550 User not local or invalid address - Relay denied", RELAY},
	{"550 This system is not configured to relay mail from [192.0.2.7] to <a@b.test>",
		RELAY},
	{"550 5.7.1 Requested action not taken: relaying denied", RELAY},
	{"551 User not local; please try <a@c.test>", RELAY},
	{"551 sorry", RELAY},
	{"550 Sorry, relay for this domain is closed", RELAY},
	{"550-5.1.1 The email account that you tried to reach\n550-5.1.1 does not exist. "
	 "Please "
	 "try\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser x12 - gsmtp",
		USER},
	{"550-5.7.26 This mail has been blocked because the sender is unauthenticated.\n"
	 "550-5.7.26 requires all senders to authenticate with either SPF or DKIM.\n"
	 "550 5.7.26 x12 - gsmtp",
		POLICY},
	{"550-5.7.1 Invalid credentials for relay [192.0.2.7]. The IP address\n550 5.7.1 "
	 "you've "
	 "registered x12 - gsmtp",
		RELAY},
	{"552-5.7.0 This message was blocked because its content presents a potential\n"
	 "552 5.7.0 security issue. x12 - gsmtp",
		POLICY},
	{"554 delivery error: dd This user doesn't have a yahoo.com account (a@b.test) "
	 "[0]",
		USER},
	{"553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.7, because the "
	 "ip is in "
	 "a list",
		POLICY},
	{"550 5.1.1 Not our Customer", USER},
	{"550 #5.1.0 Address rejected.", OTHER},
	{"550 #5.7.1 Your access to submit messages to this e-mail system has been "
	 "rejected.",
		POLICY},
	{"550 5.1.1 Adresse d au moins un destinataire invalide", USER},

	/* Texts of a refused client that speak of relays; addresses that speak of
	   anything. */
	{"550 5.7.1 Your host is an open relay", POLICY},
	{"550 5.7.1 Dynamic IP, use the mail relay of your ISP", POLICY},
	{"554 5.7.1 Rejected: listed at relays.bl.test", POLICY},
	{"550 5.1.1 <relay@b.test>: Recipient address rejected: User unknown", USER},
	{"550 5.1.1 <spam@blacklist.test> User unknown", USER},
	{"550 relay.isp.test says no", OTHER},
	{"550 5.7.1 <greylist@b.test>... Relaying denied", RELAY},

	/* The codes alone. */
	{"550", OTHER},
	{"551 5.0.0 Discarded 114 bytes after earlier error", OTHER},
	{"551 5.7.1 no", RELAY},
	{"554 Transaction failed", OTHER},
	{"553 no", OTHER},
	{"550 5.7.1", RELAY},
	{"554 5.7.1 No.", RELAY},
	{"550 5.7.0", AUTH},
	{"550 5.7.27 x", POLICY},
	{"550 5.7.509 x", POLICY},
	{"550 5.1.1 x", USER},
	{"550 5.1.3 x", SYNTAX},
	{"550 5.1.7 x", POLICY},
	{"550 5.2.1 x", USER},
	{"552 5.2.2 Over quota", OTHER},
	{"554 5.6.0 x", POLICY},
	{"500 What?", SYNTAX},
	{"501 x", SYNTAX},
	{"502 x", SYNTAX},
	{"503 5.5.1 Error: need MAIL command", SYNTAX},
	{"555 5.5.4 Unsupported option", SYNTAX},
	{"530 x", AUTH},
	{"538 Encryption required for requested authentication mechanism", AUTH},
	{"535 5.7.8 Error", AUTH},
	{"599", OTHER},

	/* For now. */
	{"421 4.3.2 Closing", DEFERRED},
	{"421 4.7.1 Relay access denied", DEFERRED},
	{"451 4.7.1 Greylisting in action, please come back later", GREYLIST},
	{"450 You are graylisted", GREYLIST},
	{"421 Greylisted, come back", GREYLIST},
	{"550 Greylisted for ever", POLICY},
	{"450 4.7.1 Authentication required", AUTH},
	{"452 4.2.2 Mailbox full", DEFERRED},
	{"400", DEFERRED},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
a_reply_means_what_its_server_means(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, cases[i].lines);
		enum smtp_result got = smtp_result_of_reply(&reply);

		if (got != cases[i].result)
			fail_msg("%s: %s, not %s", cases[i].lines, smtp_result_name(got),
				smtp_result_name(cases[i].result));
	}
}

static void
the_code_class_holds_for_every_cut_of_the_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct smtp_reply_reader r;
		struct smtp_reply reply = reply_of(&r, cases[i].lines);
		struct span whole = reply.text;

		for (size_t n = 0; n <= whole.len; n++) {
			struct guarded g = guarded_new(whole.at, n);
			enum smtp_result got;

			reply.text = guarded_span(&g);
			got = smtp_result_of_reply(&reply);
			if (reply.code >= 500)
				assert_true(smtp_result_is_refusal(got));
			else if (reply.code >= 200 && reply.code < 400)
				assert_true(got == SMTP_RESULT_ACCEPTED ||
					    got == SMTP_RESULT_WEAK);
			guarded_free(&g);
		}
	}
}

static void
every_result_reads_back_from_its_name(void **state)
{
	(void)state;
	for (int v = 0; v < SMTP_RESULT_COUNT; v++)
		assert_int_equal(smtp_result_of_name(span_of_text(
					 smtp_result_name((enum smtp_result)v))),
			v);
	assert_string_equal(smtp_result_name(RELAY), "refused-relay");
	assert_int_equal(smtp_result_of_name(SPAN_LITERAL("x")), SMTP_RESULT_UNKNOWN);
}

static void
a_deferral_is_no_refusal(void **state)
{
	(void)state;
	assert_true(smtp_result_is_refusal(RELAY));
	assert_true(smtp_result_is_refusal(OTHER));
	assert_false(smtp_result_is_refusal(DEFERRED));
	assert_false(smtp_result_is_refusal(GREYLIST));
	assert_false(smtp_result_is_refusal(SMTP_RESULT_WEAK));
	assert_false(smtp_result_is_refusal(SMTP_RESULT_UNKNOWN));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_means_what_its_server_means),
		cmocka_unit_test(the_code_class_holds_for_every_cut_of_the_text),
		cmocka_unit_test(every_result_reads_back_from_its_name),
		cmocka_unit_test(a_deferral_is_no_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
