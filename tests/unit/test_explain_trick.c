/* SPDX-License-Identifier: Apache-2.0 */
#include "verdict_rig.h"

#include "sensor/infer/explain_parts.h"

static void
each_form_is_shown_as_the_tester_wrote_it(void **state)
{
	static const struct {
		unsigned bit;
		enum smtp_form form;
		bool via;
		const char *want;
	} cases[] = {
		{TRICK_PERCENT, SMTP_FORM_PERCENT, true, "<user%victim.test@corp.test>"},
		{TRICK_PERCENT, SMTP_FORM_PERCENT, false, "<user%victim.test>"},
		{TRICK_BANG, SMTP_FORM_BANG, true, "<victim.test!user@corp.test>"},
		{TRICK_BANG, SMTP_FORM_BANG, false, "<victim.test!user>"},
		{TRICK_SOURCE_ROUTE, SMTP_FORM_SOURCE_ROUTE, true,
			"<@corp.test:user@victim.test>"},
		{TRICK_SOURCE_ROUTE, SMTP_FORM_MULTI_HOP, true,
			"<@corp.test:user@victim.test>"},
		{TRICK_DOUBLE_AT, SMTP_FORM_DOUBLE_AT, true,
			"<user@victim.test@corp.test>"},
		{TRICK_TRAILING_AT, SMTP_FORM_TRAILING_AT, false, "<user@victim.test@>"},
		{TRICK_QUOTED, SMTP_FORM_QUOTED, true,
			"<\"user@victim.test\"@corp.test>"},
		{TRICK_QUOTED, SMTP_FORM_QUOTED, false, "<\"user@victim.test\">"},
		{TRICK_LITERAL, SMTP_FORM_LITERAL, false, "<user@victim.test>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[400];
		struct attempt *a;
		struct prose p;
		struct rig r;

		rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
		a = rig_proof(&r);
		a->key.form = (uint8_t)cases[i].form;
		if (cases[i].via)
			a->key.via = rig_word(&r, SPAN_LITERAL("corp.test"));
		prose_init(&p, out, sizeof(out));
		explain_trick(&p, &r.v, cases[i].bit);
		assert_non_null(strstr(out, ", as in RCPT TO:<"));
		assert_string_equal(strchr(out, '<'), cases[i].want);
		rig_free(&r);
	}
}

static void
tricks_of_sender_and_greeting_show_what_the_client_sent(void **state)
{
	static const struct {
		unsigned bit;
		const char *want;
	} cases[] = {
		{TRICK_HELO, "EHLO mail.corp.test"},
		{TRICK_NULL_SENDER, "MAIL FROM:<>"},
		{TRICK_SENDER_DOMAIN, "MAIL FROM:<anyone@corp.test>"},
		{TRICK_SENDER_LITERAL, "MAIL FROM:<anyone@[203.0.113.11]>"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char out[400];
		struct attempt *a;
		struct prose p;
		struct rig r;

		rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
		a = rig_proof(&r);
		a->key.helo = r.id.name;
		a->key.sender = rig_word(&r, SPAN_LITERAL("corp.test"));
		prose_init(&p, out, sizeof(out));
		explain_trick(&p, &r.v, cases[i].bit);
		assert_non_null(strstr(out, cases[i].want));
		rig_free(&r);
	}
}

/* The evidence may be about another attempt: then there is no example, but a sentence. */
static void
without_an_attempt_of_that_form_there_is_no_example(void **state)
{
	char out[400];
	struct prose p;
	struct rig r;

	(void)state;
	rig_init(&r, VERDICT_PARTIAL_RELAY, GRADE_CONFIRMED);
	rig_proof(&r);
	prose_init(&p, out, sizeof(out));
	explain_trick(&p, &r.v, TRICK_PERCENT);
	assert_string_equal(out, "put a percent sign before the real domain");
	rig_free(&r);
}

static void
each_trick_has_a_short_name_of_its_own(void **state)
{
	(void)state;
	for (unsigned a = 1; a < 1u << TRICK_COUNT; a <<= 1) {
		assert_string_not_equal(explain_trick_short(a), "unusual envelope");
		for (unsigned b = 1; b < a; b <<= 1)
			assert_string_not_equal(
				explain_trick_short(a), explain_trick_short(b));
	}
	assert_string_equal(explain_trick_short(1u << TRICK_COUNT), "unusual envelope");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_shown_as_the_tester_wrote_it),
		cmocka_unit_test(tricks_of_sender_and_greeting_show_what_the_client_sent),
		cmocka_unit_test(without_an_attempt_of_that_form_there_is_no_example),
		cmocka_unit_test(each_trick_has_a_short_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
