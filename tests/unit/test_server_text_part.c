/* SPDX-License-Identifier: Apache-2.0 */
/* Text on a terminal: no octet of a peer acts on it, and no line goes beyond its width.
 */
#include "feed.h"

#include "sensor/output/server_text_part.h"

/* What wrap writes; to be freed. */
static char *
wrapped(const char *text, unsigned at, unsigned indent, unsigned width)
{
	struct guarded g = guarded_new(text, strlen(text) + 1);
	char *out;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	server_text_wrap(f, (const char *)g.at, at, indent, width);
	fclose(f);
	guarded_free(&g);
	return out;
}

static void
expect(const char *text, unsigned at, unsigned indent, unsigned width, const char *want)
{
	char *out = wrapped(text, at, indent, width);

	assert_string_equal(out, want);
	free(out);
}

static void
a_character_is_a_column_however_many_octets_it_has(void **state)
{
	(void)state;
	assert_int_equal(server_text_columns(""), 0);
	assert_int_equal(server_text_columns("abc"), 3);
	assert_int_equal(server_text_columns("Gr\xc3\xbc\xc3\x9f"
					     "e"),
		5);
	assert_int_equal(server_text_columns("\xe2\x82\xac"), 1);
	assert_int_equal(server_text_columns("\xf0\x9f\x98\x80."), 2);
}

static void
lines_are_broken_at_blanks_and_not_before_they_must(void **state)
{
	(void)state;
	/* 7 columns: "one two" is just as wide. */
	expect("one two three", 0, 0, 7, "one two\nthree\n");
	expect("one two three", 0, 0, 6, "one\ntwo\nthree\n");
	expect("one two three", 0, 0, 13, "one two three\n");
	expect("one two three", 0, 0, 12, "one two\nthree\n");
	expect("one two three", 0, 0, 0, "one two three\n");
}

static void
the_first_line_begins_where_the_cursor_is(void **state)
{
	(void)state;
	expect("one two three", 4, 2, 11, "one two\n  three\n");
	expect("one two three", 5, 2, 11, "one\n  two three\n");
	/* The first word is written wherever the cursor is. */
	expect("one two", 50, 2, 11, "one\n  two\n");
}

static void
a_word_that_is_too_long_stands_alone(void **state)
{
	(void)state;
	expect("a muchtoolongword b", 0, 1, 6, "a\n muchtoolongword\n b\n");
	expect("muchtoolongword", 0, 1, 6, "muchtoolongword\n");
}

static void
blanks_are_one_between_words_and_none_at_the_ends(void **state)
{
	(void)state;
	expect("", 0, 4, 20, "\n");
	expect("   ", 0, 4, 20, "\n");
	expect("  one   two  ", 0, 4, 20, "one two\n");
}

static void
characters_count_and_not_octets(void **state)
{
	(void)state;
	expect("\xc3\xbc\xc3\xbc\xc3\xbc \xc3\xa4\xc3\xa4\xc3\xa4", 0, 0, 7,
		"\xc3\xbc\xc3\xbc\xc3\xbc \xc3\xa4\xc3\xa4\xc3\xa4\n");
	expect("\xc3\xbc\xc3\xbc\xc3\xbc \xc3\xa4\xc3\xa4\xc3\xa4", 0, 0, 6,
		"\xc3\xbc\xc3\xbc\xc3\xbc\n\xc3\xa4\xc3\xa4\xc3\xa4\n");
}

static void
no_control_octet_comes_through(void **state)
{
	char *out = wrapped("a\x1b[2Jb \r\n\t\x07\x7f \x9b\xff", 0, 0, 0);

	(void)state;
	for (const char *c = out; c[1]; c++)
		assert_true(*c >= ' ' && *c <= '~');
	assert_int_equal(out[strlen(out) - 1], '\n');
	assert_non_null(strstr(out, "[2Jb"));
	free(out);
}

static void
no_line_is_wider_than_it_may_be(void **state)
{
	static const char text[] =
		"Relays for strangers: 12 messages from 3 clients for 4 "
		"foreign domains, sent on to \xc3\xbc.test and others.";

	(void)state;
	for (unsigned width = 20; width < 90; width++)
		for (unsigned at = 0; at < 8; at++) {
			char *out = wrapped(text, at, 4, width);
			size_t columns = at;

			for (const char *c = out; *c; c++) {
				if (*c == '\n') {
					columns = 0;
					continue;
				}
				columns += ((uint8_t)*c & 0xc0) != 0x80;
				assert_true(columns <= width);
			}
			free(out);
		}
}

static void
a_text_that_is_too_long_is_cut(void **state)
{
	static char text[20000];
	char *out;

	(void)state;
	/* One word; each octet becomes four. */
	memset(text, 1, sizeof(text) - 1);
	out = wrapped(text, 0, 0, 80);
	assert_true(strlen(out) <= 4 * 4096 + 1);
	assert_true(strlen(out) > 4096);
	free(out);
	memset(text, 'x', sizeof(text) - 1);
	out = wrapped(text, 0, 0, 80);
	assert_int_equal(strlen(out), 4096 + 1);
	free(out);
	/* U+00FC over the end: none of it, rather than half. */
	memcpy(text + 4095, "\xc3\xbc", 2);
	out = wrapped(text, 0, 0, 80);
	assert_int_equal(strlen(out), 4095 + 1);
	free(out);
}

static void
a_confidence_is_cut_and_not_rounded(void **state)
{
	static const struct {
		double is, told;
	} cases[] = {{0, 0}, {0.7, 0.7}, {0.999, 0.99}, {0.99999, 0.99}, {0.955, 0.95},
		{0.29, 0.29}, {0.009, 0}, {1, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_true(server_text_confidence(cases[i].is) == cases[i].told);
}

/* What the three write with that style, one behind the other. */
static void
expect_style(bool colour, enum verdict_kind kind, const char *want)
{
	struct server_text_style style = {.colour = colour};
	char *out;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	server_text_bold(&style, f);
	fputc('|', f);
	server_text_colour(&style, kind, f);
	fputc('|', f);
	server_text_plain(&style, f);
	fclose(f);
	assert_string_equal(out, want);
	free(out);
}

static void
colours_are_there_when_asked_for(void **state)
{
	(void)state;
	expect_style(true, VERDICT_OPEN_RELAY, "\x1b[1m|\x1b[1;31m|\x1b[0m");
	expect_style(true, VERDICT_RESTRICTED, "\x1b[1m|\x1b[32m|\x1b[0m");
	for (int kind = VERDICT_OPEN_RELAY; kind <= VERDICT_UNKNOWN; kind++)
		expect_style(false, (enum verdict_kind)kind, "||");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_character_is_a_column_however_many_octets_it_has),
		cmocka_unit_test(lines_are_broken_at_blanks_and_not_before_they_must),
		cmocka_unit_test(the_first_line_begins_where_the_cursor_is),
		cmocka_unit_test(a_word_that_is_too_long_stands_alone),
		cmocka_unit_test(blanks_are_one_between_words_and_none_at_the_ends),
		cmocka_unit_test(characters_count_and_not_octets),
		cmocka_unit_test(no_control_octet_comes_through),
		cmocka_unit_test(no_line_is_wider_than_it_may_be),
		cmocka_unit_test(a_text_that_is_too_long_is_cut),
		cmocka_unit_test(a_confidence_is_cut_and_not_rounded),
		cmocka_unit_test(colours_are_there_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
