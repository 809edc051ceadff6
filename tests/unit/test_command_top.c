/* SPDX-License-Identifier: Apache-2.0 */
/* relaytap top as one uses it: on a pseudo-terminal, before a sensor of the test's. */
#include "control_rig.h"

#include <getopt.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "sensor/command/command.h"
#include "sensor/command/command_top.h"
#include "top_rig.h"

#define ENTER "\033[?1049h"
#define LEAVE "\033[?7h\033[?25h\033[?1049l"

struct seat {
	struct control_rig rig;
	int terminal;
	pid_t child;
	char seen[65536];
	size_t used;
};

static const char *
answer_top(void *ctx, char *const *words, size_t count, struct text_out *out)
{
	(void)ctx, (void)count;
	if (strcmp(words[0], "top") != 0)
		return "no such command; help lists them";
	top_json_write(rig_view(), out);
	return NULL;
}

static int
seat_up(void **state)
{
	static struct seat s;
	char error[256];

	memset(&s, 0, sizeof(s));
	s.terminal = -1;
	snprintf(s.rig.folder, sizeof(s.rig.folder), "/tmp/relaytap-top-XXXXXX");
	assert_non_null(mkdtemp(s.rig.folder));
	snprintf(s.rig.path, sizeof(s.rig.path), "%s/control", s.rig.folder);
	s.rig.control = control_open(s.rig.path, error, sizeof(error));
	assert_non_null(s.rig.control);
	*state = &s;
	return 0;
}

static int
seat_down(void **state)
{
	struct seat *s = *state;

	if (s->terminal >= 0)
		close(s->terminal);
	*state = &s->rig;
	return control_rig_down(state);
}

static void
sit_down(struct seat *s, const char *option)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	char name[] = "top", socket_option[] = "-s", last[16];
	char *argv[] = {name, socket_option, s->rig.path, last, NULL};

	snprintf(last, sizeof(last), "%s", option);
	fflush(NULL);
	s->child = forkpty(&s->terminal, NULL, NULL, &size);
	assert_true(s->child >= 0);
	if (s->child == 0) {
		optind = 0;
		/* Without the search for leaks: this is a copy of a test. */
		_exit(command_top.run(4, argv));
	}
	assert_int_equal(control_start(s->rig.control, answer_top, s), 0);
}

/* Until text was seen count times; false: not within some seconds, or the end came. */
static bool
sees(struct seat *s, const char *text, unsigned count)
{
	for (int tries = 0; tries < 200; tries++) {
		struct pollfd p = {.fd = s->terminal, .events = POLLIN};
		const char *at = s->seen;
		unsigned found = 0;
		ssize_t n;

		for (; (at = strstr(at, text)); at++)
			found++;
		if (found >= count)
			return true;
		if (poll(&p, 1, 100) <= 0)
			continue;
		n = read(s->terminal, s->seen + s->used, sizeof(s->seen) - 1 - s->used);
		if (n <= 0)
			return false;
		s->used += (size_t)n;
	}
	return false;
}

static int
ended(struct seat *s)
{
	int status;

	assert_int_equal(waitpid(s->child, &status, 0), s->child);
	return status;
}

static void
it_looks_again_and_again_until_q(void **state)
{
	struct seat *s = *state;

	sit_down(s, "-d1");
	assert_true(sees(s, ENTER, 1));
	assert_true(sees(s, "open-relay", 3));
	assert_int_equal(write(s->terminal, "xq", 2), 2);
	assert_true(sees(s, LEAVE, 1));
	assert_int_equal(ended(s), COMMAND_GOOD);
}

static void
a_signal_ends_it_orderly(void **state)
{
	struct seat *s = *state;

	sit_down(s, "-d60");
	assert_true(sees(s, "open-relay", 1));
	kill(s->child, SIGTERM);
	assert_true(sees(s, LEAVE, 1));
	assert_int_equal(ended(s), COMMAND_GOOD);
}

static void
another_size_is_drawn_at_once(void **state)
{
	struct seat *s = *state;
	struct winsize size = {.ws_row = 40, .ws_col = 132};

	sit_down(s, "-d60");
	assert_true(sees(s, "open-relay", 1));
	assert_null(strstr(s->seen, "open-relay, confirmed"));
	assert_int_equal(ioctl(s->terminal, TIOCSWINSZ, &size), 0);
	assert_true(sees(s, "open-relay, confirmed", 1));
	assert_int_equal(write(s->terminal, "q", 1), 1);
	assert_true(sees(s, LEAVE, 1));
	assert_int_equal(ended(s), COMMAND_GOOD);
}

static void
a_sensor_that_ends_ends_it_and_the_reason_stays(void **state)
{
	struct seat *s = *state;
	const char *after;

	sit_down(s, "-d1");
	assert_true(sees(s, "open-relay", 1));
	control_close(s->rig.control);
	s->rig.control = NULL;
	assert_true(sees(s, "no sensor listens there", 2));
	after = strstr(s->seen, LEAVE);
	assert_non_null(after);
	assert_non_null(strstr(after, "no sensor listens there"));
	assert_int_equal(ended(s), COMMAND_FAILED << 8);
}

static void
once_leaves_the_screen_alone(void **state)
{
	struct seat *s = *state;

	sit_down(s, "--once");
	assert_true(sees(s, "203.0.113.12", 1));
	assert_int_equal(ended(s), COMMAND_GOOD);
	assert_null(strstr(s->seen, ENTER));
	assert_null(strstr(s->seen, "\033[H"));
}

static void
bad_options_are_refused(void **state)
{
	static const char *const bad[] = {
		"-d0", "-dx", "-d4000", "--delay=-1", "--no-such", "word"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char name[] = "top", word[16];
		char *argv[] = {name, word, NULL};

		snprintf(word, sizeof(word), "%s", bad[i]);
		optind = 0;
		assert_int_equal(command_top.run(2, argv), COMMAND_FAILED);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, seat_up, seat_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_looks_again_and_again_until_q),
		TEST(a_signal_ends_it_orderly),
		TEST(another_size_is_drawn_at_once),
		TEST(a_sensor_that_ends_ends_it_and_the_reason_stays),
		TEST(once_leaves_the_screen_alone),
		cmocka_unit_test(bad_options_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
