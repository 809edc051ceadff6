/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#include "sensor/alert/alert_make.h"

static struct alert *
made(const struct finding *f)
{
	struct record_files files;
	struct alert *a;

	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("x.pcap"));
	a = alert_of_finding(f, &files, UINT64_C(1800000000) * 1000000000);
	record_files_free(&files);
	return a;
}

static void
a_finding_becomes_an_alert_with_all_it_has(void **state)
{
	struct ip_addr client = scene_addr(OUT1), server = scene_addr(S);
	struct alert *a;

	odd_connect(*state, (struct odd_conn){.clear_password = true, .ok = 1});
	a = made(odd_only(*state, FINDING_CLEAR_CREDENTIALS));
	assert_int_equal(a->kind, ALERT_FINDING);
	assert_true(span_equal(a->rule, SPAN_LITERAL("clear-credentials")));
	assert_true(span_equal(a->title, SPAN_LITERAL("Passwords sent in clear")));
	assert_int_equal(a->severity, ALERT_SEVERITY_HIGH);
	assert_int_equal(a->time, UINT64_C(1800000000) * 1000000000);
	assert_int_equal(a->first, UINT64_C(1700000001) * 1000000000);
	assert_int_equal(a->count, 1);
	assert_true(ip_addr_equal(&a->server, &server));
	assert_int_equal(a->port, 25);
	assert_true(span_equal(a->server_name, SPAN_LITERAL(NAME)));
	assert_true(ip_addr_equal(&a->client, &client));
	assert_int_equal(a->client_count, 1);
	assert_int_equal(a->client_total, 1);
	assert_true(a->detail.len && a->explanation.len && a->mend.len);
	assert_true(a->contain.len == 0 && a->confirm.len == 0 && a->verdict.len == 0);
	assert_int_equal(a->evidence_count, 1);
	assert_true(a->evidence[0].what.len > 0);
	assert_int_equal(a->evidence[0].kind.len, 0);
	assert_int_equal(a->evidence[0].frame, 1);
	assert_true(span_equal(a->evidence[0].file, SPAN_LITERAL("x.pcap")));
	alert_free(a);
}

static void
more_clients_than_are_told_apart_are_one_more(void **state)
{
	char client[32];
	struct alert *a;

	for (int i = 1; i <= FINDING_CLIENTS_MAX + 5; i++) {
		snprintf(client, sizeof(client), "198.51.100.%d", i);
		odd_connect(*state,
			(struct odd_conn){.client = client, .clear_password = true});
	}
	a = made(odd_only(*state, FINDING_CLEAR_CREDENTIALS));
	assert_int_equal(a->client_count, ALERT_CLIENTS_MAX);
	assert_int_equal(a->client_total, FINDING_CLIENTS_MAX + 1);
	alert_free(a);
}

static void
an_alert_outlives_its_finding(void **state)
{
	struct scene s;
	struct alert *a;

	(void)state;
	scene_init(&s);
	odd_feed(&s, (struct odd_txn){.helo = "nmap.scanme.org",
			     .from = "<antispam@[" S "]>",
			     .to = "<relaytest%nmap.scanme.org@[" S "]>",
			     .code = 554});
	a = made(odd_only(&s, FINDING_RELAY_PROBE));
	scene_free(&s);
	assert_true(span_search_nocase(a->detail, SPAN_LITERAL("nmap")) < a->detail.len);
	assert_true(span_equal(a->server_name, SPAN_LITERAL(NAME)));
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(a_finding_becomes_an_alert_with_all_it_has),
		ODD(more_clients_than_are_told_apart_are_one_more),
		ODD(an_alert_outlives_its_finding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
