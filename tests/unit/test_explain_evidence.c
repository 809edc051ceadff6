/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/explain.h"
#include "sensor/infer/explain_parts.h"

static const char *
told(const struct rig *r, const struct evidence *e)
{
	static char out[EXPLAIN_MAX];

	explain_evidence(&r->v, e, out, sizeof(out));
	return out;
}

static void
each_kind_of_evidence_is_a_clause_of_its_own(void **state)
{
	static const struct {
		enum evidence_kind kind;
		const char *want;
	} cases[] = {
		{EVIDENCE_SENT_ON,
			"message from 198.51.100.66 for victim.test sent on to "
			"mx1.victim.test (198.51.100.10) (same queue id)"},
		{EVIDENCE_TRIED,
			"tried to send the message from 198.51.100.66 for victim.test on "
			"to "
			"mx1.victim.test (198.51.100.10) (same queue id), which did not "
			"take it"},
		{EVIDENCE_INSIDE,
			"message from 198.51.100.66 for victim.test handed to an inside "
			"host at mx1.victim.test (198.51.100.10) (same queue id)"},
		{EVIDENCE_TAKEN, "message from 198.51.100.66 for victim.test taken: 250 "
				 "Ok: queued "
				 "as 4XyZ1a2b3c"},
		{EVIDENCE_RCPT_TAKEN,
			"recipient in victim.test accepted from 198.51.100.66: 250 Ok: "
			"queued as 4XyZ1a2b3c"},
		{EVIDENCE_DENIED, "recipient in victim.test refused to 198.51.100.66"},
		{EVIDENCE_BOUNCED, "message from 198.51.100.66 for victim.test bounced "
				   "by the server "
				   "afterwards"},
		{EVIDENCE_FOREIGN,
			"victim.test is not its own: the mail exchangers that DNS gives "
			"for it are other hosts"},
		{EVIDENCE_TRUSTED, "message from 198.51.100.66 for victim.test taken: "
				   "this client was "
				   "never refused"},
		{EVIDENCE_SILENT, "message from 198.51.100.66 for victim.test never seen "
				  "leaving the "
				  "server"},
	};
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct evidence e = {.kind = cases[i].kind,
			.a = a,
			.domain = {DOMAIN_FOREIGN_MX, {0}}};

		assert_string_equal(told(&r, &e), cases[i].want);
	}
	rig_free(&r);
}

static void
masking_shows_both_addresses(void **state)
{
	struct attempt *a;
	struct evidence *e;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	a->masked = true;
	a->masked_as = rig_addr("172.17.0.1");
	e = rig_evidence(&r, EVIDENCE_MASKED, a, DOMAIN_FOREIGN_MX);
	assert_string_equal(told(&r, e),
		"the client is 198.51.100.66 on the wire, but 172.17.0.1 "
		"to the server, says its Received header");
	rig_free(&r);
}

static void
a_recipient_in_an_odd_form_says_which(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_RESTRICTED, GRADE_CONFIRMED);
	a = rig_denial(&r, 0);
	a->key.form = SMTP_FORM_PERCENT;
	assert_string_equal(told(&r, &r.v.evidence[0]),
		"recipient in victim.test (form: percent) refused to 198.51.100.99: 554 "
		"Relay access "
		"denied");
	rig_free(&r);
}

/* Every source says its own, and on the right side of the question. */
static void
each_source_of_a_judgement_says_hosted_foreign_or_neither(void **state)
{
	char seen[DOMAIN_FOREIGN_LITERAL + 1][200];
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	for (enum judge_domain d = DOMAIN_UNKNOWN; d <= DOMAIN_FOREIGN_LITERAL; d++) {
		struct evidence e = {.a = a, .domain = {d, {0}}};
		struct prose p;

		prose_init(&p, seen[d], sizeof(seen[d]));
		explain_domain(&p, &e);
		assert_true(p.used + 1 < sizeof(seen[d]));
		for (enum judge_domain before = DOMAIN_UNKNOWN; before < d; before++)
			assert_string_not_equal(seen[d], seen[before]);
		assert_int_equal(judge_is_foreign(d),
			strncmp(seen[d], "victim.test is not its own: ", 28) == 0);
		assert_int_equal(judge_is_hosted(d),
			strncmp(seen[d], "victim.test is its own: ", 24) == 0);
	}
	rig_free(&r);
}

static void
each_tie_is_proof_of_its_own_strength(void **state)
{
	static const struct {
		enum tie tie;
		uint64_t encrypted;
		const char *want;
	} cases[] = {
		{TIE_NONE, 0, ""},
		{TIE_RECEIVED, 0,
			"The message that it handed to mx1.victim.test (198.51.100.10) "
			"says in the "
			"server's own Received header that it came from 198.51.100.66 "
			"without "
			"authentication; the connection on which it came was not seen."},
		{TIE_RECEIVED, 1,
			"The message that it handed to mx1.victim.test (198.51.100.10) "
			"says in the "
			"server's own Received header that it came from 198.51.100.66 "
			"without "
			"authentication; the connection on which it came was encrypted "
			"or not seen."},
		{TIE_FINGERPRINT, 0,
			"How that is known: the message that it had from 198.51.100.66 "
			"and the one "
			"that it then handed to mx1.victim.test (198.51.100.10) have the "
			"same sender, "
			"recipient and body."},
		{TIE_MESSAGE_ID, 0,
			"How that is known: the message that it had from 198.51.100.66 "
			"and the one "
			"that it then handed to mx1.victim.test (198.51.100.10) have the "
			"same "
			"Message-ID and recipient."},
	};
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[400];
		struct prose p;

		a->tie = cases[i].tie;
		r.id.encrypted = cases[i].encrypted;
		prose_init(&p, out, sizeof(out));
		explain_tie(&p, &r.v, &r.v.evidence[1]);
		assert_string_equal(out, cases[i].want);
	}
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_evidence_is_a_clause_of_its_own),
		cmocka_unit_test(masking_shows_both_addresses),
		cmocka_unit_test(a_recipient_in_an_odd_form_says_which),
		cmocka_unit_test(
			each_source_of_a_judgement_says_hosted_foreign_or_neither),
		cmocka_unit_test(each_tie_is_proof_of_its_own_strength),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
