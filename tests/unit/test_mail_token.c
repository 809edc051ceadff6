/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_token.h"

/* Each token as its kind's letter and its text in braces. */
static const char *
shape(struct span s, const char *separators)
{
	static char out[512];
	static const char letters[] = "wcasb";
	struct mail_token t;
	size_t n = 0;

	while (mail_token_next(&s, separators, &t)) {
		assert_true(n + t.text.len + 4 < sizeof(out));
		out[n++] = t.quoted ? 'q' : letters[t.kind];
		out[n++] = '{';
		if (t.text.len)
			memcpy(out + n, t.text.at, t.text.len);
		n += t.text.len;
		out[n++] = '}';
	}
	out[n] = '\0';
	return out;
}

static const struct {
	const char *text, *separators, *shape;
} cases[] = {
	{"", ";", ""},
	{" \t\r\n", ";", ""},
	{"a b", ";", "w{a}w{b}"},
	{"a(b(c)d)e", ";", "w{a}c{b(c)d}w{e}"},
	{"(a\\)b) c", ";", "c{a\\)b}w{c}"},
	{"(\"a)b", ";", "c{\"a}w{b}"},
	{"(a b", ";", "b{(a b}"},
	{"x (a b", ";", "w{x}b{(a b}"},
	{"a;b", ";", "w{a}s{;}w{b}"},
	{"a;b", "", "w{a;b}"},
	{"\"a (b\" <c>", ";", "q{\"a (b\"}a{c}"},
	{"\"a\\\"b\"@c", ";", "q{\"a\\\"b\"@c}"},
	{"a\"b c", ";", "b{a\"b c}"},
	{"<\"a>b\"@c>;", ";", "a{\"a>b\"@c}s{;}"},
	{"a<b>", ";", "w{a}a{b}"},
	{"<a b", ";", "b{<a b}"},
	{"[a;(b] c", ";", "w{[a;(b]}w{c}"},
	{"[a ;b", ";", "w{[a}s{;}w{b}"},
	{"a)b>c]d", ";", "w{a)b>c]d}"},
	{"<>", ";", "a{}"},
	{"()", ";", "c{}"},
};

static void
each_text_gives_its_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));

		assert_string_equal(
			shape(guarded_span(&g), cases[i].separators), cases[i].shape);
		guarded_free(&g);
	}
}

static void
a_text_cut_anywhere_ends(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n < strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);

			assert_true(strlen(shape(guarded_span(&g), ";")) <= 4 * n);
			guarded_free(&g);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_gives_its_tokens),
		cmocka_unit_test(a_text_cut_anywhere_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
