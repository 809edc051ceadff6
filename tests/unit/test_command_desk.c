/* SPDX-License-Identifier: Apache-2.0 */
/* What commands that read tell and keep: one relay, a file for alerts, a folder. */
#include "relay_scene.h"

#include "store_rig.h"

#include "sensor/command/command_desk.h"

struct office {
	struct scene scene;
	struct rig rig; /* its folder is for the database and for the alerts' file */
	struct record_files files;
	struct command_desk desk;
	struct config_output output;
	char name[8], path[128], observer[16];
	char told[16384]; /* what is in the alerts' file */
};

static void
office_init(struct office *o)
{
	memset(o, 0, sizeof(*o));
	scene_init(&o->scene);
	rig_make(&o->rig);
	record_files_init(&o->files);
	record_files_add(&o->files, SPAN_LITERAL("eth0"));
	strcpy(o->name, "out");
	strcpy(o->observer, "sensor-x");
	snprintf(o->path, sizeof(o->path), "%s/alerts", o->rig.directory);
	o->output = (struct config_output){
		.name = o->name, .to = CONFIG_TO_FILE, .path = o->path};
	o->scene.config.alerts.repeat_seconds = 3600;
	o->scene.config.alerts.observer = o->observer;
	o->scene.config.state = o->rig.config;
	o->scene.config.state.directory = NULL;
}

static void
office_free(struct office *o)
{
	record_files_free(&o->files);
	scene_free(&o->scene);
	rig_free(&o->rig);
}

static void
want_outputs(struct office *o)
{
	o->scene.config.outputs = (struct config_outputs){&o->output, 1};
}

static void
want_state(struct office *o)
{
	o->scene.config.state.directory = o->rig.directory;
}

static int
office_open(struct office *o)
{
	return command_desk_open(&o->desk, &o->scene.config, o->scene.in, &o->files);
}

static void
relay(struct office *o, const char *id)
{
	char received[400];

	scene_mx(&o->scene, S, "victim.test", "mx1.victim.test", MX_V);
	taken(&o->scene, OUT1, "<x@shop.test>", "<a@victim.test>", id);
	snprintf(received, sizeof(received), BY_S(OUT1, "ESMTP", "%s", "<a@victim.test>"),
		id);
	sent_on(&o->scene, MX_V, "<x@shop.test>", "<a@victim.test>", received);
}

/* Lines in the alerts' file, its text in told. */
static size_t
lines_told(struct office *o)
{
	FILE *f = fopen(o->path, "r");
	size_t n = f ? fread(o->told, 1, sizeof(o->told) - 1, f) : 0, lines = 0;

	if (f)
		fclose(f);
	o->told[n] = '\0';
	for (size_t i = 0; i < n; i++)
		lines += o->told[i] == '\n';
	return lines;
}

static void
where_nothing_is_asked_for_nothing_is_opened(void **state)
{
	struct office o;

	(void)state;
	office_init(&o);
	assert_int_equal(office_open(&o), 0);
	assert_null(o.desk.desk);
	assert_null(o.desk.store);
	assert_null(o.desk.deliver);
	relay(&o, "Q1");
	assert_int_equal(command_desk_close(&o.desk), 0);
	/* Once more is nothing. */
	assert_int_equal(command_desk_close(&o.desk), 0);
	assert_int_equal(rig_files(&o.rig, "relaytap"), 0);
	office_free(&o);
}

/* Without a database it is kept in memory, until the outputs have it. */
static void
the_end_waits_until_the_outputs_have_all(void **state)
{
	struct office o;

	(void)state;
	office_init(&o);
	want_outputs(&o);
	assert_int_equal(office_open(&o), 0);
	relay(&o, "Q1");
	assert_int_equal(command_desk_close(&o.desk), 0);
	assert_int_equal(lines_told(&o), 1);
	assert_non_null(strstr(o.told, "open-relay"));
	assert_non_null(strstr(o.told, "sensor-x"));
	assert_int_equal(rig_files(&o.rig, "relaytap"), 0);
	office_free(&o);
}

static void
the_hosts_name_stands_in_for_the_sensors(void **state)
{
	char host[256] = "";
	struct office o;

	(void)state;
	gethostname(host, sizeof(host) - 1);
	office_init(&o);
	o.scene.config.alerts.observer = NULL;
	want_outputs(&o);
	assert_int_equal(office_open(&o), 0);
	relay(&o, "Q1");
	assert_int_equal(command_desk_close(&o.desk), 0);
	assert_int_equal(lines_told(&o), 1);
	assert_non_null(strstr(o.told, host));
	office_free(&o);
}

/* The second reading knows what the first has told. */
static void
what_was_told_before_is_not_told_again(void **state)
{
	struct office o;

	(void)state;
	office_init(&o);
	want_outputs(&o);
	want_state(&o);
	for (int i = 0; i < 2; i++) {
		uint64_t now = o.scene.now;

		assert_int_equal(office_open(&o), 0);
		assert_true(desk_lasts(o.desk.desk));
		relay(&o, i ? "Q2" : "Q1");
		assert_int_equal(command_desk_close(&o.desk), 0);
		assert_int_equal(lines_told(&o), 1);
		infer_free(o.scene.in);
		o.scene.in = infer_new(&o.scene.config);
		o.scene.now = now;
	}
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM alert"), 1);
	office_free(&o);
}

/* As a live sensor looks, whatever number of records comes within. */
static void
it_looks_once_a_second_of_the_packets_time(void **state)
{
	static const struct {
		uint64_t at; /* ns */
		uint64_t looks;
	} cases[] = {{5000000000, 1}, {5000000000, 1}, {5999999999, 1}, {6000000000, 2},
		{6000000001, 2}, {6999999999, 2}, {9000000000, 3}, {8000000000, 3}};
	struct record r = {.kind = RECORD_CONNECTION};
	struct desk_counters n;
	struct office o;

	(void)state;
	office_init(&o);
	want_state(&o);
	assert_int_equal(office_open(&o), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		o.scene.in->now = cases[i].at;
		command_desk_record(&o.desk, &r);
		desk_counters(o.desk.desk, &n);
		assert_int_equal(n.looks, cases[i].looks);
	}
	assert_int_equal(command_desk_close(&o.desk), 0);
	office_free(&o);
}

/* Nothing is left half open. */
static void
what_cannot_be_opened_is_a_failure(void **state)
{
	struct office o;

	(void)state;
	office_init(&o);
	/* A folder in place of a file. */
	o.output.path = o.rig.directory;
	want_outputs(&o);
	assert_int_equal(office_open(&o), -1);
	assert_null(o.desk.desk);
	assert_null(o.desk.store);
	assert_null(o.desk.deliver);
	assert_int_equal(command_desk_close(&o.desk), 0);
	/* A file in place of a folder. */
	o.scene.config.outputs.count = 0;
	o.scene.config.state.directory = "/dev/null/state";
	assert_int_equal(office_open(&o), -1);
	assert_null(o.desk.desk);
	assert_int_equal(command_desk_close(&o.desk), 0);
	office_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_nothing_is_asked_for_nothing_is_opened),
		cmocka_unit_test(the_end_waits_until_the_outputs_have_all),
		cmocka_unit_test(the_hosts_name_stands_in_for_the_sensors),
		cmocka_unit_test(what_was_told_before_is_not_told_again),
		cmocka_unit_test(it_looks_once_a_second_of_the_packets_time),
		cmocka_unit_test(what_cannot_be_opened_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
