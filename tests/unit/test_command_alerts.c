/* SPDX-License-Identifier: Apache-2.0 */
/* What relaytap alerts says of the alerts that a sensor keeps. */
#include "command_rig.h"

#include "sensor/alert/alert.h"

static struct alert
sample(unsigned n)
{
	struct alert a;

	memset(&a, 0, sizeof(a));
	snprintf(a.id, sizeof(a.id), "01AAAAAAAAAAAAAAAA%08u", n);
	memcpy(a.incident, a.id, sizeof(a.id));
	a.severity = ALERT_SEVERITY_CRITICAL;
	a.rule = SPAN_LITERAL("open-relay");
	a.title = SPAN_LITERAL("Open mail relay");
	a.time = RIG_T0 + n * UINT64_C(1000000000);
	a.server = rig_addr(1);
	a.port = 25;
	return a;
}

static void
put(struct command_rig *c, const struct alert *a)
{
	store_batch_alert(c->rig.batch, a);
	rig_commit(&c->rig);
}

static void
a_sensor_that_raised_none_says_so_but_not_to_a_program(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.out, "No such alert.\n");
	command_rig_run(&c, &command_alerts, "--json");
	assert_string_equal(c.out, "");
	command_rig_run(&c, &command_alerts, "--format", "cef");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_string_equal(c.out, "");
	command_rig_free(&c);
}

/* relaytap(8): time, severity, what became of it, outputs, and what it is about. */
static void
a_row_has_what_the_manual_says_and_the_oldest_is_first(void **state)
{
	struct command_rig c;
	struct alert a = sample(0), b = sample(60);

	(void)state;
	command_rig_init(&c);
	rig_outputs(&c.rig);
	a.server_name = SPAN_LITERAL("mail.corp.test");
	a.detail = SPAN_LITERAL("took mail");
	put(&c, &a);
	b.action = ALERT_CLOSED;
	b.severity = ALERT_SEVERITY_LOW;
	b.port = 0;
	put(&c, &b);
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	/* Two outputs, of which one takes critical ones only. */
	assert_string_equal(c.out,
		"2026-11-23 20:22:53  critical  opened     0/2    192.0.2.1:25 "
		"(mail.corp.test): Open mail relay: took mail\n"
		"2026-11-23 20:23:53  low       closed     0/1    192.0.2.1: Open mail "
		"relay\n");
	command_rig_free(&c);
}

static void
what_is_too_long_for_a_line_goes_on_below_its_beginning(void **state)
{
	struct command_rig c;
	struct alert a = sample(0);

	(void)state;
	command_rig_init(&c);
	/* 49 columns before it, 71 beside it: "192.0.2.1: Open mail relay: " are 28. */
	a.port = 0;
	a.detail = SPAN_LITERAL("43-columns-43-columns-43-columns-43-columns next");
	put(&c, &a);
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_string_equal(c.out,
		"2026-11-23 20:22:53  critical  opened     -      192.0.2.1: Open mail "
		"relay: 43-columns-43-columns-43-columns-43-columns\n"
		"                                                 next\n");
	command_rig_free(&c);
}

static void
a_server_of_ipv6_stands_in_brackets_where_it_has_a_port(void **state)
{
	struct command_rig c;
	struct alert a = sample(0);

	(void)state;
	command_rig_init(&c);
	assert_true(ip_addr_parse(SPAN_LITERAL("2001:db8::1"), &a.server));
	put(&c, &a);
	a = sample(1);
	assert_true(ip_addr_parse(SPAN_LITERAL("2001:db8::2"), &a.server));
	a.port = 0;
	put(&c, &a);
	a = sample(2);
	memset(&a.server, 0, sizeof(a.server));
	a.port = 0;
	a.title = SPAN_LITERAL("The sensor is blind");
	put(&c, &a);
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_says(c.out, "  [2001:db8::1]:25: Open mail relay\n");
	assert_says(c.out, "  2001:db8::2: Open mail relay\n");
	assert_says(c.out, "-      The sensor is blind\n");
	command_rig_free(&c);
}

/* Escape, a line end, an end of text, and a turn of direction. */
static void
what_a_peer_says_cannot_steer_the_terminal_or_hide_the_rest(void **state)
{
	struct command_rig c;
	struct alert a = sample(0);

	(void)state;
	command_rig_init(&c);
	a.server_name = SPAN_LITERAL("a\x1b[2J\nb\0c\xe2\x80\xae");
	a.detail = SPAN_LITERAL("took\0mail");
	put(&c, &a);
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, "(a\\x1b[2J\\x0ab\\x00c\\xe2\\x80\\xae): Open mail relay:");
	assert_says(c.out, "took\\x00mail\n");
	command_rig_free(&c);
}

static void
only_severe_ones_are_bold_and_only_in_colour(void **state)
{
	struct command_rig c;
	struct alert a = sample(0);

	(void)state;
	command_rig_init(&c);
	a.severity = ALERT_SEVERITY_MEDIUM;
	put(&c, &a);
	command_rig_run(&c, &command_alerts, "--color", "always");
	assert_says_not(c.out, "\033[1m");
	a = sample(1);
	a.severity = ALERT_SEVERITY_HIGH;
	put(&c, &a);
	command_rig_run(&c, &command_alerts, "--color", "always");
	assert_says(c.out, "\033[1mhigh    \033[0m");
	assert_int_equal(lines_of(c.out), 2);
	command_rig_free(&c);
}

static void
what_is_asked_for_is_what_is_shown(void **state)
{
	struct command_rig c;

	(void)state;
	command_rig_init(&c);
	for (unsigned i = 0; i < 4; i++) {
		struct alert a = sample(i);

		a.server = rig_addr(i < 2 ? 1 : 2);
		a.server_name =
			i < 2 ? SPAN_LITERAL("one.test") : SPAN_LITERAL("two.test");
		a.severity = (enum alert_severity)i;
		put(&c, &a);
	}
	command_rig_run(&c, &command_alerts, "--minimum", "high");
	assert_int_equal(lines_of(c.out), 2);
	assert_says_not(c.out, "one.test");
	command_rig_run(&c, &command_alerts, "--server", "192.0.2.1:25");
	assert_int_equal(lines_of(c.out), 2);
	assert_says_not(c.out, "two.test");
	command_rig_run(&c, &command_alerts, "--server", "192.0.2.1:587");
	assert_string_equal(c.out, "No such alert.\n");
	command_rig_run(&c, &command_alerts, "--limit", "1");
	assert_int_equal(lines_of(c.out), 1);
	assert_says(c.out, "20:22:56");
	/* The newest of that name, not of all. */
	command_rig_run(&c, &command_alerts, "--limit", "1", "--server", "ONE.test");
	assert_int_equal(lines_of(c.out), 1);
	assert_says(c.out, "20:22:54");
	command_rig_run(&c, &command_alerts, "--since", "2026-11-23T20:22:54Z", "--until",
		"2026-11-23T20:22:55Z");
	assert_int_equal(lines_of(c.out), 2);
	command_rig_free(&c);
}

static void
an_alert_that_is_none_is_told_once_and_the_others_are_shown(void **state)
{
	struct command_rig c;
	struct alert a = sample(0), b = sample(1);

	(void)state;
	command_rig_init(&c);
	a.server_name = b.server_name = SPAN_LITERAL("mail.test");
	put(&c, &a);
	put(&c, &b);
	rig_do(&c.rig, "UPDATE alert SET body = '{\"type\":' WHERE id = 1");
	command_rig_run(&c, &command_alerts, "--color", "never");
	assert_int_equal(c.status, COMMAND_DAMAGED);
	assert_int_equal(lines_of(c.out), 1);
	assert_int_equal(lines_of(c.error), 1);
	assert_says(c.error, "an alert is not understood, and left out: ");
	/* By name the rows are read twice. */
	command_rig_run(&c, &command_alerts, "--server", "mail.test", "--limit", "5");
	assert_int_equal(c.status, COMMAND_DAMAGED);
	assert_int_equal(lines_of(c.out), 1);
	assert_int_equal(lines_of(c.error), 1);
	command_rig_free(&c);
}

static void
an_output_that_takes_nothing_is_a_failure(void **state)
{
	static const char *const kinds[][3] = {
		{NULL}, {"--json", NULL}, {"--format", "ocsf", NULL}};
	struct command_rig c;
	struct alert a = sample(0);

	(void)state;
	command_rig_init(&c);
	put(&c, &a);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		command_rig_run_to(&c, &command_alerts, kinds[i], "/dev/full");
		assert_int_equal(c.status, COMMAND_FAILED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "standard output: No space left on device");
	}
	command_rig_free(&c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_that_raised_none_says_so_but_not_to_a_program),
		cmocka_unit_test(a_row_has_what_the_manual_says_and_the_oldest_is_first),
		cmocka_unit_test(what_is_too_long_for_a_line_goes_on_below_its_beginning),
		cmocka_unit_test(a_server_of_ipv6_stands_in_brackets_where_it_has_a_port),
		cmocka_unit_test(
			what_a_peer_says_cannot_steer_the_terminal_or_hide_the_rest),
		cmocka_unit_test(only_severe_ones_are_bold_and_only_in_colour),
		cmocka_unit_test(what_is_asked_for_is_what_is_shown),
		cmocka_unit_test(
			an_alert_that_is_none_is_told_once_and_the_others_are_shown),
		cmocka_unit_test(an_output_that_takes_nothing_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
