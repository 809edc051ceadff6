/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was learned, out of a database whose rows are not all what they should be: each
 * good one once, whatever stands before, between and behind them. (Pages that are broken:
 * test_store_salvage.c.)
 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

struct wreck {
	struct rig rig;
	sqlite3 *from;
};

/* As ours, but that anything may stand in it. */
static void
wreck_init(struct wreck *w)
{
	rig_init(&w->rig);
	assert_int_equal(sqlite3_open(":memory:", &w->from), SQLITE_OK);
	assert_int_equal(sqlite3_exec(w->from,
				 "CREATE TABLE state (tbl, key, body,"
				 " PRIMARY KEY (tbl, key)) WITHOUT ROWID",
				 NULL, NULL, NULL),
		SQLITE_OK);
}

static void
wreck_free(struct wreck *w)
{
	sqlite3_close(w->from);
	rig_free(&w->rig);
}

static void
put(struct wreck *w, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(w->from, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
}

/* Rows "a/0" … "c/9", three tables of ten. */
static void
put_thirty(struct wreck *w)
{
	put(w, "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < "
	       "29)"
	       " INSERT INTO state SELECT char(97 + i / 10), '' || (i % 10),"
	       " '{\"v\":1,\"n\":' || i || '}' FROM n");
}

static uint64_t
salvage(struct wreck *w)
{
	w->rig.store->rc = SQLITE_OK;
	return store_salvage_state(w->rig.store, w->from);
}

static void
assert_all_thirty(struct wreck *w)
{
	assert_int_equal(rig_ask(&w->rig, "SELECT count(*) FROM state WHERE body ="
					  " '{\"v\":1,\"n\":' ||"
					  " ((unicode(tbl) - 97) * 10 + key) || '}'"),
		30);
}

static void
rows_that_are_whole_are_all_taken_over(void **state)
{
	struct wreck w;

	(void)state;
	wreck_init(&w);
	assert_int_equal(salvage(&w), 0);
	put_thirty(&w);
	assert_int_equal(salvage(&w), 30);
	assert_all_thirty(&w);
	assert_int_equal(rig_ask(&w.rig, "SELECT count(*) FROM state"), 30);
	wreck_free(&w);
}

/* Each alone among thirty good ones, which all have to come. */
static void
one_that_is_none_costs_no_other(void **state)
{
	static const char *const rows[] = {
		/* Bodies that are no object. */
		"('a', '5x', '')",
		"('a', '5x', '{')",
		"('a', '5x', '[]')",
		"('a', '5x', NULL)",
		"('a', '5x', 7)",
		"('a', '5x', x'7b7d')",
		/* Keys and tables that are no names, first, in between and last. */
		"('a', '', '{}')",
		"('', '5', '{}')",
		"('b', x'35', '{}')",
		"('b', 7, '{}')",
		"('b', 1.5, '{}')",
		"(x'62', '5', '{}')",
		"(7, 7, '{}')",
		"('b', '5' || char(0) || 'x', '{}')",
		"('b' || char(0), '5', '{}')",
		"('b', '5' || hex(zeroblob(200)), '{}')",
		"(hex(zeroblob(200)), '1', '{}')",
		"('b' || hex(zeroblob(200)), '1', '{}')",
		"('zzz' || hex(zeroblob(200)), '1', '{}')",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct wreck w;
		char sql[256];
		uint64_t saved;

		wreck_init(&w);
		put_thirty(&w);
		snprintf(sql, sizeof(sql), "INSERT INTO state VALUES %s", rows[i]);
		put(&w, sql);
		saved = salvage(&w);
		if (saved != 30)
			fail_msg("%s: %d saved", rows[i], (int)saved);
		assert_all_thirty(&w);
		wreck_free(&w);
	}
}

/* As many as there are good ones, in every second place one that is none. */
static void
many_that_are_none_cost_no_other(void **state)
{
	struct wreck w;

	(void)state;
	wreck_init(&w);
	put_thirty(&w);
	put(&w, "INSERT INTO state SELECT tbl, key || '-' || hex(zeroblob(200)), '{}'"
		" FROM state");
	put(&w, "INSERT INTO state SELECT tbl, CAST(key || 'b' AS BLOB), '{}' FROM state"
		" WHERE length(key) = 1");
	assert_int_equal(salvage(&w), 30);
	assert_all_thirty(&w);
	wreck_free(&w);
}

/* Names that end in the last character there is, or in what is beyond it. */
static void
names_of_any_octets_are_taken_over(void **state)
{
	static const char *const keys[] = {"~", "~~", "1~", "\x7f", "\xc3\xa4", "\xff",
		"\xf4\x8f\xbf\xbf", " ", "!", "a b"};
	struct wreck w;

	(void)state;
	wreck_init(&w);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		char sql[128];

		snprintf(sql, sizeof(sql), "INSERT INTO state VALUES ('t', '%s', '{}')",
			keys[i]);
		put(&w, sql);
	}
	assert_int_equal(salvage(&w), sizeof(keys) / sizeof(*keys));
	put(&w, "INSERT INTO state VALUES ('s', x'00', '{}')");
	wreck_free(&w);
}

static void
a_database_without_the_table_gives_nothing(void **state)
{
	struct wreck w;

	(void)state;
	wreck_init(&w);
	put(&w, "DROP TABLE state");
	assert_int_equal(salvage(&w), 0);
	assert_int_equal(w.rig.store->rc, SQLITE_OK);
	wreck_free(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_that_are_whole_are_all_taken_over),
		cmocka_unit_test(one_that_is_none_costs_no_other),
		cmocka_unit_test(many_that_are_none_cost_no_other),
		cmocka_unit_test(names_of_any_octets_are_taken_over),
		cmocka_unit_test(a_database_without_the_table_gives_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
