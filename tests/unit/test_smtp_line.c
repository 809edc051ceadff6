/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_line.h"

struct want {
	const char *text;
	size_t len;
	uint64_t octets;
	bool bare_lf, bare_cr, nul, cut;
};

struct line_case {
	struct span in;
	uint16_t max;
	int lines;
	struct want want[4];
	bool rest; /* an unfinished line is left, its flush is want[lines] */
};

#define IN(text) SPAN_LITERAL(text)
#define TEXT(t)	 (t), sizeof(t) - 1
#define LINE(t, octs)                                                                    \
	{                                                                                \
		TEXT(t), (octs), false, false, false, false                              \
	}

static const struct line_case cases[] = {
	{IN("QUIT\r\n"), 64, 1, {LINE("QUIT", 6)}, false},
	{IN("\r\n\r\n"), 64, 2, {LINE("", 2), LINE("", 2)}, false},
	{IN("a\nbc\r\n"), 64, 2,
		{{TEXT("a"), 2, true, false, false, false}, LINE("bc", 4)}, false},
	{IN("\n"), 64, 1, {{TEXT(""), 1, true, false, false, false}}, false},
	/* A CR that does not end the line stays in it. */
	{IN("a\rb\r\n"), 64, 1, {{TEXT("a\rb"), 5, false, true, false, false}}, false},
	{IN("\r\r\n"), 64, 1, {{TEXT("\r"), 3, false, true, false, false}}, false},
	{IN("\rx\n"), 64, 1, {{TEXT("\rx"), 3, true, true, false, false}}, false},
	{IN("a\0b\r\n"), 64, 1, {{TEXT("a\0b"), 5, false, false, true, false}}, false},
	{IN("\0\r\n"), 64, 1, {{TEXT("\0"), 3, false, false, true, false}}, false},
	/* Exactly at the bound, one over it, and both faults behind it. */
	{IN("12345678\r\n9\r\n"), 8, 2, {LINE("12345678", 10), LINE("9", 3)}, false},
	{IN("123456789\r\nx\r\n"), 8, 2,
		{{TEXT("12345678"), 11, false, false, false, true}, LINE("x", 3)}, false},
	{IN("1234567\r8\r\n"), 7, 1, {{TEXT("1234567"), 11, false, true, false, true}},
		false},
	{IN("12345678\0\n"), 4, 1, {{TEXT("1234"), 10, true, false, true, true}}, false},
	/* Unfinished. */
	{IN("QUIT"), 64, 0, {LINE("QUIT", 4)}, true},
	{IN("QUIT\r"), 64, 0, {LINE("QUIT", 5)}, true},
	{IN("a\r\nb\rc"), 64, 1,
		{LINE("a", 3), {TEXT("b\rc"), 3, false, true, false, false}}, true},
	{IN("123456"), 4, 0, {{TEXT("1234"), 6, false, false, false, true}}, true},
	{IN("1234\r"), 4, 0, {LINE("1234", 5)}, true},
	{IN(""), 4, 0, {LINE("", 0)}, false},
};

static void
assert_line(const struct smtp_line *got, const struct want *want)
{
	assert_int_equal(got->text.len, want->len);
	if (want->len)
		assert_memory_equal(got->text.at, want->text, want->len);
	assert_int_equal(got->octets, want->octets);
	assert_int_equal(got->bare_lf, want->bare_lf);
	assert_int_equal(got->bare_cr, want->bare_cr);
	assert_int_equal(got->nul, want->nul);
	assert_int_equal(got->cut, want->cut);
}

static void
feed_part(struct smtp_line_reader *r, struct span part, const struct line_case *c, int *n)
{
	struct guarded g = guarded_new(part.at, part.len);
	struct span in = guarded_span(&g);
	struct smtp_line line;

	while (smtp_line_next(r, &in, &line) == DIS_OK) {
		assert_true(*n < c->lines);
		assert_line(&line, &c->want[(*n)++]);
	}
	assert_int_equal(in.len, 0);
	guarded_free(&g);
}

static void
each_line_is_the_same_wherever_it_is_cut(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct line_case *c = &cases[i];

		for (size_t cut = 0; cut <= c->in.len; cut++) {
			struct smtp_line_reader r;
			struct smtp_line line;
			int n = 0;

			smtp_line_reset(&r, c->max);
			feed_part(&r, span_slice(c->in, 0, cut), c, &n);
			feed_part(&r, span_slice(c->in, cut, c->in.len), c, &n);
			assert_int_equal(n, c->lines);
			assert_int_equal(smtp_line_flush(&r, &line), c->rest);
			if (c->rest)
				assert_line(&line, &c->want[n]);
			assert_false(smtp_line_flush(&r, &line));
		}
	}
}

static void
each_line_is_the_same_fed_octet_by_octet(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct line_case *c = &cases[i];
		struct smtp_line_reader r;
		int n = 0;

		smtp_line_reset(&r, c->max);
		for (size_t at = 0; at < c->in.len; at++)
			feed_part(&r, span_slice(c->in, at, at + 1), c, &n);
		assert_int_equal(n, c->lines);
	}
}

static void
a_whole_line_is_lent_without_a_copy(void **state)
{
	static const char text[] = "NOOP\r\n";
	struct span in = span_of(text, sizeof(text) - 1);
	struct smtp_line_reader r;
	struct smtp_line line;

	(void)state;
	smtp_line_reset(&r, SMTP_COMMAND_MAX);
	assert_int_equal(smtp_line_next(&r, &in, &line), DIS_OK);
	assert_ptr_equal(line.text.at, text);
}

static void
a_line_too_long_costs_one_line(void **state)
{
	struct smtp_line_reader r;
	struct smtp_line line;
	uint8_t block[1000];
	int lines = 0;

	(void)state;
	memset(block, 'A', sizeof(block));
	smtp_line_reset(&r, UINT16_MAX);
	for (int i = 0; i < 100; i++) {
		struct span in = span_of(block, sizeof(block));

		assert_int_equal(smtp_line_next(&r, &in, &line), DIS_MORE);
	}
	struct span in = SPAN_LITERAL("\r\nRSET\r\n");
	while (smtp_line_next(&r, &in, &line) == DIS_OK) {
		if (lines++ == 0) {
			assert_true(line.cut);
			assert_int_equal(line.text.len, SMTP_COMMAND_MAX);
			assert_int_equal(line.octets, 100002);
		} else {
			assert_true(span_equal(line.text, SPAN_LITERAL("RSET")));
			assert_false(line.cut);
		}
	}
	assert_int_equal(lines, 2);
}

static void
after_a_flush_the_next_line_starts_fresh(void **state)
{
	struct span in = SPAN_LITERAL("MAIL \r x");
	struct smtp_line_reader r;
	struct smtp_line line;

	(void)state;
	smtp_line_reset(&r, 64);
	assert_int_equal(smtp_line_next(&r, &in, &line), DIS_MORE);
	assert_true(smtp_line_flush(&r, &line));
	assert_true(line.bare_cr);
	in = SPAN_LITERAL("RSET\r\n");
	assert_int_equal(smtp_line_next(&r, &in, &line), DIS_OK);
	assert_true(span_equal(line.text, SPAN_LITERAL("RSET")));
	assert_false(line.bare_cr);
	assert_int_equal(line.octets, 6);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_the_same_wherever_it_is_cut),
		cmocka_unit_test(each_line_is_the_same_fed_octet_by_octet),
		cmocka_unit_test(a_whole_line_is_lent_without_a_copy),
		cmocka_unit_test(a_line_too_long_costs_one_line),
		cmocka_unit_test(after_a_flush_the_next_line_starts_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
