/* SPDX-License-Identifier: Apache-2.0 */
#include "control_rig.h"

#include <time.h>

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* The sensor still answers whoever comes. */
static void
assert_alive(const struct control_rig *r)
{
	char got[256];
	int s = rig_connect(r);

	rig_say(s, "echo alive\n", 11);
	rig_hear(s, RIG_GOOD, got, sizeof(got));
	assert_string_equal(got, "{\"word\":\"echo\"}\n{\"word\":\"alive\"}\n" RIG_GOOD);
	close(s);
}

static void
words_come_in_and_lines_go_out(void **state)
{
	struct control_rig *r = *state;
	char got[256];
	int s = rig_connect(r);

	rig_say(s, "  echo\t one  two \r\n", 19);
	rig_hear(s, RIG_GOOD, got, sizeof(got));
	assert_string_equal(got, "{\"word\":\"echo\"}\n{\"word\":\"one\"}\n"
				 "{\"word\":\"two\"}\n" RIG_GOOD);
	rig_say(s, "nonsense\n", 9);
	rig_hear(s, "}\n", got, sizeof(got));
	assert_string_equal(got, RIG_BAD("no such command; help lists them"));
	close(s);
}

static void
several_lines_at_once_are_answered_in_turn(void **state)
{
	struct control_rig *r = *state;
	char got[256];
	int s = rig_connect(r);

	rig_say(s, "echo\nwhat\necho\n", 15);
	shutdown(s, SHUT_WR);
	rig_hear(s, NULL, got, sizeof(got));
	assert_string_equal(got,
		"{\"word\":\"echo\"}\n" RIG_GOOD RIG_BAD(
			"no such command; help lists them") "{\"word\":\"echo\"}"
							    "\n" RIG_GOOD);
	close(s);
}

static void
garbage_is_an_error_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *want;
	} cases[] = {
		{"\n", 1, RIG_BAD("no command; help lists them")},
		{" \t \n", 4, RIG_BAD("no command; help lists them")},
		{"echo\0x\n", 7, RIG_BAD("control characters are no command")},
		{"\033[2J\n", 5, RIG_BAD("control characters are no command")},
		{"a b c d e f g h i\n", 18, RIG_BAD("too many words")},
	};
	struct control_rig *r = *state;
	char got[256];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int s = rig_connect(r);

		rig_say(s, cases[i].text, cases[i].len);
		rig_hear(s, "}\n", got, sizeof(got));
		assert_string_equal(got, cases[i].want);
		close(s);
	}
	assert_int_equal(r->asked, 0);
	assert_alive(r);
}

static void
random_octets_never_stop_it(void **state)
{
	struct control_rig *r = *state;
	uint32_t seed = 1;

	for (int i = 0; i < 300; i++) {
		char octets[600];
		int s = rig_connect(r);

		for (size_t k = 0; k < sizeof(octets); k++) {
			seed = seed * 1664525 + 1013904223;
			octets[k] = (char)(seed >> 24);
		}
		/* It may be closed before all is said. */
		(void)!send(s, octets, (seed >> 8) % sizeof(octets), MSG_NOSIGNAL);
		if (seed & 0x10000)
			shutdown(s, SHUT_WR);
		close(s);
	}
	assert_alive(r);
}

static void
a_line_without_end_is_cut_off(void **state)
{
	static char line[8192];
	struct control_rig *r = *state;
	char got[256];
	int s = rig_connect(r);

	memset(line, 'x', sizeof(line));
	rig_say(s, line, 4096);
	rig_hear(s, NULL, got, sizeof(got));
	assert_string_equal(got, RIG_BAD("the line is too long"));
	close(s);
	/* The longest that there may be. */
	s = rig_connect(r);
	line[4095] = '\n';
	rig_say(s, line, 4096);
	rig_hear(s, "}\n", got, sizeof(got));
	assert_string_equal(got, RIG_BAD("no such command; help lists them"));
	close(s);
}

static void
whoever_stalls_is_closed_while_others_are_answered(void **state)
{
	struct control_rig *r = *state;
	int silent = rig_connect(r), half = rig_connect(r), deaf = rig_connect(r);
	uint64_t begin = now_ms();
	char got[16];

	rig_say(half, "ech", 3);
	rig_say(deaf, "big\n", 4);
	assert_alive(r);
	rig_hear(silent, NULL, got, sizeof(got));
	rig_hear(half, NULL, got, sizeof(got));
	assert_string_equal(got, "");
	assert_in_range(now_ms() - begin, 4000, 9000);
	assert_alive(r);
	close(silent);
	close(half);
	close(deaf);
}

static void
a_large_answer_comes_whole(void **state)
{
	struct control_rig *r = *state;
	struct text_out out;

	text_out_init(&out);
	assert_int_equal(control_ask(r->path, "big", &out), 0);
	assert_int_equal(out.used, 65536 * 16);
	text_out_free(&out);
}

static void
one_too_many_is_told_so(void **state)
{
	struct control_rig *r = *state;
	int s[CONTROL_CLIENTS_MAX + 1];
	char got[128];

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		s[i] = rig_connect(r);
		rig_say(s[i], "echo\n", 5);
		rig_hear(s[i], RIG_GOOD, got, sizeof(got));
	}
	s[CONTROL_CLIENTS_MAX] = rig_connect(r);
	rig_hear(s[CONTROL_CLIENTS_MAX], NULL, got, sizeof(got));
	assert_string_equal(got, RIG_BAD("too many ask at once; try again"));
	close(s[0]);
	/* The place of who left is free. */
	for (int tries = 0; tries < 100; tries++) {
		int again = rig_connect(r);

		(void)!send(again, "echo\n", 5, MSG_NOSIGNAL);
		rig_hear(again, RIG_GOOD, got, sizeof(got));
		close(again);
		if (strstr(got, "true"))
			break;
		usleep(20000);
	}
	assert_string_equal(got, "{\"word\":\"echo\"}\n" RIG_GOOD);
	for (size_t i = 1; i <= CONTROL_CLIENTS_MAX; i++)
		close(s[i]);
}

static void
closing_does_not_wait_for_clients(void **state)
{
	struct control_rig *r = *state;
	int s = rig_connect(r);
	uint64_t begin;
	char got[16];

	assert_alive(r);
	begin = now_ms();
	control_close(r->control);
	assert_true(now_ms() - begin < 2000);
	rig_hear(s, NULL, got, sizeof(got));
	assert_int_equal(access(r->path, F_OK), -1);
	r->control = NULL;
	close(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, control_rig_up, control_rig_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(words_come_in_and_lines_go_out),
		TEST(several_lines_at_once_are_answered_in_turn),
		TEST(garbage_is_an_error_and_nothing_else),
		TEST(random_octets_never_stop_it),
		TEST(a_line_without_end_is_cut_off),
		TEST(whoever_stalls_is_closed_while_others_are_answered),
		TEST(a_large_answer_comes_whole),
		TEST(one_too_many_is_told_so),
		TEST(closing_does_not_wait_for_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
