/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, and what has changed since it was last written down. */
#include "feed.h"

#include <stdlib.h>

#include "sensor/infer/kept.h"

static void
what_is_new_or_touched_is_written_once_in_that_order(void **state)
{
	struct kept_list list = {0};
	struct kept a = {0}, b = {0};

	(void)state;
	kept_add(&list, &a, KEPT_SERVER, NULL);
	kept_add(&list, &b, KEPT_IDENTITY, &a);
	assert_int_equal(a.serial, 1);
	assert_int_equal(b.serial, 2);
	assert_int_equal(b.of, 1);
	kept_touch(&a);
	assert_ptr_equal(kept_next_changed(&list), &a);
	assert_ptr_equal(kept_next_changed(&list), &b);
	assert_null(kept_next_changed(&list));
	kept_touch(&b);
	kept_touch(&a);
	kept_touch(&b);
	assert_ptr_equal(kept_next_changed(&list), &b);
	assert_ptr_equal(kept_next_changed(&list), &a);
	assert_null(kept_next_changed(&list));
	kept_list_free(&list);
}

static void
only_what_was_written_has_to_be_taken_back(void **state)
{
	struct kept_list list = {0};
	struct kept a = {0}, b = {0}, c = {0};
	struct kept_gone gone;

	(void)state;
	kept_add(&list, &a, KEPT_SERVER, NULL);
	assert_ptr_equal(kept_next_changed(&list), &a);
	kept_add(&list, &b, KEPT_SERVER, NULL);
	c.serial = 40;
	c.table = KEPT_TALLY;
	kept_adopt(&list, &c);
	assert_ptr_equal(list.at[KEPT_CHANGED], &b);
	kept_drop(&b);
	assert_null(kept_next_changed(&list));
	assert_false(kept_next_gone(&list, &gone));
	kept_touch(&a);
	kept_drop(&a);
	kept_drop(&c);
	assert_null(kept_next_changed(&list));
	assert_true(kept_next_gone(&list, &gone));
	assert_int_equal(gone.serial, 40);
	assert_int_equal(gone.table, KEPT_TALLY);
	assert_true(kept_next_gone(&list, &gone));
	assert_int_equal(gone.serial, 1);
	assert_false(kept_next_gone(&list, &gone));
	kept_list_free(&list);
}

/* The rows are lost: settled ones come once more, once, behind those that have changed. */
static void
all_that_was_written_is_written_once_more(void **state)
{
	struct kept_list list = {0};
	struct kept a = {0}, b = {0}, c = {.serial = 40}, d = {0};
	struct kept_gone gone;

	(void)state;
	kept_add(&list, &a, KEPT_SERVER, NULL);
	kept_add(&list, &b, KEPT_SERVER, NULL);
	kept_adopt(&list, &c);
	while (kept_next_changed(&list))
		;
	kept_touch(&b);
	kept_again(&list);
	assert_true(kept_owes(&list));
	kept_drop(&c);
	kept_add(&list, &d, KEPT_SERVER, NULL);
	assert_ptr_equal(kept_next_changed(&list), &b);
	assert_ptr_equal(kept_next_changed(&list), &d);
	assert_ptr_equal(kept_next_changed(&list), &a);
	assert_null(kept_next_changed(&list));
	assert_false(kept_owes(&list));
	assert_true(kept_next_gone(&list, &gone));
	assert_int_equal(gone.serial, 40);
	kept_list_free(&list);
}

static void
what_is_written_once_more_comes_so_much_at_a_time(void **state)
{
	struct kept_list list = {0};
	size_t count = 2 * KEPT_AGAIN_STEP + 10, turns = 0, n = 0;
	struct kept *all = calloc(count, sizeof(*all));

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < count; i++)
		kept_add(&list, &all[i], KEPT_SERVER, NULL);
	/* What is new is never put off. */
	while (kept_next_changed(&list))
		n++;
	assert_int_equal(n, count);
	kept_again(&list);
	/* One that has changed in between comes with the changes, and not twice. */
	kept_touch(&all[count - 1]);
	for (n = 0; kept_owes(&list); turns++)
		for (size_t step = 0; kept_next_changed(&list); step++, n++)
			assert_in_range(step, 0, KEPT_AGAIN_STEP);
	assert_int_equal(turns, 3);
	assert_int_equal(n, count);
	assert_null(kept_next_changed(&list));
	kept_list_free(&list);
	free(all);
}

static void
what_is_kept_by_nobody_costs_nothing(void **state)
{
	struct kept k = {0};

	(void)state;
	kept_add(NULL, &k, KEPT_SERVER, NULL);
	kept_touch(&k);
	kept_drop(&k);
	assert_int_equal(k.serial, 0);
	assert_null(k.list);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_new_or_touched_is_written_once_in_that_order),
		cmocka_unit_test(only_what_was_written_has_to_be_taken_back),
		cmocka_unit_test(all_that_was_written_is_written_once_more),
		cmocka_unit_test(what_is_written_once_more_comes_so_much_at_a_time),
		cmocka_unit_test(what_is_kept_by_nobody_costs_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
