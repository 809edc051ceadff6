/* SPDX-License-Identifier: Apache-2.0 */
/* Every kind of thing that is kept has a table of its own name, and no member twice. */
#include "feed.h"

#include "sensor/infer/state_table.h"

static void
every_table_is_found_by_its_name(void **state)
{
	(void)state;
	for (enum kept_table t = 0; t < KEPT_TABLES; t++)
		assert_int_equal(state_table_find(state_table_of(t)->name), t);
	assert_int_equal(state_table_find("nonsense"), KEPT_TABLES);
	assert_int_equal(state_table_find(""), KEPT_TABLES);
}

static void
names_differ(const struct state_field *fields, const struct state_field *more)
{
	for (const struct state_field *f = fields; f->name; f++) {
		for (const struct state_field *g = f + 1; g->name; g++)
			assert_string_not_equal(f->name, g->name);
		for (const struct state_field *g = more; g && g->name; g++)
			assert_string_not_equal(f->name, g->name);
		assert_string_not_equal(f->name, "v");
		assert_string_not_equal(f->name, "of");
	}
}

static void
no_member_has_the_name_of_another(void **state)
{
	(void)state;
	for (enum kept_table t = 0; t < KEPT_TABLES; t++)
		names_differ(state_table_of(t)->fields, NULL);
	for (uint32_t kind = 0; kind < FINDING_KINDS; kind++) {
		struct finding f = {.key.kind = kind};
		const struct state_field *more = state_fields_of_kind(&f);

		names_differ(state_fields_finding, more);
		if (more)
			names_differ(more, NULL);
	}
}

static void
a_thing_is_found_from_what_is_embedded_in_it(void **state)
{
	struct tally t = {.kept.table = KEPT_TALLY};
	struct finding f = {.kept.table = KEPT_FINDING};

	(void)state;
	assert_ptr_equal(state_object_of(&t.kept), &t);
	assert_ptr_equal(state_object_of(&f.kept), &f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_found_by_its_name),
		cmocka_unit_test(no_member_has_the_name_of_another),
		cmocka_unit_test(a_thing_is_found_from_what_is_embedded_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
