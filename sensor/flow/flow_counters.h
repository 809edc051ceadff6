/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of connections: every end, eviction and lack of memory. Counters of several
 * tables (one a capture thread) are merged.
 */
#ifndef FLOW_COUNTERS_H
#define FLOW_COUNTERS_H

#include "dissect/tcp_stream.h"

enum flow_count {
	FLOW_COUNT_OPENED,
	FLOW_COUNT_RELEASED,
	FLOW_COUNT_REFUSED, /* flow_open without room */
	FLOW_COUNT_EXPIRED_HALF_OPEN,
	FLOW_COUNT_EXPIRED_CLOSING,
	FLOW_COUNT_EXPIRED_IDLE,
	FLOW_COUNT_EVICTED_HALF_OPEN,
	FLOW_COUNT_EVICTED_CLOSING,
	FLOW_COUNT_EVICTED_OPEN,
	FLOW_COUNT_REUSED,
	FLOW_COUNT_SYN_DOUBTED, /* SYN with another ISN on an open connection */
	FLOW_COUNT_REVIVED,	/* went on after a reset or after both FINs */
	FLOW_COUNT_WINDOWS_LENT,
	FLOW_COUNT_WINDOWS_DENIED,
	FLOW_COUNT_CLOCK_STEPS, /* packet time set back by more than jitter */
	FLOW_COUNT_COUNT
};

struct flow_counters {
	uint64_t n[FLOW_COUNT_COUNT];
	struct tcp_counters tcp;
};

/* "evicted-open" … Static. */
const char *flow_counters_name_of(enum flow_count which);
void flow_counters_merge(struct flow_counters *into, const struct flow_counters *from);

#endif
