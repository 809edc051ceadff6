/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_mta.h"

static void
a_comment_names_its_server(void **state)
{
	static const struct {
		const char *comment;
		enum mail_mta mta;
	} cases[] = {{"Postfix", MAIL_MTA_POSTFIX},
		{"Postfix, from userid 0", MAIL_MTA_POSTFIX},
		{"Postfixed", MAIL_MTA_UNKNOWN}, {"Exim 4.96", MAIL_MTA_EXIM},
		{"8.17.1.9/8.17.1.9/Submit", MAIL_MTA_SENDMAIL},
		{"8.17", MAIL_MTA_UNKNOWN}, {"8.1 x/y", MAIL_MTA_UNKNOWN},
		{"OpenSMTPD", MAIL_MTA_OPENSMTPD},
		{"amavisd-new, port 10024", MAIL_MTA_AMAVIS},
		{"TLS1.3", MAIL_MTA_UNKNOWN}, {"", MAIL_MTA_UNKNOWN}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(mail_mta_of_comment(span_of_text(cases[i].comment)),
			cases[i].mta);
}

static void
every_server_but_the_unknown_has_a_name(void **state)
{
	(void)state;
	assert_null(mail_mta_name(MAIL_MTA_UNKNOWN));
	assert_null(mail_mta_name(MAIL_MTA_COUNT));
	for (unsigned i = 1; i < MAIL_MTA_COUNT; i++)
		assert_non_null(mail_mta_name((enum mail_mta)i));
}

static void
only_exchange_and_qmail_hide_authentication(void **state)
{
	(void)state;
	for (unsigned i = 0; i < MAIL_MTA_COUNT; i++)
		assert_int_equal(mail_mta_hides_auth((enum mail_mta)i),
			i == MAIL_MTA_EXCHANGE || i == MAIL_MTA_QMAIL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comment_names_its_server),
		cmocka_unit_test(every_server_but_the_unknown_has_a_name),
		cmocka_unit_test(only_exchange_and_qmail_hide_authentication),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
