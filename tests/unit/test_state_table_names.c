/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What name servers were heard to answer, out of rows: it answers the same questions as
 * when it was heard, and rows that nobody wrote do no harm.
 */
#include "relay_scene.h"
#include "state_rig.h"

#include "sensor/infer/names_part.h"

static void
lists_have_no_more_items_than_there_is_room(void **state)
{
	static const struct row_list lists[] = {
		{"name", "\"name\":\"a\"", "mx", "\"mx.test\"", NAMES_MX_MAX},
		{"name", "\"name\":\"a\"", "mx_before", "\"mx.test\"", NAMES_MX_MAX},
		{"name", "\"name\":\"a\"", "ip", "\"2001:db8::1\"", NAMES_ADDR_MAX},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		assert_row_list(s->in, &files, &lists[i]);
	record_files_free(&files);
}

static void
rows_without_their_name_and_of_other_sorts_are_refused(void **state)
{
	static const char *const bad[][2] = {
		{"name", "\"mx_known\":true"},
		{"name", "\"name\":7"},
		{"name", "\"name\":null"},
		{"name", "\"name\":[\"0g\"]"},
		{"name", "\"name\":[\"abc\"]"},
		{"name", "\"name\":\"a\",\"mx\":\"b\""},
		{"name", "\"name\":\"a\",\"mx\":[[]]"},
		{"name", "\"name\":\"a\",\"mx_known\":1"},
		{"name", "\"name\":\"a\",\"ip\":[\"192.0.2.256\"]"},
		{"name", "\"name\":\"a\",\"mx_at\":[1,2]"},
		{"name", "\"name\":\"a\",\"mx_at\":[-1,2,\"f\"]"},
		{"name", "\"name\":\"a\",\"ip_at\":[1,4294967296,\"f\"]"},
		{"reverse", "\"ip\":\"192.0.2.1\""},
		{"reverse", "\"ip\":\"192.0.2.1 \",\"name\":\"a\""},
		{"asker", "\"ip\":\"192.0.2.1\",\"last\":-1"},
		{"asker", "\"ip\":\"192.0.2.1\",\"last\":1.5"},
		{"asked", "\"ip\":\"192.0.2.1\""},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (row_load(s->in, &files, bad[i][0], bad[i][1]))
			fail_msg("taken: %s {%s}", bad[i][0], bad[i][1]);
	infer_state_loaded(s->in);
	assert_null(s->in->names.facts);
	assert_null(s->in->names.reverses);
	assert_null(s->in->names.askers);
	assert_null(s->in->names.asked);
	record_files_free(&files);
}

static struct word *
word(struct scene *s, const char *text)
{
	return word_find(&s->in->words, span_of_text(text));
}

static enum names_mx
mx_of(struct scene *s, const char *domain, const char *server, struct moment *at)
{
	struct ip_addr addr = scene_addr(server);

	memset(at, 0, sizeof(*at));
	return names_mx_of(&s->in->names, word(s, domain), &addr, NULL, at);
}

static void
what_was_heard_is_answered_as_it_was(void **state)
{
	struct scene *s = *state;
	struct ip_addr asker = scene_addr("192.0.2.53"), v = scene_addr(MX_V);
	struct record_files files;
	struct moment at;

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"victim.test\",\"mx\":[\"mx.victim.test\"],\"mx_known\":true,"
		"\"mx_asker\":\"192.0.2.53\",\"mx_at\":[1700000000000000000,7,\"a."
		"pcap\"]"));
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"mx.victim.test\",\"alias\":\"real.victim.test\""));
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"real.victim.test\",\"ip\":[\"" MX_V "\"]"));
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"null.test\",\"mx_known\":true,\"mx_null\":true"));
	/* Known to have none: the domain's own address is where its mail goes. */
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"plain.test\",\"mx_known\":true,\"ip\":[\"203.0.113.80\"]"));
	assert_true(row_load(s->in, &files, "reverse",
		"\"ip\":\"" MX_V "\",\"name\":\"real.victim.test\""));
	assert_true(row_load(s->in, &files, "asker",
		"\"ip\":\"192.0.2.53\",\"last\":1700000000000000009"));
	assert_true(row_load(s->in, &files, "asked",
		"\"ip\":\"192.0.2.53\",\"name\":\"victim.test\","
		"\"last\":1700000000000000008"));
	infer_state_loaded(s->in);
	assert_int_equal(mx_of(s, "victim.test", MX_V, &at), NAMES_MX_IS);
	assert_int_equal(mx_of(s, "victim.test", S, &at), NAMES_MX_IS_NOT);
	assert_int_equal(at.frame, 7);
	assert_string_equal(record_files_name(&files, at.file), "a.pcap");
	assert_int_equal(mx_of(s, "null.test", S, &at), NAMES_MX_NULL);
	assert_int_equal(mx_of(s, "plain.test", "203.0.113.80", &at), NAMES_MX_IS);
	assert_int_equal(mx_of(s, "plain.test", S, &at), NAMES_MX_IS_NOT);
	assert_int_equal(mx_of(s, "real.victim.test", S, &at), NAMES_MX_UNKNOWN);
	assert_true(names_is_only_asker(&s->in->names, word(s, "victim.test"), &asker));
	assert_false(names_is_only_asker(&s->in->names, word(s, "victim.test"), &v));
	assert_ptr_equal(names_reverse(&s->in->names, &v), word(s, "real.victim.test"));
	assert_true(
		names_last_asked(&s->in->names, &asker) == UINT64_C(1700000000000000009));
	assert_true(names_asked_for(&s->in->names, &asker, word(s, "victim.test"),
		UINT64_C(1700000000000000008)));
	assert_false(names_asked_for(&s->in->names, &asker, word(s, "victim.test"),
		UINT64_C(1700000000000000009)));
	record_files_free(&files);
}

/* A CNAME that leads back to itself is followed for a while, and no longer. */
static void
names_that_lead_in_a_circle_end(void **state)
{
	struct scene *s = *state;
	struct ip_addr v = scene_addr(MX_V);
	struct record_files files;
	struct moment at;

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"a.test\",\"alias\":\"b.test\",\"mx_known\":true,"
		"\"mx\":[\"b.test\",\"a.test\"]"));
	assert_true(row_load(
		s->in, &files, "name", "\"name\":\"b.test\",\"alias\":\"a.test\""));
	assert_true(row_load(
		s->in, &files, "name", "\"name\":\"c.test\",\"alias\":\"c.test\""));
	infer_state_loaded(s->in);
	assert_false(names_has_addr(&s->in->names, word(s, "a.test"), &v));
	assert_false(names_has_addr(&s->in->names, word(s, "c.test"), &v));
	assert_int_equal(mx_of(s, "a.test", S, &at), NAMES_MX_IS_NOT_BY_NAME);
	record_files_free(&files);
}

/* An item that is no name stands for none, and nothing of it is looked at. */
static void
empty_names_are_nobody(void **state)
{
	struct scene *s = *state;
	struct ip_addr v = scene_addr(MX_V);
	struct record_files files;
	struct moment at;

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"a.test\",\"mx_known\":true,\"mx\":[\"\",\"mx.test\",\"\"],"
		"\"mx_before\":[\"\"],\"alias\":\"\""));
	assert_true(row_load(s->in, &files, "name", "\"name\":\"\",\"mx_known\":true"));
	assert_true(
		row_load(s->in, &files, "reverse", "\"ip\":\"" MX_V "\",\"name\":\"\""));
	assert_true(
		row_load(s->in, &files, "asked", "\"ip\":\"" MX_V "\",\"name\":\"\""));
	infer_state_loaded(s->in);
	assert_int_equal(mx_of(s, "a.test", S, &at), NAMES_MX_IS_NOT_BY_NAME);
	assert_false(names_is_mx(&s->in->names, word(s, "a.test"), &v));
	assert_false(
		names_is_mx_site(&s->in->names, word(s, "a.test"), word(s, "a.test")));
	assert_true(
		names_is_mx_site(&s->in->names, word(s, "a.test"), word(s, "mx.test")));
	taken(s, MX_V, "<x@a.test>", "<a@a.test>", "Q1");
	free(portrait(s->in, &files));
	record_files_free(&files);
}

/* The same name twice: one fact; the one of the younger row has no place. */
static void
a_name_stands_once(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct moment at;

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"a.test\",\"mx_known\":true,\"mx_null\":true"));
	assert_true(row_load(s->in, &files, "name",
		"\"name\":\"A.TEST\",\"mx_known\":true,\"mx\":[\"mx.test\"]"));
	infer_state_loaded(s->in);
	assert_int_equal(HASH_COUNT(s->in->names.facts), 1);
	assert_int_equal(mx_of(s, "a.test", S, &at), NAMES_MX_NULL);
	record_files_free(&files);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(lists_have_no_more_items_than_there_is_room),
		T(rows_without_their_name_and_of_other_sorts_are_refused),
		T(what_was_heard_is_answered_as_it_was),
		T(names_that_lead_in_a_circle_end),
		T(empty_names_are_nobody),
		T(a_name_stands_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
