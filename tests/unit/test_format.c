/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
each_format_has_its_name_and_its_line(void **state)
{
	static const struct {
		enum config_format format;
		const char *name, *begins;
	} cases[] = {
		{CONFIG_FORMAT_ECS, "ecs", "{\"@timestamp\""},
		{CONFIG_FORMAT_OCSF, "ocsf", "{\"activity_id\""},
		{CONFIG_FORMAT_CEF, "cef", "CEF:0|"},
		{CONFIG_FORMAT_LEEF, "leef", "LEEF:2.0|"},
		{CONFIG_FORMAT_EVE, "eve", "{\"timestamp\""},
		{CONFIG_FORMAT_RELAYTAP, "relaytap", "{\"type\":\"alert\""},
	};
	struct alert *a = rig_alert();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct text_out out = rig_line(cases[i].format, a, CONFIG_REDACT_NONE);

		assert_string_equal(format_name(cases[i].format), cases[i].name);
		assert_memory_equal(out.at, cases[i].begins, strlen(cases[i].begins));
		assert_holds(&out, "bob@victim.test");
		text_out_free(&out);
		out = rig_line(cases[i].format, a, CONFIG_REDACT_LOCAL_PART);
		assert_lacks(&out, "bob@");
		assert_holds(&out, "@victim.test");
		text_out_free(&out);
		out = rig_line(cases[i].format, a, CONFIG_REDACT_ALL);
		assert_lacks(&out, "bob");
		assert_lacks(&out, "@victim.test");
		text_out_free(&out);
	}
	alert_free(a);
}

static void
a_line_is_appended_to_what_is_there(void **state)
{
	struct format_options o = {CONFIG_REDACT_NONE, NULL};
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	text_out_init(&out);
	text_out_text(&out, "before ");
	format_alert(CONFIG_FORMAT_CEF, a, &o, &out);
	assert_memory_equal(out.at, "before CEF:0|", 13);
	assert_lacks(&out, "dvchost");
	text_out_free(&out);
	alert_free(a);
}

static void
other_lines_are_redacted_only_where_told(void **state)
{
	struct format_options o = {CONFIG_REDACT_NONE, NULL};
	struct text_out out;

	(void)state;
	text_out_init(&out);
	format_redacted(SPAN_LITERAL("{\"a\":\"bob@x.test\"}\n"), &o, &out);
	assert_string_equal(out.at, "{\"a\":\"bob@x.test\"}");
	text_out_reset(&out);
	o.redact = CONFIG_REDACT_LOCAL_PART;
	format_redacted(SPAN_LITERAL("{\"a\":\"bob@x.test\"}\n"), &o, &out);
	assert_string_equal(out.at, "{\"a\":\"\xe2\x80\xa6@x.test\"}");
	text_out_free(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_format_has_its_name_and_its_line),
		cmocka_unit_test(a_line_is_appended_to_what_is_there),
		cmocka_unit_test(other_lines_are_redacted_only_where_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
