/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/config/config_schema.h"

static void
no_two_keys_are_alike_and_sections_stand_together(void **state)
{
	(void)state;
	for (const struct config_key *k = config_schema; k->name; k++) {
		assert_ptr_equal(
			config_schema_find(k->section, span_of_text(k->name)), k);
		assert_null(config_schema_section(span_of_text(k->name)));
		/* The defaults are written section by section. */
		if (k > config_schema && k->section[0] &&
			strcmp(k[-1].section, k->section) != 0)
			for (const struct config_key *o = config_schema; o < k; o++)
				assert_string_not_equal(o->section, k->section);
	}
}

static void
every_key_has_one_line_of_help(void **state)
{
	(void)state;
	for (const struct config_key *k = config_schema; k->name; k++) {
		assert_in_range(strlen(k->help), 10, 85);
		assert_null(strchr(k->help, '\n'));
		assert_int_equal(k->help[strlen(k->help) - 1], '.');
		assert_true(k->kind != CONFIG_WORD || k->words);
	}
}

static void
distance_counts_letters_changed_and_neighbours_swapped(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{"", "", 0},
		{"", "abc", 3},
		{"idle", "idle", 0},
		{"idel", "idle", 1},
		{"idl", "idle", 1},
		{"iddle", "idle", 1},
		{"idxe", "idle", 1},
		{"Any-Port", "any_port", 0},
		{"kitten", "sitting", 3},
		{"ca", "abc", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct span a = span_of_text(cases[i].a), b = span_of_text(cases[i].b);

		assert_int_equal(config_schema_distance(a, b), cases[i].distance);
		assert_int_equal(config_schema_distance(b, a), cases[i].distance);
	}
}

static void
a_word_too_long_is_near_nothing(void **state)
{
	char text[100];
	struct guarded g;

	(void)state;
	memset(text, 'a', sizeof(text));
	g = guarded_new(text, 33);
	assert_false(config_schema_is_near(guarded_span(&g), guarded_span(&g)));
	assert_null(config_schema_near("", guarded_span(&g)));
	guarded_free(&g);
	g = guarded_new(text, 32);
	assert_true(config_schema_is_near(guarded_span(&g), guarded_span(&g)));
	guarded_free(&g);
}

static void
suggestions_keep_to_their_level(void **state)
{
	(void)state;
	assert_string_equal(config_schema_near("", SPAN_LITERAL("prots")), "ports");
	assert_string_equal(config_schema_near("", SPAN_LITERAL("hostd")), "hosted");
	assert_string_equal(config_schema_near("", SPAN_LITERAL("limit")), "limits");
	assert_string_equal(
		config_schema_near("limits", SPAN_LITERAL("server")), "servers");
	assert_null(config_schema_near("ports", SPAN_LITERAL("server")));
	assert_null(config_schema_near("", SPAN_LITERAL("x")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_two_keys_are_alike_and_sections_stand_together),
		cmocka_unit_test(every_key_has_one_line_of_help),
		cmocka_unit_test(distance_counts_letters_changed_and_neighbours_swapped),
		cmocka_unit_test(a_word_too_long_is_near_nothing),
		cmocka_unit_test(suggestions_keep_to_their_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
