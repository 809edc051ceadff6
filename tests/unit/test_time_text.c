/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/base/time_text.h"

static void
a_time_is_written_and_read_back_to_the_nanosecond(void **state)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} cases[] = {
		{0, "1970-01-01T00:00:00.000000000Z"},
		{UINT64_C(951782400000000001), "2000-02-29T00:00:00.000000001Z"},
		{UINT64_C(1795465373596549000), "2026-11-23T20:22:53.596549000Z"},
		{UINT64_MAX, "2554-07-21T23:34:33.709551615Z"},
	};
	char text[TIME_TEXT];
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		time_text_write(cases[i].ns, text);
		assert_string_equal(text, cases[i].text);
		assert_true(time_text_parse(span_of_text(text), &ns));
		assert_true(ns == cases[i].ns);
	}
}

static void
offsets_and_short_fractions_are_read(void **state)
{
	uint64_t ns;

	(void)state;
	assert_true(time_text_parse(SPAN_LITERAL("1970-01-01T01:00:00+01:00"), &ns));
	assert_true(ns == 0);
	assert_true(time_text_parse(SPAN_LITERAL("1970-01-01T00:00:01.5Z"), &ns));
	assert_true(ns == UINT64_C(1500000000));
	assert_true(time_text_parse(SPAN_LITERAL("1969-12-31t19:00:00-05:00"), &ns));
	assert_true(ns == 0);
}

static void
what_is_no_time_is_refused_at_every_cut(void **state)
{
	static const char text[] = "2026-11-23T20:22:53.5+01:00";
	uint64_t ns;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		struct guarded g = guarded_new(text, n);

		assert_false(time_text_parse(guarded_span(&g), &ns));
		guarded_free(&g);
	}
	assert_false(time_text_parse(SPAN_LITERAL("2026/11/23T20:22:53Z"), &ns));
	assert_false(time_text_parse(SPAN_LITERAL("1960-01-01T00:00:00Z"), &ns));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_time_is_written_and_read_back_to_the_nanosecond),
		cmocka_unit_test(offsets_and_short_fractions_are_read),
		cmocka_unit_test(what_is_no_time_is_refused_at_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
