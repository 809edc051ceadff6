/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/services.h"

static struct ip_addr
addr_of(uint32_t n)
{
	const uint8_t quad[4] = {10, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	return ip_addr_v4(quad);
}

static void
a_learned_server_is_found_and_its_port_is_marked(void **state)
{
	static struct services s;
	struct ip_addr a = addr_of(1), b = addr_of(2);

	(void)state;
	services_init(&s);
	assert_false(services_port(&s, 2526));
	services_insert(&s, &a, 2526);
	assert_true(services_port(&s, 2526));
	assert_true(services_find(&s, &a, 2526));
	assert_false(services_find(&s, &b, 2526));
	assert_false(services_find(&s, &a, 2527));
	services_insert(&s, &a, 2526);
	assert_int_equal(s.count, 1);
	services_insert(&s, &a, 0);
	assert_int_equal(s.count, 1);
}

static void
a_full_table_learns_no_more_and_still_answers(void **state)
{
	static struct services s;

	(void)state;
	services_init(&s);
	for (uint32_t i = 0; i < SERVICES_MAX + 100; i++) {
		struct ip_addr a = addr_of(i);

		services_insert(&s, &a, 2526);
		assert_true(services_find(&s, &a, 2526) == (i < SERVICES_MAX));
	}
	assert_int_equal(s.count, SERVICES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_learned_server_is_found_and_its_port_is_marked),
		cmocka_unit_test(a_full_table_learns_no_more_and_still_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
