/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_pending.h"

static uint32_t
push(struct smtp_pending *p, enum smtp_verb verb)
{
	bool full;

	return smtp_pending_push(p, verb, false, false, &full);
}

static void
expect_front(const struct smtp_pending *p, uint32_t id, enum smtp_verb verb)
{
	struct smtp_slot slot;

	assert_true(smtp_pending_front(p, &slot));
	assert_int_equal(slot.id, id);
	assert_int_equal(slot.verb, verb);
}

static void
commands_come_out_in_order_with_their_numbers(void **state)
{
	struct smtp_pending p;

	(void)state;
	smtp_pending_reset(&p);
	assert_true(smtp_pending_is_empty(&p));
	assert_int_equal(push(&p, SMTP_VERB_MAIL), 1);
	assert_int_equal(push(&p, SMTP_VERB_OTHER), 2);
	expect_front(&p, 1, SMTP_VERB_MAIL);
	smtp_pending_pop(&p);
	assert_int_equal(push(&p, SMTP_VERB_RCPT), 3);
	expect_front(&p, 2, SMTP_VERB_OTHER);
	smtp_pending_pop(&p);
	expect_front(&p, 3, SMTP_VERB_RCPT);
	smtp_pending_pop(&p);
	assert_true(smtp_pending_is_empty(&p));
}

static void
marks_stay_with_their_command(void **state)
{
	struct smtp_pending p;
	struct smtp_slot slot;
	bool full;

	(void)state;
	smtp_pending_reset(&p);
	smtp_pending_push(&p, SMTP_VERB_BDAT, true, true, &full);
	assert_false(full);
	push(&p, SMTP_VERB_DATA);
	assert_true(smtp_pending_front(&p, &slot));
	assert_true(slot.final);
	assert_true(slot.masked);
	smtp_pending_count_answer(&p);
	assert_true(smtp_pending_front(&p, &slot));
	assert_int_equal(slot.answered, 1);
	smtp_pending_pop(&p);
	assert_true(smtp_pending_front(&p, &slot));
	assert_false(slot.final);
	assert_false(slot.masked);
	assert_int_equal(slot.answered, 0);
	smtp_pending_mark_final(&p);
	assert_true(smtp_pending_front(&p, &slot));
	assert_true(slot.final);
}

static void
what_was_lost_stands_where_it_was_lost(void **state)
{
	struct smtp_pending p;
	struct smtp_slot slot;

	(void)state;
	smtp_pending_reset(&p);
	push(&p, SMTP_VERB_MAIL);
	smtp_pending_lose_commands(&p);
	smtp_pending_lose_commands(&p);
	push(&p, SMTP_VERB_DATA);
	assert_false(smtp_pending_is_unsure(&p));
	expect_front(&p, 1, SMTP_VERB_MAIL);
	smtp_pending_pop(&p);
	assert_true(smtp_pending_is_unsure(&p));
	assert_false(smtp_pending_front(&p, &slot));
	assert_false(smtp_pending_seek(&p, SMTP_VERB_QUIT));
	assert_true(smtp_pending_seek(&p, SMTP_VERB_DATA));
	assert_false(smtp_pending_is_unsure(&p));
	assert_int_equal(p.lost, 0);
	expect_front(&p, 2, SMTP_VERB_DATA);
	smtp_pending_lose_replies(&p);
	assert_true(smtp_pending_is_unsure(&p));
	smtp_pending_keep_newest(&p);
	expect_front(&p, 2, SMTP_VERB_DATA);
	smtp_pending_infer(&p, SMTP_VERB_AUTH, false);
	expect_front(&p, 0, SMTP_VERB_AUTH);
	assert_int_equal(push(&p, SMTP_VERB_NOOP), 3);
	smtp_pending_pop(&p);
	expect_front(&p, 3, SMTP_VERB_NOOP);
	smtp_pending_clear(&p);
	assert_true(smtp_pending_is_empty(&p));
	push(&p, SMTP_VERB_QUIT);
	expect_front(&p, 4, SMTP_VERB_QUIT);
}

static void
a_full_queue_gives_up_its_oldest_but_counts_it(void **state)
{
	struct smtp_pending p;
	bool full = false;

	(void)state;
	smtp_pending_reset(&p);
	for (unsigned i = 0; i < SMTP_PENDING_MAX + 3; i++) {
		smtp_pending_push(&p, SMTP_VERB_RCPT, false, false, &full);
		assert_int_equal(full, i >= SMTP_PENDING_MAX);
	}
	for (uint32_t id = 1; id <= SMTP_PENDING_MAX + 3; id++) {
		expect_front(&p, id, id <= 3 ? SMTP_VERB_OTHER : SMTP_VERB_RCPT);
		smtp_pending_pop(&p);
	}
	assert_true(smtp_pending_is_empty(&p));
}

/* DATA may have one reply or two. */
static void
a_command_of_several_replies_that_is_given_up_is_a_loss(void **state)
{
	struct smtp_pending p;

	(void)state;
	smtp_pending_reset(&p);
	push(&p, SMTP_VERB_DATA);
	for (unsigned i = 0; i < 3 * SMTP_PENDING_MAX; i++) {
		push(&p, SMTP_VERB_NOOP);
		assert_true(p.used <= SMTP_PENDING_MAX);
	}
	assert_true(smtp_pending_is_unsure(&p));
	assert_int_equal(p.lost, 1);
	for (unsigned i = 0; i < 2 * SMTP_PENDING_MAX; i++) {
		smtp_pending_lose_commands(&p);
		push(&p, SMTP_VERB_NOOP);
		assert_true(p.used <= SMTP_PENDING_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_come_out_in_order_with_their_numbers),
		cmocka_unit_test(marks_stay_with_their_command),
		cmocka_unit_test(what_was_lost_stands_where_it_was_lost),
		cmocka_unit_test(a_full_queue_gives_up_its_oldest_but_counts_it),
		cmocka_unit_test(a_command_of_several_replies_that_is_given_up_is_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
