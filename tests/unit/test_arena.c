/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdalign.h>

#include "dissect/limits.h"
#include "sensor/base/arena.h"

static void
copies_stay_until_the_arena_is_reset(void **state)
{
	struct arena_pool *p = arena_pool_new(64u * KiB);
	struct arena a;
	struct span first, second;
	char text[] = "one";

	(void)state;
	arena_init(&a, p);
	first = arena_copy(&a, span_of_text(text));
	memcpy(text, "two", 3);
	second = arena_copy(&a, span_of_text(text));
	assert_true(span_equal(first, SPAN_LITERAL("one")));
	assert_true(span_equal(second, SPAN_LITERAL("two")));
	arena_reset(&a);
	arena_pool_free(p);
}

static void
allocations_are_zeroed_and_aligned_also_in_reused_chunks(void **state)
{
	struct arena_pool *p = arena_pool_new(1);
	struct arena a;

	(void)state;
	arena_init(&a, p);
	for (int round = 0; round < 2; round++) {
		uint8_t *at;

		arena_copy(&a, SPAN_LITERAL("x"));
		at = arena_alloc(&a, 100);
		assert_non_null(at);
		assert_int_equal((uintptr_t)at % alignof(max_align_t), 0);
		for (int i = 0; i < 100; i++)
			assert_int_equal(at[i], 0);
		memset(at, 0xff, 100);
		arena_reset(&a);
	}
	arena_pool_free(p);
}

static void
a_pool_that_is_used_up_refuses_and_counts_and_recovers(void **state)
{
	struct arena_pool *p = arena_pool_new(1); /* one chunk */
	struct arena a, b;

	(void)state;
	arena_init(&a, p);
	arena_init(&b, p);
	assert_non_null(arena_alloc(&a, ARENA_CHUNK));
	assert_null(arena_alloc(&b, 1));
	assert_int_equal(arena_copy(&b, SPAN_LITERAL("x")).len, 0);
	assert_true(b.full);
	assert_int_equal(arena_pool_refused(p), 2);
	arena_reset(&a);
	assert_non_null(arena_alloc(&b, 1));
	arena_reset(&b);
	arena_pool_free(p);
}

static void
what_is_larger_than_a_chunk_is_refused_or_cut(void **state)
{
	struct arena_pool *p = arena_pool_new(64u * KiB);
	static uint8_t large[ARENA_CHUNK + 10];
	struct arena a;

	(void)state;
	arena_init(&a, p);
	assert_null(arena_alloc(&a, ARENA_CHUNK + 1));
	assert_int_equal(arena_copy(&a, span_of(large, sizeof(large))).len, ARENA_CHUNK);
	arena_reset(&a);
	arena_pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_stay_until_the_arena_is_reset),
		cmocka_unit_test(allocations_are_zeroed_and_aligned_also_in_reused_chunks),
		cmocka_unit_test(a_pool_that_is_used_up_refuses_and_counts_and_recovers),
		cmocka_unit_test(what_is_larger_than_a_chunk_is_refused_or_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
