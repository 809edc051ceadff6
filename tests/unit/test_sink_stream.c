/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines over a connection, with framings of the test's own: "NUMBER:TEXT\n". The wire is
 * mostly one end of a socket pair, so that what the peer did is there without waiting,
 * and calls are given no time at all.
 */
#include "sink_rig.h"

#include <sys/un.h>

#include "sensor/output/sink_stream.h"

/* What the framing was asked for. */
static unsigned begun, ended;
static char heard_text[64];

struct bench {
	struct config_output output;
	struct sink sink;
	struct sink_stream *stream;
	int peer; /* the other end of the wire */
};

static void
append(struct text_out *to, const struct sink *s, const struct sink_line *line,
	uint64_t number)
{
	(void)s;
	text_out_format(to, "%u:", (unsigned)number);
	text_out_span(to, line->text);
	text_out_format(to, "\n");
}

static int
begin(struct sink *s, struct sink_stream *st, uint64_t deadline)
{
	begun++;
	return sink_stream_say(s, st, SPAN_LITERAL("hello\n"), deadline);
}

/* "+": one line more. "!": it wants no more. */
static int
heard(struct sink *s, struct sink_stream *st, struct span octets)
{
	span_copy(octets, heard_text, sizeof(heard_text));
	for (size_t i = 0; i < octets.len; i++) {
		if (octets.at[i] == '!')
			return sink_fail(s, "the collector said no");
		st->answered++;
	}
	return 0;
}

static void
end(struct sink *s, struct sink_stream *st, uint64_t deadline)
{
	ended++;
	sink_stream_say(s, st, SPAN_LITERAL("bye\n"), deadline);
}

static const struct sink_framing silent = {.append = append};
static const struct sink_framing spoken = {
	.append = append, .begin = begin, .heard = heard, .end = end};

static void
bench_init(struct bench *b, const struct sink_framing *framing)
{
	memset(b, 0, sizeof(*b));
	b->output = (struct config_output){
		.name = "test", .to = CONFIG_TO_UNIX, .path = rig_path("socket")};
	b->sink.output = &b->output;
	atomic_init(&b->sink.give_up, UINT64_MAX);
	b->stream = sink_stream_new(framing);
	b->peer = -1;
	begun = ended = 0;
	heard_text[0] = '\0';
}

/* Puts a connection that is up into the stream. */
static void
bench_join(struct bench *b)
{
	int pair[2], small = 4096;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	b->stream->wire.fd = pair[0];
	b->peer = pair[1];
}

static void
bench_free(struct bench *b)
{
	if (b->peer >= 0)
		close(b->peer);
	sink_hurry(&b->sink, 0);
	sink_stream_free(&b->sink, b->stream);
	unlink(b->output.path);
}

static int
bench_listen(const struct bench *b)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", b->output.path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* With no time to wait. */
static size_t
send_now(struct bench *b, const struct sink_line *lines, size_t count)
{
	sink_hurry(&b->sink, 0);
	b->sink.error[0] = '\0';
	return sink_stream_send(&b->sink, b->stream, NULL, lines, count);
}

/* With as much as a sink ever has. */
static size_t
send_patiently(struct bench *b, const struct sink_line *lines, size_t count)
{
	atomic_store(&b->sink.give_up, UINT64_MAX);
	b->sink.error[0] = '\0';
	return sink_stream_send(&b->sink, b->stream, NULL, lines, count);
}

static void
assert_error(const struct bench *b, const char *want)
{
	if (!strstr(b->sink.error, want))
		fail_msg("\"%s\" is not in \"%s\"", want, b->sink.error);
}

static void
assert_got(int peer, const char *want)
{
	char got[256];
	ssize_t n = recv(peer, got, sizeof(got) - 1, MSG_DONTWAIT);

	got[n > 0 ? n : 0] = '\0';
	assert_string_equal(got, want);
}

/* The end, and not only nothing now. */
static void
assert_ended(int peer)
{
	char got[256];

	assert_int_equal(recv(peer, got, sizeof(got), MSG_DONTWAIT), 0);
}

/* --- the course of things ------------------------------------------------------------
 */

static void
lines_are_numbered_over_all_calls_of_a_connection(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b"), rig_line("c")};
	struct bench b;

	(void)state;
	bench_init(&b, &silent);
	bench_join(&b);
	assert_int_equal(send_now(&b, lines, 2), 2);
	assert_got(b.peer, "0:a\n1:b\n");
	assert_int_equal(send_now(&b, lines + 2, 1), 1);
	assert_got(b.peer, "2:c\n");
	assert_int_equal(b.stream->out.used, 0);
	bench_free(&b);
}

static void
a_new_connection_begins_anew_with_its_greeting_and_number_0(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b")};
	struct bench b;
	int fd, peer;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(write(b.peer, "+", 1), 1);
	assert_int_equal(send_now(&b, lines, 1), 1);
	assert_int_equal(begun, 0);
	close(b.peer);
	fd = bench_listen(&b);
	/* A unix socket connects without waiting. */
	assert_int_equal(send_now(&b, lines + 1, 1), 0);
	peer = accept(fd, NULL, NULL);
	assert_int_equal(begun, 1);
	assert_got(peer, "hello\n0:b\n");
	assert_int_equal(write(peer, "+", 1), 1);
	assert_int_equal(send_now(&b, lines + 1, 1), 1);
	assert_got(peer, "");
	close(peer);
	close(fd);
	b.peer = -1;
	bench_free(&b);
}

/* --- answers -------------------------------------------------------------------------
 */

/* What is answered counts, what is not is kept and not written a second time. */
static void
an_answer_for_half_of_the_lines_takes_half(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b"), rig_line("c")};
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(send_now(&b, lines, 3), 0);
	assert_error(&b, "the collector is slow: 0 of 3 lines taken in time");
	assert_got(b.peer, "0:a\n1:b\n2:c\n");
	assert_int_equal(write(b.peer, "+", 1), 1);
	assert_int_equal(send_now(&b, lines, 3), 1);
	assert_error(&b, "the collector is slow: 1 of 3 lines taken in time");
	assert_int_equal(write(b.peer, "++", 2), 2);
	assert_int_equal(send_now(&b, lines + 1, 2), 2);
	assert_got(b.peer, "");
	bench_free(&b);
}

/* It said so before any line was written, and closed: all goes to the next peer. */
static void
answers_of_a_connection_that_is_over_do_not_count_for_the_next(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b"), rig_line("c")};
	struct bench b;
	int fd, peer;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(write(b.peer, "++", 2), 2);
	shutdown(b.peer, SHUT_WR);
	fd = bench_listen(&b);
	/* Heard before anything is written: it is over, and a new connection is made. */
	assert_int_equal(send_now(&b, lines, 3), 0);
	assert_ended(b.peer);
	peer = accept(fd, NULL, NULL);
	assert_got(peer, "hello\n0:a\n1:b\n2:c\n");
	close(peer);
	close(fd);
	bench_free(&b);
}

struct answerer {
	int fd;
	const char *answer;
};

/* Reads three lines to the end, answers, and closes. */
static void *
answer_and_close(void *ctx)
{
	struct answerer *a = ctx;
	size_t lines = 0;
	char octet;

	while (lines < 3 && read(a->fd, &octet, 1) == 1)
		lines += octet == '\n';
	if (write(a->fd, a->answer, strlen(a->answer)) < 0)
		return ctx;
	close(a->fd);
	return NULL;
}

static void
what_was_answered_during_the_call_counts_though_the_peer_closed(void **state)
{
	static const struct {
		const char *answer;
		size_t taken;
		const char *error;
	} cases[] = {{"", 0, "the collector closed the connection"},
		{"+", 1, "the collector closed the connection"},
		{"++", 2, "the collector closed the connection"},
		/* A framing that wants no more has the last word. */
		{"+!", 1, "the collector said no"}};
	struct sink_line lines[] = {rig_line("a"), rig_line("b"), rig_line("c")};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct answerer a = {.answer = cases[i].answer};
		struct bench b;
		pthread_t thread;
		void *failed;

		bench_init(&b, &spoken);
		bench_join(&b);
		a.fd = b.peer;
		fcntl(a.fd, F_SETFL, 0);
		b.peer = -1;
		pthread_create(&thread, NULL, answer_and_close, &a);
		assert_int_equal(send_patiently(&b, lines, 3), cases[i].taken);
		assert_error(&b, cases[i].error);
		assert_int_equal(b.stream->wire.fd, -1);
		pthread_join(thread, &failed);
		assert_null(failed);
		bench_free(&b);
	}
}

static void
drain(int peer, struct text_out *into, size_t at_most)
{
	char got[65536];
	size_t room = at_most < sizeof(got) ? at_most : sizeof(got);
	ssize_t n = recv(peer, got, room, MSG_DONTWAIT);

	if (n > 0)
		text_out_span(into, span_of(got, (size_t)n));
}

static void
drain_all(int peer, struct text_out *into)
{
	for (size_t before = SIZE_MAX; before != into->used;) {
		before = into->used;
		drain(peer, into, 65536);
	}
}

static char *
filled(size_t octets, char with)
{
	char *text = malloc(octets + 1);

	memset(text, with, octets);
	text[octets] = '\0';
	return text;
}

/* Wherever the writing stops: given again, it goes on there, and no octet comes twice. */
static void
lines_given_again_go_on_where_they_stood(void **state)
{
	static const size_t steps[] = {1000, 4096, 5001, 60000};
	char *long_text = filled(100000, 'x');
	struct sink_line lines[] = {rig_line("a"), rig_line(long_text), rig_line("z")};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
		struct text_out got = {0}, want = {0};
		size_t done = 0, calls = 0;
		struct bench b;

		bench_init(&b, &silent);
		bench_join(&b);
		for (; done < 3 && calls < 10000; calls++) {
			done += send_now(&b, lines + done, 3 - done);
			drain(b.peer, &got, steps[i]);
		}
		assert_int_equal(done, 3);
		assert_true(calls > 1);
		drain_all(b.peer, &got);
		for (size_t n = 0; n < 3; n++)
			append(&want, NULL, &lines[n], n);
		assert_true(span_equal(text_out_all(&got), text_out_all(&want)));
		text_out_free(&got);
		text_out_free(&want);
		bench_free(&b);
	}
	free(long_text);
}

/* More lines behind those under way only add to them. */
static void
further_lines_join_those_under_way(void **state)
{
	char *long_text = filled(100000, 'x');
	struct sink_line lines[] = {rig_line(long_text), rig_line("z")};
	struct text_out got = {0};
	struct bench b;
	size_t done = 0;

	(void)state;
	bench_init(&b, &silent);
	bench_join(&b);
	assert_int_equal(send_now(&b, lines, 1), 0);
	for (size_t calls = 0; done < 2 && calls < 10000; calls++) {
		done += send_now(&b, lines + done, 2 - done);
		drain(b.peer, &got, 65536);
	}
	drain(b.peer, &got, 65536);
	assert_int_equal(got.used, 2 + 100000 + 1 + strlen("1:z\n"));
	assert_memory_equal(got.at + got.used - 5, "\n1:z\n", 5);
	text_out_free(&got);
	bench_free(&b);
	free(long_text);
}

/* Other lines, or fewer: what is half written would be a wrong line. */
static void
what_does_not_go_on_gets_a_new_connection(void **state)
{
	char *long_text = filled(20000, 'x'), *other_text = filled(20000, 'y');
	struct sink_line under_way[] = {rig_line(long_text), rig_line("z")};
	struct sink_line other = rig_line(other_text), fewer = rig_line(long_text);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct text_out got = {0};
		struct bench b;
		int fd, peer;

		bench_init(&b, &silent);
		bench_join(&b);
		assert_int_equal(send_now(&b, under_way, 2), 0);
		fd = bench_listen(&b);
		assert_int_equal(send_now(&b, i ? &other : &fewer, 1), 1);
		peer = accept(fd, NULL, NULL);
		drain(peer, &got, 3);
		assert_int_equal(got.used, 3);
		assert_memory_equal(got.at, i ? "0:y" : "0:x", 3);
		drain_all(b.peer, &got);
		assert_ended(b.peer);
		close(peer);
		close(fd);
		text_out_free(&got);
		bench_free(&b);
	}
	free(long_text);
	free(other_text);
}

/* It neither reads nor answers: after twelve calls without anything it is given up. */
static void
a_peer_that_has_vanished_is_given_up_after_twelve_calls(void **state)
{
	struct sink_line line = rig_line("a");
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	/* In the first call the octets went, which is progress. */
	for (int i = 0; i < 12; i++) {
		assert_int_equal(send_now(&b, &line, 1), 0);
		assert_true(b.stream->wire.fd >= 0);
	}
	assert_int_equal(send_now(&b, &line, 1), 0);
	assert_int_equal(b.stream->wire.fd, -1);
	assert_error(&b, "the collector is slow: 0 of 1 lines taken in time");
	bench_free(&b);
}

/* An answer begins the count anew. */
static void
a_peer_that_answers_now_and_then_is_not_given_up(void **state)
{
	struct sink_line lines[] = {rig_line("a"), rig_line("b"), rig_line("c")};
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	for (size_t done = 0; done < 2; done++) {
		for (int i = 0; i < 11; i++)
			assert_int_equal(send_now(&b, lines + done, 3 - done), 0);
		assert_int_equal(write(b.peer, "+", 1), 1);
		assert_int_equal(send_now(&b, lines + done, 3 - done), 1);
		assert_true(b.stream->wire.fd >= 0);
	}
	bench_free(&b);
}

/* --- begin and end -------------------------------------------------------------------
 */

static void
saying_more_than_the_peer_reads_ends_by_the_deadline(void **state)
{
	char *long_text = filled(1000000, 'x');
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	sink_hurry(&b.sink, 0);
	assert_int_equal(sink_stream_say(&b.sink, b.stream, span_of_text(long_text),
				 sink_deadline(&b.sink)),
		-1);
	assert_error(&b, "the collector does not read");
	bench_free(&b);
	free(long_text);
}

static void
listening_hands_over_what_was_said_and_tells_silence_and_end(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(write(b.peer, "+", 1), 1);
	sink_hurry(&b.sink, 0);
	/* What is there already is all that is wanted: nothing more is waited for. */
	assert_int_equal(sink_stream_listen(&b.sink, b.stream, 0), 0);
	assert_string_equal(heard_text, "+");
	assert_int_equal(sink_stream_listen(&b.sink, b.stream, 0), -1);
	assert_error(&b, "the collector does not answer");
	b.sink.error[0] = '\0';
	close(b.peer);
	b.peer = -1;
	assert_int_equal(sink_stream_listen(&b.sink, b.stream, 0), -1);
	assert_error(&b, "the collector closed the connection");
	bench_free(&b);
}

static void
the_orderly_end_says_goodbye(void **state)
{
	struct sink_line line = rig_line("a");
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(write(b.peer, "+", 1), 1);
	assert_int_equal(send_now(&b, &line, 1), 1);
	sink_stream_free(&b.sink, b.stream);
	assert_int_equal(ended, 1);
	assert_got(b.peer, "0:a\nbye\n");
	assert_ended(b.peer);
	close(b.peer);
}

/* Within a line a goodbye would be taken for the line's text. */
static void
an_end_within_a_line_says_nothing_more(void **state)
{
	char *long_text = filled(1000000, 'x');
	struct sink_line line = rig_line(long_text);
	struct text_out got = {0};
	struct bench b;

	(void)state;
	bench_init(&b, &spoken);
	bench_join(&b);
	assert_int_equal(send_now(&b, &line, 1), 0);
	sink_stream_free(&b.sink, b.stream);
	assert_int_equal(ended, 0);
	drain_all(b.peer, &got);
	assert_int_equal(got.at[got.used - 1], 'x');
	assert_ended(b.peer);
	text_out_free(&got);
	close(b.peer);
	free(long_text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_numbered_over_all_calls_of_a_connection),
		cmocka_unit_test(
			a_new_connection_begins_anew_with_its_greeting_and_number_0),
		cmocka_unit_test(an_answer_for_half_of_the_lines_takes_half),
		cmocka_unit_test(
			answers_of_a_connection_that_is_over_do_not_count_for_the_next),
		cmocka_unit_test(
			what_was_answered_during_the_call_counts_though_the_peer_closed),
		cmocka_unit_test(lines_given_again_go_on_where_they_stood),
		cmocka_unit_test(further_lines_join_those_under_way),
		cmocka_unit_test(what_does_not_go_on_gets_a_new_connection),
		cmocka_unit_test(a_peer_that_has_vanished_is_given_up_after_twelve_calls),
		cmocka_unit_test(a_peer_that_answers_now_and_then_is_not_given_up),
		cmocka_unit_test(saying_more_than_the_peer_reads_ends_by_the_deadline),
		cmocka_unit_test(
			listening_hands_over_what_was_said_and_tells_silence_and_end),
		cmocka_unit_test(the_orderly_end_says_goodbye),
		cmocka_unit_test(an_end_within_a_line_says_nothing_more),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
