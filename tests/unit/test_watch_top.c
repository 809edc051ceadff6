/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor at a glance: figures of all stages, and the most serious servers first. */
#include "watch_sensor.h"

#include "sensor/control/top_json.h"

static struct sensor s;
static struct text_out out;

static int
up(void **state)
{
	struct timespec t;

	(void)state;
	sensor_init(&s, 2);
	text_out_init(&out);
	clock_gettime(CLOCK_REALTIME, &t);
	s.w.started_ns = (uint64_t)t.tv_sec * WATCH_SECOND;
	return 0;
}

static int
down(void **state)
{
	(void)state;
	text_out_free(&out);
	sensor_free(&s);
	return 0;
}

static void
answer(void)
{
	text_out_reset(&out);
	assert_true(watch_top_answer(&s.w, &out, 5000));
}

static bool
has(const char *part)
{
	return strstr(out.at, part) != NULL;
}

static size_t
count(const char *part)
{
	size_t n = 0;

	for (const char *at = out.at; (at = strstr(at, part)); at++)
		n++;
	return n;
}

static void
a_sensor_that_knows_nothing_has_all_members(void **state)
{
	(void)state;
	sensor_start(&s);
	answer();
	assert_ptr_equal(
		strstr(out.at, "{\"type\":\"top\",\"schema\":1,\"time\":\""), out.at);
	assert_true(has("\"interfaces\":[],\"rates\":{"));
	assert_true(has("\"queue\":{\"depth\":0,\"dropped\":0}"));
	assert_true(
		has("\"outputs\":[],\"servers_known\":0,\"servers\":[],\"losses\":[]}"));
	assert_int_equal(count("\n"), 1);
}

static void
figures_are_of_all_threads(void **state)
{
	char want[100];

	(void)state;
	s.w.packet[0].totals.flows.n[FLOW_COUNT_OPENED] = 9;
	s.w.packet[1].totals.flows.n[FLOW_COUNT_OPENED] = 5;
	s.w.packet[1].totals.flows.n[FLOW_COUNT_RELEASED] = 2;
	wire_interface("eth0", CAPTURE_LINK_UP);
	wire.interface[0].stats.delivered = 11;
	wire.interface[0].stats.octets = 12;
	wire.interface[0].stats.dropped = 13;
	wire.interface[0].card = 14;
	assert_int_equal(watch_infer_start(&s.w), 0);
	answer();
	snprintf(want, sizeof(want), "\"flows\":{\"open\":12,\"max\":%llu}",
		2ull * s.w.boot.limits.connections);
	assert_true(has(want));
	assert_true(has("{\"name\":\"eth0\",\"state\":\"up\",\"method\":\"afpacket\","
			"\"packets\":11,\"octets\":12,\"dropped\":13,\"card\":14}"));
}

static void
uptime_counts_from_the_start_and_never_below_it(void **state)
{
	(void)state;
	sensor_start(&s);
	s.w.started_ns -= 3600 * WATCH_SECOND;
	answer();
	assert_true(has("\"uptime_s\":360"));
	/* The clock was set back behind the start. */
	s.w.started_ns += 7200 * WATCH_SECOND;
	answer();
	assert_true(has("\"uptime_s\":0,"));
}

static void
what_is_not_seen_is_said_in_sentences(void **state)
{
	(void)state;
	wire.counters = (struct capture_live_counters){
		.delivered = 1000, .dropped = 20, .card = 3};
	wire_interface("eth0", CAPTURE_LINK_UP);
	wire_interface("eth1", CAPTURE_LINK_GONE);
	sensor_start(&s);
	answer();
	assert_true(has("\"losses\":[\"Interfaces that are not heard: eth1: gone\","
			"\"20 packets dropped for want of room in the ring\","
			"\"3 packets lost by the card\"]"));
	assert_true(has("\"state\":\"gone\""));
}

static void
more_interfaces_than_there_is_room_for_are_left_out(void **state)
{
	(void)state;
	for (int i = 0; i < SENSOR_INTERFACES; i++)
		wire_interface("eth0", CAPTURE_LINK_UP);
	sensor_start(&s);
	answer();
	assert_int_equal(count("\"name\":\"eth0\""), TOP_INTERFACES_MAX);
}

static void
outputs_have_their_names_and_are_up_at_first(void **state)
{
	static char name[] = "siem";
	static struct config_output one = {.name = name, .to = CONFIG_TO_STDOUT};

	(void)state;
	s.w.outputs = (struct config_outputs){&one, 1};
	assert_int_equal(watch_deliver_start(&s.w), 0);
	sensor_start(&s);
	answer();
	assert_true(has("\"outputs\":[{\"name\":\"siem\",\"up\":true,\"waiting\":0,"
			"\"delivered\":0}]"));
}

static void
refuses(const char *server, const char *name)
{
	scene_mail(&s.scene, (struct scene_mail){.client = OUT1,
				     .server = server,
				     .name = name,
				     .helo = "c.test",
				     .from = "<x@shop.test>",
				     .rcpt = {{"<a@victim.test>", 554, NULL}}});
}

static void
the_most_serious_come_first_then_the_last_heard_of(void **state)
{
	const char *relay, *newer, *older;

	(void)state;
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	refuses("203.0.113.12", "older.corp.test");
	scene_wait(&s.scene, 10);
	refuses("203.0.113.13", "newer.corp.test");
	desk_look(s.w.desk, s.scene.now);
	sensor_start(&s);
	answer();
	relay = strstr(out.at, "{\"ip\":\"" S "\",\"port\":25,\"name\":\"" S_NAME
			       "\",\"verdict\":\"open-relay\",\"grade\":\"suspected\","
			       "\"confidence\":0.");
	newer = strstr(out.at, "newer.corp.test");
	older = strstr(out.at, "older.corp.test");
	assert_true(relay && newer && older);
	assert_true(relay < newer && newer < older);
	assert_true(has("\"servers_known\":3,"));
}

static void
a_screenful_is_the_worst_of_all(void **state)
{
	(void)state;
	scene_mx(&s.scene, "192.0.2.1", "victim.test", "mx1.victim.test", MX_V);
	/* The relay is heard of first, and so would be the first to fall out. */
	taken(&s.scene, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	for (int i = 0; i < 60; i++) {
		char address[40], name[40];

		snprintf(address, sizeof(address), "203.0.113.%d", 100 + i);
		snprintf(name, sizeof(name), "m%d.corp.test", i);
		refuses(address, name);
	}
	desk_look(s.w.desk, s.scene.now);
	sensor_start(&s);
	answer();
	assert_int_equal(count("{\"ip\":"), TOP_SERVERS_MAX);
	assert_true(has("\"servers_known\":61,\"servers\":[{\"ip\":\"" S "\""));
	assert_true(has("m59.corp.test") && has("m11.corp.test"));
	assert_false(has("m10.corp.test"));
}

static void
names_are_cut_and_their_octets_escaped(void **state)
{
	static char name[400];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	memcpy(name, "\xff\033\"", 3);
	refuses(S, name);
	sensor_start(&s);
	answer();
	for (size_t i = 0; i + 1 < out.used; i++)
		assert_in_range((unsigned char)out.at[i], 0x20, 0x7e);
	assert_int_equal(count("\n"), 1);
	assert_true(out.used < 2000);
}

static void
nobody_there_is_no_answer(void **state)
{
	(void)state;
	sensor_start(&s);
	sensor_stop(&s);
	text_out_reset(&out);
	assert_false(watch_top_answer(&s.w, &out, 50));
	assert_int_equal(out.used, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sensor_that_knows_nothing_has_all_members),
		TEST(figures_are_of_all_threads),
		TEST(uptime_counts_from_the_start_and_never_below_it),
		TEST(what_is_not_seen_is_said_in_sentences),
		TEST(more_interfaces_than_there_is_room_for_are_left_out),
		TEST(outputs_have_their_names_and_are_up_at_first),
		TEST(the_most_serious_come_first_then_the_last_heard_of),
		TEST(a_screenful_is_the_worst_of_all),
		TEST(names_are_cut_and_their_octets_escaped),
		TEST(nobody_there_is_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
