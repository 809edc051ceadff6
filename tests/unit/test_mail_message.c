/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "dissect/mail_message.h"

static const struct span words[] = {{(const uint8_t *)"203.0.113.11", 12}};
static const struct mail_needles needles = {words, 1};

struct text {
	char at[4096];
	size_t len;
};

static void
add_text(struct text *t, const char *name, struct span value)
{
	int n = snprintf(t->at + t->len, sizeof(t->at) - t->len, "%s=%.*s|", name,
		(int)value.len, (const char *)value.at);

	assert_true(n >= 0 && (size_t)n < sizeof(t->at) - t->len);
	t->len += (size_t)n;
}

static void
pull(struct mail_message *m, struct text *t)
{
	struct mail_event e;

	while (mail_message_next(m, &e) == DIS_OK) {
		if (e.kind == MAIL_EVENT_FIELD)
			add_text(t, mail_name_text(e.field.name), e.field.value);
		else if (e.kind == MAIL_EVENT_HEADER_END)
			add_text(t, "END", SPAN_NONE);
		else
			add_text(t, mail_dsn_what_name(e.dsn.what), e.dsn.value);
	}
}

static void
feed(struct mail_message *m, struct span s, struct text *t)
{
	mail_message_feed(m, s);
	pull(m, t);
}

static void
end(struct mail_message *m, struct text *t, struct mail_facts *facts)
{
	mail_message_end(m);
	pull(m, t);
	mail_message_facts(m, facts);
}

#define BOUNCE_HEADER                                                                    \
	"Received: by a; x\r\nReceived: by b; y\r\nX-Other: z\r\nSubject: =?utf-8?q?"    \
	"203=2E0.113.11?=\r\nContent-Type: multipart/report; "                           \
	"report-type=delivery-status;\r\n"                                               \
	" boundary=B\r\n\r\n"
#define BOUNCE                                                                           \
	BOUNCE_HEADER                                                                    \
	"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; "       \
	"[203.0.113.11]\r\n\r\n"                                                         \
	"Final-Recipient: rfc822; a@example.com\r\nAction: failed\r\n\r\n--B--\r\n"

static const struct {
	const char *message, *want;
	size_t header;
	struct mail_facts facts;
} cases[] = {
	{BOUNCE,
		"Received=by a; x|Received=by b; y|Subject==?utf-8?q?203=2E0.113.11?=|"
		"Content-Type=multipart/report; report-type=delivery-status; "
		"boundary=B|END=|"
		"reporting-mta=[203.0.113.11]|final-recipient=a@example.com|action="
		"failed|",
		sizeof(BOUNCE_HEADER) - 1,
		{.fields = 5,
			.received = 2,
			.needles_subject = 1,
			.needles_body = 1,
			.dsn = MAIL_DSN_REPORT,
			.header_complete = true}},
	{"test of 203.0.113.11", "END=|", 0,
		{.needles_body = 1, .header_malformed = true}},
	{"Subject: x\r\n\r\n203.0.113.11", "Subject=x|END=|", 14,
		{.fields = 1, .needles_body = 1, .header_complete = true}},
	{"Subject: 203.0.113.11x\r\n\r\n", "Subject=203.0.113.11x|END=|", 26,
		{.fields = 1, .header_complete = true}},
	{"Subject: x", "Subject=x|END=|", 10, {.fields = 1}},
	{"", "END=|", 0, {.fields = 0}},
};

static void
same_facts(const struct mail_facts *got, size_t i)
{
	const struct mail_facts *want = &cases[i].facts;

	assert_int_equal(got->header_octets, cases[i].header);
	assert_int_equal(got->body_octets, strlen(cases[i].message) - cases[i].header);
	assert_int_equal(got->fields, want->fields);
	assert_int_equal(got->received, want->received);
	assert_int_equal(got->needles_subject, want->needles_subject);
	assert_int_equal(got->needles_body, want->needles_body);
	assert_int_equal(got->dsn, want->dsn);
	assert_int_equal(got->header_complete, want->header_complete);
	assert_int_equal(got->header_malformed, want->header_malformed);
	assert_int_equal(got->fingerprint != 0, got->body_octets != 0);
	assert_false(got->header_gap || got->body_gap || got->header_over);
}

static void
a_message_tells_the_same_wherever_it_is_cut(void **state)
{
	struct mail_message m;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].message);

		print_message("%s\n", cases[i].message);
		for (size_t cut = 0; cut <= len; cut++) {
			struct guarded a = guarded_new(cases[i].message, cut);
			struct guarded b = guarded_new(cases[i].message + cut, len - cut);
			struct text t = {.len = 0};
			struct mail_facts facts;

			mail_message_reset(&m, needles);
			feed(&m, guarded_span(&a), &t);
			feed(&m, guarded_span(&b), &t);
			end(&m, &t, &facts);
			assert_string_equal(t.at, cases[i].want);
			same_facts(&facts, i);
			guarded_free(&a);
			guarded_free(&b);
		}
	}
}

static uint64_t
fingerprint_of(const char *message)
{
	struct mail_message m;
	struct text t = {.len = 0};
	struct mail_facts facts;

	mail_message_reset(&m, (struct mail_needles){NULL, 0});
	feed(&m, span_of_text(message), &t);
	end(&m, &t, &facts);
	return facts.fingerprint;
}

/* A relay adds its trace field, and the empty line where a body began without one. */
static void
a_hop_does_not_change_the_fingerprint(void **state)
{
	(void)state;
	assert_true(fingerprint_of("Subject: x\r\n\r\nHello\r\n") ==
		    fingerprint_of("Received: by a; b\r\nSubject: x\r\n\r\nHello\r\n"));
	assert_true(
		fingerprint_of("Hello there\r\n") ==
		fingerprint_of("Received: by a; b\r\nFrom: c\r\n\r\nHello there\r\n"));
	assert_true(fingerprint_of("\r\nHello there\r\n") !=
		    fingerprint_of("\r\nHello you\r\n"));
}

static void
holes_are_counted_where_they_are(void **state)
{
	struct mail_message m;
	struct text t = {.len = 0};
	struct mail_facts facts;

	(void)state;
	mail_message_reset(&m, needles);
	feed(&m, SPAN_LITERAL("Subject: x"), &t);
	mail_message_gap(&m, 10);
	feed(&m, SPAN_LITERAL("y\r\nTo: z\r\n\r\nbo"), &t);
	mail_message_gap(&m, 1000);
	feed(&m, SPAN_LITERAL("dy"), &t);
	end(&m, &t, &facts);
	assert_string_equal(t.at, "Subject=x|To=z|END=|");
	assert_true(facts.header_gap && facts.body_gap && facts.header_complete);
	assert_int_equal(facts.header_octets, 10 + 10 + 12);
	assert_int_equal(facts.body_octets, 1004);
	assert_int_equal(facts.fingerprint, 0);
}

static void
nothing_follows_the_end(void **state)
{
	struct mail_message m;
	struct mail_event e;
	struct text t = {.len = 0};
	struct mail_facts facts;

	(void)state;
	mail_message_reset(&m, needles);
	feed(&m, SPAN_LITERAL(BOUNCE), &t);
	end(&m, &t, &facts);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mail_message_next(&m, &e), DIS_MORE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_tells_the_same_wherever_it_is_cut),
		cmocka_unit_test(a_hop_does_not_change_the_fingerprint),
		cmocka_unit_test(holes_are_counted_where_they_are),
		cmocka_unit_test(nothing_follows_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
