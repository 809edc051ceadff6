/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

#define NETWORK "; write a network such as 10.0.0.0/8 or 2001:db8::/32, or an address"

static void
a_network_with_host_bits_is_told_the_network_meant(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"home:\n  - 10.0.0.0/8\n  - 10.1.2.3/8\n",
			"f:3: home holds \"10.1.2.3/8\", an address within a network; "
			"write "
			"10.0.0.0/8 for the network or 10.1.2.3 for the host"},
		{"trusted: [2001:db8:1::5/33]",
			"f:1: trusted holds \"2001:db8:1::5/33\", an address within a "
			"network; "
			"write 2001:db8::/33 for the network or 2001:db8:1::5 for the "
			"host"},
		{"home: [192.0.2.255/25]",
			"f:1: home holds \"192.0.2.255/25\", an address within a "
			"network; write "
			"192.0.2.128/25 for the network or 192.0.2.255 for the host"},
		{"home: [1.2.3.4/0]",
			"f:1: home holds \"1.2.3.4/0\", an address within a network; "
			"write "
			"0.0.0.0/0 for the network or 1.2.3.4 for the host"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
what_is_no_network_is_refused(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"home: [10.0.0/8]", "f:1: home holds \"10.0.0/8\"" NETWORK},
		{"home: [10.0.0.0/33]", "f:1: home holds \"10.0.0.0/33\"" NETWORK},
		{"home: [10.0.0.0/]", "f:1: home holds \"10.0.0.0/\"" NETWORK},
		{"home: [\"::/129\"]", "f:1: home holds \"::/129\"" NETWORK},
		{"home: [mail.example.org]",
			"f:1: home holds \"mail.example.org\"" NETWORK},
		{"home: [\"\"]", "f:1: home holds \"\"" NETWORK},
		{"home: [\"a\\eb\\n\"]", "f:1: home holds \"a\\x1bb\\x0a\"" NETWORK},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
networks_of_both_families_are_read_without_quotes(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c, "home: [2001:db8::/32, 2001:db8::1, 0.0.0.0/0]\n"
			    "trusted:\n  - ::1\n  - ::/0\n");
	assert_int_equal(c.home.at[0].bits, 32);
	assert_int_equal(c.home.at[1].bits, 128);
	assert_int_equal(c.home.at[2].bits, 96);
	assert_int_equal(c.trusted.at[0].bits, 128);
	assert_int_equal(c.trusted.at[1].bits, 0);
	config_free(&c);
}

static void
numbers_out_of_range_are_told_the_range(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"remediated_after: 0", "f:1: remediated_after is \"0\"; write a whole "
					"number from 1 to 1000"},
		{"remediated_after: 1001",
			"f:1: remediated_after is \"1001\"; write a whole "
			"number from 1 to 1000"},
		{"remediated_after: -1", "f:1: remediated_after is \"-1\"; write a whole "
					 "number from 1 to 1000"},
		{"remediated_after: 02", "f:1: remediated_after is \"02\"; write a whole "
					 "number from 1 to 1000"},
		{"remediated_after: two",
			"f:1: remediated_after is \"two\"; write a whole "
			"number from 1 to 1000"},
		{"limits:\n  connections: 63\n",
			"f:2: limits.connections is \"63\"; write a "
			"whole number from 64 to 4194304"},
		{"limits:\n  connections: 18446744073709551616\n",
			"f:2: limits.connections is \"18446744073709551616\"; write a "
			"whole "
			"number from 64 to 4194304"},
		{"limits: {windows: 1.5}",
			"f:1: limits.windows is \"1.5\"; write a whole "
			"number from 16 to 524288"},
		{"limits: {fragments: 15}",
			"f:1: limits.fragments is \"15\"; write a whole "
			"number from 16 to 16384"},
		{"limits: {servers: 1e6}",
			"f:1: limits.servers is \"1e6\"; write a whole "
			"number from 16 to 16777216"},
		{"limits: {attempts: 0x100}",
			"f:1: limits.attempts is \"0x100\"; write a "
			"whole number from 256 to 268435456"},
		{"limits: {messages: 63}",
			"f:1: limits.messages is \"63\"; write a whole "
			"number from 64 to 16777216"},
		{"limits: {names: 63}",
			"f:1: limits.names is \"63\"; write a whole number "
			"from 64 to 16777216"},
		{"limits: {idle: 10m}",
			"f:1: limits.idle is \"10m\"; write a whole number "
			"from 10 to 86400 of seconds"},
		{"limits: {copy_window: 0}", "f:1: limits.copy_window is \"0\"; write a "
					     "whole number from 1 to "
					     "1000000 of microseconds"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

#define SIZE                                                                             \
	"; write a size from 1 MiB to 65536 MiB, such as 64 MiB (units: KiB, MiB, GiB)"

static void
sizes_out_of_range_or_unit_are_told_both(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"limits: {text: 64 MB}", "f:1: limits.text is \"64 MB\"" SIZE},
		{"limits: {text: 64M}", "f:1: limits.text is \"64M\"" SIZE},
		{"limits: {text: MiB}", "f:1: limits.text is \"MiB\"" SIZE},
		{"limits: {text: 1023 KiB}", "f:1: limits.text is \"1023 KiB\"" SIZE},
		{"limits: {text: 65 GiB}", "f:1: limits.text is \"65 GiB\"" SIZE},
		/* 2^64 octets and 1 MiB, were it to wrap. */
		{"limits: {text: 17592186044417 MiB}",
			"f:1: limits.text is \"17592186044417 MiB\"" SIZE},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
ports_are_numbers_of_16_bits_once_each(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"ports: {smtp: [0]}", "f:1: ports.smtp holds \"0\"; write port numbers "
				       "from 1 to 65535"},
		{"ports: {smtp: [65536]}", "f:1: ports.smtp holds \"65536\"; write port "
					   "numbers from 1 to 65535"},
		{"ports: {smtps: [smtps]}", "f:1: ports.smtps holds \"smtps\"; write "
					    "port numbers from 1 to 65535"},
		{"ports:\n  smtp:\n    - 25\n    - 25\n",
			"f:4: ports.smtp holds 25 twice; write it once"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
words_and_truths_are_told_the_choice(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"any_port: yes", "f:1: any_port is \"yes\"; write true or false"},
		{"any_port: True", "f:1: any_port is \"True\"; write true or false"},
		{"users: hashed", "f:1: users is \"hashed\"; write hash, plain or none"},
		{"users: \"\"", "f:1: users is \"\"; write hash, plain or none"},
		{"redact: local_part",
			"f:1: redact is \"local_part\"; write none, local-part or all"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
every_word_is_taken(void **state)
{
	static const struct {
		const char *text;
		enum config_users users;
		enum config_redact redact;
	} good[] = {
		{"{users: hash, redact: none}", CONFIG_USERS_HASH, CONFIG_REDACT_NONE},
		{"{users: plain, redact: local-part}", CONFIG_USERS_PLAIN,
			CONFIG_REDACT_LOCAL_PART},
		{"{users: \"none\", redact: 'all'}", CONFIG_USERS_NONE,
			CONFIG_REDACT_ALL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct config c;

		config_rig_good(&c, good[i].text);
		assert_int_equal(c.users, good[i].users);
		assert_int_equal(c.redact, good[i].redact);
		config_free(&c);
	}
}

static void
a_secret_is_never_quoted(void **state)
{
	char text[400] = "hash_key: ";
	struct config c;

	(void)state;
	memset(text + 10, 'k', 256);
	config_rig_good(&c, text);
	assert_int_equal(strlen(c.hash_key), 256);
	config_free(&c);
	text[10 + 256] = 'k';
	config_rig_bad(text, "f:1: hash_key has 257 octets; write at most 256");
	config_rig_bad("hash_key: [secret]",
		"f:1: hash_key takes one value and has a list; write hash_key: \"\"");
	config_rig_bad("hash_key: \"a\\0b\"",
		"f:1: hash_key holds a NUL octet; write it without");
}

static void
a_long_quotation_is_cut(void **state)
{
	char text[200] = "users: ";

	(void)state;
	memset(text + 7, 'u', 150);
	config_rig_bad(text,
		"f:1: users is \"uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"
		"uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu\"...; write hash, plain or "
		"none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_network_with_host_bits_is_told_the_network_meant),
		cmocka_unit_test(what_is_no_network_is_refused),
		cmocka_unit_test(networks_of_both_families_are_read_without_quotes),
		cmocka_unit_test(numbers_out_of_range_are_told_the_range),
		cmocka_unit_test(sizes_out_of_range_or_unit_are_told_both),
		cmocka_unit_test(ports_are_numbers_of_16_bits_once_each),
		cmocka_unit_test(words_and_truths_are_told_the_choice),
		cmocka_unit_test(every_word_is_taken),
		cmocka_unit_test(a_secret_is_never_quoted),
		cmocka_unit_test(a_long_quotation_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
