/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

#include "sensor/report/report_html.h"

static void
the_style_sheet_loads_nothing_and_cannot_end_its_element(void **state)
{
	(void)state;
	for (const char *const *piece = report_style(); *piece; piece++) {
		assert_not_in(*piece, "url(");
		assert_not_in(*piece, "@import");
		assert_not_in(*piece, "<");
		assert_int_equal(count_in(*piece, "{"), count_in(*piece, "}"));
	}
}

/* Each colour that is used has a value, in light and in dark. */
static void
colours_have_values_in_both_schemes(void **state)
{
	const char *colours = report_style()[0];

	(void)state;
	for (const char *const *piece = report_style(); *piece; piece++)
		for (const char *at = *piece; (at = strstr(at, "var(--")); at++) {
			char name[40];
			size_t len = strcspn(at + 4, ")");

			assert_true(len + 2 < sizeof(name));
			snprintf(name, sizeof(name), "%.*s:#", (int)len, at + 4);
			if (count_in(colours, name) != 2)
				fail_msg("%s stands %zu times", name,
					count_in(colours, name));
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_style_sheet_loads_nothing_and_cannot_end_its_element),
		cmocka_unit_test(colours_have_values_in_both_schemes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
