/* SPDX-License-Identifier: Apache-2.0 */
#include "top_rig.h"

#include "sensor/command/command_top.h"

static struct top_view got;

static void
what_a_sensor_writes_is_read_back(void **state)
{
	const struct top_view *v = rig_view();
	struct text_out first, second;

	(void)state;
	text_out_init(&first);
	text_out_init(&second);
	top_json_write(v, &first);
	assert_true(command_top_read(&got, text_out_all(&first)));
	assert_int_equal(got.time, RIG_NOW);
	assert_int_equal(got.uptime_s, 7500);
	assert_int_equal(got.interfaces, 2);
	assert_string_equal(got.interface[1].state, "no carrier");
	assert_int_equal(got.interface[1].dropped, 17);
	assert_int_equal(got.interface[1].card, 3);
	assert_int_equal(got.queue_depth, 7);
	assert_int_equal(got.flows_max, 65536);
	assert_true(got.output[0].up);
	assert_false(got.output[1].up);
	assert_int_equal(got.servers, 3);
	assert_true(ip_addr_equal(&got.server[0].ip, &v->server[0].ip));
	assert_int_equal(got.server[1].port, 587);
	assert_int_equal(got.server[0].last_seen, RIG_NOW - 3 * UINT64_C(1000000000));
	/* All else: what is written again is the same. But for an octet that is no UTF-8.
	 */
	top_json_write(&got, &second);
	assert_string_equal(first.at, second.at);
	text_out_free(&first);
	text_out_free(&second);
}

static void
what_is_no_answer_is_refused(void **state)
{
	static const char *const bad[] = {"", "[]", "null", "{}", "{\"type\":\"stats\"}",
		"{\"type\":\"top\"", "{\"type\":[\"top\"]}", "\"top\"",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(command_top_read(&got, span_of_text(bad[i])));
}

static void
members_of_another_kind_read_as_absent(void **state)
{
	static const char odd[] =
		"{\"type\":\"top\",\"time\":7,\"interfaces\":[1,\"x\",null,{}],"
		"\"rates\":[],\"queue\":\"x\",\"flows\":null,\"outputs\":{},"
		"\"servers\":[{\"ip\":\"nonsense\",\"port\":\"x\",\"name\":{}}],"
		"\"losses\":[{},7,\"one\"]}";

	(void)state;
	assert_true(command_top_read(&got, span_of_text(odd)));
	assert_int_equal(got.time, 0);
	assert_int_equal(got.interfaces, 4);
	assert_string_equal(got.interface[1].name, "");
	assert_int_equal(got.outputs, 0);
	assert_int_equal(got.servers, 1);
	assert_true(ip_addr_is_none(&got.server[0].ip));
	assert_string_equal(got.loss[2], "one");
}

static void
more_than_there_is_room_for_is_left_out(void **state)
{
	struct text_out line;
	char name[400];

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	text_out_init(&line);
	text_out_text(&line, "{\"type\":\"top\",\"servers\":[");
	for (int i = 0; i < 200; i++)
		text_out_format(&line, "%s{\"ip\":\"192.0.2.1\",\"name\":\"%s\"}",
			i ? "," : "", name);
	text_out_text(&line, "]}");
	assert_true(command_top_read(&got, text_out_all(&line)));
	assert_int_equal(got.servers, TOP_SERVERS_MAX);
	assert_int_equal(strlen(got.server[0].name), TOP_NAME_MAX - 1);
	text_out_free(&line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_sensor_writes_is_read_back),
		cmocka_unit_test(what_is_no_answer_is_refused),
		cmocka_unit_test(members_of_another_kind_read_as_absent),
		cmocka_unit_test(more_than_there_is_room_for_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
