/* SPDX-License-Identifier: Apache-2.0 */
#include "top_rig.h"

static void
an_empty_sensor_has_every_member(void **state)
{
	static struct top_view v;
	struct text_out out;

	(void)state;
	text_out_init(&out);
	top_json_write(&v, &out);
	assert_string_equal(out.at,
		"{\"type\":\"top\",\"schema\":1,\"time\":\"1970-01-01T00:00:00."
		"000000000Z\","
		"\"uptime_s\":0,\"interfaces\":[],\"rates\":{\"packets_s\":0.0,"
		"\"octets_s\":0.0,\"mail_s\":0.0,\"transactions_s\":0.0,\"alerts\":0},"
		"\"queue\":{\"depth\":0,\"dropped\":0},\"flows\":{\"open\":0,\"max\":0},"
		"\"outputs\":[],\"servers_known\":0,\"servers\":[],\"losses\":[]}\n");
	text_out_free(&out);
}

static void
it_is_one_line_whatever_the_names_hold(void **state)
{
	struct text_out out;

	(void)state;
	text_out_init(&out);
	top_json_write(rig_view(), &out);
	assert_ptr_equal(strchr(out.at, '\n'), out.at + out.used - 1);
	assert_null(strchr(out.at, '\033'));
	assert_non_null(strstr(out.at,
		"{\"ip\":\"203.0.113.11\",\"port\":25,\"name\":\"mail.corp.test\","
		"\"verdict\":\"open-relay\",\"grade\":\"confirmed\",\"confidence\":0.99,"
		"\"messages\":120,\"last_seen\":\"2026-11-23T20:22:50.000000000Z\"}"));
	assert_non_null(strstr(out.at, "\"losses\":[\"eth2: 17 packets dropped\"]}"));
	text_out_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_sensor_has_every_member),
		cmocka_unit_test(it_is_one_line_whatever_the_names_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
