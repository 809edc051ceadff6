/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

static void
an_output_has_defaults_for_all_but_its_place(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c, "outputs: [{to: stdout}, {to: relp, host: h.test}]");
	assert_int_equal(c.outputs.count, 2);
	assert_int_equal(c.outputs.at[0].to, CONFIG_TO_STDOUT);
	assert_string_equal(c.outputs.at[0].name, "stdout");
	assert_int_equal(c.outputs.at[0].format, CONFIG_FORMAT_ECS);
	assert_int_equal(c.outputs.at[0].stream, CONFIG_STREAM_ALERTS);
	assert_int_equal(c.outputs.at[0].minimum, CONFIG_SEVERITY_LOW);
	assert_int_equal(c.outputs.at[0].facility, 16);
	assert_null(c.outputs.at[0].port);
	assert_string_equal(c.outputs.at[1].port, "2514");
	assert_false(c.outputs.at[1].tls);
	config_free(&c);
}

static void
every_key_of_an_output_is_kept(void **state)
{
	struct config c;
	const struct config_output *o;

	(void)state;
	config_rig_good(&c,
		"outputs:\n"
		"  - name: siem\n    to: tls\n    host: 192.0.2.9\n    port: 7000\n"
		"    format: cef\n    minimum: critical\n    redact: all\n    facility: "
		"23\n"
		"    ca: /a\n    certificate: /b\n    key: /c\n    server_name: d.test\n"
		"  - {to: file, path: /x, stream: transactions}\n");
	o = c.outputs.at;
	assert_string_equal(o->name, "siem");
	assert_int_equal(o->to, CONFIG_TO_TLS);
	assert_string_equal(o->host, "192.0.2.9");
	assert_string_equal(o->port, "7000");
	assert_int_equal(o->format, CONFIG_FORMAT_CEF);
	assert_int_equal(o->minimum, CONFIG_SEVERITY_CRITICAL);
	assert_int_equal(o->redact, CONFIG_REDACT_ALL);
	assert_int_equal(o->facility, 23);
	assert_string_equal(o->ca, "/a");
	assert_string_equal(o->certificate, "/b");
	assert_string_equal(o->key, "/c");
	assert_string_equal(o->server_name, "d.test");
	assert_int_equal(o[1].stream, CONFIG_STREAM_TRANSACTIONS);
	assert_int_equal(o[1].format, CONFIG_FORMAT_RELAYTAP);
	config_free(&c);
}

static void
outputs_of_one_kind_get_names_that_differ(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c,
		"outputs: [{to: stdout, name: stdout-2}, {to: stdout}, {to: stdout}]");
	assert_string_equal(c.outputs.at[0].name, "stdout-2");
	assert_string_equal(c.outputs.at[1].name, "stdout");
	assert_string_equal(c.outputs.at[2].name, "stdout-3");
	config_free(&c);
}

static void
what_is_wrong_with_an_output_is_said_with_its_line(void **state)
{
	static const struct config_rig_wrong wrong[] = {
		{"outputs: x",
			"f:1: outputs takes a list and has a value; write outputs: "
			"[{to: stdout}]"},
		{"outputs: [x]",
			"f:1: outputs holds a value; write maps such as {to: stdout, "
			"format: ecs}"},
		{"outputs:\n - {format: ecs}",
			"f:2: an output that goes nowhere; write to: "
			"stdout, file, unix, udp, tcp, tls or relp"},
		{"outputs:\n - {to: file}",
			"f:2: an output to file without path; write path: "
			"/var/log/relaytap/alerts.json"},
		{"outputs:\n - {to: tcp}",
			"f:2: an output to tcp without host; write host: "
			"collector.example.org"},
		{"outputs:\n - to: stdout\n   path: /x",
			"f:3: an output to stdout has no path; leave it out"},
		{"outputs:\n - to: unix\n   path: /x\n   host: h",
			"f:4: an output to unix has no host; leave it out"},
		{"outputs:\n - to: tcp\n   host: h\n   ca: /x",
			"f:4: ca is for TLS; write to: tls, or to: relp with tls: true"},
		{"outputs:\n - to: tls\n   host: h\n   tls: true",
			"f:4: an output to tls has no tls; leave it out"},
		{"outputs:\n - to: tls\n   host: h\n   key: /x",
			"f:2: certificate and key go together; write both or none"},
		{"outputs:\n - to: udp\n   host: h\n   port: 0",
			"f:4: outputs.port is \"0\"; write a number from 1 to 65535"},
		{"outputs:\n - to: udp\n   host: h\n   port: 70000",
			"f:4: outputs.port is \"70000\"; write a number from 1 to 65535"},
		{"outputs:\n - {to: stdout, stream: servers,\n    format: cef}",
			"f:3: only alerts have that format; write format: relaytap, or "
			"leave "
			"it out"},
		{"outputs:\n - {to: stdout, stream: servers,\n    minimum: high}",
			"f:3: an output to stdout has no minimum; leave it out"},
		{"outputs:\n - {to: stdout, formt: cef}",
			"f:2: unknown key \"formt\" in outputs; did you mean "
			"\"format\"?"},
		{"outputs:\n - {to: stdout,\n    to: file}",
			"f:3: key \"to\" again, first in line 2; write it once"},
		{"outputs:\n - {to: stdout, name: a}\n - {to: stdout, name: a}",
			"f:3: the name \"a\" again; give each output its own"},
		{"outputs:\n - {to: [stdout]}",
			"f:2: outputs.to takes one value and has a "
			"list"},
		{"outputs:\n - {to: smoke}",
			"f:2: outputs.to is \"smoke\"; write stdout, "
			"file, unix, udp, tcp, tls or relp"},
	};

	(void)state;
	CONFIG_RIG_ALL_BAD(wrong);
}

static void
an_output_can_be_added_as_one_line(void **state)
{
	char error[CONFIG_ERROR] = "";
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(
		config_add_output(&c, "{to: stdout, format: leef}", error, sizeof(error)),
		0);
	assert_int_equal(c.outputs.count, 1);
	assert_int_equal(c.outputs.at[0].format, CONFIG_FORMAT_LEEF);
	assert_int_equal(
		config_add_output(&c, "{to: stdout, format: x}", error, sizeof(error)),
		-1);
	assert_non_null(strstr(error, "outputs.format is \"x\""));
	assert_int_equal(config_add_output(&c, "stdout", error, sizeof(error)), -1);
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_output_has_defaults_for_all_but_its_place),
		cmocka_unit_test(every_key_of_an_output_is_kept),
		cmocka_unit_test(outputs_of_one_kind_get_names_that_differ),
		cmocka_unit_test(what_is_wrong_with_an_output_is_said_with_its_line),
		cmocka_unit_test(an_output_can_be_added_as_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
