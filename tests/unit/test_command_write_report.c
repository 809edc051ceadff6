/* SPDX-License-Identifier: Apache-2.0 */
/* relaytap report: out of a sensor's state, whole or not at all. */
#include "relay_scene.h"

#include "command_rig.h"

#include "sensor/infer/infer_state.h"

struct bureau {
	struct command_rig c;
	struct scene scene;
	char path[128]; /* of a report */
};

static void
bureau_init(struct bureau *d)
{
	struct record_files files;
	struct json_out key, body;
	struct infer_row r;

	memset(d, 0, sizeof(*d));
	command_rig_init(&d->c);
	snprintf(d->path, sizeof(d->path), "%s/report", d->c.rig.directory);
	scene_init(&d->scene);
	scene_mx(&d->scene, "198.51.100.77", "victim.test", "mx.victim.test",
		"192.0.2.25");
	taken(&d->scene, OUT1, "<x@shop.test>", "<bob@victim.test>", "Q1");
	record_files_init(&files);
	json_out_init(&key);
	json_out_init(&body);
	while (infer_state_next(d->scene.in, &files, &key, &body, &r))
		store_batch_state(d->c.rig.batch, r.table, r.key, r.body);
	rig_commit(&d->c.rig);
	json_out_free(&key);
	json_out_free(&body);
	record_files_free(&files);
}

static void
bureau_free(struct bureau *d)
{
	scene_free(&d->scene);
	command_rig_free(&d->c);
}

static void
put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* The caller frees it. */
static char *
text_of(const char *path)
{
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	return command_rig_text(f);
}

static void
what_a_sensor_keeps_is_written_in_the_format_that_is_asked_for(void **state)
{
	struct bureau d;

	(void)state;
	bureau_init(&d);
	command_rig_run_to(
		&d.c, &command_write_report, (const char *const[]){NULL}, NULL);
	assert_int_equal(d.c.status, COMMAND_GOOD);
	assert_string_equal(d.c.error, "");
	assert_ptr_equal(strstr(d.c.out, "<!DOCTYPE html>"), d.c.out);
	assert_says(d.c.out, S_NAME);
	assert_says(d.c.out, "</html>");
	/* A sensor's state does not say what was lost: that is not "nothing". */
	assert_says(d.c.out, "not kept in its state");
	assert_says_not(d.c.out, "No loss was counted");
	command_rig_run(&d.c, &command_write_report, "--format", "markdown");
	assert_ptr_equal(strstr(d.c.out, "# Mail relay report\n"), d.c.out);
	assert_says(d.c.out, "From the state of a sensor. ");
	command_rig_run(&d.c, &command_write_report, "--format", "csv");
	assert_ptr_equal(strstr(d.c.out, "ip,port,"), d.c.out);
	assert_int_equal(lines_of(d.c.out), 2);
	bureau_free(&d);
}

static void
changes_and_alerts_are_told_with_their_server(void **state)
{
	struct bureau d;
	struct alert a;

	(void)state;
	bureau_init(&d);
	rig_verdict(&d.c.rig, 1, RIG_T0, "open-relay", 0, true,
		"{\"server\":{\"ip\":\"" S "\",\"port\":25},\"verdict\":\"open-relay\","
		"\"grade\":\"suspected\",\"short\":\"It relays.\"}");
	memset(&a, 0, sizeof(a));
	memcpy(a.id, "01AAAAAAAAAAAAAAAA00000001", sizeof(a.id));
	memcpy(a.incident, a.id, sizeof(a.id));
	a.severity = ALERT_SEVERITY_CRITICAL;
	a.rule = SPAN_LITERAL("open-relay");
	a.title = SPAN_LITERAL("Open mail relay");
	a.time = RIG_T0 + UINT64_C(1000000000);
	a.server = scene_addr(S);
	a.port = 25;
	store_batch_alert(d.c.rig.batch, &a);
	rig_commit(&d.c.rig);
	command_rig_run(&d.c, &command_write_report, "--format", "markdown");
	assert_int_equal(d.c.status, COMMAND_GOOD);
	assert_says(d.c.out,
		"\nHistory:\n\n"
		"- 2026-11-23 20:22:53 UTC: open-relay, suspected: It relays. (verdict)\n"
		"- 2026-11-23 20:22:54 UTC: Open mail relay (alert, critical, opened)\n");
	bureau_free(&d);
}

static void
a_report_that_is_not_whole_leaves_the_old_one(void **state)
{
	struct bureau d;
	char *text;

	(void)state;
	bureau_init(&d);
	put(d.path, "old");
	/* Nothing is there to report of. */
	command_rig_run(
		&d.c, &command_write_report, "-o", d.path, "--state", "/nonexistent");
	assert_int_equal(d.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(d.c.error), 1);
	text = text_of(d.path);
	assert_string_equal(text, "old");
	free(text);
	assert_int_equal(rig_files(&d.c.rig, "report"), 1);
	command_rig_run(&d.c, &command_write_report, "-o", d.path);
	assert_int_equal(d.c.status, COMMAND_GOOD);
	assert_string_equal(d.c.out, "");
	text = text_of(d.path);
	assert_says(text, "</html>");
	free(text);
	assert_int_equal(rig_files(&d.c.rig, "report"), 1);
	bureau_free(&d);
}

static void
a_report_that_finds_one_is_written_all_the_same(void **state)
{
	struct bureau d;
	char *text;

	(void)state;
	bureau_init(&d);
	command_rig_run(
		&d.c, &command_write_report, "-o", d.path, "--fail-on", "open-relay");
	assert_int_equal(d.c.status, COMMAND_FOUND);
	text = text_of(d.path);
	assert_says(text, "</html>");
	free(text);
	bureau_free(&d);
}

static void
what_cannot_be_written_is_told_in_one_line(void **state)
{
	static const char *const none[] = {NULL};
	struct bureau d;

	(void)state;
	bureau_init(&d);
	command_rig_run(&d.c, &command_write_report, "-o", "/nonexistent/report");
	assert_int_equal(d.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(d.c.error), 1);
	assert_says(
		d.c.error, "--output /nonexistent/report: no report is written: No such");
	command_rig_run(&d.c, &command_write_report, "-o", "/dev/full");
	assert_int_equal(d.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(d.c.error), 1);
	assert_says(d.c.error, "no report is written: No space left on device");
	command_rig_run_to(&d.c, &command_write_report, none, "/dev/full");
	assert_int_equal(d.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(d.c.error), 1);
	assert_says(d.c.error, "standard output: No space left on device");
	command_rig_run(&d.c, &command_write_report, "x.pcap");
	assert_int_equal(d.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(d.c.error), 1);
	assert_says(d.c.error, "not both");
	bureau_free(&d);
}

static void
redaction_is_honoured(void **state)
{
	static const char *const formats[] = {"html", "markdown", "csv"};
	struct bureau d;
	char conf[128];

	(void)state;
	bureau_init(&d);
	snprintf(conf, sizeof(conf), "%s/conf", d.c.rig.directory);
	put(conf, "redact: all\n");
	command_rig_run(&d.c, &command_write_report, "--format", "html");
	assert_says(d.c.out, "bob");
	for (size_t i = 0; i < 3; i++) {
		command_rig_run(
			&d.c, &command_write_report, "-c", conf, "--format", formats[i]);
		assert_int_equal(d.c.status, COMMAND_GOOD);
		assert_says(d.c.out, S);
		assert_says_not(d.c.out, "bob");
		assert_says_not(d.c.out, "x@shop.test");
	}
	bureau_free(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_a_sensor_keeps_is_written_in_the_format_that_is_asked_for),
		cmocka_unit_test(changes_and_alerts_are_told_with_their_server),
		cmocka_unit_test(a_report_that_is_not_whole_leaves_the_old_one),
		cmocka_unit_test(a_report_that_finds_one_is_written_all_the_same),
		cmocka_unit_test(what_cannot_be_written_is_told_in_one_line),
		cmocka_unit_test(redaction_is_honoured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
