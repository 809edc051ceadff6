/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
header_and_keys_are_those_of_the_standard(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	out = rig_line(CONFIG_FORMAT_CEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "CEF:0|relaytap|relaytap|");
	assert_holds(&out, "|open-relay|Open mail relay|8|rt=1795465373596 ");
	assert_holds(&out, " src=198.51.100.66 spt=40122 dst=203.0.113.11 dpt=25 ");
	assert_holds(&out, " cnt=7 ");
	assert_holds(&out, " suser=mallory@shop.test duser=bob@victim.test ");
	assert_holds(&out, " cfp1=0.900 cfp1Label=confidence");
	assert_lacks(&out, "c6a");
	text_out_free(&out);
	alert_free(a);
}

static void
what_separates_is_escaped(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->detail = SPAN_LITERAL("a=b \\ | c\nd\re\0f");
	out = rig_line(CONFIG_FORMAT_CEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, " msg=a\\=b \\\\ | c\\nd\\re\\\\x00f ");
	text_out_free(&out);
	alert_free(a);
}

static void
pipes_are_escaped_in_the_header_only(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->title = SPAN_LITERAL("a|b\\=");
	out = rig_line(CONFIG_FORMAT_CEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, "|a\\|b\\\\=|");
	text_out_free(&out);
	alert_free(a);
}

static void
addresses_of_ipv6_have_keys_of_their_own(void **state)
{
	struct alert *a = rig_alert();
	struct text_out out;

	(void)state;
	a->client = rig_addr("2001:db8::1");
	a->server = rig_addr("2001:db8::2");
	out = rig_line(CONFIG_FORMAT_CEF, a, CONFIG_REDACT_NONE);
	assert_holds(&out, " c6a4=2001:db8::1 c6a4Label=Source IPv6 Address ");
	assert_holds(&out, " c6a3=2001:db8::2 c6a3Label=Destination IPv6 Address ");
	assert_lacks(&out, " src=");
	assert_lacks(&out, " dst=");
	text_out_free(&out);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_and_keys_are_those_of_the_standard),
		cmocka_unit_test(what_separates_is_escaped),
		cmocka_unit_test(pipes_are_escaped_in_the_header_only),
		cmocka_unit_test(addresses_of_ipv6_have_keys_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
