/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_sample.h"

#include "sensor/alert/alert_parts.h"

static void
assert_detail(const struct alert *a, const char *want)
{
	assert_int_equal(a->detail.len, strlen(want));
	assert_memory_equal(a->detail.at, want, a->detail.len);
}

static void
a_sum_says_how_much_and_since_when(void **state)
{
	static const struct {
		enum alert_kind kind;
		uint64_t since;
		const char *detail, *want;
	} cases[] = {
		{ALERT_RELAY, 1, "Relays.",
			"Relays; 1 message since the alert of 2026-11-23 20:22:53 UTC."},
		{ALERT_FINDING, 2, "3 tests",
			"3 tests; 2 occurrences since the alert of 2026-11-23 20:22:53 "
			"UTC."},
		{ALERT_SENSOR, 9, "",
			"9 losses since the alert of 2026-11-23 20:22:53 UTC."},
		{ALERT_RELAY, 0, "Relays.", "Relays."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct alert *a = alert_new();

		a->kind = cases[i].kind;
		a->since = cases[i].since;
		a->detail = alert_keep_text(a, cases[i].detail);
		alert_words_since(a, SAMPLE_TIME);
		assert_detail(a, cases[i].want);
		alert_free(a);
	}
}

static void
a_detail_begins_with_the_server_as_far_as_it_is_known(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	a->detail = alert_words_of_server(a, SPAN_LITERAL("Relays."), true);
	assert_detail(a, "Relays.");
	a->server = sample_addr("203.0.113.11");
	a->detail = alert_words_of_server(a, SPAN_LITERAL("Relays."), true);
	assert_detail(a, "203.0.113.11 relays.");
	a->port = 25;
	a->detail = alert_words_of_server(a, SPAN_LITERAL("Not known."), false);
	assert_detail(a, "203.0.113.11:25: Not known.");
	a->server = sample_addr("2001:db8::1");
	a->server_name = alert_keep_text(a, "mail.corp.test");
	a->detail = alert_words_of_server(a, SPAN_LITERAL("Relays."), true);
	assert_detail(a, "mail.corp.test ([2001:db8::1]:25) relays.");
	assert_int_equal(alert_words_of_server(a, SPAN_NONE, true).len, 0);
	alert_free(a);
}

static void
what_is_withdrawn_is_said_to_be(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	a->verdict = alert_keep_text(a, "restricted");
	a->detail = alert_keep_text(a, "Refused 2 outside clients.");
	a->explanation = alert_keep_text(a, "It refuses.");
	alert_words_closed(a, VERDICT_OPEN_RELAY);
	assert_detail(a, "No longer judged to be an open relay: Refused 2 outside "
			 "clients.");
	assert_true(span_equal(a->explanation,
		SPAN_LITERAL("The alert that this server seemed to be an open relay is "
			     "withdrawn: what was seen since does not bear it out. It "
			     "refuses.")));
	alert_free(a);
}

static void
what_was_mended_speaks_for_itself(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	a->verdict = alert_keep_text(a, "remediated");
	a->detail = alert_keep_text(a, "Was open until then.");
	alert_words_closed(a, VERDICT_PARTIAL_RELAY);
	assert_detail(a, "Was open until then.");
	assert_int_equal(a->explanation.len, 0);
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sum_says_how_much_and_since_when),
		cmocka_unit_test(a_detail_begins_with_the_server_as_far_as_it_is_known),
		cmocka_unit_test(what_is_withdrawn_is_said_to_be),
		cmocka_unit_test(what_was_mended_speaks_for_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
