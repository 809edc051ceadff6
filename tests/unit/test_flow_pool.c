/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_pool.h"

static void
each_item_is_given_out_once_until_all_are(void **state)
{
	struct flow_pool p;
	bool given[100] = {false};

	(void)state;
	assert_true(flow_pool_init(&p, 100, 40));
	for (uint32_t i = 0; i < 100; i++) {
		uint32_t n = flow_pool_take(&p);

		assert_in_range(n, 0, 99);
		assert_false(given[n]);
		given[n] = true;
		assert_int_equal(flow_pool_used(&p), i + 1);
	}
	assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
	assert_int_equal(flow_pool_used(&p), 100);
	flow_pool_close(&p);
}

/* So a pool costs what it has held at its fullest. */
static void
the_item_given_back_last_is_given_out_first(void **state)
{
	struct flow_pool p;
	uint32_t a, b, c;

	(void)state;
	assert_true(flow_pool_init(&p, 3, 1));
	a = flow_pool_take(&p);
	b = flow_pool_take(&p);
	flow_pool_give(&p, a);
	flow_pool_give(&p, b);
	assert_int_equal(flow_pool_used(&p), 0);
	assert_int_equal(flow_pool_take(&p), b);
	assert_int_equal(flow_pool_take(&p), a);
	c = flow_pool_take(&p);
	assert_true(c != a && c != b);
	assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
	/* All of them can come back at once. */
	flow_pool_give(&p, a);
	flow_pool_give(&p, b);
	flow_pool_give(&p, c);
	assert_int_equal(flow_pool_used(&p), 0);
	assert_int_equal(flow_pool_take(&p), c);
	flow_pool_close(&p);
}

/* No two of them share an octet, nor a line of the processor's cache. */
static void
items_stand_apart_and_keep_what_is_in_them(void **state)
{
	static const size_t sizes[] = {1, 63, 64, 65, 300};

	(void)state;
	for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
		size_t size = sizes[k];
		struct flow_pool p;

		assert_true(flow_pool_init(&p, 8, size));
		assert_true(p.item >= size && p.item % 64 == 0);
		for (uint32_t i = 0; i < 8; i++) {
			uint32_t n = flow_pool_take(&p);
			uint8_t *at = flow_pool_at(&p, n);

			assert_int_equal((uintptr_t)at % 64, 0);
			assert_int_equal(flow_pool_number(&p, at), n);
			memset(at, (int)n + 1, size);
		}
		for (uint32_t n = 0; n < 8; n++) {
			const uint8_t *at = flow_pool_at(&p, n);

			for (size_t i = 0; i < size; i++)
				assert_int_equal(at[i], n + 1);
		}
		flow_pool_close(&p);
	}
}

static void
a_pool_without_items_or_octets_is_always_empty(void **state)
{
	struct flow_pool p;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(
			flow_pool_init(&p, i == 0 ? 0 : 5, i == 1 ? 0 : 64) || i == 2);
		if (i == 2)
			assert_int_equal(flow_pool_take(&p), 0);
		else
			assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
		assert_int_equal(flow_pool_used(&p), i == 2);
		flow_pool_close(&p);
	}
	assert_null(flow_pool_map(0));
	flow_pool_unmap(NULL, 0);
}

static void
more_than_there_can_be_is_refused(void **state)
{
	struct flow_pool p;

	(void)state;
	/* The last number stands for none. */
	assert_false(flow_pool_init(&p, FLOW_POOL_NONE, 64));
	assert_false(flow_pool_init(&p, 1u << 31, SIZE_MAX / 1024));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_is_given_out_once_until_all_are),
		cmocka_unit_test(the_item_given_back_last_is_given_out_first),
		cmocka_unit_test(items_stand_apart_and_keep_what_is_in_them),
		cmocka_unit_test(a_pool_without_items_or_octets_is_always_empty),
		cmocka_unit_test(more_than_there_can_be_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
