/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

static int calls;

static void
insert_and_fail(struct store *s, void *ctx)
{
	calls++;
	store_exec(s, "INSERT INTO state VALUES ('a', 'b', 'c')");
	s->outputs[0].waiting[0] = 99;
	s->rows.alerts = 99;
	s->rc = *(int *)ctx;
}

static void
what_fails_is_taken_back_with_its_counters(void **state)
{
	struct rig r;
	int rc = SQLITE_FULL;
	struct store_counters c;

	(void)state;
	calls = 0;
	rig_init(&r);
	rig_outputs(&r);
	assert_int_equal(store_write(r.store, "test", insert_and_fail, &rc), -1);
	assert_int_equal(calls, 1);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM state"), 0);
	assert_int_equal(rig_counters(&r, "all").waiting, 0);
	store_counters(r.store, &c);
	assert_int_equal(c.alerts, 0);
	assert_int_equal(c.failed, 1);
	/* And the next one is not held up by it. */
	rig_alert(&r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	rig_free(&r);
}

static void
after_damage_it_is_done_once_more_and_no_more(void **state)
{
	struct rig r;
	int rc = SQLITE_CORRUPT;

	(void)state;
	calls = 0;
	rig_init(&r);
	rig_outputs(&r);
	assert_int_equal(store_write(r.store, "test", insert_and_fail, &rc), -1);
	assert_int_equal(calls, 2);
	assert_int_equal(rig_aside(&r), 1);
	rig_alert(&r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	rig_free(&r);
}

/* Lines of standard error while it is tried three times, and once with success. */
static void
a_condition_is_told_once_and_when_it_is_over(void **state)
{
	struct rig r;
	int rc = SQLITE_FULL, saved = dup(STDERR_FILENO), lines = 0, fd;
	char path[96], text[4096];
	ssize_t n;

	(void)state;
	rig_init(&r);
	rig_outputs(&r);
	snprintf(path, sizeof(path), "%s/errors", r.directory);
	fd = open(path, O_CREAT | O_RDWR, 0600);
	assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	for (int i = 0; i < 3; i++)
		store_write(r.store, "test", insert_and_fail, &rc);
	rig_alert(&r, 1, ALERT_SEVERITY_LOW, SPAN_NONE);
	rig_commit(&r);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	assert_true(n > 0);
	text[n] = '\0';
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 2);
	assert_non_null(strstr(text, "make room"));
	assert_non_null(strstr(text, "works again"));
	rig_free(&r);
}

/*
 * A reader that holds on to what it saw keeps the journal from being taken up again; it
 * grows for as long as that. When the reader is gone, it is cut to its bound.
 */
static void
a_journal_that_a_reader_held_up_is_cut_when_he_is_gone(void **state)
{
	static char body[20000];
	sqlite3 *reader = NULL;
	char journal[128];
	struct stat st;
	struct rig r;

	(void)state;
	rig_init(&r);
	memset(body, 'x', sizeof(body) - 1);
	store_batch_state(r.batch, "attempt", SPAN_LITERAL("0"), SPAN_LITERAL("{}"));
	rig_commit(&r);
	assert_int_equal(sqlite3_open(r.file, &reader), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM state", NULL,
				 NULL, NULL),
		SQLITE_OK);
	snprintf(journal, sizeof(journal), "%s-wal", r.file);
	for (int i = 0; i < 1000; i++) {
		/* The same row: the database stays small, and the journal does not. */
		memset(body, 'a' + i % 26, sizeof(body) - 1);
		store_batch_state(
			r.batch, "attempt", SPAN_LITERAL("1"), span_of_text(body));
		rig_commit(&r);
	}
	assert_int_equal(stat(journal, &st), 0);
	assert_true(st.st_size > 17 * 1024 * 1024);
	sqlite3_close(reader);
	for (int i = 0; i < 4; i++) {
		memset(body, 'A' + i, sizeof(body) - 1);
		store_batch_state(
			r.batch, "attempt", SPAN_LITERAL("1"), span_of_text(body));
		rig_commit(&r);
	}
	assert_int_equal(stat(journal, &st), 0);
	assert_in_range(st.st_size, 1, 16 * 1024 * 1024);
	assert_int_equal(store_damaged(r.store), 0);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_journal_that_a_reader_held_up_is_cut_when_he_is_gone),
		cmocka_unit_test(what_fails_is_taken_back_with_its_counters),
		cmocka_unit_test(after_damage_it_is_done_once_more_and_no_more),
		cmocka_unit_test(a_condition_is_told_once_and_when_it_is_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
