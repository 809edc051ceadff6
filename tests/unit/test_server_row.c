/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server's row in the table: of a verdict, and of the record that was made of it and
 * kept. Both give the same, to the octet of what is shown.
 */
#include "relay_scene.h"

#include "sensor/command/command_row.h"
#include "sensor/infer/ranking.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

static char *
drawn(const struct server_row *row)
{
	struct server_text_style style = {.width = 0};
	struct server_text_table t;
	size_t len;
	char *text;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	server_text_table_init(&t, &style);
	server_text_table_measure(&t, &row->key, row->kind, row->grade);
	server_text_table_begin(&t, to);
	server_text_table_row(&t, row, to);
	fclose(to);
	return text;
}

static void
assert_same_row(const struct verdict *v, struct record_files *files)
{
	struct server_row row, kept = {.key = v->server->key,
				       .kind = v->kind,
				       .grade = v->grade,
				       .confidence = v->confidence};
	struct json_out j;
	char *left, *right;

	server_row_of(v, &row);
	json_out_init(&j);
	server_json_write(v, files, &j);
	assert_true(command_row_read(span_of(j.at, j.used), &kept));
	json_out_free(&j);
	assert_int_equal(row.exposed, kept.exposed);
	assert_int_equal(row.messages, kept.messages);
	assert_int_equal(row.clients, kept.clients);
	assert_int_equal(row.domains, kept.domains);
	assert_ptr_equal(row.mta, kept.mta);
	left = drawn(&row);
	right = drawn(&kept);
	assert_string_equal(left, right);
	free(left);
	free(right);
}

static void
assert_same_rows(struct scene *s, size_t count)
{
	struct record_files files;
	struct ranking r;

	record_files_init(&files);
	ranking_fill(&r, s->in);
	assert_int_equal(r.count, count);
	for (size_t i = 0; i < r.count; i++)
		assert_same_row(&r.at[i], &files);
	ranking_free(&r);
	record_files_free(&files);
}

static void
relays(struct scene *s, const char *name)
{
	scene_mx(s, "198.51.100.77", "victim.test", "mx.victim.test", "192.0.2.25");
	for (int i = 0; i < 3; i++)
		scene_mail(s, (struct scene_mail){.client = OUT1,
				      .server = S,
				      .name = name,
				      .from = "<x@shop.test>",
				      .rcpt = {{"<a@victim.test>", 250, NULL}},
				      .data = 250});
}

static void
a_row_says_what_the_verdict_says(void **state)
{
	struct scene *s = *state;
	struct server_row row;
	struct ranking r;

	relays(s, S_NAME);
	ranking_fill(&r, s->in);
	assert_int_equal(r.count, 1);
	r.at[0].server->identities->mta = SMTP_MTA_POSTFIX;
	server_row_of(&r.at[0], &row);
	assert_int_equal(row.key.port, 25);
	assert_int_equal(row.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(row.grade, GRADE_SUSPECTED);
	assert_true(row.confidence > 0 && row.confidence < 1);
	assert_true(row.exposed);
	assert_int_equal(row.messages, 3);
	assert_int_equal(row.clients, 1);
	assert_true(span_equal(row.name, SPAN_LITERAL(S_NAME)));
	assert_string_equal(row.mta, "Postfix");
	assert_non_null(strstr(row.why, "3 messages from 1 client"));
	ranking_free(&r);
	assert_same_rows(s, 1);
}

/* Nothing was seen open: the counts are not zero, but not known. */
static void
a_server_that_was_never_open_has_no_counts(void **state)
{
	struct scene *s = *state;
	struct server_row row;
	struct ranking r;
	char *text;

	denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
	ranking_fill(&r, s->in);
	server_row_of(&r.at[0], &row);
	assert_false(row.exposed);
	text = drawn(&row);
	assert_non_null(strstr(text, "     -     -     -  "));
	free(text);
	ranking_free(&r);
	assert_same_rows(s, 1);
}

static void
a_server_without_a_name_has_none(void **state)
{
	struct scene *s = *state;

	relays(s, NULL);
	assert_same_rows(s, 1);
}

/* Octets of all sorts: what is kept of them is shown as they were. */
static void
names_of_any_octets_are_shown_the_same(void **state)
{
	static const char *const names[] = {"\xff\xfe", "\\x80", "a\"b\\c",
		"\xc3\xa4.test", "a\x1b[2J", "\xe2\x80\xae", "\xc3", "\x7f\x80\x9f",
		"a\nb", "\\", "\\x", "\\x8", "\\xzz", " a  b "};
	struct scene *s = *state;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		scene_free(s);
		scene_init(s);
		/* A peer's own "\x80" is shown as that octet: command_row.c says so. */
		if (strcmp(names[i], "\\x80") == 0)
			continue;
		relays(s, names[i]);
		assert_same_rows(s, 1);
	}
}

/* Longer than the room that a name has which was read: both are cut to the same. */
static void
names_of_any_length_are_shown_the_same(void **state)
{
	struct scene *s = *state;

	for (size_t len = 95; len < 320; len += 5) {
		char name[321];

		memset(name, 'x', len);
		name[len] = '\0';
		scene_free(s);
		scene_init(s);
		relays(s, name);
		assert_same_rows(s, 1);
		/* Two octets each. */
		for (size_t i = 0; i + 1 < len; i += 2)
			memcpy(name + i, "\xc3\xa4", 2);
		scene_free(s);
		scene_init(s);
		relays(s, name);
		assert_same_rows(s, 1);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_row_says_what_the_verdict_says),
		T(a_server_that_was_never_open_has_no_counts),
		T(a_server_without_a_name_has_none),
		T(names_of_any_octets_are_shown_the_same),
		T(names_of_any_length_are_shown_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
