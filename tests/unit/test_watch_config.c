/* SPDX-License-Identifier: Apache-2.0 */
/* File and options together, at the start and at a reload. */
#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sensor/watch/watch_config.h"
#include "sensor/watch/watch_paths.h"

static char path[] = "/tmp/test_watch_config_XXXXXX";

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
setup(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void
load(const struct watch_options *o, struct config *c)
{
	char error[CONFIG_ERROR];

	if (watch_config_load(o, c, error) < 0)
		fail_msg("%s", error);
}

static void
options_stand_over_the_file_wherever_they_stood(void **state)
{
	const struct watch_line lines[] = {
		{"--user", "run: {user: \"mail\"}"},
		{"-i", "capture: {interfaces: [\"eth1\", \"eth2\"]}"},
	};
	struct watch_options o = {.config_file = path, .line = lines, .line_count = 2};
	struct config c;

	(void)state;
	write_file("run: {user: other}\ncapture: {interfaces: [eth0], threads: 3}\n");
	load(&o, &c);
	assert_string_equal(c.run.user, "mail");
	assert_int_equal(c.capture.interfaces.count, 2);
	assert_string_equal(c.capture.interfaces.at[0], "eth1");
	assert_int_equal(c.capture.threads, 3);
	config_free(&c);
}

static void
an_option_that_is_wrong_is_named(void **state)
{
	const struct watch_line lines[] = {{"--threads", "capture: {threads: 1000}"}};
	struct watch_options o = {.line = lines, .line_count = 1};
	char error[CONFIG_ERROR];
	struct config c;

	(void)state;
	assert_int_equal(watch_config_load(&o, &c, error), -1);
	assert_ptr_equal(strstr(error, "--threads"), error);
}

static void
other_ports_are_not_looked_at_unless_asked_for(void **state)
{
	struct watch_options o = {.config_file = path};
	struct config c;

	(void)state;
	write_file("users: hash\n");
	load(&o, &c);
	assert_false(c.any_port);
	config_free(&c);
	write_file("any_port: true\n");
	load(&o, &c);
	assert_true(c.any_port);
	config_free(&c);
}

static void
options_decide_on_other_ports_over_the_file(void **state)
{
	static const struct watch_line yes = {"--any-port", "{any_port: true}"},
				       no = {"--no-any-port", "{any_port: false}"};
	struct watch_options o = {.config_file = path, .line = &no, .line_count = 1};
	struct config c;

	(void)state;
	write_file("any_port: true\n");
	load(&o, &c);
	assert_false(c.any_port);
	config_free(&c);
	o.line = &yes;
	write_file("any_port: false\n");
	load(&o, &c);
	assert_true(c.any_port);
	config_free(&c);
}

static void
other_ports_in_the_file_take_a_restart(void **state)
{
	struct watch_options o = {.config_file = path};
	struct config boot, next;

	(void)state;
	write_file("users: hash\n");
	load(&o, &boot);
	write_file("any_port: true\n");
	load(&o, &next);
	assert_int_equal(watch_config_keep(&next, &boot), 1);
	assert_false(next.any_port);
	watch_config_release(&next);
	config_free(&boot);
}

static void
an_output_of_the_options_comes_beside_those_of_the_file(void **state)
{
	struct watch_options o = {
		.config_file = path, .output = "{to: stdout, format: \"cef\"}"};
	struct config c;

	(void)state;
	write_file("outputs: [{to: file, path: /tmp/x}]\n");
	load(&o, &c);
	assert_int_equal(c.outputs.count, 2);
	assert_int_equal(c.outputs.at[1].format, CONFIG_FORMAT_CEF);
	config_free(&c);
}

static void
what_needs_a_restart_keeps_the_value_of_the_start(void **state)
{
	struct watch_options o = {.config_file = path};
	struct config boot, next;

	(void)state;
	write_file("home: [192.0.2.0/24]\nports: {smtp: [25]}\nstate: {directory: /a}\n"
		   "capture: {interfaces: [eth0], threads: 2}\nlimits: {idle: 100}\n");
	load(&o, &boot);
	write_file("home: [198.51.100.0/24]\nports: {smtp: [26, 27]}\n"
		   "state: {directory: /b}\nremediated_after: 7\n"
		   "capture: {interfaces: [eth0, eth1], threads: 2, promiscuous: false}\n");
	load(&o, &next);
	/* ports, directory, interfaces, promiscuous, idle */
	assert_int_equal(watch_config_keep(&next, &boot), 5);
	assert_int_equal(next.home.at[0].base.at[12], 198);
	assert_int_equal(next.remediated_after, 7);
	assert_int_equal(next.smtp_ports.count, 1);
	assert_string_equal(next.state.directory, "/a");
	assert_int_equal(next.capture.interfaces.count, 1);
	assert_true(next.capture.promiscuous);
	assert_int_equal(next.limits.idle_seconds, 100);
	watch_config_release(&next);
	/* What it borrowed is still there. */
	assert_string_equal(boot.state.directory, "/a");
	assert_string_equal(boot.capture.interfaces.at[0], "eth0");
	load(&o, &next);
	config_free(&next);
	config_free(&boot);
}

static void
the_same_file_changes_nothing(void **state)
{
	struct watch_options o = {.config_file = path};
	struct config boot, next;

	(void)state;
	write_file("ports: {smtp: [25]}\nstate: {directory: /a}\nmetrics: {port: 9}\n"
		   "outputs: [{to: file, path: /tmp/x}, {to: tcp, host: h}]\n");
	load(&o, &boot);
	load(&o, &next);
	assert_true(watch_config_same_outputs(&boot, &next));
	assert_int_equal(watch_config_keep(&next, &boot), 0);
	watch_config_release(&next);
	config_free(&boot);
}

static void
outputs_differ_by_every_key(void **state)
{
	static const char *const others[] = {
		"outputs: [{to: tcp, host: h}, {to: file, path: /tmp/y}]\n",
		"outputs: [{to: tcp, host: i}, {to: file, path: /tmp/x}]\n",
		"outputs: [{to: tcp, host: h}]\n",
		"outputs: [{to: tcp, host: h}, {to: file, path: /tmp/x, minimum: "
		"high}]\n",
		"outputs: [{to: tcp, host: h}, {to: file, path: /tmp/x}]\nredact: all\n",
		"outputs: [{to: tcp, host: h}, {to: file, path: /tmp/x}]\n"
		"alerts: {observer: tap7}\n",
	};
	struct watch_options o = {.config_file = path};
	struct config a, b;

	(void)state;
	write_file("outputs: [{to: tcp, host: h}, {to: file, path: /tmp/x}]\n");
	load(&o, &a);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		write_file(others[i]);
		load(&o, &b);
		assert_false(watch_config_same_outputs(&a, &b));
		config_free(&b);
	}
	config_free(&a);
}

static bool
holds(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static void
the_sandbox_is_told_all_that_is_opened_later(void **state)
{
	struct watch_options o = {.config_file = path, .records = "/var/records"};
	struct watch_paths p;
	struct config c;

	(void)state;
	write_file("state: {directory: /var/lib/x}\ncapture: {evidence: /var/e.pcapng}\n"
		   "outputs: [{to: file, path: /var/log/a}]\n");
	load(&o, &c);
	watch_paths_of(&c, &o, &p);
	assert_true(holds(p.writable, p.writable_count, "/var/lib/x/"));
	assert_true(holds(p.writable, p.writable_count, "/var/records"));
	assert_true(holds(p.writable, p.writable_count, "/var/e.pcapng"));
	assert_true(holds(p.writable, p.writable_count, "/var/log/a"));
	assert_true(holds(p.readable, p.readable_count, path));
	assert_false(p.network);
	config_free(&c);
	write_file("outputs: [{to: tls, host: h, ca: /etc/my-ca}]\n");
	load(&o, &c);
	watch_paths_of(&c, &o, &p);
	assert_true(p.network);
	assert_true(holds(p.readable, p.readable_count, "/etc/my-ca"));
	config_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_over_the_file_wherever_they_stood),
		cmocka_unit_test(an_option_that_is_wrong_is_named),
		cmocka_unit_test(other_ports_are_not_looked_at_unless_asked_for),
		cmocka_unit_test(options_decide_on_other_ports_over_the_file),
		cmocka_unit_test(other_ports_in_the_file_take_a_restart),
		cmocka_unit_test(an_output_of_the_options_comes_beside_those_of_the_file),
		cmocka_unit_test(what_needs_a_restart_keeps_the_value_of_the_start),
		cmocka_unit_test(the_same_file_changes_nothing),
		cmocka_unit_test(outputs_differ_by_every_key),
		cmocka_unit_test(the_sandbox_is_told_all_that_is_opened_later),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
