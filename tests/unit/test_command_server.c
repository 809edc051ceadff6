/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/command/command_server.h"

static void
a_server_is_called_by_address_port_or_name(void **state)
{
	static const struct {
		const char *text, *addr, *name;
		uint16_t port;
	} cases[] = {
		{"203.0.113.11", "203.0.113.11", "", 0},
		{"203.0.113.11:587", "203.0.113.11", "", 587},
		{"2001:db8::1", "2001:db8::1", "", 0},
		{"[2001:db8::1]:25", "2001:db8::1", "", 25},
		{"mail.corp.test", NULL, "mail.corp.test", 0},
		{"mail.corp.test:25", NULL, "mail.corp.test", 25},
		{"mail.corp.test:99999", NULL, "mail.corp.test:99999", 0},
		{":", NULL, ":", 0},
		{"", NULL, "", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct command_server s;
		struct ip_addr want = {{0}};

		if (cases[i].addr)
			assert_true(ip_addr_parse(span_of_text(cases[i].addr), &want));
		command_server_parse(span_of_text(cases[i].text), &s);
		assert_true(ip_addr_equal(&s.addr, &want));
		assert_int_equal(s.port, cases[i].port);
		if (!cases[i].addr)
			assert_true(span_equal(s.name, span_of_text(cases[i].name)));
	}
}

static void
a_name_is_the_same_in_either_case_and_an_address_needs_none(void **state)
{
	struct command_server s;
	struct ip_addr addr, other;

	(void)state;
	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.1"), &addr));
	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.2"), &other));
	command_server_parse(SPAN_LITERAL("MAIL.corp.test"), &s);
	assert_true(command_server_is(&s, &addr, 25, SPAN_LITERAL("mail.corp.test")));
	assert_false(command_server_is(&s, &addr, 25, SPAN_LITERAL("mail.corp")));
	command_server_parse(SPAN_LITERAL("192.0.2.1:25"), &s);
	assert_true(command_server_is(&s, &addr, 25, SPAN_NONE));
	assert_false(command_server_is(&s, &addr, 587, SPAN_NONE));
	assert_false(command_server_is(&s, &other, 25, SPAN_NONE));
}

/* As an empty variable of a script leaves it: not one that never said its name. */
static void
an_empty_name_is_nobodys(void **state)
{
	struct command_server s;
	struct ip_addr addr;

	(void)state;
	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.1"), &addr));
	command_server_parse(SPAN_NONE, &s);
	assert_false(command_server_is(&s, &addr, 25, SPAN_NONE));
	assert_false(command_server_is(&s, &addr, 25, SPAN_LITERAL("mail.corp.test")));
	command_server_parse(SPAN_LITERAL(":25"), &s);
	assert_false(command_server_is(&s, &addr, 25, SPAN_NONE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_called_by_address_port_or_name),
		cmocka_unit_test(
			a_name_is_the_same_in_either_case_and_an_address_needs_none),
		cmocka_unit_test(an_empty_name_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
