/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/infer/trace.h"

#define FIELDS 9

struct made {
	struct words words;
	struct record_received field[FIELDS];
	struct record_message message;
	struct trace trace;
};

static void
made_read(struct made *m, const char *const *fields, size_t count)
{
	memset(m, 0, sizeof(*m));
	words_init(&m->words, NULL);
	assert_true(count <= FIELDS);
	for (size_t i = 0; i < count; i++) {
		m->field[i].raw = span_of_text(fields[i]);
		m->field[i].next = i + 1 < count ? &m->field[i + 1] : NULL;
	}
	m->message.received = count ? m->field : NULL;
	trace_read(&m->trace, &m->words, &m->message);
}

static void
made_free(struct made *m)
{
	trace_free(&m->trace, &m->words);
	/* Every reference was given back: a leak would keep the word alive. */
	assert_int_equal(HASH_COUNT(m->words.table), 0);
	words_free(&m->words);
}

#define HOP(by, with, id)                                                                \
	"from c.test (c.test [198.51.100.66]) by " by " (Postfix) with " with " id " id  \
	" for <a@victim.test>; Mon, 23 Nov 2026 20:22:53 +0000 (UTC)"

static void
the_newest_header_comes_first_with_all_that_it_says(void **state)
{
	static const char *const fields[] = {HOP("Mail.Corp.test.", "ESMTP", "Q1"),
		HOP("inner.test", "ESMTPSA", "Q0")};
	struct ip_addr client;
	struct made m;

	(void)state;
	assert_true(ip_addr_parse(SPAN_LITERAL("198.51.100.66"), &client));
	made_read(&m, fields, 2);
	assert_int_equal(m.trace.count, 2);
	assert_true(ip_addr_equal(&m.trace.hops[0].from, &client));
	/* Case and a dot at the end do not make another server of it. */
	assert_ptr_equal(
		m.trace.hops[0].by, word_find(&m.words, SPAN_LITERAL("mail.corp.test")));
	assert_true(span_equal(m.trace.hops[0].id, SPAN_LITERAL("Q1")));
	assert_true(span_equal(m.trace.hops[0].for_whom, SPAN_LITERAL("a@victim.test")));
	assert_int_equal(m.trace.hops[0].auth, RECORD_AUTH_NONE);
	assert_false(m.trace.hops[0].local);
	assert_int_equal(m.trace.hops[1].auth, RECORD_AUTH_OK);
	assert_true(span_equal(m.trace.hops[1].id, SPAN_LITERAL("Q0")));
	made_free(&m);
}

static void
a_message_without_headers_has_no_trace(void **state)
{
	struct made m;

	(void)state;
	made_read(&m, NULL, 0);
	assert_int_equal(m.trace.count, 0);
	made_free(&m);
}

static void
headers_beyond_the_bound_are_the_oldest_and_are_left(void **state)
{
	const char *fields[FIELDS];
	struct made m;

	(void)state;
	for (size_t i = 0; i < FIELDS; i++)
		fields[i] = i < TRACE_HOPS_MAX ? HOP("a.test", "SMTP", "NEW")
					       : HOP("a.test", "SMTP", "OLD");
	made_read(&m, fields, FIELDS);
	assert_int_equal(m.trace.count, TRACE_HOPS_MAX);
	assert_true(span_equal(m.trace.hops[TRACE_HOPS_MAX - 1].id, SPAN_LITERAL("NEW")));
	made_free(&m);
}

static void
mail_submitted_on_the_host_itself_has_no_client(void **state)
{
	static const char *const fields[] = {
		"by mail.corp.test (Postfix, from userid 1000) id Q7; Mon, 23 Nov 2026 "
		"20:22:53 +0000 (UTC)"};
	struct made m;

	(void)state;
	made_read(&m, fields, 1);
	assert_int_equal(m.trace.count, 1);
	assert_true(m.trace.hops[0].local);
	assert_true(ip_addr_is_none(&m.trace.hops[0].from));
	made_free(&m);
}

static void
a_header_that_makes_no_sense_claims_neither_name_nor_authentication(void **state)
{
	static const char *const fields[] = {"", ";;;((", "by", "from [ by ] with"};
	struct made m;

	(void)state;
	made_read(&m, fields, 4);
	assert_int_equal(m.trace.count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_not_equal(m.trace.hops[i].auth, RECORD_AUTH_OK);
		assert_true(ip_addr_is_none(&m.trace.hops[i].from));
	}
	assert_null(m.trace.hops[0].by);
	assert_null(m.trace.hops[1].by);
	made_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_newest_header_comes_first_with_all_that_it_says),
		cmocka_unit_test(a_message_without_headers_has_no_trace),
		cmocka_unit_test(headers_beyond_the_bound_are_the_oldest_and_are_left),
		cmocka_unit_test(mail_submitted_on_the_host_itself_has_no_client),
		cmocka_unit_test(
			a_header_that_makes_no_sense_claims_neither_name_nor_authentication),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
