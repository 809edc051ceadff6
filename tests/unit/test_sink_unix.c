/* SPDX-License-Identifier: Apache-2.0 */
#include "sink_rig.h"

#include <sys/un.h>

static char path[100];

static int
listen_unix(const char *name, int type)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	snprintf(path, sizeof(path), "%s/%s", rig_dir, name);
	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 4), 0);
	return fd;
}

static struct config_output
unix_output(void)
{
	return (struct config_output){.name = "unix", .to = CONFIG_TO_UNIX, .path = path};
}

static void
a_stream_gets_lines_ended_by_lf(void **state)
{
	int fd = listen_unix("stream", SOCK_STREAM), peer;
	struct config_output o = unix_output();
	struct sink_line lines[] = {rig_line("one"), rig_line("two")};
	struct sink *s = rig_open(&o);
	char got[64];

	(void)state;
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	assert_string_equal(got, "one\ntwo\n");
	sink_hurry(s, 0);
	sink_close(s);
	close(peer);
	close(fd);
}

static void
datagrams_are_one_line_each(void **state)
{
	int fd = listen_unix("dgram", SOCK_DGRAM);
	struct config_output o = unix_output();
	struct sink_line lines[] = {rig_line("one"), rig_line("two")};
	struct sink *s = rig_open(&o);
	char got[64];

	(void)state;
	assert_int_equal(sink_send(s, lines, 2, rig_error), 2);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 3);
	assert_memory_equal(got, "one", 3);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 3);
	assert_memory_equal(got, "two", 3);
	sink_close(s);
	close(fd);
}

/* A receiver that starts again may have become one of the other kind. */
static void
a_reader_may_come_later_and_as_another_kind(void **state)
{
	struct config_output o;
	struct sink_line line = rig_line("x");
	struct sink *s;
	char got[8];
	int fd, peer;

	(void)state;
	snprintf(path, sizeof(path), "%s/later", rig_dir);
	o = unix_output();
	s = rig_open(&o);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	assert_non_null(strstr(rig_error, "No such file or directory; is its reader running?"));
	fd = listen_unix("later", SOCK_DGRAM);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	close(fd);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 0);
	fd = listen_unix("later", SOCK_STREAM);
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	assert_string_equal(got, "x\n");
	close(peer);
	rig_settle();
	/* Noticed before the line is given over: it goes over a new connection. */
	assert_int_equal(sink_send(s, &line, 1, rig_error), 1);
	peer = accept(fd, NULL, NULL);
	rig_read(peer, got, sizeof(got), 50);
	assert_string_equal(got, "x\n");
	close(peer);
	close(fd);
	sink_close(s);
}

static void
a_slow_reader_of_datagrams_holds_nobody_up(void **state)
{
	int fd = listen_unix("slow", SOCK_DGRAM);
	struct config_output o = unix_output();
	struct sink_line lines[5000];
	struct sink *s = rig_open(&o);
	size_t taken;

	(void)state;
	for (size_t i = 0; i < 5000; i++)
		lines[i] = rig_line("line");
	sink_hurry(s, 200);
	taken = sink_send(s, lines, 5000, rig_error);
	assert_in_range(taken, 1, 4999);
	assert_non_null(strstr(rig_error, "its reader is slow"));
	sink_close(s);
	close(fd);
}

static void
what_is_no_socket_is_told_at_once(void **state)
{
	struct config_output o;
	char name[200];
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/file", rig_dir);
	f = fopen(path, "w");
	fclose(f);
	o = unix_output();
	assert_null(sink_open(&o, "h", rig_error));
	assert_non_null(strstr(rig_error, "is no socket; for a file write to: file"));
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	o.path = name;
	assert_null(sink_open(&o, "h", rig_error));
	assert_non_null(strstr(rig_error, "too long for a unix socket"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_gets_lines_ended_by_lf),
		cmocka_unit_test(datagrams_are_one_line_each),
		cmocka_unit_test(a_reader_may_come_later_and_as_another_kind),
		cmocka_unit_test(a_slow_reader_of_datagrams_holds_nobody_up),
		cmocka_unit_test(what_is_no_socket_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
