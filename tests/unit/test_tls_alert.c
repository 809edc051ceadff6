/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_alert.h"

static void
alerts_have_the_names_of_the_standard(void **state)
{
	(void)state;
	assert_string_equal(tls_alert_name(0), "close_notify");
	assert_string_equal(tls_alert_name(40), "handshake_failure");
	assert_string_equal(tls_alert_name(48), "unknown_ca");
	assert_string_equal(tls_alert_name(70), "protocol_version");
	assert_string_equal(tls_alert_name(120), "no_application_protocol");
	assert_string_equal(tls_alert_name(255), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(alerts_have_the_names_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
