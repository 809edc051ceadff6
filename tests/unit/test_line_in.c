/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/base/line_in.h"

/* Lives until line_in_free() and fclose() of what is returned in l->f. */
static void
reads(struct line_in *l, const void *text, size_t len, size_t most)
{
	FILE *f = tmpfile();

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	rewind(f);
	line_in_init(l, f, most);
}

static void
ends(struct line_in *l)
{
	struct span s;

	assert_int_equal(line_in_next(l, &s), LINE_IN_END);
	/* And again. */
	assert_int_equal(line_in_next(l, &s), LINE_IN_END);
	fclose(l->f);
	line_in_free(l);
}

static void
gives(struct line_in *l, const void *text, size_t len)
{
	struct span s;

	assert_int_equal(line_in_next(l, &s), LINE_IN_READ);
	assert_int_equal(s.len, len);
	if (len)
		assert_memory_equal(s.at, text, len);
}

static void
lines_are_given_without_their_ends(void **state)
{
	static const char text[] = "one\n\ntwo\r\n\0\xff\nlast";
	struct line_in l;

	(void)state;
	reads(&l, text, sizeof(text) - 1, 100);
	gives(&l, "one", 3);
	gives(&l, "", 0);
	gives(&l, "two\r", 4);
	gives(&l, "\0\xff", 2);
	gives(&l, "last", 4);
	ends(&l);
	reads(&l, "", 0, 100);
	ends(&l);
	reads(&l, "a\n", 2, 100);
	gives(&l, "a", 1);
	ends(&l);
}

static void
a_line_too_long_costs_one_line(void **state)
{
	struct line_in l;
	struct span s;

	(void)state;
	reads(&l, "12345\n123456\n1234567890123\n1\n123456", 35, 5);
	gives(&l, "12345", 5);
	assert_int_equal(line_in_next(&l, &s), LINE_IN_LONG);
	assert_int_equal(line_in_next(&l, &s), LINE_IN_LONG);
	gives(&l, "1", 1);
	assert_int_equal(line_in_next(&l, &s), LINE_IN_LONG);
	ends(&l);
}

/* Ten million octets without a line end, of which a thousand are kept. */
static void
no_line_takes_more_memory_than_the_bound(void **state)
{
	static char zeros[10000000];
	struct line_in l;
	struct span s;

	(void)state;
	reads(&l, zeros, sizeof(zeros), 1000);
	assert_int_equal(line_in_next(&l, &s), LINE_IN_LONG);
	assert_int_equal(l.room, 1000);
	/* It is told before its end was looked for. */
	assert_in_range(ftell(l.f), 1000, 1001);
	ends(&l);
	reads(&l, zeros, 5000, 6000);
	gives(&l, zeros, 5000);
	assert_int_equal(l.room, 6000);
	ends(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_given_without_their_ends),
		cmocka_unit_test(a_line_too_long_costs_one_line),
		cmocka_unit_test(no_line_takes_more_memory_than_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
