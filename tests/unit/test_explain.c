/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/explain.h"

static void
assert_long(const struct rig *r, const char *want)
{
	char out[EXPLAIN_MAX];
	size_t n = explain_long(&r->v, out, sizeof(out));

	assert_string_equal(out, want);
	assert_int_equal(n, strlen(want));
}

static void
assert_short(const struct rig *r, const char *want)
{
	char out[EXPLAIN_MAX];
	size_t n = explain_short(&r->v, out, sizeof(out));

	assert_string_equal(out, want);
	assert_int_equal(n, strlen(want));
	assert_true(n < EXPLAIN_SHORT_MAX);
}

static void
restricted_says_who_was_refused_how_and_when(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_RESTRICTED, GRADE_CONFIRMED);
	rig_denial(&r, 0);
	assert_long(&r,
		"mail.corp.test (203.0.113.11:25, Postfix) does not relay for strangers: "
		"1 client was refused, last 2026-11-23 20:22:53 UTC (554 Relay access "
		"denied).");
	assert_short(&r, "Refused 1 outside client, last 2026-11-23 20:22:53 UTC.");
	r.v.denied_clients = 2;
	assert_short(&r, "Refused 2 outside clients, last 2026-11-23 20:22:53 UTC.");
	rig_free(&r);
}

static void
a_client_that_is_evidently_trusted_is_named_with_a_warning(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_RESTRICTED, GRADE_CONFIRMED);
	a = rig_attempt(&r, 1, REACH_MESSAGE);
	rig_denial(&r, 0);
	rig_evidence(&r, EVIDENCE_TRUSTED, a, DOMAIN_FOREIGN_MX);
	r.v.trusted = a->key.client;
	r.v.trusted_count = 1;
	assert_long(&r,
		"mail.corp.test (203.0.113.11:25, Postfix) does not relay for strangers: "
		"1 client was refused, last 2026-11-23 20:22:53 UTC (554 Relay access "
		"denied). It does relay for 198.51.100.66, without authentication (for "
		"example to victim.test). This client was never refused, so the server "
		"evidently trusts it. If it is not yours or a partner's, the list of "
		"hosts that may relay is too wide.");
	r.v.trusted_count = 2;
	assert_short(&r,
		"Refused 1 outside client, last 2026-11-23 20:22:53 UTC; relays for "
		"198.51.100.66 and 1 more.");
	rig_free(&r);
}

static void
accepts_then_drops_tells_bouncing_refusing_and_keeping_apart(void **state)
{
	static const struct {
		enum evidence_kind kind;
		const char *how, *brief;
	} cases[] = {
		{EVIDENCE_BOUNCED, "bounces it afterwards",
			"Takes mail and bounces it: 1 message from 1 client for 1 "
			"domain."},
		{EVIDENCE_INNER_REFUSED, "the inside host that it hands it to refuses it",
			"Takes mail and an inside host refuses it: 1 message from 1 "
			"client for 1 "
			"domain."},
		{EVIDENCE_TAKEN, "Nothing of it was seen leaving",
			"Takes mail and keeps it: 1 message from 1 client for 1 domain."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[EXPLAIN_MAX];
		struct attempt *a;
		struct rig r;

		rig_init(&r, VERDICT_ACCEPTS_THEN_DROPS, GRADE_CONFIRMED);
		a = rig_attempt(&r, 0, REACH_MESSAGE);
		rig_evidence(&r, EVIDENCE_TAKEN, a, DOMAIN_FOREIGN_MX);
		rig_evidence(&r, cases[i].kind, a, DOMAIN_FOREIGN_MX);
		rig_exposure(&r, 1, 1, 1);
		explain_long(&r.v, out, sizeof(out));
		assert_non_null(strstr(out, cases[i].how));
		assert_non_null(strstr(
			out, "1 message from 1 outside client for 1 foreign domain."));
		assert_null(strstr(out, "is an open relay"));
		assert_short(&r, cases[i].brief);
		rig_free(&r);
	}
}

static void
unknown_says_what_is_missing_and_what_would_help(void **state)
{
	struct attempt *a;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_UNKNOWN, GRADE_NONE);
	r.id.encrypted = 5;
	r.v.missing = MISSING_MESSAGE;
	a = rig_attempt(&r, 0, REACH_RCPT);
	rig_evidence(&r, EVIDENCE_RCPT_TAKEN, a, DOMAIN_FOREIGN_MX);
	assert_long(&r,
		"mail.corp.test (203.0.113.11:25, Postfix): nothing was seen that tells "
		"whether it relays for strangers (12 transactions; 5 connections, 5 "
		"encrypted). It did accept a recipient in victim.test from the outside "
		"client 198.51.100.66. Recipients were accepted, but no message was "
		"handed over; many servers refuse only then.");
	assert_short(&r, "Not known: recipients taken, but no message.");
	r.v.missing = MISSING_ENCRYPTED | MISSING_ONE_SIDED;
	assert_short(&r, "Not known: encrypted; one direction only.");
	r.v.missing = 0;
	assert_short(&r, "Not known: nothing telling was seen.");
	rig_free(&r);
}

static void
each_missing_bit_has_its_own_text_and_no_other_has_one(void **state)
{
	const char *seen[8];
	size_t count = 0;

	(void)state;
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1) {
		const char *text = explain_missing(bit);

		assert_true(strlen(text) > 40);
		assert_int_equal(text[strlen(text) - 1], '.');
		for (size_t i = 0; i < count; i++)
			assert_string_not_equal(text, seen[i]);
		seen[count++] = text;
	}
	assert_int_equal(count, 8);
	assert_string_equal(explain_missing(0), "");
	assert_string_equal(explain_missing(MISSING_ONWARD << 1), "");
}

/* Names of the greatest length in every place: the end of the text is still there. */
static void
the_longest_names_leave_room_for_the_whole_explanation(void **state)
{
	char name[320], out[EXPLAIN_MAX];

	(void)state;
	memset(name, 'x', sizeof(name));
	for (enum verdict_kind k = VERDICT_OPEN_RELAY; k <= VERDICT_UNKNOWN; k++) {
		struct attempt *a;
		struct rig r;

		rig_init(&r, k, GRADE_SUSPECTED);
		r.id.name = rig_word(&r, span_of(name, sizeof(name)));
		a = rig_proof(&r);
		a->key.domain = a->next_name = a->key.via = a->key.sender = a->key.helo =
			r.id.name;
		a->key.form = SMTP_FORM_PERCENT;
		a->key.client = a->next_hop = r.server.key.addr =
			rig_addr("2001:db8:1111:2222:3333:4444:5555:6666");
		memset(a->reply, 'y', sizeof(a->reply) - 1);
		memset(rig_denial(&r, 1)->reply, 'y', sizeof(a->reply) - 1);
		rig_evidence(&r, EVIDENCE_TRUSTED, a, DOMAIN_FOREIGN_MX);
		r.v.trusted = r.v.masked_as = a->key.client;
		r.v.cause = CAUSE_SOURCE_MASKING;
		r.v.tricks = (1u << TRICK_COUNT) - 1;
		r.v.missing = 0xff;
		assert_in_range(
			explain_long(&r.v, out, sizeof(out)), 100, EXPLAIN_MAX - 2);
		assert_int_equal(out[strlen(out) - 1], '.');
		assert_in_range(
			explain_short(&r.v, out, sizeof(out)), 20, EXPLAIN_SHORT_MAX - 1);
		rig_free(&r);
	}
}

static void
every_room_is_kept(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_OPEN_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	for (size_t room = 1; room < 700; room++) {
		char *out = malloc(room);

		assert_in_range(explain_long(&r.v, out, room), 0, room - 1);
		assert_in_range(explain_short(&r.v, out, room), 0, room - 1);
		assert_in_range(
			explain_evidence(&r.v, &r.v.evidence[1], out, room), 0, room - 1);
		free(out);
	}
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restricted_says_who_was_refused_how_and_when),
		cmocka_unit_test(
			a_client_that_is_evidently_trusted_is_named_with_a_warning),
		cmocka_unit_test(
			accepts_then_drops_tells_bouncing_refusing_and_keeping_apart),
		cmocka_unit_test(unknown_says_what_is_missing_and_what_would_help),
		cmocka_unit_test(each_missing_bit_has_its_own_text_and_no_other_has_one),
		cmocka_unit_test(the_longest_names_leave_room_for_the_whole_explanation),
		cmocka_unit_test(every_room_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
