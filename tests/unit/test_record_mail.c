/* SPDX-License-Identifier: Apache-2.0 */
/* What a message's fields leave in the record; the sender of the mail wrote them all. */
#include "feed.h"

#include "sensor/record/record_mail.h"

struct desk {
	struct record_message m;
	struct arena_pool *pool;
	struct arena arena;
};

static int
setup(void **state)
{
	static struct desk d;

	memset(&d, 0, sizeof(d));
	d.pool = arena_pool_new(1u * MiB);
	arena_init(&d.arena, d.pool);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	arena_pool_free(d->pool);
	return 0;
}

/* The value is gone when this returns: what is kept must be a copy. */
static void
field_of(struct desk *d, enum mail_name name, struct span value)
{
	struct guarded g = guarded_new(value.at, value.len);
	struct mail_event e = {.kind = MAIL_EVENT_FIELD,
		.field = {.what = MAIL_HEADER_FIELD,
			.name = name,
			.value = guarded_span(&g)}};

	record_mail_event(&d->m, &e, &d->arena);
	guarded_free(&g);
}

static void
field(struct desk *d, enum mail_name name, const char *value)
{
	field_of(d, name, span_of_text(value));
}

static void
dsn(struct desk *d, enum mail_dsn_what what, const char *value)
{
	struct guarded g = guarded_new(value, strlen(value));
	struct mail_event e = {
		.kind = MAIL_EVENT_DSN, .dsn = {.what = what, .value = guarded_span(&g)}};

	record_mail_event(&d->m, &e, &d->arena);
	guarded_free(&g);
}

#define IS(span, text) assert_true(span_equal((span), SPAN_LITERAL(text)))

static void
each_field_goes_to_its_place_and_the_first_one_counts(void **state)
{
	struct desk *d = *state;

	for (int again = 0; again < 2; again++) {
		field(d, MAIL_NAME_MESSAGE_ID, again ? "<2@a>" : "<1@a>");
		field(d, MAIL_NAME_FROM,
			again ? "evil@b.test" : "Name <x@shop.test>, y@z.test");
		field(d, MAIL_NAME_TO, again ? "evil@b.test" : "a@victim.test");
		field(d, MAIL_NAME_SUBJECT,
			again ? "two" : "=?utf-8?Q?Gr=C3=BC=C3=9Fe?=");
		field(d, MAIL_NAME_AUTHENTICATION_RESULTS,
			again ? "two" : "mx; spf=pass");
		field(d, MAIL_NAME_LIST_ID, again ? "two" : "<l.test>");
		field(d, MAIL_NAME_DELIVERED_TO, again ? "two" : "d@e.test");
		field(d, MAIL_NAME_DKIM_SIGNATURE,
			again ? "d=two" : "v=1; d=one.test; s=x");
	}
	IS(d->m.message_id, "<1@a>");
	IS(d->m.from, "x@shop.test");
	IS(d->m.to, "a@victim.test");
	IS(d->m.subject, "Gr\xc3\xbc\xc3\x9f"
			 "e");
	IS(d->m.auth_results, "mx; spf=pass");
	IS(d->m.list_id, "<l.test>");
	IS(d->m.delivered_to, "d@e.test");
	IS(d->m.dkim_domain, "one.test");
}

static void
fields_of_no_interest_leave_nothing(void **state)
{
	static const struct record_message nothing;
	struct desk *d = *state;
	struct mail_event end = {.kind = MAIL_EVENT_HEADER_END};

	field(d, MAIL_NAME_CC, "a@b.test");
	field(d, MAIL_NAME_SENDER, "a@b.test");
	field(d, MAIL_NAME_OTHER, "x");
	record_mail_event(&d->m, &end, &d->arena);
	assert_memory_equal(&d->m, &nothing, sizeof(nothing));
}

static void
a_field_without_a_value_does_not_take_the_place(void **state)
{
	struct desk *d = *state;

	field(d, MAIL_NAME_MESSAGE_ID, "");
	field(d, MAIL_NAME_FROM, "no address here");
	field(d, MAIL_NAME_DKIM_SIGNATURE, "v=1; s=x");
	assert_int_equal(d->m.message_id.len + d->m.dkim_domain.len, 0);
	field(d, MAIL_NAME_MESSAGE_ID, "<1@a>");
	field(d, MAIL_NAME_DKIM_SIGNATURE, "d=one.test");
	IS(d->m.message_id, "<1@a>");
	IS(d->m.dkim_domain, "one.test");
}

static struct span
dkim(struct desk *d, const char *value)
{
	d->m.dkim_domain = SPAN_NONE;
	field(d, MAIL_NAME_DKIM_SIGNATURE, value);
	return d->m.dkim_domain;
}

/* RFC 6376 3.2: tag = [FWS] name [FWS] "=" [FWS] value [FWS], apart by ";". */
static void
the_signing_domain_is_the_tag_called_d(void **state)
{
	struct desk *d = *state;

	IS(dkim(d, "d=v.test"), "v.test");
	IS(dkim(d, "v=1;\td = v.test ;s=x"), "v.test");
	IS(dkim(d, "v=1; d=v.test;"), "v.test");
	IS(dkim(d, ";;; d=v.test"), "v.test");
	IS(dkim(d, "v=1;d=v.test;s=x"), "v.test");
	/* Not in another tag's name or value. */
	IS(dkim(d, "bd=no.test; h=d=no.test; d=v.test"), "v.test");
	IS(dkim(d, "dd=no.test; d=v.test"), "v.test");
	/* The value goes on behind a second "=". */
	IS(dkim(d, "d=a=b; s=x"), "a=b");
	/* Tags are case-sensitive. */
	IS(dkim(d, "D=no.test; d=v.test"), "v.test");
	assert_int_equal(dkim(d, "").len, 0);
	assert_int_equal(dkim(d, "d").len, 0);
	assert_int_equal(dkim(d, "d=").len, 0);
	assert_int_equal(dkim(d, ";").len, 0);
	assert_int_equal(dkim(d, "=d").len, 0);
	assert_int_equal(dkim(d, "v=1; s=x").len, 0);
}

static void
a_signature_cut_anywhere_gives_a_head_of_the_domain_or_none(void **state)
{
	static const char whole[] = "v=1; a=rsa; d=victim.test; s=x; b=d=evil";
	static const char domain[] = "victim.test";
	struct desk *d = *state;

	for (size_t n = 0; n < sizeof(whole); n++) {
		struct span got;

		d->m.dkim_domain = SPAN_NONE;
		field_of(d, MAIL_NAME_DKIM_SIGNATURE, span_of(whole, n));
		got = d->m.dkim_domain;
		assert_true(got.len < sizeof(domain));
		if (got.len)
			assert_memory_equal(got.at, domain, got.len);
	}
}

static bool
automatic(struct desk *d, const char *value)
{
	d->m.auto_submitted = false;
	field(d, MAIL_NAME_AUTO_SUBMITTED, value);
	return d->m.auto_submitted;
}

static void
anything_but_no_is_submitted_by_a_machine(void **state)
{
	struct desk *d = *state;

	/* RFC 3834 5; parameters and comments may follow. */
	assert_false(automatic(d, "no"));
	assert_false(automatic(d, "No"));
	assert_false(automatic(d, "no; x=y"));
	assert_false(automatic(d, "no (by hand)"));
	assert_false(automatic(d, "no(by hand)"));
	assert_true(automatic(d, "auto-replied"));
	assert_true(automatic(d, "auto-generated; x=no"));
	assert_true(automatic(d, "notification"));
	assert_true(automatic(d, "no-reply"));
	assert_true(automatic(d, "n"));
}

static void
the_newest_hops_are_kept_in_their_order(void **state)
{
	struct desk *d = *state;
	const struct record_received *r;
	char value[] = "from a";
	size_t count = 0;

	for (int i = 0; i < RECORD_RECEIVED_MAX + 3; i++) {
		value[5] = (char)('a' + i);
		field(d, MAIL_NAME_RECEIVED, value);
	}
	for (r = d->m.received; r; r = r->next, count++) {
		assert_int_equal(r->raw.len, 6);
		assert_int_equal(r->raw.at[5], 'a' + count);
	}
	assert_int_equal(count, RECORD_RECEIVED_MAX);
}

static void
a_bounce_is_about_whom_it_was_sent_to_first(void **state)
{
	struct desk *d = *state;

	dsn(d, MAIL_DSN_REPORTING_MTA, "mx.test");
	assert_true(d->m.dsn.is);
	assert_int_equal(d->m.dsn.recipient.len, 0);
	dsn(d, MAIL_DSN_FINAL_RECIPIENT, "alias@b.test");
	dsn(d, MAIL_DSN_ACTION, "failed");
	dsn(d, MAIL_DSN_STATUS, "5.1.1");
	dsn(d, MAIL_DSN_MESSAGE_ID, "<1@a>");
	IS(d->m.dsn.recipient, "alias@b.test");
	/* What the sender had written; wherever it stands. */
	dsn(d, MAIL_DSN_ORIGINAL_RECIPIENT, "a@victim.test");
	IS(d->m.dsn.recipient, "a@victim.test");
	dsn(d, MAIL_DSN_FINAL_RECIPIENT, "other@b.test");
	dsn(d, MAIL_DSN_ACTION, "delayed");
	dsn(d, MAIL_DSN_STATUS, "4.0.0");
	dsn(d, MAIL_DSN_MESSAGE_ID, "<2@a>");
	IS(d->m.dsn.recipient, "a@victim.test");
	IS(d->m.dsn.action, "failed");
	IS(d->m.dsn.status, "5.1.1");
	IS(d->m.dsn.message_id, "<1@a>");
}

static void
plain_text_bounces_name_their_recipient_too(void **state)
{
	struct desk *d = *state;

	dsn(d, MAIL_DSN_TEXT_RECIPIENT, "a@victim.test");
	dsn(d, MAIL_DSN_TEXT_RECIPIENT, "b@victim.test");
	assert_true(d->m.dsn.is);
	IS(d->m.dsn.recipient, "a@victim.test");
}

static void
facts_of_the_whole_message_are_taken_over(void **state)
{
	struct desk *d = *state;
	struct mail_facts f = {
		.fingerprint = UINT64_MAX, .body_octets = 5, .received = 9};

	record_mail_facts(&d->m, &f);
	assert_true(d->m.fingerprint == UINT64_MAX);
	assert_int_equal(d->m.body_octets, 5);
	assert_int_equal(d->m.received_count, 9);
	assert_false(d->m.names_server);
	assert_false(d->m.dsn.is);
	f.needles_subject = 1;
	record_mail_facts(&d->m, &f);
	assert_true(d->m.names_server);
	f.needles_subject = 0;
	f.needles_body = 0x80000000u;
	record_mail_facts(&d->m, &f);
	assert_true(d->m.names_server);
	f.dsn = MAIL_DSN_QMAIL;
	record_mail_facts(&d->m, &f);
	assert_true(d->m.dsn.is);
	/* Once it was seen to be one it stays one. */
	f.dsn = MAIL_DSN_NONE;
	record_mail_facts(&d->m, &f);
	assert_true(d->m.dsn.is);
}

static void
without_memory_fields_are_absent_and_nothing_breaks(void **state)
{
	struct desk *d = *state;

	while (arena_alloc(&d->arena, ARENA_CHUNK))
		;
	while (arena_alloc(&d->arena, 16))
		;
	field(d, MAIL_NAME_RECEIVED, "from a");
	field(d, MAIL_NAME_MESSAGE_ID, "<1@a-long-one.test>");
	field(d, MAIL_NAME_FROM, "Name <somebody@shop.test>");
	assert_null(d->m.received);
	assert_int_equal(d->m.message_id.len + d->m.from.len, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(each_field_goes_to_its_place_and_the_first_one_counts),
		T(fields_of_no_interest_leave_nothing),
		T(a_field_without_a_value_does_not_take_the_place),
		T(the_signing_domain_is_the_tag_called_d),
		T(a_signature_cut_anywhere_gives_a_head_of_the_domain_or_none),
		T(anything_but_no_is_submitted_by_a_machine),
		T(the_newest_hops_are_kept_in_their_order),
		T(a_bounce_is_about_whom_it_was_sent_to_first),
		T(plain_text_bounces_name_their_recipient_too),
		T(facts_of_the_whole_message_are_taken_over),
		T(without_memory_fields_are_absent_and_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
