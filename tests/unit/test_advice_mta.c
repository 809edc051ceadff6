/* SPDX-License-Identifier: Apache-2.0 */
/* Advice is copied into shells and configurations: it is for the right program, whole. */
#include "feed.h"

#include "sensor/infer/advice_mta.h"

#define PARTS 7

static void
parts_of(const struct advice_mta *m, const char *part[PARTS])
{
	const char *const all[PARTS] = {
		m->hold, m->relay, m->masked, m->form, m->word, m->login, m->bounce};

	memcpy(part, all, sizeof(all));
}

/* Does any part hold the text? */
static bool
says(enum smtp_mta mta, const char *text)
{
	const char *part[PARTS];

	parts_of(advice_mta_find(mta), part);
	for (size_t i = 0; i < PARTS; i++)
		if (strstr(part[i], text))
			return true;
	return false;
}

static void
every_server_has_every_part_in_whole_lines(void **state)
{
	(void)state;
	for (int mta = 0; mta < SMTP_MTA_COUNT; mta++) {
		const char *part[PARTS];

		parts_of(advice_mta_find((enum smtp_mta)mta), part);
		for (size_t i = 0; i < PARTS; i++) {
			assert_non_null(part[i]);
			assert_true(strlen(part[i]) > 1);
			assert_int_equal(part[i][strlen(part[i]) - 1], '\n');
			assert_null(strstr(part[i], "\n\n"));
			assert_true(part[i][0] >= 'A' && part[i][0] <= 'Z');
			for (const char *c = part[i]; *c; c++)
				assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
		}
	}
}

static void
each_server_is_told_of_its_own_options_and_no_others(void **state)
{
	static const struct {
		enum smtp_mta mta;
		const char *own[4];
	} known[] = {
		{SMTP_MTA_POSTFIX,
			{"postconf", "smtpd_relay_restrictions", "postsuper", "main.cf"}},
		{SMTP_MTA_EXIM,
			{"acl_smtp_rcpt", "relay_from_hosts", "exim -bp", "exiqgrep"}},
		{SMTP_MTA_SENDMAIL,
			{"sendmail.mc", "promiscuous_relay", "FEATURE(", "mailq"}},
		{SMTP_MTA_OPENSMTPD,
			{"smtpd.conf", "smtpctl", "match from", "listen on"}},
		{SMTP_MTA_EXCHANGE, {"Get-ReceiveConnector", "Suspend-Queue",
					    "Get-AcceptedDomain", "RemoteIPRanges"}},
		{SMTP_MTA_QMAIL,
			{"rcpthosts", "RELAYCLIENT", "qmail-send", "percenthack"}},
	};
	const size_t count = sizeof(known) / sizeof(*known);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			for (size_t k = 0; k < 4; k++) {
				bool own = says(known[i].mta, known[j].own[k]);

				assert_int_equal(own, i == j);
			}
}

static void
for_a_server_without_advice_of_its_own_there_is_that_for_any(void **state)
{
	const struct advice_mta *any = advice_mta_find(SMTP_MTA_UNKNOWN);

	(void)state;
	assert_ptr_equal(advice_mta_find(SMTP_MTA_COURIER), any);
	assert_ptr_equal(advice_mta_find(SMTP_MTA_GMAIL), any);
	assert_ptr_equal(advice_mta_find(SMTP_MTA_COUNT), any);
	assert_ptr_equal(advice_mta_find((enum smtp_mta)(SMTP_MTA_COUNT + 1000)), any);
	assert_ptr_not_equal(advice_mta_find(SMTP_MTA_POSTFIX), any);
	assert_ptr_not_equal(advice_mta_find(SMTP_MTA_QMAIL), any);
	/* It names no program: nobody knows which it would be. */
	assert_false(says(SMTP_MTA_UNKNOWN, "postfix"));
	assert_false(says(SMTP_MTA_UNKNOWN, ".conf"));
	assert_false(says(SMTP_MTA_UNKNOWN, "\n  "));
}

static void
examples_use_addresses_and_names_that_belong_to_nobody(void **state)
{
	(void)state;
	/* RFC 5737 and RFC 2606; loopback apart, in Postfix' own networks. */
	for (int mta = 0; mta < SMTP_MTA_COUNT; mta++) {
		assert_false(says((enum smtp_mta)mta, "10."));
		assert_false(says((enum smtp_mta)mta, "192.168."));
		assert_false(says((enum smtp_mta)mta, "example.com"));
	}
	assert_true(says(SMTP_MTA_EXIM, "192.0.2.1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_server_has_every_part_in_whole_lines),
		cmocka_unit_test(each_server_is_told_of_its_own_options_and_no_others),
		cmocka_unit_test(
			for_a_server_without_advice_of_its_own_there_is_that_for_any),
		cmocka_unit_test(examples_use_addresses_and_names_that_belong_to_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
