/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

#include <sys/un.h>

#include "sensor/output/sink_wire.h"

struct bench {
	struct config_output output;
	struct sink sink;
	struct sink_wire wire;
	int listener, peer;
};

static void
bench_init(struct bench *b, enum config_transport to)
{
	memset(b, 0, sizeof(*b));
	b->output = rig_output(to);
	b->sink.output = &b->output;
	atomic_init(&b->sink.give_up, UINT64_MAX);
	sink_wire_init(&b->wire);
	b->listener = b->peer = -1;
}

/* Both ends of a connection over TCP. buffer: what the peer's kernel takes, 0: as it is.
 */
static void
bench_join(struct bench *b, int buffer)
{
	bench_init(b, CONFIG_TO_TCP);
	b->listener = rig_listen(SOCK_STREAM, buffer);
	assert_int_equal(
		sink_wire_connect(&b->sink, &b->wire, NULL, sink_deadline(&b->sink)), 0);
	b->peer = accept(b->listener, NULL, NULL);
	assert_true(b->peer >= 0);
}

static void
bench_free(struct bench *b)
{
	sink_wire_close(&b->sink, &b->wire, false, 0);
	if (b->peer >= 0)
		close(b->peer);
	if (b->listener >= 0)
		close(b->listener);
}

static uint64_t
soon(void)
{
	return sink_now() + 50000000u;
}

/* Until the kernel has what the peer did: the end, a reset, or octets. */
static void
await(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	assert_int_equal(poll(&p, 1, 10000), 1);
}

static void
assert_error(const struct bench *b, const char *want)
{
	char text[SINK_ERROR_MAX];

	snprintf(text, sizeof(text), "%s to 127.0.0.1:%s: %s",
		b->output.to == CONFIG_TO_TCP ? "tcp" : "udp", rig_port, want);
	assert_string_equal(b->sink.error, text);
}

static void
octets_go_both_ways_and_are_counted(void **state)
{
	struct bench b;
	char got[16];

	(void)state;
	bench_join(&b, 0);
	assert_true(b.wire.counts);
	assert_int_equal(sink_wire_read(&b.wire, got, sizeof(got)), 0);
	assert_int_equal(b.wire.want, POLLIN);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("abc")), 3);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("de")), 2);
	assert_int_equal(b.wire.sent, 5);
	assert_int_equal(recv(b.peer, got, 5, MSG_WAITALL), 5);
	assert_memory_equal(got, "abcde", 5);
	assert_int_equal(write(b.peer, "xyz", 3), 3);
	await(b.wire.fd);
	assert_int_equal(sink_wire_read(&b.wire, got, 2), 2);
	assert_memory_equal(got, "xy", 2);
	assert_int_equal(sink_wire_read(&b.wire, got, sizeof(got)), 1);
	assert_int_equal(got[0], 'z');
	bench_free(&b);
}

/* Its buffers are full: what was written is more than what it has acknowledged. */
static void
a_peer_that_does_not_read_stops_the_writing_and_the_acknowledging(void **state)
{
	static char text[100000];
	struct bench b;
	ssize_t n;

	(void)state;
	bench_join(&b, 4096);
	while ((n = sink_wire_write(&b.wire, span_of(text, sizeof(text)))) > 0)
		;
	assert_int_equal(n, 0);
	assert_int_equal(b.wire.want, POLLOUT);
	assert_true(b.wire.sent > 4096);
	assert_in_range(sink_wire_acknowledged(&b.wire), 0, b.wire.sent - 1);
	bench_free(&b);
}

static void
what_the_peer_read_is_acknowledged(void **state)
{
	struct bench b;
	char got[5];

	(void)state;
	bench_join(&b, 0);
	assert_int_equal(sink_wire_acknowledged(&b.wire), 0);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("abcde")), 5);
	assert_int_equal(recv(b.peer, got, 5, MSG_WAITALL), 5);
	for (int i = 0; i < 10000 && sink_wire_acknowledged(&b.wire) < 5; i++)
		usleep(1000);
	assert_int_equal(sink_wire_acknowledged(&b.wire), 5);
	bench_free(&b);
}

static void
an_end_is_told_from_a_break(void **state)
{
	struct bench b;
	char got[16];

	(void)state;
	for (int reset = 0; reset < 2; reset++) {
		bench_join(&b, 0);
		if (reset)
			rig_reset(b.peer);
		else
			close(b.peer);
		b.peer = -1;
		await(b.wire.fd);
		assert_int_equal(sink_wire_read(&b.wire, got, sizeof(got)), -1);
		assert_int_equal(errno, ECONNRESET);
		assert_int_equal(b.wire.ended, !reset);
		bench_free(&b);
	}
}

static void
writing_to_a_connection_that_was_reset_fails_and_kills_nobody(void **state)
{
	struct bench b;

	(void)state;
	bench_join(&b, 0);
	rig_reset(b.peer);
	b.peer = -1;
	await(b.wire.fd);
	/* The first tells of the reset, the second would raise SIGPIPE. */
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("a")), -1);
	assert_int_equal(errno, ECONNRESET);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("a")), -1);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(b.wire.sent, 0);
	bench_free(&b);
}

/* --- the end -------------------------------------------------------------------------
 */

static void *
read_to_the_end_and_close(void *ctx)
{
	struct bench *b = ctx;
	char got[16];
	ssize_t n = recv(b->peer, got, 3, MSG_WAITALL);
	/* It still has something to say, which must not be an obstacle. */
	ssize_t said = write(b->peer, "well", 4);
	ssize_t end = read(b->peer, got, sizeof(got));

	close(b->peer);
	return n == 3 && said == 4 && end == 0 ? NULL : ctx;
}

/* The deadline is far: only the peer's own end can have ended it. */
static void
an_orderly_end_waits_for_that_of_the_peer(void **state)
{
	double begin = rig_seconds();
	struct bench b;
	pthread_t thread;
	void *failed;

	(void)state;
	bench_join(&b, 0);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("abc")), 3);
	pthread_create(&thread, NULL, read_to_the_end_and_close, &b);
	sink_wire_close(&b.sink, &b.wire, true, sink_now() + 60000000000u);
	pthread_join(thread, &failed);
	assert_null(failed);
	assert_true(rig_seconds() - begin < 60);
	assert_int_equal(b.wire.fd, -1);
	b.peer = -1;
	bench_free(&b);
}

/* It got the end, but has none itself. */
static void
a_peer_that_does_not_end_holds_up_only_until_the_deadline(void **state)
{
	struct bench b;
	uint64_t deadline;
	char got[16];

	(void)state;
	bench_join(&b, 0);
	deadline = soon();
	sink_wire_close(&b.sink, &b.wire, true, deadline);
	assert_true(sink_now() >= deadline);
	assert_int_equal(b.wire.fd, -1);
	await(b.peer);
	assert_int_equal(read(b.peer, got, sizeof(got)), 0);
	bench_free(&b);
}

static void
closing_what_was_never_open_is_nothing(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, CONFIG_TO_TCP);
	sink_wire_close(&b.sink, &b.wire, true, UINT64_MAX);
	assert_int_equal(b.wire.fd, -1);
	bench_free(&b);
}

/* --- connecting ----------------------------------------------------------------------
 */

static void
a_port_where_nobody_listens_is_told_with_the_mend(void **state)
{
	struct bench b;

	(void)state;
	close(rig_listen(SOCK_STREAM, 0));
	bench_init(&b, CONFIG_TO_TCP);
	assert_int_equal(
		sink_wire_connect(&b.sink, &b.wire, NULL, sink_deadline(&b.sink)), -1);
	assert_error(&b, "cannot connect to 127.0.0.1: Connection refused; is the "
			 "collector running, and the port right?");
	assert_int_equal(b.wire.fd, -1);
	bench_free(&b);
}

/* A listener whose queue is full lets further SYNs fall, as a firewall does. */
static void
a_host_that_does_not_answer_is_given_up_at_the_deadline(void **state)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct bench b;
	int waiting[8];

	(void)state;
	bench_init(&b, CONFIG_TO_TCP);
	b.listener = rig_listen(SOCK_STREAM, 0);
	assert_int_equal(listen(b.listener, 0), 0);
	a.sin_port = htons((uint16_t)atoi(rig_port));
	for (size_t i = 0; i < 8; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(waiting[i], (struct sockaddr *)&a, sizeof(a));
	}
	assert_int_equal(sink_wire_connect(&b.sink, &b.wire, NULL, soon()), -1);
	assert_error(&b, "cannot connect to 127.0.0.1: no answer");
	assert_int_equal(b.wire.fd, -1);
	for (size_t i = 0; i < 8; i++)
		close(waiting[i]);
	bench_free(&b);
}

/* The deadline is far, and yet another thread's word ends it. */
static void
who_is_in_a_hurry_does_not_wait_for_a_connection(void **state)
{
	struct bench b;

	(void)state;
	bench_join(&b, 0);
	sink_hurry(&b.sink, 0);
	sink_wire_close(&b.sink, &b.wire, true, UINT64_MAX);
	assert_int_equal(b.wire.fd, -1);
	bench_free(&b);
}

static void
a_datagram_socket_is_dialled_too(void **state)
{
	struct bench b;
	char got[16];
	int fd;

	(void)state;
	bench_init(&b, CONFIG_TO_UDP);
	b.peer = rig_listen(SOCK_DGRAM, 0);
	fd = sink_wire_dial(&b.sink, SOCK_DGRAM, sink_deadline(&b.sink));
	assert_true(fd >= 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(send(fd, "abc", 3, 0), 3);
	assert_int_equal(recv(b.peer, got, sizeof(got), 0), 3);
	close(fd);
	bench_free(&b);
}

static void
a_unix_socket_takes_over_what_was_written(void **state)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct bench b;

	(void)state;
	bench_init(&b, CONFIG_TO_UNIX);
	b.output.path = rig_path("wire");
	b.listener = socket(AF_UNIX, SOCK_STREAM, 0);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", b.output.path);
	assert_int_equal(bind(b.listener, (struct sockaddr *)&a, sizeof(a)), 0);
	/* Bound, but nobody listens: as after a reader that has died. */
	assert_int_equal(sink_wire_connect(&b.sink, &b.wire, NULL, UINT64_MAX), -1);
	assert_non_null(strstr(b.sink.error,
		": cannot connect: Connection refused; is its reader running?"));
	assert_int_equal(listen(b.listener, 1), 0);
	assert_int_equal(sink_wire_connect(&b.sink, &b.wire, NULL, UINT64_MAX), 0);
	assert_false(b.wire.counts);
	assert_int_equal(sink_wire_write(&b.wire, SPAN_LITERAL("abc")), 3);
	assert_int_equal(sink_wire_acknowledged(&b.wire), 3);
	bench_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(octets_go_both_ways_and_are_counted),
		cmocka_unit_test(
			a_peer_that_does_not_read_stops_the_writing_and_the_acknowledging),
		cmocka_unit_test(what_the_peer_read_is_acknowledged),
		cmocka_unit_test(an_end_is_told_from_a_break),
		cmocka_unit_test(
			writing_to_a_connection_that_was_reset_fails_and_kills_nobody),
		cmocka_unit_test(an_orderly_end_waits_for_that_of_the_peer),
		cmocka_unit_test(
			a_peer_that_does_not_end_holds_up_only_until_the_deadline),
		cmocka_unit_test(closing_what_was_never_open_is_nothing),
		cmocka_unit_test(a_port_where_nobody_listens_is_told_with_the_mend),
		cmocka_unit_test(a_host_that_does_not_answer_is_given_up_at_the_deadline),
		cmocka_unit_test(who_is_in_a_hurry_does_not_wait_for_a_connection),
		cmocka_unit_test(a_datagram_socket_is_dialled_too),
		cmocka_unit_test(a_unix_socket_takes_over_what_was_written),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
