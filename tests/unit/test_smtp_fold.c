/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_fold.h"

static const struct {
	const char *text, *want;
} cases[] = {
	{"Relay access denied", "relay access denied"},
	{"<a@b.test>: Relay Access Denied", "@ relay access denied"},
	{"Relaying to <a@b.test> denied", "relaying to @ denied"},
	{"<spam@b.test>... User unknown", "@ user unknown"},
	{"<\"a b\"@c.test>: x", "@ x"},
	{"spam%b.test@c.test x", "@ x"},
	{"<no closing a b", "@"},
	{"a\nb\t\tc  d\r\n", "a b c d"},
	{" ", ""},
	{"", ""},
	{"\n\n", ""},
};

static void
addresses_blanks_and_capitals_are_evened_out(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t n = 0; n <= strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			struct smtp_fold f;

			smtp_fold_init(&f, guarded_span(&g));
			assert_true(f.len <= n);
			if (n == strlen(cases[i].text))
				assert_true(span_equal(span_of(f.text, f.len),
					span_of_text(cases[i].want)));
			guarded_free(&g);
		}
	}
}

static void
only_the_head_of_a_long_text_counts(void **state)
{
	char text[2 * SMTP_FOLD_MAX];
	struct smtp_fold f;

	(void)state;
	memset(text, 'X', sizeof(text));
	memcpy(text, "head ", 5);
	memcpy(text + SMTP_FOLD_MAX, " tail", 5);
	smtp_fold_init(&f, span_of(text, sizeof(text)));
	assert_int_equal(f.len, SMTP_FOLD_MAX);
	assert_true(smtp_fold_has(&f, SPAN_LITERAL("head x")));
	assert_false(smtp_fold_has(&f, SPAN_LITERAL("tail")));
}

static void
a_word_stands_alone_or_is_none(void **state)
{
	static const struct {
		const char *text;
		bool word;
	} words[] = {
		{"relay", true},
		{"no relay here", true},
		{"(relay)", true},
		{"relay.", true},
		{"a relay. Go", true},
		{"relay, no", true},
		{"relays", false},
		{"no-relay", false},
		{"relay-1", false},
		{"relay.isp.test", false},
		{"mx.relay", false},
		{"relays relay", true},
		{"rela", false},
		{"", false},
		{"relay\xc3\xa9", false},
	};
	struct smtp_fold f;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		smtp_fold_init(&f, span_of_text(words[i].text));
		assert_int_equal(
			smtp_fold_has_word(&f, SPAN_LITERAL("relay")), words[i].word);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_blanks_and_capitals_are_evened_out),
		cmocka_unit_test(only_the_head_of_a_long_text_counts),
		cmocka_unit_test(a_word_stands_alone_or_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
