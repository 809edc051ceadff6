/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Live, what is heard of connections on other ports is their beginning: a SYN-ACK and the
 * first segments with payload, until the sensor says whether they are mail. SYN-ACKs are
 * remembered for a while, so that a connection that turns out to be mail is known to be
 * whole, and who its server is. A part of pipeline.c.
 */
#ifndef PIPELINE_PROBE_H
#define PIPELINE_PROBE_H

#include "sensor/flow/flow.h"

/* SYN-ACKs remembered. Beyond: one is written over another that is older. */
#define PROBE_STARTS 8192u

struct probe_start {
	struct ip_addr server, client;
	uint16_t server_port, client_port;
	uint32_t seq, ack;
	struct moment at; /* ns 0: none */
};

struct probe_starts {
	struct probe_start at[PROBE_STARTS];
};

void pipeline_probe_note(struct probe_starts *s, const struct flow_segment *seg);
/* The SYN-ACK of seg's connection, if seg may be of the same one. Of no path, no payload.
 */
bool pipeline_probe_find(const struct probe_starts *s, const struct flow_segment *seg,
	struct flow_segment *out);

#endif
