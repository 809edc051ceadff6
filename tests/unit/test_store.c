/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include <sys/resource.h>
#include <sys/wait.h>

static void
what_was_committed_is_there_after_opening_again(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_query all = {0};

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 11, RIG_T0, "open-relay", 0, true, "{\"n\":1}");
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	rig_close(&r);
	rig_open(&r);
	assert_int_equal(store_read_servers(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_string_equal(seen.at[0], "{\"n\":1}");
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 1);
	rig_free(&r);
}

static void
files_are_not_for_all_to_read(void **state)
{
	struct rig r;
	struct stat st;
	char path[160];

	(void)state;
	rig_init(&r);
	for (int i = 0; i < 4; i++) {
		static const char *const names[] = {
			"relaytap.db", "relaytap.db-wal", "relaytap.db-shm", "lock"};

		snprintf(path, sizeof(path), "%s/%s", r.directory, names[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777 & ~0640u, 0);
	}
	rig_free(&r);
}

static void
the_journal_is_written_through_before_a_commit_is_answered(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	assert_int_equal(
		rig_ask(&r, "SELECT journal_mode = 'wal' FROM pragma_journal_mode"), 1);
	assert_int_equal(rig_ask(&r, "PRAGMA application_id"), 0x52546170);
	rig_free(&r);
}

/* The sandbox may forbid open(2) after the start. */
static void
nothing_is_opened_after_the_store_was(void **state)
{
	struct rig r;
	struct rlimit none = {0, 0}, was;
	struct rig_seen seen = {0};
	struct store_query all = {.limit = 10};
	struct store_waiting w[10];
	struct store_counters c;
	static char text[20000];
	uint64_t id;

	(void)state;
	memset(text, 'x', sizeof(text));
	rig_init(&r);
	rig_outputs(&r);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
	none.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_true(open("/dev/null", O_RDONLY) < 0);
	/* Beyond the 1000 pages after which the journal is brought in, twice. */
	for (unsigned i = 0; i < 500; i++) {
		rig_alert(&r, i, ALERT_SEVERITY_HIGH, span_of(text, sizeof(text)));
		store_batch_state(r.batch, "attempt", SPAN_LITERAL("key"),
			span_of(text, sizeof(text)));
		rig_commit(&r);
	}
	assert_int_equal(store_waiting(r.store, "all", w, 1), 1);
	id = w[0].id;
	store_waiting_free(w, 1);
	assert_int_equal(store_delivered(r.store, "all", &id, 1), 0);
	assert_int_equal(store_read_alerts(r.store, &all, rig_see, &seen), 0);
	store_counters(r.store, &c);
	assert_int_equal(c.alerts, 500);
	assert_int_equal(c.failed, 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
	rig_free(&r);
}

static void
a_second_writer_is_told_who_is_there(void **state)
{
	struct rig r;
	char want[32];

	(void)state;
	rig_init(&r);
	assert_null(store_open(&r.config, STORE_WRITE, r.error));
	snprintf(want, sizeof(want), "the process %ld", (long)getpid());
	assert_non_null(strstr(r.error, want));
	assert_null(strchr(r.error, '\n'));
	rig_close(&r);
	rig_open(&r);
	rig_free(&r);
}

static void
a_reader_reads_along_while_a_writer_writes(void **state)
{
	struct rig r;
	struct store *reader;
	struct store_query all = {0};

	(void)state;
	rig_init(&r);
	reader = store_open(&r.config, STORE_READ, r.error);
	assert_non_null(reader);
	for (unsigned i = 1; i <= 20; i++) {
		struct rig_seen seen = {0};

		rig_alert(&r, i, ALERT_SEVERITY_HIGH, SPAN_NONE);
		rig_commit(&r);
		assert_int_equal(store_read_alerts(reader, &all, rig_see, &seen), 0);
		assert_int_equal(seen.count, i);
	}
	store_close(reader);
	rig_free(&r);
}

static void
a_reader_changes_nothing(void **state)
{
	struct rig r;
	struct store *reader;

	(void)state;
	rig_init(&r);
	rig_close(&r);
	reader = store_open(&r.config, STORE_READ, r.error);
	assert_non_null(reader);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	assert_int_equal(store_commit(reader, r.batch), -1);
	assert_false(store_batch_is_empty(r.batch));
	store_close(reader);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM alert"), 0);
	rig_free(&r);
}

/* As nobody, in a child; 0 is success. */
static int
reads_as_nobody(struct rig *r)
{
	int status;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct rig_seen seen = {0};
		struct store_query all = {0};
		struct store *s;

		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(9);
		s = store_open(&r->config, STORE_READ, r->error);
		if (!s) {
			fprintf(stderr, "%s\n", r->error);
			_exit(2);
		}
		if (store_read_alerts(s, &all, rig_see, &seen) < 0 || seen.count != 1)
			_exit(3);
		store_close(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
a_folder_that_must_not_be_written_to_can_be_read(void **state)
{
	struct rig r;

	(void)state;
	if (geteuid() != 0) {
		print_message("SKIP: not root, so there is no other user\n");
		skip();
	}
	rig_init(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(chmod(r.directory, 0755), 0);
	assert_int_equal(chmod(r.file, 0644), 0);
	assert_int_equal(chmod(strcat(r.file, "-wal"), 0644), 0);
	r.file[strlen(r.file) - 4] = '\0';
	assert_int_equal(chmod(strcat(r.file, "-shm"), 0644), 0);
	r.file[strlen(r.file) - 4] = '\0';
	/* While the writer is there, and when it has gone and its journal with it. */
	assert_int_equal(reads_as_nobody(&r), 0);
	rig_close(&r);
	assert_int_equal(rig_files(&r, "relaytap.db-wal"), 0);
	assert_int_equal(reads_as_nobody(&r), 0);
	/* No right at all: refused, with the mend. */
	assert_int_equal(chmod(r.file, 0600), 0);
	assert_int_equal(reads_as_nobody(&r), 2);
	rig_free(&r);
}

static void
a_reader_of_what_is_not_there_is_told_so(void **state)
{
	struct rig r;
	struct config_state none = {0};

	(void)state;
	rig_make(&r);
	assert_null(store_open(&r.config, STORE_READ, r.error));
	assert_non_null(strstr(r.error, "No such file"));
	assert_int_equal(rig_files(&r, "relaytap"), 0);
	assert_null(store_open(&none, STORE_READ, r.error));
	assert_non_null(strstr(r.error, "--state"));
	rig_free(&r);
}

static void
a_folder_is_made_but_not_its_parents(void **state)
{
	struct rig r;
	char deep[160];

	(void)state;
	rig_make(&r);
	assert_int_equal(rmdir(r.directory), 0);
	rig_open(&r);
	rig_close(&r);
	snprintf(deep, sizeof(deep), "%s/a/b", r.directory);
	r.config.directory = deep;
	assert_null(store_open(&r.config, STORE_WRITE, r.error));
	assert_non_null(strstr(r.error, "state.directory"));
	rig_free(&r);
}

static void
odd_names_of_folders_are_opened_and_escaped(void **state)
{
	static const char *const odd[] = {"a?mode=memory", "a#b%41", "a b;c", "a\033[2J"};
	struct rig r;
	char path[160], *directory;

	(void)state;
	rig_make(&r);
	directory = r.config.directory;
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		struct store *reader;

		snprintf(path, sizeof(path), "%s/%s", directory, odd[i]);
		r.config.directory = path;
		rig_open(&r);
		reader = store_open(&r.config, STORE_READ, r.error);
		assert_non_null(reader);
		store_close(reader);
		assert_null(store_open(&r.config, STORE_WRITE, r.error));
		assert_null(strchr(r.error, '\033'));
		rig_close(&r);
		snprintf(path, sizeof(path), "%s/%s/relaytap.db", directory, odd[i]);
		assert_int_equal(unlink(path), 0);
		snprintf(path, sizeof(path), "%s/%s/lock", directory, odd[i]);
		assert_int_equal(unlink(path), 0);
		snprintf(path, sizeof(path), "%s/%s", directory, odd[i]);
		assert_int_equal(rmdir(path), 0);
	}
	rig_free(&r);
}

static void
without_a_folder_it_is_kept_in_memory(void **state)
{
	struct rig r;
	struct rig_seen seen = {0};
	struct store_query all = {0};

	(void)state;
	rig_make(&r);
	r.config.directory = NULL;
	rig_open(&r);
	rig_outputs(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_NONE);
	rig_commit(&r);
	assert_int_equal(rig_counters(&r, "all").waiting, 1);
	assert_int_equal(store_read_alerts(r.store, &all, rig_see, &seen), 0);
	assert_int_equal(seen.count, 1);
	assert_int_equal(rig_files(&r, "relaytap"), 0);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_committed_is_there_after_opening_again),
		cmocka_unit_test(files_are_not_for_all_to_read),
		cmocka_unit_test(
			the_journal_is_written_through_before_a_commit_is_answered),
		cmocka_unit_test(nothing_is_opened_after_the_store_was),
		cmocka_unit_test(a_second_writer_is_told_who_is_there),
		cmocka_unit_test(a_reader_reads_along_while_a_writer_writes),
		cmocka_unit_test(a_reader_changes_nothing),
		cmocka_unit_test(a_folder_that_must_not_be_written_to_can_be_read),
		cmocka_unit_test(a_reader_of_what_is_not_there_is_told_so),
		cmocka_unit_test(a_folder_is_made_but_not_its_parents),
		cmocka_unit_test(odd_names_of_folders_are_opened_and_escaped),
		cmocka_unit_test(without_a_folder_it_is_kept_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
