/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_sample.h"

#include <stdio.h>

/* Written, read and written again: the same octets. */
static struct alert *
assert_round(const struct alert *a)
{
	struct json_out first, second;
	struct guarded g;
	const char *reason = NULL;
	struct alert *back;

	json_out_init(&first);
	json_out_init(&second);
	alert_write(a, &first);
	g = guarded_new(first.at, first.used);
	back = alert_read(guarded_span(&g), &reason);
	guarded_free(&g);
	assert_non_null(back);
	assert_null(reason);
	alert_write(back, &second);
	assert_int_equal(first.used, second.used);
	assert_memory_equal(first.at, second.at, first.used);
	json_out_free(&first);
	json_out_free(&second);
	return back;
}

static void
an_alert_reads_back_as_it_was(void **state)
{
	struct alert *a = sample_alert();
	struct alert *back = assert_round(a);

	(void)state;
	assert_string_equal(back->id, a->id);
	assert_string_equal(back->incident, a->incident);
	assert_int_equal(back->action, ALERT_ESCALATED);
	assert_int_equal(back->severity, ALERT_SEVERITY_CRITICAL);
	assert_int_equal(back->time, a->time);
	assert_int_equal(back->count, 12);
	assert_int_equal(back->client_port, 40000);
	assert_true(ip_addr_equal(&back->clients[1], &a->clients[1]));
	assert_true(span_equal(back->contain, a->contain));
	assert_true(span_equal(back->mail.helo, a->mail.helo));
	assert_int_equal(back->evidence_count, 1);
	assert_int_equal(back->evidence[0].frame, 31);
	assert_true(ip_addr_equal(&back->evidence[0].next_hop, &a->evidence[0].next_hop));
	alert_free(back);
	alert_free(a);
}

static void
the_largest_numbers_and_fullest_lists_come_back(void **state)
{
	struct alert *a = sample_alert();

	(void)state;
	a->count = a->since = a->suppressed = UINT64_MAX;
	a->client_total = a->domain_total = UINT64_MAX;
	a->port = a->client_port = UINT16_MAX;
	a->time = a->first = a->last = UINT64_MAX;
	a->confidence = 1;
	for (size_t i = 0; i < ALERT_CLIENTS_MAX; i++) {
		a->clients[i] = a->client;
		a->clients[i].at[15] = (uint8_t)i;
	}
	a->client_count = ALERT_CLIENTS_MAX;
	for (size_t i = 0; i < ALERT_DOMAINS_MAX; i++)
		a->domains[i] = a->domains[0];
	a->domain_count = ALERT_DOMAINS_MAX;
	for (size_t i = 0; i < ALERT_HOPS_MAX; i++)
		a->hops[i] = a->hops[0];
	a->hop_count = ALERT_HOPS_MAX;
	while (a->evidence_count < ALERT_EVIDENCE_MAX)
		sample_evidence(a);
	a->evidence[3].frame = UINT32_MAX;
	alert_free(assert_round(a));
	alert_free(a);
}

static void
hostile_octets_come_back_as_they_were_written(void **state)
{
	static const struct span texts[] = {
		SPAN_LITERAL("\",\"verdict\":\"restricted\",\"x\":\""),
		SPAN_LITERAL("a\x00\x01\x1b[31m\x7f\r\n\tb\\"),
		SPAN_LITERAL("\xff\xfe\xc0\xaf\xed\xa0\x80\xe2\x82"),
		SPAN_LITERAL("\xe2\x80\xae gpj.exe \xf0\x9f\x93\xa7"),
		SPAN_LITERAL("\\ud800 \\u0000 \\x41 \\\\"),
		SPAN_LITERAL("\x00"),
		SPAN_LITERAL("\xf4\x90\x80\x80\x80"),
		SPAN_LITERAL("</script>&amp;' \x85\xa0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct alert *a = sample_alert();

		a->mail.subject = a->mail.from = a->mail.to[0] = a->mail.helo = texts[i];
		a->server_name = a->domains[0] = a->detail = texts[i];
		a->evidence[0].what = a->evidence[0].reply = texts[i];
		a->evidence[0].file = a->evidence[0].next_hop_name = texts[i];
		alert_free(assert_round(a));
		alert_free(a);
	}
}

static void
every_octet_and_a_text_of_ten_thousand_come_back(void **state)
{
	uint8_t text[10240];
	struct alert *a = sample_alert();
	struct alert *back;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (uint8_t)(i < 256 ? i : i * 7919 >> 3);
	a->mail.subject = alert_keep(a, span_of(text, sizeof(text)));
	back = assert_round(a);
	assert_int_equal(back->mail.subject.at[0], 0);
	assert_true(back->mail.subject.len > sizeof(text));
	alert_free(back);
	alert_free(a);
}

#define HEAD                                                                             \
	"{\"type\":\"alert\",\"schema\":1,\"id\":\"01ARYZ6S42TSV4RRFFQ69G5FAV\","        \
	"\"incident\":\"01ARYZ6S42TSV4RRFFQ69G5FAV\",\"kind\":\"relay\","                \
	"\"action\":\"opened\",\"severity\":\"low\",\"rule\":\"r\",\"title\":\"t\","     \
	"\"time\":\"2026-11-23T20:22:53.000000000Z\""

static void
what_is_malformed_beside_the_needed_reads_as_not_known(void **state)
{
	static const char *const texts[] = {
		",\"count\":-5,\"since\":\"x\",\"first\":\"yesterday\"",
		",\"server\":{\"ip\":\"999.1.1.1\",\"port\":65536}",
		",\"server\":[1],\"client\":\"x\",\"clients\":{},\"domains\":7",
		",\"clients\":[\"x\",1,null,[],\"::\"],\"domains\":[\"\",1,null,{}]",
		",\"confidence\":1.5,\"evidence\":[1,null,[],{},{\"what\":\"\"}]",
		",\"confidence\":NaN",
		",\"confidence\":-1,\"mail\":{\"to\":[[]],\"from\":1}",
		",\"unheard\":{\"of\":[1,2,{}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		char text[1000];
		const char *reason = NULL;
		struct alert *a;
		struct json_out j;

		snprintf(text, sizeof(text), HEAD "%s}", texts[i]);
		a = alert_read(span_of_text(text), &reason);
		assert_non_null(a);
		json_out_init(&j);
		alert_write(a, &j);
		strcpy(text, HEAD ",\"count\":0}");
		assert_int_equal(j.used, strlen(text));
		assert_memory_equal(j.at, text, j.used);
		json_out_free(&j);
		alert_free(a);
	}
}

static void
a_surrogate_alone_is_shown_as_a_character_that_is_none(void **state)
{
	const char *reason = NULL;
	struct alert *a = alert_read(
		SPAN_LITERAL(HEAD ",\"detail\":\"a\\ud800b\\udc00\"}"), &reason);

	(void)state;
	assert_non_null(a);
	assert_true(span_equal(a->detail, SPAN_LITERAL("a\xef\xbf\xbd"
						       "b\xef\xbf\xbd")));
	alert_free(assert_round(a));
	alert_free(a);
}

static void
what_is_no_alert_is_refused_with_a_reason(void **state)
{
	static const char *const texts[] = {"", "x", "null", "7", "[]", "{}",
		"{\"type\":\"server\"}", "{\"type\":\"alert\"}", HEAD "}x", HEAD "}{}",
		HEAD, HEAD ",\"schema\":2}", HEAD ",\"id\":\"short\"}",
		HEAD ",\"id\":\"81ARYZ6S42TSV4RRFFQ69G5FAV\"}",
		HEAD ",\"incident\":\"01ARYZ6S42TSV4RRFFQ69G5FAI\"}",
		HEAD ",\"incident\":\"01ARYZ6S42TSV4RRFFQ69G5FA\\u0000\"}",
		HEAD ",\"kind\":\"other\"}", HEAD ",\"action\":\"\"}",
		HEAD ",\"severity\":\"LOW\"}", HEAD ",\"time\":1}",
		HEAD ",\"rule\":\"\"}", HEAD ",\"title\":[]}",
		HEAD ",\"x\":[[[[[[[[[[1]]]]]]]]]]}"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *reason = NULL;

		assert_null(alert_read(span_of_text(texts[i]), &reason));
		assert_non_null(reason);
		assert_true(*reason != '\0' && strcmp(reason, "success") != 0);
	}
}

static void
a_text_cut_anywhere_is_refused(void **state)
{
	struct alert *a = sample_alert();
	struct json_out j;

	(void)state;
	json_out_init(&j);
	alert_write(a, &j);
	for (size_t cut = 0; cut < j.used; cut++) {
		const char *reason = NULL;

		assert_null(alert_read(span_of(j.at, cut), &reason));
		assert_non_null(reason);
	}
	json_out_free(&j);
	alert_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_alert_reads_back_as_it_was),
		cmocka_unit_test(the_largest_numbers_and_fullest_lists_come_back),
		cmocka_unit_test(hostile_octets_come_back_as_they_were_written),
		cmocka_unit_test(every_octet_and_a_text_of_ten_thousand_come_back),
		cmocka_unit_test(what_is_malformed_beside_the_needed_reads_as_not_known),
		cmocka_unit_test(a_surrogate_alone_is_shown_as_a_character_that_is_none),
		cmocka_unit_test(what_is_no_alert_is_refused_with_a_reason),
		cmocka_unit_test(a_text_cut_anywhere_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
