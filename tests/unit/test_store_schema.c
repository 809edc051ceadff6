/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

/* A database of version 1, which had the tables and no views, with a server in it. */
static void
make_version_1(struct rig *r)
{
	rig_init(r);
	rig_verdict(r, 11, RIG_T0, "open-relay", 0, true,
		"{\"evidence\":[{\"kind\":\"hosted\",\"domain\":\"corp.test\"}]}");
	rig_commit(r);
	rig_close(r);
	rig_do(r, "DROP VIEW hosted; DROP VIEW evidence; PRAGMA user_version = 1");
}

static void
an_empty_file_becomes_a_database_of_the_newest_version(void **state)
{
	struct rig r;
	int fd;

	(void)state;
	rig_make(&r);
	fd = open(r.file, O_CREAT | O_WRONLY, 0640);
	assert_true(fd >= 0);
	close(fd);
	rig_open(&r);
	assert_int_equal(rig_ask(&r, "PRAGMA user_version"), store_schema_version());
	assert_int_equal(rig_aside(&r), 0);
	rig_free(&r);
}

static void
an_older_database_is_brought_up_to_date_and_keeps_its_rows(void **state)
{
	struct rig r;

	(void)state;
	make_version_1(&r);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM sqlite_schema"
				     " WHERE type = 'view'"),
		0);
	rig_open(&r);
	assert_int_equal(rig_ask(&r, "PRAGMA user_version"), store_schema_version());
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM server"), 1);
	assert_int_equal(
		rig_ask(&r,
			"SELECT domain = 'corp.test' AND ip = '192.0.2.11' FROM hosted"),
		1);
	assert_int_equal(rig_aside(&r), 0);
	rig_free(&r);
}

static void
a_reader_leaves_an_older_database_to_the_sensor(void **state)
{
	struct rig r;

	(void)state;
	make_version_1(&r);
	assert_null(store_open(&r.config, STORE_READ, r.error));
	assert_non_null(strstr(r.error, "older"));
	assert_int_equal(rig_ask(&r, "PRAGMA user_version"), 1);
	rig_free(&r);
}

static void
a_newer_database_is_refused_and_not_touched(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_close(&r);
	rig_do(&r, "PRAGMA user_version = 99; CREATE TABLE hence (x)");
	assert_null(store_open(&r.config, STORE_WRITE, r.error));
	assert_non_null(strstr(r.error, "version 99"));
	assert_null(store_open(&r.config, STORE_READ, r.error));
	assert_non_null(strstr(r.error, "version 99"));
	assert_int_equal(rig_ask(&r, "PRAGMA user_version"), 99);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM hence"), 0);
	assert_int_equal(rig_aside(&r), 0);
	rig_free(&r);
}

static void
the_evidence_of_each_server_can_be_asked_for_by_hand(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 11, RIG_T0, "open-relay", 0, true,
		"{\"evidence\":[{\"kind\":\"sent-on\",\"weight\":6.5,\"frame\":7,"
		"\"client\":\"198.51.100.9\"},{\"kind\":\"taken\",\"reply_code\":250}]}");
	rig_verdict(&r, 12, RIG_T0, "unknown", 6, true, "{}");
	/* Such a body never comes; a view must not fail of it for all others. */
	rig_verdict(&r, 13, RIG_T0, "unknown", 6, true, "no JSON");
	rig_commit(&r);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM evidence"), 2);
	assert_int_equal(
		rig_ask(&r, "SELECT frame FROM evidence WHERE kind = 'sent-on' AND"
			    " client = '198.51.100.9' AND weight = 6.5 AND"
			    " name = 'mail.corp.test' AND ip = '192.0.2.11'"),
		7);
	assert_int_equal(
		rig_ask(&r, "SELECT reply_code FROM evidence WHERE kind = 'taken'"), 250);
	rig_free(&r);
}

static void
domains_whose_users_a_server_knows_are_hosted(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	store_batch_state(r.batch, "server", SPAN_LITERAL("7"),
		SPAN_LITERAL("{\"v\":1,\"ip\":\"192.0.2.11\",\"port\":25}"));
	store_batch_state(r.batch, "identity", SPAN_LITERAL("8"),
		SPAN_LITERAL("{\"v\":1,\"of\":7}"));
	store_batch_state(r.batch, "tally", SPAN_LITERAL("9"),
		SPAN_LITERAL("{\"of\":8,\"domain\":\"corp.test\",\"unknown_user\":2}"));
	store_batch_state(r.batch, "tally", SPAN_LITERAL("10"),
		SPAN_LITERAL("{\"of\":8,\"domain\":\"other.test\",\"taken\":1}"));
	store_batch_state(r.batch, "tally", SPAN_LITERAL("11"), SPAN_LITERAL("no JSON"));
	rig_commit(&r);
	assert_int_equal(rig_ask(&r, "SELECT count(*) FROM hosted"), 1);
	assert_int_equal(
		rig_ask(&r, "SELECT count(*) FROM hosted WHERE ip = '192.0.2.11' AND"
			    " port = 25 AND domain = 'corp.test'"),
		1);
	rig_free(&r);
}

static void
what_peers_said_keeps_its_escapes_in_the_views(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_verdict(&r, 11, RIG_T0, "open-relay", 0, true,
		"{\"evidence\":[{\"kind\":\"taken\",\"reply\":\"250 \\u001b[2J\"}]}");
	rig_commit(&r);
	assert_int_equal(
		rig_ask(&r,
			"SELECT count(*) FROM evidence WHERE reply = '250 \\u001b[2J'"),
		1);
	rig_free(&r);
}

static void
values_of_another_type_or_range_are_refused(void **state)
{
	struct rig r;
	sqlite3 *db;

	(void)state;
	rig_init(&r);
	assert_int_equal(sqlite3_open(r.file, &db), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(db,
				     "INSERT INTO line (stream, time, body)"
				     " VALUES ('servers', 1, '')",
				     NULL, NULL, NULL),
		SQLITE_OK);
	assert_int_not_equal(
		sqlite3_exec(db,
			"PRAGMA foreign_keys = ON; INSERT INTO delivery VALUES"
			" (1, 1, 0, 1, 1, 1, NULL)",
			NULL, NULL, NULL),
		SQLITE_OK);
	sqlite3_close(db);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_file_becomes_a_database_of_the_newest_version),
		cmocka_unit_test(
			an_older_database_is_brought_up_to_date_and_keeps_its_rows),
		cmocka_unit_test(a_reader_leaves_an_older_database_to_the_sensor),
		cmocka_unit_test(a_newer_database_is_refused_and_not_touched),
		cmocka_unit_test(the_evidence_of_each_server_can_be_asked_for_by_hand),
		cmocka_unit_test(domains_whose_users_a_server_knows_are_hosted),
		cmocka_unit_test(what_peers_said_keeps_its_escapes_in_the_views),
		cmocka_unit_test(values_of_another_type_or_range_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
