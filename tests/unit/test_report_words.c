/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

#include "sensor/report/report_words.h"

static void
numbers_are_grouped_by_thousands(void **state)
{
	char out[REPORT_WORDS_NUMBER];

	(void)state;
	assert_string_equal(report_words_number(0, out), "0");
	assert_string_equal(report_words_number(999, out), "999");
	assert_string_equal(report_words_number(1000, out), "1,000");
	assert_string_equal(report_words_number(1234567, out), "1,234,567");
	assert_string_equal(
		report_words_number(UINT64_MAX, out), "18,446,744,073,709,551,615");
}

static void
assert_duration(uint64_t seconds, const char *want)
{
	char text[64];
	struct prose p;

	prose_init(&p, text, sizeof(text));
	report_words_duration(&p, seconds * 1000000000);
	assert_string_equal(text, want);
}

static void
durations_have_two_units_at_most(void **state)
{
	(void)state;
	assert_duration(0, "0 s");
	assert_duration(59, "59 s");
	assert_duration(60, "1 min");
	assert_duration(139, "2 min 19 s");
	assert_duration(3600, "1 h");
	assert_duration(7500, "2 h 5 min");
	assert_duration(86400, "1 day");
	assert_duration(3 * 86400 + 4 * 3600, "3 days 4 h");
}

/* The sentence of a made-up count. */
static void
assert_headline(const struct report_model *m, const char *want)
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	prose_init(&p, text, sizeof(text));
	report_words_headline(&p, m);
	assert_string_equal(text, want);
}

static void
the_headline_says_how_many_relay(void **state)
{
	struct ranking r = {.count = 31};
	struct report_input in = {.ranking = &r};
	struct report_model m = {.in = &in, .relays = 2, .confirmed = 1};

	(void)state;
	assert_headline(&m, "2 of 31 mail servers relay for strangers: 1 confirmed, 1 "
			    "suspected.");
	m.confirmed = 2;
	assert_headline(&m, "2 of 31 mail servers relay for strangers (confirmed).");
	m.relays = m.confirmed = 0;
	assert_headline(&m, "None of 31 mail servers is known to relay for strangers.");
	m.of_kind[VERDICT_OPEN_SUBMISSION] = 1;
	assert_headline(&m,
		"None of 31 mail servers is known to relay for strangers. 1 takes "
		"mail without login on a submission port.");
	m.of_kind[VERDICT_OPEN_SUBMISSION] = 0;
	m.of_kind[VERDICT_UNKNOWN] = 31;
	assert_headline(&m,
		"None of 31 mail servers is known to relay for strangers, but "
		"nothing was seen that tells of any.");
	r.count = 0;
	assert_headline(&m, "No mail server was seen.");
}

static void
a_place_is_file_and_frame(void **state)
{
	struct record_files files;
	char text[128];
	struct prose p;

	(void)state;
	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("x.pcap"));
	prose_init(&p, text, sizeof(text));
	report_words_place(&p, (struct moment){1, 0, 31}, &files);
	assert_string_equal(text, "x.pcap frame 31");
	prose_init(&p, text, sizeof(text));
	report_words_place(&p, (struct moment){1, 0, 0}, &files);
	assert_string_equal(text, "");
	record_files_free(&files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_grouped_by_thousands),
		cmocka_unit_test(durations_have_two_units_at_most),
		cmocka_unit_test(the_headline_says_how_many_relay),
		cmocka_unit_test(a_place_is_file_and_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
