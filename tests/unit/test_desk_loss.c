/* SPDX-License-Identifier: Apache-2.0 */
/* The desk when its database is lost: what is written once more, and what is not told. */
#include "desk_rig.h"

/* --- a database that is lost while it is in use --------------------------------------- */

static bool
load_row(void *ctx, const char *table, struct span key, struct span body)
{
	struct office *o = ctx;
	struct infer_row row = {.table = table, .key = key, .body = body};

	if (strcmp(table, "gate") != 0)
		assert_true(infer_state_load(o->scene.in, &o->files, &row));
	return true;
}

/* What another process would learn from the folder now says the same. */
static void
assert_folder_has_all(struct office *o)
{
	struct infer *own = o->scene.in;
	struct store *beside = store_open(&o->rig.config, STORE_READ, o->rig.error);

	assert_non_null(beside);
	o->scene.in = infer_new(&o->scene.config);
	assert_int_equal(store_read_state(beside, load_row, o), 0);
	infer_state_loaded(o->scene.in);
	assert_same_portrait(own, &o->files, o->scene.in, &o->files);
	infer_free(o->scene.in);
	o->scene.in = own;
	store_close(beside);
}

/* Two servers, a domain that one of them takes mail for, and an open relay. */
static void
learn(struct office *o)
{
	relay(o, "Q1");
	scene_mail(&o->scene, (struct scene_mail){.client = OUT4,
				      .server = S,
				      .name = S_NAME,
				      .from = "<x@shop.test>",
				      .rcpt = {{"<nobody@corp.test>", 550,
					      "5.1.1 User unknown"}}});
	taken(&o->scene, OUT3, "<x@shop.test>", "<a@corp.test>", "Q3");
	look(o);
}

/* Looks until all that was learned before has come to the disk. */
static void
look_on(struct office *o)
{
	for (int i = 0; i < 40; i++) {
		scene_wait(&o->scene, 2);
		look(o);
		usleep(10000);
	}
}

static void
lose(struct office *o, bool cut)
{
	if (!cut)
		assert_int_equal(unlink(o->rig.file), 0);
	else
		assert_int_equal(truncate(o->rig.file, 5000), 0);
}

static void
check_lost_in_use(bool own_thread, bool cut)
{
	struct store_waiting waiting[4];
	struct office o;

	office_init(&o, own_thread);
	learn(&o);
	end(&o);
	begin(&o, own_thread);
	lose(&o, cut);
	taken(&o.scene, OUT3, "<x@shop.test>", "<c@corp.test>", "Q4");
	look_on(&o);
	assert_int_equal(store_damaged(o.rig.store), 1);
	assert_folder_has_all(&o);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM server"), 2);
	/* Its history goes on from what holds now. */
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM verdict WHERE ip = '" S
					 "' AND verdict = 'open-relay'"),
		1);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM hosted WHERE domain ="
					 " 'corp.test'"),
		1);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM state WHERE tbl = 'gate'"),
		1);
	/* One alert was made, and waits; it is not told once more, now or later. */
	if (!cut) {
		assert_int_equal(store_waiting(o.rig.store, "out", waiting, 4), 1);
		store_waiting_free(waiting, 1);
	}
	restart(&o);
	relay(&o, "Q2");
	look(&o);
	assert_int_equal(o.heard.count, 1);
	office_free(&o);
}

static void
a_file_deleted_in_use_gets_all_that_was_learned_once_more(void **state)
{
	(void)state;
	check_lost_in_use(false, false);
	check_lost_in_use(true, false);
}

static void
a_file_cut_in_use_gets_all_that_was_learned_once_more(void **state)
{
	(void)state;
	check_lost_in_use(false, true);
	check_lost_in_use(true, true);
}

/* Nobody looks any more: the last commit itself finds it gone. */
static void
a_file_that_goes_at_the_very_end_gets_it_all_the_same(void **state)
{
	(void)state;
	for (int own_thread = 0; own_thread < 2; own_thread++) {
		struct office o;
		char *before, *after;

		office_init(&o, own_thread);
		learn(&o);
		end(&o);
		begin(&o, own_thread);
		lose(&o, false);
		before = portrait(o.scene.in, &o.files);
		restart(&o);
		after = portrait(o.scene.in, &o.files);
		assert_string_equal(before, after);
		free(before);
		free(after);
		office_free(&o);
	}
}

/* The page that what waits for outputs begins at is broken, when the sensor starts. */
static void
spoil_deliveries(const struct office *o, int64_t page)
{
	char garbage[4096];
	int fd = open(o->rig.file, O_WRONLY);

	memset(garbage, 0xa5, sizeof(garbage));
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, garbage, sizeof(garbage), (page - 1) * 4096), 4096);
	close(fd);
}

static void
a_file_that_is_found_damaged_gives_back_what_was_learned(void **state)
{
	struct office o;
	char *before, *after;
	int64_t page;

	(void)state;
	office_init(&o, false);
	learn(&o);
	assert_int_equal(rig_ask(&o.rig, "PRAGMA page_size"), 4096);
	page = rig_ask(&o.rig, "SELECT rootpage FROM sqlite_schema WHERE name = 'delivery'");
	end(&o);
	before = portrait(o.scene.in, &o.files);
	spoil_deliveries(&o, page);
	infer_free(o.scene.in);
	o.scene.in = infer_new(&o.scene.config);
	begin(&o, false);
	assert_int_equal(store_damaged(o.rig.store), 1);
	after = portrait(o.scene.in, &o.files);
	assert_string_equal(before, after);
	free(before);
	free(after);
	/* Verdicts stand there again too, and nothing is told twice. */
	look_on(&o);
	assert_folder_has_all(&o);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM server"), 2);
	relay(&o, "Q2");
	look(&o);
	assert_int_equal(o.heard.count, 1);
	office_free(&o);
}

/* Rows that are given once more come in steps; the end waits for all of them. */
static void
many_servers_come_back_step_by_step(void **state)
{
	const unsigned count = KEPT_AGAIN_STEP + 100;
	struct office o;
	char name[40];

	(void)state;
	office_init(&o, false);
	o.scene.config.limits.servers = 2 * count;
	o.scene.in->servers.max_servers = 2 * count;
	for (unsigned i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "10.1.%u.%u", i / 250, i % 250);
		scene_hello(&o.scene, OUT1, name, "mail.many.test", "x.test");
	}
	look(&o);
	lose(&o, false);
	scene_wait(&o.scene, 2);
	denied(&o.scene, OUT4, "<x@shop.test>", "<b@fourth.test>");
	look(&o);
	restart(&o);
	assert_int_equal(HASH_COUNT(o.scene.in->servers.table), count + 1);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM server"), count + 1);
	office_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_file_deleted_in_use_gets_all_that_was_learned_once_more),
		cmocka_unit_test(a_file_cut_in_use_gets_all_that_was_learned_once_more),
		cmocka_unit_test(a_file_that_goes_at_the_very_end_gets_it_all_the_same),
		cmocka_unit_test(
			a_file_that_is_found_damaged_gives_back_what_was_learned),
		cmocka_unit_test(many_servers_come_back_step_by_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
