/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_mailbox.h"

static const struct {
	const char *text;
	enum smtp_form form;
	const char *local, *domain, *inner, *user, *host;
} cases[] = {
	{"a@b.test", SMTP_FORM_PLAIN, "a", "b.test", "", "", ""},
	{"a@b.test.", SMTP_FORM_PLAIN, "a", "b.test", "", "", ""},
	{"", SMTP_FORM_NULL, "", "", "", "", ""},
	{"POSTMASTER", SMTP_FORM_POSTMASTER, "POSTMASTER", "", "", "", ""},
	{"@x:a@b.test", SMTP_FORM_SOURCE_ROUTE, "", "", "a@b.test", "", ""},
	{"@x,@y:a@b.test", SMTP_FORM_MULTI_HOP, "", "", "a@b.test", "", ""},
	{"a@b@c", SMTP_FORM_DOUBLE_AT, "a@b", "c", "a@b", "", ""},
	{"a@b@", SMTP_FORM_TRAILING_AT, "a@b", "", "a@b", "", ""},
	{"\"a\\\"@b\"@c", SMTP_FORM_QUOTED, "\"a\\\"@b\"", "c", "a\\\"@b", "", ""},
	{"a%b.test@c", SMTP_FORM_PERCENT, "a%b.test", "c", "", "a", "b.test"},
	{"b.test!a@c", SMTP_FORM_BANG, "b.test!a", "c", "", "a", "b.test"},
	/* RFC 1123 5.2.16: "a!b%c" is read as "(a!b)%c". */
	{"d.test!a%b.test@c", SMTP_FORM_PERCENT, "d.test!a%b.test", "c", "", "d.test!a",
		"b.test"},
	{"a%b@c", SMTP_FORM_PLAIN, "a%b", "c", "", "", ""},
	{"a b@c", SMTP_FORM_MALFORMED, "", "", "", "", ""},
	{"a@b c", SMTP_FORM_MALFORMED, "", "", "", "", ""},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
one_layer_is_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));
		struct smtp_mailbox m;

		smtp_mailbox_parse(guarded_span(&g), &m);
		assert_string_equal(
			smtp_form_name(m.form), smtp_form_name(cases[i].form));
		assert_true(span_equal(m.local, span_of_text(cases[i].local)));
		assert_true(span_equal(m.domain, span_of_text(cases[i].domain)));
		assert_true(span_equal(m.inner, span_of_text(cases[i].inner)));
		assert_true(span_equal(m.user, span_of_text(cases[i].user)));
		assert_true(span_equal(m.host, span_of_text(cases[i].host)));
		guarded_free(&g);
	}
}

static void
a_truncated_mailbox_stays_inside_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		for (size_t n = 0; n < strlen(cases[i].text); n++) {
			struct guarded g = guarded_new(cases[i].text, n);
			struct smtp_mailbox m;

			smtp_mailbox_parse(guarded_span(&g), &m);
			assert_true(m.local.len + m.domain.len <= n);
			assert_true(m.user.len + m.host.len <= m.local.len);
			assert_true(m.inner.len < n || n == 0);
			guarded_free(&g);
		}
	}
}

static void
quotes_stay_only_where_they_are_needed(void **state)
{
	static const char *const locals[][2] = {
		{"john", "john"},
		{"\"john\"", "john"},
		{"\"j.s\"", "j.s"},
		{"\"j s\"", "\"j s\""},
		{"\"\\j\\ s\"", "\"j s\""},
		{"\".j\"", "\".j\""},
		{"\"a\\\"b\"", "\"a\\\"b\""},
		{"\"\"", "\"\""},
		{"\"a\".\"b\"", "\"a\".\"b\""},
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(locals) / sizeof(locals[0]); i++) {
		struct guarded room = guarded_new(out, strlen(locals[i][0]));
		size_t n = smtp_mailbox_write_local(
			span_of_text(locals[i][0]), (char *)room.at);

		assert_true(span_equal(span_of(room.at, n), span_of_text(locals[i][1])));
		guarded_free(&room);
	}
	memcpy(out, "a\\\\b\\", 5);
	struct span s = smtp_mailbox_unquote(span_of(out, 5), out);
	/* In place; a backslash with nothing behind it stays. */
	assert_true(span_equal(s, SPAN_LITERAL("a\\b\\")));
}

static void
tricks_are_the_forms_with_something_behind_them(void **state)
{
	(void)state;
	assert_true(smtp_mailbox_is_trick(SMTP_FORM_PERCENT));
	assert_true(smtp_mailbox_is_trick(SMTP_FORM_TRAILING_AT));
	assert_false(smtp_mailbox_is_trick(SMTP_FORM_PLAIN));
	assert_false(smtp_mailbox_is_trick(SMTP_FORM_LITERAL));
	assert_false(smtp_mailbox_is_trick(SMTP_FORM_NULL));
	assert_false(smtp_mailbox_is_trick(SMTP_FORM_COUNT));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_layer_is_taken_apart),
		cmocka_unit_test(a_truncated_mailbox_stays_inside_itself),
		cmocka_unit_test(quotes_stay_only_where_they_are_needed),
		cmocka_unit_test(tricks_are_the_forms_with_something_behind_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
