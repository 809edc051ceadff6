/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_hint.h"

static void
a_command_is_known_by_its_head(void **state)
{
	static const struct {
		const char *head;
		enum dis_status status;
	} cases[] = {
		{"", DIS_MORE},
		{"M", DIS_MORE},
		{"mail from", DIS_MORE},
		{"mail from:", DIS_OK},
		{"MAIL <", DIS_BAD},
		{"RCPT TO:<", DIS_OK},
		{"DATA", DIS_MORE},
		{"DATA\r", DIS_OK},
		{"DATA\n", DIS_OK},
		{"DATA ", DIS_BAD},
		{"DATABASE", DIS_BAD},
		{"NOOP", DIS_MORE},
		{"NOOP ", DIS_OK},
		{"NOOP\r", DIS_OK},
		{"Help me", DIS_BAD},
		{"X-ANONYMOUSTLS", DIS_MORE},
		{"X-ANONYMOUSTLS\r", DIS_OK},
		{"Received: from", DIS_BAD},
		{".", DIS_BAD},
		{"\r\n", DIS_BAD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
			smtp_hint_command(span_of_text(cases[i].head)), cases[i].status);
}

static void
a_whole_line_needs_no_end(void **state)
{
	(void)state;
	assert_true(smtp_hint_is_command(SPAN_LITERAL("data")));
	assert_true(smtp_hint_is_command(SPAN_LITERAL("QUIT ")));
	assert_true(smtp_hint_is_command(SPAN_LITERAL("EHLO x")));
	assert_false(smtp_hint_is_command(SPAN_LITERAL("DATA x")));
	assert_false(smtp_hint_is_command(SPAN_LITERAL("EHL")));
	assert_false(smtp_hint_is_command(SPAN_LITERAL("")));
}

static void
other_protocols_are_known_by_their_first_line(void **state)
{
	static const struct {
		struct span line;
		bool foreign;
	} cases[] = {
		{SPAN_LITERAL("USER anonymous"), true},
		{SPAN_LITERAL("GET / HTTP/1.1"), true},
		{SPAN_LITERAL("a1 LOGIN u p"), true},
		{SPAN_LITERAL("SSH-2.0-OpenSSH"), true},
		{SPAN_LITERAL("\x01\x02"), true},
		{SPAN_LITERAL("x\0y"), true},
		{SPAN_LITERAL("EHLO x"), false},
		{SPAN_LITERAL("AUTH PLAIN"), false},
		{SPAN_LITERAL("HELP"), false},
		{SPAN_LITERAL(""), false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(smtp_hint_is_foreign(cases[i].line), cases[i].foreign);
}

static void
records_of_tls_have_four_types(void **state)
{
	(void)state;
	assert_false(smtp_hint_is_tls(0x13));
	assert_true(smtp_hint_is_tls(0x14));
	assert_true(smtp_hint_is_tls(0x17));
	assert_false(smtp_hint_is_tls(0x18));
	assert_false(smtp_hint_is_tls('E'));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_is_known_by_its_head),
		cmocka_unit_test(a_whole_line_needs_no_end),
		cmocka_unit_test(other_protocols_are_known_by_their_first_line),
		cmocka_unit_test(records_of_tls_have_four_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
