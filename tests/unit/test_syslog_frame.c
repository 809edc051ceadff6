/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

#include "sensor/output/syslog_frame.h"

static void
assert_frame(uint32_t facility, const char *host, struct sink_line line, const char *before,
	const char *after)
{
	struct text_out t;
	char want[1024];

	snprintf(want, sizeof(want), "%s %ld %s", before, (long)getpid(), after);
	text_out_init(&t);
	syslog_frame_append(&t, facility, host, &line);
	assert_string_equal(t.at, want);
	text_out_free(&t);
}

static void
the_header_is_that_of_rfc_5424(void **state)
{
	(void)state;
	/* local0 is 16; error is 3: 16 * 8 + 3. */
	assert_frame(16, "sensor-1", rig_line("{\"a\":1}"),
		"<131>1 " RIG_STAMP " sensor-1 relaytap", "open-relay - {\"a\":1}");
	assert_frame(0, "::1", rig_line("x"), "<3>1 " RIG_STAMP " ::1 relaytap",
		"open-relay - x");
}

static void
a_severity_is_that_of_syslog(void **state)
{
	(void)state;
	assert_int_equal(syslog_frame_severity(ALERT_SEVERITY_LOW), 5);
	assert_int_equal(syslog_frame_severity(ALERT_SEVERITY_MEDIUM), 4);
	assert_int_equal(syslog_frame_severity(ALERT_SEVERITY_HIGH), 3);
	assert_int_equal(syslog_frame_severity(ALERT_SEVERITY_CRITICAL), 2);
}

static void
a_field_cannot_forge_the_next_one(void **state)
{
	struct sink_line line = rig_line("x");

	(void)state;
	line.msgid = "a b\n\x7f\xc3\xa9";
	assert_frame(16, "my host\n<0>1", line, "<131>1 " RIG_STAMP " my_host_<0>1 relaytap",
		"a_b____ - x");
}

static void
what_is_not_known_is_the_nil_value(void **state)
{
	struct sink_line line = rig_line("");

	(void)state;
	line.msgid = "";
	line.time = 0;
	assert_frame(16, "", line, "<131>1 1970-01-01T00:00:00.000000Z - relaytap", "- - ");
	assert_frame(16, NULL, line, "<131>1 1970-01-01T00:00:00.000000Z - relaytap", "- - ");
}

static void
fields_are_cut_at_their_bounds(void **state)
{
	struct sink_line line = rig_line("x");
	char host[400], before[400], after[64];

	(void)state;
	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	line.msgid = host;
	snprintf(before, sizeof(before), "<131>1 " RIG_STAMP " %.255s relaytap", host);
	snprintf(after, sizeof(after), "%.32s - x", host);
	assert_frame(16, host, line, before, after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_is_that_of_rfc_5424),
		cmocka_unit_test(a_severity_is_that_of_syslog),
		cmocka_unit_test(a_field_cannot_forge_the_next_one),
		cmocka_unit_test(what_is_not_known_is_the_nil_value),
		cmocka_unit_test(fields_are_cut_at_their_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
