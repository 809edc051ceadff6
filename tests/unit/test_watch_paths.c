/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/watch/watch_paths.h"

static void
assert_paths(const char *const *got, size_t count, const char *const *want, size_t wanted)
{
	assert_int_equal(count, wanted);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(got[i], want[i]);
}

static void
a_sensor_that_keeps_nothing_needs_nothing(void **state)
{
	struct watch_options o = {0};
	struct watch_paths p;
	struct config c = {0};

	(void)state;
	/* What was in it before does not count. */
	memset(&p, 0xff, sizeof(p));
	watch_paths_of(&c, &o, &p);
	assert_int_equal(p.writable_count, 0);
	assert_int_equal(p.readable_count, 0);
	assert_string_equal(p.state, "");
	assert_false(p.network);
	/* Standard output has no name. */
	o.records = "-";
	watch_paths_of(&c, &o, &p);
	assert_int_equal(p.writable_count, 0);
}

static void
what_it_writes_and_reads_again_is_told(void **state)
{
	static const char *const writable[] = {
		"/var/lib/r/", "/var/r/records", "/var/r/evidence.pcapng", "/var/r/a"};
	static const char *const readable[] = {
		"/etc/r.conf", "/etc/psl", "/etc/ca", "/etc/cert", "/etc/key"};
	struct config_output at[] = {{.to = CONFIG_TO_FILE, .path = "/var/r/a"},
		{.to = CONFIG_TO_TLS,
			.host = "siem.example",
			.ca = "/etc/ca",
			.certificate = "/etc/cert",
			.key = "/etc/key"},
		{.to = CONFIG_TO_STDOUT}};
	struct watch_options o = {
		.records = "/var/r/records", .config_file = "/etc/r.conf"};
	struct config c = {.state.directory = "/var/lib/r",
		.capture.evidence_file = "/var/r/evidence.pcapng",
		.public_suffix_file = "/etc/psl",
		.outputs = {at, 3}};
	struct watch_paths p;

	(void)state;
	watch_paths_of(&c, &o, &p);
	assert_paths(p.writable, p.writable_count, writable, 4);
	assert_paths(p.readable, p.readable_count, readable, 5);
	assert_true(p.network);
}

/* The sandbox shuts the Internet off where nothing goes there. */
static void
only_outputs_over_the_internet_and_metrics_need_the_network(void **state)
{
	static const struct {
		enum config_transport to;
		bool network;
	} cases[] = {{CONFIG_TO_STDOUT, false}, {CONFIG_TO_FILE, false},
		{CONFIG_TO_UNIX, false}, {CONFIG_TO_UDP, true}, {CONFIG_TO_TCP, true},
		{CONFIG_TO_TLS, true}, {CONFIG_TO_RELP, true}};
	struct watch_options o = {0};
	struct watch_paths p;
	struct config c = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* Whichever of the outputs it is. */
		for (size_t at = 0; at < 3; at++) {
			struct config_output outputs[3] = {{.to = CONFIG_TO_STDOUT},
				{.to = CONFIG_TO_FILE}, {.to = CONFIG_TO_UNIX}};

			outputs[at].to = cases[i].to;
			c.outputs = (struct config_outputs){outputs, 3};
			watch_paths_of(&c, &o, &p);
			assert_int_equal(p.network, cases[i].network);
		}
	}
	c.outputs.count = 0;
	c.metrics.port = 9100;
	watch_paths_of(&c, &o, &p);
	assert_true(p.network);
}

/* What is over the bound is left out; what every sensor needs is not among that. */
static void
too_many_outputs_do_not_push_out_what_a_reload_needs(void **state)
{
	static struct config_output at[WATCH_PATHS_MAX + 20];
	struct watch_options o = {.config_file = "/etc/r.conf", .records = "/records"};
	struct config c = {.state.directory = "/state",
		.public_suffix_file = "/etc/psl",
		.outputs = {at, WATCH_PATHS_MAX + 20}};
	struct watch_paths p;

	(void)state;
	for (size_t i = 0; i < WATCH_PATHS_MAX + 20; i++)
		at[i] = (struct config_output){.to = CONFIG_TO_TLS,
			.path = "/path",
			.ca = "/ca",
			.certificate = "/cert",
			.key = "/key"};
	watch_paths_of(&c, &o, &p);
	assert_int_equal(p.writable_count, WATCH_PATHS_MAX);
	assert_int_equal(p.readable_count, WATCH_PATHS_MAX);
	assert_string_equal(p.writable[0], "/state/");
	assert_string_equal(p.writable[1], "/records");
	assert_string_equal(p.readable[0], "/etc/r.conf");
	assert_string_equal(p.readable[1], "/etc/psl");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sensor_that_keeps_nothing_needs_nothing),
		cmocka_unit_test(what_it_writes_and_reads_again_is_told),
		cmocka_unit_test(
			only_outputs_over_the_internet_and_metrics_need_the_network),
		cmocka_unit_test(too_many_outputs_do_not_push_out_what_a_reload_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
