/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_index.h"
#include "sensor/flow/flow_key.h"
#include "sensor/flow/flow_pool.h"

#define NUMBERS 64

static bool
has(const struct flow_index *x, uint32_t tag, uint32_t number)
{
	uint32_t place = tag, found;

	while ((found = flow_index_next(x, tag, &place)) != FLOW_INDEX_NONE)
		if (found == number)
			return true;
	return false;
}

/* Few different tags, all near the end of the slots: long probes that wrap. */
static void
what_is_inserted_is_found_until_it_is_removed(void **state)
{
	struct flow_index x;
	uint32_t tags[NUMBERS] = {0}, dice = 1;
	bool in[NUMBERS] = {false};

	(void)state;
	assert_true(flow_index_init(&x, NUMBERS));
	for (unsigned i = 0; i < 50000; i++) {
		uint32_t n;

		dice = dice * 1664525 + 1013904223;
		n = dice >> 16 & (NUMBERS - 1);
		if (in[n]) {
			flow_index_remove(&x, tags[n], n);
		} else {
			tags[n] = x.mask - 5 + (dice >> 8) % 9;
			flow_index_insert(&x, tags[n], n);
		}
		in[n] = !in[n];
		for (uint32_t k = 0; k < NUMBERS; k++)
			if (tags[k])
				assert_int_equal(has(&x, tags[k], k), in[k]);
	}
	flow_index_close(&x);
}

static void
removing_what_is_not_there_does_nothing(void **state)
{
	struct flow_index x;

	(void)state;
	assert_true(flow_index_init(&x, 4));
	flow_index_insert(&x, 5, 1);
	flow_index_remove(&x, 5, 2);
	flow_index_remove(&x, 6, 1);
	assert_true(has(&x, 5, 1));
	flow_index_close(&x);
}

static void
a_pool_gives_each_item_once(void **state)
{
	struct flow_pool p;

	(void)state;
	assert_true(flow_pool_init(&p, 3, 65));
	assert_int_equal(p.item, 128);
	for (uint32_t i = 0; i < 3; i++)
		assert_int_equal(flow_pool_take(&p), i);
	assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
	memset(flow_pool_at(&p, 2), 0xff, 128);
	assert_int_equal(flow_pool_number(&p, flow_pool_at(&p, 2)), 2);
	flow_pool_give(&p, 1);
	assert_int_equal(flow_pool_used(&p), 2);
	assert_int_equal(flow_pool_take(&p), 1);
	assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
	flow_pool_close(&p);
	assert_true(flow_pool_init(&p, 0, 65));
	assert_int_equal(flow_pool_take(&p), FLOW_POOL_NONE);
	flow_pool_close(&p);
}

static void
a_key_does_not_depend_on_who_speaks(void **state)
{
	const uint64_t seed[2] = {1, 2}, other[2] = {1, 3};
	struct ip_addr a = {{1}}, b = {{2}};
	struct flow_key one, two;

	(void)state;
	assert_int_equal(flow_key_make(&one, &a, 5, &b, 4, 9), 0);
	assert_int_equal(flow_key_make(&two, &b, 4, &a, 5, 9), 1);
	assert_true(flow_key_equal(&one, &two));
	assert_true(flow_key_hash(&one, seed) == flow_key_hash(&two, seed));
	assert_true(flow_key_hash(&one, seed) != flow_key_hash(&one, other));
	/* The same address at both ends: the ports decide. */
	assert_int_equal(flow_key_make(&one, &a, 5, &a, 4, 9), 1);
	assert_int_equal(flow_key_make(&two, &a, 4, &a, 5, 9), 0);
	assert_true(flow_key_equal(&one, &two));
	flow_key_make(&two, &a, 4, &a, 5, 8);
	assert_false(flow_key_equal(&one, &two));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_inserted_is_found_until_it_is_removed),
		cmocka_unit_test(removing_what_is_not_there_does_nothing),
		cmocka_unit_test(a_pool_gives_each_item_once),
		cmocka_unit_test(a_key_does_not_depend_on_who_speaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
