/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

#include <stdio.h>

static void
yaml_that_would_unfold_or_hide_is_refused(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"users: hash\nhome: &a [10.0.0.0/8]\n",
			"f:2: an anchor (&a); write the value at each place where it is "
			"meant"},
		{"&m\nusers: hash\n", "f:1: an anchor (&m); write the value at each "
				      "place where it is meant"},
		{"users: &u hash\n", "f:1: an anchor (&u); write the value at each place "
				     "where it is meant"},
		{"home:\n  - 10.0.0.0/8\ntrusted: *a\n",
			"f:3: an alias (*a); write the value itself, in quotes if it "
			"begins "
			"with *"},
		{"remediated_after: !!int 2\n", "f:1: a tag (\"tag:yaml.org,2002:int\"); "
						"write the value without it"},
		{"home: !ours [10.0.0.0/8]\n",
			"f:1: a tag (\"!ours\"); write the value without it"},
		{"users: hash\n---\nusers: none\n", "f:2: a second YAML document; write "
						    "everything into one, without a "
						    "--- line"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
broken_yaml_is_told_its_line_and_a_way_out(void **state)
{
	static const struct config_rig_wrong w[] = {
		{"users: hash\nhosted: [*.example.org]\n",
			"f:2: not YAML (while scanning an alias, did not find expected "
			"alphabetic or numeric character); put a name that begins with * "
			"in "
			"quotes: \"*.example.org\""},
		{"limits:\n\tidle: 20\n", "f:2: not YAML (while scanning for the next "
					  "token, found character "
					  "that cannot start any token); indent with "
					  "spaces, not with tabs"},
		{"ports: {smtp: [25]\nusers: hash\n",
			"f:2: not YAML (while parsing a flow mapping, did not find "
			"expected "
			"',' or '}'); close each [ with ] and each { with }, with commas "
			"between"},
		{"redact: all\nusers: \"hash\n\n",
			"f:2: not YAML (while scanning a quoted scalar, "
			"found unexpected end "
			"of stream); close the quotes"},
		{"home: []\nusers hash\nredact: all\n",
			"f:2: not YAML (while scanning a simple key, could not find "
			"expected "
			"':'); write \"key: value\" lines, lists as [a, b], and indent "
			"with "
			"spaces"},
		{"hash_key: @a\n", "f:1: not YAML (while scanning for the next token, "
				   "found character "
				   "that cannot start any token); put a value that "
				   "begins with a sign in "
				   "quotes"},
		{"users: hash\nhash_key: a: b\n",
			"f:2: not YAML (mapping values are not allowed in this context); "
			"put "
			"a value that holds a colon in quotes, and indent all keys of a "
			"section alike"},
		{"{limits", "f:1: limits takes keys of its own and has nothing; indent "
			    "them below "
			    "\"limits:\""},
		{"users: hash\n\nredact: \x01\n",
			"f:3: not YAML text (control characters are not allowed); write "
			"it in "
			"UTF-8, without control characters"},
		{"users: hash\n\xff\xfe\n", "f:2: not YAML text (invalid leading UTF-8 "
					    "octet); write it in UTF-8, "
					    "without control characters"},
		{"\xff\xfeu\n", "f:1: not YAML text (invalid leading UTF-8 octet); write "
				"it in UTF-8, "
				"without control characters"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(w);
}

static void
a_byte_order_mark_and_crlf_are_fine(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c, "\xef\xbb\xbfusers: none\r\nhome: [10.0.0.0/8]\r\n");
	assert_int_equal(c.users, CONFIG_USERS_NONE);
	assert_int_equal(c.home.count, 1);
	config_free(&c);
}

static void
depth_is_refused_where_it_begins(void **state)
{
	char *text = malloc(200001), error[CONFIG_ERROR];
	struct config c;

	(void)state;
	assert_non_null(text);
	memcpy(text, "home: ", 6);
	memset(text + 6, '[', 199994);
	text[200000] = '\0';
	assert_int_equal(config_rig_read(&c, text, 200000, error), -1);
	assert_string_equal(error, "f:1: home holds a list; write one flat list");
	config_free(&c);
	free(text);
}

static void
a_text_cut_anywhere_is_read_or_refused_whole(void **state)
{
	static const char text[] =
		"home: [10.0.0.0/8]\nhosted:\n  - a.test\n  - {server: "
		"192.0.2.1, domains: [b.test, \"*.c\"]}\n"
		"limits: {idle: 20}\n# \xc3\xa9\n";

	(void)state;
	for (size_t cut = 0; cut < sizeof(text); cut++) {
		char error[CONFIG_ERROR] = "";
		struct config c;

		if (config_rig_read(&c, text, cut, error)) {
			assert_memory_equal(error, "f:", 2);
			assert_non_null(strstr(error, "; "));
			assert_null(strchr(error, '\n'));
		} else {
			assert_string_equal(error, "");
		}
		config_free(&c);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(yaml_that_would_unfold_or_hide_is_refused),
		cmocka_unit_test(broken_yaml_is_told_its_line_and_a_way_out),
		cmocka_unit_test(a_byte_order_mark_and_crlf_are_fine),
		cmocka_unit_test(depth_is_refused_where_it_begins),
		cmocka_unit_test(a_text_cut_anywhere_is_read_or_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
