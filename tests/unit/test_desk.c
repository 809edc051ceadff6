/* SPDX-License-Identifier: Apache-2.0 */
/* From what was learned to what is kept and told: one server, its verdicts, its alerts.
 */
#include "relay_scene.h"
#include "state_rig.h"
#include "store_rig.h"

#include "sensor/desk/desk.h"
#include "sensor/store/store_part.h"

struct heard {
	char rule[8][40];
	char action[8][16];
	size_t count;
};

/* A desk over a scene and a store of its own folder. */
struct office {
	struct scene scene;
	struct record_files files;
	struct rig rig;
	struct desk *desk;
	struct heard heard;
	size_t waiting_octets;
	struct config_output output;
	char name[8];
};

static void
alerted(void *ctx, const struct alert *a)
{
	struct heard *t = ctx;

	assert_in_range(t->count, 0, 7);
	span_copy(a->rule, t->rule[t->count], sizeof(t->rule[0]));
	snprintf(t->action[t->count++], sizeof(t->action[0]), "%s",
		alert_action_name(a->action));
}

static void
begin(struct office *o, bool own_thread)
{
	struct desk_options d = {
		.config = &o->scene.config,
		.infer = o->scene.in,
		.files = &o->files,
		.own_thread = own_thread,
		.waiting_octets = o->waiting_octets,
		.alerted = alerted,
		.ctx = &o->heard,
	};

	rig_open(&o->rig);
	d.store = o->rig.store;
	o->desk = desk_new(&d);
	assert_non_null(o->desk);
}

static void
office_init(struct office *o, bool own_thread)
{
	memset(o, 0, sizeof(*o));
	scene_init(&o->scene);
	record_files_init(&o->files);
	record_files_add(&o->files, SPAN_LITERAL("eth0"));
	rig_make(&o->rig);
	strcpy(o->name, "out");
	o->output = (struct config_output){.name = o->name, .to = CONFIG_TO_STDOUT};
	o->scene.config.outputs = (struct config_outputs){&o->output, 1};
	o->scene.config.state = o->rig.config;
	o->scene.config.alerts.repeat_seconds = 3600;
	begin(o, own_thread);
}

static void
end(struct office *o)
{
	assert_int_equal(desk_free(o->desk), 0);
	rig_close(&o->rig);
}

static void
office_free(struct office *o)
{
	end(o);
	rig_free(&o->rig);
	record_files_free(&o->files);
	scene_free(&o->scene);
}

/* The process ends and begins anew: only what the folder holds is left. */
static void
restart(struct office *o)
{
	uint64_t now = o->scene.now;

	end(o);
	infer_free(o->scene.in);
	o->scene.in = infer_new(&o->scene.config);
	o->scene.now = now;
	begin(o, false);
}

static void
look(struct office *o)
{
	desk_look(o->desk, o->scene.now);
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

static void
refuse_two(struct office *o)
{
	denied(&o->scene, OUT2, "<x@shop.test>", "<b@victim.test>");
	denied(&o->scene, OUT3, "<x@shop.test>", "<c@victim.test>");
}

static void
assert_told(struct office *o, size_t at, const char *action)
{
	assert_in_range(at, 0, o->heard.count - 1);
	assert_string_equal(o->heard.rule[at], "open-relay");
	assert_string_equal(o->heard.action[at], action);
}

static bool
count_row(void *ctx, const struct store_row *row)
{
	assert_in_range(row->body.len, 2, 65536);
	++*(size_t *)ctx;
	return true;
}

static size_t
rows(struct office *o, int (*read)(struct store *, const struct store_query *,
			       store_visit_row *, void *))
{
	struct store_query all = {.limit = 0};
	size_t n = 0;

	assert_int_equal(read(o->rig.store, &all, count_row, &n), 0);
	return n;
}

static void
an_open_relay_is_told_once_and_kept_with_its_verdict(void **state)
{
	struct store_waiting waiting[4];
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	look(&o);
	assert_int_equal(o.heard.count, 1);
	assert_told(&o, 0, "opened");
	assert_int_equal(rows(&o, store_read_alerts), 1);
	assert_int_equal(rows(&o, store_read_history), 1);
	/* The next hop, of which nothing can be told, is the second. */
	assert_int_equal(rows(&o, store_read_servers), 2);
	assert_int_equal(store_waiting(o.rig.store, "out", waiting, 4), 1);
	assert_int_equal(waiting[0].severity, ALERT_SEVERITY_CRITICAL);
	store_waiting_free(waiting, 1);
	office_free(&o);
}

static void
what_was_told_is_not_told_again_after_a_restart(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	restart(&o);
	look(&o);
	relay(&o, "Q2");
	look(&o);
	assert_int_equal(o.heard.count, 1);
	office_free(&o);
}

static void
a_relay_that_refuses_after_a_restart_is_remediated(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	relay(&o, "Q1");
	look(&o);
	restart(&o);
	refuse_two(&o);
	look(&o);
	assert_int_equal(o.heard.count, 2);
	assert_told(&o, 1, "closed");
	assert_int_equal(rows(&o, store_read_history), 2);
	office_free(&o);
}

static void
a_thread_of_its_own_commits_the_same(void **state)
{
	struct store_waiting waiting[4];
	struct office o;
	size_t n = 0;

	(void)state;
	office_init(&o, true);
	relay(&o, "Q1");
	look(&o);
	for (int i = 0; i < 100 && n == 0; i++) {
		store_wait(o.rig.store, "out", 50);
		n = store_waiting(o.rig.store, "out", waiting, 4);
	}
	assert_int_equal(n, 1);
	store_waiting_free(waiting, n);
	refuse_two(&o);
	look(&o);
	end(&o);
	begin(&o, false);
	assert_int_equal(rows(&o, store_read_alerts), 2);
	office_free(&o);
}

static struct record
transaction(uint64_t id)
{
	struct record r = {.kind = RECORD_TRANSACTION};

	r.conn.id = id;
	r.txn.index = 1;
	r.txn.time = r.txn.end = RIG_T0;
	return r;
}

static void
transactions_are_kept_as_many_as_the_configuration_says(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	for (uint64_t i = 1; i <= 150; i++) {
		struct record r = transaction(i);

		desk_record(o.desk, &r);
	}
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(rows(&o, store_read_transactions), 100);
	office_free(&o);
}

/* Another process reads the kept records while this one runs. */
static void
a_kept_record_follows_what_is_learned_of_its_server(void **state)
{
	static const char messages[] =
		"SELECT body ->> '$.exposure.messages' FROM server WHERE ip = '" S "'";
	struct office o;

	(void)state;
	office_init(&o, false);
	scene_encrypted(&o.scene, OUT1, "203.0.113.13", "dark.test");
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(rig_ask(&o.rig, messages), 1);
	/* Of whom nothing can be told has a record, and no history. */
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM server WHERE ip ="
					 " '203.0.113.13' AND verdict = 'unknown'"),
		1);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM verdict"), 1);
	relay(&o, "Q2");
	scene_wait(&o.scene, 2);
	look(&o);
	assert_int_equal(rig_ask(&o.rig, messages), 2);
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM verdict"), 1);
	office_free(&o);
}

static void
records_of_very_many_servers_follow_a_share_at_a_time(void **state)
{
	static const char count[] = "SELECT count(*) FROM server";
	struct office o;
	char addr[32];

	(void)state;
	office_init(&o, false);
	o.scene.in->servers.max_servers = 1000;
	for (unsigned i = 0; i < 600; i++) {
		snprintf(addr, sizeof(addr), "203.0.%u.%u", 100 + i / 200, 1 + i % 200);
		scene_encrypted(&o.scene, OUT1, addr, "dark.test");
	}
	look(&o);
	assert_int_equal(rig_ask(&o.rig, count), 256);
	scene_wait(&o.scene, 2);
	look(&o);
	assert_int_equal(rig_ask(&o.rig, count), 512);
	end(&o);
	begin(&o, false);
	assert_int_equal(rig_ask(&o.rig, count), 600);
	office_free(&o);
}

static void
blindness_is_told(void **state)
{
	struct alert_blindness b = {.seen = 1000, .ring = 500};
	struct office o;

	(void)state;
	office_init(&o, false);
	b.from = o.scene.now;
	b.to = o.scene.now + 1000000000;
	desk_blindness(o.desk, &b, b.to);
	assert_int_equal(o.heard.count, 1);
	assert_string_equal(o.heard.rule[0], "sensor-blind");
	assert_int_equal(rows(&o, store_read_alerts), 1);
	office_free(&o);
}

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

static void
let_write(struct office *o, bool may)
{
	struct store *s = o->rig.store;

	pthread_mutex_lock(&s->mutex);
	assert_int_equal(sqlite3_exec(s->db,
				 may ? "PRAGMA query_only = OFF" : "PRAGMA query_only = ON",
				 NULL, NULL, NULL),
		SQLITE_OK);
	pthread_mutex_unlock(&s->mutex);
}

static void
take(struct office *o, size_t count)
{
	struct store_waiting w[4];

	assert_int_equal(store_waiting(o->rig.store, "out", w, 4), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(store_delivered(o->rig.store, "out", &w[i].id, 1), 0);
	store_waiting_free(w, count);
}

/* Looks until the database says that of S; by then it may have said other things. */
static bool
comes_to_be(struct office *o, const char *verdict)
{
	char sql[128];

	snprintf(sql, sizeof(sql),
		"SELECT count(*) FROM server WHERE ip = '" S "' AND verdict %s", verdict);
	for (int n = 0; n < 500; n++) {
		scene_wait(&o->scene, 2);
		look(o);
		if (rig_ask(&o->rig, sql) == 1)
			return true;
		usleep(10000);
	}
	return false;
}

/*
 * Memory for what cannot be written is used up: alerts go out and are never kept, and of
 * each server the newest verdict is there in the end.
 */
static void
beyond_its_room_the_desk_tells_what_it_cannot_keep(void **state)
{
	struct desk_counters c;
	struct office o;

	(void)state;
	office_init(&o, true);
	end(&o);
	o.waiting_octets = 1;
	begin(&o, true);
	let_write(&o, false);
	scene_hello(&o.scene, OUT1, "203.0.113.20", "mail.many.test", "x.test");
	look(&o);
	/* The writer has that. The first verdict fills the next batch. */
	scene_wait(&o.scene, 2);
	relay(&o, "Q1");
	look(&o);
	take(&o, 1);
	refuse_two(&o);
	look(&o);
	take(&o, 1);
	assert_int_equal(o.heard.count, 2);
	desk_counters(o.desk, &c);
	assert_int_equal(c.unkept, 3);
	let_write(&o, true);
	assert_true(comes_to_be(&o, "<> 'open-relay'"));
	assert_int_equal(rig_ask(&o.rig, "SELECT count(*) FROM alert"), 0);
	office_free(&o);
}

/* The end comes before the disk has room: the outputs have it, the database has not. */
static void
alerts_that_cannot_be_kept_at_the_end_are_told_all_the_same(void **state)
{
	struct office o;

	(void)state;
	office_init(&o, false);
	let_write(&o, false);
	relay(&o, "Q1");
	look(&o);
	assert_int_equal(desk_free(o.desk), -1);
	take(&o, 1);
	rig_close(&o.rig);
	begin(&o, false);
	office_free(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_relay_is_told_once_and_kept_with_its_verdict),
		cmocka_unit_test(what_was_told_is_not_told_again_after_a_restart),
		cmocka_unit_test(a_relay_that_refuses_after_a_restart_is_remediated),
		cmocka_unit_test(a_thread_of_its_own_commits_the_same),
		cmocka_unit_test(transactions_are_kept_as_many_as_the_configuration_says),
		cmocka_unit_test(a_kept_record_follows_what_is_learned_of_its_server),
		cmocka_unit_test(records_of_very_many_servers_follow_a_share_at_a_time),
		cmocka_unit_test(blindness_is_told),
		cmocka_unit_test(
			a_file_deleted_in_use_gets_all_that_was_learned_once_more),
		cmocka_unit_test(a_file_cut_in_use_gets_all_that_was_learned_once_more),
		cmocka_unit_test(a_file_that_goes_at_the_very_end_gets_it_all_the_same),
		cmocka_unit_test(a_file_that_is_found_damaged_gives_back_what_was_learned),
		cmocka_unit_test(many_servers_come_back_step_by_step),
		cmocka_unit_test(beyond_its_room_the_desk_tells_what_it_cannot_keep),
		cmocka_unit_test(
			alerts_that_cannot_be_kept_at_the_end_are_told_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
