/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for outputs outlives the file that it stood in, under the same numbers. */
#include "store_rig.h"

#include "sensor/store/store_part.h"

#define ALERTS 60u

static char detail[6000];

/*
 * Each alert fills a page and more. A third of them is critical, and waits for both
 * outputs; the rest waits for one.
 */
static void
fill(struct rig *r)
{
	memset(detail, 'd', sizeof(detail));
	rig_outputs(r);
	for (unsigned i = 1; i <= ALERTS; i++)
		rig_alert(r, i,
			i % 3 ? ALERT_SEVERITY_HIGH : ALERT_SEVERITY_CRITICAL,
			span_of(detail, sizeof(detail)));
	rig_commit(r);
}

/* As a process that ends and begins: all is in the file, and nothing in its cache. */
static void
reopen(struct rig *r)
{
	rig_close(r);
	rig_open(r);
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
	static char garbage[4096];
	int fd = open(r->file, O_WRONLY);

	memset(garbage, 0xa5, sizeof(garbage));
	assert_true(fd >= 0);
	for (; from < to; from += (off_t)sizeof(garbage))
		assert_int_equal(pwrite(fd, garbage, sizeof(garbage), from), 4096);
	close(fd);
}

/* The bodies of these are no JSON any more; their pages are as whole as they were. */
static void
spoil_alerts(struct rig *r, unsigned first, unsigned last)
{
	char needle[64], *file;
	off_t size = length(r);
	int fd = open(r->file, O_RDWR);

	assert_true(fd >= 0);
	file = malloc((size_t)size);
	assert_non_null(file);
	assert_int_equal(pread(fd, file, (size_t)size, 0), size);
	for (unsigned i = first; i <= last; i++) {
		char *at;

		snprintf(needle, sizeof(needle), "\"id\":\"01AAAAAAAAAAAAAAAA%08u\"", i);
		at = memmem(file, (size_t)size, needle, strlen(needle));
		assert_non_null(at);
		assert_int_equal(pwrite(fd, "garbage", 7, at - file), 7);
	}
	free(file);
	close(fd);
}

static uint64_t
damaged(struct rig *r)
{
	struct store_counters c;

	store_counters(r->store, &c);
	assert_int_equal(c.damaged, store_damaged(r->store));
	return c.damaged;
}

/* Something is written, so that it is noticed. */
static void
notice(struct rig *r)
{
	store_batch_state(r->batch, "attempt", SPAN_LITERAL("1"), SPAN_LITERAL("{}"));
	rig_commit(r);
	assert_int_equal(damaged(r), 1);
}

static void
check_whole(struct rig *r)
{
	assert_int_equal(rig_ask(r, "SELECT integrity_check = 'ok' FROM"
				    " pragma_integrity_check"),
		1);
	assert_int_equal(rig_ask(r, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* All that waited waits, under the numbers that it had, oldest first and only once. */
static void
check_all_wait(struct rig *r)
{
	struct store_waiting w[ALERTS + 1];

	assert_int_equal(store_waiting(r->store, "all", w, ALERTS + 1), ALERTS);
	for (unsigned i = 0; i < ALERTS; i++) {
		char id[64];

		assert_int_equal(w[i].id, i + 1);
		snprintf(id, sizeof(id), "01AAAAAAAAAAAAAAAA%08u", i + 1);
		assert_non_null(strstr(w[i].body, id));
		assert_int_equal(w[i].time, RIG_T0 + i + 1);
		assert_int_equal(w[i].severity, (i + 1) % 3 ? ALERT_SEVERITY_HIGH
							     : ALERT_SEVERITY_CRITICAL);
	}
	store_waiting_free(w, ALERTS);
	assert_int_equal(rig_counters(r, "all").waiting, ALERTS);
	assert_int_equal(rig_counters(r, "worst").waiting, ALERTS / 3);
	assert_int_equal(rig_ask(r, "SELECT count(*) FROM alert"), ALERTS);
	check_whole(r);
}

static void
a_file_that_is_deleted_in_use_loses_nothing_that_waits(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	assert_int_equal(unlink(r.file), 0);
	notice(&r);
	assert_int_equal(rig_aside(&r), 0);
	check_all_wait(&r);
	/* It is in the file that is there now, and counted as it was. */
	reopen(&r);
	check_all_wait(&r);
	rig_free(&r);
}

static void
a_journal_that_is_deleted_in_use_loses_nothing_that_waits(void **state)
{
	char journal[128];
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	snprintf(journal, sizeof(journal), "%s-wal", r.file);
	assert_int_equal(unlink(journal), 0);
	notice(&r);
	assert_int_equal(rig_aside(&r), 1);
	check_all_wait(&r);
	rig_free(&r);
}

static void
a_file_that_is_replaced_in_use_is_set_aside(void **state)
{
	struct rig r;
	char other[128];
	int fd;

	(void)state;
	rig_init(&r);
	fill(&r);
	snprintf(other, sizeof(other), "%s/other", r.directory);
	fd = open(other, O_CREAT | O_WRONLY, 0640);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(rename(other, r.file), 0);
	notice(&r);
	assert_int_equal(rig_aside(&r), 1);
	check_all_wait(&r);
	rig_free(&r);
}

static void
a_file_that_is_cut_in_use_is_noticed_with_the_next_commit(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	reopen(&r);
	rig_outputs(&r);
	assert_int_equal(truncate(r.file, length(&r) / 2), 0);
	notice(&r);
	assert_int_equal(rig_aside(&r), 1);
	assert_in_range(rig_counters(&r, "all").waiting, 1, ALERTS - 1);
	check_whole(&r);
	rig_free(&r);
}

/* Its owner may tidy it: nothing is lost by that, and nothing set aside. */
static void
a_file_that_is_shorter_and_whole_is_used_on(void **state)
{
	uint64_t ids[ALERTS];
	struct rig r;
	off_t before;

	(void)state;
	rig_init(&r);
	fill(&r);
	for (unsigned i = 0; i < ALERTS; i++)
		ids[i] = i + 1;
	reopen(&r);
	rig_outputs(&r);
	before = length(&r);
	assert_int_equal(store_delivered(r.store, "all", ids, ALERTS), 0);
	assert_int_equal(store_delivered(r.store, "worst", ids, ALERTS), 0);
	rig_do(&r, "DELETE FROM alert; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
	assert_true(length(&r) < before / 2);
	store_batch_state(r.batch, "attempt", SPAN_LITERAL("1"), SPAN_LITERAL("{}"));
	rig_commit(&r);
	assert_int_equal(damaged(&r), 0);
	assert_int_equal(rig_aside(&r), 0);
	rig_free(&r);
}

/* One that cannot be read costs itself, for each output that it waited for. */
static void
alerts_that_are_garbage_are_left_out_and_the_others_are_not(void **state)
{
	struct store_waiting w[ALERTS];
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	rig_close(&r);
	spoil_alerts(&r, 10, 12);
	rig_open(&r);
	rig_outputs(&r);
	assert_int_equal(unlink(r.file), 0);
	notice(&r);
	assert_int_equal(store_waiting(r.store, "all", w, ALERTS), ALERTS - 3);
	assert_int_equal(w[8].id, 9);
	assert_int_equal(w[9].id, 13);
	store_waiting_free(w, ALERTS - 3);
	/* Of 10, 11 and 12 the last alone waited there. */
	assert_int_equal(rig_counters(&r, "worst").waiting, ALERTS / 3 - 1);
	check_whole(&r);
	rig_free(&r);
}

/* Wherever the damage is: what is taken over is right, and nothing of it is there twice. */
static void
pages_overwritten_in_use_cost_what_was_on_them(void **state)
{
	unsigned some = 0;

	(void)state;
	for (int eighth = 0; eighth < 8; eighth++) {
		struct store_waiting w[ALERTS + 1];
		struct rig r;
		size_t n;

		rig_init(&r);
		fill(&r);
		reopen(&r);
		rig_outputs(&r);
		overwrite(&r, (length(&r) / 8 * eighth) / 4096 * 4096,
			(length(&r) / 8 * (eighth + 1)) / 4096 * 4096);
		/* Its own cache of pages would hide it. */
		sqlite3_db_release_memory(r.store->db);
		assert_int_equal(unlink(r.file), 0);
		notice(&r);
		n = store_waiting(r.store, "all", w, ALERTS + 1);
		assert_in_range(n, 0, ALERTS);
		for (size_t i = 0; i < n; i++) {
			char id[64];

			snprintf(id, sizeof(id), "01AAAAAAAAAAAAAAAA%08u",
				(unsigned)w[i].id);
			assert_non_null(strstr(w[i].body, id));
			assert_true(i == 0 || w[i].id > w[i - 1].id);
		}
		some += n > ALERTS / 2 && n < ALERTS;
		store_waiting_free(w, n);
		check_whole(&r);
		rig_free(&r);
	}
	/* Most of that is bodies: there some are lost, and others not. */
	assert_in_range(some, 3, 8);
}

static void
what_was_taken_over_is_delivered_once_by_the_number_it_had(void **state)
{
	uint64_t ids[] = {1, 2, 3};
	struct store_waiting w[4];
	struct rig r;

	(void)state;
	rig_init(&r);
	fill(&r);
	/* Under way when the file goes; one of them was taken before. */
	assert_int_equal(store_delivered(r.store, "all", ids, 1), 0);
	assert_int_equal(unlink(r.file), 0);
	assert_int_equal(store_delivered(r.store, "all", ids, 3), 0);
	assert_int_equal(damaged(&r), 1);
	assert_int_equal(rig_counters(&r, "all").delivered, 3);
	assert_int_equal(rig_counters(&r, "all").waiting, ALERTS - 3);
	assert_int_equal(store_waiting(r.store, "all", w, 1), 1);
	assert_int_equal(w[0].id, 4);
	store_waiting_free(w, 1);
	/* New ones go on behind all that ever were. */
	rig_alert(&r, 500, ALERT_SEVERITY_HIGH, SPAN_NONE);
	/* And the same once more is none. */
	rig_alert(&r, 7, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(rig_ask(&r, "SELECT max(id) FROM alert"), ALERTS + 1);
	assert_int_equal(rig_counters(&r, "all").waiting, ALERTS - 2);
	rig_free(&r);
}

static void
lines_are_taken_over_like_alerts(void **state)
{
	static char name[] = "lines";
	struct config_output at[] = {{.name = name, .stream = CONFIG_STREAM_SERVERS}};
	struct config_outputs outputs = {at, 1};
	struct store_waiting w[8];
	struct rig r;

	(void)state;
	rig_init(&r);
	assert_int_equal(store_outputs(r.store, &outputs), 0);
	for (int i = 0; i < 5; i++)
		store_batch_line(r.batch, CONFIG_STREAM_SERVERS, RIG_T0,
			SPAN_LITERAL("{\"ip\":\"192.0.2.1\"}"));
	rig_commit(&r);
	assert_int_equal(unlink(r.file), 0);
	notice(&r);
	assert_int_equal(store_waiting(r.store, "lines", w, 8), 5);
	assert_string_equal(w[4].body, "{\"ip\":\"192.0.2.1\"}");
	assert_int_equal(w[4].id, 5);
	store_waiting_free(w, 5);
	check_whole(&r);
	rig_free(&r);
}

/* Found when the sensor starts: what waits is taken over as well. */
static void
a_file_that_is_found_damaged_gives_what_can_be_read(void **state)
{
	static const unsigned per_mille[] = {500, 750, 900};
	unsigned some = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(per_mille) / sizeof(*per_mille); i++) {
		struct rig r;

		rig_init(&r);
		fill(&r);
		rig_close(&r);
		assert_int_equal(
			truncate(r.file, length(&r) * (off_t)per_mille[i] / 1000), 0);
		rig_open(&r);
		assert_int_equal(damaged(&r), 1);
		rig_outputs(&r);
		assert_in_range(rig_counters(&r, "all").waiting, 0, ALERTS - 1);
		some += rig_counters(&r, "all").waiting > 0;
		check_whole(&r);
		rig_free(&r);
	}
	assert_int_equal(some, 3);
}

#define ROWS 4000

static bool
count_row(void *ctx, const char *table, struct span key, struct span body)
{
	unsigned *seen = ctx;
	uint64_t number;
	char expected[200];

	/* As it was written, and not twice. */
	assert_true(strcmp(table, "attempt") == 0 || strcmp(table, "name") == 0);
	assert_true(span_number(key, ROWS - 1, &number));
	snprintf(expected, sizeof(expected), "{\"v\":1,\"of\":%u,\"text\":\"%0100u\"}",
		(unsigned)number, (unsigned)number);
	assert_true(span_equal(body, span_of_text(expected)));
	assert_int_equal(seen[number]++, 0);
	return true;
}

static void
fill_state(struct rig *r)
{
	char key[16], body[200];

	for (unsigned i = 0; i < ROWS; i++) {
		snprintf(key, sizeof(key), "%u", i);
		snprintf(body, sizeof(body), "{\"v\":1,\"of\":%u,\"text\":\"%0100u\"}", i,
			i);
		store_batch_state(r->batch, i % 2 ? "attempt" : "name",
			span_of_text(key), span_of_text(body));
	}
	rig_commit(r);
}

static unsigned
rows_saved(struct rig *r)
{
	unsigned seen[ROWS] = {0}, count = 0;

	assert_int_equal(store_read_state(r->store, count_row, seen), 0);
	for (unsigned i = 0; i < ROWS; i++)
		count += seen[i];
	assert_int_equal(rig_ask(r, "SELECT count(*) FROM state"), count);
	return count;
}

/*
 * Two pages of what was learned are overwritten, one of them early and one late: what is
 * on them is lost, and no more. A page has room for some thirty of these rows; where one
 * that leads to others is hit, more are lost.
 */
static void
what_was_learned_is_taken_over_from_a_file_that_is_found_damaged(void **state)
{
	unsigned lost_little = 0;

	(void)state;
	for (int tenth = 1; tenth < 10; tenth++) {
		struct rig r;
		off_t page;
		unsigned saved;

		rig_init(&r);
		fill_state(&r);
		rig_close(&r);
		page = length(&r) / 4096;
		overwrite(&r, page * tenth / 10 * 4096, (page * tenth / 10 + 1) * 4096);
		overwrite(&r, (page - 2) * 4096, (page - 1) * 4096);
		/* It is looked at as a whole only where its header is wrong. */
		assert_int_equal(truncate(r.file, (page - 1) * 4096), 0);
		rig_open(&r);
		assert_int_equal(damaged(&r), 1);
		saved = rows_saved(&r);
		assert_in_range(saved, 1, ROWS - 1);
		lost_little += saved >= ROWS - 4 * 40;
		check_whole(&r);
		rig_free(&r);
	}
	assert_in_range(lost_little, 7, 9);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_is_deleted_in_use_loses_nothing_that_waits),
		cmocka_unit_test(
			a_journal_that_is_deleted_in_use_loses_nothing_that_waits),
		cmocka_unit_test(a_file_that_is_replaced_in_use_is_set_aside),
		cmocka_unit_test(
			a_file_that_is_cut_in_use_is_noticed_with_the_next_commit),
		cmocka_unit_test(a_file_that_is_shorter_and_whole_is_used_on),
		cmocka_unit_test(
			alerts_that_are_garbage_are_left_out_and_the_others_are_not),
		cmocka_unit_test(pages_overwritten_in_use_cost_what_was_on_them),
		cmocka_unit_test(
			what_was_taken_over_is_delivered_once_by_the_number_it_had),
		cmocka_unit_test(lines_are_taken_over_like_alerts),
		cmocka_unit_test(a_file_that_is_found_damaged_gives_what_can_be_read),
		cmocka_unit_test(
			what_was_learned_is_taken_over_from_a_file_that_is_found_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
