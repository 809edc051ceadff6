/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_from.h"

static const struct {
	const char *clause, *helo, *rdns, *addr, *bare;
	bool local, tls, auth, odd;
} cases[] = {
	{"h (r [192.0.2.1])", "h", "r", "192.0.2.1", "", false, false, false, false},
	{"h (unknown [192.0.2.1]:25)", "h", "", "192.0.2.1", "", false, false, false,
		false},
	{"h ([IPv6:2001:db8::1])", "h", "", "2001:db8::1", "", false, false, false,
		false},
	{"h (2001:db8::1)", "h", "", "2001:db8::1", "", false, false, false, false},
	{"[192.0.2.1] (helo=h)", "h", "", "192.0.2.1", "192.0.2.1", false, false, false,
		false},
	{"r ([192.0.2.1] helo=h)", "h", "r", "192.0.2.1", "", false, false, false, false},
	{"[192.0.2.9] (r [192.0.2.1])", "[192.0.2.9]", "r", "192.0.2.1", "192.0.2.9",
		false, false, false, false},
	{"h (r [local])", "h", "r", "", "", true, false, false, false},
	{"h (r [192.0.2.1]) (using TLSv1.2 with cipher X) (Authenticated sender: a)", "h",
		"r", "192.0.2.1", "", false, true, true, false},
	{"h (using TLSv1.2) (Authenticated sender: a) (r [192.0.2.1])", "h", "r",
		"192.0.2.1", "", false, false, false, false},
	/* no address form: words, a rest behind the bracket, no address in it */
	{"h (x y [192.0.2.1])", "h", "", "", "", false, false, false, false},
	{"h (r [192.0.2.1] x)", "h", "", "", "", false, false, false, false},
	{"h (r [192.0.2.1]x)", "h", "", "", "", false, false, false, false},
	{"h (r [192.0.2.256])", "h", "", "", "", false, false, false, false},
	{"h (x 192.0.2.1)", "h", "", "", "", false, false, false, false},
	{"h", "h", "", "", "", false, false, false, false},
	{"", "", "", "", "", false, false, false, false},
	{"h ([192.0.2.1]) ; x", "h", "", "192.0.2.1", "", false, false, false, true},
	{"\"h\" ([192.0.2.1])", "", "", "192.0.2.1", "", false, false, false, true},
	{"h (a by b) ([192.0.2.1])", "h", "", "192.0.2.1", "", false, false, false, true},
	{"h ([192.0.2.1]", "h", "", "", "", false, false, false, true},
};

static void
is_text(struct span got, const char *want)
{
	if (!span_equal(got, span_of_text(want)))
		fail_msg("got '%.*s', want '%s'", (int)got.len, (const char *)got.at,
			want);
}

static void
is_addr(const struct ip_addr *got, const char *want)
{
	struct ip_addr addr = {{0}};

	if (*want)
		assert_true(ip_addr_parse(span_of_text(want), &addr));
	assert_true(ip_addr_equal(got, &addr));
}

static void
each_clause_tells_the_servers_part_from_the_clients(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].clause, strlen(cases[i].clause));
		struct mail_from f;

		print_message("%s\n", cases[i].clause);
		mail_from_parse(guarded_span(&g), &f);
		is_text(f.helo, cases[i].helo);
		is_text(f.rdns, cases[i].rdns);
		is_addr(&f.addr, cases[i].addr);
		is_addr(&f.bare, cases[i].bare);
		assert_int_equal(f.local, cases[i].local);
		assert_int_equal(f.tls, cases[i].tls);
		assert_int_equal(f.auth, cases[i].auth);
		assert_int_equal(f.odd, cases[i].odd);
		guarded_free(&g);
	}
}

static void
comments_are_known_by_their_first_words(void **state)
{
	(void)state;
	assert_true(mail_comment_is_auth(SPAN_LITERAL("Authenticated sender: a")));
	assert_true(mail_comment_is_auth(SPAN_LITERAL("authenticated bits=128")));
	assert_true(mail_comment_is_auth(SPAN_LITERAL("authenticated")));
	assert_false(mail_comment_is_auth(SPAN_LITERAL("not authenticated")));
	assert_false(mail_comment_is_auth(SPAN_LITERAL("x Authenticated sender: a")));
	assert_true(mail_comment_is_tls(SPAN_LITERAL("TLS1.3")));
	assert_true(mail_comment_is_tls(SPAN_LITERAL("AES256-SHA encrypted")));
	assert_true(mail_comment_is_tls(SPAN_LITERAL("AUTH: PLAIN a, TLS: TLSv1.2")));
	assert_false(mail_comment_is_tls(SPAN_LITERAL("No TLS")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_clause_tells_the_servers_part_from_the_clients),
		cmocka_unit_test(comments_are_known_by_their_first_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
