/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/infer/known_domains.h"
#include "sensor/infer/word.h"

static void
one_name_in_any_case_is_one_word(void **state)
{
	struct words w;
	struct word *a, *b;

	(void)state;
	words_init(&w, NULL);
	a = word_take(&w, SPAN_LITERAL("Mail.Corp.TEST."));
	b = word_take(&w, SPAN_LITERAL("mail.corp.test"));
	assert_ptr_equal(a, b);
	assert_string_equal(a->text, "mail.corp.test");
	assert_ptr_equal(word_find(&w, SPAN_LITERAL("MAIL.corp.test")), a);
	word_drop(&w, a);
	assert_non_null(word_find(&w, SPAN_LITERAL("mail.corp.test")));
	word_drop(&w, b);
	assert_null(word_find(&w, SPAN_LITERAL("mail.corp.test")));
	words_free(&w);
}

static void
sites_follow_the_public_suffix_list(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{"mail.example.org", "example.org", true},
		{"mail.example.org", "www.example.org", true},
		{"example.org", "example.com", false},
		{"a.co.uk", "b.co.uk", false},
		{"mx.a.co.uk", "a.co.uk", true},
		{"co.uk", "co.uk", true},
		{"localhost", "localhost", true},
		{"[192.0.2.1]", "[192.0.2.1]", true},
		{"[192.0.2.1]", "[192.0.2.2]", false},
	};
	struct words w;

	(void)state;
	words_init(&w, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct word *a = word_take(&w, span_of_text(cases[i].a));
		struct word *b = word_take(&w, span_of_text(cases[i].b));

		assert_int_equal(word_same_site(&w, a, b), cases[i].same);
		assert_false(word_same_site(&w, a, NULL));
		word_drop(&w, a);
		word_drop(&w, b);
	}
	assert_int_equal(HASH_COUNT(w.table), 0);
	words_free(&w);
}

/* In another list "corp.test" may be a suffix: then its hosts are no longer of one site. */
static void
another_list_makes_other_sites_and_a_missing_one_none(void **state)
{
	char path[] = "/tmp/relaytap-word-XXXXXX";
	FILE *list = fdopen(mkstemp(path), "w");
	struct word *a, *b;
	struct words w;

	(void)state;
	assert_non_null(list);
	fputs("test\ncorp.test\n", list);
	fclose(list);
	words_init(&w, NULL);
	a = word_take(&w, SPAN_LITERAL("a.corp.test"));
	b = word_take(&w, SPAN_LITERAL("b.corp.test"));
	assert_true(word_same_site(&w, a, b));
	words_set_list(&w, path);
	assert_int_equal(HASH_COUNT(w.table), 2);
	assert_false(word_same_site(&w, a, b));
	words_set_list(&w, "/nonexistent/list");
	assert_false(word_same_site(&w, a, b));
	words_set_list(&w, NULL);
	assert_true(word_same_site(&w, a, b));
	word_drop(&w, a);
	word_drop(&w, b);
	assert_int_equal(HASH_COUNT(w.table), 0);
	words_free(&w);
	remove(path);
}

static void
providers_and_testers_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(known_domain_find(SPAN_LITERAL("gmail.com")), KNOWN_PROVIDER);
	assert_int_equal(known_domain_find(SPAN_LITERAL("nmap.scanme.org")), KNOWN_TESTER);
	assert_int_equal(known_domain_find(SPAN_LITERAL("example.org")), KNOWN_NONE);
	assert_int_equal(known_domain_find(SPAN_LITERAL("notgmail.com")), KNOWN_NONE);
	assert_true(known_domain_same_owner(
		SPAN_LITERAL("google.com"), SPAN_LITERAL("gmail.com")));
	assert_false(known_domain_same_owner(
		SPAN_LITERAL("yahoo.com"), SPAN_LITERAL("gmail.com")));
	assert_true(known_domain_same_owner(
		SPAN_LITERAL("example.org"), SPAN_LITERAL("example.org")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_name_in_any_case_is_one_word),
		cmocka_unit_test(sites_follow_the_public_suffix_list),
		cmocka_unit_test(another_list_makes_other_sites_and_a_missing_one_none),
		cmocka_unit_test(providers_and_testers_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
