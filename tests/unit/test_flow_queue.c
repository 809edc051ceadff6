/* SPDX-License-Identifier: Apache-2.0 */
/* The lists that say who is next to go: doubly linked by number, one for each state. */
#include "feed.h"

#include "sensor/flow/flow_table.h"

#define FLOWS 5

static int
setup(void **state)
{
	static struct flow_table t;

	memset(&t, 0, sizeof(t));
	assert_true(flow_pool_init(&t.entries, FLOWS, sizeof(struct flow)));
	for (int s = 0; s < FLOW_STATE_COUNT; s++)
		t.queue[s] = (struct flow_list){FLOW_POOL_NONE, FLOW_POOL_NONE};
	t.births = (struct flow_list){FLOW_POOL_NONE, FLOW_POOL_NONE};
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct flow *f = flow_at(&t, flow_pool_take(&t.entries));

		f->number = i;
		f->state = FLOW_STATE_OPEN;
	}
	*state = &t;
	return 0;
}

static int
teardown(void **state)
{
	struct flow_table *t = *state;

	flow_pool_close(&t->entries);
	return 0;
}

/* want: digits in order. Forwards, and backwards the same. */
static void
expect(struct flow_table *t, const struct flow_list *list, bool births, const char *want)
{
	uint32_t number = list->first, last = FLOW_POOL_NONE;
	size_t n = 0;

	for (; number != FLOW_POOL_NONE; n++) {
		struct flow *f = flow_at(t, number);
		struct flow_links *l = births ? &f->births : &f->queue;

		assert_true(n < strlen(want));
		assert_int_equal(number, want[n] - '0');
		assert_true(l->before == last);
		last = number;
		number = l->after;
	}
	assert_int_equal(n, strlen(want));
	assert_true(list->last == last);
}

#define QUEUE(t, state, want) expect(t, &(t)->queue[state], false, want)

static void
who_was_put_in_last_is_last(void **state)
{
	struct flow_table *t = *state;

	QUEUE(t, FLOW_STATE_OPEN, "");
	for (uint32_t i = 0; i < FLOWS; i++)
		flow_queue_append(t, flow_at(t, (i + 2) % FLOWS));
	QUEUE(t, FLOW_STATE_OPEN, "23401");
	QUEUE(t, FLOW_STATE_CLOSING, "");
}

static void
first_middle_last_and_only_one_can_go(void **state)
{
	struct flow_table *t = *state;

	for (uint32_t i = 0; i < FLOWS; i++)
		flow_queue_append(t, flow_at(t, i));
	flow_queue_remove(t, flow_at(t, 2));
	QUEUE(t, FLOW_STATE_OPEN, "0134");
	flow_queue_remove(t, flow_at(t, 0));
	QUEUE(t, FLOW_STATE_OPEN, "134");
	flow_queue_remove(t, flow_at(t, 4));
	QUEUE(t, FLOW_STATE_OPEN, "13");
	flow_queue_remove(t, flow_at(t, 1));
	QUEUE(t, FLOW_STATE_OPEN, "3");
	flow_queue_remove(t, flow_at(t, 3));
	QUEUE(t, FLOW_STATE_OPEN, "");
	flow_queue_append(t, flow_at(t, 2));
	QUEUE(t, FLOW_STATE_OPEN, "2");
}

static void
each_is_put_in_with_the_clocks_time(void **state)
{
	struct flow_table *t = *state;

	t->clock.now = 77;
	flow_queue_append(t, flow_at(t, 1));
	t->clock.now = UINT64_MAX;
	flow_queue_append(t, flow_at(t, 2));
	assert_int_equal(flow_at(t, 1)->queued, 77);
	assert_true(flow_at(t, 2)->queued == UINT64_MAX);
}

static void
entering_a_state_is_going_to_the_end_of_its_queue(void **state)
{
	struct flow_table *t = *state;

	for (uint32_t i = 0; i < FLOWS; i++)
		flow_queue_append(t, flow_at(t, i));
	flow_enter(t, flow_at(t, 3), FLOW_STATE_CLOSING);
	flow_enter(t, flow_at(t, 0), FLOW_STATE_CLOSING);
	QUEUE(t, FLOW_STATE_OPEN, "124");
	QUEUE(t, FLOW_STATE_CLOSING, "30");
	assert_int_equal(flow_at(t, 3)->state, FLOW_STATE_CLOSING);
	flow_enter(t, flow_at(t, 3), FLOW_STATE_OPEN);
	QUEUE(t, FLOW_STATE_OPEN, "1243");
	QUEUE(t, FLOW_STATE_CLOSING, "0");
	/* The same state again: heard of, and so the youngest. */
	t->clock.now = 9;
	flow_enter(t, flow_at(t, 2), FLOW_STATE_OPEN);
	QUEUE(t, FLOW_STATE_OPEN, "1432");
	assert_int_equal(flow_at(t, 2)->queued, 9);
}

static void
births_keep_their_order_whatever_the_queues_do(void **state)
{
	struct flow_table *t = *state;

	for (uint32_t i = 0; i < FLOWS; i++) {
		flow_queue_append(t, flow_at(t, i));
		flow_births_append(t, flow_at(t, i));
	}
	flow_enter(t, flow_at(t, 0), FLOW_STATE_CLOSING);
	flow_enter(t, flow_at(t, 2), FLOW_STATE_ENDED);
	expect(t, &t->births, true, "01234");
	flow_births_remove(t, flow_at(t, 2));
	expect(t, &t->births, true, "0134");
	QUEUE(t, FLOW_STATE_ENDED, "2");
	flow_births_remove(t, flow_at(t, 0));
	flow_births_remove(t, flow_at(t, 4));
	expect(t, &t->births, true, "13");
	flow_births_append(t, flow_at(t, 0));
	expect(t, &t->births, true, "130");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(who_was_put_in_last_is_last),
		T(first_middle_last_and_only_one_can_go),
		T(each_is_put_in_with_the_clocks_time),
		T(entering_a_state_is_going_to_the_end_of_its_queue),
		T(births_keep_their_order_whatever_the_queues_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
