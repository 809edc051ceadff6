/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

#include <stdio.h>

static void
a_whole_file_is_read_over_the_defaults(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c,
		"---\n# ours\nhome: [10.0.0.0/8, 2001:db8::/32]\n"
		"trusted:\n  - 192.0.2.7\n  - 198.51.100.0/24\n"
		"hosted: [Example.ORG., \"*.example.net\"]\n"
		"ports: {smtp: [26], smtps: []}\nany_port: false\nusers: plain\n"
		"hash_key: open sesame\nredact: local-part\n"
		"public_suffix_file: /etc/psl.dat\nremediated_after: 5\n"
		"limits:\n  connections: 100\n  windows: 17\n  fragments: 18\n  text: "
		"3MiB\n"
		"  servers: 19\n  attempts: 256\n  messages: 64\n  names: 65\n  idle: "
		"10\n"
		"  copy_window: 1\n...\n");
	assert_int_equal(c.home.count, 2);
	assert_int_equal(c.home.at[0].bits, 104);
	assert_int_equal(c.home.at[1].bits, 32);
	assert_int_equal(c.trusted.count, 2);
	assert_int_equal(c.trusted.at[0].bits, 128);
	assert_int_equal(c.trusted.at[1].bits, 120);
	assert_int_equal(c.hosted_count, 2);
	assert_string_equal(c.hosted[0].domain, "example.org");
	assert_string_equal(c.hosted[1].domain, "*.example.net");
	assert_int_equal(c.hosted[0].server.bits, 0);
	assert_int_equal(c.smtp_ports.count, 1);
	assert_int_equal(c.smtp_ports.at[0], 26);
	assert_int_equal(c.smtps_ports.count, 0);
	assert_false(c.any_port);
	assert_int_equal(c.users, CONFIG_USERS_PLAIN);
	assert_string_equal(c.hash_key, "open sesame");
	assert_int_equal(c.redact, CONFIG_REDACT_LOCAL_PART);
	assert_string_equal(c.public_suffix_file, "/etc/psl.dat");
	assert_int_equal(c.remediated_after, 5);
	assert_int_equal(c.limits.connections, 100);
	assert_int_equal(c.limits.windows, 17);
	assert_int_equal(c.limits.fragments, 18);
	assert_int_equal(c.limits.text_octets, 3 * 1024 * 1024);
	assert_int_equal(c.limits.servers, 19);
	assert_int_equal(c.limits.attempts, 256);
	assert_int_equal(c.limits.messages, 64);
	assert_int_equal(c.limits.names, 65);
	assert_int_equal(c.limits.idle_seconds, 10);
	assert_int_equal(c.limits.copy_window_us, 1);
	config_free(&c);
}

static void
a_file_without_keys_leaves_the_defaults(void **state)
{
	static const char *const texts[] = {
		"", "# nothing\n", "---\n", "---\n...\n", "\n\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct config c;

		config_rig_good(&c, texts[i]);
		assert_int_equal(c.smtp_ports.count, 3);
		config_free(&c);
	}
}

static void
a_later_text_replaces_lists_and_keeps_what_it_does_not_name(void **state)
{
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	config_rig_good(&c, "home: [10.0.0.0/8, 192.0.2.0/24]\nhash_key: a\nusers: none\n"
			    "hosted: [a.test, b.test]\n");
	assert_int_equal(config_read_text(&c, "-o",
				 SPAN_LITERAL("{home: [192.0.2.1], hosted: [c.test], "
					      "hash_key: \"\"}"),
				 error, sizeof(error)),
		0);
	assert_int_equal(c.home.count, 1);
	assert_int_equal(c.hosted_count, 1);
	assert_string_equal(c.hosted[0].domain, "c.test");
	assert_null(c.hash_key);
	assert_int_equal(c.users, CONFIG_USERS_NONE);
	config_free(&c);
}

static void
sizes_take_units(void **state)
{
	static const struct {
		const char *text;
		size_t octets;
	} good[] = {{"1048576", 1048576}, {"1024KiB", 1048576}, {"2 MiB", 2097152},
		{"1 GiB", 1073741824}, {"64  GiB", 68719476736}};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct config c;
		char text[64];

		snprintf(text, sizeof(text), "limits: {text: %s}", good[i].text);
		config_rig_good(&c, text);
		assert_int_equal(c.limits.text_octets, good[i].octets);
		config_free(&c);
	}
}

static void
an_unknown_key_is_told_the_nearest_one(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"hom: []", "f:1: unknown key \"hom\"; did you mean \"home\"?"},
		{"\nTrusted: []",
			"f:2: unknown key \"Trusted\"; did you mean \"trusted\"?"},
		{"any-port: true",
			"f:1: unknown key \"any-port\"; did you mean \"any_port\"?"},
		{"limit: {}", "f:1: unknown key \"limit\"; did you mean \"limits\"?"},
		{"limits:\n  servers: 20\n  conections: 100\n",
			"f:3: unknown key \"conections\" in limits; did you mean "
			"\"connections\"?"},
		{"limits:\n  idel: 100\n",
			"f:2: unknown key \"idel\" in limits; did you mean \"idle\"?"},
		{"users: hash\nconnections: 5\n",
			"f:2: unknown key \"connections\"; write it indented under "
			"\"limits:\""},
		{"limits:\n  users: hash\n",
			"f:2: unknown key \"users\" in limits; write it at "
			"the top level, not indented"},
		{"ports:\n  idle: 5\n",
			"f:2: unknown key \"idle\" in ports; write it indented "
			"under \"limits:\""},
		{"ports:\n  quux: 5\n",
			"f:2: unknown key \"quux\" in ports; write one of smtp, smtps"},
		{"elephant: 5\n",
			"f:1: unknown key \"elephant\"; write one of home, trusted, "
			"hosted, "
			"ports, any_port, users, hash_key, redact, public_suffix_file, "
			"remediated_after, limits, capture, alerts, outputs, state, metrics, run"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_key_twice_is_refused(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"users: hash\nredact: all\nusers: hash\n",
			"f:3: key \"users\" again, first in line 1; write it once"},
		{"limits: {idle: 20}\nlimits: {servers: 20}\n",
			"f:2: key \"limits\" again, first in line 1; write it once"},
		{"limits:\n  idle: 20\n  idle: 20\n",
			"f:3: key \"idle\" again, first in line 2; write it once"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_wrong_type_is_told_the_right_one(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"home: 10.0.0.0/8",
			"f:1: home takes a list and has a value; write home: "
			"[10.0.0.0/8, 2001:db8::/32]"},
		{"home:\n", "f:1: home takes a list and has nothing; write home: "
			    "[10.0.0.0/8, 2001:db8::/32]"},
		{"hosted: {a: b}", "f:1: hosted takes a list and has a map; write "
				   "hosted: [example.org]"},
		{"ports:\n  smtp: 25\n",
			"f:2: smtp takes a list and has a value; write smtp: "
			"[25, 587, 2525]"},
		{"users: [hash]",
			"f:1: users takes one value and has a list; write users: hash"},
		{"\nany_port:\n", "f:2: any_port takes one value and has nothing; write "
				  "any_port: true"},
		{"limits: 5", "f:1: limits takes keys of its own and has a value; indent "
			      "them below "
			      "\"limits:\""},
		{"limits:\nusers: hash\n", "f:1: limits takes keys of its own and has "
					   "nothing; indent them below "
					   "\"limits:\""},
		{"home: [[10.0.0.0/8]]", "f:1: home holds a list; write one flat list"},
		{"- a\n", "f:1: a list and no keys; write lines such as \"users: hash\""},
		{"\nword\n",
			"f:2: a value and no keys; write lines such as \"users: hash\""},
		{"{[a]: b}", "f:1: a list as a key; write a name and a colon"},
		{"limits: {{a: b}: 5}", "f:1: a map as a key; write a name and a colon"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_port_for_both_kinds_is_refused(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"ports:\n  smtp: [25, 465]\n", "f:2: port 465 is in ports.smtp and in "
						"ports.smtps; write it in one, "
						"and both lists out"},
		{"ports:\n  smtps: [26]\n  smtp: [25]\n", "no error"},
		{"ports:\n  smtps: [26]\n  smtp:\n    - 26\n",
			"f:3: port 26 is in ports.smtp and in ports.smtps; write it in "
			"one, "
			"and both lists out"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_file_that_cannot_be_read_says_why(void **state)
{
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(config_read(&c, "/nonexistent/a\nb", error, sizeof(error)), -1);
	assert_string_equal(error,
		"/nonexistent/a\\x0ab: cannot be read: No such file or "
		"directory; write the name of a file that can");
	assert_int_equal(config_read(&c, "/", error, sizeof(error)), -1);
	assert_string_equal(error,
		"/: cannot be read: Is a directory; write the name of a "
		"file that can");
	config_free(&c);
}

static void
a_file_too_large_is_refused_before_it_is_parsed(void **state)
{
	char error[CONFIG_ERROR] = "no error";
	char *text = malloc(CONFIG_TEXT_MAX + 1);
	struct config c;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', CONFIG_TEXT_MAX + 1);
	assert_int_equal(config_rig_read(&c, text, CONFIG_TEXT_MAX, error), 0);
	config_free(&c);
	assert_int_equal(config_rig_read(&c, text, CONFIG_TEXT_MAX + 1, error), -1);
	assert_string_equal(error,
		"f: larger than 1048576 octets; write a configuration, not a "
		"data file");
	config_free(&c);
	free(text);
}

static void
errors_fit_any_room(void **state)
{
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	config_init(&c);
	for (size_t room = 1; room < 60; room++) {
		memset(error, 'x', sizeof(error));
		config_read_text(&c, "f", SPAN_LITERAL("hom: []"), error, room);
		assert_in_range(strlen(error), 0, room - 1);
		assert_memory_equal(error,
			"f:1: unknown key \"hom\"; did you mean \"home\"?",
			strlen(error));
		assert_int_equal(error[room], 'x');
	}
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_file_is_read_over_the_defaults),
		cmocka_unit_test(a_file_without_keys_leaves_the_defaults),
		cmocka_unit_test(
			a_later_text_replaces_lists_and_keeps_what_it_does_not_name),
		cmocka_unit_test(sizes_take_units),
		cmocka_unit_test(an_unknown_key_is_told_the_nearest_one),
		cmocka_unit_test(a_key_twice_is_refused),
		cmocka_unit_test(a_wrong_type_is_told_the_right_one),
		cmocka_unit_test(a_port_for_both_kinds_is_refused),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
		cmocka_unit_test(a_file_too_large_is_refused_before_it_is_parsed),
		cmocka_unit_test(errors_fit_any_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
