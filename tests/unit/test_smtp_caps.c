/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_reply.h"

static const struct {
	const char *text; /* as a reply's text: lines joined by LF */
	const char *host;
	uint32_t has, mechs;
	uint64_t size;
} cases[] = {
	/* Postfix, Exim, Sendmail and OpenSMTPD as they come. */
	{"mail.corp.test\nPIPELINING\nSIZE 10240000\nVRFY\nETRN\nSTARTTLS\nAUTH PLAIN "
	 "LOGIN\n"
	 "AUTH=PLAIN LOGIN\nENHANCEDSTATUSCODES\n8BITMIME\nDSN\nSMTPUTF8\nCHUNKING",
		"mail.corp.test",
		SMTP_CAP_PIPELINING | SMTP_CAP_SIZE | SMTP_CAP_VRFY | SMTP_CAP_ETRN |
			SMTP_CAP_STARTTLS | SMTP_CAP_AUTH | SMTP_CAP_ENHANCED |
			SMTP_CAP_8BITMIME | SMTP_CAP_DSN | SMTP_CAP_SMTPUTF8 |
			SMTP_CAP_CHUNKING,
		SMTP_MECH_PLAIN | SMTP_MECH_LOGIN, 10240000},
	{"mail.corp.test Hello client66.attacker.test [198.51.100.66]\nSIZE "
	 "52428800\n8BITMIME\n"
	 "PIPELINING\nPIPECONNECT\nCHUNKING\nSTARTTLS\nPRDR\nHELP",
		"mail.corp.test",
		SMTP_CAP_SIZE | SMTP_CAP_8BITMIME | SMTP_CAP_PIPELINING |
			SMTP_CAP_CHUNKING | SMTP_CAP_STARTTLS | SMTP_CAP_PRDR |
			SMTP_CAP_HELP,
		0, 52428800},
	{"mail.corp.test Hello x [192.0.2.1], pleased to meet you\nENHANCEDSTATUSCODES\n"
	 "PIPELINING\nEXPN\nVERB\n8BITMIME\nSIZE\nDSN\nETRN\nAUTH DIGEST-MD5 CRAM-MD5\n"
	 "DELIVERBY\nHELP",
		"mail.corp.test",
		SMTP_CAP_ENHANCED | SMTP_CAP_PIPELINING | SMTP_CAP_EXPN |
			SMTP_CAP_8BITMIME | SMTP_CAP_SIZE | SMTP_CAP_DSN | SMTP_CAP_ETRN |
			SMTP_CAP_AUTH | SMTP_CAP_HELP,
		SMTP_MECH_DIGEST_MD5 | SMTP_MECH_CRAM_MD5, 0},
	{"h\nxclient NAME ADDR PORT\nXFORWARD NAME ADDR", "h",
		SMTP_CAP_XCLIENT | SMTP_CAP_XFORWARD, 0, 0},
	/* The old form is an offer of AUTH like the new one. */
	{"h\nAUTH=LOGIN PLAIN", "h", SMTP_CAP_AUTH, SMTP_MECH_LOGIN | SMTP_MECH_PLAIN, 0},
	{"h\nAUTH =LOGIN", "h", SMTP_CAP_AUTH, SMTP_MECH_LOGIN, 0},
	{"h\nAUTH", "h", SMTP_CAP_AUTH, 0, 0},
	{"h\nauth SCRAM-SHA-1 scram-sha-256-plus X-NEW", "h", SMTP_CAP_AUTH,
		SMTP_MECH_SCRAM | SMTP_MECH_OTHER, 0},
	{"h\nAUTH GSSAPI NTLM EXTERNAL XOAUTH2 OAUTHBEARER", "h", SMTP_CAP_AUTH,
		SMTP_MECH_GSSAPI | SMTP_MECH_NTLM | SMTP_MECH_EXTERNAL |
			SMTP_MECH_XOAUTH2 | SMTP_MECH_OAUTHBEARER,
		0},
	{"h\nAUTHENTICATE PLAIN\nX-EXPS LOGIN\nSIZES 5", "h", 0, 0, 0},
	{"h\nSIZE 0", "h", SMTP_CAP_SIZE, 0, 0},
	{"h\nSIZE 18446744073709551615", "h", SMTP_CAP_SIZE, 0, UINT64_MAX},
	{"h\nSIZE 18446744073709551616", "h", SMTP_CAP_SIZE, 0, 0},
	{"h\nSIZE ten", "h", SMTP_CAP_SIZE, 0, 0},
	{"h\nSIZE=5", "h", SMTP_CAP_SIZE, 0, 5},
	/* Overwritten by a middlebox. */
	{"h\nXXXXXXXA", "h", SMTP_CAP_BLANKED, 0, 0},
	{"h\nPIPELINING\nXXXA PLAIN", "h", SMTP_CAP_BLANKED | SMTP_CAP_PIPELINING, 0, 0},
	{"h\nXXXXXXXX", "h", SMTP_CAP_BLANKED, 0, 0},
	{"h\n********", "h", SMTP_CAP_BLANKED, 0, 0},
	{"h\nXXX\nXXYYA\nX-XXXX\nXVERP", "h", 0, 0, 0},
	/* The first line is the host's, even if it reads like a keyword. */
	{"STARTTLS", "STARTTLS", 0, 0, 0},
	{"\nSTARTTLS", "", SMTP_CAP_STARTTLS, 0, 0},
	{"", "", 0, 0, 0},
	{"\n\n\n", "", 0, 0, 0},
	{"  h\thello\n  DSN  ", "h", SMTP_CAP_DSN, 0, 0},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
capabilities_are_read_from_every_line_but_the_first(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));
		struct smtp_reply reply = {.code = 250, .text = guarded_span(&g)};
		struct smtp_caps caps;

		smtp_caps_parse(&reply, &caps);
		assert_true(span_equal(caps.host, span_of_text(cases[i].host)));
		assert_int_equal(caps.has, cases[i].has);
		assert_int_equal(caps.mechs, cases[i].mechs);
		assert_int_equal(caps.size, cases[i].size);
		guarded_free(&g);
	}
}

static void
a_truncated_list_offers_nothing_that_the_whole_does_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		for (size_t n = 0; n < strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			struct smtp_reply reply = {.code = 250, .text = guarded_span(&g)};
			struct smtp_caps caps;

			smtp_caps_parse(&reply, &caps);
			if (cases[i].text[n] == '\n') {
				assert_int_equal(caps.has & ~cases[i].has, 0);
				assert_int_equal(caps.mechs & ~cases[i].mechs, 0);
			}
			guarded_free(&g);
		}
	}
}

static void
a_mechanism_is_known_in_either_case(void **state)
{
	(void)state;
	assert_int_equal(smtp_mech_parse(SPAN_LITERAL("plain")), SMTP_MECH_PLAIN);
	assert_int_equal(smtp_mech_parse(SPAN_LITERAL("Cram-MD5")), SMTP_MECH_CRAM_MD5);
	assert_int_equal(smtp_mech_parse(SPAN_LITERAL("SCRAM-SHA-256")), SMTP_MECH_SCRAM);
	assert_int_equal(smtp_mech_parse(SPAN_LITERAL("PLAINTEXT")), SMTP_MECH_OTHER);
	assert_int_equal(smtp_mech_parse(SPAN_NONE), SMTP_MECH_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capabilities_are_read_from_every_line_but_the_first),
		cmocka_unit_test(a_truncated_list_offers_nothing_that_the_whole_does_not),
		cmocka_unit_test(a_mechanism_is_known_in_either_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
