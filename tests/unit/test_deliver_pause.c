/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/deliver/deliver_pause.h"

static void
the_pause_doubles_up_to_a_minute(void **state)
{
	unsigned base = 200;

	(void)state;
	for (unsigned n = 1; n <= 8; n++, base *= 2)
		assert_in_range(
			deliver_pause_ms("siem", n), base - base / 4, base + base / 4);
	/* 0.2 s doubled nine times is 102 s. */
	for (unsigned n = 10; n < 2000; n += 7)
		assert_in_range(deliver_pause_ms("siem", n), 45000, 60000);
	assert_in_range(deliver_pause_ms("siem", 4294967295u), 45000, 60000);
}

static void
outputs_do_not_come_back_together(void **state)
{
	unsigned same = 0;

	(void)state;
	for (unsigned n = 1; n <= 8; n++)
		same += deliver_pause_ms("one", n) == deliver_pause_ms("two", n);
	assert_true(same <= 2);
}

static void
the_pause_can_be_foretold(void **state)
{
	(void)state;
	for (unsigned n = 1; n <= 12; n++)
		assert_int_equal(
			deliver_pause_ms("siem", n), deliver_pause_ms("siem", n));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_pause_doubles_up_to_a_minute),
		cmocka_unit_test(outputs_do_not_come_back_together),
		cmocka_unit_test(the_pause_can_be_foretold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
