/* SPDX-License-Identifier: Apache-2.0 */
/* The exit status that a reading calls for, and what of it goes to standard output. */
#include "relay_scene.h"

#include "command_rig.h"

/* A ranking of one server of each verdict in kinds, the most serious first. */
static int
status(const struct command_options *o, bool failed, bool damaged,
	const enum verdict_kind *kinds, size_t count)
{
	struct verdict at[8];
	struct ranking r = {at, count};
	struct command_input *i = calloc(1, sizeof(*i));
	int result;

	assert_non_null(i);
	assert_true(count <= 8);
	memset(at, 0, sizeof(at));
	for (size_t k = 0; k < count; k++)
		at[k].kind = kinds[k];
	i->failed = failed;
	i->damaged = damaged;
	result = command_status(o, i, &r);
	free(i);
	return result;
}

/* relaytap(8): as bad as that, or worse, the worst first. */
static void
a_verdict_that_is_bad_enough_gives_two(void **state)
{
	struct command_options o = {.fail_on = true};

	(void)state;
	for (enum verdict_kind asked = VERDICT_OPEN_RELAY; asked <= VERDICT_UNKNOWN;
		asked++)
		for (enum verdict_kind is = VERDICT_OPEN_RELAY; is <= VERDICT_UNKNOWN;
			is++) {
			o.fail_kind = asked;
			assert_int_equal(status(&o, false, false, &is, 1),
				is <= asked ? COMMAND_FOUND : COMMAND_GOOD);
		}
	o.fail_kind = VERDICT_UNKNOWN;
	assert_int_equal(status(&o, false, false, NULL, 0), COMMAND_GOOD);
}

static void
nobody_who_does_not_ask_is_told_by_the_status(void **state)
{
	static const enum verdict_kind open = VERDICT_OPEN_RELAY;
	/* As it is left by memset: kind 0 is the worst. */
	struct command_options o = {.fail_on = false};

	(void)state;
	assert_int_equal(status(&o, false, false, &open, 1), COMMAND_GOOD);
}

/* A script that looks for relays must hear of one in a damaged capture, too. */
static void
a_failure_is_worse_than_a_find_and_a_find_than_damage(void **state)
{
	static const enum verdict_kind both[] = {VERDICT_OPEN_RELAY, VERDICT_UNKNOWN};
	struct command_options o = {.fail_on = true, .fail_kind = VERDICT_OPEN_RELAY};

	(void)state;
	assert_int_equal(status(&o, true, true, both, 2), COMMAND_FAILED);
	assert_int_equal(status(&o, false, true, both, 2), COMMAND_FOUND);
	assert_int_equal(status(&o, false, true, both + 1, 1), COMMAND_DAMAGED);
	assert_int_equal(status(&o, false, false, both + 1, 1), COMMAND_GOOD);
}

static void
reported(struct command_rig *c, struct scene *s, const struct command_options *o,
	const char *losses, const char *path)
{
	struct command_input *i = calloc(1, sizeof(*i));
	FILE *out = path ? fopen(path, "w+") : tmpfile(), *error = tmpfile();
	int now[2] = {fileno(out), fileno(error)};
	int before[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)};

	assert_non_null(i);
	record_files_init(&i->files);
	json_out_init(&i->stats);
	json_out_object(&i->stats, NULL);
	json_out_text(&i->stats, "type", "stats");
	json_out_object_end(&i->stats);
	i->infer = s->in;
	snprintf(i->losses, sizeof(i->losses), "%s", losses);
	free(c->out);
	free(c->error);
	command_rig_turn(now);
	c->status = command_report(o, i);
	command_rig_turn(before);
	close(before[0]);
	close(before[1]);
	c->out = path ? strdup("") : command_rig_text(out);
	if (path)
		fclose(out);
	c->error = command_rig_text(error);
	record_files_free(&i->files);
	json_out_free(&i->stats);
	free(i);
}

static void
relay(struct scene *s)
{
	scene_init(s);
	scene_mx(s, "198.51.100.77", "victim.test", "mx.victim.test", "192.0.2.25");
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
}

static void
the_table_comes_with_what_was_not_seen(void **state)
{
	struct command_options o = {.colour = 0};
	struct command_rig c = {.status = -1};
	struct scene s;

	(void)state;
	relay(&s);
	reported(&c, &s, &o, "3 frames were cut", NULL);
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_says(c.out, S ":25  open-relay, suspected");
	assert_says(c.out, "\nNot seen:\n3 frames were cut\n");
	assert_says_not(c.out, "Evidence");
	reported(&c, &s, &o, "", NULL);
	assert_says_not(c.out, "Not seen:");
	o.explain = true;
	reported(&c, &s, &o, "", NULL);
	assert_says(c.out, "appears to be an open relay");
	scene_free(&s);
	free(c.out);
	free(c.error);
}

static void
lines_are_servers_first_and_the_counters_last(void **state)
{
	struct command_options o = {.json = true};
	struct command_rig c = {.status = -1};
	struct scene s;

	(void)state;
	relay(&s);
	reported(&c, &s, &o, "3 frames were cut", NULL);
	assert_int_equal(c.status, COMMAND_GOOD);
	assert_int_equal(lines_of(c.out), 2);
	assert_ptr_equal(strstr(c.out, "{\"type\":\"server\""), c.out);
	assert_says(c.out, "\n{\"type\":\"stats\"}\n");
	assert_says_not(c.out, "frames were cut");
	scene_free(&s);
	free(c.out);
	free(c.error);
}

/* Standard output is for one thing at a time: records, or alerts, or a table. */
static void
no_table_stands_between_records_or_alerts(void **state)
{
	static char standard[] = "-", file[] = "x.jsonl";
	struct command_options o = {.transactions = standard};
	struct command_rig c = {.status = -1};
	struct scene s;

	(void)state;
	relay(&s);
	reported(&c, &s, &o, "3 frames were cut", NULL);
	assert_string_equal(c.out, "");
	o = (struct command_options){.alerts = true};
	reported(&c, &s, &o, "3 frames were cut", NULL);
	assert_string_equal(c.out, "");
	/* It tells what was found all the same. */
	o.fail_on = true;
	reported(&c, &s, &o, "", NULL);
	assert_int_equal(c.status, COMMAND_FOUND);
	o = (struct command_options){.transactions = file};
	reported(&c, &s, &o, "", NULL);
	assert_says(c.out, "open-relay");
	scene_free(&s);
	free(c.out);
	free(c.error);
}

static void
an_output_that_takes_nothing_is_a_failure(void **state)
{
	struct command_options o = {.fail_on = true};
	struct command_rig c = {.status = -1};
	struct scene s;

	(void)state;
	relay(&s);
	for (int json = 0; json < 2; json++) {
		o.json = json;
		reported(&c, &s, &o, "", "/dev/full");
		assert_int_equal(c.status, COMMAND_FAILED);
		assert_int_equal(lines_of(c.error), 1);
		assert_says(c.error, "standard output: No space left on device");
	}
	scene_free(&s);
	free(c.out);
	free(c.error);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_verdict_that_is_bad_enough_gives_two),
		cmocka_unit_test(nobody_who_does_not_ask_is_told_by_the_status),
		cmocka_unit_test(a_failure_is_worse_than_a_find_and_a_find_than_damage),
		cmocka_unit_test(the_table_comes_with_what_was_not_seen),
		cmocka_unit_test(lines_are_servers_first_and_the_counters_last),
		cmocka_unit_test(no_table_stands_between_records_or_alerts),
		cmocka_unit_test(an_output_that_takes_nothing_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
