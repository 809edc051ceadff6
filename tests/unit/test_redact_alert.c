/* SPDX-License-Identifier: Apache-2.0 */
#include "format_rig.h"

#include "sensor/output/redact_alert.h"

/* Where peers' texts stand in an alert: all of its spans. */
static size_t
texts_of(struct alert *a, struct span **out)
{
	struct alert_evidence *e = &a->evidence[0];
	struct span *const all[] = {&a->rule, &a->title, &a->detail, &a->explanation,
		&a->contain, &a->mend, &a->confirm, &a->server_name, &a->mta, &a->verdict,
		&a->was, &a->grade, &a->cause, &a->domains[0], &a->tricks[0],
		&a->mail.from, &a->mail.to[0], &a->mail.message_id, &a->mail.subject,
		&a->mail.helo, &e->kind, &e->what, &e->file, &e->domain, &e->reply,
		&e->queue_id, &e->next_hop_name};

	a->domain_count = a->trick_count = 1;
	memcpy(out, all, sizeof(all));
	return sizeof(all) / sizeof(*all);
}

static void
no_text_of_the_copy_has_an_address(void **state)
{
	static const enum config_redact levels[] = {
		CONFIG_REDACT_LOCAL_PART, CONFIG_REDACT_ALL};
	struct span *texts[64];
	struct alert *a = rig_alert(), *b;
	size_t n;

	(void)state;
	n = texts_of(a, texts);
	for (size_t i = 0; i < n; i++)
		*texts[i] = SPAN_LITERAL("x secret@victim.test y");
	for (size_t l = 0; l < 2; l++) {
		b = redact_alert(a, levels[l]);
		n = texts_of(b, texts);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(
				span_search_nocase(*texts[i], SPAN_LITERAL("secret")),
				texts[i]->len);
		assert_int_equal(b->port, 25);
		assert_int_equal(b->evidence_count, a->evidence_count);
		alert_free(b);
	}
	alert_free(a);
}

static void
all_leaves_no_envelope_and_no_reply(void **state)
{
	struct alert *a = rig_alert(), *b = redact_alert(a, CONFIG_REDACT_ALL);

	(void)state;
	assert_int_equal(b->mail.from.len, 0);
	assert_int_equal(b->mail.to_count, 0);
	assert_int_equal(b->mail.subject.len, 0);
	assert_int_equal(b->mail.message_id.len, 0);
	assert_int_equal(b->evidence[0].reply.len, 0);
	assert_true(span_equal(b->mail.helo, a->mail.helo));
	alert_free(a);
	alert_free(b);
}

/* A mailbox by its bare name, which no other rule would find. */
static void
all_leaves_no_reply_in_any_sentence(void **state)
{
	struct alert *a = rig_alert(), *b;

	(void)state;
	a->explanation =
		SPAN_LITERAL("x does not relay for strangers: 1 client was refused, last "
			     "2026-11-23 20:22:53 UTC (550 bob unknown). It does relay.");
	a->evidence[0].what = SPAN_LITERAL("recipient refused to 192.0.2.1: 550 bob no");
	b = redact_alert(a, CONFIG_REDACT_ALL);
	assert_true(span_equal(b->explanation,
		SPAN_LITERAL("x does not relay for strangers: 1 client was refused, last "
			     "2026-11-23 20:22:53 UTC (550 \xe2\x80\xa6). It does "
			     "relay.")));
	assert_true(span_equal(b->evidence[0].what,
		SPAN_LITERAL("recipient refused to 192.0.2.1: 550 \xe2\x80\xa6")));
	alert_free(b);
	b = redact_alert(a, CONFIG_REDACT_LOCAL_PART);
	assert_true(span_equal(b->explanation, a->explanation));
	assert_true(span_equal(b->evidence[0].what, a->evidence[0].what));
	alert_free(a);
	alert_free(b);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_text_of_the_copy_has_an_address),
		cmocka_unit_test(all_leaves_no_envelope_and_no_reply),
		cmocka_unit_test(all_leaves_no_reply_in_any_sentence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
