/* SPDX-License-Identifier: Apache-2.0 */
/* Servers read back a few at a time, in the order of a ranking. */
#include "store_rig.h"

static void
put(struct rig *r, uint8_t host, const char *grade, double confidence, const char *body)
{
	struct store_verdict v = {.verdict = "open-relay",
		.grade = grade,
		.port = 25,
		.time = RIG_T0,
		.confidence = confidence,
		.server = rig_addr(host),
		.body = span_of_text(body)};

	store_batch_verdict(r->batch, &v);
}

static void
order_is_kind_grade_confidence_and_then_the_address_as_a_number(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_servers l;

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 1, RIG_T0, "unknown", 6, true, "f");
	put(&r, 2, "suspected", 0.99, "e");
	put(&r, 3, "confirmed", 0.5, "d");
	/* As texts "…10" would come before "…9". */
	put(&r, 10, "confirmed", 0.9, "c");
	put(&r, 9, "confirmed", 0.9, "b");
	put(&r, 11, "confirmed", 0.95, "a");
	rig_commit(&r);
	assert_int_equal(store_servers_list(r.store, &l), 0);
	assert_int_equal(l.count, 6);
	assert_int_equal(l.at[0].grade, 2);
	assert_int_equal(l.at[5].rank, 6);
	assert_int_equal(store_servers_read(r.store, &l, rig_see, &seen), 0);
	assert_int_equal(seen.count, 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(seen.at[i][0], "abcdef"[i]);
	store_servers_free(&l);
	rig_free(&r);
}

/* While a row is looked at, the sensor goes on; the later rows are as it left them. */
static bool
change_others(void *ctx, const struct store_row *row)
{
	struct rig *r = ctx;

	if (row->server->confidence > 0.99) {
		rig_do(r, "DELETE FROM server WHERE confidence < 0.1025");
		rig_do(r, "UPDATE server SET body = 'new', grade = 'suspected' WHERE"
			  " confidence < 0.2025");
		rig_do(r, "PRAGMA wal_checkpoint(TRUNCATE)");
	} else if (row->server->confidence < 0.2025) {
		assert_int_equal(row->server->grade, 1);
		assert_memory_equal(row->body.at, "new", 3);
	}
	assert_true(row->server->confidence > 0.1025);
	return true;
}

static void
a_record_is_as_it_stands_when_its_turn_comes(void **state)
{
	struct rig r;
	struct store_servers l;

	(void)state;
	rig_init(&r);
	for (uint8_t i = 0; i < 200; i++)
		put(&r, i, "confirmed", (double)(200 - i) / 200, "old");
	rig_commit(&r);
	assert_int_equal(store_servers_list(r.store, &l), 0);
	assert_int_equal(l.count, 200);
	assert_int_equal(store_servers_read(r.store, &l, change_others, &r), 0);
	store_servers_free(&l);
	rig_free(&r);
}

static void
no_servers_are_an_empty_list(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_servers l;

	(void)state;
	rig_init(&r);
	assert_int_equal(store_servers_list(r.store, &l), 0);
	assert_int_equal(l.count, 0);
	assert_int_equal(store_servers_read(r.store, &l, rig_see, &seen), 0);
	assert_int_equal(seen.count, 0);
	store_servers_free(&l);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			order_is_kind_grade_confidence_and_then_the_address_as_a_number),
		cmocka_unit_test(a_record_is_as_it_stands_when_its_turn_comes),
		cmocka_unit_test(no_servers_are_an_empty_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
