/* SPDX-License-Identifier: Apache-2.0 */
/* A packet thread: frames in, records and times out, counters shown, questions served. */
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
start_packets(void)
{
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(watch_packet_start(&s.w.packet[i]), 0);
}

static void
stop_packets(void)
{
	capture_live_stop(s.w.live);
	for (size_t i = 0; i < 2; i++)
		watch_packet_join(&s.w.packet[i]);
}

/* One mail over a connection that is closed at its end. */
static void
put_mail(void)
{
	static const char *const turns[] = {"EHLO c.test\r\n", "250 mail.corp.test\r\n",
		"MAIL FROM:<x@shop.test>\r\n", "250 Ok\r\n",
		"RCPT TO:<a@victim.test>\r\n", "554 5.7.1 Relay access denied\r\n",
		"QUIT\r\n", "221 bye\r\n"};
	struct wire_talk t;

	wire_open(&t, 40000, 25, T0);
	for (size_t i = 0; i < sizeof(turns) / sizeof(*turns); i++)
		wire_segment(&t, i % 2 ? DIS_SERVER : DIS_CLIENT, turns[i],
			PACKET_TCP_ACK | PACKET_TCP_PSH);
	wire_close(&t);
}

static void
frames_become_records_in_its_own_queue(void **state)
{
	const struct record *r;
	struct watch_time at;

	(void)state;
	put_mail();
	start_packets();
	stop_packets();
	r = watch_queue_peek(s.w.packet[0].queue, &at);
	assert_non_null(r);
	assert_int_equal(r->kind, RECORD_TRANSACTION);
	assert_true(span_equal(r->txn.mail.address, SPAN_LITERAL("x@shop.test")) ||
		    span_equal(r->txn.mail.raw, SPAN_LITERAL("<x@shop.test>")));
	assert_in_range(at.packet, T0, T0 + WATCH_SECOND);
	watch_queue_take(s.w.packet[0].queue);
	r = watch_queue_peek(s.w.packet[0].queue, &at);
	assert_non_null(r);
	assert_int_equal(r->kind, RECORD_CONNECTION);
	watch_queue_take(s.w.packet[0].queue);
	assert_null(watch_queue_peek(s.w.packet[0].queue, &at));
	assert_null(watch_queue_peek(s.w.packet[1].queue, &at));
}

static void
what_is_open_at_the_end_is_finished_and_counted(void **state)
{
	struct wire_talk t;
	struct pipeline_totals sum;
	struct watch_time at;
	const struct record *r;

	(void)state;
	wire_open(&t, 40000, 25, T0);
	start_packets();
	stop_packets();
	r = watch_queue_peek(s.w.packet[0].queue, &at);
	assert_non_null(r);
	assert_int_equal(r->kind, RECORD_CONNECTION);
	watch_stats_packets(&s.w, &sum);
	assert_int_equal(sum.counters.frames, 4);
	assert_int_equal(sum.flows.n[FLOW_COUNT_OPENED], 1);
	assert_int_equal(sum.flows.n[FLOW_COUNT_RELEASED], 1);
}

static void
its_end_is_the_end_of_its_queue_and_of_its_answers(void **state)
{
	struct watch_flow room[4];
	struct watch_flows list = {.at = room, .room = 4};

	(void)state;
	start_packets();
	assert_true(watch_packet_flows(&s.w.packet[1], &list));
	assert_int_equal(list.open, 0);
	stop_packets();
	for (size_t i = 0; i < 2; i++)
		assert_true(watch_queue_heard(s.w.packet[i].queue).order == UINT64_MAX);
	assert_false(watch_packet_flows(&s.w.packet[1], &list));
}

static void
a_thread_that_never_started_ends_its_queue_too(void **state)
{
	(void)state;
	watch_packet_join(&s.w.packet[0]);
	assert_true(watch_queue_heard(s.w.packet[0].queue).order == UINT64_MAX);
}

static void
silence_moves_time_and_shows_that_it_lives(void **state)
{
	uint64_t before;

	(void)state;
	wire.idle_ns = T0 + 5 * WATCH_SECOND;
	start_packets();
	sensor_await(
		watch_queue_heard(s.w.packet[1].queue).packet == T0 + 5 * WATCH_SECOND);
	before = atomic_load(&s.w.packet[1].beats);
	sensor_await(atomic_load(&s.w.packet[1].beats) > before);
}

static void
counters_are_shown_while_it_runs(void **state)
{
	struct pipeline_totals sum;
	struct wire_talk t;

	(void)state;
	/* Of the first frame at once, of the rest when time has gone on. */
	wire.idle_ns = T0 + WATCH_SECOND;
	wire_open(&t, 40000, 25, T0);
	start_packets();
	do {
		usleep(1000);
		watch_stats_packets(&s.w, &sum);
	} while (sum.counters.frames < 4);
	assert_int_equal(sum.flows.n[FLOW_COUNT_OPENED], 1);
	assert_int_equal(sum.flows.n[FLOW_COUNT_RELEASED], 0);
}

static void
connections_beyond_the_room_are_counted_and_not_listed(void **state)
{
	struct watch_flow room[2];
	struct watch_flows list = {.at = room, .room = 2};
	struct wire_talk t;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		wire_open(&t, 40000 + i, i == 0 ? 587 : 25, T0 + i * 10000000);
	start_packets();
	do {
		list.count = list.open = 0;
		assert_true(watch_packet_flows(&s.w.packet[0], &list));
	} while (list.open < 3);
	assert_int_equal(list.count, 2);
	assert_int_equal(room[0].facts.port[DIS_SERVER], 587);
	assert_int_equal(room[1].facts.port[DIS_CLIENT], 40001);
	assert_string_equal(room[0].kind, "mail");
	assert_false(room[0].tls);
}

static void
garbage_is_counted_and_the_next_frame_is_read(void **state)
{
	static uint8_t octets[600];
	uint32_t seed = 7;
	struct pipeline_totals sum;

	(void)state;
	for (int i = 0; i < 40; i++) {
		for (size_t k = 0; k < sizeof(octets); k++) {
			seed = seed * 1664525 + 1013904223;
			octets[k] = (uint8_t)(seed >> 24);
		}
		wire_put(octets, (size_t)i * 15, T0, CAPTURE_FRAME);
	}
	put_mail();
	start_packets();
	stop_packets();
	watch_stats_packets(&s.w, &sum);
	assert_int_equal(sum.counters.frames, 55);
	assert_int_equal(sum.flows.n[FLOW_COUNT_OPENED], 1);
}

static void
damage_is_logged_and_goes_on_and_an_error_fails_the_run(void **state)
{
	const char *line;

	(void)state;
	wire_put(NULL, 0, T0, CAPTURE_DAMAGED);
	put_mail();
	sensor_log_begin();
	start_packets();
	stop_packets();
	line = sensor_log_end();
	assert_non_null(strstr(line, "the wire is broken"));
	assert_false(atomic_load(&s.w.failed));
	assert_int_equal(s.w.packet[0].totals.counters.frames, 15);
}

static void
an_error_of_the_system_fails_the_run(void **state)
{
	const char *line;

	(void)state;
	wire_put(NULL, 0, T0, CAPTURE_ERROR);
	sensor_log_begin();
	start_packets();
	stop_packets();
	line = sensor_log_end();
	assert_non_null(strstr(line, "the wire is broken"));
	assert_true(atomic_load(&s.w.failed));
}

static void
without_a_sandbox_nothing_is_read(void **state)
{
	(void)state;
	put_mail();
	wire.sandbox = -1;
	start_packets();
	for (size_t i = 0; i < 2; i++)
		watch_packet_join(&s.w.packet[i]);
	/* It stopped the capture itself, for the others. */
	assert_true(atomic_load(&wire.stop));
	assert_true(atomic_load(&s.w.failed));
	assert_int_equal(s.w.packet[0].totals.counters.frames, 0);
	assert_true(watch_queue_heard(s.w.packet[0].queue).order == UINT64_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(frames_become_records_in_its_own_queue),
		TEST(what_is_open_at_the_end_is_finished_and_counted),
		TEST(its_end_is_the_end_of_its_queue_and_of_its_answers),
		TEST(a_thread_that_never_started_ends_its_queue_too),
		TEST(silence_moves_time_and_shows_that_it_lives),
		TEST(counters_are_shown_while_it_runs),
		TEST(connections_beyond_the_room_are_counted_and_not_listed),
		TEST(garbage_is_counted_and_the_next_frame_is_read),
		TEST(damage_is_logged_and_goes_on_and_an_error_fails_the_run),
		TEST(an_error_of_the_system_fails_the_run),
		TEST(without_a_sandbox_nothing_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
