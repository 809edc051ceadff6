/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

#include "sensor/infer/finding_kind.h"
#include "sensor/infer/verdict.h"

static void
severities_are_each_formats_own(void **state)
{
	struct format_severity low = format_severity_of(ALERT_SEVERITY_LOW);
	struct format_severity critical = format_severity_of(ALERT_SEVERITY_CRITICAL);

	(void)state;
	assert_int_equal(low.ecs, 21);
	assert_int_equal(low.eve, 3);
	assert_int_equal(critical.ecs, 99);
	assert_int_equal(critical.ocsf, 5);
	assert_int_equal(critical.cef, 10);
	assert_int_equal(critical.leef, 10);
	assert_int_equal(critical.eve, 1);
}

static void
each_finding_has_a_number_and_none_has_anothers(void **state)
{
	unsigned seen[FINDING_KINDS];
	struct alert *a = rig_alert();

	(void)state;
	a->kind = ALERT_FINDING;
	for (unsigned i = 0; i < FINDING_KINDS; i++) {
		a->rule = span_of_text(finding_kind_name((enum finding_kind)i));
		seen[i] = format_rule_of(a)->number;
		assert_string_equal(
			format_rule_of(a)->name, finding_kind_name((enum finding_kind)i));
		for (unsigned k = 0; k < i; k++)
			assert_int_not_equal(seen[i], seen[k]);
	}
	a->rule = SPAN_LITERAL("one-to-come");
	assert_int_equal(format_rule_of(a)->number, 1925010);
	alert_free(a);
}

static void
each_relay_verdict_has_a_rule(void **state)
{
	static const enum verdict_kind kinds[] = {
		VERDICT_OPEN_RELAY, VERDICT_PARTIAL_RELAY, VERDICT_OPEN_SUBMISSION};
	struct alert *a = rig_alert();

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		a->rule = span_of_text(verdict_name(kinds[i]));
		assert_int_equal(format_rule_of(a)->class, FORMAT_CLASS_RELAY);
		assert_string_equal(
			format_attack_id(format_rule_of(a)->attack), "T1584.004");
		assert_int_equal(
			format_rule_of(a)->cve, kinds[i] != VERDICT_OPEN_SUBMISSION);
	}
	alert_free(a);
}

static void
related_addresses_and_hosts_are_told_once(void **state)
{
	struct ip_addr addrs[FORMAT_ADDRESSES_MAX];
	struct span hosts[FORMAT_HOSTS_MAX];
	struct alert *a = rig_alert();

	(void)state;
	a->clients[0] = a->client;
	a->clients[1] = rig_addr("198.51.100.67");
	a->client_count = 2;
	a->hops[0] = a->server;
	a->hop_count = 1;
	a->evidence[0].next_hop_name = SPAN_LITERAL("MAIL.corp.test");
	assert_int_equal(format_addresses(a, addrs), 3);
	assert_true(ip_addr_equal(&addrs[0], &a->server));
	assert_int_equal(format_hosts(a, hosts), 1);
	alert_free(a);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(severities_are_each_formats_own),
		cmocka_unit_test(each_finding_has_a_number_and_none_has_anothers),
		cmocka_unit_test(each_relay_verdict_has_a_rule),
		cmocka_unit_test(related_addresses_and_hosts_are_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
