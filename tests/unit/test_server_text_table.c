/* SPDX-License-Identifier: Apache-2.0 */
/* The table: a row a server, in columns, whatever stands in them. */
#include "verdict_rig.h"

#include "sensor/output/server_text.h"

#define SERVERS 3

/* The table of as many verdicts; to be freed. */
static char *
table(const struct verdict *v, size_t count, struct server_text_style style)
{
	struct verdict copy[SERVERS];
	struct ranking ranking = {copy, count};
	char *out;
	size_t len;
	FILE *f = open_memstream(&out, &len);

	assert_non_null(f);
	assert_true(count <= SERVERS);
	memcpy(copy, v, count * sizeof(*v));
	server_text_table(&ranking, &style, f);
	fclose(f);
	return out;
}

static const struct server_text_style wide = {false, 0};

/* The one row, in a table of any width, has that text in it. */
static void
row_says(const struct rig *r, const char *text)
{
	char *out = table(&r->v, 1, wide);

	if (!strstr(out, text))
		fail_msg("not in it: %s\nin: %s", text, out);
	free(out);
}

static void
counts_take_four_columns(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} cases[] = {{0, "   0"}, {9, "   9"}, {9999, "9999"}, {10000, " 10k"},
		{10999, " 10k"}, {999999, "999k"}, {1000000, "  1M"}, {999999999, "999M"},
		{1000000000, "  1G"}, {UINT64_C(999999999999), "999G"}};
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char want[64];

		rig_exposure(&r, cases[i].n, 12, 345);
		snprintf(want, sizeof(want), "confirmed  0.99  %s    12   345  ",
			cases[i].want);
		row_says(&r, want);
	}
	/* Clients and domains count by the same rule. */
	rig_exposure(&r, 1, UINT32_MAX, 10000);
	row_says(&r, "0.99     1    4G   10k  ");
	rig_free(&r);
}

static void
what_is_not_known_is_a_dash(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	r.v.confidence = 0;
	row_says(&r, "203.0.113.11:25  unknown     -     -     -     -  ");
	/* Not even one: seen, and none. */
	rig_exposure(&r, 0, 0, 0);
	row_says(&r, "203.0.113.11:25  unknown     -     0     0     0  ");
	r.v.confidence = 0.999;
	row_says(&r, "unknown  0.99     0     0     0  ");
	rig_free(&r);
}

static void
a_grade_is_told_where_it_says_something(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_SUSPECTED);
	row_says(&r, "  partial-relay, suspected  ");
	r.v.grade = GRADE_CONFIRMED;
	row_says(&r, "  partial-relay, confirmed  ");
	r.v.grade = GRADE_NONE;
	row_says(&r, "  partial-relay  0.99  ");
	r.v.kind = VERDICT_OPEN_SUBMISSION;
	r.v.grade = GRADE_CONFIRMED;
	row_says(&r, "  open-submission, confirmed  ");
	/* That a server is in order needs no more words. */
	r.v.kind = VERDICT_RESTRICTED;
	row_says(&r, "  restricted  0.99  ");
	rig_free(&r);
}

static void
the_reason_names_the_server_and_its_program(void **state)
{
	struct rig r;
	struct word *name;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	name = r.id.name;
	row_says(&r, "  mail.corp.test (Postfix): Relays for strangers: ");
	r.id.mta = SMTP_MTA_UNKNOWN;
	row_says(&r, "  mail.corp.test: Relays for strangers: ");
	r.id.name = NULL;
	row_says(&r, "     1  Relays for strangers: ");
	r.id.mta = SMTP_MTA_EXIM;
	row_says(&r, "     1  Exim: Relays for strangers: ");
	r.id.name = rig_word(&r, SPAN_NONE);
	row_says(&r, "     1  Exim: Relays for strangers: ");
	r.id.name = name;
	rig_free(&r);
}

/* Where text begins in the n-th line (from 0) of out. */
static size_t
column_of(const char *out, size_t line, const char *text)
{
	const char *at, *end;

	while (line--)
		out = strchr(out, '\n') + 1;
	end = strchr(out, '\n');
	at = strstr(out, text);
	assert_non_null(at);
	assert_true(at < end);
	return (size_t)(at - out);
}

static void
columns_stand_under_each_other(void **state)
{
	struct verdict v[SERVERS];
	struct rig one, two;
	char *out;

	(void)state;
	rig_init(&one, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_exposure(&one, 7, 7, 7);
	rig_init(&two, VERDICT_UNKNOWN, GRADE_NONE);
	two.server.key.addr = rig_addr("2001:db8::1");
	two.server.key.port = 587;
	rig_exposure(&two, 7, 7, 7);
	v[0] = one.v;
	v[1] = two.v;
	out = table(v, 2, wide);
	/* "[2001:db8::1]:587" is the longest server: 17, and two blanks. */
	assert_int_equal(column_of(out, 0, "VERDICT"), 19);
	assert_int_equal(column_of(out, 1, "open-relay, confirmed"), 19);
	assert_int_equal(column_of(out, 2, "unknown"), 19);
	/* 21 columns of the verdict, and two blanks. */
	assert_int_equal(column_of(out, 0, "CONF"), 42);
	assert_int_equal(column_of(out, 1, "0.99"), 42);
	assert_int_equal(column_of(out, 2, "0.99"), 42);
	assert_int_equal(column_of(out, 0, "FOR"), column_of(out, 1, "7  mail") - 2);
	assert_int_equal(column_of(out, 0, "WHY"), column_of(out, 1, "mail.corp"));
	assert_int_equal(column_of(out, 0, "WHY"), column_of(out, 2, "mail.corp"));
	assert_non_null(strstr(out, "\n\n2 servers. MAIL: "));
	free(out);
	rig_free(&one);
	rig_free(&two);
}

static void
a_server_too_long_for_the_terminal_has_a_line_of_its_own(void **state)
{
	struct rig r;
	char *out;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_SUSPECTED);
	r.server.key.addr = rig_addr("2001:db8:1111:2222:3333:4444:5555:6666");
	r.server.key.port = 65535;
	out = table(&r.v, 1, (struct server_text_style){false, 80});
	assert_non_null(
		strstr(out, "\n[2001:db8:1111:2222:3333:4444:5555:6666]:65535\n   "));
	/* Its verdict stands under the heading all the same. */
	assert_int_equal(
		column_of(out, 2, "partial-relay"), column_of(out, 0, "VERDICT"));
	free(out);
	out = table(&r.v, 1, wide);
	assert_non_null(
		strstr(out, "[2001:db8:1111:2222:3333:4444:5555:6666]:65535  partial"));
	free(out);
	rig_free(&r);
}

static void
the_reason_stands_beside_where_there_is_room_for_it(void **state)
{
	struct rig r;
	char *out;
	/* 15 + 2 + 21 + 2 + 24 columns before it, and 72 for it. */
	const unsigned enough = 64 + 72;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	out = table(&r.v, 1, (struct server_text_style){false, enough});
	assert_non_null(strstr(out, "FOR  WHY\n"));
	assert_int_equal(column_of(out, 1, "mail.corp.test"), 64);
	free(out);
	out = table(&r.v, 1, (struct server_text_style){false, enough - 1});
	assert_null(strstr(out, "WHY"));
	assert_int_equal(column_of(out, 2, "mail.corp.test"), 4);
	free(out);
	rig_free(&r);
}

static void
colours_take_no_columns(void **state)
{
	struct rig r;
	char *out;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_NONE);
	rig_exposure(&r, 1, 1, 1);
	out = table(&r.v, 1, (struct server_text_style){true, 0});
	assert_ptr_equal(strstr(out, "\x1b[1mSERVER           VERDICT     CONF  MAIL  "
				     "FROM   FOR  WHY\x1b[0m\n"),
		out);
	assert_non_null(strstr(
		out, "\n203.0.113.11:25  \x1b[1;31mopen-relay\x1b[0m  0.99     1"));
	free(out);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_take_four_columns),
		cmocka_unit_test(what_is_not_known_is_a_dash),
		cmocka_unit_test(a_grade_is_told_where_it_says_something),
		cmocka_unit_test(the_reason_names_the_server_and_its_program),
		cmocka_unit_test(columns_stand_under_each_other),
		cmocka_unit_test(
			a_server_too_long_for_the_terminal_has_a_line_of_its_own),
		cmocka_unit_test(the_reason_stands_beside_where_there_is_room_for_it),
		cmocka_unit_test(colours_take_no_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
