/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replies in our sentences. What a server answers is its own choice: it must not be able
 * to leave a part of its reply behind.
 */
#include "feed.h"

#include <stdio.h>

#include "sensor/output/redact_reply.h"
#include "verdict_rig.h"

#include "sensor/infer/explain.h"

#define M REDACT_MARK

typedef void redactor(struct span, enum config_redact, struct text_out *);

static void
becomes(redactor *redact, const char *in, enum config_redact level, const char *want)
{
	struct guarded g = guarded_new(in, strlen(in));
	struct text_out out;

	text_out_init(&out);
	text_out_text(&out, "");
	redact(guarded_span(&g), level, &out);
	assert_string_equal(out.at, want);
	text_out_free(&out);
	guarded_free(&g);
}

static void
an_item_of_evidence_loses_the_reply_that_ends_it(void **state)
{
	static const struct {
		const char *in, *all;
	} cases[] = {
		{"recipient in a.test refused to 2001:db8::1: 550 5.1.1 bob unknown",
			"recipient in a.test refused to 2001:db8::1: 550 " M},
		{"RCPT <bob@a.test>: 550 bob: 5 of them", "RCPT <" M ">: 550 " M},
		{"mx.a.test refused its mail: 554 bob",
			"mx.a.test refused its mail: 554 " M},
		/* Codes of records from elsewhere. */
		{"x: 65535 bob", "x: 65535 " M},
		/* An address around what looks like a reply goes whole. */
		{"RCPT <x: 250 y@a.test>: 550 bob", "RCPT <" M M},
		{"RCPT \"bob: 250 y\"@a.test: 550 no", "RCPT " M M},
		{"RCPT (bob: 250 y)c@a.test: 550 no", "RCPT " M M},
		/* So does what a quote in the reply makes one with an address. */
		{"RCPT x: 550 bob\"@a.test bob", M M},
		{"RCPT x: 550 bob@a.test bob", "RCPT x: 550 " M},
		/* No reply, or none with a text. */
		{"recipient in a.test refused to 192.0.2.1: 550",
			"recipient in a.test refused to 192.0.2.1: 550"},
		{"RCPT <x>: 550 ", "RCPT <" M ">: 550 "},
		{"a.test is not its own: the mail exchangers",
			"a.test is not its own: the mail exchangers"},
		{"2 VRFY and 3 EXPN commands", "2 VRFY and 3 EXPN commands"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		becomes(redact_evidence, cases[i].in, CONFIG_REDACT_ALL, cases[i].all);
	becomes(redact_evidence, cases[1].in, CONFIG_REDACT_LOCAL_PART,
		"RCPT <" M "@a.test>: 550 bob: 5 of them");
	becomes(redact_evidence, cases[1].in, CONFIG_REDACT_NONE, cases[1].in);
}

#define LAST "1 client was refused, last 2026-11-23 20:22:53 UTC (550"

static void
a_sentence_loses_the_refusal_that_it_quotes(void **state)
{
	static const struct {
		const char *in, *all;
	} cases[] = {
		{"Denies: " LAST " no (bob)). It does",
			"Denies: " LAST " " M "). It does"},
		{LAST " no bob), and nothing", LAST " " M "), and nothing"},
		/* The server may write what we write: the last that it can be. */
		{LAST " no). bob (x). Ours.", LAST " " M "). Ours."},
		{LAST " no), bob). Ours.", LAST " " M "). Ours."},
		{LAST " " M "). bob). Ours.", LAST " " M "). Ours."},
		/* Cut. */
		{LAST " no bob", LAST " " M},
		/* A code without a text; no quotation. */
		{LAST "). It does", LAST "). It does"},
		{"took: 250 messages (1 of bob).", "took: 250 messages (1 of bob)."},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		becomes(redact_sentence, cases[i].in, CONFIG_REDACT_ALL, cases[i].all);
	becomes(redact_sentence, LAST " no <bob@a.test>).", CONFIG_REDACT_LOCAL_PART,
		LAST " no <" M "@a.test>).");
	becomes(redact_sentence, LAST " bob).", CONFIG_REDACT_NONE, LAST " bob).");
}

/* After a hundred octets the reply is over; what JSON made four octets was one. */
static void
a_long_reply_is_taken_to_its_end_and_no_further(void **state)
{
	char in[1024], hundred[101] = "", escaped[401] = "";

	(void)state;
	memset(hundred, 'b', 100);
	for (size_t i = 0; i < 100; i++)
		memcpy(escaped + 4 * i, "\\xff", 5);
	snprintf(in, sizeof(in), LAST " %s...). We (say so).", hundred);
	becomes(redact_sentence, in, CONFIG_REDACT_ALL, LAST " " M "). We (say so).");
	snprintf(in, sizeof(in), LAST " %s...). We (say so).", escaped);
	becomes(redact_sentence, in, CONFIG_REDACT_ALL, LAST " " M "). We (say so).");
}

/* With what the explanations really write, whatever the verdict. */
static void
no_explanation_keeps_a_reply(void **state)
{
	static const enum verdict_kind kinds[] = {VERDICT_OPEN_RELAY,
		VERDICT_PARTIAL_RELAY, VERDICT_RESTRICTED, VERDICT_REMEDIATED};
	char text[EXPLAIN_MAX];
	struct text_out out;
	struct rig r;

	(void)state;
	text_out_init(&out);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		rig_init(&r, kinds[i], GRADE_CONFIRMED);
		rig_proof(&r);
		snprintf(rig_denial(&r, 1)->reply, sizeof(r.a[1].reply),
			"5.7.1 zaphod (may). not");
		explain_long(&r.v, text, sizeof(text));
		assert_non_null(strstr(text, "zaphod"));
		text_out_reset(&out);
		redact_sentence(span_of_text(text), CONFIG_REDACT_ALL, &out);
		assert_null(strstr(out.at, "zaphod"));
		assert_non_null(strstr(out.at, M ")"));
		for (size_t n = 0; n < r.v.evidence_count; n++) {
			explain_evidence(&r.v, &r.v.evidence[n], text, sizeof(text));
			text_out_reset(&out);
			redact_evidence(span_of_text(text), CONFIG_REDACT_ALL, &out);
			assert_null(strstr(out.at, "zaphod"));
		}
		assert_non_null(strstr(text, "zaphod"));
		rig_free(&r);
	}
	text_out_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_of_evidence_loses_the_reply_that_ends_it),
		cmocka_unit_test(a_sentence_loses_the_refusal_that_it_quotes),
		cmocka_unit_test(a_long_reply_is_taken_to_its_end_and_no_further),
		cmocka_unit_test(no_explanation_keeps_a_reply),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
