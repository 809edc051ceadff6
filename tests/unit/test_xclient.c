/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/xclient.h"

#define BIT(a) (1u << XCLIENT_##a)

static const struct {
	const char *args;
	bool sound;
	uint32_t told, unavailable, temporary;
	const char *addr; /* text form, or NULL */
	uint16_t port;
	enum xclient_attribute which; /* this one's text … */
	const char *text;	      /* … is this */
} cases[] = {
	{"NAME=spike.corp.test ADDR=192.0.2.1", true, BIT(NAME) | BIT(ADDR), 0, 0,
		"192.0.2.1", 0, XCLIENT_NAME, "spike.corp.test"},
	{"name=a addr=192.0.2.1 port=25", true, BIT(NAME) | BIT(ADDR) | BIT(PORT), 0, 0,
		"192.0.2.1", 25, XCLIENT_NAME, "a"},
	{"ADDR=IPV6:2001:db8::1 PORT=65535", true, BIT(ADDR) | BIT(PORT), 0, 0,
		"2001:db8::1", 65535, XCLIENT_ADDR, "IPV6:2001:db8::1"},
	{"ADDR=ipv6:2001:DB8::1", true, BIT(ADDR), 0, 0, "2001:db8::1", 0, XCLIENT_ADDR,
		"ipv6:2001:DB8::1"},
	{"ADDR=2001:db8::1", true, BIT(ADDR), 0, 0, "2001:db8::1", 0, XCLIENT_ADDR,
		"2001:db8::1"},
	{"NAME=[UNAVAILABLE] HELO=[tempunavail]", true, 0, BIT(NAME), BIT(HELO), NULL, 0,
		XCLIENT_NAME, ""},
	{"LOGIN=alice+40corp.test PROTO=ESMTP", true, BIT(LOGIN) | BIT(PROTO), 0, 0, NULL,
		0, XCLIENT_LOGIN, "alice@corp.test"},
	{"HELO=a+20b IDENT=4F1 SOURCE=REMOTE", true, BIT(HELO) | BIT(IDENT) | BIT(SOURCE),
		0, 0, NULL, 0, XCLIENT_HELO, "a b"},
	{"DESTADDR=203.0.113.25 DESTPORT=587", true, BIT(DESTADDR) | BIT(DESTPORT), 0, 0,
		NULL, 0, XCLIENT_DESTPORT, "587"},
	{"NAME=a NAME=b", true, BIT(NAME), 0, 0, NULL, 0, XCLIENT_NAME, "b"},
	{"ADDR=192.0.2.1 ADDR=[UNAVAILABLE]", true, 0, BIT(ADDR), 0, NULL, 0,
		XCLIENT_ADDR, ""},
	{"SESSION=x NAME=a", true, BIT(NAME), 0, 0, NULL, 0, XCLIENT_NAME, "a"},
	/* Broken ones; what is sound stays. */
	{"ADDR=192.0.2.999 NAME=a", false, BIT(NAME), 0, 0, NULL, 0, XCLIENT_ADDR, ""},
	{"ADDR=192.0.2.1 ADDR=x", false, 0, 0, 0, NULL, 0, XCLIENT_ADDR, ""},
	{"PORT=65536 NAME=a", false, BIT(NAME), 0, 0, NULL, 0, XCLIENT_PORT, ""},
	{"NAME HELO=a", false, BIT(HELO), 0, 0, NULL, 0, XCLIENT_NAME, ""},
	{"NAME= HELO=a", false, BIT(HELO), 0, 0, NULL, 0, XCLIENT_HELO, "a"},
	{"SESSION=x", false, 0, 0, 0, NULL, 0, XCLIENT_NAME, ""},
	{"", false, 0, 0, 0, NULL, 0, XCLIENT_NAME, ""},
};

#define CASES (sizeof(cases) / sizeof(cases[0]))

static void
attributes_are_decoded_and_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct guarded g = guarded_new(cases[i].args, strlen(cases[i].args));
		char text[256], addr[IP_ADDR_TEXT] = "";
		struct xclient x;

		assert_int_equal(xclient_parse(guarded_span(&g), text, g.len + 1, &x),
			cases[i].sound);
		assert_int_equal(x.told, cases[i].told);
		assert_int_equal(x.unavailable, cases[i].unavailable);
		assert_int_equal(x.temporary, cases[i].temporary);
		assert_int_equal(x.port, cases[i].port);
		if (cases[i].addr) {
			ip_addr_write(&x.addr, addr);
			assert_string_equal(addr, cases[i].addr);
		} else {
			assert_true(ip_addr_is_none(&x.addr));
		}
		assert_true(
			span_equal(x.text[cases[i].which], span_of_text(cases[i].text)));
		guarded_free(&g);
	}
}

static void
cut_anywhere_it_stays_within_input_and_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		for (size_t n = 0; n <= strlen(cases[i].args); n++) {
			for (size_t room = 1; room <= n + 1; room++) {
				struct guarded g = guarded_new(cases[i].args, n);
				char space[128];
				struct xclient x;

				memset(space, '#', sizeof(space));
				(void)xclient_parse(guarded_span(&g), space, room, &x);
				assert_int_equal(space[room], '#');
				assert_int_equal(
					x.told & (x.unavailable | x.temporary), 0);
				guarded_free(&g);
			}
		}
	}
}

static void
attributes_have_their_names(void **state)
{
	(void)state;
	assert_string_equal(xclient_attribute_name(XCLIENT_DESTADDR), "DESTADDR");
	assert_string_equal(xclient_attribute_name(XCLIENT_IDENT), "IDENT");
	assert_string_equal(xclient_attribute_name(XCLIENT_COUNT), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attributes_are_decoded_and_told_apart),
		cmocka_unit_test(cut_anywhere_it_stays_within_input_and_room),
		cmocka_unit_test(attributes_have_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
