/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include <sys/resource.h>

#include "sensor/store/store_part.h"

static void
fill(struct rig *r)
{
	static char text[3000];

	memset(text, 'x', sizeof(text) - 1);
	for (unsigned i = 0; i < 200; i++) {
		char key[16];
		int n = snprintf(key, sizeof(key), "key%u", i);

		rig_alert(r, i, ALERT_SEVERITY_HIGH, SPAN_NONE);
		store_batch_state(
			r->batch, "attempt", span_of(key, (size_t)n), span_of_text(text));
	}
	rig_commit(r);
}

static off_t
length(const struct rig *r)
{
	struct stat st;

	assert_int_equal(stat(r->file, &st), 0);
	return st.st_size;
}

static void
overwrite(const struct rig *r, off_t from, off_t to)
{
	static const char garbage[] = "no database, this is!";
	int fd = open(r->file, O_WRONLY);

	assert_true(fd >= 0);
	for (; from < to; from += (off_t)sizeof(garbage))
		assert_int_equal(
			pwrite(fd, garbage, sizeof(garbage), from), sizeof(garbage));
	close(fd);
}

/* The broken one is aside, unchanged in size; the new one is empty and whole. */
static void
check_begun_anew(struct rig *r)
{
	struct store_counters c;

	rig_open(r);
	store_counters(r->store, &c);
	assert_int_equal(c.alerts, 0);
	assert_int_equal(c.damaged, 1);
	assert_int_equal(rig_aside(r), 1);
	rig_alert(r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(r);
	assert_int_equal(rig_ask(r, "SELECT count(*) FROM alert"), 1);
	assert_int_equal(rig_ask(r, "SELECT integrity_check = 'ok' FROM"
				    " pragma_integrity_check"),
		1);
}

static void
check_refused_to_readers(struct rig *r)
{
	assert_null(store_open(&r->config, STORE_READ, r->error));
	assert_non_null(strstr(r->error, "relaytap.db"));
	assert_int_equal(rig_aside(r), 0);
}

static void
a_header_of_garbage_is_set_aside(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	rig_close(&r);
	overwrite(&r, 0, 64);
	check_refused_to_readers(&r);
	check_begun_anew(&r);
	rig_free(&r);
}

static void
a_file_that_was_never_a_database_is_set_aside(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_make(&r);
	fd = open(r.file, O_CREAT | O_WRONLY, 0640);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "hello\n", 6), 6);
	close(fd);
	check_begun_anew(&r);
	rig_free(&r);
}

static void
a_file_cut_anywhere_is_set_aside(void **state)
{
	static const unsigned per_mille[] = {1, 10, 300, 600, 900, 995, 999};

	(void)state;
	for (size_t i = 0; i < sizeof(per_mille) / sizeof(*per_mille); i++) {
		struct rig r;

		rig_init(&r);
		fill(&r);
		rig_close(&r);
		assert_int_equal(
			truncate(r.file, length(&r) * (off_t)per_mille[i] / 1000), 0);
		check_begun_anew(&r);
		rig_free(&r);
	}
}

static void
a_database_of_another_program_is_set_aside_as_it_was(void **state)
{
	struct rig r;
	off_t before;

	(void)state;
	rig_make(&r);
	rig_do(&r, "CREATE TABLE other (x); PRAGMA application_id = 77");
	before = length(&r);
	check_refused_to_readers(&r);
	check_begun_anew(&r);
	assert_true(before > 0);
	assert_int_equal(rig_aside(&r), 1);
	rig_free(&r);
}

static void
tables_that_are_gone_are_damage(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_close(&r);
	rig_do(&r, "DROP TABLE txn");
	check_begun_anew(&r);
	rig_free(&r);
}

static void
pages_overwritten_are_set_aside_when_opened(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	rig_close(&r);
	overwrite(&r, 4096 * 30, length(&r) - 64);
	check_begun_anew(&r);
	rig_free(&r);
}

/* Under a store that is open: what is in the batch, and the outputs, live on. */
static void
damage_in_use_loses_nothing_of_the_batch(void **state)
{
	struct rig r;
	struct store_counters c;
	struct store_waiting w[8];
	uint64_t old;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	fill(&r);
	assert_int_equal(store_waiting(r.store, "all", w, 1), 1);
	old = w[0].id;
	store_waiting_free(w, 1);
	rig_close(&r);
	rig_open(&r);
	rig_outputs(&r);
	overwrite(&r, 4096, length(&r) - 64);
	/* Its own cache of pages hides the damage for a while. */
	for (unsigned i = 300; i < 303; i++)
		rig_alert(&r, i, ALERT_SEVERITY_CRITICAL, SPAN_NONE);
	for (unsigned i = 0; i < 200; i++) {
		char key[16];
		int n = snprintf(key, sizeof(key), "key%u", i);

		store_batch_state(
			r.batch, "attempt", span_of(key, (size_t)n), SPAN_LITERAL("new"));
	}
	sqlite3_db_release_memory(r.store->db);
	rig_commit(&r);
	store_counters(r.store, &c);
	assert_int_equal(c.damaged, 1);
	assert_int_equal(c.alerts, 3);
	assert_int_equal(rig_counters(&r, "all").waiting, 3);
	assert_int_equal(rig_counters(&r, "worst").waiting, 3);
	assert_int_equal(rig_aside(&r), 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 3);
	/* An id of the old database is none of the new one. */
	assert_int_equal(store_delivered(r.store, "all", &old, 1), 0);
	assert_int_equal(rig_counters(&r, "all").waiting, 3);
	assert_int_equal(rig_counters(&r, "all").delivered, 0);
	rig_free(&r);
}

/* A sensor that has given up its rights cannot make files any more. */
static void
damage_in_use_where_no_file_can_be_made_goes_on_in_memory(void **state)
{
	struct rig r;
	struct rlimit none = {0, 0}, was;
	struct rig_seen seen = {0};
	struct store_query all = {0};

	(void)state;
	rig_init(&r);
	fill(&r);
	rig_close(&r);
	rig_open(&r);
	rig_outputs(&r);
	overwrite(&r, 4096, length(&r) - 64);
	sqlite3_db_release_memory(r.store->db);
	rig_alert(&r, 300, ALERT_SEVERITY_CRITICAL, SPAN_NONE);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	rig_commit(&r);
	assert_int_equal(rig_counters(&r, "worst").waiting, 1);
	assert_int_equal(store_read_alerts(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	rig_free(&r);
}

static void
two_within_a_second_get_names_of_their_own(void **state)
{
	struct rig r;

	(void)state;
	rig_make(&r);
	for (int i = 1; i <= 3; i++) {
		int fd = open(r.file, O_CREAT | O_WRONLY | O_TRUNC, 0640);

		assert_true(fd >= 0);
		assert_int_equal(write(fd, "hello\n", 6), 6);
		close(fd);
		rig_open(&r);
		rig_close(&r);
		assert_int_equal(rig_aside(&r), i);
	}
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_of_garbage_is_set_aside),
		cmocka_unit_test(a_file_that_was_never_a_database_is_set_aside),
		cmocka_unit_test(a_file_cut_anywhere_is_set_aside),
		cmocka_unit_test(a_database_of_another_program_is_set_aside_as_it_was),
		cmocka_unit_test(tables_that_are_gone_are_damage),
		cmocka_unit_test(pages_overwritten_are_set_aside_when_opened),
		cmocka_unit_test(damage_in_use_loses_nothing_of_the_batch),
		cmocka_unit_test(
			damage_in_use_where_no_file_can_be_made_goes_on_in_memory),
		cmocka_unit_test(two_within_a_second_get_names_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
