/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where lines go: a file, standard output, a unix socket, or syslog over UDP, TCP, TLS or
 * RELP. One file for each (sink_file.c …); sink.c is the table of them. A sink belongs to
 * one thread; it may wait for its peer, but never longer than SINK_WAIT_MS.
 *
 * What "taken" means differs, and relaytap.conf(5) says so: RELP is acknowledged by the
 * collector; a file is written to the disk; TCP, TLS and unix sockets have taken the
 * octets over (what is under way when the peer dies is lost); UDP was sent.
 */
#ifndef SINK_H
#define SINK_H

#include "sensor/alert/alert.h"
#include "sensor/config/config.h"

#define SINK_WAIT_MS   5000
#define SINK_ERROR_MAX 256

/* What a syslog header says (RFC 5424 6.2). */
struct sink_line {
	struct span text; /* without line end */
	enum alert_severity severity;
	uint64_t time;	   /* ns */
	const char *msgid; /* printable, no blank: the rule, "server" … */
};

struct sink;

/*
 * Options must outlive it. host: the sensor's name for headers. Nothing is connected yet,
 * but what can be known to be wrong is said here (a certificate that cannot be read, a
 * path that is a folder): NULL, and error filled, one line.
 */
struct sink *sink_open(const struct config_output *o, const char *host, char *error);
/* Orderly: what is taken has gone out, TLS is closed by close_notify. */
void sink_close(struct sink *s);

/*
 * Hands over count lines. How many of them, from the first, were taken: the others may or
 * may not have arrived, and have to be given again. Fewer than count: why is in error.
 */
size_t sink_send(
	struct sink *s, const struct sink_line *lines, size_t count, char *error);

/* Opens files anew (after logrotate); nothing for others. */
void sink_reopen(struct sink *s);

/*
 * From any thread: what the sink still waits for, now and in later calls, it waits for no
 * longer than ms from now. For a program that wants to end.
 */
void sink_hurry(struct sink *s, unsigned ms);

/* True where taken means that the collector said so. */
bool sink_acknowledges(const struct sink *s);

#endif
