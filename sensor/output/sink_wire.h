/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection to a collector: TCP, TLS over TCP, or a unix socket. Nothing here blocks
 * but sink_wire_connect() and sink_wire_close(), and these only until a deadline. A part
 * of the sinks.
 */
#ifndef SINK_WIRE_H
#define SINK_WIRE_H

#include <sys/types.h>

#include "sink_part.h"

struct ssl_st;
struct ssl_ctx_st;

struct sink_wire {
	int fd;		    /* -1: no connection */
	struct ssl_st *ssl; /* NULL: in the clear */
	uint64_t sent;	    /* octets given to the kernel, TLS records counted whole */
	short want;	    /* what the last read or write waits for: POLLIN, POLLOUT */
	bool counts;	    /* the kernel knows what the peer has acknowledged (TCP) */
	bool ended;	    /* by the peer, and orderly */
};

void sink_wire_init(struct sink_wire *w);

/*
 * A socket connected to host and port, type SOCK_STREAM or SOCK_DGRAM, trying each
 * address that the name has; non-blocking. -1 with the error line.
 */
int sink_wire_dial(struct sink *s, int type, uint64_t deadline);

/*
 * Connects to the output's host and port, or its path; TLS with tls (NULL: none). 0, or
 * -1 with the error line: how far it came, and the mend.
 */
int sink_wire_connect(
	struct sink *s, struct sink_wire *w, struct ssl_ctx_st *tls, uint64_t deadline);

/* Octets written; 0: not now, see want. -1: the connection is broken, errno says why. */
ssize_t sink_wire_write(struct sink_wire *w, struct span octets);
/* Octets read; 0: none now. -1: broken, or ended by the peer. */
ssize_t sink_wire_read(struct sink_wire *w, void *out, size_t room);

/* Of sent, what the peer's TCP has acknowledged. Where that is not known, all. */
uint64_t sink_wire_acknowledged(const struct sink_wire *w);

/*
 * Orderly: says that it ends and waits for the peer to end too, until deadline. Otherwise
 * at once.
 */
void sink_wire_close(
	struct sink *s, struct sink_wire *w, bool orderly, uint64_t deadline);

#endif
