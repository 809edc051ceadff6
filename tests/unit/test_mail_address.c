/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_address.h"

static const struct {
	const char *text, *address, *domain;
} cases[] = {
	{"a@example.org", "a@example.org", "example.org"},
	{"\"Name, x@y\" <a@example.org>", "a@example.org", "example.org"},
	{"Name <a@example.org>, b@example.net", "a@example.org", "example.org"},
	{"x@example.net <a@example.org>", "a@example.org", "example.org"},
	{"a@example.org (Name <b@example.net>)", "a@example.org", "example.org"},
	{"(c@d) a@example.org", "a@example.org", "example.org"},
	{"Friends: a@example.org, b@example.net;", "a@example.org", "example.org"},
	{"nobody:;", "", ""},
	{"<>", "", ""},
	{"<@r1.example,@r2.example:a@example.org>", "a@example.org", "example.org"},
	{"\"a@b\"@example.org", "\"a@b\"@example.org", "example.org"},
	{"<\"a@b\"@example.org>", "\"a@b\"@example.org", "example.org"},
	{"<\"a@b\">", "\"a@b\"", ""},
	{"a@[192.0.2.1]", "a@[192.0.2.1]", "[192.0.2.1]"},
	{"a@[IPv6:2001:db8::1], b@c", "a@[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"},
	{"=?utf-8?q?x?= <a@example.org>", "a@example.org", "example.org"},
	{"no address here", "", ""},
	{"", "", ""},
};

static void
is_text(struct span got, const char *want)
{
	if (!span_equal(got, span_of_text(want)))
		fail_msg("got '%.*s', want '%s'", (int)got.len, (const char *)got.at,
			want);
}

static void
the_first_mailbox_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));
		struct mail_address a;

		print_message("%s\n", cases[i].text);
		(void)mail_address_first(guarded_span(&g), &a);
		is_text(a.address, cases[i].address);
		is_text(a.domain, cases[i].domain);
		guarded_free(&g);
	}
}

static void
an_empty_path_is_an_address_and_nothing_is_none(void **state)
{
	struct mail_address a;

	(void)state;
	assert_true(mail_address_first(SPAN_LITERAL("<>"), &a));
	assert_false(mail_address_first(SPAN_LITERAL("nobody:;"), &a));
	assert_false(mail_address_first(SPAN_LITERAL("name"), &a));
}

static void
a_list_is_walked_to_its_end(void **state)
{
	struct span list = SPAN_LITERAL("a@x, B <b@y>, (c) c@z, group: d@w;");
	static const char *const want[] = {"a@x", "b@y", "c@z", "d@w"};
	struct mail_address a;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(mail_address_next(&list, &a));
		is_text(a.address, want[i]);
	}
	assert_false(mail_address_next(&list, &a));
}

static void
a_text_cut_anywhere_gives_a_part_of_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n < strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			struct mail_address a;

			(void)mail_address_first(guarded_span(&g), &a);
			assert_true(a.address.len <= n && a.domain.len <= a.address.len);
			guarded_free(&g);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_mailbox_is_found),
		cmocka_unit_test(an_empty_path_is_an_address_and_nothing_is_none),
		cmocka_unit_test(a_list_is_walked_to_its_end),
		cmocka_unit_test(a_text_cut_anywhere_gives_a_part_of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
