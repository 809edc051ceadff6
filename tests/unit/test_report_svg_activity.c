/* SPDX-License-Identifier: Apache-2.0 */
#include "svg_rig.h"

#include "sensor/report/report_svg.h"

#define MINUTE (UINT64_C(60) * 1000000000)
#define START  (UINT64_C(28333440) * MINUTE)

static const char *
draw(struct report_rig *r, const struct activity *a)
{
	struct identity id = {.activity = *a};
	struct verdict v = {.identity = &id};

	return svg_rig_draw(r, report_svg_activity, &v);
}

static void
no_messages_are_no_picture(void **state)
{
	struct report_rig r = {0};
	struct activity a = {0};

	(void)state;
	assert_string_equal(draw(&r, &a), "");
	free(r.text);
}

static void
one_message_is_one_bar_as_high_as_the_picture(void **state)
{
	struct report_rig r = {0};
	struct activity a = {0};
	const char *text;

	(void)state;
	activity_note(&a, ACTIVITY_UNAUTHENTICATED, START);
	text = draw(&r, &a);
	assert_int_equal(svg_rig_assert_geometry(text), 1);
	svg_rig_assert_words(text, 1);
	assert_in(text, "y=\"0.00\" width=\"8\" height=\"100.00\"");
	assert_in(text,
		"1 taken without login, 0 taken with login, 0 refused; at most 1 in");
	free(r.text);
}

static void
a_full_picture_stays_inside(void **state)
{
	struct report_rig r = {0};
	struct activity a = {0};

	(void)state;
	for (uint64_t i = 0; i < ACTIVITY_BUCKETS; i++)
		for (int s = 0; s < ACTIVITY_SERIES; s++)
			for (uint64_t n = 0; n <= i; n++)
				activity_note(
					&a, (enum activity_series)s, START + i * MINUTE);
	assert_int_equal(svg_rig_assert_geometry(draw(&r, &a)),
		ACTIVITY_BUCKETS * ACTIVITY_SERIES);
	free(r.text);
}

/* y and height of the only bar of that class. */
static void
bar(const char *text, const char *class, double *y, double *height)
{
	char tag[64];
	const char *at;

	snprintf(tag, sizeof(tag), "<rect class=\"%s\"", class);
	at = strstr(text, tag);
	assert_non_null(at);
	*y = svg_rig_number(at, " y=\"");
	*height = svg_rig_number(at, " height=\"");
}

/* Beside the largest count there is, one of each other kind: none may hide another. */
static void
one_of_billions_is_still_to_be_seen(void **state)
{
	static const char *const classes[] = {"taken", "login", "refused"};
	struct report_rig r = {0};

	(void)state;
	for (int most = 0; most < ACTIVITY_SERIES; most++) {
		struct activity a = {0};
		double bottom = 100;
		const char *text;

		for (int s = 0; s < ACTIVITY_SERIES; s++)
			activity_note(&a, (enum activity_series)s, START);
		a.count[most][0] = UINT32_MAX;
		text = draw(&r, &a);
		assert_int_equal(svg_rig_assert_geometry(text), 3);
		for (int s = 0; s < 3; s++) {
			double y, height;

			bar(text, classes[s], &y, &height);
			assert_true(height >= 1);
			assert_true(y + height <= bottom + 0.011);
			bottom = y;
		}
		assert_in(text, "4,294,967,295");
		assert_in(text, "at most 4,294,967,297 in ");
	}
	free(r.text);
}

static void
the_last_years_that_are_counted_stay_inside(void **state)
{
	struct report_rig r = {0};
	struct activity a = {0};
	const char *text;

	(void)state;
	activity_note(&a, ACTIVITY_REFUSED, 1);
	activity_note(&a, ACTIVITY_REFUSED, INT64_MAX);
	text = draw(&r, &a);
	assert_int_equal(svg_rig_assert_geometry(text), 2);
	assert_in(text, "datetime=\"1970-01-01T00:00:00Z\"");
	free(r.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_messages_are_no_picture),
		cmocka_unit_test(one_message_is_one_bar_as_high_as_the_picture),
		cmocka_unit_test(a_full_picture_stays_inside),
		cmocka_unit_test(one_of_billions_is_still_to_be_seen),
		cmocka_unit_test(the_last_years_that_are_counted_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
