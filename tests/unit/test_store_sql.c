/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

static void
every_statement_fits_the_tables(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	for (int i = 0; i < SQL_COUNT; i++) {
		r.store->rc = SQLITE_OK;
		if (!store_sql(r.store, (enum store_sql)i))
			fail_msg("statement %d: %s", i, sqlite3_errmsg(r.store->db));
	}
	rig_free(&r);
}

static void
a_statement_is_prepared_once(void **state)
{
	struct rig r;
	sqlite3_stmt *first;

	(void)state;
	rig_init(&r);
	first = store_sql(r.store, SQL_STATE_INSERT);
	assert_non_null(first);
	assert_ptr_equal(store_sql(r.store, SQL_STATE_INSERT), first);
	rig_free(&r);
}

static void
after_an_error_nothing_more_is_done(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	r.store->rc = SQLITE_OK;
	store_exec(r.store, "no such statement");
	assert_int_equal(r.store->rc & 0xff, SQLITE_ERROR);
	store_exec(r.store, "CREATE TABLE afterwards (x)");
	assert_null(store_sql(r.store, SQL_STATE_INSERT));
	assert_int_equal(store_number(r.store, "SELECT 7"), 0);
	assert_int_equal(store_sql_run(r.store, NULL), 0);
	assert_int_equal(r.store->rc & 0xff, SQLITE_ERROR);
	r.store->rc = SQLITE_OK;
	assert_int_equal(store_number(r.store, "SELECT count(*) FROM sqlite_schema"
					       " WHERE name = 'afterwards'"),
		0);
	rig_free(&r);
}

static void
values_of_the_last_run_are_not_left_behind(void **state)
{
	struct rig r;
	sqlite3_stmt *st;

	(void)state;
	rig_init(&r);
	r.store->rc = SQLITE_OK;
	st = store_sql(r.store, SQL_STATE_INSERT);
	sql_text(st, 1, "a");
	sql_text(st, 2, "b");
	sql_text(st, 3, "c");
	assert_int_equal(store_sql_run(r.store, st), 1);
	store_sql_run(r.store, store_sql(r.store, SQL_STATE_INSERT));
	assert_int_equal(r.store->rc & 0xff, SQLITE_CONSTRAINT);
	rig_free(&r);
}

static void
numbers_beyond_63_bits_are_the_greatest_there_is(void **state)
{
	struct rig r;
	struct store_transaction t = {
		.id = SPAN_LITERAL("1"), .time = UINT64_MAX, .body = SPAN_LITERAL("{}")};

	(void)state;
	rig_init(&r);
	store_batch_transaction(r.batch, &t);
	rig_commit(&r);
	assert_true(rig_ask(&r, "SELECT time FROM txn") == INT64_MAX);
	assert_int_equal(rig_ask(&r, "SELECT ip IS NULL FROM txn"), 1);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_statement_fits_the_tables),
		cmocka_unit_test(a_statement_is_prepared_once),
		cmocka_unit_test(after_an_error_nothing_more_is_done),
		cmocka_unit_test(values_of_the_last_run_are_not_left_behind),
		cmocka_unit_test(numbers_beyond_63_bits_are_the_greatest_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
