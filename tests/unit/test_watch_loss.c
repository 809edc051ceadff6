/* SPDX-License-Identifier: Apache-2.0 */
/* When the sensor says that it is blind: shares, intervals, interfaces. */
#include "watch_rig.h"

#include "sensor/watch/watch_loss.h"

struct rig {
	struct watch_loss loss;
	struct watch_loss_totals now;
	struct alert_blindness out;
};

static enum watch_loss_verdict
at(struct rig *r, uint64_t seconds)
{
	return watch_loss_judge(&r->loss, &r->now, T0 + seconds * SECOND, &r->out);
}

static void
nothing_lost_is_nothing_to_tell(void **state)
{
	struct rig r = {0};

	(void)state;
	for (uint64_t s = 0; s < 100; s++) {
		r.now.seen += 1000;
		assert_int_equal(at(&r, s), WATCH_LOSS_NOTHING);
	}
}

static void
what_was_lost_before_the_first_look_is_no_news(void **state)
{
	struct rig r = {.now = {.seen = 10, .ring = 1000}};

	(void)state;
	assert_int_equal(at(&r, 0), WATCH_LOSS_NOTHING);
	assert_int_equal(at(&r, 10), WATCH_LOSS_NOTHING);
}

static void
a_loss_is_told_when_its_interval_is_over(void **state)
{
	struct rig r = {0};

	(void)state;
	at(&r, 0);
	r.now = (struct watch_loss_totals){.seen = 99950, .ring = 50};
	assert_int_equal(at(&r, 9), WATCH_LOSS_NOTHING);
	assert_int_equal(at(&r, 10), WATCH_LOSS_SOME);
	assert_int_equal(r.out.ring, 50);
	assert_int_equal(r.out.seen, 99950);
	assert_int_equal(r.out.from, T0);
	assert_int_equal(r.out.to, T0 + 10 * SECOND);
	/* Once. */
	assert_int_equal(at(&r, 20), WATCH_LOSS_NOTHING);
}

/* One in a thousand is not more than 0.1 %; one more is. */
static void
more_than_one_in_a_thousand_is_an_alert(void **state)
{
	struct rig r = {0};

	(void)state;
	at(&r, 0);
	r.now = (struct watch_loss_totals){.seen = 99900, .ring = 60, .card = 40};
	assert_int_equal(at(&r, 10), WATCH_LOSS_SOME);
	r.now.seen += 99899;
	r.now.ring += 101;
	assert_int_equal(at(&r, 20), WATCH_LOSS_BLIND);
	assert_int_equal(r.out.ring, 101);
	assert_int_equal(r.out.card, 0);
}

static void
a_lost_record_or_connection_is_an_alert_by_itself(void **state)
{
	struct rig r = {0};

	(void)state;
	at(&r, 0);
	r.now = (struct watch_loss_totals){.seen = 1000000, .queue = 1};
	assert_int_equal(at(&r, 10), WATCH_LOSS_BLIND);
	assert_int_equal(r.out.queue, 1);
	r.now.evicted = 1;
	assert_int_equal(at(&r, 20), WATCH_LOSS_BLIND);
	assert_int_equal(r.out.evicted, 1);
	assert_int_equal(r.out.queue, 0);
}

static void
an_interface_that_goes_down_is_an_alert_at_once_and_once(void **state)
{
	struct rig r = {0};

	(void)state;
	at(&r, 0);
	strcpy(r.now.where, "eth1: down");
	assert_int_equal(at(&r, 1), WATCH_LOSS_BLIND);
	assert_memory_equal(r.out.where.at, "eth1: down", r.out.where.len);
	assert_int_equal(at(&r, 2), WATCH_LOSS_NOTHING);
	assert_int_equal(at(&r, 12), WATCH_LOSS_NOTHING);
	r.now.where[0] = '\0';
	assert_int_equal(at(&r, 13), WATCH_LOSS_NOTHING);
	strcpy(r.now.where, "eth1: down");
	assert_int_equal(at(&r, 14), WATCH_LOSS_BLIND);
}

static void
one_that_is_down_at_the_start_is_told_too(void **state)
{
	struct rig r = {.now = {.where = "eth1: no carrier"}};

	(void)state;
	assert_int_equal(at(&r, 0), WATCH_LOSS_BLIND);
}

/* An interface that comes back counts from 0; packet time may be set back. */
static void
counters_and_clocks_that_run_backwards_are_no_loss(void **state)
{
	struct rig r = {.now = {.seen = 5000, .card = 100}};

	(void)state;
	at(&r, 0);
	r.now.card = 3;
	r.now.seen = 6000;
	assert_int_equal(at(&r, 10), WATCH_LOSS_NOTHING);
	r.now.ring = 5;
	assert_int_equal(watch_loss_judge(&r.loss, &r.now, T0 - 3600 * SECOND, &r.out),
		WATCH_LOSS_NOTHING);
	assert_int_equal(watch_loss_judge(&r.loss, &r.now, T0 - 3590 * SECOND, &r.out),
		WATCH_LOSS_NOTHING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost_is_nothing_to_tell),
		cmocka_unit_test(what_was_lost_before_the_first_look_is_no_news),
		cmocka_unit_test(a_loss_is_told_when_its_interval_is_over),
		cmocka_unit_test(more_than_one_in_a_thousand_is_an_alert),
		cmocka_unit_test(a_lost_record_or_connection_is_an_alert_by_itself),
		cmocka_unit_test(
			an_interface_that_goes_down_is_an_alert_at_once_and_once),
		cmocka_unit_test(one_that_is_down_at_the_start_is_told_too),
		cmocka_unit_test(counters_and_clocks_that_run_backwards_are_no_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
