/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
it_is_shaped_like_an_alert_of_suricata(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_EVE, a, CONFIG_REDACT_NONE);
	assert_holds(
		&out, "{\"timestamp\":\"2026-11-23T20:22:53.596123+0000\",\"flow_id\":");
	assert_holds(&out,
		"\"event_type\":\"alert\",\"src_ip\":\"198.51.100.66\",\"src_port\":"
		"40122,\"dest_ip\":\"203.0.113.11\",\"dest_port\":25,\"proto\":\"TCP\"");
	assert_holds(&out, "\"alert\":{\"action\":\"allowed\",\"gid\":1,\"signature_id\":"
			   "1925001,\"rev\":1,\"signature\":\"Open mail "
			   "relay\",\"category\":\"relay\",\"severity\":1}");
	assert_holds(&out, "\"smtp\":{\"helo\":\"client.test\",\"mail_from\":\"<mallory@"
			   "shop.test>\",\"rcpt_to\":[\"<bob@victim.test>\"]}");
	assert_holds(&out,
		"\"email\":{\"subject\":\"hello\",\"message_id\":\"<1@shop.test>\"}");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_shaped_like_an_alert_of_suricata),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
