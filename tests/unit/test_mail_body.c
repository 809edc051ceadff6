/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_body.h"

static const struct span words[] = {
	{(const uint8_t *)"203.0.113.11", 12}, {(const uint8_t *)"mail.example.net", 16}};
static const struct mail_needles needles = {words, 2};

static void
feed(struct mail_body *b, const char *text)
{
	mail_body_feed(b, span_of_text(text));
}

static uint64_t
print_of(const char *text)
{
	struct mail_body b;

	mail_body_reset(&b, (struct mail_needles){NULL, 0});
	feed(&b, text);
	mail_body_end(&b);
	return mail_body_fingerprint(&b);
}

static uint32_t
found_in(const char *text, size_t cut)
{
	struct mail_body b;

	mail_body_reset(&b, needles);
	mail_body_feed(&b, span_of(text, cut));
	mail_body_feed(&b, span_of(text + cut, strlen(text) - cut));
	mail_body_end(&b);
	return b.found;
}

static void
line_ends_and_blanks_do_not_change_the_fingerprint(void **state)
{
	(void)state;
	assert_true(print_of("Hello world\r\nbye\r\n") == print_of("Hello  world \nbye"));
	assert_true(print_of("Hello world") != print_of("Hello worle"));
	assert_true(print_of("ab") != print_of("ba"));
	assert_true(print_of(" \r\n") == 0);
	assert_true(print_of("x") != 0);
}

static void
only_the_head_makes_the_fingerprint(void **state)
{
	static char a[MAIL_PRINT_MAX + 3], b[MAIL_PRINT_MAX + 3];

	(void)state;
	memset(a, 'x', MAIL_PRINT_MAX + 1);
	memset(b, 'x', MAIL_PRINT_MAX + 1);
	b[MAIL_PRINT_MAX] = 'y';
	assert_true(print_of(a) == print_of(b));
	b[MAIL_PRINT_MAX - 1] = 'y';
	assert_true(print_of(a) != print_of(b));
}

static void
a_hole_in_the_head_leaves_no_fingerprint(void **state)
{
	static char head[MAIL_PRINT_MAX];
	struct mail_body b;

	(void)state;
	mail_body_reset(&b, needles);
	feed(&b, "x");
	mail_body_gap(&b, 5);
	feed(&b, "y");
	assert_true(mail_body_fingerprint(&b) == 0);
	assert_int_equal(b.octets, 7);
	memset(head, 'x', sizeof(head));
	mail_body_reset(&b, needles);
	mail_body_feed(&b, span_of(head, sizeof(head)));
	mail_body_gap(&b, 5);
	assert_true(mail_body_fingerprint(&b) != 0);
}

static void
needles_are_found_as_whole_words_wherever_cut(void **state)
{
	static const struct {
		const char *text;
		uint32_t found;
	} cases[] = {{"test of 203.0.113.11 now", 1}, {"203.0.113.11", 1},
		{"203.0.113.11.", 1}, {"x203.0.113.11", 0}, {"203.0.113.110", 0},
		{"1203.0.113.11", 0}, {"203.0.113.1", 0},
		{"[203.0.113.11]:25 MAIL.Example.Net", 3}, {"mail.example.nets", 0},
		{"203.0.\r\n113.11", 0},
		{"_______________________________________________________________________"
		 "________"
		 "203.0.113.11-",
			1},
		{"", 0}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (size_t cut = 0; cut <= strlen(cases[i].text); cut++)
			assert_int_equal(found_in(cases[i].text, cut), cases[i].found);
		assert_int_equal(mail_needles_find(&needles, span_of_text(cases[i].text)),
			cases[i].found);
	}
}

/* The search at each offset agrees with the search in one piece. */
static void
a_needle_is_found_at_every_place_of_the_head(void **state)
{
	static char text[MAIL_SEARCH_MAX + 64];

	(void)state;
	for (size_t at = 0; at + 12 < sizeof(text); at++) {
		memset(text, ' ', sizeof(text) - 1);
		memcpy(text + at, "203.0.113.11", 12);
		assert_int_equal(found_in(text, at / 2), at + 12 < MAIL_SEARCH_MAX);
	}
}

static void
a_needle_that_touches_a_hole_is_none(void **state)
{
	struct mail_body b;

	(void)state;
	mail_body_reset(&b, needles);
	feed(&b, "203.0.");
	mail_body_gap(&b, 3);
	feed(&b, "113.11 ");
	assert_int_equal(b.found, 0);
	mail_body_gap(&b, 3);
	feed(&b, "203.0.113.11 ");
	assert_int_equal(b.found, 0);
	feed(&b, "203.0.113.11");
	mail_body_gap(&b, 3);
	feed(&b, " ");
	assert_int_equal(b.found, 0);
	feed(&b, "203.0.113.11 ");
	assert_int_equal(b.found, 1);
	mail_body_gap(&b, UINT64_MAX / 2);
	feed(&b, " mail.example.net ");
	mail_body_end(&b);
	assert_int_equal(b.found, 1);
}

static void
needles_that_are_too_long_or_too_many_are_not_looked_for(void **state)
{
	struct span many[MAIL_NEEDLES_MAX + 1];
	struct mail_needles n = {many, MAIL_NEEDLES_MAX + 1};
	char text[MAIL_NEEDLE_LEN_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 0; i < MAIL_NEEDLES_MAX + 1; i++)
		many[i] = SPAN_LITERAL("abc");
	many[0] = span_of(text, sizeof(text));
	assert_int_equal(mail_needles_find(&n, SPAN_LITERAL("abc")), 0xfffe);
	assert_int_equal(mail_needles_find(&n, many[0]), 0);
	many[0].len--;
	assert_int_equal(mail_needles_find(&n, many[0]), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_ends_and_blanks_do_not_change_the_fingerprint),
		cmocka_unit_test(only_the_head_makes_the_fingerprint),
		cmocka_unit_test(a_hole_in_the_head_leaves_no_fingerprint),
		cmocka_unit_test(needles_are_found_as_whole_words_wherever_cut),
		cmocka_unit_test(a_needle_is_found_at_every_place_of_the_head),
		cmocka_unit_test(a_needle_that_touches_a_hole_is_none),
		cmocka_unit_test(
			needles_that_are_too_long_or_too_many_are_not_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
