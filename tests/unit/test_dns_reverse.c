/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/dns_reverse.h"

#define NIBBLES "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"

/* zone NULL: a reverse name; addr NULL: neither. */
static const struct {
	const char *name, *addr, *zone;
} cases[] = {
	{"66.100.51.198.in-addr.arpa", "198.51.100.66", NULL},
	{"66.100.51.198.IN-ADDR.ARPA.", "198.51.100.66", NULL},
	{"0.0.0.0.in-addr.arpa", "0.0.0.0", NULL},
	{NIBBLES ".ip6.arpa", "2001:db8::25", NULL},
	{NIBBLES ".IP6.arpa.", "2001:db8::25", NULL},
	{"66.100.51.198.zen.example.org", "198.51.100.66", "zen.example.org"},
	{"2.0.0.127.bl.example.", "127.0.0.2", "bl.example"},
	{NIBBLES ".zen.example.org", "2001:db8::25", "zen.example.org"},
	{"100.51.198.in-addr.arpa", NULL, NULL},       /* a part of an address */
	{"64/26.100.51.198.in-addr.arpa", NULL, NULL}, /* RFC 2317 */
	{"256.100.51.198.in-addr.arpa", NULL, NULL},
	{"066.100.51.198.in-addr.arpa", NULL, NULL},
	{"66..51.198.in-addr.arpa", NULL, NULL},
	{"66.100.51.198", NULL, NULL},
	{"66.100.51.198.local", NULL, NULL}, /* one label is no zone */
	{"66.100.51.198.x.in-addr.arpa", NULL, NULL},
	{"2.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", NULL, NULL},
	{"g" NIBBLES ".ip6.arpa", NULL, NULL},
	{"mail.example.org", NULL, NULL},
	{".", NULL, NULL},
	{"", NULL, NULL},
};

static void
names_that_hold_an_address_give_it(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].name, strlen(cases[i].name));
		struct ip_addr got, want;
		struct span zone;
		bool reverse = dns_reverse_parse(guarded_span(&g), &got);
		bool list;

		assert_int_equal(reverse, cases[i].addr && !cases[i].zone);
		list = dns_blocklist_parse(
			guarded_span(&g), reverse ? &want : &got, &zone);
		assert_int_equal(list, cases[i].addr && cases[i].zone);
		if (list)
			assert_true(span_equal(zone, span_of_text(cases[i].zone)));
		if (cases[i].addr) {
			assert_true(ip_addr_parse(span_of_text(cases[i].addr), &want));
			assert_true(ip_addr_equal(&got, &want));
		}
		guarded_free(&g);
	}
}

static void
names_cut_anywhere_are_no_reverse_names(void **state)
{
	static const char name[] = NIBBLES ".ip6.arpa";

	(void)state;
	for (size_t n = 0; n < sizeof(name) - 1; n++) {
		struct guarded g = guarded_new(name, n);
		struct ip_addr got;

		assert_false(dns_reverse_parse(guarded_span(&g), &got));
		guarded_free(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_hold_an_address_give_it),
		cmocka_unit_test(names_cut_anywhere_are_no_reverse_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
