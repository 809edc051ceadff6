/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces in one order of time: who waits for whom, and how long. */
#include "feed.h"

#include <time.h>

#include "sensor/capture/capture_join.h"

#define MS UINT64_C(1000000)

/* An interface that gives a frame, or none; what it hides is in sight never. */
struct fake {
	struct capture_tap tap;
	struct capture_frame frame;
	bool has;
	enum capture_tap_open open;
	int descriptor;
};

static const struct capture_frame *
peek(struct capture_tap *t)
{
	struct fake *f = (struct fake *)(void *)t;

	return f->has ? &f->frame : NULL;
}

static void
take(struct capture_tap *t)
{
	((struct fake *)(void *)t)->has = false;
}

static enum capture_tap_open
open_block(const struct capture_tap *t)
{
	return ((const struct fake *)(const void *)t)->open;
}

static int
descriptor(const struct capture_tap *t)
{
	return ((const struct fake *)(const void *)t)->descriptor;
}

static void
look(struct capture_tap *t)
{
	(void)t;
}

static const struct capture_tap_ops ops = {.peek = peek,
	.take = take,
	.open = open_block,
	.descriptor = descriptor,
	.look = look};

struct stage {
	struct capture_join join;
	struct fake fake[2];
	atomic_bool stop;
	int silent[2]; /* a pipe that nobody writes to */
};

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Blocks of 50 ms: held for 120 ms if unknown. A silent wire is told of each 10 ms. */
static int
setup(void **state)
{
	static struct stage s;

	memset(&s, 0, sizeof(s));
	if (pipe(s.silent) != 0)
		return -1;
	capture_join_init(&s.join, &s.stop, 50, 10);
	for (size_t i = 0; i < 2; i++) {
		s.fake[i].tap.ops = &ops;
		s.fake[i].descriptor = s.silent[0];
		capture_join_insert(&s.join, &s.fake[i].tap);
	}
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	struct stage *s = *state;

	close(s->silent[0]);
	close(s->silent[1]);
	return 0;
}

/* ms until the frame that fake 0 gives now comes out. */
static uint64_t
waits(struct stage *s)
{
	struct capture_frame out;
	uint64_t began = now_ns();

	s->fake[0].frame = (struct capture_frame){.at.ns = began};
	s->fake[0].has = true;
	assert_int_equal(capture_next(&s->join.capture, &out), CAPTURE_FRAME);
	assert_int_equal(out.at.ns, began);
	return (now_ns() - began) / MS;
}

static void
a_frame_hardly_waits_for_an_interface_that_has_nothing(void **state)
{
	uint64_t ms = waits(*state);

	/* Below what it waits where that is not known; a slow machine adds to it. */
	assert_in_range(ms, 10, 110);
}

static void
a_frame_waits_for_an_interface_that_may_have_an_earlier_one(void **state)
{
	struct stage *s = *state;

	s->fake[1].open = CAPTURE_TAP_UNKNOWN;
	assert_in_range(waits(s), 120, 5000);
}

static void
a_frame_waits_longer_for_frames_that_are_known_of(void **state)
{
	struct stage *s = *state;

	s->fake[1].open = CAPTURE_TAP_FILLS;
	assert_in_range(waits(s), 250, 5000);
}

static void
a_frame_does_not_wait_for_an_interface_that_is_away(void **state)
{
	struct stage *s = *state;

	s->fake[1].open = CAPTURE_TAP_FILLS;
	s->fake[1].descriptor = -1;
	assert_in_range(waits(s), 0, 110);
}

static void
the_earlier_frame_comes_first(void **state)
{
	struct stage *s = *state;
	struct capture_frame out;

	s->fake[0].frame.at.ns = 2000;
	s->fake[1].frame.at.ns = 1000;
	s->fake[0].has = s->fake[1].has = true;
	assert_int_equal(capture_next(&s->join.capture, &out), CAPTURE_FRAME);
	assert_int_equal(out.at.ns, 1000);
	assert_int_equal(capture_next(&s->join.capture, &out), CAPTURE_FRAME);
	assert_int_equal(out.at.ns, 2000);
}

/* How long ago the time is that an idle capture says is reached; in ms. */
static uint64_t
lag(struct stage *s)
{
	struct capture_frame out;

	assert_int_equal(capture_next(&s->join.capture, &out), CAPTURE_IDLE);
	return (now_ns() - out.at.ns) / MS;
}

static void
silence_reaches_nearly_to_the_present_if_nothing_is_on_its_way(void **state)
{
	assert_in_range(lag(*state), 10, 110);
}

static void
silence_is_not_believed_while_a_block_fills(void **state)
{
	struct stage *s = *state;

	s->fake[1].open = CAPTURE_TAP_FILLS;
	assert_in_range(lag(s), 250, 5000);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(a_frame_hardly_waits_for_an_interface_that_has_nothing),
		WITH(a_frame_waits_for_an_interface_that_may_have_an_earlier_one),
		WITH(a_frame_waits_longer_for_frames_that_are_known_of),
		WITH(a_frame_does_not_wait_for_an_interface_that_is_away),
		WITH(the_earlier_frame_comes_first),
		WITH(silence_reaches_nearly_to_the_present_if_nothing_is_on_its_way),
		WITH(silence_is_not_believed_while_a_block_fills),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
