/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of findings that no sensor has written: what leads nowhere is refused, what is
 * taken can be told, and each kind has its own members and no other's.
 */
#include "relay_scene.h"
#include "state_rig.h"

#include "sensor/infer/finding_tester.h"
#include "sensor/infer/finding_words.h"
#include "sensor/infer/state_table.h"

#define KEY "\"server\":\"" S "\",\"port\":25,\"turn\":1,\"raised\":true"

static void
what_there_is_not_is_refused(void **state)
{
	static const struct row_bound bounds[] = {
		{"finding", "", "kind", FINDING_KINDS - 1},
		{"finding", "", "port", 65535},
		{"finding", "", "severity", SEVERITY_CRITICAL},
		{"finding", "", "turn", UINT64_MAX / 4},
		/* Of a probe: kind 0. */
		{"finding", "", "testers", (1u << TESTER_COUNT) - 1},
		{"finding", "", "last_test", FINDING_TESTS},
		{"finding", "", "forms", UINT32_MAX},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++)
		assert_row_bound(s->in, &files, &bounds[i]);
	record_files_free(&files);
}

static void
lists_have_no_more_items_than_there_is_room(void **state)
{
	static const struct row_list lists[] = {
		{"finding", "", "clients", "\"192.0.2.1\"", FINDING_CLIENTS_MAX},
		{"finding", "", "evidence", "{\"what\":\"a\"}", FINDING_EVIDENCE_MAX},
		{"finding", "", "answers", "1", ANSWER_MESSAGE + 1},
		{"finding", "", "domains", "1", FINDING_DOMAINS_MAX},
		{"finding", "", "tests", "{\"answer\":5}", FINDING_TESTS},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		assert_row_list(s->in, &files, &lists[i]);
	/* Inside a list, too. */
	assert_false(row_load(s->in, &files, "finding", "\"tests\":[{},{\"answer\":6}]"));
	assert_false(row_load(s->in, &files, "finding", "\"tests\":[{\"code\":65536}]"));
	assert_false(row_load(s->in, &files, "finding", "\"tests\":{}"));
	assert_false(row_load(s->in, &files, "finding", "\"evidence\":[{\"what\":1}]"));
	record_files_free(&files);
}

/* One octet of a text's room is its NUL's. */
static void
texts_longer_than_their_room_are_refused(void **state)
{
	static const struct {
		const char *before, *behind;
		size_t room;
	} texts[] = {
		{"\"evidence\":[{\"what\":\"", "\"}]", FINDING_WHAT},
		{"\"tests\":[{\"from\":\"", "\"}]", FINDING_LIST},
		{"\"tests\":[{\"to\":\"", "\"}]", FINDING_LIST},
		{"\"kind\":8,\"list\":\"", "\"", FINDING_LIST},
	};
	struct scene *s = *state;
	struct record_files files;
	char long_text[FINDING_WHAT + 1], members[512];

	assert_int_equal(FINDING_BLOCKLISTED, 8);
	record_files_init(&files);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (size_t over = 0; over < 2; over++) {
			size_t n = texts[i].room - 1 + over;

			memset(long_text, 'x', n);
			long_text[n] = '\0';
			snprintf(members, sizeof(members), "%s%s%s", texts[i].before,
				long_text, texts[i].behind);
			assert_int_equal(
				row_load(s->in, &files, "finding", members), over == 0);
		}
	record_files_free(&files);
}

/* What one kind keeps in the room of another must not be read as that. */
static void
members_of_another_kind_are_passed_over(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	const struct finding **list;
	size_t count;

	record_files_init(&files);
	/* A probe's list of tests would be a pointer; here it is the name of a list. */
	assert_true(row_load(s->in, &files, "finding",
		KEY ",\"kind\":8,\"list\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAA\",\"tests\":[{\"answer\":99}],\"testers\":\"x\""));
	infer_state_loaded(s->in);
	list = findings_list(s->in, &count);
	assert_int_equal(count, 1);
	assert_int_equal(list[0]->of.blocklist.refusals, 0);
	assert_int_equal(strlen(list[0]->of.blocklist.list), 59);
	free(list);
	record_files_free(&files);
}

/* finding.h has the union: a kind without a table would lose what it knows. */
static void
each_kind_has_members_of_its_own_but_one(void **state)
{
	(void)state;
	for (uint32_t kind = 0; kind < FINDING_KINDS; kind++) {
		struct finding f = {.key.kind = kind};

		if (kind == FINDING_BACKSCATTER)
			assert_null(state_fields_of_kind(&f));
		else
			assert_non_null(state_fields_of_kind(&f));
	}
	/* As damage has it, before it was refused. */
	assert_null(state_fields_of_kind(&(struct finding){.key.kind = 99}));
}

/* All numbers as great as they may be, all bits set: told in words, in full. */
static void
findings_of_every_kind_at_their_end_are_told(void **state)
{
	static const char *const members[FINDING_KINDS] = {
		[FINDING_RELAY_PROBE] =
			"\"testers\":4095,\"forms\":4294967295,\"answers\":[4294967295,"
			"4294967295,4294967295,4294967295,4294967295,4294967295],"
			"\"last_test\":16,\"tests\":[{\"answer\":5,\"code\":65535,"
			"\"at\":[1,4294967295,\"x\"]}]",
		[FINDING_CLEAR_CREDENTIALS] = "\"ok\":4294967295,\"failed\":4294967295",
		[FINDING_STARTTLS_STRIPPED] = "\"offers\":4294967295",
		[FINDING_STARTTLS_VANISHED] =
			"\"missing\":4294967295,\"again\":4294967295",
		[FINDING_STARTTLS_REFUSED] = "\"passwords\":4294967295",
		[FINDING_COMMAND_INJECTION] = "\"names_vary\":true",
		[FINDING_REPLY_INJECTION] = "\"same_client\":true",
		[FINDING_SMUGGLING] = "\"forms\":4294967295,\"taken\":4294967295",
		[FINDING_BLOCKLISTED] = "\"list\":\"\",\"refusals\":4294967295",
		[FINDING_BACKSCATTER] = "\"more_clients\":true",
		[FINDING_USER_PROBING] = "\"unknown\":4294967295,\"verified\":4294967295",
	};
	struct scene *s = *state;
	struct record_files files;
	char row[1024], *text;
	size_t count;

	record_files_init(&files);
	for (unsigned kind = 0; kind < FINDING_KINDS; kind++) {
		snprintf(row, sizeof(row),
			"\"server\":\"" S
			"\",\"port\":65535,\"kind\":%u,\"turn\":%u,\"raised\":true,"
			"\"severity\":3,\"count\":9223372036854775807,\"last\":"
			"9223372036854775807,%s",
			kind, kind + 1, members[kind]);
		assert_true(row_load(s->in, &files, "finding", row));
	}
	infer_state_loaded(s->in);
	free(findings_list(s->in, &count));
	assert_int_equal(count, FINDING_KINDS);
	text = portrait(s->in, &files);
	for (unsigned kind = 0; kind < FINDING_KINDS; kind++)
		assert_non_null(strstr(text, finding_kind_name((enum finding_kind)kind)));
	free(text);
	record_files_free(&files);
}

/* A probe that waits goes on where it stood, with the tests that it had sent. */
static void
a_probe_of_another_hour_begins_anew_and_leaks_nothing(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct finding_key key;
	struct finding *f;

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "finding",
		"\"server\":\"" S "\",\"client\":\"" OUT1 "\",\"port\":25,\"turn\":1,"
		"\"window\":1,\"count\":7,\"tests\":[{\"from\":\"a@b\"}],\"forms\":2"));
	infer_state_loaded(s->in);
	memset(&key, 0, sizeof(key));
	key.server = scene_addr(S);
	key.client = scene_addr(OUT1);
	key.port = 25;
	f = finding_find(&s->in->findings, &key);
	assert_non_null(f);
	assert_string_equal(f->of.probe.tests[0].from, "a@b");
	assert_string_equal(f->of.probe.tests[FINDING_TESTS - 1].from, "");
	finding_watch_hour(f, UINT64_C(1700000000000000000));
	assert_int_equal(f->count, 0);
	assert_int_equal(f->of.probe.forms, 0);
	assert_null(f->of.probe.tests);
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
		T(members_of_another_kind_are_passed_over),
		T(each_kind_has_members_of_its_own_but_one),
		T(findings_of_every_kind_at_their_end_are_told),
		T(a_probe_of_another_hour_begins_anew_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
