/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_with.h"

static void
the_letters_of_rfc_3848_tell_authentication_and_tls(void **state)
{
	static const struct {
		const char *word;
		enum mail_answer auth, tls;
	} cases[] = {{"SMTP", MAIL_NO, MAIL_NO}, {"esmtp", MAIL_NO, MAIL_NO},
		{"ESMTPS", MAIL_NO, MAIL_YES}, {"esmtpa", MAIL_YES, MAIL_NO},
		{"ESMTPSA", MAIL_YES, MAIL_YES}, {"LMTP", MAIL_NO, MAIL_NO},
		{"LMTPSA", MAIL_YES, MAIL_YES}, {"UTF8SMTPA", MAIL_YES, MAIL_NO},
		{"UTF8LMTPS", MAIL_NO, MAIL_YES}, {"asmtp", MAIL_YES, MAIL_UNKNOWN},
		{"HTTP", MAIL_UNKNOWN, MAIL_UNKNOWN},
		{"ESMTPX", MAIL_UNKNOWN, MAIL_UNKNOWN}, {"", MAIL_UNKNOWN, MAIL_UNKNOWN}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum mail_with with = mail_with_of(span_of_text(cases[i].word));

		assert_int_equal(mail_with_auth(with), cases[i].auth);
		assert_int_equal(mail_with_tls(with), cases[i].tls);
	}
}

static void
every_keyword_is_found_by_its_own_name(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MAIL_WITH_COUNT; i++)
		assert_int_equal(
			mail_with_of(span_of_text(mail_with_name((enum mail_with)i))), i);
	assert_int_equal(mail_with_of(SPAN_LITERAL("local-esmtp")), MAIL_WITH_LOCAL);
	assert_int_equal(mail_with_of(SPAN_LITERAL("ESMT")), MAIL_WITH_OTHER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_letters_of_rfc_3848_tell_authentication_and_tls),
		cmocka_unit_test(every_keyword_is_found_by_its_own_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
