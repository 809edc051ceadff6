/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_phase.h"

static void
each_phase_has_a_name_and_those_that_wait_say_so(void **state)
{
	(void)state;
	for (int p = 0; p < SMTP_PHASE_COUNT; p++) {
		const char *name = smtp_phase_name((enum smtp_phase)p);
		bool waits = strstr(name, "wait") || p == SMTP_PHASE_HELLO;

		assert_true(strlen(name) > 0);
		assert_int_equal(smtp_phase_waits((enum smtp_phase)p), waits);
	}
}

static void
roles_follow_turn(void **state)
{
	static struct smtp_session s;

	(void)state;
	smtp_session_reset(&s, true);
	assert_int_equal(smtp_phase_client(&s), DIS_CLIENT);
	assert_int_equal(smtp_phase_server(&s), DIS_SERVER);
	s.turned = true;
	assert_int_equal(smtp_phase_client(&s), DIS_SERVER);
	assert_int_equal(smtp_phase_server(&s), DIS_CLIENT);
}

static void
a_new_look_starts_with_nothing_seen(void **state)
{
	static struct smtp_session s;

	(void)state;
	smtp_session_reset(&s, true);
	s.peeked = 3;
	smtp_phase_enter(&s, SMTP_PHASE_BODY);
	assert_int_equal(s.peeked, 3);
	smtp_phase_enter(&s, SMTP_PHASE_DOUBT);
	assert_int_equal(s.peeked, 0);
	assert_int_equal(s.phase, SMTP_PHASE_DOUBT);
	assert_true(smtp_phase_is_message(s.phase));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_phase_has_a_name_and_those_that_wait_say_so),
		cmocka_unit_test(roles_follow_turn),
		cmocka_unit_test(a_new_look_starts_with_nothing_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
