/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_word.h"

static const struct {
	const char *text, *want;
	bool unknown, replaced;
} cases[] = {
	{"plain text", "plain text", false, false},
	/* RFC 2047 8 */
	{"=?ISO-8859-1?Q?a?=", "a", false, false},
	{"=?ISO-8859-1?Q?a?= b", "a b", false, false},
	{"=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=", "ab", false, false},
	{"=?ISO-8859-1?Q?a?=\r\n  =?ISO-8859-1?Q?b?=", "ab", false, false},
	{"=?ISO-8859-1?Q?a_b?=", "a b", false, false},
	{"=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?=", "a b", true, false},
	{"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\xc3\xb8rn Simonsen", false,
		false},
	{"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=", "If you can read this yo",
		false, false},
	{"=?utf-8?b?w6TDtsO8?=", "\xc3\xa4\xc3\xb6\xc3\xbc", false, false},
	{"=?utf-8*de?q?=C3=A4?=", "\xc3\xa4", false, false},
	/* a character cut between two words */
	{"=?utf-8?q?x=C3?= =?utf-8?q?=A4y?=", "x\xc3\xa4y", false, false},
	{"=?utf-8?q?x=C3?= y", "x\xef\xbf\xbd y", false, true},
	{"=?iso-8859-15?q?=A4?=", "\xe2\x82\xac", false, false},
	{"=?windows-1252?q?=80=92=FC=81?=",
		"\xe2\x82\xac\xe2\x80\x99\xc3\xbc\xef\xbf\xbd", false, true},
	{"=?gb2312?b?xOM=?=", "\xef\xbf\xbd\xef\xbf\xbd", true, true},
	{"=?koi8-r?q?abc?=", "abc", true, false},
	/* UTF-8's forbidden forms: over-long, surrogate, above U+10FFFF */
	{"\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", false, true},
	{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", false, true},
	{"\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", false,
		true},
	{"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", false, false},
	/* controls never come out */
	{"a\x1b[0m", "a [0m", false, true},
	{"=?utf-8?q?a=0D=0Ab=00c?=", "a  b c", false, true},
	{"=?utf-8?q?=C2=9B?=", " ", false, true},
	{"=?iso-8859-1?q?=9B?=", " ", false, true},
	/* what is no encoded word stays */
	{"=?utf-8?x?abc?=", "=?utf-8?x?abc?=", false, false},
	{"=?utf-8?q?abc", "=?utf-8?q?abc", false, false},
	{"=?=?=?", "=?=?=?", false, false},
	{"=?utf-8?q?a=ZZ=4?=", "a=ZZ=4", false, false},
	{"=?utf-8?b?!!!?=", "", false, false},
	{"", "", false, false},
};

static void
each_text_is_decoded(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));
		char out[128];
		struct mail_word_result r =
			mail_word_decode(guarded_span(&g), out, sizeof(out));

		print_message("%s\n", cases[i].text);
		assert_string_equal(out, cases[i].want);
		assert_int_equal(r.len, strlen(out));
		assert_int_equal(r.unknown, cases[i].unknown);
		assert_int_equal(r.replaced, cases[i].replaced);
		assert_false(r.cut);
		guarded_free(&g);
	}
}

/* Every room gives a head of the whole that ends between characters. */
static void
a_small_room_cuts_between_characters(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t room = 1; room <= strlen(cases[i].want); room++) {
			static const char empty[128];
			struct guarded g = guarded_new(empty, room);
			struct mail_word_result r = mail_word_decode(
				span_of_text(cases[i].text), (char *)g.at, room);

			assert_true(r.cut);
			assert_true(r.len < room);
			assert_int_equal(g.at[r.len], 0);
			assert_memory_equal(g.at, cases[i].want, r.len);
			assert_int_not_equal((uint8_t)cases[i].want[r.len] & 0xc0, 0x80);
			guarded_free(&g);
		}
}

static void
a_text_cut_anywhere_stays_in_its_bounds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n < strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			char out[256];
			struct mail_word_result r =
				mail_word_decode(guarded_span(&g), out, sizeof(out));

			assert_true(r.len <= 3 * n);
			guarded_free(&g);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_text_is_decoded),
		cmocka_unit_test(a_small_room_cuts_between_characters),
		cmocka_unit_test(a_text_cut_anywhere_stays_in_its_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
