/* SPDX-License-Identifier: Apache-2.0 */
/* What all kinds of sinks have in common, over a kind of the test's own. */
#include "sink_rig.h"

#include "sensor/output/sink_part.h"

static struct {
	size_t takes;	   /* of the lines of a call */
	const char *fails; /* said though lines were taken */
	bool breaks;	   /* writes where nobody reads */
	size_t calls, closes, reopens;
} kind;

static int
fake_open(struct sink *s)
{
	(void)s;
	return 0;
}

static void
fake_close(struct sink *s)
{
	(void)s;
	kind.closes++;
}

static size_t
fake_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	int pair[2];

	(void)lines;
	kind.calls++;
	if (kind.breaks) {
		assert_int_equal(pipe(pair), 0);
		close(pair[0]);
		assert_int_equal(write(pair[1], "x", 1), -1);
		assert_int_equal(errno, EPIPE);
		close(pair[1]);
	}
	if (kind.fails)
		sink_fail(s, "%s", kind.fails);
	return kind.takes < count ? kind.takes : count;
}

static void
fake_reopen(struct sink *s)
{
	(void)s;
	kind.reopens++;
}

static const struct sink_kind fake = {.open = fake_open,
	.close = fake_close,
	.send = fake_send,
	.reopen = fake_reopen,
	.acknowledges = true};
static const struct sink_kind plain = {
	.open = fake_open, .close = fake_close, .send = fake_send};

static struct config_output to_udp = {
	.name = "test", .to = CONFIG_TO_UDP, .host = "siem.example", .port = "514"};

/* The kind is put in behind the opening, which for standard output does nothing. */
static struct sink *
open_fake(const struct sink_kind *k)
{
	static const struct config_output o = {.name = "test", .to = CONFIG_TO_STDOUT};
	struct sink *s = rig_open(&o);

	s->kind->close(s);
	s->kind = k;
	s->own = NULL;
	memset(&kind, 0, sizeof(kind));
	return s;
}

/* --- lines ---------------------------------------------------------------------------
 */

static void
an_error_is_told_only_where_lines_are_left(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b")};
	struct sink *s = open_fake(&fake);

	(void)state;
	kind.takes = 1;
	kind.fails = "slow";
	assert_int_equal(sink_send(s, lines, 2, rig_error), 1);
	assert_string_equal(rig_error, "stdout: slow");
	/* All of them went: what was wrong on the way is nobody's concern. */
	assert_int_equal(sink_send(s, lines, 1, rig_error), 1);
	assert_string_equal(rig_error, "");
	/* And what was wrong before is not told again. */
	kind.fails = NULL;
	kind.takes = 0;
	assert_int_equal(sink_send(s, lines, 2, rig_error), 0);
	assert_string_equal(rig_error, "");
	sink_close(s);
	assert_int_equal(kind.closes, 1);
}

static void
no_lines_are_no_call(void **state)
{
	struct sink *s = open_fake(&fake);

	(void)state;
	strcpy(rig_error, "old");
	assert_int_equal(sink_send(s, NULL, 0, rig_error), 0);
	assert_string_equal(rig_error, "");
	assert_int_equal(kind.calls, 0);
	sink_close(s);
	sink_close(NULL);
}

static void
only_kinds_that_reopen_and_acknowledge_do(void **state)
{
	static const struct config_output to_relp = {
		.name = "test", .to = CONFIG_TO_RELP, .host = "127.0.0.1", .port = "9"};
	struct sink *s = open_fake(&fake);

	(void)state;
	sink_reopen(s);
	assert_int_equal(kind.reopens, 1);
	assert_true(sink_acknowledges(s));
	s->kind = &plain;
	sink_reopen(s);
	assert_int_equal(kind.reopens, 1);
	assert_false(sink_acknowledges(s));
	sink_close(s);
	s = rig_open(&to_relp);
	assert_true(sink_acknowledges(s));
	sink_close(s);
	s = rig_open(&to_udp);
	assert_false(sink_acknowledges(s));
	sink_close(s);
}

static void
what_cannot_be_opened_is_told_and_there_is_no_sink(void **state)
{
	struct config_output o = {.name = "test", .to = CONFIG_TO_FILE, .path = rig_dir};

	(void)state;
	rig_error[0] = '\0';
	assert_null(sink_open(&o, "sensor-1", rig_error));
	assert_int_equal(strncmp(rig_error, rig_dir, strlen(rig_dir)), 0);
	assert_int_equal(strncmp(rig_error + strlen(rig_dir), ": ", 2), 0);
}

/* --- SIGPIPE -------------------------------------------------------------------------
 */

static volatile sig_atomic_t pipes;

static void
count_pipe(int signal)
{
	(void)signal;
	pipes++;
}

static bool
is_pending(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGPIPE) == 1;
}

static void
a_peer_that_has_gone_raises_no_signal(void **state)
{
	struct sink_line line = rig_line("a");
	struct sink *s = open_fake(&fake);
	sigset_t mask;

	(void)state;
	signal(SIGPIPE, count_pipe);
	pipes = 0;
	kind.breaks = true;
	kind.takes = 1;
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	assert_int_equal(pipes, 0);
	assert_false(is_pending());
	/* The program's own choice stands: it still gets those that are not ours. */
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	assert_false(sigismember(&mask, SIGPIPE));
	raise(SIGPIPE);
	assert_int_equal(pipes, 1);
	sink_close(s);
	signal(SIGPIPE, SIG_DFL);
}

/* One that the program itself keeps waiting is not taken from it. */
static void
a_signal_that_was_pending_before_still_is(void **state)
{
	struct sink_line line = rig_line("a");
	struct sink *s = open_fake(&fake);
	sigset_t pipe, before;

	(void)state;
	signal(SIGPIPE, count_pipe);
	pipes = 0;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	pthread_kill(pthread_self(), SIGPIPE);
	kind.breaks = true;
	sink_send(s, &line, 1, rig_error);
	assert_true(is_pending());
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(pipes, 1);
	sink_close(s);
	signal(SIGPIPE, SIG_DFL);
}

/* --- the error line ------------------------------------------------------------------
 */

static void
the_line_begins_with_where_to(void **state)
{
	static const struct {
		struct config_output output;
		const char *want;
	} cases[] = {
		{{.to = CONFIG_TO_UDP, .host = "a.example", .port = "514"},
			"udp to a.example:514: no"},
		{{.to = CONFIG_TO_TCP, .host = "::1", .port = "601"},
			"tcp to ::1:601: no"},
		{{.to = CONFIG_TO_TLS, .host = "a.example", .port = "6514"},
			"tls to a.example:6514: no"},
		{{.to = CONFIG_TO_RELP, .host = "a.example", .port = "20514"},
			"relp to a.example:20514: no"},
		{{.to = CONFIG_TO_STDOUT}, "stdout: no"},
		{{.to = CONFIG_TO_FILE, .path = "/a/b"}, "/a/b: no"},
		{{.to = CONFIG_TO_UNIX, .path = "/a\nb"}, "/a\\x0ab: no"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sink s = {.output = &cases[i].output};

		assert_int_equal(sink_fail(&s, "%s", "no"), -1);
		assert_string_equal(s.error, cases[i].want);
	}
}

/* However long the place is, there is room for what is wrong. */
static void
a_long_place_leaves_room_for_the_reason(void **state)
{
	char path[4000];
	struct config_output o = {.to = CONFIG_TO_FILE, .path = path};
	struct sink s = {.output = &o};

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	sink_fail(&s, "no space left on the device");
	assert_non_null(strstr(s.error, "pp: no space left on the device"));
}

/* Of an umlaut at the end of the room both octets or none. */
static void
a_long_reason_is_not_cut_within_a_character(void **state)
{
	static const char umlaut[] = "\xc3\xa4";

	(void)state;
	for (size_t before = 200; before < 260; before++) {
		struct sink s = {.output = &to_udp};
		char text[300];
		size_t n;

		memset(text, 'x', before);
		strcpy(text + before, umlaut);
		strcat(text, "yyy");
		sink_fail(&s, "%s", text);
		n = strlen(s.error);
		assert_in_range(n, 200, SINK_ERROR_MAX - 1);
		assert_int_not_equal(s.error[n - 1] & 0xff, 0xc3);
		if (strchr(s.error, '\xc3'))
			assert_non_null(strstr(s.error, umlaut));
	}
}

/* --- waiting -------------------------------------------------------------------------
 */

static void
no_call_may_wait_longer_than_it_is_allowed(void **state)
{
	struct sink *s = open_fake(&fake);
	uint64_t before = sink_now(), deadline = sink_deadline(s), behind = sink_now();

	(void)state;
	assert_in_range(deadline, before + SINK_WAIT_MS * 1000000ull,
		behind + SINK_WAIT_MS * 1000000ull);
	before = sink_now();
	sink_hurry(s, 100);
	behind = sink_now();
	/* Whenever it is asked for from now on: it is the same moment. */
	deadline = sink_deadline(s);
	assert_in_range(deadline, before + 100000000u, behind + 100000000u);
	usleep(1000);
	assert_true(sink_deadline(s) == deadline);
	sink_close(s);
}

static void *
hurry_soon(void *ctx)
{
	usleep(20000);
	sink_hurry(ctx, 0);
	return NULL;
}

static void
a_wait_ends_by_an_event_or_the_deadline_or_hurry(void **state)
{
	struct sink *s = open_fake(&fake);
	pthread_t thread;
	uint64_t deadline;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	/* What is there already needs no time. */
	assert_int_equal(sink_wait(s, pair[0], POLLOUT, 0), POLLOUT);
	assert_int_equal(sink_wait(s, pair[0], POLLIN, 0), 0);
	deadline = sink_now() + 120000000u;
	assert_int_equal(sink_wait(s, pair[0], POLLIN, deadline), 0);
	assert_true(sink_now() >= deadline);
	pthread_create(&thread, NULL, hurry_soon, s);
	assert_int_equal(sink_wait(s, pair[0], POLLIN, UINT64_MAX), 0);
	pthread_join(thread, NULL);
	/* An end of the peer is an event too. */
	close(pair[1]);
	assert_true(sink_wait(s, pair[0], POLLIN, 0) & POLLHUP);
	close(pair[0]);
	sink_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_error_is_told_only_where_lines_are_left),
		cmocka_unit_test(no_lines_are_no_call),
		cmocka_unit_test(only_kinds_that_reopen_and_acknowledge_do),
		cmocka_unit_test(what_cannot_be_opened_is_told_and_there_is_no_sink),
		cmocka_unit_test(a_peer_that_has_gone_raises_no_signal),
		cmocka_unit_test(a_signal_that_was_pending_before_still_is),
		cmocka_unit_test(the_line_begins_with_where_to),
		cmocka_unit_test(a_long_place_leaves_room_for_the_reason),
		cmocka_unit_test(a_long_reason_is_not_cut_within_a_character),
		cmocka_unit_test(no_call_may_wait_longer_than_it_is_allowed),
		cmocka_unit_test(a_wait_ends_by_an_event_or_the_deadline_or_hurry),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
