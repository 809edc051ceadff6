/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_meaning.h"

static const struct {
	const char *text, *name;
} cases[] = {
	{"Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; "
	 "https://www.spamhaus.org/query/ip/192.0.2.7",
		"zen.spamhaus.org"},
	{"Client host [192.0.2.7] blocked using Barracuda Reputation", "Barracuda"},
	{"rejected because 192.0.2.7 is in a black list at bl.spamcop.net",
		"bl.spamcop.net"},
	{"192.0.2.7 is listed at dnsbl.example.", "dnsbl.example"},
	{"Rejected, listed in bl.example.test. Go away", "bl.example.test"},
	{"Your IP was found on b.barracudacentral.org", "b.barracudacentral.org"},
	{"see http://www.uceprotect.net/rblcheck.php?ipr=192.0.2.7",
		"www.uceprotect.net"},
	{"BLOCKED USING Cbl.Abuseat.Org", "Cbl.Abuseat.Org"},
	/* A word without a dot may be anything. */
	{"User not listed in Domino Directory", ""},
	{"Relay access denied", ""},
	{"blocked using ", ""},
	{"blocked using ...", ""},
	{"", ""},
};

static void
the_list_is_named_by_host_or_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t n = 0; n <= strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			struct span name = smtp_blocklist_name(guarded_span(&g));

			assert_true(name.len <= n);
			if (n == strlen(cases[i].text))
				assert_true(
					span_equal(name, span_of_text(cases[i].name)));
			guarded_free(&g);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_list_is_named_by_host_or_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
