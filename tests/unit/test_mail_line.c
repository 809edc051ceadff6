/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/mail_line.h"

static void
lines_end_at_lf_wherever_cut(void **state)
{
	static const char text[] = "a\r\n\nb\rc\nd";
	static const char *const want[] = {"a", "", "b\rc"};
	struct mail_line l;
	struct span line;

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		struct span parts[] = {
			span_of(text, cut), span_of(text + cut, sizeof(text) - 1 - cut)};
		size_t n = 0;

		mail_line_reset(&l);
		for (size_t p = 0; p < 2; p++)
			while (mail_line_next(&l, &parts[p], &line) == DIS_OK) {
				assert_true(n < 3);
				assert_true(span_equal(line, span_of_text(want[n++])));
			}
		assert_int_equal(n, 3);
		assert_true(mail_line_flush(&l, &line));
		assert_true(span_equal(line, SPAN_LITERAL("d")));
		assert_false(mail_line_flush(&l, &line));
	}
}

static void
an_over_long_line_costs_its_own_tail(void **state)
{
	static char text[2 * MAIL_LINE_MAX];
	struct span in = span_of(text, sizeof(text));
	struct mail_line l;
	struct span line;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 3] = '\n';
	text[sizeof(text) - 1] = '\n';
	mail_line_reset(&l);
	assert_int_equal(mail_line_next(&l, &in, &line), DIS_OK);
	assert_int_equal(line.len, MAIL_LINE_MAX);
	assert_int_equal(mail_line_next(&l, &in, &line), DIS_OK);
	assert_int_equal(line.len, 1);
	assert_int_equal(in.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_at_lf_wherever_cut),
		cmocka_unit_test(an_over_long_line_costs_its_own_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
