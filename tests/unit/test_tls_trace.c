/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_record.h"
#include "dissect/tls_trace.h"

static struct tls_trace trace;

static void
add(enum dis_dir dir, uint16_t length)
{
	tls_trace_insert(&trace, dir, TLS_TYPE_APPLICATION, length, false);
}

static void
small_records_keep_an_entry_each(void **state)
{
	(void)state;
	tls_trace_reset(&trace);
	tls_trace_insert(&trace, DIS_SERVER, TLS_TYPE_HANDSHAKE, 80, true);
	add(DIS_CLIENT, 42);
	add(DIS_CLIENT, 1023);
	add(DIS_CLIENT, 1024);
	assert_int_equal(trace.used, 4);
	assert_int_equal(trace.at[0].dir, DIS_SERVER);
	assert_int_equal(trace.at[0].clear, 1);
	assert_int_equal(trace.at[0].type, TLS_TYPE_HANDSHAKE);
	assert_int_equal(trace.at[1].dir, DIS_CLIENT);
	assert_int_equal(trace.at[1].octets, 42);
	assert_int_equal(trace.at[1].records, 1);
	assert_int_equal(trace.at[3].octets, 1024);
}

static void
bulk_shares_an_entry_until_the_other_side_speaks(void **state)
{
	(void)state;
	tls_trace_reset(&trace);
	for (int i = 0; i < 1000; i++)
		add(DIS_CLIENT, 16401);
	add(DIS_CLIENT, 300);
	add(DIS_SERVER, 1500);
	add(DIS_CLIENT, 16401);
	assert_int_equal(trace.used, 4);
	assert_int_equal(trace.at[0].records, 1000);
	assert_int_equal(trace.at[0].octets, 16401000);
	assert_int_equal(trace.at[1].octets, 300);
	assert_int_equal(trace.beyond, 0);
}

static void
a_turn_of_many_small_records_shares_its_last_entry(void **state)
{
	(void)state;
	tls_trace_reset(&trace);
	for (int i = 0; i < 500; i++)
		add(DIS_CLIENT, 80);
	add(DIS_SERVER, 40);
	add(DIS_SERVER, 41);
	assert_int_equal(trace.used, TLS_TRACE_TURN + 2);
	assert_int_equal(trace.at[TLS_TRACE_TURN - 1].records, 500 - TLS_TRACE_TURN + 1);
	assert_int_equal(
		trace.at[TLS_TRACE_TURN - 1].octets, 80 * (500 - TLS_TRACE_TURN + 1));
	assert_int_equal(trace.at[TLS_TRACE_TURN].octets, 40);
	assert_int_equal(trace.at[TLS_TRACE_TURN + 1].octets, 41);
}

static void
what_finds_no_place_is_counted(void **state)
{
	(void)state;
	tls_trace_reset(&trace);
	for (int i = 0; i < TLS_TRACE_MAX; i++)
		add(i % 2 ? DIS_SERVER : DIS_CLIENT, 2000);
	assert_int_equal(trace.beyond, 0);
	add(DIS_CLIENT, 10);
	/* A large record of the last entry's side came after one that is missing. */
	add(DIS_SERVER, 2000);
	assert_int_equal(trace.used, TLS_TRACE_MAX);
	assert_int_equal(trace.beyond, 2);
	assert_int_equal(trace.at[TLS_TRACE_MAX - 1].records, 1);
}

static void
an_entry_that_is_full_is_followed_by_another(void **state)
{
	(void)state;
	tls_trace_reset(&trace);
	for (int i = 0; i < 65536; i++)
		add(DIS_CLIENT, 18432);
	assert_int_equal(trace.used, 2);
	assert_int_equal(trace.at[0].records, 65535);
	assert_true(trace.at[0].octets == 65535u * 18432u);
	assert_int_equal(trace.at[1].records, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_records_keep_an_entry_each),
		cmocka_unit_test(bulk_shares_an_entry_until_the_other_side_speaks),
		cmocka_unit_test(a_turn_of_many_small_records_shares_its_last_entry),
		cmocka_unit_test(what_finds_no_place_is_counted),
		cmocka_unit_test(an_entry_that_is_full_is_followed_by_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
