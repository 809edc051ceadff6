/* SPDX-License-Identifier: Apache-2.0 */
/* Spans and the cursor, whose input ends where reading on would be a crash. */
#include "feed.h"

#define EMPTY SPAN_NONE

static void
a_slice_is_what_there_is_of_it(void **state)
{
	struct span s = SPAN_LITERAL("abcdef"), t;

	(void)state;
	assert_true(span_equal(span_slice(s, 1, 3), SPAN_LITERAL("bc")));
	assert_true(span_equal(span_slice(s, 0, SIZE_MAX), s));
	assert_true(span_equal(span_slice(s, 5, 99), SPAN_LITERAL("f")));
	assert_int_equal(span_slice(s, 6, 9).len, 0);
	assert_int_equal(span_slice(s, 4, 2).len, 0);
	assert_int_equal(span_slice(s, SIZE_MAX, SIZE_MAX).len, 0);
	t = span_slice(EMPTY, 0, 5);
	assert_int_equal(t.len, 0);
}

static void
texts_are_equal_octet_by_octet_or_without_their_case(void **state)
{
	(void)state;
	assert_true(span_equal(EMPTY, EMPTY));
	assert_true(span_equal(EMPTY, SPAN_LITERAL("")));
	assert_false(span_equal(SPAN_LITERAL("a"), EMPTY));
	assert_false(span_equal(SPAN_LITERAL("a"), SPAN_LITERAL("A")));
	assert_false(span_equal(SPAN_LITERAL("ab"), SPAN_LITERAL("abc")));
	assert_true(span_equal(SPAN_LITERAL("a\0b"), SPAN_LITERAL("a\0b")));
	assert_false(span_equal(SPAN_LITERAL("a\0b"), SPAN_LITERAL("a\0c")));
	assert_true(span_equal_nocase(SPAN_LITERAL("MaIl"), SPAN_LITERAL("mAiL")));
	assert_false(span_equal_nocase(SPAN_LITERAL("mail"), SPAN_LITERAL("mai")));
	assert_true(span_equal_nocase(EMPTY, EMPTY));
}

/* Neighbours of the letters, which one bit turns into each other, are not the same. */
static void
nothing_but_ascii_letters_is_folded(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (unsigned d = 0; d < 256; d++) {
			uint8_t a = (uint8_t)c, b = (uint8_t)d;
			bool letters =
				((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z')) &&
				(c ^ d) == 0x20;

			if (span_equal_nocase(span_of(&a, 1), span_of(&b, 1)) !=
				(c == d || letters))
				fail_msg("%u and %u", c, d);
		}
}

static void
beginnings_and_ends_are_found_without_their_case(void **state)
{
	(void)state;
	assert_true(span_starts_nocase(SPAN_LITERAL("RCPT TO"), SPAN_LITERAL("rcpt")));
	assert_true(span_starts_nocase(SPAN_LITERAL("a"), EMPTY));
	assert_true(span_starts_nocase(EMPTY, EMPTY));
	assert_false(span_starts_nocase(SPAN_LITERAL("rcp"), SPAN_LITERAL("rcpt")));
	assert_true(span_ends_nocase(
		SPAN_LITERAL("mail.Example.ORG"), SPAN_LITERAL(".example.org")));
	assert_false(span_ends_nocase(
		SPAN_LITERAL("example.org"), SPAN_LITERAL(".example.org")));
	assert_true(span_ends_nocase(SPAN_LITERAL("a"), EMPTY));
	assert_true(span_ends_nocase(EMPTY, EMPTY));
}

/* Each search in octets that end at an unreadable page. */
static void
what_is_looked_for_is_found_first_or_not_at_all(void **state)
{
	struct guarded g = guarded_new("ababAbc", 7);
	struct span s = guarded_span(&g);

	(void)state;
	assert_int_equal(span_find(s, 'b'), 1);
	assert_int_equal(span_find(s, 'c'), 6);
	assert_int_equal(span_find(s, 'z'), 7);
	assert_int_equal(span_find(EMPTY, 'a'), 0);
	assert_int_equal(span_search_nocase(s, SPAN_LITERAL("ABC")), 4);
	assert_int_equal(span_search_nocase(s, SPAN_LITERAL("ab")), 0);
	assert_int_equal(span_search_nocase(s, SPAN_LITERAL("abcd")), 7);
	assert_int_equal(span_search_nocase(s, SPAN_LITERAL("ababababab")), 7);
	assert_int_equal(span_search_nocase(s, s), 0);
	assert_int_equal(span_search_nocase(EMPTY, SPAN_LITERAL("a")), 0);
	guarded_free(&g);
}

static void
blanks_and_line_ends_are_trimmed_and_nothing_else(void **state)
{
	struct guarded g = guarded_new(" \t\r\n", 4);

	(void)state;
	assert_true(span_equal(
		span_trim(SPAN_LITERAL("\r\n \ta b\t \r\n")), SPAN_LITERAL("a b")));
	assert_true(span_equal(span_trim(SPAN_LITERAL("\va\f")), SPAN_LITERAL("\va\f")));
	assert_true(span_equal(span_trim(SPAN_LITERAL("\0 ")), SPAN_LITERAL("\0")));
	assert_int_equal(span_trim(guarded_span(&g)).len, 0);
	assert_int_equal(span_trim(EMPTY).len, 0);
	guarded_free(&g);
}

static void
numbers_are_digits_and_no_greater_than_allowed(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, value;
		bool good;
	} all[] = {
		{"0", 0, 0, true},
		{"1", 0, 0, false},
		{"9", 8, 0, false},
		{"000000000000000000000000", 5, 0, true},
		{"65535", 65535, 65535, true},
		{"65536", 65535, 0, false},
		{"99", 98, 0, false},
		{"100", 99, 0, false},
		{"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
		{"18446744073709551616", UINT64_MAX, 0, false},
		{"18446744073709551620", UINT64_MAX, 0, false},
		{"99999999999999999999999", UINT64_MAX, 0, false},
		{"18446744073709551615", UINT64_MAX - 1, 0, false},
		{"", 9, 0, false},
		{"-1", 9, 0, false},
		{"+1", 9, 0, false},
		{" 1", 9, 0, false},
		{"1 ", 9, 0, false},
		{"1a", 99, 0, false},
		{"/", 99, 0, false},
		{":", 99, 0, false},
		{"0x1", 99, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		uint64_t out = 4711;

		if (span_number(span_of_text(all[i].text), all[i].max, &out) !=
			all[i].good)
			fail_msg("\"%s\" of at most %llu", all[i].text,
				(unsigned long long)all[i].max);
		assert_true(out == (all[i].good ? all[i].value : 4711));
	}
}

static void
a_copy_ends_in_its_room(void **state)
{
	char out[8];

	(void)state;
	memset(out, 'x', sizeof(out));
	assert_int_equal(span_copy(SPAN_LITERAL("abcdef"), out, 4), 3);
	assert_memory_equal(out, "abc\0xxxx", 8);
	assert_int_equal(span_copy(SPAN_LITERAL("abc"), out, 4), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(span_copy(SPAN_LITERAL("abc"), out, 1), 0);
	assert_string_equal(out, "");
	assert_int_equal(span_copy(EMPTY, out, 8), 0);
	assert_string_equal(out, "");
}

static void
the_cursor_reads_in_network_order(void **state)
{
	struct guarded g = guarded_new("\x01\x02\x03\xff\xfe\xfd\x80\x00\x00\x01\x81\x82"
				       "\x83\x84\x85\x86\x87\x88",
		18);
	struct cursor c = cursor_of(guarded_span(&g));

	(void)state;
	assert_int_equal(dis_u8(&c), 0x01);
	assert_int_equal(dis_u16(&c), 0x0203);
	assert_int_equal(dis_u24(&c), 0xfffefd);
	assert_int_equal(dis_u32(&c), 0x80000001u);
	assert_true(dis_u64(&c) == UINT64_C(0x8182838485868788));
	assert_false(c.overrun);
	assert_int_equal(cursor_left(&c), 0);
	/* Nothing is nothing, and no overrun. */
	assert_int_equal(cursor_take(&c, 0).len, 0);
	assert_int_equal(cursor_rest(&c).len, 0);
	assert_false(c.overrun);
	guarded_free(&g);
}

/* The error sticks: what could be read afterwards is not. */
static void
a_cursor_that_went_too_far_gives_nothing_any_more(void **state)
{
	struct guarded g = guarded_new("\xff\xff\xff", 3);
	struct cursor c;

	(void)state;
	for (int way = 0; way < 6; way++) {
		c = cursor_of(guarded_span(&g));
		if (way == 0)
			assert_int_equal(dis_u32(&c) & 0xffff, 0);
		else if (way == 1)
			assert_true((dis_u64(&c) & 0xffffffff) == 0);
		else if (way == 2)
			assert_int_equal(cursor_take(&c, 4).len, 0);
		else if (way == 3)
			cursor_skip(&c, SIZE_MAX);
		else if (way == 4)
			assert_int_equal(cursor_take(&c, SIZE_MAX).len, 0);
		else
			assert_int_equal((cursor_skip(&c, 3), dis_u8(&c)), 0);
		assert_true(c.overrun);
		assert_int_equal(dis_u8(&c), 0);
		assert_int_equal(cursor_take(&c, 1).len, 0);
		assert_int_equal(cursor_rest(&c).len, 0);
		assert_true(c.overrun);
	}
	c = cursor_of(EMPTY);
	assert_int_equal(dis_u8(&c), 0);
	assert_true(c.overrun);
	guarded_free(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slice_is_what_there_is_of_it),
		cmocka_unit_test(texts_are_equal_octet_by_octet_or_without_their_case),
		cmocka_unit_test(nothing_but_ascii_letters_is_folded),
		cmocka_unit_test(beginnings_and_ends_are_found_without_their_case),
		cmocka_unit_test(what_is_looked_for_is_found_first_or_not_at_all),
		cmocka_unit_test(blanks_and_line_ends_are_trimmed_and_nothing_else),
		cmocka_unit_test(numbers_are_digits_and_no_greater_than_allowed),
		cmocka_unit_test(a_copy_ends_in_its_room),
		cmocka_unit_test(the_cursor_reads_in_network_order),
		cmocka_unit_test(a_cursor_that_went_too_far_gives_nothing_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
