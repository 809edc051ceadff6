/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/infer/known_domains.h"

static enum known_domain
find(const char *domain)
{
	/* From memory that ends where the name does. */
	struct guarded g = guarded_new(domain, strlen(domain));
	enum known_domain kind = known_domain_find(guarded_span(&g));

	guarded_free(&g);
	return kind;
}

static bool
same(const char *site, const char *domain)
{
	return known_domain_same_owner(span_of_text(site), span_of_text(domain));
}

static void
large_providers_are_known_by_all_their_names(void **state)
{
	static const char *const providers[] = {"gmail.com", "googlemail.com",
		"outlook.com", "hotmail.com", "yahoo.com", "aol.com", "icloud.com",
		"gmx.de", "web.de", "t-online.de", "mail.ru", "yandex.ru", "qq.com",
		"163.com", "naver.com", "proton.me", "seznam.cz", "tutanota.com"};

	(void)state;
	for (size_t i = 0; i < sizeof(providers) / sizeof(*providers); i++)
		assert_int_equal(find(providers[i]), KNOWN_PROVIDER);
}

static void
testers_are_no_providers(void **state)
{
	(void)state;
	/* The default of nmap's smtp-open-relay. */
	assert_int_equal(find("nmap.scanme.org"), KNOWN_TESTER);
	assert_int_equal(find("abuse.net"), KNOWN_TESTER);
	assert_int_equal(find("mxtoolbox.com"), KNOWN_TESTER);
	assert_int_equal(find("smtper.net"), KNOWN_TESTER);
}

static void
a_name_is_known_as_a_whole_or_not_at_all(void **state)
{
	const char *name = "nmap.scanme.org", *provider = "gmail.com";
	char part[32];

	(void)state;
	assert_int_equal(find(""), KNOWN_NONE);
	assert_int_equal(known_domain_find(SPAN_NONE), KNOWN_NONE);
	assert_int_equal(find("notgmail.com"), KNOWN_NONE);
	assert_int_equal(find("mail.gmail.com"), KNOWN_NONE);
	assert_int_equal(find("gmail.com.victim.test"), KNOWN_NONE);
	assert_int_equal(find("gmail.com."), KNOWN_NONE);
	assert_int_equal(find("gmail.con"), KNOWN_NONE);
	assert_int_equal(known_domain_find(SPAN_LITERAL("gmail.com\0")), KNOWN_NONE);
	for (size_t n = 0; n < strlen(provider); n++) {
		snprintf(part, sizeof(part), "%.*s", (int)n, provider);
		assert_int_equal(find(part), KNOWN_NONE);
	}
	for (size_t n = 0; n < strlen(name); n++) {
		snprintf(part, sizeof(part), "%.*s", (int)n, name);
		assert_int_equal(find(part), KNOWN_NONE);
	}
}

static void
an_operators_names_are_one_and_anothers_are_not(void **state)
{
	(void)state;
	assert_true(same("google.com", "gmail.com"));
	assert_true(same("gmail.com", "googlemail.com"));
	assert_true(same("outlook.com", "hotmail.fr"));
	assert_true(same("yahoodns.net", "yahoo.com"));
	assert_true(same("kundenserver.de", "gmx.net"));
	assert_true(same("messagingengine.com", "fastmail.com"));
	assert_false(same("google.com", "outlook.com"));
	assert_false(same("yahoo.com", "gmail.com"));
	/* Yahoo Japan is a company of its own. */
	assert_false(same("yahoo.com", "yahoo.co.jp"));
	assert_false(same("mail.com", "mail.ru"));
}

static void
names_that_nobody_knows_belong_to_themselves_alone(void **state)
{
	(void)state;
	assert_true(same("corp.test", "corp.test"));
	assert_true(same("Corp.Test", "corp.test"));
	/* Both without an owner: that makes them no relatives. */
	assert_false(same("corp.test", "victim.test"));
	assert_false(same("corp.test", "gmail.com"));
	assert_false(same("gmail.com", "corp.test"));
	assert_false(same("nmap.scanme.org", "abuse.net"));
	assert_false(same("", "gmail.com"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(large_providers_are_known_by_all_their_names),
		cmocka_unit_test(testers_are_no_providers),
		cmocka_unit_test(a_name_is_known_as_a_whole_or_not_at_all),
		cmocka_unit_test(an_operators_names_are_one_and_anothers_are_not),
		cmocka_unit_test(names_that_nobody_knows_belong_to_themselves_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
