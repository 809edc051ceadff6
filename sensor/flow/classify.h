/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which protocol a connection on any port speaks, by nDPI's opinion. The only file that
 * knows nDPI. Its metadata is off as far as it can be: user names and passwords that it
 * decodes stay inside it, are never read here, and go with the flow.
 */
#ifndef CLASSIFY_H
#define CLASSIFY_H

#include "dissect/ip_addr.h"

struct classify;

enum classify_verdict {
	CLASSIFY_UNDECIDED, /* feed more */
	CLASSIFY_SMTP,
	CLASSIFY_OTHER,
	CLASSIFY_GAVE_UP /* it cannot tell: our own dissector has to */
};

/* flows: undecided at a time. NULL: nDPI does not start; then nothing is classified. */
struct classify *classify_new(uint32_t flows);
void classify_free(struct classify *c);

/* A place for one connection, from 1; 0: none is free. */
uint32_t classify_open(struct classify *c);
/* Gives the place back; what nDPI kept of the connection is wiped. 0 is fine. */
void classify_close(struct classify *c, uint32_t flow);

/* One segment with its payload, client to server or back. Ports in host order. */
enum classify_verdict classify_feed(struct classify *c, uint32_t flow,
	const struct ip_addr *src, uint16_t src_port, const struct ip_addr *dst,
	uint16_t dst_port, struct span payload, uint64_t ns);

#endif
