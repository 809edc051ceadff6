/* SPDX-License-Identifier: Apache-2.0 */
#include "deliver_rig.h"

static struct config_output out[2];
static struct config_outputs outputs = {out, 0};
static char paths[2][256], names[2][8] = {"out0", "out1"};

static void
add_file(const char *name, enum config_redact redact)
{
	size_t i = outputs.count++;

	snprintf(paths[i], sizeof(paths[i]), "%s", rig_path(name));
	out[i] = (struct config_output){.name = names[i],
		.to = CONFIG_TO_FILE,
		.path = paths[i],
		.redact = redact};
}

static void
add_tcp(void)
{
	size_t i = outputs.count++;

	out[i] = rig_output(CONFIG_TO_TCP);
	out[i].name = names[i];
}

static struct deliver *
start(enum config_redact redact)
{
	struct deliver_options o = {
		.outputs = &outputs, .redact = redact, .observer = "me"};

	return deliver_start(&o, NULL);
}

static int
clean(void **state)
{
	(void)state;
	rig_wait_clear();
	outputs.count = 0;
	return 0;
}

static void
assert_holds(const char *path, const char *want)
{
	static char got[65536];
	int fd = open(path, O_RDONLY);

	assert_true(fd >= 0);
	rig_read(fd, got, sizeof(got), 0);
	close(fd);
	assert_string_equal(got, want);
}

static bool
comes_true(struct deliver *d, size_t i, bool (*is)(const struct deliver_counters *c))
{
	struct deliver_counters c;

	for (int n = 0; n < 400; n++) {
		deliver_counters(d, i, &c);
		if (is(&c))
			return true;
		usleep(10000);
	}
	return false;
}

static bool
is_down(const struct deliver_counters *c)
{
	return !c->up;
}

static bool
has_taken_two(const struct deliver_counters *c)
{
	return c->taken == 2;
}

static void
each_output_gets_all_with_the_stricter_redaction(void **state)
{
	struct deliver_counters c;
	struct deliver *d;

	(void)state;
	add_file("none", CONFIG_REDACT_NONE);
	add_file("all", CONFIG_REDACT_ALL);
	rig_alert("a");
	d = start(CONFIG_REDACT_LOCAL_PART);
	assert_int_equal(deliver_count(d), 2);
	assert_string_equal(deliver_name(d, 1), "out1");
	rig_alert("b");
	assert_true(comes_true(d, 0, has_taken_two));
	assert_true(comes_true(d, 1, has_taken_two));
	deliver_counters(d, 0, &c);
	assert_true(c.up);
	assert_string_equal(c.error, "");
	assert_int_equal(c.octets, 2 * strlen("a format 0 redact 1 from me"));
	assert_int_equal(c.latency_count, 2);
	assert_true(c.latency_ns_sum > 0);
	assert_true(deliver_stop(d, 1000));
	assert_holds(
		paths[0], "a format 0 redact 1 from me\nb format 0 redact 1 from me\n");
	assert_holds(
		paths[1], "a format 0 redact 2 from me\nb format 0 redact 2 from me\n");
}

static void
what_waits_at_the_end_is_still_delivered(void **state)
{
	struct deliver *d;

	(void)state;
	add_file("end", CONFIG_REDACT_NONE);
	for (int i = 0; i < 350; i++)
		rig_wait_add(CONFIG_STREAM_SERVERS, "{}");
	d = start(CONFIG_REDACT_NONE);
	assert_true(deliver_stop(d, 2000));
	assert_int_equal(rig_waiting(0), 0);
}

/* One collector is dead: the other has all, what the dead one misses is kept, once told.
 */
static void
a_dead_collector_holds_up_nobody_else(void **state)
{
	struct deliver_counters c;
	double begin = rig_seconds();
	struct deliver *d;

	(void)state;
	close(rig_listen(SOCK_STREAM, 0));
	add_tcp();
	add_file("alive", CONFIG_REDACT_NONE);
	rig_alert("a");
	rig_alert("b");
	d = start(CONFIG_REDACT_NONE);
	assert_true(comes_true(d, 1, has_taken_two));
	assert_true(comes_true(d, 0, is_down));
	deliver_counters(d, 0, &c);
	assert_non_null(strstr(c.error, "Connection refused"));
	assert_int_equal(c.taken, 0);
	assert_true(c.failed > 0);
	assert_false(deliver_stop(d, 300));
	assert_true(rig_seconds() - begin < 3);
	assert_int_equal(rig_waiting(0), 2);
	assert_int_equal(rig_waiting(1), 0);
}

static void
a_collector_that_comes_back_gets_what_waited(void **state)
{
	struct deliver *d;
	char got[1024];
	int fd, peer, port;
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int on = 1;

	(void)state;
	close(rig_listen(SOCK_STREAM, 0));
	port = atoi(rig_port);
	add_tcp();
	rig_alert("a");
	rig_alert("b");
	d = start(CONFIG_REDACT_NONE);
	assert_true(comes_true(d, 0, is_down));
	fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	a.sin_port = htons((uint16_t)port);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 4), 0);
	assert_true(comes_true(d, 0, has_taken_two));
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	assert_non_null(strstr(got, "- a format"));
	assert_non_null(strstr(got, "- b format"));
	close(peer);
	assert_true(deliver_stop(d, 1000));
	close(fd);
}

static void
what_cannot_be_read_is_counted_and_forgotten(void **state)
{
	struct deliver_counters c;
	struct deliver *d;

	(void)state;
	add_file("bad", CONFIG_REDACT_NONE);
	rig_wait_add(CONFIG_STREAM_ALERTS, "no json");
	rig_alert("a");
	rig_wait_add(CONFIG_STREAM_ALERTS, "{}");
	rig_alert("b");
	d = start(CONFIG_REDACT_NONE);
	assert_true(comes_true(d, 0, has_taken_two));
	deliver_counters(d, 0, &c);
	assert_int_equal(c.unreadable, 2);
	assert_true(deliver_stop(d, 1000));
	/* Nothing but what cannot be read. */
	rig_wait_add(CONFIG_STREAM_ALERTS, "{}");
	d = start(CONFIG_REDACT_NONE);
	assert_true(deliver_stop(d, 1000));
}

/* The line is there twice then: rather so than never. */
static void
a_store_that_cannot_note_it_gives_it_again(void **state)
{
	struct deliver *d;

	(void)state;
	add_file("twice", CONFIG_REDACT_NONE);
	rig_wait_add(CONFIG_STREAM_SERVERS, "{}");
	rig_store.refusals = 1;
	d = start(CONFIG_REDACT_NONE);
	assert_true(comes_true(d, 0, has_taken_two));
	assert_true(deliver_stop(d, 1000));
	assert_holds(paths[0], "{} redact 0\n{} redact 0\n");
}

/* Nothing more comes that would note it along. */
static void
what_a_store_could_not_note_is_noted_when_it_can(void **state)
{
	struct deliver *d;
	bool owes = true;

	(void)state;
	add_file("owed", CONFIG_REDACT_NONE);
	rig_wait_add(CONFIG_STREAM_SERVERS, "{}");
	rig_store.refusals = 3;
	rig_store.remembers = true;
	d = start(CONFIG_REDACT_NONE);
	for (int n = 0; n < 400 && owes; n++) {
		usleep(10000);
		pthread_mutex_lock(&rig_store.lock);
		owes = rig_store.refusals > 0 || rig_store.owed > 0;
		pthread_mutex_unlock(&rig_store.lock);
	}
	assert_false(owes);
	assert_true(deliver_stop(d, 1000));
	assert_holds(paths[0], "{} redact 0\n");
}

static void
files_are_opened_anew_on_demand(void **state)
{
	char old[300];
	struct deliver *d;

	(void)state;
	add_file("rotate", CONFIG_REDACT_NONE);
	d = start(CONFIG_REDACT_NONE);
	snprintf(old, sizeof(old), "%s.1", paths[0]);
	assert_int_equal(rename(paths[0], old), 0);
	deliver_reopen(d);
	for (int n = 0; n < 200 && access(paths[0], F_OK); n++)
		usleep(10000);
	assert_int_equal(access(paths[0], F_OK), 0);
	assert_true(deliver_stop(d, 1000));
}

static void
an_output_that_cannot_be_is_a_failure_at_once(void **state)
{
	(void)state;
	add_file("fine", CONFIG_REDACT_NONE);
	add_file("none/at/all", CONFIG_REDACT_NONE);
	assert_null(start(CONFIG_REDACT_NONE));
}

/* store_wake() was called long ago: waits end at once, and no processor is burnt. */
static void
a_store_without_waits_makes_no_spin(void **state)
{
	struct timespec before, after;
	struct deliver *d;
	double spent;

	(void)state;
	add_file("idle", CONFIG_REDACT_NONE);
	rig_store.woken = true;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	d = start(CONFIG_REDACT_NONE);
	usleep(300000);
	assert_true(deliver_stop(d, 1000));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	spent = (double)(after.tv_sec - before.tv_sec) +
		(double)(after.tv_nsec - before.tv_nsec) / 1e9;
	assert_true(spent < 0.1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			each_output_gets_all_with_the_stricter_redaction, clean),
		cmocka_unit_test_teardown(
			what_waits_at_the_end_is_still_delivered, clean),
		cmocka_unit_test_teardown(a_dead_collector_holds_up_nobody_else, clean),
		cmocka_unit_test_teardown(
			a_collector_that_comes_back_gets_what_waited, clean),
		cmocka_unit_test_teardown(
			what_cannot_be_read_is_counted_and_forgotten, clean),
		cmocka_unit_test_teardown(
			a_store_that_cannot_note_it_gives_it_again, clean),
		cmocka_unit_test_teardown(
			what_a_store_could_not_note_is_noted_when_it_can, clean),
		cmocka_unit_test_teardown(files_are_opened_anew_on_demand, clean),
		cmocka_unit_test_teardown(
			an_output_that_cannot_be_is_a_failure_at_once, clean),
		cmocka_unit_test_teardown(a_store_without_waits_makes_no_spin, clean),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
