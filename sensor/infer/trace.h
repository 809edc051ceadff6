/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Received headers of a message on its onward leg, as far as they may be believed:
 * only those that the sending server itself put on top. What the message carried before
 * it came to that server is its client's word, and anybody can write it.
 */
#ifndef TRACE_H
#define TRACE_H

#include "sensor/record/record.h"
#include "word.h"

/* A content filter inside the server makes it add one header a pass. */
#define TRACE_HOPS_MAX 6

struct trace_hop {
	struct ip_addr from;   /* client address, by this hop's word; none for local mail */
	struct span from_name;
	struct word *by;       /* name that this hop calls itself; NULL: none */
	struct span id;	       /* queue id; borrowed from the record */
	struct span for_whom;  /* address; empty when there were several recipients */
	enum record_auth auth; /* OK, NONE or UNKNOWN */
	bool local;	       /* submitted on the host itself */
};

struct trace {
	struct trace_hop hops[TRACE_HOPS_MAX]; /* newest first */
	size_t count;
};

void trace_read(struct trace *t, struct words *words, const struct record_message *m);
void trace_free(struct trace *t, struct words *words);

#endif
