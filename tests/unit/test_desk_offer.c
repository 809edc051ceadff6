/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that commits, while the disk is fine and while it is not. */
#include "store_rig.h"

#include "sensor/desk/desk_writer.h"
#include "sensor/store/store_part.h"

/* The statement is run where the writer's thread is not in the way. */
static void
let_write(struct rig *r, bool may)
{
	pthread_mutex_lock(&r->store->mutex);
	assert_int_equal(
		sqlite3_exec(r->store->db,
			may ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON", NULL,
			NULL, NULL),
		SQLITE_OK);
	pthread_mutex_unlock(&r->store->mutex);
}

static void
put(struct rig *r, unsigned n)
{
	rig_alert(r, n, ALERT_SEVERITY_HIGH, SPAN_NONE);
}

static bool
comes_to_wait(struct rig *r, uint64_t want)
{
	for (int n = 0; n < 500; n++) {
		if (rig_counters(r, "all").waiting == want)
			return true;
		usleep(10000);
	}
	return false;
}

static void
take_all(struct rig *r, size_t want)
{
	struct store_waiting w[8];
	size_t n = store_waiting(r->store, "all", w, 8);

	assert_int_equal(n, want);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(store_delivered(r->store, "all", &w[i].id, 1), 0);
	store_waiting_free(w, n);
}

static void
a_batch_is_committed_at_once_or_by_the_thread(void **state)
{
	(void)state;
	for (int own_thread = 0; own_thread < 2; own_thread++) {
		struct desk_writer *w;
		struct rig r;

		rig_init(&r);
		rig_outputs(&r);
		w = desk_writer_new(r.store, own_thread, 0);
		put(&r, 1);
		assert_true(desk_writer_give(w, &r.batch));
		assert_true(store_batch_is_empty(r.batch));
		assert_true(desk_writer_wait(w, 10000));
		assert_true(desk_writer_is_idle(w));
		assert_false(desk_writer_is_offering(w));
		assert_int_equal(rig_counters(&r, "all").waiting, 1);
		assert_true(desk_writer_free(w));
		rig_free(&r);
	}
}

/* Not before the time has passed: most disks are soon well again. */
static void
what_fails_for_long_is_offered_and_kept_in_the_end(void **state)
{
	struct desk_writer_counters c;
	struct desk_writer *w;
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	let_write(&r, false);
	w = desk_writer_new(r.store, true, 500);
	put(&r, 1);
	put(&r, 2);
	assert_true(desk_writer_give(w, &r.batch));
	assert_false(desk_writer_wait(w, 100));
	assert_false(desk_writer_is_offering(w));
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	/* The second attempt, after a second. */
	assert_true(comes_to_wait(&r, 2));
	assert_true(desk_writer_is_offering(w));
	desk_writer_counters(w, &c);
	assert_true(c.failed >= 2);
	take_all(&r, 2);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 0);
	let_write(&r, true);
	assert_true(desk_writer_wait(w, 10000));
	assert_false(desk_writer_is_offering(w));
	assert_int_equal(rig_ask(&r, "SELECT sum(delivered) FROM alert"), 2);
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	assert_true(desk_writer_free(w));
	rig_free(&r);
}

/* The end comes before the time: the outputs get it, and the database does not. */
static void
what_is_lost_to_the_database_is_offered_at_the_end(void **state)
{
	struct desk_writer *w;
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	let_write(&r, false);
	w = desk_writer_new(r.store, true, 60000);
	put(&r, 1);
	assert_true(desk_writer_give(w, &r.batch));
	assert_false(desk_writer_free(w));
	take_all(&r, 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 0);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_batch_is_committed_at_once_or_by_the_thread),
		cmocka_unit_test(what_fails_for_long_is_offered_and_kept_in_the_end),
		cmocka_unit_test(what_is_lost_to_the_database_is_offered_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
