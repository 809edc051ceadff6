/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts that go out while nothing can be written. */
#include "store_rig.h"

#include "sensor/store/store_part.h"

/* No page more: whatever is written fails, as on a full disk. */
static void
fill(struct rig *r)
{
	char text[64];

	snprintf(text, sizeof(text), "PRAGMA max_page_count = %d",
		(int)rig_ask(r, "PRAGMA page_count"));
	assert_int_equal(sqlite3_exec(r->store->db, text, NULL, NULL, NULL), SQLITE_OK);
}

static void
make_room(struct rig *r)
{
	assert_int_equal(sqlite3_exec(r->store->db, "PRAGMA max_page_count = 1000000",
				 NULL, NULL, NULL),
		SQLITE_OK);
}

/* Number n, too long for what room the pages have left. */
static void
put(struct rig *r, unsigned n, enum alert_severity severity)
{
	static char text[8000];

	memset(text, 'x', sizeof(text));
	rig_alert(r, n, severity, span_of(text, sizeof(text)));
}

static void
offer(struct rig *r)
{
	assert_int_equal(store_commit(r->store, r->batch), -1);
	store_offer(r->store, r->batch);
}

/* Those that wait for output are the numbers of want, a text like "1 2 3"; their ids. */
static size_t
assert_waits(struct rig *r, const char *output, const char *want, uint64_t *ids)
{
	struct store_waiting w[20];
	size_t n = store_waiting(r->store, output, w, 20);
	char got[200] = "";

	for (size_t i = 0; i < n; i++) {
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%u",
			i ? " " : "", (unsigned)(w[i].time - RIG_T0));
		assert_int_equal(strlen(w[i].body), w[i].octets);
		if (ids)
			ids[i] = w[i].id;
	}
	store_waiting_free(w, n);
	assert_string_equal(got, want);
	return n;
}

static void
take_all(struct rig *r, const char *output, const char *want)
{
	uint64_t ids[20];
	size_t n = assert_waits(r, output, want, ids);

	assert_int_equal(store_delivered(r->store, output, ids, n), 0);
	assert_waits(r, output, "", NULL);
}

static void
init(struct rig *r)
{
	rig_init(r);
	rig_outputs(r);
	fill(r);
}

static void
alerts_go_out_while_the_disk_is_full_to_those_who_want_them(void **state)
{
	struct store_counters c;
	struct rig r;

	(void)state;
	init(&r);
	put(&r, 1, ALERT_SEVERITY_HIGH);
	put(&r, 2, ALERT_SEVERITY_CRITICAL);
	assert_int_equal(store_commit(r.store, r.batch), -1);
	assert_waits(&r, "all", "", NULL);
	store_offer(r.store, r.batch);
	store_offer(r.store, r.batch);
	put(&r, 3, ALERT_SEVERITY_CRITICAL);
	store_offer(r.store, r.batch);
	assert_int_equal(rig_counters(&r, "all").waiting, 3);
	assert_int_equal(rig_counters(&r, "worst").waiting, 2);
	take_all(&r, "all", "1 2 3");
	take_all(&r, "worst", "2 3");
	assert_waits(&r, "nobody", "", NULL);
	store_counters(r.store, &c);
	assert_int_equal(c.offered, 3);
	assert_int_equal(c.offered_dropped, 0);
	rig_free(&r);
}

static void
what_was_taken_is_kept_later_and_not_given_again(void **state)
{
	uint64_t ids[20];
	struct rig r;

	(void)state;
	init(&r);
	for (unsigned n = 1; n < 4; n++)
		put(&r, n, ALERT_SEVERITY_CRITICAL);
	offer(&r);
	take_all(&r, "all", "1 2 3");
	assert_waits(&r, "worst", "1 2 3", ids);
	assert_int_equal(store_delivered(r.store, "worst", ids, 2), 0);
	make_room(&r);
	rig_commit(&r);
	assert_waits(&r, "all", "", NULL);
	/* On the disk only once: it is not in memory any more. */
	take_all(&r, "worst", "3");
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 3);
	assert_int_equal(rig_ask(&r, "SELECT sum(delivered) FROM alert"), 6);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM delivery"), 0);
	assert_int_equal(rig_counters(&r, "all").delivered, 3);
	assert_int_equal(rig_counters(&r, "worst").delivered, 3);
	rig_free(&r);
}

/* It was given from memory before the commit, and is reported only behind it. */
static void
one_that_is_under_way_when_it_is_kept_is_given_again(void **state)
{
	uint64_t ids[20];
	struct rig r;
	size_t n;

	(void)state;
	init(&r);
	put(&r, 1, ALERT_SEVERITY_HIGH);
	offer(&r);
	n = assert_waits(&r, "all", "1", ids);
	make_room(&r);
	rig_commit(&r);
	assert_int_equal(store_delivered(r.store, "all", ids, n), 0);
	take_all(&r, "all", "1");
	rig_free(&r);
}

/* Two batches wait, and the alerts of both came to memory by turns. */
static void
each_batch_takes_its_own_along(void **state)
{
	struct store_batch *other = store_batch_new(), *first;
	struct rig r;

	(void)state;
	init(&r);
	put(&r, 1, ALERT_SEVERITY_HIGH);
	offer(&r);
	first = r.batch;
	r.batch = other;
	put(&r, 2, ALERT_SEVERITY_CRITICAL);
	store_offer(r.store, r.batch);
	r.batch = first;
	put(&r, 3, ALERT_SEVERITY_HIGH);
	store_offer(r.store, r.batch);
	take_all(&r, "all", "1 2 3");
	make_room(&r);
	rig_commit(&r);
	assert_waits(&r, "worst", "2", NULL);
	assert_int_equal(r.store->outputs[0].delivered, 2);
	assert_int_equal(store_commit(r.store, other), 0);
	assert_int_equal(r.store->outputs[0].delivered, 3);
	assert_waits(&r, "all", "", NULL);
	store_batch_free(other);
	rig_free(&r);
}

static void
room_is_made_by_the_oldest_of_the_lowest_severity(void **state)
{
	struct store_counters c;
	struct rig r;

	(void)state;
	rig_make(&r);
	r.config.spool = 3;
	rig_open(&r);
	rig_outputs(&r);
	fill(&r);
	put(&r, 1, ALERT_SEVERITY_HIGH);
	put(&r, 2, ALERT_SEVERITY_LOW);
	put(&r, 3, ALERT_SEVERITY_LOW);
	put(&r, 4, ALERT_SEVERITY_CRITICAL);
	put(&r, 5, ALERT_SEVERITY_MEDIUM);
	offer(&r);
	take_all(&r, "all", "1 4 5");
	/* One that all have makes room first: "worst" wants but 4. */
	put(&r, 6, ALERT_SEVERITY_LOW);
	store_offer(r.store, r.batch);
	take_all(&r, "all", "6");
	assert_waits(&r, "worst", "4", NULL);
	store_counters(r.store, &c);
	assert_int_equal(c.offered_dropped, 2);
	rig_free(&r);
}

static void *
offer_soon(void *ctx)
{
	struct rig *r = ctx;

	usleep(50000);
	store_offer(r->store, r->batch);
	return NULL;
}

/* One that wants it waits no longer; were it not told, it would time out. */
static void
an_offer_ends_the_wait_of_an_output_that_it_is_for(void **state)
{
	struct timespec begin, end;
	pthread_t thread;
	struct rig r;

	(void)state;
	init(&r);
	put(&r, 1, ALERT_SEVERITY_HIGH);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	assert_int_equal(pthread_create(&thread, NULL, offer_soon, &r), 0);
	store_wait(r.store, "all", 20000);
	clock_gettime(CLOCK_MONOTONIC, &end);
	pthread_join(thread, NULL);
	assert_true(end.tv_sec - begin.tv_sec < 15);
	assert_waits(&r, "all", "1", NULL);
	rig_free(&r);
}

static void
octets_are_bounded_too(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r);
	r.config.spool_octets = 20000;
	rig_open(&r);
	rig_outputs(&r);
	fill(&r);
	for (unsigned n = 1; n < 5; n++)
		put(&r, n, ALERT_SEVERITY_HIGH);
	offer(&r);
	assert_waits(&r, "all", "3 4", NULL);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			alerts_go_out_while_the_disk_is_full_to_those_who_want_them),
		cmocka_unit_test(what_was_taken_is_kept_later_and_not_given_again),
		cmocka_unit_test(one_that_is_under_way_when_it_is_kept_is_given_again),
		cmocka_unit_test(each_batch_takes_its_own_along),
		cmocka_unit_test(room_is_made_by_the_oldest_of_the_lowest_severity),
		cmocka_unit_test(an_offer_ends_the_wait_of_an_output_that_it_is_for),
		cmocka_unit_test(octets_are_bounded_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
