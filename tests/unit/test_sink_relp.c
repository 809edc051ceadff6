/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_tls_rig.h"

#include <time.h>

#include "sensor/output/sink_stream.h"

/*
 * A collector that speaks RELP after a script: for each frame it gets one answer, and
 * when the script ends it closes. "N" stands for the number of the frame it got.
 */
struct relp_peer {
	const char *answers[80];
	bool reset;   /* its end */
	int delay_ms; /* before each answer */
	char got[16384];
	size_t frames;
	int fd;
	pthread_t thread;
};

static const char opened[] = "N rsp 77 200 OK\nrelp_version=0\nrelp_software=test,1.0,"
			     "http://none.test\ncommands=syslog\n";
static const char taken[] = "N rsp 6 200 OK\n";

/* Octets of the frame at the begin of text, 0 if it is not whole; its number. */
static size_t
frame_octets(const char *text, char *number)
{
	unsigned octets;
	int at;

	if (sscanf(text, "%9s %*s %u%n", number, &octets, &at) < 2)
		return 0;
	at += octets > 0;
	return strlen(text) >= (size_t)at + octets + 1 ? (size_t)at + octets + 1 : 0;
}

static void
answer(int fd, const char *text, const char *number)
{
	char out[512];
	size_t n = 0;

	for (; *text; text++)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%.*s",
			*text == 'N' ? 9 : 1, *text == 'N' ? number : text);
	assert_int_equal(write(fd, out, n), n);
}

static void *
relp_peer_run(void *ctx)
{
	struct relp_peer *p = ctx;
	int fd = accept(p->fd, NULL, NULL);
	size_t at = 0, begin = 0, n;
	char number[16];
	ssize_t r;

	while (p->answers[p->frames]) {
		n = frame_octets(p->got + begin, number);
		if (n) {
			begin += n;
			usleep((useconds_t)p->delay_ms * 1000);
			answer(fd, p->answers[p->frames++], number);
			continue;
		}
		r = read(fd, p->got + at, sizeof(p->got) - 1 - at);
		if (r <= 0)
			break;
		at += (size_t)r;
		p->got[at] = '\0';
	}
	p->reset ? rig_reset(fd) : close(fd);
	return NULL;
}

static void
relp_peer_start(struct relp_peer *p)
{
	p->fd = rig_listen(SOCK_STREAM, 0);
	pthread_create(&p->thread, NULL, relp_peer_run, p);
}

static void
relp_peer_end(struct relp_peer *p)
{
	pthread_join(p->thread, NULL);
	close(p->fd);
}

static const struct sink_line *
three(void)
{
	static struct sink_line lines[3];

	lines[0] = rig_line("one");
	lines[1] = rig_line("two");
	lines[2] = rig_line("three");
	return lines;
}

/* Sends three lines to a peer with that script. How many were taken. */
static size_t
send_three(struct relp_peer *p)
{
	struct config_output o = rig_output(CONFIG_TO_RELP);
	struct sink *s;
	size_t n;

	relp_peer_start(p);
	s = rig_open(&o);
	sink_hurry(s, 1000);
	n = sink_send(s, three(), 3, rig_error);
	sink_close(s);
	relp_peer_end(p);
	return n;
}

static void
lines_are_taken_when_they_are_answered(void **state)
{
	struct relp_peer p = {.answers = {opened, taken, taken, taken, "N rsp 0\n"}};
	char want[1024], m[3][256];
	const char *texts[] = {"one", "two", "three"};

	(void)state;
	assert_int_equal(send_three(&p), 3);
	for (int i = 0; i < 3; i++)
		snprintf(m[i], sizeof(m[i]),
			"<131>1 " RIG_STAMP " sensor-1 relaytap %ld open-relay - %s",
			(long)getpid(), texts[i]);
	snprintf(want, sizeof(want),
		"2 syslog %zu %s\n3 syslog %zu %s\n4 syslog %zu %s\n"
		"5 close 0\n",
		strlen(m[0]), m[0], strlen(m[1]), m[1], strlen(m[2]), m[2]);
	assert_memory_equal(p.got, "1 open ", 7);
	assert_non_null(strstr(p.got, "relp_version=0\nrelp_software=relaytap,"));
	assert_string_equal(strstr(p.got, "2 syslog"), want);
}

static void
what_was_answered_before_the_end_is_taken_and_no_more(void **state)
{
	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		struct relp_peer p = {
			.answers = {opened, taken, taken, ""}, .reset = reset};

		/* A reset may take along answers that nobody had read yet. */
		assert_in_range(send_three(&p), reset ? 0 : 2, 2);
		if (!strstr(rig_error, "closed") && !strstr(rig_error, "broke"))
			fail_msg("%s", rig_error);
	}
}

static void
the_session_can_be_closed_by_the_server(void **state)
{
	struct relp_peer p = {.answers = {opened, taken, "0 serverclose 0\n"}};

	(void)state;
	assert_int_equal(send_three(&p), 1);
	assert_non_null(strstr(rig_error, "the collector closed the session"));
}

static void
a_line_that_is_refused_is_not_taken(void **state)
{
	struct relp_peer p = {
		.answers = {opened, taken, "N rsp 14 500 queue\x1b[2Jx\n", ""}};

	(void)state;
	assert_int_equal(send_three(&p), 1);
	assert_non_null(strstr(rig_error, "line refused: 500 queue\\x1b[2J"));
}

static void
a_session_that_is_refused_is_told(void **state)
{
	struct relp_peer p = {.answers = {"N rsp 8 500 busy\n"}};

	(void)state;
	assert_int_equal(send_three(&p), 0);
	assert_non_null(strstr(rig_error, "RELP session refused: 500 busy"));
}

static void
what_is_no_relp_is_told(void **state)
{
	static const char *const bad[] = {"220 mail.example.org ESMTP\r\n", "1 rsp x\n",
		"1 rsp 99999999 200\n", "1 rsp 6 200 OKx", "\n", "N rsp 6 200 OK\nyes",
		"1 a-command-that-is-much-too-long-for-any-protocol 0\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct relp_peer p = {.answers = {bad[i], bad[i], ""}};

		assert_int_equal(send_three(&p), 0);
		if (!strstr(rig_error, "does not speak RELP") &&
			!strstr(rig_error, "closed") && !strstr(rig_error, "broke"))
			fail_msg("%zu: %s", i, rig_error);
	}
}

/* An answer to what was not sent yet, or was answered before, must not count. */
static void
answers_nobody_asked_for_do_not_count(void **state)
{
	static const char *const bad[] = {"3 rsp 6 200 OK\n", "1 rsp 6 200 OK\n",
		"0 rsp 6 200 OK\n", "N rsp 6 200 OK\nN rsp 6 200 OK\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct relp_peer p = {.answers = {opened, bad[i], ""}};

		assert_in_range(send_three(&p), 0, i == 3);
		assert_non_null(strstr(rig_error, "answers what it was not asked"));
	}
}

static void
a_session_may_end_before_the_first_line(void **state)
{
	static const char *const early[] = {
		"N rsp 200 200 OK\nrelp", "N rsp 6 200 OK\n0 serverclose 0\n", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(early) / sizeof(*early); i++) {
		struct relp_peer p = {.answers = {early[i]}};

		assert_int_equal(send_three(&p), 0);
		assert_non_null(strstr(rig_error, "clos"));
	}
}

/* Calls end before the answers come; nothing is sent twice, and all is taken. */
static void
a_slow_collector_gets_each_line_once(void **state)
{
	struct relp_peer p = {
		.answers = {opened, taken, taken, taken, "N rsp 0\n"}, .delay_ms = 70};
	struct config_output o = rig_output(CONFIG_TO_RELP);
	size_t done = 0, calls = 0;
	struct sink *s;

	(void)state;
	relp_peer_start(&p);
	s = rig_open(&o);
	sink_hurry(s, 120);
	for (; done < 3 && calls < 100; calls++) {
		done += sink_send(s, three() + done, 3 - done, rig_error);
		sink_hurry(s, 20);
	}
	assert_int_equal(done, 3);
	assert_true(calls > 2);
	sink_hurry(s, 1000);
	sink_close(s);
	relp_peer_end(&p);
	assert_int_equal(p.frames, 5);
	assert_non_null(strstr(p.got, "\n5 close 0\n"));
}

static double
ms_since(const struct timespec *from)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - from->tv_sec) * 1e3 +
	       (double)(now.tv_nsec - from->tv_nsec) / 1e6;
}

/* Our kernel would acknowledge 40 ms later, and the peer's holds answers back as long. */
static void
answers_one_by_one_are_not_waited_for(void **state)
{
	enum {
		BATCHES = 24
	};
	struct config_output o = rig_output(CONFIG_TO_RELP);
	struct relp_peer p = {.answers = {opened}, .delay_ms = 1};
	size_t slow = 0;
	struct sink *s;

	(void)state;
	for (size_t i = 1; i <= BATCHES * 3; i++)
		p.answers[i] = taken;
	relp_peer_start(&p);
	s = rig_open(&o);
	for (int i = 0; i < BATCHES; i++) {
		struct timespec began;

		clock_gettime(CLOCK_MONOTONIC, &began);
		assert_int_equal(sink_send(s, three(), 3, rig_error), 3);
		slow += ms_since(&began) > 35;
	}
	sink_hurry(s, 1000);
	sink_close(s);
	relp_peer_end(&p);
	/* A machine that is busy elsewhere may make some so. */
	assert_in_range(slow, 0, BATCHES / 3);
}

static void
relp_within_tls_is_checked_as_tls_is(void **state)
{
	struct tls_peer p = {.certificate = "foreign"};
	struct config_output o = rig_output(CONFIG_TO_RELP);
	struct sink *s;

	(void)state;
	o.tls = true;
	o.ca = tls_rig_file("ca.pem");
	o.server_name = "collector.test";
	tls_peer_start(&p);
	s = rig_open(&o);
	assert_true(sink_acknowledges(s));
	assert_int_equal(sink_send(s, three(), 3, rig_error), 0);
	assert_non_null(strstr(rig_error, "relp to 127.0.0.1:"));
	assert_non_null(strstr(rig_error, "is not trusted"));
	sink_close(s);
	tls_peer_end(&p);
}

/* On a busy machine the answer stands in the socket before we look for it the first time. */
static void
an_answer_that_is_there_already_is_not_waited_for(void **state)
{
	static const struct sink_framing silent;
	struct sink_stream st = {.framing = &silent};
	struct config_output o = rig_output(CONFIG_TO_RELP);
	struct sink *s = rig_open(&o);
	uint64_t begun = sink_now();
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	st.wire.fd = pair[0];
	assert_int_equal(write(pair[1], "answer", 6), 6);
	assert_int_equal(sink_stream_listen(s, &st, begun + 5000000000u), 0);
	assert_true(sink_now() - begun < 4000000000u);
	/* What is not there is waited for, and no longer than that. */
	assert_int_equal(sink_stream_listen(s, &st, sink_now() + 50000000u), -1);
	assert_non_null(strstr(s->error, ": the collector does not answer"));
	close(pair[0]);
	close(pair[1]);
	sink_close(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_taken_when_they_are_answered),
		cmocka_unit_test(what_was_answered_before_the_end_is_taken_and_no_more),
		cmocka_unit_test(the_session_can_be_closed_by_the_server),
		cmocka_unit_test(a_line_that_is_refused_is_not_taken),
		cmocka_unit_test(a_session_that_is_refused_is_told),
		cmocka_unit_test(what_is_no_relp_is_told),
		cmocka_unit_test(answers_nobody_asked_for_do_not_count),
		cmocka_unit_test(a_session_may_end_before_the_first_line),
		cmocka_unit_test(a_slow_collector_gets_each_line_once),
		cmocka_unit_test(answers_one_by_one_are_not_waited_for),
		cmocka_unit_test(an_answer_that_is_there_already_is_not_waited_for),
		cmocka_unit_test(relp_within_tls_is_checked_as_tls_is),
	};

	return cmocka_run_group_tests(tests, tls_rig_begin, rig_end);
}
