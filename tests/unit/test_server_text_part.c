/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/output/server_text_part.h"

/* What wrap writes. */
static const char *
wrapped(const char *text, unsigned at, unsigned indent, unsigned width)
{
	static char out[65536];
	FILE *f = fmemopen(out, sizeof(out), "w");

	assert_non_null(f);
	server_text_wrap(f, text, at, indent, width);
	fclose(f);
	return out;
}

static void
columns_are_characters_and_not_octets(void **state)
{
	(void)state;
	assert_int_equal(server_text_columns(""), 0);
	assert_int_equal(server_text_columns("abc"), 3);
	assert_int_equal(server_text_columns("\xc3\xa4"), 1);
	assert_int_equal(server_text_columns("a\xe2\x82\xacz\xf0\x9f\x93\xa7"), 4);
	assert_int_equal(server_text_columns("\\x1b"), 4);
}

static void
lines_are_broken_at_blanks_before_the_width(void **state)
{
	(void)state;
	assert_string_equal(wrapped("one two three", 0, 0, 13), "one two three\n");
	assert_string_equal(wrapped("one two three", 0, 0, 12), "one two\nthree\n");
	assert_string_equal(wrapped("one two three", 0, 2, 7), "one two\n  three\n");
	assert_string_equal(wrapped("one two three", 0, 0, 0), "one two three\n");
	/* The cursor is already at 4. */
	assert_string_equal(wrapped("one two three", 4, 4, 11), "one two\n    three\n");
	assert_string_equal(wrapped("", 4, 4, 10), "\n");
}

static void
blanks_are_one_between_words_and_none_around(void **state)
{
	(void)state;
	assert_string_equal(wrapped("  one   two  ", 0, 0, 80), "one two\n");
	assert_string_equal(wrapped("   ", 0, 0, 80), "\n");
}

/* The first stands where it is even if it does not fit: a line feed would not help. */
static void
a_word_longer_than_the_line_stands_alone(void **state)
{
	(void)state;
	assert_string_equal(wrapped("abcdefghij", 0, 0, 4), "abcdefghij\n");
	assert_string_equal(wrapped("a abcdefghij b", 0, 1, 4), "a\n abcdefghij\n b\n");
}

static void
characters_of_many_octets_take_one_column(void **state)
{
	(void)state;
	assert_string_equal(wrapped("\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4", 0, 0, 5),
		"\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\n");
	assert_string_equal(wrapped("\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4", 0, 0, 4),
		"\xc3\xa4\xc3\xb6\xc3\xbc\n\xc3\xa4\n");
}

/* And each escape has its four columns. */
static void
hostile_octets_are_escaped_before_they_are_counted(void **state)
{
	(void)state;
	assert_string_equal(wrapped("a\x1b[2J\nb c", 0, 0, 80), "a\\x1b[2J\\x0ab c\n");
	assert_string_equal(wrapped("\x1b \x1b", 0, 0, 9), "\\x1b \\x1b\n");
	assert_string_equal(wrapped("\x1b \x1b", 0, 0, 8), "\\x1b\n\\x1b\n");
}

/* The worst case: each octet becomes four. */
static void
of_a_very_long_text_4_kib_are_written(void **state)
{
	static char text[10000];

	(void)state;
	memset(text, '\x01', sizeof(text) - 1);
	assert_int_equal(strlen(wrapped(text, 0, 0, 80)), 4 * 4096 + 1);
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(strlen(wrapped(text, 0, 0, 80)), 4096 + 1);
}

static void
there_are_colours_only_where_they_are_wanted(void **state)
{
	struct server_text_style plain = {0}, colour = {.colour = true};
	char out[256] = "";
	FILE *f = fmemopen(out, sizeof(out), "w");

	(void)state;
	server_text_colour(&plain, VERDICT_OPEN_RELAY, f);
	server_text_bold(&plain, f);
	server_text_plain(&plain, f);
	fputs("x", f);
	server_text_colour(&colour, VERDICT_OPEN_RELAY, f);
	fputs("y", f);
	server_text_plain(&colour, f);
	server_text_bold(&colour, f);
	fclose(f);
	assert_string_equal(out, "x\033[1;31my\033[0m\033[1m");
}

/* 0.999 is not certain, and 0.7 is 0.70. */
static void
confidence_is_rounded_down_to_hundredths(void **state)
{
	struct verdict v = {.confidence = 0.999};

	(void)state;
	assert_true(server_text_confidence(&v) == 0.99);
	v.confidence = 0.7;
	assert_true(server_text_confidence(&v) == 0.70);
	v.confidence = 1;
	assert_true(server_text_confidence(&v) == 1.0);
	v.confidence = 0;
	assert_true(server_text_confidence(&v) == 0.0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_characters_and_not_octets),
		cmocka_unit_test(lines_are_broken_at_blanks_before_the_width),
		cmocka_unit_test(blanks_are_one_between_words_and_none_around),
		cmocka_unit_test(a_word_longer_than_the_line_stands_alone),
		cmocka_unit_test(characters_of_many_octets_take_one_column),
		cmocka_unit_test(hostile_octets_are_escaped_before_they_are_counted),
		cmocka_unit_test(of_a_very_long_text_4_kib_are_written),
		cmocka_unit_test(there_are_colours_only_where_they_are_wanted),
		cmocka_unit_test(confidence_is_rounded_down_to_hundredths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
