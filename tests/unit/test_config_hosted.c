/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

#include <stdio.h>

#define DOMAIN "; write a domain such as example.org or \"*.example.org\""

static void
each_server_has_its_own_domains(void **state)
{
	struct config c;
	char text[IP_ADDR_TEXT];

	(void)state;
	config_rig_good(&c,
		"hosted:\n"
		"  - everywhere.test\n"
		"  - {server: 203.0.113.11, domains: [A.test, b.test, \"*.c\"]}\n"
		"  - domains: [d.test]\n"
		"    server: 2001:db8::/32\n");
	assert_int_equal(c.hosted_count, 5);
	assert_string_equal(c.hosted[0].domain, "everywhere.test");
	assert_int_equal(c.hosted[0].server.bits, 0);
	assert_string_equal(c.hosted[1].domain, "a.test");
	assert_int_equal(c.hosted[1].server.bits, 128);
	ip_addr_write(&c.hosted[1].server.base, text);
	assert_string_equal(text, "203.0.113.11");
	assert_string_equal(c.hosted[3].domain, "*.c");
	assert_int_equal(c.hosted[3].server.bits, 128);
	assert_string_equal(c.hosted[4].domain, "d.test");
	assert_int_equal(c.hosted[4].server.bits, 32);
	config_free(&c);
}

static void
what_is_no_domain_is_told_what_is(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"hosted: [\"*.\"]", "f:1: hosted holds \"*.\"" DOMAIN},
		{"hosted: [\"a.*.b\"]", "f:1: hosted holds \"a.*.b\"" DOMAIN},
		{"hosted: [\"\"]", "f:1: hosted holds \"\"" DOMAIN},
		{"hosted: [a..b]", "f:1: hosted holds \"a..b\"" DOMAIN},
		{"hosted: [.a]", "f:1: hosted holds \".a\"" DOMAIN},
		{"hosted: [a b]", "f:1: hosted holds \"a b\"" DOMAIN},
		{"hosted:\n  - a.test\n  - joe@b.test\n",
			"f:3: hosted holds \"joe@b.test\"; write only what stands after "
			"the @"},
		{"hosted: [b\xc3\xbc"
		 "cher.test]",
			"f:1: hosted holds \"b\xc3\xbc"
			"cher.test\"; write an "
			"internationalized domain in its xn-- form"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
labels_and_names_have_their_lengths(void **state)
{
	char text[400];
	struct config c;

	(void)state;
	snprintf(text, sizeof(text), "hosted: [%063d.test]", 0);
	config_rig_good(&c, text);
	config_free(&c);
	snprintf(text, sizeof(text), "hosted: [%064d.test]", 0);
	config_rig_bad(text,
		"f:1: hosted holds \"00000000000000000000000000000000000000000000"
		"00000000000000000000.test\"" DOMAIN);
	/* 63 + 1 + 63 + 1 + 63 + 1 + 61 = 253, RFC 1035 2.3.4. */
	snprintf(text, sizeof(text), "hosted: [%063d.%063d.%063d.%061d]", 0, 0, 0, 0);
	config_rig_good(&c, text);
	assert_int_equal(strlen(c.hosted[0].domain), 253);
	config_free(&c);
	snprintf(text, sizeof(text), "hosted: [%063d.%063d.%063d.%062d]", 0, 0, 0, 0);
	char error[CONFIG_ERROR];
	assert_int_equal(config_rig_read(&c, text, strlen(text), error), -1);
	config_free(&c);
}

static void
a_map_needs_its_two_keys_once_each(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"hosted:\n  - a.test\n  - server: 192.0.2.1\n",
			"f:3: an item of hosted without domains; write {server: "
			"192.0.2.1, "
			"domains: [example.org]}"},
		{"hosted: [{domains: [a.test]}]", "f:1: an item of hosted without "
						  "server; write {server: 192.0.2.1, "
						  "domains: [example.org]}"},
		{"hosted: [{}]", "f:1: an item of hosted without server; write {server: "
				 "192.0.2.1, "
				 "domains: [example.org]}"},
		{"hosted:\n  - server: 192.0.2.1\n    server: 192.0.2.2\n",
			"f:3: key \"server\" again, first in line 2; write it once"},
		{"hosted: [{server: 192.0.2.1, domain: [a.test]}]",
			"f:1: unknown key \"domain\" in hosted; did you mean "
			"\"domains\"?"},
		{"hosted: [{host: x}]",
			"f:1: unknown key \"host\" in hosted; write server and domains"},
		{"hosted: [{[a]: x}]", "f:1: a list as a key; write server or domains"},
		{"hosted: [{server: [192.0.2.1]}]", "f:1: hosted.server is a list; write "
						    "one address or network, and one "
						    "map for each server"},
		{"hosted: [{server: 192.0.2.1/24}]",
			"f:1: hosted.server holds \"192.0.2.1/24\", an address within a "
			"network; write 192.0.2.0/24 for the network or 192.0.2.1 for "
			"the host"},
		{"hosted: [{domains: a.test}]",
			"f:1: hosted.domains is a value; write a list: [example.org]"},
		{"hosted: [{domains: [[a.test]]}]",
			"f:1: hosted.domains holds a list; write domains only"},
		{"hosted: [[a.test]]",
			"f:1: hosted holds a list; write domains, or maps of server and "
			"domains"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_domain_that_is_added_is_every_servers_and_read_the_same_way(void **state)
{
	struct config c;
	char error[CONFIG_ERROR];

	(void)state;
	config_init(&c);
	assert_int_equal(
		config_add_hosted(&c, "*.Example.ORG.", error, sizeof(error)), 0);
	assert_int_equal(c.hosted_count, 1);
	assert_string_equal(c.hosted[0].domain, "*.example.org");
	assert_int_equal(c.hosted[0].server.bits, 0);
	assert_int_equal(config_add_hosted(&c, "joe@b.test", error, sizeof(error)), -1);
	assert_string_equal(error,
		"\"joe@b.test\" is no domain; write only what stands after the @");
	assert_int_equal(config_add_hosted(&c, "", error, sizeof(error)), -1);
	assert_string_equal(error, "\"\" is no domain" DOMAIN);
	assert_int_equal(c.hosted_count, 1);
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_has_its_own_domains),
		cmocka_unit_test(what_is_no_domain_is_told_what_is),
		cmocka_unit_test(labels_and_names_have_their_lengths),
		cmocka_unit_test(a_map_needs_its_two_keys_once_each),
		cmocka_unit_test(
			a_domain_that_is_added_is_every_servers_and_read_the_same_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
