/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "dissect/smtp_auth.h"

static void
each_mechanism_shows_its_user(void **state)
{
	static const struct {
		const char *mechanism, *response, *user;
	} cases[] = {
		{"PLAIN", "AHUAcA==", "u"}, /* \0 u \0 p */
		{"PLAIN", "egB1AHA=", "u"}, /* z \0 u \0 p: z only acts for */
		{"PLAIN", "dXNlcg==", ""},  /* no NUL */
		{"LOGIN", "dXNlcg==", "user"},
		/* The example of RFC 2195 2. */
		{"CRAM-MD5", "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw", "tim"},
		{"CRAM-MD5", "YWxvbmU=", ""},
		{"DIGEST-MD5", "Y2hhcnNldD11dGYtOCx1c2VybmFtZT0iY2hyaXMiLHJlYWxtPSJ4Ig==",
			"chris"},
		/* n,,n=us=2Cer=3D1,r=abc and n,a=zed,n=user,r=abc */
		{"SCRAM-SHA-256", "biwsbj11cz0yQ2VyPTNEMSxyPWFiYw==", "us,er=1"},
		{"SCRAM-SHA-1-PLUS", "bixhPXplZCxuPXVzZXIscj1hYmM=", "user"},
		{"XOAUTH2", "dXNlcj1zb21lQHgub3JnAWF1dGg9QmVhcmVyIHRvawEB", "some@x.org"},
		/* n,a=user@example.com, and fields, as in RFC 7628 4.1 */
		{"OAUTHBEARER",
			"bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9aAFhdXRoPUJlYXJlciB0b2sBAQ="
			"=",
			"user@example.com"},
		{"EXTERNAL", "c29tZW9uZQ==", "someone"},
		{"EXTERNAL", "=", ""},
		/* Type 3: in UTF-16, in the OEM set, and cut amid the name. */
		{"NTLM",
			"TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAABgAGAEAAAAAAAAAA"
			"QA"
			"AAAAAAAABAAAAAAQAAAEIAbwBiAA==",
			"Bob"},
		{"NTLM",
			"TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAAAwADAEAAAAAAAAAA"
			"QA"
			"AAAAAAAABAAAAAAgAAAGJvYg==",
			"bob"},
		{"GSSAPI",
			"TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAABgAGAEAAAAAAAAAA"
			"QA"
			"AAAAAAAABAAAAAAQA=",
			""},
		{"X-UNKNOWN", "dXNlcg==", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct smtp_auth a;
		struct smtp_auth_result r;
		char args[400];

		/* With the command, and in answer to a challenge. */
		for (int initial = 0; initial < 2; initial++) {
			snprintf(args, sizeof(args), "%s%s%s", cases[i].mechanism,
				initial ? " " : "", initial ? cases[i].response : "");
			smtp_auth_start(&a, span_of_text(args));
			if (!initial)
				smtp_auth_respond(&a, span_of_text(cases[i].response));
			smtp_auth_finish(&a, 235, &r);
			assert_int_equal(r.outcome, SMTP_AUTH_OK);
			assert_int_equal(r.initial_response, initial);
			assert_true(span_equal(
				r.mechanism, span_of_text(cases[i].mechanism)));
			assert_true(span_equal(r.user, span_of_text(cases[i].user)));
		}
	}
}

static void
no_response_cut_anywhere_is_read_past_its_end(void **state)
{
	static const char response[] =
		"TlRMTVNTUAADAAAAAAAAAEAAAAAAAAAAQAAAAAAAAABAAAAABgAGAEAAAAAAAAAAQA"
		"AAAAAAAABAAAAAAQAAAEIAbwBiAA==";
	static const char *const mechanisms[] = {"NTLM", "PLAIN", "SCRAM-SHA-1",
		"XOAUTH2", "CRAM-MD5", "DIGEST-MD5", "OAUTHBEARER", "LOGIN"};

	(void)state;
	for (size_t m = 0; m < sizeof(mechanisms) / sizeof(mechanisms[0]); m++) {
		for (size_t len = 0; len < sizeof(response); len++) {
			struct guarded g = guarded_new(response, len);
			struct smtp_auth a;

			smtp_auth_start(&a, span_of_text(mechanisms[m]));
			smtp_auth_respond(&a, guarded_span(&g));
			assert_true(a.user_len <= len);
			guarded_free(&g);
		}
	}
}

static void
logins_second_line_is_the_secret(void **state)
{
	struct smtp_auth a;
	struct smtp_auth_result r;

	(void)state;
	smtp_auth_start(&a, SPAN_LITERAL("LOGIN dXNlcg=="));
	smtp_auth_respond(&a, SPAN_LITERAL("c2VjcmV0"));
	smtp_auth_finish(&a, 535, &r);
	assert_int_equal(r.outcome, SMTP_AUTH_FAILED);
	assert_true(span_equal(r.user, SPAN_LITERAL("user")));
}

static void
a_word_that_may_be_a_secret_is_no_mechanism(void **state)
{
	(void)state;
	assert_true(span_equal(
		smtp_auth_mechanism(SPAN_LITERAL("PLAIN x")), SPAN_LITERAL("PLAIN")));
	assert_true(span_equal(
		smtp_auth_mechanism(SPAN_LITERAL("Plain")), SPAN_LITERAL("Plain")));
	assert_true(span_equal(
		smtp_auth_mechanism(SPAN_LITERAL("FOO-1_2")), SPAN_LITERAL("FOO-1_2")));
	assert_int_equal(smtp_auth_mechanism(SPAN_LITERAL("AHVzZXIAcGFzcw==")).len, 0);
	assert_int_equal(smtp_auth_mechanism(SPAN_LITERAL("dXNlcm5hbWUx")).len, 0);
	assert_int_equal(
		smtp_auth_mechanism(SPAN_LITERAL("ABCDEFGHIJKLMNOPQRSTU")).len, 0);
	assert_int_equal(smtp_auth_mechanism(SPAN_NONE).len, 0);
}

static void
a_star_before_a_refusal_is_a_cancellation(void **state)
{
	struct smtp_auth a;
	struct smtp_auth_result r;

	(void)state;
	smtp_auth_start(&a, SPAN_LITERAL("PLAIN"));
	smtp_auth_respond(&a, SPAN_LITERAL("*"));
	smtp_auth_finish(&a, 501, &r);
	assert_int_equal(r.outcome, SMTP_AUTH_CANCELLED);
	smtp_auth_finish(&a, 0, &r);
	assert_int_equal(r.outcome, SMTP_AUTH_UNSEEN);
}

static void
wiping_leaves_nothing(void **state)
{
	uint8_t secret[4] = {1, 2, 3, 4};

	(void)state;
	smtp_auth_wipe(secret, 3);
	assert_memory_equal(secret, "\0\0\0\4", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_mechanism_shows_its_user),
		cmocka_unit_test(no_response_cut_anywhere_is_read_past_its_end),
		cmocka_unit_test(logins_second_line_is_the_secret),
		cmocka_unit_test(a_word_that_may_be_a_secret_is_no_mechanism),
		cmocka_unit_test(a_star_before_a_refusal_is_a_cancellation),
		cmocka_unit_test(wiping_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
