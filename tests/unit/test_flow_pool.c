/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_pool.h"

static void
each_number_is_given_out_once_until_there_are_no_more(void **state)
{
	struct flow_pool p;

	(void)state;
	assert_true(flow_pool_init(&p, 3, 10));
	for (uint32_t i = 0; i < 3; i++) {
		assert_int_equal(flow_pool_used(&p), i);
		assert_int_equal(flow_pool_take(&p), i);
	}
	assert_true(flow_pool_take(&p) == FLOW_POOL_NONE);
	assert_true(flow_pool_take(&p) == FLOW_POOL_NONE);
	assert_int_equal(flow_pool_used(&p), 3);
	flow_pool_close(&p);
}

static void
what_came_back_last_goes_out_first(void **state)
{
	struct flow_pool p;

	(void)state;
	assert_true(flow_pool_init(&p, 4, 64));
	for (int i = 0; i < 3; i++)
		flow_pool_take(&p);
	flow_pool_give(&p, 0);
	flow_pool_give(&p, 2);
	assert_int_equal(flow_pool_used(&p), 1);
	assert_int_equal(flow_pool_take(&p), 2);
	assert_int_equal(flow_pool_take(&p), 0);
	/* Only now one that was never touched. */
	assert_int_equal(flow_pool_take(&p), 3);
	assert_true(flow_pool_take(&p) == FLOW_POOL_NONE);
	/* All of them may come back, in any order. */
	for (uint32_t i = 0; i < 4; i++)
		flow_pool_give(&p, (i + 2) % 4);
	assert_int_equal(flow_pool_used(&p), 0);
	flow_pool_close(&p);
}

static void
items_do_not_touch_and_know_their_numbers(void **state)
{
	static const size_t sizes[] = {1, 63, 64, 65, 1000};

	(void)state;
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		struct flow_pool p;

		assert_true(flow_pool_init(&p, 50, sizes[s]));
		assert_true(p.item >= sizes[s] && p.item < sizes[s] + 64);
		for (uint32_t i = 0; i < 50; i++) {
			uint8_t *at = flow_pool_at(&p, i);

			/* Cache lines of their own. */
			assert_int_equal((uintptr_t)at % 64, 0);
			assert_int_equal(flow_pool_number(&p, at), i);
			memset(at, (int)i + 1, sizes[s]);
		}
		for (uint32_t i = 0; i < 50; i++) {
			const uint8_t *at = flow_pool_at(&p, i);

			assert_int_equal(at[0], i + 1);
			assert_int_equal(at[sizes[s] - 1], i + 1);
		}
		flow_pool_close(&p);
	}
}

static void
an_item_is_left_as_it_was(void **state)
{
	struct flow_pool p;
	uint32_t number;

	(void)state;
	assert_true(flow_pool_init(&p, 2, 8));
	number = flow_pool_take(&p);
	/* Fresh from the kernel, and so zero. */
	assert_int_equal(*(uint8_t *)flow_pool_at(&p, number), 0);
	*(uint8_t *)flow_pool_at(&p, number) = 7;
	flow_pool_give(&p, number);
	assert_int_equal(flow_pool_take(&p), number);
	assert_int_equal(*(uint8_t *)flow_pool_at(&p, number), 7);
	flow_pool_close(&p);
}

static void
a_pool_of_nothing_is_always_empty(void **state)
{
	struct flow_pool p;

	(void)state;
	assert_true(flow_pool_init(&p, 0, 64));
	assert_true(flow_pool_take(&p) == FLOW_POOL_NONE);
	assert_int_equal(flow_pool_used(&p), 0);
	flow_pool_close(&p);
	assert_true(flow_pool_init(&p, 10, 0));
	assert_true(flow_pool_take(&p) == FLOW_POOL_NONE);
	flow_pool_close(&p);
}

static void
more_than_there_can_be_is_refused(void **state)
{
	struct flow_pool p;

	(void)state;
	/* A number would be the one that means none. */
	assert_false(flow_pool_init(&p, FLOW_POOL_NONE, 1));
	flow_pool_close(&p);
	/* The product does not fit: it would be 128. */
	assert_false(flow_pool_init(&p, 2, SIZE_MAX / 2 + 65));
	flow_pool_close(&p);
	/* It fits, and no machine has it. */
	assert_false(flow_pool_init(&p, 1u << 31, (size_t)1 << 32));
	flow_pool_close(&p);
}

static void
mapped_octets_are_zero_and_none_are_no_map(void **state)
{
	uint8_t *at = flow_pool_map(10000);

	(void)state;
	assert_non_null(at);
	for (size_t i = 0; i < 10000; i++)
		assert_int_equal(at[i], 0);
	at[9999] = 1;
	flow_pool_unmap(at, 10000);
	assert_null(flow_pool_map(0));
	flow_pool_unmap(NULL, 0);
	flow_pool_unmap(NULL, 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_is_given_out_once_until_there_are_no_more),
		cmocka_unit_test(what_came_back_last_goes_out_first),
		cmocka_unit_test(items_do_not_touch_and_know_their_numbers),
		cmocka_unit_test(an_item_is_left_as_it_was),
		cmocka_unit_test(a_pool_of_nothing_is_always_empty),
		cmocka_unit_test(more_than_there_can_be_is_refused),
		cmocka_unit_test(mapped_octets_are_zero_and_none_are_no_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
