/* SPDX-License-Identifier: Apache-2.0 */
/* What all kinds of capture share: the numbers of their frames. */
#include "feed.h"

#include "sensor/capture/capture.h"

/* Every second answer is no frame, and has no number. */
static bool silent;

static enum capture_status
next(struct capture *c, struct capture_frame *out)
{
	(void)c;
	*out = (struct capture_frame){.at.ns = 7};
	silent = !silent;
	return silent ? CAPTURE_IDLE : CAPTURE_FRAME;
}

static const struct capture_ops ops = {.name = "made", .next = next};

static uint32_t
number_of_next(struct capture *c)
{
	struct capture_frame frame;

	while (capture_next(c, &frame) != CAPTURE_FRAME)
		assert_int_equal(frame.at.frame, 0);
	assert_int_equal(frame.at.file, c->file);
	return frame.at.frame;
}

static void
frames_are_numbered_from_one(void **state)
{
	struct capture c = {.ops = &ops, .file = 3};

	(void)state;
	for (uint32_t i = 1; i < 10; i++)
		assert_int_equal(number_of_next(&c), i);
}

static void
one_thread_alone_numbers_like_a_file(void **state)
{
	struct capture c = {.ops = &ops, .shares = 1};

	(void)state;
	for (uint32_t i = 1; i < 10; i++)
		assert_int_equal(number_of_next(&c), i);
}

static void
threads_take_turns_so_that_no_number_is_given_twice(void **state)
{
	bool given[3 * 50 + 1] = {false};

	(void)state;
	for (uint32_t share = 0; share < 3; share++) {
		struct capture c = {.ops = &ops, .share = share, .shares = 3};

		for (size_t i = 0; i < 50; i++) {
			uint32_t n = number_of_next(&c);

			assert_in_range(n, 1, 150);
			assert_int_equal((n - 1) % 3, share);
			assert_false(given[n]);
			given[n] = true;
		}
	}
}

/* 0 is no frame's number: it stands for "none". 2^32 is no multiple of 3. */
static void
after_the_largest_number_a_thread_begins_anew_with_its_own(void **state)
{
	struct capture alone = {.ops = &ops, .number = UINT32_MAX - 1};
	struct capture second = {
		.ops = &ops, .share = 1, .shares = 3, .number = UINT32_MAX - 4};

	(void)state;
	assert_int_equal(number_of_next(&alone), UINT32_MAX);
	assert_int_equal(number_of_next(&alone), 1);
	assert_int_equal(number_of_next(&second), UINT32_MAX - 1);
	assert_int_equal(number_of_next(&second), 2);
	assert_int_equal(number_of_next(&second), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_numbered_from_one),
		cmocka_unit_test(one_thread_alone_numbers_like_a_file),
		cmocka_unit_test(threads_take_turns_so_that_no_number_is_given_twice),
		cmocka_unit_test(
			after_the_largest_number_a_thread_begins_anew_with_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
