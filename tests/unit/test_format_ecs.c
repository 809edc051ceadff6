/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
the_fields_are_those_of_ecs(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_ECS, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\"@timestamp\":\"2026-11-23T20:22:53.596123456Z\"");
	assert_holds(&out, "\"ecs\":{\"version\":\"9.4.0\"}");
	assert_holds(&out, "\"message\":\"Open mail relay\"");
	assert_holds(&out, "\"kind\":\"alert\"");
	assert_holds(&out, "\"id\":\"01M8516SWWT948Y0E90F272JN7\"");
	assert_holds(&out, "\"severity\":73,\"risk_score\":73");
	assert_holds(&out, "\"source\":{\"address\":\"198.51.100.66\",\"ip\":\"198.51."
			   "100.66\",\"port\":40122}");
	assert_holds(&out,
		"\"email\":{\"from\":{\"address\":[\"mallory@shop.test\"]},\"to\":{"
		"\"address\":[\"bob@victim.test\"]},\"message_id\":\"1@shop.test\"");
	assert_holds(&out, "\"vulnerability\":{\"id\":\"CVE-1999-0512\"");
	assert_holds(&out, "\"attack_confidence\":\"possible\"");
	text_out_free(&out);
	alert_free(a);
}

static void
a_blind_sensor_is_no_vulnerability_and_no_connection(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->kind = ALERT_SENSOR;
	a->rule = SPAN_LITERAL("sensor-blind");
	a->server = a->client = (struct ip_addr){{0}};
	out = rig_line(CONFIG_FORMAT_ECS, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "\"category\":[\"network\"]");
	assert_lacks(&out, "\"network\":{");
	assert_lacks(&out, "\"source\"");
	assert_lacks(&out, "\"server\"");
	assert_lacks(&out, "\"threat\"");
	assert_lacks(&out, "\"vulnerability\"");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_fields_are_those_of_ecs),
		cmocka_unit_test(a_blind_sensor_is_no_vulnerability_and_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
