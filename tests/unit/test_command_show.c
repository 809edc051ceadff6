/* SPDX-License-Identifier: Apache-2.0 */
/* What relaytap show says of one server out of what a sensor keeps. */
#include "relay_scene.h"

#include "command_rig.h"

#include "sensor/infer/infer_state.h"

struct view {
	struct command_rig c;
	struct scene scene;
};

static void
save(struct view *v)
{
	struct record_files files;
	struct json_out key, body;
	struct infer_row r;

	record_files_init(&files);
	json_out_init(&key);
	json_out_init(&body);
	while (infer_state_next(v->scene.in, &files, &key, &body, &r))
		store_batch_state(v->c.rig.batch, r.table, r.key, r.body);
	rig_commit(&v->c.rig);
	json_out_free(&key);
	json_out_free(&body);
	record_files_free(&files);
}

static void
tell(struct scene *s, const char *server, const char *name, unsigned code)
{
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = server,
			      .name = name,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", code, NULL}},
			      .data = code < 300 ? 250 : 0});
}

/* One that is open, which also greets by another name; one in order; one unnamed. */
static void
view_init(struct view *v)
{
	memset(v, 0, sizeof(*v));
	command_rig_init(&v->c);
	scene_init(&v->scene);
	scene_mx(&v->scene, "198.51.100.77", "victim.test", "mx.victim.test",
		"192.0.2.25");
	tell(&v->scene, S, S_NAME, 250);
	tell(&v->scene, S, "second.test", 554);
	tell(&v->scene, "203.0.113.99", "good.test", 554);
	tell(&v->scene, "203.0.113.98", NULL, 554);
	save(v);
}

static void
view_free(struct view *v)
{
	scene_free(&v->scene);
	command_rig_free(&v->c);
}

#define NONE "in this input; relaytap servers lists them"

static void
a_server_is_shown_by_any_name_and_no_other_with_it(void **state)
{
	static const char *const names[] = {
		S, S ":25", S_NAME, "MAIL.corp.test:25", "second.test"};
	struct view v;

	(void)state;
	view_init(&v);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		command_rig_run(&v.c, &command_show, names[i]);
		assert_int_equal(v.c.status, COMMAND_GOOD);
		assert_string_equal(v.c.error, "");
		assert_says(v.c.out, S ":25");
		assert_says(v.c.out, "open-relay");
		assert_says_not(v.c.out, "good.test");
	}
	view_free(&v);
}

static void
a_server_that_is_not_known_is_a_failure_in_one_line(void **state)
{
	static const char *const names[] = {
		"192.0.2.99", S ":587", "nobody.test", "", "mail.corp", "corp.test"};
	struct view v;

	(void)state;
	view_init(&v);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		command_rig_run(&v.c, &command_show, names[i]);
		assert_int_equal(v.c.status, COMMAND_FAILED);
		assert_string_equal(v.c.out, "");
		assert_int_equal(lines_of(v.c.error), 1);
		assert_says(v.c.error, NONE);
	}
	/* Nor does what was typed steer the terminal. */
	command_rig_run(&v.c, &command_show, "a\x1b[2J\nb");
	assert_int_equal(lines_of(v.c.error), 1);
	assert_says(v.c.error, "a\\x1b[2J\\x0ab");
	view_free(&v);
}

/* relaytap(8): of all servers, not of the one that is shown. */
static void
fail_on_looks_at_all_servers(void **state)
{
	struct view v;

	(void)state;
	view_init(&v);
	command_rig_run(&v.c, &command_show, "good.test", "--fail-on", "open-relay");
	assert_int_equal(v.c.status, COMMAND_FOUND);
	assert_says(v.c.out, "203.0.113.99:25");
	assert_says_not(v.c.out, S_NAME);
	view_free(&v);
}

static void
lines_are_objects_of_that_server_alone(void **state)
{
	struct view v;

	(void)state;
	view_init(&v);
	command_rig_run(&v.c, &command_show, S, "--json");
	assert_int_equal(v.c.status, COMMAND_GOOD);
	assert_ptr_equal(strstr(v.c.out, "{\"type\":\"server\""), v.c.out);
	assert_int_equal(lines_of(v.c.out), 1);
	/* With what changed, where something did. */
	rig_verdict(&v.c.rig, 1, RIG_T0, "open-relay", 0, true, "{\"verdict\":\"x\"}");
	rig_commit(&v.c.rig);
	rig_do(&v.c.rig, "UPDATE verdict SET ip = '" S "'");
	command_rig_run(&v.c, &command_show, S, "--json");
	assert_int_equal(lines_of(v.c.out), 2);
	assert_says(v.c.out, "\n{\"type\":\"history\"");
	command_rig_run(&v.c, &command_show, S);
	assert_says(v.c.out, "\nHistory\n");
	view_free(&v);
}

static void
an_output_that_takes_nothing_is_a_failure(void **state)
{
	static const char *const kinds[][3] = {{S, NULL}, {S, "--json", NULL}};
	struct view v;

	(void)state;
	view_init(&v);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		command_rig_run_to(&v.c, &command_show, kinds[i], "/dev/full");
		assert_int_equal(v.c.status, COMMAND_FAILED);
		assert_int_equal(lines_of(v.c.error), 1);
		assert_says(v.c.error, "standard output: No space left on device");
	}
	view_free(&v);
}

static void
a_server_is_asked_for_once_and_of_one_place(void **state)
{
	static const char *const none[] = {NULL};
	struct view v;

	(void)state;
	view_init(&v);
	command_rig_run_to(&v.c, &command_show, none, NULL);
	assert_int_equal(v.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(v.c.error), 1);
	assert_says(v.c.error, "name a server");
	command_rig_run(&v.c, &command_show, S, "x.pcap");
	assert_int_equal(v.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(v.c.error), 1);
	assert_says(v.c.error, "either files or --state");
	command_rig_run(&v.c, &command_show, S, "--filter", "port 25");
	assert_int_equal(v.c.status, COMMAND_FAILED);
	assert_int_equal(lines_of(v.c.error), 1);
	assert_says(v.c.error, "--filter");
	command_rig_run(&v.c, &command_show, S, "--transactions", "/nonexistent/x");
	assert_int_equal(v.c.status, COMMAND_FAILED);
	assert_says(v.c.error, "--transactions");
	view_free(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_shown_by_any_name_and_no_other_with_it),
		cmocka_unit_test(a_server_that_is_not_known_is_a_failure_in_one_line),
		cmocka_unit_test(fail_on_looks_at_all_servers),
		cmocka_unit_test(lines_are_objects_of_that_server_alone),
		cmocka_unit_test(an_output_that_takes_nothing_is_a_failure),
		cmocka_unit_test(a_server_is_asked_for_once_and_of_one_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
