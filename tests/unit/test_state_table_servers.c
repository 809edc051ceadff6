/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of servers and what belongs to them that no sensor has written: what leads
 * nowhere is refused, and what is taken can be judged and told.
 */
#include "relay_scene.h"
#include "state_rig.h"

#define HOST	 "\"ip\":\"" S "\""
#define SERVER	 "\"ip\":\"" S "\",\"port\":25"
#define DOMAIN	 "\"of\":2,\"domain\":\"victim.test\""
#define IDENTITY "\"of\":1,\"name\":\"" S_NAME "\""
#define REACHES	 12

/* The greatest of each: as the enums have them, and what numbers can hold. */
static void
what_there_is_not_is_refused(void **state)
{
	static const struct row_bound bounds[] = {
		{"host", HOST, "hop_next", HOST_HOPS - 1},
		{"server", HOST, "port", 65535},
		{"server", SERVER, "told_verdict", VERDICT_UNKNOWN},
		{"server", SERVER, "told_grade", GRADE_CONFIRMED},
		{"identity", IDENTITY, "mta", SMTP_MTA_COUNT - 1},
		{"identity", IDENTITY, "mechanisms", UINT32_MAX},
		{"attempt", DOMAIN, "tie", TIE_QUEUE_ID},
		{"attempt", DOMAIN, "form", SMTP_FORM_COUNT - 1},
		{"attempt", DOMAIN, "sender_kind", SENDER_BARE},
		{"attempt", DOMAIN, "auth", RECORD_AUTH_INFERRED_NONE},
		{"attempt", DOMAIN, "told", TOLD_WITHOUT_FOR},
		{"attempt", DOMAIN, "reply_code", 65535},
		{"attempt", DOMAIN, "handed", UINT32_MAX},
		{"patron", HOST, "taken", UINT32_MAX},
		{"tally", DOMAIN, "denied", UINT32_MAX},
		/* The bits of 2^53. */
		{"attempt", DOMAIN, "messages_bits", UINT64_C(0x4340000000000000)},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	assert_int_equal(REACH_COUNT, REACHES);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++)
		assert_row_bound(s->in, &files, &bounds[i]);
	record_files_free(&files);
}

static void
lists_have_no_more_items_than_there_is_room(void **state)
{
	static const struct row_list lists[] = {
		{"host", HOST, "hops", "{\"ip\":\"192.0.2.1\",\"last\":1}", HOST_HOPS},
		{"attempt", DOMAIN, "count", "1", REACHES},
		{"attempt", DOMAIN, "first", "[1,2,\"a.pcap\"]", REACHES},
		{"attempt", DOMAIN, "last", "[]", REACHES},
		{"patron", HOST, "helos", "\"a.test\"", PATRON_HELOS},
		{"tally", DOMAIN, "clients", "\"192.0.2.1\"", TALLY_CLIENTS},
		{"identity", IDENTITY, "activity_refused", "1", ACTIVITY_BUCKETS},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		assert_row_list(s->in, &files, &lists[i]);
	record_files_free(&files);
}

static void
texts_longer_than_their_room_are_refused(void **state)
{
	static const struct {
		const char *member;
		size_t room; /* NUL included */
	} texts[] = {{"queue_id", sizeof(((struct attempt *)0)->queue_id)},
		{"reply", sizeof(((struct attempt *)0)->reply)}};
	struct scene *s = *state;
	struct record_files files;
	char long_text[128], members[256];

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t over = 0; over < 2; over++) {
			size_t n = texts[i].room - 1 + over;

			memset(long_text, 'x', n);
			long_text[n] = '\0';
			snprintf(members, sizeof(members), DOMAIN ",\"%s\":\"%s\"",
				texts[i].member, long_text);
			assert_int_equal(
				row_load(s->in, &files, "attempt", members), over == 0);
		}
	record_files_free(&files);
}

/* An example inside its attempt is held to the same bounds. */
static void
an_example_that_is_none_takes_its_attempt_along(void **state)
{
	static const char *const bad[] = {"1", "[]", "{\"reach\":12}", "{\"port\":65536}",
		"{\"at\":[1,2]}", "{\"subject\":7}"};
	struct scene *s = *state;
	struct record_files files;
	char members[256];

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "attempt",
		DOMAIN ",\"example\":{\"reach\":11,\"port\":65535,\"from\":\"a@b\"}"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(members, sizeof(members), DOMAIN ",\"example\":%s", bad[i]);
		assert_false(row_load(s->in, &files, "attempt", members));
	}
	record_files_free(&files);
}

static bool
load_as(struct scene *s, struct record_files *files, const char *table, const char *key,
	const char *body)
{
	struct infer_row r = {
		.table = table, .key = span_of_text(key), .body = span_of_text(body)};

	return infer_state_load(s->in, files, &r);
}

/* What is missing is zero: no name, no time, no count, nothing that was tried. */
static void
rows_with_nothing_in_them_are_a_server_of_which_nothing_is_known(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct verdict v;
	char *text;

	record_files_init(&files);
	assert_true(load_as(s, &files, "host", "1", "{\"v\":1," HOST "}"));
	assert_true(load_as(s, &files, "server", "2", "{\"v\":1," SERVER "}"));
	assert_true(load_as(s, &files, "identity", "3", "{\"v\":1,\"of\":2}"));
	assert_true(
		load_as(s, &files, "attempt", "4", "{\"v\":1,\"of\":3,\"domain\":\"\"}"));
	assert_true(load_as(s, &files, "patron", "5", "{\"v\":1,\"of\":3}"));
	assert_true(
		load_as(s, &files, "tally", "6", "{\"v\":1,\"of\":3,\"domain\":\"\"}"));
	infer_state_loaded(s->in);
	v = scene_verdict(s, S, 25);
	assert_int_equal(v.kind, VERDICT_UNKNOWN);
	assert_int_equal(v.exposure.messages, 0);
	text = portrait(s->in, &files);
	assert_non_null(strstr(text, S ":25"));
	free(text);
	/* And goes on as any other: a stranger's mail makes it an open relay. */
	scene_mx(s, "198.51.100.77", "victim.test", "mx.victim.test", "192.0.2.25");
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	text = portrait(s->in, &files);
	assert_non_null(strstr(text, "open-relay, suspected"));
	free(text);
	record_files_free(&files);
}

/* Counts that no packets could have made: judged, told and saved without harm. */
static void
counts_at_their_end_are_judged_and_told(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct state_rows rows = {0};
	char *text;

	record_files_init(&files);
	assert_true(load_as(s, &files, "host", "1",
		"{\"v\":1," HOST ",\"onward\":9223372036854775807,\"hop_next\":31}"));
	assert_true(load_as(s, &files, "server", "2", "{\"v\":1," SERVER "}"));
	assert_true(load_as(s, &files, "identity", "3",
		"{\"v\":1,\"of\":2,\"name\":\"a\",\"first\":9223372036854775807,\"last\":"
		"1,"
		"\"transactions\":9223372036854775807,\"unkept\":9223372036854775807,"
		"\"mechanisms\":4294967295,\"inspected\":true}"));
	assert_true(load_as(s, &files, "attempt", "4",
		"{\"v\":1,\"of\":3,\"domain\":\"victim.test\",\"client\":\"" OUT1 "\","
		"\"count\":[4294967295,4294967295,4294967295,4294967295,4294967295,"
		"4294967295,4294967295,4294967295,4294967295,4294967295,4294967295,"
		"4294967295],\"messages_bits\":4845873199050653696,\"handed\":"
		"4294967295}"));
	assert_true(load_as(s, &files, "patron", "5",
		"{\"v\":1,\"of\":3,\"ip\":\"" OUT1 "\",\"connections\":4294967295,"
		"\"encrypted\":4294967295,\"taken\":4294967295}"));
	assert_true(load_as(s, &files, "tally", "6",
		"{\"v\":1,\"of\":3,\"domain\":\"victim.test\",\"taken\":4294967295,"
		"\"denied\":4294967295,\"messages\":4294967295}"));
	infer_state_loaded(s->in);
	text = portrait(s->in, &files);
	assert_non_null(strstr(text, "victim.test"));
	free(text);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	text = portrait(s->in, &files);
	free(text);
	rows_save(&rows, s->in, &files);
	rows_free(&rows);
	record_files_free(&files);
}

/* Its parts have no place without it, and take nothing of another's. */
static void
parts_without_their_owner_are_left_out(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	const struct server *server;

	record_files_init(&files);
	assert_true(load_as(s, &files, "host", "1", "{\"v\":1," HOST "}"));
	assert_true(load_as(s, &files, "server", "2", "{\"v\":1," SERVER "}"));
	assert_true(load_as(s, &files, "identity", "3", "{\"v\":1,\"of\":2}"));
	/* Of a host, of itself, of nobody, and of a server. */
	assert_true(
		load_as(s, &files, "identity", "4", "{\"v\":1,\"of\":1,\"name\":\"b\"}"));
	assert_true(load_as(
		s, &files, "attempt", "5", "{\"v\":1,\"of\":5,\"domain\":\"a\"}"));
	assert_true(load_as(s, &files, "patron", "6", "{\"v\":1,\"of\":77}"));
	assert_true(
		load_as(s, &files, "tally", "7", "{\"v\":1,\"of\":2,\"domain\":\"a\"}"));
	infer_state_loaded(s->in);
	server = s->in->servers.table;
	assert_non_null(server);
	assert_null(server->hh.next);
	assert_non_null(server->identities);
	assert_null(server->identities->next);
	assert_null(server->identities->attempts);
	assert_null(server->identities->patrons);
	assert_null(server->identities->tallies);
	record_files_free(&files);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_there_is_not_is_refused),
		T(lists_have_no_more_items_than_there_is_room),
		T(texts_longer_than_their_room_are_refused),
		T(an_example_that_is_none_takes_its_attempt_along),
		T(rows_with_nothing_in_them_are_a_server_of_which_nothing_is_known),
		T(counts_at_their_end_are_judged_and_told),
		T(parts_without_their_owner_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
