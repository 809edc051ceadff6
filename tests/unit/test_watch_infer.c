/* SPDX-License-Identifier: Apache-2.0 */
/* The inference's thread: takes records in order, looks, tells, and ends when all do. */
#include "watch_sensor.h"

#define T0 UINT64_C(1700000000000000000)

static struct sensor s;

static int
up(void **state)
{
	(void)state;
	sensor_init(&s, 2);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	sensor_free(&s);
	return 0;
}

static void
put(size_t thread, uint32_t index, uint64_t ns)
{
	struct record r = {.kind = RECORD_TRANSACTION};

	r.conn.client.addr = scene_addr(OUT1);
	r.conn.server.addr = scene_addr(S);
	r.conn.server.port = 25;
	r.txn.index = index;
	r.txn.time = r.txn.end = ns;
	assert_true(watch_queue_put(s.w.packet[thread].queue, &r, ns));
	watch_infer_wake(&s.w);
}

static void
end_queues(void)
{
	for (size_t i = 0; i < 2; i++)
		watch_queue_end(s.w.packet[i].queue);
	watch_infer_wake(&s.w);
	watch_infer_join(&s.w);
}

static void
records_of_both_threads_are_taken_and_it_ends_with_them(void **state)
{
	struct watch_known k;

	(void)state;
	assert_int_equal(watch_infer_start(&s.w), 0);
	put(0, 1, T0);
	put(1, 2, T0 + 1);
	end_queues();
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.taken, 2);
	assert_int_equal(k.records[RECORD_TRANSACTION], 2);
	assert_int_equal(k.servers, 1);
	assert_true(k.now_ns >= T0 + 1);
	/* After the end nobody waits for an answer. */
	assert_false(watch_box_ask(&s.w.box, NULL, NULL, 5000));
}

static void
records_are_written_in_the_order_of_time(void **state)
{
	char *text = NULL, *first, *second;
	size_t len;

	(void)state;
	s.w.records = open_memstream(&text, &len);
	assert_non_null(s.w.records);
	put(1, 2, T0 + 2 * WATCH_SECOND);
	put(0, 1, T0 + 1 * WATCH_SECOND);
	watch_queue_seen(s.w.packet[0].queue, T0 + 3 * WATCH_SECOND);
	watch_queue_seen(s.w.packet[1].queue, T0 + 3 * WATCH_SECOND);
	assert_int_equal(watch_infer_start(&s.w), 0);
	end_queues();
	fclose(s.w.records);
	s.w.records = NULL;
	first = strstr(text, "\"time\":\"2023-11-14T22:13:21.");
	second = strstr(text, "\"time\":\"2023-11-14T22:13:22.");
	assert_true(first && second && first < second);
	assert_ptr_equal(strstr(text, "{\"type\":\"transaction\""), text);
	free(text);
}

static void
records_that_cannot_be_written_fail_the_run_and_are_logged_once(void **state)
{
	const char *line;

	(void)state;
	s.o.records = "/dev/full";
	s.w.records = fopen("/dev/full", "a");
	assert_non_null(s.w.records);
	setvbuf(s.w.records, NULL, _IONBF, 0);
	sensor_log_begin();
	assert_int_equal(watch_infer_start(&s.w), 0);
	for (uint32_t i = 0; i < 5; i++)
		put(0, i, T0 + i);
	end_queues();
	line = sensor_log_end();
	assert_non_null(strstr(line, "--transactions /dev/full: No space left"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	assert_true(atomic_load(&s.w.failed));
	/* The rest goes on. */
	assert_int_equal(s.w.taken, 5);
	fclose(s.w.records);
	s.w.records = NULL;
}

static void
verdicts_are_told_without_waiting_for_the_end(void **state)
{
	struct desk_counters c;

	(void)state;
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	assert_int_equal(watch_infer_start(&s.w), 0);
	put(0, 1, s.scene.now + 1);
	watch_queue_seen(s.w.packet[1].queue, s.scene.now + 2);
	watch_infer_wake(&s.w);
	do {
		struct watch_known k;

		usleep(10000);
		watch_stats_known(&s.w, &k);
		c = k.desk;
	} while (c.alerts == 0);
	assert_int_equal(c.alerts, 1);
}

static void
it_sleeps_without_work_and_lives(void **state)
{
	uint64_t before;

	(void)state;
	assert_int_equal(watch_infer_start(&s.w), 0);
	sensor_await(atomic_load(&s.w.beats) > 2);
	before = atomic_load(&s.w.beats);
	usleep(500000);
	/* About twenty a second: it neither spins nor hangs. */
	assert_in_range(atomic_load(&s.w.beats) - before, 2, 100);
}

static void
blindness_is_logged_and_alerted(void **state)
{
	const char *line;
	struct watch_known k;

	(void)state;
	wire_interface("eth1", CAPTURE_LINK_GONE);
	sensor_log_begin();
	assert_int_equal(watch_infer_start(&s.w), 0);
	put(0, 1, T0);
	end_queues();
	line = sensor_log_end();
	assert_non_null(strstr(line, "not all is seen: "));
	assert_non_null(strstr(line, "eth1: gone"));
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.desk.alerts, 1);
}

static void
counters_are_logged_when_asked_for(void **state)
{
	const char *line;

	(void)state;
	assert_int_equal(watch_infer_start(&s.w), 0);
	sensor_log_begin();
	atomic_store(&s.w.stats_wanted, true);
	watch_infer_wake(&s.w);
	sensor_await(!atomic_load(&s.w.stats_wanted));
	end_queues();
	line = sensor_log_end();
	assert_non_null(strstr(line, "packets 0 (dropped 0"));
}

static void
without_a_sandbox_the_capture_stops_and_the_run_fails(void **state)
{
	(void)state;
	wire.sandbox = -1;
	assert_int_equal(watch_infer_start(&s.w), 0);
	sensor_await(atomic_load(&wire.stop));
	end_queues();
	assert_true(atomic_load(&s.w.failed));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(records_of_both_threads_are_taken_and_it_ends_with_them),
		TEST(records_are_written_in_the_order_of_time),
		TEST(records_that_cannot_be_written_fail_the_run_and_are_logged_once),
		TEST(verdicts_are_told_without_waiting_for_the_end),
		TEST(it_sleeps_without_work_and_lives),
		TEST(blindness_is_logged_and_alerted),
		TEST(counters_are_logged_when_asked_for),
		TEST(without_a_sandbox_the_capture_stops_and_the_run_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
