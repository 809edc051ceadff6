/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kinds of sinks share: the table's row, the error line, and waiting that ends.
 * A part of sink.c; nobody else includes it.
 */
#ifndef SINK_PART_H
#define SINK_PART_H

#include <stdatomic.h>

#include "sink.h"

struct sink_kind {
	/* Sets s->own. 0, or -1 with the error line filled. */
	int (*open)(struct sink *s);
	void (*close)(struct sink *s);
	/* As sink_send(), the error line in s. */
	size_t (*send)(struct sink *s, const struct sink_line *lines, size_t count);
	void (*reopen)(struct sink *s); /* NULL: nothing to do */
	bool acknowledges;
};

struct sink {
	const struct sink_kind *kind;
	const struct config_output *output;
	char *host;
	void *own; /* the kind's own state */
	char error[SINK_ERROR_MAX];
	_Atomic uint64_t give_up; /* ns of sink_now(); no wait goes beyond it */
};

extern const struct sink_kind sink_file, sink_stdout, sink_unix, sink_udp, sink_tcp,
	sink_relp;

/* ns of a clock that nobody sets. */
uint64_t sink_now(void);
/* ns: until when a call that begins now may wait. */
uint64_t sink_deadline(const struct sink *s);
/*
 * Waits for events (poll) at fd until deadline. What came; 0: the time is over. Errors of
 * the descriptor count as events: the next call on it tells them.
 */
short sink_wait(const struct sink *s, int fd, short events, uint64_t deadline);

/*
 * Fills the error line: where to ("tls to siem.example.org:6514"), a colon, and this.
 * Always -1. Octets of a peer have to be escaped before.
 */
int sink_fail(struct sink *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
