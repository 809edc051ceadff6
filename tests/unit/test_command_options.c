/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/command/command.h"

static int
parse_for(const struct command *command, struct command_options *o, const char *a,
	const char *b, const char *c)
{
	static char texts[32][3][64], name[] = "read";
	static size_t calls;
	/* getopt may still point into the last call's, which ended early. */
	char(*text)[64] = texts[calls++ % 32];
	const char *from[3] = {a, b, c};
	static char *argv[5];
	int argc = 1;

	argv[0] = name;
	for (int i = 0; i < 3 && from[i]; i++) {
		assert_true(strlen(from[i]) < sizeof(text[i]));
		memcpy(text[i], from[i], strlen(from[i]) + 1);
		argv[argc++] = text[i];
	}
	argv[argc] = NULL;
	return command_options_parse(o, command, argc, argv);
}

static int
parse(struct command_options *o, const char *a, const char *b, const char *c)
{
	return parse_for(&command_read, o, a, b, c);
}

static void
a_bad_option_fails_the_command(void **state)
{
	static const char *const bad[][2] = {{"--home=nonsense", NULL},
		{"--home=192.0.2.0/33", NULL}, {"--trusted=2001:db8::/129", NULL},
		{"--trusted=", NULL}, {"--color=red", NULL}, {"--color", NULL},
		{"--fail-on=open", NULL}, {"--fail-on=", NULL}, {"--json=yes", NULL},
		{"--no-such-option", NULL}, {"-Z", NULL},
		{"--config", "/nonexistent/relaytap.conf"},
		{"-c", "/nonexistent/relaytap.conf"}, {"--home", NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct command_options o;

		assert_int_equal(parse(&o, bad[i][0], bad[i][1], NULL), COMMAND_FAILED);
		command_options_free(&o);
	}
}

static void
good_options_are_kept_and_what_is_left_are_files(void **state)
{
	struct command_options o;

	(void)state;
	assert_int_equal(
		parse(&o, "--home=192.0.2.0/24", "--home=2001:db8::/32", "x.pcap"),
		COMMAND_GOOD);
	assert_int_equal(o.config.home.count, 2);
	assert_int_equal(o.config.trusted.count, 0);
	assert_int_equal(o.file_count, 1);
	assert_string_equal(o.files[0], "x.pcap");
	assert_false(o.json || o.explain || o.quiet || o.fail_on);
	command_options_free(&o);
	assert_int_equal(
		parse(&o, "--fail-on=restricted", "--hosted=Corp.TEST", "--json"),
		COMMAND_GOOD);
	assert_true(o.fail_on && o.json);
	assert_int_equal(o.fail_kind, VERDICT_RESTRICTED);
	assert_string_equal(o.config.hosted[0].domain, "corp.test");
	assert_int_equal(o.file_count, 0);
	command_options_free(&o);
}

static void
the_later_of_two_options_wins(void **state)
{
	struct command_options o;

	(void)state;
	assert_int_equal(
		parse(&o, "--any-port", "--no-any-port", "--color=never"), COMMAND_GOOD);
	assert_false(o.config.any_port);
	assert_int_equal(o.colour, 0);
	command_options_free(&o);
	assert_int_equal(
		parse(&o, "--color=never", "--color=always", NULL), COMMAND_GOOD);
	assert_int_equal(o.colour, 1);
	command_options_free(&o);
}

/* relaytap.conf(5): a dot at the end means nothing, and so does the case. */
static void
a_hosted_domain_is_read_as_the_configuration_reads_it(void **state)
{
	struct command_options o;

	(void)state;
	assert_int_equal(parse(&o, "--hosted=Corp.TEST.", "--hosted", "*.Site.test"),
		COMMAND_GOOD);
	assert_int_equal(o.config.hosted_count, 2);
	assert_string_equal(o.config.hosted[0].domain, "corp.test");
	assert_int_equal(o.config.hosted[0].server.bits, 0);
	assert_string_equal(o.config.hosted[1].domain, "*.site.test");
	command_options_free(&o);
}

/* It would hold no domain, and so make every domain one of somebody else. */
static void
a_hosted_domain_that_is_none_is_refused(void **state)
{
	static const char *const bad[] = {"--hosted=", "--hosted=joe@corp.test",
		"--hosted=corp.test,site.test", "--hosted=corp.test site.test",
		"--hosted=*", "--hosted=.corp.test", "--hosted=\xc3\xbc.test"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct command_options o;

		assert_int_equal(parse(&o, bad[i], NULL, NULL), COMMAND_FAILED);
		assert_int_equal(o.config.hosted_count, 0);
		command_options_free(&o);
	}
}

struct taking {
	const struct command *command;
	const char *option;
	int status;
};

/* Of relaytap(8): to pass it over would answer something else than was asked. */
static void
an_option_of_another_command_is_refused(void **state)
{
	static const struct taking all[] = {
		{&command_read, "--fail-on=open-relay", COMMAND_GOOD},
		{&command_infer, "--fail-on=open-relay", COMMAND_GOOD},
		{&command_show, "--fail-on=open-relay", COMMAND_GOOD},
		{&command_servers, "--fail-on=open-relay", COMMAND_GOOD},
		{&command_write_report, "--fail-on=open-relay", COMMAND_GOOD},
		{&command_alerts, "--fail-on=open-relay", COMMAND_FAILED},
		{&command_transactions, "--fail-on=open-relay", COMMAND_FAILED},
		{&command_transactions, "--json", COMMAND_GOOD},
		{&command_write_report, "--json", COMMAND_FAILED},
		{&command_read, "--filter=port 25", COMMAND_GOOD},
		{&command_infer, "--filter=port 25", COMMAND_FAILED},
		{&command_servers, "--filter=port 25", COMMAND_FAILED},
		{&command_alerts, "--filter=port 25", COMMAND_FAILED},
		{&command_alerts, "--minimum=high", COMMAND_GOOD},
		{&command_transactions, "--minimum=high", COMMAND_FAILED},
		{&command_transactions, "--limit=3", COMMAND_GOOD},
		{&command_servers, "--limit=3", COMMAND_FAILED},
		{&command_read, "--since=1d", COMMAND_FAILED},
		{&command_alerts, "--format=ecs", COMMAND_GOOD},
		{&command_alerts, "--format=html", COMMAND_FAILED},
		{&command_write_report, "--format=html", COMMAND_GOOD},
		{&command_write_report, "--format=ecs", COMMAND_FAILED},
		{&command_read, "--alerts=ecs", COMMAND_GOOD},
		{&command_servers, "--alerts=ecs", COMMAND_FAILED},
		{&command_show, "--output=x.html", COMMAND_FAILED},
		{&command_show, "--state=x", COMMAND_GOOD},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
		const struct taking *t = &all[i];
		struct command_options o;
		int status = parse_for(t->command, &o, t->option, NULL, NULL);

		if (status != t->status)
			fail_msg("%s %s: status %d", t->command->name, t->option, status);
		command_options_free(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_option_fails_the_command),
		cmocka_unit_test(good_options_are_kept_and_what_is_left_are_files),
		cmocka_unit_test(the_later_of_two_options_wins),
		cmocka_unit_test(a_hosted_domain_is_read_as_the_configuration_reads_it),
		cmocka_unit_test(a_hosted_domain_that_is_none_is_refused),
		cmocka_unit_test(an_option_of_another_command_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
