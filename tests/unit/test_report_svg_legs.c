/* SPDX-License-Identifier: Apache-2.0 */
#include "svg_rig.h"

#include "sensor/report/report_svg.h"

static void
a_relay_is_drawn_in_both_shapes_with_its_three_parts(void **state)
{
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	text = svg_rig_draw(&r, report_svg_legs, &r.ranking.at[0]);
	assert_int_equal(svg_rig_assert_geometry(text), 6);
	svg_rig_assert_words(text, 2);
	assert_int_equal(count_in(text, ">198.51.100.66<"), 2);
	assert_int_equal(count_in(text, ">as client66.isp.test<"), 2);
	assert_int_equal(count_in(text, ">mail.corp.test<"), 2);
	assert_int_equal(count_in(text, ">203.0.113.11:25<"), 2);
	assert_int_equal(count_in(text, ">for victim.test<"), 2);
	assert_in(text, "class=\"way yes\"");
	assert_not_in(text, "class=\"cross\"");
	report_rig_free(&r);
}

static void
a_refusal_is_crossed_out(void **state)
{
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_refusal(&r, REPORT_RIG_SERVER, "mail.corp.test");
	report_rig_rank(&r);
	text = svg_rig_draw(&r, report_svg_legs, &r.ranking.at[0]);
	assert_int_equal(svg_rig_assert_geometry(text), 6);
	assert_int_equal(count_in(text, "class=\"cross\""), 2);
	assert_in(text, ">refused<");
	report_rig_free(&r);
}

static void
nothing_that_tells_is_no_picture(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	scene_encrypted(&r.scene, "198.51.100.1", "203.0.113.13", "dark.test");
	report_rig_rank(&r);
	assert_string_equal(svg_rig_draw(&r, report_svg_legs, &r.ranking.at[0]), "");
	report_rig_free(&r);
}

/* Names that are markup, turn the line around, or are far too long for a box. */
static void
hostile_names_stay_text_and_are_cut(void **state)
{
	static const char *const names[] = {
		"</text></svg><script>alert(1)</script>",
		"\xe2\x80\xaegnp.exe",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaa"
		"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct report_rig r;
		const char *text;

		report_rig_init(&r);
		report_rig_relay(&r, REPORT_RIG_SERVER, names[i], 1);
		report_rig_rank(&r);
		text = svg_rig_draw(&r, report_svg_legs, &r.ranking.at[0]);
		assert_int_equal(svg_rig_assert_geometry(text), 6);
		assert_not_in(text, "<script");
		assert_not_in(text, "\xe2\x80\xae");
		assert_int_equal(count_in(text, "</svg>"), 8);
		for (const char *t = text; (t = strstr(t, "<text class=\"main\"")); t++) {
			const char *from = strchr(t, '>') + 1;
			size_t len = 0;

			/* An entity, or a letter in UTF-8, is one column. */
			for (; *from != '<'; len++)
				from = *from == '&' ? strchr(from, ';') + 1 : from + 1;
			assert_true(len <= 50);
		}
		report_rig_free(&r);
	}
}

/* The address begins in the first line and would end in the second. */
static void
an_address_where_the_name_is_broken_is_taken_out_before(void **state)
{
	static const char name[] = "relay-of-john.doe.secretary@corp.example";
	struct report_rig r;
	const char *text;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, name, 1);
	report_rig_rank(&r);
	text = svg_rig_draw(&r, report_svg_legs, &r.ranking.at[0]);
	assert_int_equal(count_in(text, ">relay-of-john.doe.secr<"), 2);
	assert_int_equal(count_in(text, ">etary@corp.example<"), 2);
	text = svg_rig_draw_redacted(
		&r, report_svg_legs, &r.ranking.at[0], CONFIG_REDACT_LOCAL_PART);
	assert_not_in(text, "john");
	assert_not_in(text, "etary");
	assert_int_equal(count_in(text, ">\xe2\x80\xa6@corp.example<"), 2);
	text = svg_rig_draw_redacted(
		&r, report_svg_legs, &r.ranking.at[0], CONFIG_REDACT_ALL);
	assert_not_in(text, "john");
	assert_not_in(text, "etary");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_relay_is_drawn_in_both_shapes_with_its_three_parts),
		cmocka_unit_test(a_refusal_is_crossed_out),
		cmocka_unit_test(nothing_that_tells_is_no_picture),
		cmocka_unit_test(hostile_names_stay_text_and_are_cut),
		cmocka_unit_test(an_address_where_the_name_is_broken_is_taken_out_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
