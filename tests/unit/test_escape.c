/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/base/escape.h"

static const struct {
	struct span from;
	const char *to;
} cases[] = {
	{{NULL, 0}, ""},
	{SPAN_LITERAL("plain ~text"), "plain ~text"},
	{SPAN_LITERAL("a\\b"), "a\\\\b"},
	{SPAN_LITERAL("\r\n\t\0\x1b[2J\x7f"), "\\x0d\\x0a\\x09\\x00\\x1b[2J\\x7f"},
	/* U+00FC, U+20AC, U+1F4E7 pass */
	{SPAN_LITERAL("\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7"),
		"\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7"},
	/* U+0085 is a C1 control, U+00A0 is not */
	{SPAN_LITERAL("\xc2\x85\xc2\xa0"), "\\xc2\\x85\xc2\xa0"},
	/* U+202A, U+202E, U+2066, U+2069, U+2028 */
	{SPAN_LITERAL("\xe2\x80\xaa\xe2\x80\xae"), "\\xe2\\x80\\xaa\\xe2\\x80\\xae"},
	{SPAN_LITERAL("\xe2\x81\xa6\xe2\x81\xa9"), "\\xe2\\x81\\xa6\\xe2\\x81\\xa9"},
	{SPAN_LITERAL("\xe2\x80\xa8"), "\\xe2\\x80\\xa8"},
	/* U+202F and U+2065 stand just beside */
	{SPAN_LITERAL("\xe2\x80\xaf\xe2\x81\xa5"), "\xe2\x80\xaf\xe2\x81\xa5"},
	/* RFC 3629 10: over-long, surrogate, over U+10FFFF, lone, cut */
	{SPAN_LITERAL("\xc0\xaf"), "\\xc0\\xaf"},
	{SPAN_LITERAL("\xe0\x80\xaf"), "\\xe0\\x80\\xaf"},
	{SPAN_LITERAL("\xed\xa0\x80"), "\\xed\\xa0\\x80"},
	{SPAN_LITERAL("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"},
	{SPAN_LITERAL("\x80z\xff"), "\\x80z\\xff"},
	{SPAN_LITERAL("\xe2\x82"), "\\xe2\\x82"},
	{SPAN_LITERAL("\xc3(x"), "\\xc3(x"},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
what_could_harm_a_terminal_is_escaped(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct guarded g = guarded_new(cases[i].from.at, cases[i].from.len);
		char out[100];

		assert_int_equal(escape_text(guarded_span(&g), out, sizeof(out)),
			strlen(cases[i].to));
		assert_string_equal(out, cases[i].to);
		guarded_free(&g);
	}
}

static void
what_does_not_fit_is_left_out_in_whole_pieces(void **state)
{
	struct span s = SPAN_LITERAL("a\xe2\x82\xac\n\\z");
	/* pieces end at 1, 4, 8, 10, 11 */
	static const size_t want[] = {0, 0, 1, 1, 1, 4, 4, 4, 4, 8, 8, 10, 11, 11};

	(void)state;
	for (size_t room = 1; room < sizeof(want) / sizeof(want[0]); room++) {
		char *out = malloc(room);

		assert_int_equal(escape_text(s, out, room), want[room]);
		assert_int_equal(strlen(out), want[room]);
		free(out);
	}
}

static void
writing_gives_the_same_as_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);

		assert_non_null(f);
		escape_write(f, cases[i].from);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(len, strlen(cases[i].to));
		assert_memory_equal(text, cases[i].to, len);
		free(text);
	}
}

/* U+00FC, U+20AC, U+1F4E7, then what is no character. */
static void
no_character_is_torn(void **state)
{
	static const char text[] =
		"a\xc3\xbc\xe2\x82\xac\xf0\x9f\x93\xa7z\xe2\x82\x82\x82"
		"\x82\xc3";
	/* By octets that there is room for. */
	static const size_t want[] = {
		0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11, 11, 14, 15, 16, 17};

	(void)state;
	for (size_t most = 0; most < sizeof(want) / sizeof(*want); most++)
		assert_int_equal(
			escape_cut(span_of(text, sizeof(text) - 1), most), want[most]);
	assert_int_equal(escape_cut(SPAN_NONE, 0), 0);
	assert_int_equal(escape_cut(SPAN_LITERAL("\xe2\x82"), 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_could_harm_a_terminal_is_escaped),
		cmocka_unit_test(what_does_not_fit_is_left_out_in_whole_pieces),
		cmocka_unit_test(writing_gives_the_same_as_text),
		cmocka_unit_test(no_character_is_torn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
