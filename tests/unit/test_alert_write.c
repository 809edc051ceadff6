/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_sample.h"

static void
assert_written(const struct alert *a, const char *want)
{
	struct json_out j;

	json_out_init(&j);
	alert_write(a, &j);
	assert_int_equal(j.used, strlen(want));
	assert_memory_equal(j.at, want, j.used);
	json_out_free(&j);
}

static void
every_member_has_its_name_and_place(void **state)
{
	struct alert *a = sample_alert();

	(void)state;
	assert_written(a,
		"{\"type\":\"alert\",\"schema\":1,\"id\":\"01ARYZ6S42TSV4RRFFQ69G5FAV\","
		"\"incident\":\"01ARYZ6S41TSV4RRFFQ69G5FAV\",\"kind\":\"relay\","
		"\"action\":\"escalated\",\"severity\":\"critical\","
		"\"rule\":\"open-relay\",\"title\":\"Open mail relay\","
		"\"detail\":\"the detail\",\"time\":\"2026-11-23T20:22:53.000000000Z\","
		"\"first\":\"2026-11-23T20:21:53.000000000Z\","
		"\"last\":\"2026-11-23T20:22:52.999999999Z\","
		"\"count\":12,\"since\":4,\"suppressed\":3,"
		"\"server\":{\"ip\":\"203.0.113.11\",\"port\":25,"
		"\"name\":\"mail.corp.test\",\"mta\":\"Postfix\"},"
		"\"client\":{\"ip\":\"198.51.100.66\",\"port\":40000,"
		"\"helo\":\"client.evil.test\"},"
		"\"clients\":[\"198.51.100.66\",\"2001:db8::66\"],\"client_total\":20,"
		"\"domains\":[\"victim.test\"],\"domain_total\":7,"
		"\"next_hops\":[\"198.51.100.10\"],"
		"\"mail\":{\"from\":\"spam@evil.test\","
		"\"to\":[\"one@victim.test\",\"two@victim.test\"],"
		"\"message_id\":\"<1@evil.test>\",\"subject\":\"Buy now\"},"
		"\"verdict\":\"open-relay\",\"was\":\"partial-relay\","
		"\"grade\":\"confirmed\",\"cause\":\"source-masking\","
		"\"masked_as\":\"172.17.0.1\",\"tricks\":[\"percent\"],"
		"\"confidence\":0.991,\"explanation\":\"the explanation\","
		"\"contain\":\"Contain it:\\n  command\\n\",\"mend\":\"to mend it\","
		"\"confirm\":\"to confirm it\",\"evidence\":[{\"kind\":\"sent-on\","
		"\"what\":\"message sent on\",\"weight\":10.0,"
		"\"time\":\"2026-11-23T20:22:53.000000001Z\",\"file\":\"x.pcap\","
		"\"frame\":31,\"client\":\"198.51.100.66\",\"domain\":\"victim.test\","
		"\"reply_code\":250,\"reply\":\"Ok: queued\","
		"\"queue_id\":\"4XyZ1a2b3c\",\"next_hop\":\"198.51.100.10\","
		"\"next_hop_name\":\"mx1.victim.test\"}]}");
	alert_free(a);
}

static void
what_is_not_known_is_absent(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	a->kind = ALERT_SENSOR;
	a->rule = alert_keep_text(a, "sensor-blind");
	a->title = alert_keep_text(a, "T");
	a->time = SAMPLE_TIME;
	memcpy(a->id, "01ARYZ6S42TSV4RRFFQ69G5FAV", ALERT_ID);
	memcpy(a->incident, a->id, ALERT_ID);
	assert_written(a,
		"{\"type\":\"alert\",\"schema\":1,\"id\":\"01ARYZ6S42TSV4RRFFQ69G5FAV\","
		"\"incident\":\"01ARYZ6S42TSV4RRFFQ69G5FAV\",\"kind\":\"sensor\","
		"\"action\":\"opened\",\"severity\":\"low\",\"rule\":\"sensor-blind\","
		"\"title\":\"T\",\"time\":\"2026-11-23T20:22:53.000000000Z\","
		"\"count\":0}");
	alert_free(a);
}

static void
a_weight_that_would_show_as_nought_is_none(void **state)
{
	static const double none[] = {0, 0.04, -0.04, -0.0};
	struct alert *a = alert_new();
	struct json_out j;

	(void)state;
	a->evidence[0].what = alert_keep_text(a, "w");
	a->evidence_count = 1;
	json_out_init(&j);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		a->evidence[0].weight = none[i];
		alert_write(a, &j);
		assert_null(memmem(j.at, j.used, "weight", 6));
		json_out_reset(&j);
	}
	a->evidence[0].weight = -2.26;
	alert_write(a, &j);
	assert_non_null(memmem(j.at, j.used, "\"weight\":-2.3", 13));
	json_out_free(&j);
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_has_its_name_and_place),
		cmocka_unit_test(what_is_not_known_is_absent),
		cmocka_unit_test(a_weight_that_would_show_as_nought_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
