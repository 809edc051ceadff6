/* SPDX-License-Identifier: Apache-2.0 */
/* Counters of all threads and stages as one: added up, named, written. */
#include "watch_sensor.h"

static struct sensor s;

static int
up(void **state)
{
	(void)state;
	sensor_init(&s, 3);
	return 0;
}

static int
down(void **state)
{
	(void)state;
	sensor_free(&s);
	return 0;
}

static bool
has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* What was written by write(), as a text. */
static const char *
written(void (*write)(struct watch *w, struct json_out *j))
{
	static char text[16384];

	write(&s.w, &s.w.json);
	assert_true(s.w.json.used < sizeof(text));
	memcpy(text, s.w.json.at, s.w.json.used);
	text[s.w.json.used] = '\0';
	json_out_reset(&s.w.json);
	return text;
}

static void
packets_of_all_threads_are_added_up(void **state)
{
	struct pipeline_totals sum = {.copies = 77};

	(void)state;
	for (uint64_t i = 0; i < 3; i++) {
		struct pipeline_totals *t = &s.w.packet[i].totals;

		t->counters.frames = 100 + i;
		t->flows.n[FLOW_COUNT_OPENED] = 10 * (i + 1);
		t->flows.tcp.n[TCP_COUNT_GAPS] = i;
		t->fragments.fragments = 1000;
		t->copies = 5;
		t->held = i;
		t->texts_refused = 2;
	}
	watch_stats_packets(&s.w, &sum);
	assert_int_equal(sum.counters.frames, 303);
	assert_int_equal(sum.flows.n[FLOW_COUNT_OPENED], 60);
	assert_int_equal(sum.flows.tcp.n[TCP_COUNT_GAPS], 3);
	assert_int_equal(sum.fragments.fragments, 3000);
	assert_int_equal(sum.copies, 15);
	assert_int_equal(sum.held, 3);
	assert_int_equal(sum.texts_refused, 6);
}

static void
queues_are_added_up_but_the_most_is_of_one(void **state)
{
	struct record r = {.kind = RECORD_TRANSACTION};
	struct watch_queue_counters one, two, sum;

	(void)state;
	assert_true(watch_queue_put(s.w.packet[0].queue, &r, 1));
	for (int i = 0; i < 3; i++)
		assert_true(watch_queue_put(s.w.packet[2].queue, &r, 1));
	watch_queue_counters(s.w.packet[0].queue, &one);
	watch_queue_counters(s.w.packet[2].queue, &two);
	watch_stats_queues(&s.w, &sum);
	assert_int_equal(sum.put, 4);
	assert_int_equal(sum.dropped, 0);
	assert_int_equal(sum.octets, one.octets + two.octets);
	assert_int_equal(sum.most, two.most);
	assert_true(two.most > one.most && one.octets > 0);
}

static void
dropped_records_are_a_loss_and_named_so(void **state)
{
	static char text[60000];
	struct record r = {.kind = RECORD_TRANSACTION};
	struct watch_loss_totals loss;
	size_t refused = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	r.txn.message.subject = span_of(text, sizeof(text));
	/* 8 MiB hold no 200 of these. */
	for (int i = 0; i < 200; i++)
		refused += !watch_queue_put(s.w.packet[1].queue, &r, 1);
	assert_true(refused > 0 && refused < 200);
	watch_stats_losses(&s.w, &loss);
	assert_int_equal(loss.queue, refused);
	assert_int_equal(loss.ring + loss.card + loss.evicted + loss.seen, 0);
	assert_string_equal(loss.where, "");
	snprintf(text, 100, "\"records_dropped\":%zu,", refused);
	assert_true(has(written(watch_stats_write_capture), text));
}

static void
losses_have_each_stage_and_the_interfaces_that_are_not_up(void **state)
{
	struct watch_loss_totals loss;

	(void)state;
	wire.counters = (struct capture_live_counters){
		.delivered = 1000, .dropped = 20, .card = 3, .filtered = 7};
	s.w.packet[0].totals.flows.n[FLOW_COUNT_EVICTED_OPEN] = 4;
	s.w.packet[1].totals.flows.n[FLOW_COUNT_EVICTED_OPEN] = 1;
	s.w.packet[1].totals.flows.n[FLOW_COUNT_EVICTED_CLOSING] = 50;
	wire_interface("eth0", CAPTURE_LINK_UP);
	wire_interface("eth1", CAPTURE_LINK_SILENT);
	wire_interface("eth2", CAPTURE_LINK_UP);
	wire_interface("eth3", CAPTURE_LINK_GONE);
	watch_stats_losses(&s.w, &loss);
	assert_int_equal(loss.seen, 1000);
	assert_int_equal(loss.ring, 20);
	assert_int_equal(loss.card, 3);
	assert_int_equal(loss.queue, 0);
	assert_int_equal(loss.evicted, 5);
	assert_string_equal(loss.where, "eth1: no carrier, eth3: gone");
}

static void
names_of_many_interfaces_are_cut_to_their_room(void **state)
{
	static const char name[] = "a-name-that-is-as-long-as-names-get";
	struct watch_loss_totals loss;

	(void)state;
	for (int i = 0; i < 16; i++)
		wire_interface(name, CAPTURE_LINK_DOWN);
	memset(&loss, 0x55, sizeof(loss));
	watch_stats_losses(&s.w, &loss);
	assert_int_equal(strlen(loss.where), WATCH_LOSS_WHERE - 1);
	assert_ptr_equal(strstr(loss.where, name), loss.where);
}

static void
the_capture_is_written_as_documented(void **state)
{
	(void)state;
	wire.counters = (struct capture_live_counters){.delivered = 1,
		.filtered = 2,
		.withheld = 3,
		.dropped = 4,
		.octets = 5,
		.card = 6,
		.withheld_octets = 7,
		.unread = 99};
	assert_string_equal(written(watch_stats_write_capture),
		"{\"type\":\"capture\",\"schema\":1,\"delivered\":1,\"filtered\":2,"
		"\"withheld\":3,\"dropped\":4,\"lost_by_card\":6,\"records_dropped\":0,"
		"\"octets\":5,\"withheld_octets\":7}");
}

static void
stats_have_the_sum_and_no_files(void **state)
{
	const char *text;

	(void)state;
	s.w.packet[0].totals.counters.frames = 40;
	s.w.packet[2].totals.counters.frames = 2;
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	text = written(watch_stats_write);
	assert_ptr_equal(strstr(text, "{\"type\":\"stats\",\"schema\":1,"), text);
	assert_true(has(text, "\"packets\":{\"frames\":42,"));
	assert_true(has(text, "\"inference\":{\"transactions\":1,"));
	assert_false(has(text, "\"files\""));
}

static void
what_is_known_is_that_of_the_last_count(void **state)
{
	struct watch_known k;

	(void)state;
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.servers, 0);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	denied(&s.scene, OUT2, "<x@shop.test>", "<a@victim.test>");
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.servers, 0);
	s.w.taken = 12;
	watch_stats_count(&s.w);
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.servers, 1);
	assert_int_equal(k.records[RECORD_TRANSACTION], 2);
	assert_int_equal(k.taken, 12);
	/* Nobody was told a verdict yet. */
	assert_int_equal(k.verdicts[VERDICT_UNKNOWN], 1);
	assert_int_equal(k.verdicts[VERDICT_OPEN_RELAY], 0);
}

static void
verdicts_are_counted_as_they_were_told(void **state)
{
	struct watch_known k;

	(void)state;
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	desk_look(s.w.desk, s.scene.now);
	watch_stats_count(&s.w);
	watch_stats_known(&s.w, &k);
	assert_int_equal(k.verdicts[VERDICT_OPEN_RELAY], 1);
	assert_int_equal(k.verdicts[VERDICT_UNKNOWN], k.servers - 1);
	assert_int_equal(k.desk.verdicts, 1);
	assert_int_equal(k.desk.alerts, 1);
}

static void
rates_are_of_the_time_between_two_counts(void **state)
{
	struct watch_known k;

	(void)state;
	wire.counters.delivered = 5000;
	watch_stats_count(&s.w);
	watch_stats_known(&s.w, &k);
	/* Since when is not known. */
	assert_true(k.rates.packets_s == 0);
	/* As if that had been two seconds ago. */
	s.w.rates.clock_ns -= 2 * WATCH_SECOND;
	wire.counters.delivered = 7000;
	wire.counters.octets = 400000;
	watch_stats_count(&s.w);
	watch_stats_known(&s.w, &k);
	assert_true(k.rates.packets_s > 900 && k.rates.packets_s <= 1000);
	assert_true(k.rates.octets_s > 180000 && k.rates.octets_s <= 200000);
	assert_true(k.rates.transactions_s == 0);
	/* A counter that went back, as an interface's may, is no huge rate. */
	s.w.rates.clock_ns -= WATCH_SECOND;
	wire.counters.delivered = 10;
	watch_stats_count(&s.w);
	watch_stats_known(&s.w, &k);
	assert_true(k.rates.packets_s == 0);
}

static void
the_line_for_people_has_the_losses(void **state)
{
	const char *line;

	(void)state;
	wire.counters = (struct capture_live_counters){
		.delivered = 1000, .dropped = 21, .card = 3, .withheld = 6};
	s.w.packet[0].totals.flows.n[FLOW_COUNT_OPENED] = 9;
	s.w.packet[0].totals.flows.n[FLOW_COUNT_RELEASED] = 2;
	sensor_log_begin();
	watch_stats_log(&s.w);
	line = sensor_log_end();
	assert_true(has(line, "packets 1000 (dropped 21, lost by card 3, withheld 6)"));
	assert_true(has(line, "connections open 7 of 9"));
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(packets_of_all_threads_are_added_up),
		TEST(queues_are_added_up_but_the_most_is_of_one),
		TEST(dropped_records_are_a_loss_and_named_so),
		TEST(losses_have_each_stage_and_the_interfaces_that_are_not_up),
		TEST(names_of_many_interfaces_are_cut_to_their_room),
		TEST(the_capture_is_written_as_documented),
		TEST(stats_have_the_sum_and_no_files),
		TEST(what_is_known_is_that_of_the_last_count),
		TEST(verdicts_are_counted_as_they_were_told),
		TEST(rates_are_of_the_time_between_two_counts),
		TEST(the_line_for_people_has_the_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
