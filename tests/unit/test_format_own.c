/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

static void
what_is_not_known_is_absent(void **state)
{
	struct alert *a = alert_new();
	struct json_out j;

	(void)state;
	json_out_init(&j);
	json_out_object(&j, NULL);
	format_own(&j, a, FORMAT_OWN_EVIDENCE);
	json_out_object_end(&j);
	assert_int_equal(
		j.used, strlen("{\"relaytap\":{\"id\":\"\",\"rule\":\"\",\"kind\":"
			       "\"relay\",\"action\":\"opened\",\"severity\":"
			       "\"low\",\"count\":0}}"));
	json_out_free(&j);
	alert_free(a);
}

static void
message_and_evidence_are_there_when_asked_for(void **state)
{
	struct alert *a = rig_alert();
	struct json_out j;

	(void)state;
	json_out_init(&j);
	format_own(&j, a, FORMAT_OWN_EVIDENCE);
	assert_non_null(memmem(j.at, j.used, "\"evidence\":[{\"kind\"", 19));
	assert_null(memmem(j.at, j.used, "\"mail\":", 7));
	json_out_reset(&j);
	format_own(&j, a, FORMAT_OWN_MAIL);
	assert_null(memmem(j.at, j.used, "\"evidence\":", 11));
	assert_non_null(memmem(j.at, j.used, "\"mail\":{\"from\"", 14));
	json_out_free(&j);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_known_is_absent),
		cmocka_unit_test(message_and_evidence_are_there_when_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
