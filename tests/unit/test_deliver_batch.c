/* SPDX-License-Identifier: Apache-2.0 */
#include "deliver_rig.h"

#include "sensor/deliver/deliver_batch.h"

static struct deliver_batch batch;

static size_t
fill(enum config_format format, enum config_redact redact)
{
	struct config_output o = {.name = "out0", .format = format};
	struct format_options options = {.redact = redact, .observer = "me"};

	return deliver_batch_fill(&batch, NULL, &o, &options);
}

static int
begin(void **state)
{
	(void)state;
	deliver_batch_init(&batch);
	return 0;
}

static int
end(void **state)
{
	(void)state;
	deliver_batch_free(&batch);
	rig_wait_clear();
	return 0;
}

static void
assert_line(size_t i, const char *text, const char *msgid)
{
	assert_true(span_equal(batch.lines[i].text, span_of_text(text)));
	assert_string_equal(batch.lines[i].msgid, msgid);
	assert_true(batch.lines[i].time == RIG_TIME);
	assert_int_equal(batch.lines[i].severity, ALERT_SEVERITY_HIGH);
}

static void
alerts_are_formatted_and_others_redacted(void **state)
{
	(void)state;
	rig_alert("first");
	rig_wait_add(CONFIG_STREAM_SERVERS, "{\"type\":\"server\"}");
	rig_wait_add(CONFIG_STREAM_TRANSACTIONS, "{}");
	assert_int_equal(fill(CONFIG_FORMAT_CEF, CONFIG_REDACT_ALL), 3);
	assert_int_equal(batch.count, 3);
	assert_line(0, "first format 2 redact 2 from me", "relay-probe");
	assert_line(1, "{\"type\":\"server\"} redact 2", "server");
	assert_line(2, "{} redact 2", "transaction");
	/* Filled again, it holds the same and no more. */
	assert_int_equal(fill(CONFIG_FORMAT_CEF, CONFIG_REDACT_NONE), 3);
	assert_line(0, "first format 2 redact 0 from me", "relay-probe");
}

static void
an_alert_that_cannot_be_read_blocks_nobody(void **state)
{
	(void)state;
	rig_wait_add(CONFIG_STREAM_ALERTS, "{\"type\":");
	rig_alert("one");
	rig_wait_add(CONFIG_STREAM_ALERTS, "");
	rig_wait_add(CONFIG_STREAM_ALERTS, "[]");
	rig_alert("two");
	rig_wait_add(CONFIG_STREAM_ALERTS, "{}");
	assert_int_equal(fill(CONFIG_FORMAT_ECS, CONFIG_REDACT_NONE), 6);
	assert_int_equal(batch.count, 2);
	assert_non_null(batch.unreadable[0]);
	assert_null(batch.unreadable[1]);
	assert_non_null(batch.unreadable[2]);
	assert_string_equal(batch.unreadable[5], "\"type\" is not \"alert\"");
	assert_line(1, "two format 0 redact 0 from me", "relay-probe");
	/* With no line taken, what stands before the first is done. */
	assert_int_equal(deliver_batch_done(&batch, 0), 1);
	assert_int_equal(deliver_batch_done(&batch, 1), 4);
	assert_int_equal(deliver_batch_done(&batch, 2), 6);
}

static void
a_batch_is_bounded(void **state)
{
	char text[32];

	(void)state;
	for (int i = 0; i < 150; i++) {
		snprintf(text, sizeof(text), "{\"n\":%d}", i);
		rig_wait_add(CONFIG_STREAM_SERVERS, text);
	}
	assert_int_equal(
		fill(CONFIG_FORMAT_RELAYTAP, CONFIG_REDACT_NONE), DELIVER_BATCH_MAX);
	assert_line(99, "{\"n\":99} redact 0", "server");
	assert_int_equal(deliver_batch_done(&batch, 40), 40);
	assert_int_equal(deliver_batch_done(&batch, 100), 100);
}

static void
nothing_that_waits_is_an_empty_batch(void **state)
{
	(void)state;
	assert_int_equal(fill(CONFIG_FORMAT_ECS, CONFIG_REDACT_NONE), 0);
	assert_int_equal(deliver_batch_done(&batch, 0), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			alerts_are_formatted_and_others_redacted, begin, end),
		cmocka_unit_test_setup_teardown(
			an_alert_that_cannot_be_read_blocks_nobody, begin, end),
		cmocka_unit_test_setup_teardown(a_batch_is_bounded, begin, end),
		cmocka_unit_test_setup_teardown(
			nothing_that_waits_is_an_empty_batch, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
