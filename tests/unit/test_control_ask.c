/* SPDX-License-Identifier: Apache-2.0 */
#include "control_rig.h"

static void
lines_come_without_the_end(void **state)
{
	struct control_rig *r = *state;
	struct text_out out;

	text_out_init(&out);
	assert_int_equal(control_ask(r->path, "echo one", &out), 0);
	assert_string_equal(out.at, "{\"word\":\"echo\"}\n{\"word\":\"one\"}\n");
	text_out_free(&out);
}

static void
what_the_sensor_refuses_is_a_failure(void **state)
{
	struct control_rig *r = *state;
	struct text_out out;

	text_out_init(&out);
	assert_int_equal(control_ask(r->path, "nonsense", &out), -1);
	assert_int_equal(out.used, 0);
	assert_int_equal(control_ask(r->path, "two\nlines", &out), -1);
	assert_int_equal(control_ask("/nonexistent/control", "echo", &out), -1);
	text_out_free(&out);
}

/* A peer that says this, whatever it is asked, and closes. */
struct liar {
	int listener;
	const char *says;
};

static void *
lie(void *arg)
{
	const struct liar *l = arg;
	int s = accept(l->listener, NULL, NULL);
	char heard[64];

	(void)!recv(s, heard, sizeof(heard), 0);
	(void)!send(s, l->says, strlen(l->says), MSG_NOSIGNAL);
	close(s);
	return NULL;
}

static void
an_answer_that_is_not_whole_is_a_failure(void **state)
{
	static const char *const says[] = {"", "{\"word\":\"x\"}\n",
		"{\"type\":\"end\",\"ok\":", "{\"type\":\"end\",\"ok\":maybe}\n",
		"{\"type\":\"end\"\n", "{\"type\":\"end\",\"ok\":false,\"error\":\"\n"};
	struct control_rig *r = *state;

	for (size_t i = 0; i < sizeof(says) / sizeof(*says); i++) {
		struct sockaddr_un a = {.sun_family = AF_UNIX};
		struct liar l = {socket(AF_UNIX, SOCK_STREAM, 0), says[i]};
		struct text_out out;
		pthread_t thread;

		snprintf(a.sun_path, sizeof(a.sun_path), "%s/liar%zu", r->folder, i);
		assert_int_equal(bind(l.listener, (void *)&a, sizeof(a)), 0);
		assert_int_equal(listen(l.listener, 1), 0);
		assert_int_equal(pthread_create(&thread, NULL, lie, &l), 0);
		text_out_init(&out);
		assert_int_equal(control_ask(a.sun_path, "echo", &out), -1);
		text_out_free(&out);
		pthread_join(thread, NULL);
		close(l.listener);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, control_rig_up, control_rig_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_come_without_the_end),
		TEST(what_the_sensor_refuses_is_a_failure),
		TEST(an_answer_that_is_not_whole_is_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
