/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

/* "LEN SP MSG": reads one, gives the message's text behind "- ", NULL if it is none. */
static const char *
take_frame(char **at)
{
	static char text[200000];
	char *blank, *begin;
	long n = strtol(*at, &blank, 10);

	if (n <= 0 || *blank != ' ' || (long)strlen(blank + 1) < n)
		return NULL;
	memcpy(text, blank + 1, (size_t)n);
	text[n] = '\0';
	*at = blank + 1 + n;
	begin = strstr(text, " - ");
	return begin ? begin + 3 : NULL;
}

static void
each_line_is_counted_in_octets(void **state)
{
	int fd = rig_listen(SOCK_STREAM, 0), peer;
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink_line lines[] = {rig_line("one\ntwo"), rig_line("\xc3\xa9")};
	struct sink *s = rig_open(&o);
	char got[512], want[600], message[256];

	(void)state;
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	snprintf(message, sizeof(message),
		"<131>1 " RIG_STAMP " sensor-1 relaytap %ld open-relay - ", (long)getpid());
	snprintf(want, sizeof(want), "%zu %sone\ntwo%zu %s\xc3\xa9", strlen(message) + 7,
		message, strlen(message) + 2, message);
	assert_string_equal(got, want);
	close(peer);
	sink_close(s);
	close(fd);
}

static void
a_collector_that_is_not_there_is_told(void **state)
{
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink_line line = rig_line("x");
	struct sink *s;
	char want[256];
	int fd;

	(void)state;
	close(rig_listen(SOCK_STREAM, 0));
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	snprintf(want, sizeof(want),
		"tcp to 127.0.0.1:%s: cannot connect to 127.0.0.1: Connection refused; is the "
		"collector running, and the port right?",
		rig_port);
	assert_string_equal(rig_error, want);
	fd = rig_listen(SOCK_STREAM, 0);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	sink_hurry(s, 0);
	sink_close(s);
	close(fd);
}

/* The peer closed while nothing was sent: the next line must not be given to it. */
static void
a_peer_that_closed_before_gets_nothing_more(void **state)
{
	int fd = rig_listen(SOCK_STREAM, 0), peer;
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink_line first = rig_line("first"), second = rig_line("second");
	struct sink *s = rig_open(&o);
	char got[512];

	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		assert_int_equal(sink_send(s, &first, 1, rig_error), 1);
		peer = accept(fd, NULL, NULL);
		reset ? rig_reset(peer) : close(peer);
		rig_settle();
		assert_int_equal(sink_send(s, &second, 1, rig_error), 1);
		peer = accept(fd, NULL, NULL);
		rig_read(peer, got, sizeof(got), 50);
		assert_non_null(strstr(got, "- second"));
		close(peer);
		rig_settle();
	}
	sink_close(s);
	close(fd);
}

static char *
filled(size_t octets, char with)
{
	char *text = malloc(octets + 1);

	memset(text, with, octets);
	text[octets] = '\0';
	return text;
}

struct victim {
	int fd;
	size_t octets; /* to read before the end */
	bool reset;
};

static void *
read_a_part_and_die(void *ctx)
{
	struct victim *v = ctx;
	int peer = accept(v->fd, NULL, NULL);
	char got[4096];
	ssize_t n;

	for (size_t left = v->octets; left; left -= (size_t)n)
		if ((n = read(peer, got, left < sizeof(got) ? left : sizeof(got))) <= 0)
			break;
	v->reset ? rig_reset(peer) : close(peer);
	return NULL;
}

/*
 * At any octet of a batch that does not fit into the kernels' buffers: none of it counts,
 * and all of it comes over the next connection.
 */
static void
a_peer_that_dies_in_the_middle_gets_all_again(void **state)
{
	static const size_t at[] = {1, 5, 30, 100, 4000, 70000, 300000};
	char *text = filled(100000, 'a'), *got = malloc(9000000), *next;
	struct sink_line lines[80];
	struct config_output o = rig_output(CONFIG_TO_TCP);

	(void)state;
	for (size_t i = 0; i < 80; i++)
		lines[i] = rig_line(text);
	for (size_t i = 0; i < 2 * sizeof(at) / sizeof(*at); i++) {
		struct victim v = {.octets = at[i / 2], .reset = i % 2};
		pthread_t thread;
		struct sink *s;
		int peer;

		v.fd = rig_listen(SOCK_STREAM, 0);
		s = rig_open(&o);
		pthread_create(&thread, NULL, read_a_part_and_die, &v);
		assert_int_equal(sink_send(s, lines, 80, rig_error), 0);
		if (!strstr(rig_error, "closed") && !strstr(rig_error, "broke"))
			fail_msg("%s", rig_error);
		pthread_join(thread, NULL);
		assert_int_equal(sink_send(s, lines, 1, rig_error), 0 + 1);
		peer = accept(v.fd, NULL, NULL);
		rig_read(peer, got, 9000000, 20);
		next = got;
		assert_string_equal(take_frame(&next), text);
		assert_string_equal(next, "");
		close(peer);
		sink_close(s);
		close(v.fd);
	}
	free(text);
	free(got);
}

/* It never reads: what its kernel took is taken, and the call ends in time. */
static void
a_peer_that_never_reads_holds_nobody_up(void **state)
{
	int fd = rig_listen(SOCK_STREAM, 0);
	char *text = filled(100000, 'a');
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink *s = rig_open(&o);
	struct sink_line lines[80];
	double begin = rig_seconds();
	size_t taken;

	(void)state;
	for (size_t i = 0; i < 80; i++)
		lines[i] = rig_line(i ? text : "small");
	sink_hurry(s, 300);
	taken = sink_send(s, lines, 80, rig_error);
	assert_in_range(taken, 1, 79);
	assert_non_null(strstr(rig_error, "the collector is slow"));
	sink_close(s);
	assert_true(rig_seconds() - begin < 2);
	close(fd);
	free(text);
}

struct reader {
	int fd;
	char *got;
	size_t room;
};

static void *
read_slowly(void *ctx)
{
	struct reader *r = ctx;
	int peer = accept(r->fd, NULL, NULL);
	size_t at = 0;
	ssize_t n;

	while (at < r->room - 1 && (n = read(peer, r->got + at, 20000)) > 0) {
		at += (size_t)n;
		usleep(2000);
	}
	r->got[at] = '\0';
	close(peer);
	return NULL;
}

/* Calls that end too early, as for a slow collector, one after another: no line twice. */
static void
a_slow_peer_gets_each_line_once(void **state)
{
	struct reader r = {.room = 9000000, .got = malloc(9000000)};
	struct config_output o = rig_output(CONFIG_TO_TCP);
	char *texts[60], *next;
	struct sink_line lines[60];
	size_t done = 0, calls = 0;
	struct sink *s;
	pthread_t thread;

	(void)state;
	r.fd = rig_listen(SOCK_STREAM, 0);
	s = rig_open(&o);
	for (size_t i = 0; i < 60; i++) {
		texts[i] = filled(50000, (char)('A' + i));
		lines[i] = rig_line(texts[i]);
	}
	pthread_create(&thread, NULL, read_slowly, &r);
	for (; done < 60 && calls < 1000; calls++) {
		sink_hurry(s, 20);
		done += sink_send(s, lines + done, 60 - done, rig_error);
	}
	assert_int_equal(done, 60);
	assert_true(calls > 3);
	sink_close(s);
	pthread_join(thread, NULL);
	next = r.got;
	for (size_t i = 0; i < 60; i++)
		assert_string_equal(take_frame(&next), texts[i]);
	assert_string_equal(next, "");
	for (size_t i = 0; i < 60; i++)
		free(texts[i]);
	free(r.got);
	close(r.fd);
}

/* When other lines come than those under way, they have a connection of their own. */
static void
other_lines_than_those_under_way_begin_anew(void **state)
{
	int fd = rig_listen(SOCK_STREAM, 0), peer;
	char *text = filled(8000000, 'a'), *next, got[512];
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink_line line = rig_line(text), other = rig_line("other");
	struct sink *s = rig_open(&o);

	(void)state;
	sink_hurry(s, 100);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	close(accept(fd, NULL, NULL));
	sink_hurry(s, 1000);
	assert_int_equal(sink_send(s, &other, 1, rig_error), 1);
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	next = got;
	assert_string_equal(take_frame(&next), "other");
	close(peer);
	sink_close(s);
	close(fd);
	free(text);
}

static void
every_address_of_a_name_is_tried(void **state)
{
	int fd = rig_listen(SOCK_STREAM, 0);
	struct config_output o = rig_output(CONFIG_TO_TCP);
	struct sink_line line = rig_line("x");
	struct sink *s;

	(void)state;
	/* Usually ::1 and 127.0.0.1, and only on the second somebody listens. */
	o.host = "localhost";
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	sink_hurry(s, 0);
	sink_close(s);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_counted_in_octets),
		cmocka_unit_test(a_collector_that_is_not_there_is_told),
		cmocka_unit_test(a_peer_that_closed_before_gets_nothing_more),
		cmocka_unit_test(a_peer_that_dies_in_the_middle_gets_all_again),
		cmocka_unit_test(a_peer_that_never_reads_holds_nobody_up),
		cmocka_unit_test(a_slow_peer_gets_each_line_once),
		cmocka_unit_test(other_lines_than_those_under_way_begin_anew),
		cmocka_unit_test(every_address_of_a_name_is_tried),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
