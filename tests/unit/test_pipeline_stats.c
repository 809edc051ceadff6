/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_rig.h"

#include <json-c/json.h>

#include "sensor/pipeline_stats.h"

static struct json_object *
stats(struct pump *u, struct json_out *j)
{
	struct json_tokener *t = json_tokener_new();
	struct json_object *o;

	json_out_init(j);
	pipeline_stats_write(u->p, NULL, u->infer, j);
	/* Strict: no comma too many, nothing behind the object. */
	json_tokener_set_flags(t, JSON_TOKENER_STRICT);
	o = json_tokener_parse_ex(t, j->at, (int)j->used);
	assert_non_null(o);
	assert_int_equal(json_tokener_get_parse_end(t), j->used);
	json_tokener_free(t);
	return o;
}

/* Members of all objects that are left after parsing: one named twice is left once. */
static size_t
members(struct json_object *o)
{
	size_t n = 0;

	json_object_object_foreach(o, key, value)
	{
		assert_true(key[0] != '\0');
		n += 1 +
		     (json_object_is_type(value, json_type_object) ? members(value) : 0);
	}
	return n;
}

static void
it_is_json_and_no_member_stands_twice(void **state)
{
	struct json_object *o;
	struct json_out j;
	size_t written = 0;

	o = stats(*state, &j);
	for (size_t i = 0; i + 1 < j.used; i++)
		written += j.at[i] == '"' && j.at[i + 1] == ':';
	assert_true(written > 40);
	assert_int_equal(members(o), written);
	json_object_put(o);
	json_out_free(&j);
}

static int64_t
number(struct json_object *o, const char *part, const char *key)
{
	struct json_object *in, *value;

	assert_true(json_object_object_get_ex(o, part, &in));
	assert_true(json_object_object_get_ex(in, key, &value));
	return json_object_get_int64(value);
}

static void
what_went_through_the_pump_is_what_is_counted(void **state)
{
	struct pump *u = *state;
	struct json_object *o;
	struct json_out j;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	pump_close(u, &w);
	frame_start(&u->frame, "x", 1);
	pump_frame(u);
	pipeline_drain(u->p);
	o = stats(u, &j);
	/* 3 to open, 13 turns, 3 to close, and one that is no packet. */
	assert_int_equal(number(o, "packets", "frames"), 20);
	assert_int_equal(number(o, "packets", "tcp"), 19);
	assert_int_equal(number(o, "packets", "udp"), 0);
	assert_int_equal(number(o, "sessions", "opened"), 1);
	assert_int_equal(number(o, "inference", "transactions"), 1);
	assert_int_equal(number(o, "inference", "connections"), 1);
	assert_int_equal(number(o, "inference", "servers"), 1);
	json_object_put(o);
	json_out_free(&j);
}

static void
losses_are_said_only_where_there_are_any_and_never_beyond_the_room(void **state)
{
	struct pump *u = *state;
	char all[1024], part[1024];
	size_t len;

	assert_int_equal(pipeline_losses_write(u->p, all, sizeof(all)), 0);
	assert_string_equal(all, "");
	u->p->counters.cut = 7;
	u->p->counters.conflicts = 3;
	len = pipeline_losses_write(u->p, all, sizeof(all));
	assert_int_equal(len, strlen(all));
	assert_ptr_equal(strstr(all, "7 frames were cut"), all);
	assert_non_null(strstr(all, "\n3 segments"));
	for (size_t room = 1; room < len; room++) {
		memset(part, '#', sizeof(part));
		pipeline_losses_write(u->p, part, room);
		assert_int_equal(strlen(part), room - 1);
		assert_memory_equal(part, all, room - 1);
		assert_int_equal(part[room], '#');
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, pump_setup, pump_teardown)
	const struct CMUnitTest tests[] = {
		T(it_is_json_and_no_member_stands_twice),
		T(what_went_through_the_pump_is_what_is_counted),
		T(losses_are_said_only_where_there_are_any_and_never_beyond_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
