/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_event.h"

static void
events_come_out_in_order(void **state)
{
	static struct smtp_session s;
	struct smtp_event e;

	(void)state;
	smtp_session_reset(&s, true);
	assert_false(smtp_event_pop(&s, &e));
	for (uint32_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < SMTP_EVENTS_MAX - 1; i++)
			smtp_event_push(&s, SMTP_EVENT_COMMAND, DIS_CLIENT)->id = i;
		for (uint32_t i = 0; i < SMTP_EVENTS_MAX - 1; i++) {
			assert_true(smtp_event_pop(&s, &e));
			assert_int_equal(e.id, i);
		}
	}
	assert_false(s.event_overrun);
}

static void
one_event_too_many_is_told(void **state)
{
	static struct smtp_session s;

	(void)state;
	smtp_session_reset(&s, true);
	for (uint32_t i = 0; i < SMTP_EVENTS_MAX + 1; i++)
		assert_non_null(smtp_event_push(&s, SMTP_EVENT_COMMAND, DIS_CLIENT));
	assert_true(s.event_overrun);
}

static void
a_note_comes_once_until_it_is_renewed(void **state)
{
	static struct smtp_session s;

	(void)state;
	smtp_session_reset(&s, true);
	smtp_event_note_once(&s, SMTP_NOTE_NUL, DIS_CLIENT);
	smtp_event_note_once(&s, SMTP_NOTE_NUL, DIS_CLIENT);
	assert_int_equal(s.event_count, 1);
	smtp_event_renew_message(&s);
	smtp_event_note_once(&s, SMTP_NOTE_NUL, DIS_CLIENT);
	assert_int_equal(s.event_count, 1);
	smtp_event_renew_transaction(&s);
	smtp_event_note_once(&s, SMTP_NOTE_NUL, DIS_CLIENT);
	smtp_event_note(&s, SMTP_NOTE_NUL, DIS_CLIENT);
	assert_int_equal(s.event_count, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_come_out_in_order),
		cmocka_unit_test(one_event_too_many_is_told),
		cmocka_unit_test(a_note_comes_once_until_it_is_renewed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
