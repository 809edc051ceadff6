/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration read anew: all threads take the good one, the old stays where the new
 * one is bad, and nothing that still looks into the old one loses it. */
#include "watch_sensor.h"

#include <sys/stat.h>

#include "sensor/watch/watch_config.h"

static struct sensor s;
static char folder[] = "/tmp/test_watch_reload_XXXXXX";
static char conf[64], alerts[64], records[64];

static void
write_file(const char *text)
{
	FILE *f = fopen(conf, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int
up(void **state)
{
	char error[CONFIG_ERROR];

	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(conf, sizeof(conf), "%s/conf", folder);
	snprintf(alerts, sizeof(alerts), "%s/alerts", folder);
	snprintf(records, sizeof(records), "%s/records", folder);
	write_file("home: [203.0.113.0/24]\nremediated_after: 3\n");
	s.o.config_file = conf;
	assert_int_equal(watch_config_load(&s.o, &s.w.boot, error), 0);
	sensor_init(&s, 2);
	return 0;
}

static int
down(void **state)
{
	struct config *last = s.w.config;
	bool reloaded = last != &s.w.boot;

	(void)state;
	sensor_free(&s);
	if (reloaded) {
		watch_config_release(last);
		free(last);
	}
	unlink(conf);
	unlink(alerts);
	unlink(records);
	return rmdir(folder);
}

static bool
has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

static size_t
lines_in(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* What a connection of that thread reads; by the thread itself. */
struct peek {
	struct watch_packet *packet;
	uint32_t remediated_after;
	size_t home_count;
	uint8_t home;
};

static void
peek(void *arg)
{
	struct peek *p = arg;

	p->remediated_after = p->packet->pipeline->config->remediated_after;
	p->home_count = p->packet->pipeline->config->home.count;
	if (p->home_count)
		p->home = p->packet->pipeline->config->home.at[0].base.at[12];
}

static struct peek
seen_by(size_t thread)
{
	struct peek p = {.packet = &s.w.packet[thread]};

	assert_true(watch_box_ask(&p.packet->box, peek, &p, 5000));
	return p;
}

static void
a_good_one_reaches_every_thread(void **state)
{
	const char *line;

	(void)state;
	sensor_start(&s);
	assert_int_equal(seen_by(0).remediated_after, 3);
	write_file("home: [198.51.100.0/24]\nremediated_after: 7\n");
	sensor_log_begin();
	assert_null(watch_reload(&s.w));
	line = sensor_log_end();
	assert_true(has(line, "configuration read anew"));
	assert_int_equal(lines_in(line), 1);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(seen_by(i).remediated_after, 7);
		assert_int_equal(seen_by(i).home, 198);
	}
	assert_int_equal(s.w.config->remediated_after, 7);
	assert_int_equal(atomic_load(&s.w.reloads), 1);
	assert_int_equal(atomic_load(&s.w.reloads_failed), 0);
}

static void
what_is_learned_is_judged_by_the_new_one(void **state)
{
	(void)state;
	/* A client that is trusted makes no relay. */
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	desk_look(s.w.desk, s.scene.now);
	fflush(s.w.changes);
	assert_true(has(s.changes, "\"verdict\":\"open-relay\""));
	sensor_start(&s);
	write_file("trusted: [" OUT1 "]\n");
	assert_null(watch_reload(&s.w));
	sensor_stop(&s);
	desk_look(s.w.desk, s.scene.now + WATCH_SECOND);
	fflush(s.w.changes);
	assert_int_equal(lines_in(s.changes), 2);
	assert_false(has(strchr(s.changes, '\n'), "\"verdict\":\"open-relay\""));
}

static void
a_bad_one_leaves_the_old_and_says_where_it_is_wrong(void **state)
{
	static const char *const bad[] = {
		"home: [203.0.113.0/24]\nhomes: 7\n",
		"home: [nonsense]\n",
		"home: [\n",
		"capture: {threads: 100000}\n",
		"\xff\xfe\xfd",
		"remediated_after: 99999999999999999999999\n",
		"outputs: [{to: carrier-pigeon}]\n",
	};
	struct config *before = s.w.config;

	(void)state;
	sensor_start(&s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		const char *error, *line;

		write_file(bad[i]);
		sensor_log_begin();
		error = watch_reload(&s.w);
		line = sensor_log_end();
		assert_non_null(error);
		assert_null(strchr(error, '\n'));
		assert_true(has(error, "the old one stays"));
		assert_int_equal(lines_in(line), 1);
		assert_true(has(line, conf));
		assert_true(has(line, "the old configuration stays"));
		assert_ptr_equal(s.w.config, before);
		assert_int_equal(atomic_load(&s.w.reloads_failed), i + 1);
	}
	assert_int_equal(atomic_load(&s.w.reloads), 0);
	assert_int_equal(seen_by(1).remediated_after, 3);
	assert_int_equal(seen_by(1).home_count, 1);
	assert_int_equal(seen_by(1).home, 203);
}

static void
a_file_that_is_gone_leaves_the_old(void **state)
{
	const char *line;

	(void)state;
	sensor_start(&s);
	unlink(conf);
	sensor_log_begin();
	assert_non_null(watch_reload(&s.w));
	line = sensor_log_end();
	assert_true(has(line, conf) && has(line, "the old configuration stays"));
	assert_int_equal(seen_by(0).remediated_after, 3);
	write_file("remediated_after: 9\n");
	assert_null(watch_reload(&s.w));
	assert_int_equal(seen_by(0).remediated_after, 9);
}

/* A thread that does not serve its box is one that hangs. */
static void
a_thread_that_hangs_is_told_of_and_keeps_what_it_looks_into(void **state)
{
	struct config *given_up;
	const char *line;

	(void)state;
	write_file("home: [198.51.100.0/24]\n");
	assert_null(watch_reload(&s.w));
	given_up = s.w.config;
	assert_int_equal(watch_infer_start(&s.w), 0);
	assert_int_equal(watch_packet_start(&s.w.packet[0]), 0);
	write_file("home: [192.0.2.0/24]\n");
	sensor_log_begin();
	assert_null(watch_reload(&s.w));
	line = sensor_log_end();
	assert_true(has(line, "a thread did not answer"));
	assert_int_equal(seen_by(0).home, 192);
	/* The second one never took another; and what was in force is not freed. */
	assert_int_equal(s.w.packet[1].config.home.at[0].base.at[12], 203);
	assert_int_equal(given_up->home.at[0].base.at[12], 198);
	sensor_stop(&s);
	watch_config_release(given_up);
	free(given_up);
}

static void
outputs_that_stay_the_same_are_not_started_anew(void **state)
{
	struct deliver *before;
	char text[256], name[64];

	(void)state;
	snprintf(text, sizeof(text), "outputs: [{to: file, path: %s}]\n", alerts);
	write_file(text);
	sensor_start(&s);
	assert_null(watch_reload(&s.w));
	before = s.w.deliver;
	assert_non_null(before);
	snprintf(name, sizeof(name), "%s", deliver_name(before, 0));
	snprintf(text, sizeof(text),
		"outputs: [{to: file, path: %s}]\nhome: [10.0.0.0/8]\n", alerts);
	write_file(text);
	for (int i = 0; i < 3; i++)
		assert_null(watch_reload(&s.w));
	assert_ptr_equal(s.w.deliver, before);
	/* It reads the outputs it was started with: they must still be there. */
	assert_string_equal(deliver_name(before, 0), name);
	write_file("home: [10.0.0.0/8]\n");
	assert_null(watch_reload(&s.w));
	assert_null(s.w.deliver);
	assert_int_equal(s.w.outputs.count, 0);
}

static void
an_output_that_cannot_be_keeps_the_old_ones_going(void **state)
{
	struct deliver *before;
	const char *error, *line;
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "outputs: [{to: file, path: %s}]\n", alerts);
	write_file(text);
	sensor_start(&s);
	assert_null(watch_reload(&s.w));
	before = s.w.deliver;
	write_file("outputs: [{to: tls, host: h, ca: /nonexistent/ca.pem}]\n");
	sensor_log_begin();
	error = watch_reload(&s.w);
	line = sensor_log_end();
	assert_non_null(error);
	assert_true(has(error, "an output cannot be"));
	assert_int_equal(lines_in(line), 1);
	assert_true(has(line, "/nonexistent/ca.pem"));
	assert_ptr_equal(s.w.deliver, before);
	assert_int_equal(s.w.outputs.at[0].to, CONFIG_TO_FILE);
	assert_int_equal(atomic_load(&s.w.reloads_failed), 1);
}

static void
the_observer_is_the_host_unless_named(void **state)
{
	char text[256];

	(void)state;
	snprintf(text, sizeof(text), "outputs: [{to: file, path: %s}]\n", alerts);
	write_file(text);
	sensor_start(&s);
	assert_null(watch_reload(&s.w));
	assert_string_equal(s.w.observer, "host.test");
	strcat(text, "alerts: {observer: tap7}\n");
	write_file(text);
	assert_null(watch_reload(&s.w));
	assert_string_equal(s.w.observer, "tap7");
}

static void
what_needs_a_restart_stays_and_is_named(void **state)
{
	const char *line;

	(void)state;
	sensor_start(&s);
	write_file("limits: {connections: 4096}\nremediated_after: 8\n");
	sensor_log_begin();
	assert_null(watch_reload(&s.w));
	line = sensor_log_end();
	assert_true(has(line, "limits.connections"));
	assert_int_equal(seen_by(0).remediated_after, 8);
	assert_int_equal(s.w.config->limits.connections, s.w.boot.limits.connections);
}

static long
size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

static void
records_go_on_in_a_new_file(void **state)
{
	FILE *old;

	(void)state;
	s.o.records = records;
	s.w.records = old = fopen(records, "ae");
	assert_non_null(old);
	fputs("old\n", old);
	sensor_start(&s);
	assert_int_equal(unlink(records), 0);
	watch_reopen(&s.w);
	assert_int_equal(size_of(records), 0);
	sensor_stop(&s);
	fputs("new line\n", s.w.records);
	assert_int_equal(fclose(s.w.records), 0);
	assert_int_equal(size_of(records), 9);
	assert_false(atomic_load(&s.w.failed));
}

static void
where_no_new_file_can_be_the_old_stays_in_use(void **state)
{
	FILE *old;
	const char *line;

	(void)state;
	s.w.records = old = fopen(records, "ae");
	assert_non_null(old);
	s.o.records = "/nonexistent/folder/records";
	sensor_start(&s);
	sensor_log_begin();
	watch_reopen(&s.w);
	line = sensor_log_end();
	assert_true(has(line, "the old file stays in use"));
	sensor_stop(&s);
	assert_ptr_equal(s.w.records, old);
	assert_int_equal(fclose(old), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_one_reaches_every_thread),
		TEST(what_is_learned_is_judged_by_the_new_one),
		TEST(a_bad_one_leaves_the_old_and_says_where_it_is_wrong),
		TEST(a_file_that_is_gone_leaves_the_old),
		TEST(a_thread_that_hangs_is_told_of_and_keeps_what_it_looks_into),
		TEST(outputs_that_stay_the_same_are_not_started_anew),
		TEST(an_output_that_cannot_be_keeps_the_old_ones_going),
		TEST(the_observer_is_the_host_unless_named),
		TEST(what_needs_a_restart_stays_and_is_named),
		TEST(records_go_on_in_a_new_file),
		TEST(where_no_new_file_can_be_the_old_stays_in_use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
