/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of sinks: outputs, lines, a folder of one's own, and a collector's sockets. */
#ifndef SINK_RIG_H
#define SINK_RIG_H

#include "feed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#include "sensor/output/sink.h"

/* 2026-08-23T12:34:56.789012345Z */
#define RIG_TIME  1787488496789012345u
#define RIG_STAMP "2026-08-23T12:34:56.789012Z"

static char rig_dir[] = "/tmp/sink-test-XXXXXX";
static char rig_path_text[256], rig_port[8], rig_error[SINK_ERROR_MAX];

static inline int
rig_begin(void **state)
{
	(void)state;
	return mkdtemp(rig_dir) ? 0 : -1;
}

static inline int
rig_end(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", rig_dir);
	return system(command);
}

static inline char *
rig_path(const char *name)
{
	snprintf(rig_path_text, sizeof(rig_path_text), "%s/%s", rig_dir, name);
	return rig_path_text;
}

static inline struct sink_line
rig_line(const char *text)
{
	return (struct sink_line){.text = span_of_text(text),
		.severity = ALERT_SEVERITY_HIGH,
		.time = RIG_TIME,
		.msgid = "open-relay"};
}

static inline double
rig_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A listener (SOCK_STREAM) or receiver (SOCK_DGRAM) on 127.0.0.1; its port in rig_port. */
static inline int
rig_listen(int type, int buffer)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(a);
	int fd = socket(AF_INET, type, 0);

	if (buffer)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 8), 0);
	getsockname(fd, (struct sockaddr *)&a, &size);
	snprintf(rig_port, sizeof(rig_port), "%u", ntohs(a.sin_port));
	return fd;
}

static inline struct config_output
rig_output(enum config_transport to)
{
	return (struct config_output){
		.name = "test", .to = to, .host = "127.0.0.1", .port = rig_port, .facility = 16};
}

static inline struct sink *
rig_open(const struct config_output *o)
{
	struct sink *s = sink_open(o, "sensor-1", rig_error);

	if (!s)
		fail_msg("%s", rig_error);
	return s;
}

/* What can be read within ms of silence, at most room - 1 octets, as a string. */
static inline size_t
rig_read(int fd, char *out, size_t room, int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t at = 0;
	ssize_t n;

	while (at < room - 1 && poll(&p, 1, ms) > 0 &&
		(n = read(fd, out + at, room - 1 - at)) > 0)
		at += (size_t)n;
	out[at] = '\0';
	return at;
}

/* Closes so that the peer gets a reset and not an end. */
static inline void
rig_reset(int fd)
{
	struct linger l = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close(fd);
}

/* Waits till the kernel has delivered what the peer's end of a connection did. */
static inline void
rig_settle(void)
{
	usleep(20000);
}

#endif
