/* SPDX-License-Identifier: Apache-2.0 */
/* What was read back finds its owner and its place, or is let go. */
#include "relay_scene.h"
#include "state_rig.h"

static bool
load(struct infer *in, struct record_files *files, const char *table, const char *key,
	const char *body)
{
	struct infer_row r = {.table = table,
		.key = span_of_text(key),
		.body = span_of_text(body)};

	return infer_state_load(in, files, &r);
}

static void
parts_without_an_owner_and_second_ones_are_left_out(void **state)
{
	static const char server[] = "{\"v\":1,\"ip\":\"192.0.2.1\",\"port\":25}";
	struct scene *s = *state;
	struct record_files files;
	struct identity *id;

	record_files_init(&files);
	assert_true(load(s->in, &files, "attempt", "20",
		"{\"v\":1,\"of\":11,\"domain\":\"a.test\"}"));
	assert_true(load(s->in, &files, "attempt", "21",
		"{\"v\":1,\"of\":11,\"domain\":\"A.TEST\"}"));
	assert_true(load(s->in, &files, "attempt", "22",
		"{\"v\":1,\"of\":12,\"domain\":\"a.test\"}"));
	assert_true(load(s->in, &files, "attempt", "23",
		"{\"v\":1,\"of\":99,\"domain\":\"a.test\"}"));
	assert_true(load(s->in, &files, "identity", "11", "{\"v\":1,\"of\":10}"));
	assert_true(load(s->in, &files, "identity", "12", "{\"v\":1,\"of\":10}"));
	assert_true(load(s->in, &files, "server", "10", server));
	assert_true(load(s->in, &files, "server", "13", server));
	infer_state_loaded(s->in);
	assert_int_equal(HASH_COUNT(s->in->servers.table), 1);
	id = s->in->servers.table->identities;
	assert_non_null(id);
	assert_null(id->next);
	assert_int_equal(HASH_COUNT(id->attempts), 1);
	assert_int_equal(s->in->servers.attempts, 1);
	record_files_free(&files);
}

static void
a_table_that_is_smaller_now_keeps_the_newest(void **state)
{
	struct scene *s = *state;
	struct ip_addr old = scene_addr("203.0.113.60"), new = scene_addr("203.0.113.61");
	struct record_files files;
	struct infer *loaded;
	struct state_rows rows = {0};

	record_files_init(&files);
	scene_hello(s, OUT2, "203.0.113.60", "mail.b.test", "x.test");
	scene_hello(s, OUT2, "203.0.113.61", "mail.c.test", "x.test");
	rows_save(&rows, s->in, &files);
	s->config.limits.servers = 1;
	loaded = rows_load(&rows, &s->config, &files);
	assert_null(server_find(&loaded->servers, &old, 25));
	assert_non_null(server_find(&loaded->servers, &new, 25));
	/* What found no place is not offered to the next process either. */
	rows_save(&rows, loaded, &files);
	for (struct state_row *row = rows.at; row; row = row->hh.next)
		if (strcmp(row->table, "server") == 0)
			assert_non_null(memmem(row->body, row->len, "203.0.113.61", 12));
	infer_free(loaded);
	record_files_free(&files);
	rows_free(&rows);
}

static void
rows_that_are_read_and_never_linked_are_freed(void **state)
{
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	assert_true(load(s->in, &files, "name", "9",
		"{\"v\":1,\"name\":\"a.test\",\"mx\":[\"b.test\",\"c.test\"]}"));
	record_files_free(&files);
}

/* The second server was made later, whichever row is read first: the first one goes. */
static void
things_stand_in_the_order_in_which_they_were_made(void **state)
{
	struct scene *s = *state;
	struct ip_addr first = scene_addr("192.0.2.1"), second = scene_addr("192.0.2.2");
	struct record_files files;

	record_files_init(&files);
	assert_true(load(s->in, &files, "server", "12",
		"{\"v\":1,\"ip\":\"192.0.2.2\",\"port\":25}"));
	assert_true(load(s->in, &files, "server", "11",
		"{\"v\":1,\"ip\":\"192.0.2.1\",\"port\":25}"));
	infer_state_loaded(s->in);
	assert_int_equal(s->in->kept_list.serial, 14); /* and two hosts made anew */
	s->in->servers.max_servers = 2;
	scene_hello(s, OUT1, S, S_NAME, "a.test");
	assert_null(server_find(&s->in->servers, &first, 25));
	assert_non_null(server_find(&s->in->servers, &second, 25));
	record_files_free(&files);
}

/* One that was touched long ago, but made last, is the first to go. */
static void
findings_stand_in_the_order_in_which_they_were_touched(void **state)
{
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	assert_true(load(s->in, &files, "finding", "11",
		"{\"v\":1,\"server\":\"192.0.2.1\",\"kind\":8,\"turn\":9,\"raised\":"
		"true}"));
	assert_true(load(s->in, &files, "finding", "12",
		"{\"v\":1,\"server\":\"192.0.2.2\",\"kind\":8,\"turn\":4,\"raised\":"
		"true}"));
	infer_state_loaded(s->in);
	assert_int_equal(s->in->findings.raised->kept.serial, 12);
	assert_int_equal(s->in->findings.turn, 9);
	assert_null(findings_changed_next(s->in));
	record_files_free(&files);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(parts_without_an_owner_and_second_ones_are_left_out),
		T(a_table_that_is_smaller_now_keeps_the_newest),
		T(rows_that_are_read_and_never_linked_are_freed),
		T(things_stand_in_the_order_in_which_they_were_made),
		T(findings_stand_in_the_order_in_which_they_were_touched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
