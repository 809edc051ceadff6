/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#include "sensor/infer/finding_tester.h"

static bool
says(const char *text, const char *wanted)
{
	return strstr(text, wanted) != NULL;
}

static void
every_kind_has_a_detail_an_explanation_and_an_advice(void **state)
{
	char detail[FINDING_DETAIL_MAX], text[FINDING_EXPLAIN_MAX];
	struct finding f = {.first = UINT64_C(1795465373) * 1000000000, .count = 2};

	(void)state;
	for (uint32_t k = 0; k < FINDING_KINDS; k++) {
		memset(&f.of, 0, sizeof(f.of));
		f.key.kind = k;
		assert_true(finding_detail(&f, detail, sizeof(detail)) > 0);
		assert_true(finding_explain(&f, text, sizeof(text)) < sizeof(text) - 1);
		assert_true(says(text, detail));
		assert_true(says(text, "Seen from 2026-11-23 20:22:53 UTC"));
		assert_int_equal(text[strlen(text) - 1], '.');
		assert_true(strlen(finding_advice(&f)) > 40);
	}
}

static void
a_probe_says_who_and_how_far(void **state)
{
	char text[FINDING_EXPLAIN_MAX];
	struct finding_test tests[FINDING_TESTS] = {
		[1] = {.at = {1, 0, 7}, .answer = ANSWER_RCPT},
		[6] = {.at = {1, 0, 9}, .answer = ANSWER_UNROUTABLE}};
	struct finding f = {
		.key = {.client = scene_addr(OUT1), .kind = FINDING_RELAY_PROBE},
		.count = 2,
		.of.probe = {.testers = TESTER_NMAP, .tests = tests}};

	(void)state;
	f.of.probe.answers[ANSWER_RCPT] = 1;
	f.of.probe.answers[ANSWER_UNROUTABLE] = 1;
	finding_detail(&f, text, sizeof(text));
	assert_true(says(text, OUT1 " with nmap smtp-open-relay: 2 attempts"));
	assert_true(says(text, "of the 16 tests 2 sent, 1 taken"));
	finding_explain(&f, text, sizeof(text));
	assert_true(says(text, "proves no relaying"));
	f.of.probe.answers[ANSWER_RCPT] = 0;
	finding_explain(&f, text, sizeof(text));
	assert_true(says(text, "proves nothing"));
	f.of.probe.answers[ANSWER_UNROUTABLE] = 0;
	finding_explain(&f, text, sizeof(text));
	assert_true(says(text, "Nothing of it was taken"));
	assert_true(says(finding_advice(&f), "Nothing to mend"));
}

static void
a_text_that_does_not_fit_is_cut_and_ended(void **state)
{
	char small[24];
	struct finding f = {.key = {.kind = FINDING_SMUGGLING}, .count = 1};

	(void)state;
	memset(small, 'x', sizeof(small));
	assert_true(finding_explain(&f, small, sizeof(small)) < sizeof(small));
	assert_int_equal(small[sizeof(small) - 1], '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_detail_an_explanation_and_an_advice),
		cmocka_unit_test(a_probe_says_who_and_how_far),
		cmocka_unit_test(a_text_that_does_not_fit_is_cut_and_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
