/* SPDX-License-Identifier: Apache-2.0 */
#include "config_rig.h"

#include <stdio.h>

#include "sensor/config/config_schema.h"

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static void
defaults_are_those_of_the_manual(void **state)
{
	struct config c;

	(void)state;
	config_init(&c);
	assert_int_equal(c.home.count + c.trusted.count + c.hosted_count, 0);
	assert_int_equal(c.smtp_ports.count, 3);
	assert_int_equal(c.smtp_ports.at[0], 25);
	assert_int_equal(c.smtp_ports.at[1], 587);
	assert_int_equal(c.smtp_ports.at[2], 2525);
	assert_int_equal(c.smtps_ports.count, 1);
	assert_int_equal(c.smtps_ports.at[0], 465);
	assert_true(c.any_port);
	assert_int_equal(c.users, CONFIG_USERS_HASH);
	assert_int_equal(c.redact, CONFIG_REDACT_NONE);
	assert_null(c.hash_key);
	assert_null(c.public_suffix_file);
	assert_int_equal(c.remediated_after, 2);
	assert_int_equal(c.limits.connections, 32768);
	assert_int_equal(c.limits.windows, 1024);
	assert_int_equal(c.limits.fragments, 256);
	assert_int_equal(c.limits.text_octets, 64 * 1024 * 1024);
	assert_int_equal(c.limits.servers, 65536);
	assert_int_equal(c.limits.attempts, 1048576);
	assert_int_equal(c.limits.messages, 262144);
	assert_int_equal(c.limits.names, 262144);
	assert_int_equal(c.limits.idle_seconds, 600);
	assert_int_equal(c.limits.copy_window_us, 2000);
	config_free(&c);
}

static void
every_default_is_within_its_range(void **state)
{
	(void)state;
	for (const struct config_key *k = config_schema; k->name; k++) {
		struct config c;
		char text[200];

		snprintf(text, sizeof(text), "%s%s{%s: %s}", k->section,
			k->section[0] ? ": " : "", k->name, k->preset);
		config_rig_good(&c, text);
		config_free(&c);
	}
}

static void
prefixes_hold_what_is_in_any_of_them(void **state)
{
	struct ip_addr in4 = addr("192.0.2.255"), out4 = addr("192.0.3.0");
	struct ip_addr in6 = addr("2001:db8:ffff::1"), out6 = addr("2001:db9::1");
	struct config c;

	(void)state;
	config_rig_good(&c, "home: [192.0.2.0/24, 2001:db8::/32]");
	assert_true(config_prefixes_hold(&c.home, &in4));
	assert_false(config_prefixes_hold(&c.home, &out4));
	assert_true(config_prefixes_hold(&c.home, &in6));
	assert_false(config_prefixes_hold(&c.home, &out6));
	assert_false(config_prefixes_hold(&c.trusted, &in4));
	config_free(&c);
}

static void
ports_hold_what_is_listed(void **state)
{
	struct config c;

	(void)state;
	config_rig_good(&c, "ports: {smtp: [1, 65535]}");
	assert_true(config_ports_hold(&c.smtp_ports, 1));
	assert_true(config_ports_hold(&c.smtp_ports, 65535));
	assert_false(config_ports_hold(&c.smtp_ports, 25));
	assert_true(config_ports_hold(&c.smtps_ports, 465));
	config_free(&c);
}

/* --- the sample file -------------------------------------------------------------------
 */

static char *
sample(void)
{
	FILE *f = fopen("sensor/relaytap.conf", "r");
	char *text = calloc(1, 65536);

	assert_non_null(f);
	assert_non_null(text);
	assert_in_range(fread(text, 1, 65535, f), 1000, 65534);
	fclose(f);
	return text;
}

/* "#key: value" becomes "key: value"; "## help" and "# comment" stay comments. */
static char *
uncommented(const char *text)
{
	char *out = calloc(1, strlen(text) + 1), *to = out;
	bool at_start = true;

	assert_non_null(out);
	for (; *text; text++) {
		bool setting = at_start && text[0] == '#' && text[1] != '#' &&
			       (text[1] != ' ' || text[2] == ' ');

		at_start = *text == '\n';
		if (!setting)
			*to++ = *text;
	}
	return out;
}

static void
assert_same_ports(const struct config_ports *a, const struct config_ports *b)
{
	assert_int_equal(a->count, b->count);
	assert_memory_equal(a->at, b->at, a->count * sizeof(*a->at));
}

static void
assert_same(const struct config *a, const struct config *b)
{
	assert_int_equal(a->home.count, b->home.count);
	assert_int_equal(a->trusted.count, b->trusted.count);
	assert_int_equal(a->hosted_count, b->hosted_count);
	assert_same_ports(&a->smtp_ports, &b->smtp_ports);
	assert_same_ports(&a->smtps_ports, &b->smtps_ports);
	assert_int_equal(a->any_port, b->any_port);
	assert_int_equal(a->users, b->users);
	assert_null(a->hash_key);
	assert_int_equal(a->redact, b->redact);
	assert_null(a->public_suffix_file);
	assert_int_equal(a->remediated_after, b->remediated_after);
	assert_memory_equal(&a->limits, &b->limits, sizeof(a->limits));
	assert_int_equal(a->capture.interfaces.count, b->capture.interfaces.count);
	assert_int_equal(a->capture.method, b->capture.method);
	assert_int_equal(a->capture.threads, b->capture.threads);
	assert_int_equal(a->capture.ring_octets, b->capture.ring_octets);
	assert_int_equal(a->capture.snap, b->capture.snap);
	assert_int_equal(a->capture.shunt, b->capture.shunt);
	assert_null(a->capture.evidence_file);
	assert_int_equal(a->alerts.repeat_seconds, b->alerts.repeat_seconds);
	assert_int_equal(a->alerts.per_minute, b->alerts.per_minute);
	assert_int_equal(a->outputs.count, b->outputs.count);
	assert_null(a->state.directory);
	assert_int_equal(a->state.spool, b->state.spool);
	assert_int_equal(a->state.transactions, b->state.transactions);
	assert_string_equal(a->metrics.address, b->metrics.address);
	assert_int_equal(a->metrics.port, b->metrics.port);
	assert_string_equal(a->run.control, b->run.control);
}

static void
the_sample_uncommented_equals_the_defaults(void **state)
{
	struct config defaults, read;
	char *text = sample(), *settings = uncommented(text);

	(void)state;
	config_init(&defaults);
	config_rig_good(&read, settings);
	assert_same(&read, &defaults);
	config_free(&defaults);
	config_free(&read);
	free(settings);
	free(text);
}

static void
the_sample_as_it_is_sets_nothing(void **state)
{
	struct config c;
	char *text = sample();

	(void)state;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		assert_int_equal(line[0], '#');
	config_init(&c);
	assert_int_equal(config_read(&c, "sensor/relaytap.conf", text, 100), 0);
	config_free(&c);
	free(text);
}

static void
the_sample_has_every_key_with_its_help(void **state)
{
	char *text = sample();

	(void)state;
	for (const struct config_key *k = config_schema; k->name; k++) {
		char help[200], line[200];

		snprintf(help, sizeof(help), "\n## %s\n", k->help);
		snprintf(line, sizeof(line), "\n#%s%s: %s\n", k->section[0] ? "  " : "",
			k->name, k->preset);
		if (!strstr(text, help))
			fail_msg("no help line for %s: %s", k->name, help);
		if (!strstr(strstr(text, help), line))
			fail_msg("%s does not follow its help: %s", k->name, line);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_those_of_the_manual),
		cmocka_unit_test(every_default_is_within_its_range),
		cmocka_unit_test(prefixes_hold_what_is_in_any_of_them),
		cmocka_unit_test(ports_hold_what_is_listed),
		cmocka_unit_test(the_sample_uncommented_equals_the_defaults),
		cmocka_unit_test(the_sample_as_it_is_sets_nothing),
		cmocka_unit_test(the_sample_has_every_key_with_its_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
