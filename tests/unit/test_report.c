/* SPDX-License-Identifier: Apache-2.0 */
/* Which format, and that a report which is not whole is never taken for one that is. */
#include "report_rig.h"

#include <errno.h>

static void
the_formats_are_those_of_the_manual_and_no_others(void **state)
{
	static const char *const none[] = {
		"", "HTML", "htm", "htmlx", "md", "csv ", " csv", "pdf", "ecs"};
	enum report_format f;

	(void)state;
	assert_true(report_format_of_name("html", &f));
	assert_int_equal(f, REPORT_HTML);
	assert_true(report_format_of_name("markdown", &f));
	assert_int_equal(f, REPORT_MARKDOWN);
	assert_true(report_format_of_name("csv", &f));
	assert_int_equal(f, REPORT_CSV);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		assert_false(report_format_of_name(none[i], &f));
	assert_int_equal(f, REPORT_CSV);
}

static void
start(struct report_rig *r)
{
	report_rig_init(r);
	report_rig_relay(r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(r);
}

static void
each_format_is_what_its_name_says(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	report_rig_write(&r, REPORT_HTML);
	assert_ptr_equal(strstr(r.text, "<!DOCTYPE html>"), r.text);
	report_rig_write(&r, REPORT_MARKDOWN);
	assert_ptr_equal(strstr(r.text, "# Mail relay report\n"), r.text);
	report_rig_write(&r, REPORT_CSV);
	assert_ptr_equal(strstr(r.text, "ip,port,"), r.text);
	assert_in(r.text, REPORT_RIG_SERVER);
	report_rig_free(&r);
}

/* report.h: no clock; the same knowledge gives the same octets. */
static void
the_same_knowledge_gives_the_same_octets(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	for (enum report_format f = REPORT_HTML; f <= REPORT_CSV; f++) {
		char *first;

		report_rig_write(&r, f);
		first = strdup(r.text);
		assert_string_equal(report_rig_write(&r, f), first);
		free(first);
	}
	report_rig_free(&r);
}

static void
a_place_that_takes_nothing_is_a_failure_with_its_reason(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	for (enum report_format f = REPORT_HTML; f <= REPORT_CSV; f++) {
		FILE *full = fopen("/dev/full", "w");

		assert_non_null(full);
		/* Each octet at once, so that the last writes may well succeed. */
		if (f == REPORT_MARKDOWN)
			setvbuf(full, NULL, _IONBF, 0);
		errno = 0;
		assert_int_equal(report_write(&r.input, f, full), -1);
		assert_int_equal(errno, ENOSPC);
		fclose(full);
	}
	report_rig_free(&r);
}

/* A place that takes the rest: what was lost before stays lost. */
static ssize_t
lose_once(void *cookie, const char *octets, size_t n)
{
	unsigned *calls = cookie;

	(void)octets;
	if (++*calls != 2)
		return (ssize_t)n;
	errno = EDQUOT;
	return 0;
}

static void
what_is_lost_in_the_middle_makes_it_a_failure(void **state)
{
	cookie_io_functions_t way = {.write = lose_once};
	struct report_rig r;
	unsigned calls = 0;
	char room[256];
	FILE *to;

	(void)state;
	start(&r);
	to = fopencookie(&calls, "w", way);
	assert_non_null(to);
	setvbuf(to, room, _IOFBF, sizeof(room));
	errno = 0;
	assert_int_equal(report_write(&r.input, REPORT_MARKDOWN, to), -1);
	assert_int_not_equal(errno, 0);
	assert_true(calls > 2);
	fclose(to);
	report_rig_free(&r);
}

static void
nobody_seen_is_a_report_too(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_rank(&r);
	assert_in(report_rig_write(&r, REPORT_HTML), "No mail server was seen.");
	assert_in(r.text, "</html>");
	assert_in(report_rig_write(&r, REPORT_MARKDOWN), "No mail server was seen.");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_formats_are_those_of_the_manual_and_no_others),
		cmocka_unit_test(each_format_is_what_its_name_says),
		cmocka_unit_test(the_same_knowledge_gives_the_same_octets),
		cmocka_unit_test(a_place_that_takes_nothing_is_a_failure_with_its_reason),
		cmocka_unit_test(what_is_lost_in_the_middle_makes_it_a_failure),
		cmocka_unit_test(nobody_seen_is_a_report_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
