/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
attributes_stand_between_tabs(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_LEEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "LEEF:2.0|relaytap|relaytap|");
	assert_holds(&out, "|open-relay|x09|devTime=Nov 23 2026 20:22:53.596 GMT\t");
	text_out_free(&out);
	alert_free(a);
}

static void
no_value_holds_the_delimiter(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->detail = SPAN_LITERAL("a\tb\nc\rd|e=f\x1b");
	out = rig_line(CONFIG_FORMAT_LEEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\tmsg=a b c d|e=f\\x1b\t");
	text_out_free(&out);
	alert_free(a);
}

static void
a_forged_sender_is_no_user(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_LEEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "mailFrom=mallory@shop.test");
	assert_lacks(&out, "usrName");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_stand_between_tabs),
		cmocka_unit_test(no_value_holds_the_delimiter),
		cmocka_unit_test(a_forged_sender_is_no_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
