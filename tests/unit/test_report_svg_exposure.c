/* SPDX-License-Identifier: Apache-2.0 */
#include "svg_rig.h"

#include "sensor/report/report_svg.h"

#define SECOND UINT64_C(1000000000)
#define START  (UINT64_C(1700000000) * SECOND)

/* Watched and open from and to, and when last refused; seconds behind START, 0: never. */
struct times {
	uint64_t first, last, from, to, denied;
};

static uint64_t
at(uint64_t seconds)
{
	return seconds ? START + seconds * SECOND : 0;
}

static const char *
draw(struct report_rig *r, struct times t)
{
	struct identity id = {.first = at(t.first), .last = at(t.last)};
	struct verdict v = {.identity = &id, .last_denied = at(t.denied)};

	v.exposure.from = at(t.from);
	v.exposure.to = at(t.to);
	v.exposure.messages = 3;
	v.exposure.clients = 2;
	v.exposure.domains = 1;
	return svg_rig_draw(r, report_svg_exposure, &v);
}

static void
a_server_never_seen_open_has_no_picture_nor_has_an_instant(void **state)
{
	struct report_rig r = {0};

	(void)state;
	assert_string_equal(draw(&r, (struct times){.first = 1, .last = 9}), "");
	assert_string_equal(draw(&r, (struct times){5, 5, 5, 5, 0}), "");
	free(r.text);
}

/* Open for a quarter in the middle of a thousand seconds. */
static void
the_bar_stands_where_the_server_was_open(void **state)
{
	struct report_rig r = {0};
	const char *text;

	(void)state;
	text = draw(&r, (struct times){1, 1001, 501, 751, 0});
	assert_int_equal(svg_rig_assert_geometry(text), 2);
	svg_rig_assert_words(text, 1);
	assert_in(text, "class=\"open\" x=\"500.0\" y=\"2\" width=\"250.0\"");
	assert_in(text, "Seen open ");
	assert_not_in(text, "last refusal");
	free(r.text);
}

static void
what_is_short_or_at_an_end_is_still_seen_and_inside(void **state)
{
	static const struct times cases[] = {
		{1, 100000, 1, 1, 100000},
		{1, 100000, 100000, 100000, 1},
		{1, 100000, 99999, 100000, 100000},
		{1, 100000, 1, 100000, 50000},
		/* Open before and after it was seen; refused after all that. */
		{500, 600, 1, 1000, 5000},
		{0, 0, 1, 4000000000, 7},
	};
	struct report_rig r = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *text = draw(&r, cases[i]), *open;

		assert_int_equal(svg_rig_assert_geometry(text), cases[i].denied ? 3 : 2);
		open = strstr(text, "class=\"open\" x=");
		assert_non_null(open);
		assert_true(svg_rig_number(open, " width=\"") >= 6);
		assert_in(text, "last refusal, ");
	}
	free(r.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_server_never_seen_open_has_no_picture_nor_has_an_instant),
		cmocka_unit_test(the_bar_stands_where_the_server_was_open),
		cmocka_unit_test(what_is_short_or_at_an_end_is_still_seen_and_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
