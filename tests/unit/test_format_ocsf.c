/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
it_is_a_detection_finding(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_OCSF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\"activity_id\":1,");
	assert_holds(&out, "\"class_uid\":2004");
	assert_holds(&out, "\"type_uid\":200401");
	assert_holds(&out, "\"severity_id\":4");
	assert_holds(&out, "\"time\":1795465373596");
	assert_holds(&out, "\"confidence_score\":90,\"confidence_id\":3");
	assert_holds(&out, "\"finding_info\":{\"uid\":\"01M8516SWWT948Y0E90F272JN8\"");
	assert_holds(&out, "\"metadata\":{\"version\":\"1.8.0\"");
	assert_holds(&out, "\"cve\":{\"uid\":\"CVE-1999-0512\"}");
	text_out_free(&out);
	alert_free(a);
}

static void
an_end_closes_the_finding(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->action = ALERT_CLOSED;
	out = rig_line(CONFIG_FORMAT_OCSF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\"activity_id\":3,");
	assert_holds(&out, "\"type_uid\":200403");
	assert_holds(&out, "\"status_id\":4");
	assert_lacks(&out, "created_time");
	text_out_free(&out);
	alert_free(a);
}

static void
what_is_no_address_to_ocsf_is_unmapped_only(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->mail.from = SPAN_LITERAL("x y@z.test");
	out = rig_line(CONFIG_FORMAT_OCSF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\"to\":[\"bob@victim.test\"],\"message_uid\"");
	assert_holds(&out, "\"mail\":{\"from\":\"x y@z.test\"");
	assert_lacks(&out, "\"email\":{\"from\"");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_a_detection_finding),
		cmocka_unit_test(an_end_closes_the_finding),
		cmocka_unit_test(what_is_no_address_to_ocsf_is_unmapped_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
