/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last octets of a stream that were taken, so that a later copy with other content
 * can be told from an honest retransmission. The ring of TCP_HISTORY octets is the
 * caller's; without one nothing is remembered and every copy passes as equal.
 */
#ifndef TCP_HISTORY_H
#define TCP_HISTORY_H

#include "dissect.h"
#include "limits.h"

struct tcp_history {
	uint8_t *ring; /* borrowed, TCP_HISTORY octets; NULL: none */
	uint64_t from; /* positions from..to of the stream are remembered */
	uint64_t to;
};

void tcp_history_init(struct tcp_history *h, uint8_t *ring);
/* data stands at position at of the stream, which is to or, after a hole, further on. */
void tcp_history_insert(struct tcp_history *h, uint64_t at, struct span data);
/* How many octets of data, which claims to stand at position at, are not as remembered.
 */
uint64_t tcp_history_differs(const struct tcp_history *h, int64_t at, struct span data);

#endif
