/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/explain.h"

static const char *
explained(const struct rig *r)
{
	static char out[EXPLAIN_MAX];

	explain_long(&r->v, out, sizeof(out));
	return out;
}

static void
a_confirmed_open_relay_is_told_with_its_proof(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	assert_string_equal(explained(&r),
		"mail.corp.test (203.0.113.11:25, Postfix) is an open relay: it took 1 "
		"message "
		"from the outside client 198.51.100.66, which had not authenticated, for "
		"victim.test, which is not its own, and sent it on. First seen "
		"2026-11-23 "
		"20:22:53 UTC, last 2026-11-23 20:25:12 UTC. Proof: the queue id "
		"4XyZ1a2b3c "
		"that it gave to 198.51.100.66 stands in the Received header of the "
		"message "
		"that it then handed to mx1.victim.test (198.51.100.10). victim.test is "
		"not its "
		"own: the mail exchangers that DNS gives for it are other hosts.");
	rig_free(&r);
}

/* Eight were taken, the evidence shows one going on: no more is claimed. */
static void
only_what_was_seen_going_on_is_said_to_have_gone_on(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	rig_exposure(&r, 8, 3, 2);
	assert_non_null(strstr(explained(&r),
		"it took 8 messages from 3 outside clients, none of which had "
		"authenticated, for "
		"2 domains that are not its own, and sent at least 1 of them on."));
	r.a[0].messages = 8;
	assert_non_null(strstr(explained(&r), ", and sent them on."));
	r.a[0].count[REACH_MESSAGE] = 2;
	assert_non_null(strstr(explained(&r), ", and sent at least 4 of them on."));
	rig_free(&r);
}

static void
a_suspicion_is_worded_as_one_and_says_what_is_wanting(void **state)
{
	static const struct {
		enum evidence_kind kind;
		uint16_t code;
		const char *doubt;
	} cases[] = {
		{EVIDENCE_TAKEN, 250,
			"it answered for the mail, but was not seen sending it on."},
		{EVIDENCE_TAKEN, 0, "its answers were not captured."},
		{EVIDENCE_TRIED, 250,
			"no other server was seen to take the mail from it."},
		{EVIDENCE_INSIDE, 250,
			"what the inside host did with the mail was not seen."},
		{EVIDENCE_SENT_ON, 250,
			"that the domain is not its own is likely, but not sure."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct attempt *a;
		struct rig r;

		rig_init(&r, VERDICT_OPEN_RELAY, GRADE_SUSPECTED);
		a = rig_attempt(&r, 0, REACH_MESSAGE);
		a->reply_code = cases[i].code;
		rig_evidence(&r, cases[i].kind, a, DOMAIN_FOREIGN_SPREAD);
		rig_exposure(&r, 1, 1, 1);
		assert_non_null(strstr(explained(&r), "appears to be an open relay"));
		assert_non_null(
			strstr(explained(&r), " This is suspected, not proven: "));
		assert_non_null(strstr(explained(&r), cases[i].doubt));
		assert_null(strstr(explained(&r), "Proof"));
		rig_free(&r);
	}
}

static void
masking_names_the_address_and_the_usual_causes(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	r.v.cause = CAUSE_SOURCE_MASKING;
	r.v.masked_as = rig_addr("172.17.0.1");
	assert_non_null(strstr(explained(&r), "from clients that it knows as 172.17.0.1 "
					      "and that had not authenticated"));
	assert_non_null(strstr(explained(&r), "clients of several unrelated sites all "
					      "reach the server from the inside address "
					      "172.17.0.1. NAT, a load balancer or a "
					      "container's proxy stands in front"));
	a->masked = true;
	a->masked_as = r.v.masked_as;
	rig_evidence(&r, EVIDENCE_MASKED, a, DOMAIN_FOREIGN_MX);
	assert_non_null(strstr(explained(&r), "from the outside client 198.51.100.66"));
	assert_non_null(
		strstr(explained(&r), "but the server saw 172.17.0.1 in their place"));
	rig_free(&r);
}

static void
a_partial_relay_says_what_to_write_and_what_happens_without_it(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
	a = rig_proof(&r);
	a->key.form = SMTP_FORM_PERCENT;
	a->key.via = rig_word(&r, SPAN_LITERAL("corp.test"));
	r.v.tricks = TRICK_PERCENT;
	assert_non_null(strstr(explained(&r),
		"relays for strangers who put a percent sign before the real domain, as "
		"in RCPT "
		"TO:<user%victim.test@corp.test>. That way it took 1 message from"));
	assert_non_null(
		strstr(explained(&r), "How it answers those who do not was not seen."));
	rig_denial(&r, 1);
	assert_non_null(strstr(explained(&r), "Without that, it refuses: 1 client was "
					      "refused, last 2026-11-23 20:22:53 UTC "
					      "(554 Relay access denied)."));
	r.v.tricks |= TRICK_NULL_SENDER;
	assert_non_null(
		strstr(explained(&r), ", or who leave the sender empty, as in MAIL "
				      "FROM:<>"));
	rig_free(&r);
}

static void
open_submission_is_not_called_an_open_relay(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_SUBMISSION, GRADE_CONFIRMED);
	r.server.key.port = 587;
	a = rig_attempt(&r, 0, REACH_MESSAGE);
	rig_evidence(&r, EVIDENCE_TAKEN, a, DOMAIN_HOSTED_NAME);
	rig_exposure(&r, 1, 1, 1);
	assert_non_null(strstr(explained(&r), "is on the submission port 587"));
	assert_non_null(strstr(explained(&r), "so this is no open relay"));
	r.v.grade = GRADE_SUSPECTED;
	assert_non_null(strstr(explained(&r),
		"Whether the recipients' domains are its own is not "
		"known"));
	rig_free(&r);
}

static void
remediated_tells_both_halves_of_the_story(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_REMEDIATED, GRADE_CONFIRMED);
	rig_proof(&r);
	rig_denial(&r, 1);
	assert_non_null(strstr(explained(&r),
		"was an open relay and is no longer: it had taken 1 "
		"message"));
	assert_non_null(strstr(explained(&r),
		" Since then it refuses: 1 client was refused, last "
		"2026-11-23 20:22:53 UTC (554 Relay access denied), "
		"and nothing of the kind was taken."));
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_confirmed_open_relay_is_told_with_its_proof),
		cmocka_unit_test(only_what_was_seen_going_on_is_said_to_have_gone_on),
		cmocka_unit_test(a_suspicion_is_worded_as_one_and_says_what_is_wanting),
		cmocka_unit_test(masking_names_the_address_and_the_usual_causes),
		cmocka_unit_test(
			a_partial_relay_says_what_to_write_and_what_happens_without_it),
		cmocka_unit_test(open_submission_is_not_called_an_open_relay),
		cmocka_unit_test(remediated_tells_both_halves_of_the_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
