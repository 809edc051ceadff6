/* SPDX-License-Identifier: Apache-2.0 */
/* Totals of several pipelines are the sums of all that each has counted. */
#include "pipeline_rig.h"

#include "sensor/pipeline_totals.h"

/* Every member is a uint64_t: each gets its own number, and is looked at by its place. */
static void
fill(struct pipeline_totals *t, uint64_t from)
{
	uint64_t *row = (uint64_t *)(void *)t;

	for (size_t i = 0; i < sizeof(*t) / sizeof(*row); i++)
		row[i] = from + i;
}

static void
each_counter_is_added(void **state)
{
	static struct pipeline_totals a, b;
	const uint64_t *row = (const uint64_t *)(const void *)&a;

	(void)state;
	fill(&a, 1);
	fill(&b, 1000);
	pipeline_totals_add(&a, &b);
	for (size_t i = 0; i < sizeof(a) / sizeof(*row); i++)
		assert_int_equal(row[i], 1001 + 2 * i);
}

static void
nothing_added_changes_nothing(void **state)
{
	static struct pipeline_totals a, zero, before;

	(void)state;
	fill(&a, 7);
	before = a;
	pipeline_totals_add(&a, &zero);
	assert_memory_equal(&a, &before, sizeof(a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_counter_is_added),
		cmocka_unit_test(nothing_added_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
