/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

/* The line of the only server, after the header's. */
static void
assert_name_cell(const char *name, const char *cell)
{
	struct report_rig r;
	char want[128];
	const char *line;

	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, name, 1);
	report_rig_rank(&r);
	line = strstr(report_rig_write(&r, REPORT_CSV), "\r\n");
	snprintf(want, sizeof(want), "\r\n\"203.0.113.11\",25,%s,", cell);
	assert_non_null(line);
	if (strncmp(line, want, strlen(want)) != 0)
		fail_msg("wanted %s in %s", want, line);
	assert_int_equal(count_in(r.text, "\r\n"), 2);
	report_rig_free(&r);
}

static void
quotes_are_doubled(void **state)
{
	(void)state;
	assert_name_cell("mail.corp.test", "\"mail.corp.test\"");
	assert_name_cell("a\"b,c", "\"a\"\"b,c\"");
}

static void
no_cell_begins_a_formula(void **state)
{
	(void)state;
	assert_name_cell("=cmd|' /c calc'!a0", "\"'=cmd|' /c calc'!a0\"");
	assert_name_cell("+1", "\"'+1\"");
	assert_name_cell("-1", "\"'-1\"");
	assert_name_cell("@sum", "\"'@sum\"");
	assert_name_cell("\xef\xbc\x9d"
			 "1",
		"\"'\xef\xbc\x9d"
		"1\"");
}

static void
without_servers_there_is_a_header_alone(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_rank(&r);
	assert_int_equal(count_in(report_rig_write(&r, REPORT_CSV), "\r\n"), 1);
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes_are_doubled),
		cmocka_unit_test(no_cell_begins_a_formula),
		cmocka_unit_test(without_servers_there_is_a_header_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
