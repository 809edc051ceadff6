/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_counters.h"

static const char *const names[FLOW_COUNT_COUNT] = {
	[FLOW_COUNT_OPENED] = "opened",
	[FLOW_COUNT_RELEASED] = "released",
	[FLOW_COUNT_REFUSED] = "refused",
	[FLOW_COUNT_EXPIRED_HALF_OPEN] = "expired-half-open",
	[FLOW_COUNT_EXPIRED_CLOSING] = "expired-closing",
	[FLOW_COUNT_EXPIRED_IDLE] = "expired-idle",
	[FLOW_COUNT_EVICTED_HALF_OPEN] = "evicted-half-open",
	[FLOW_COUNT_EVICTED_CLOSING] = "evicted-closing",
	[FLOW_COUNT_EVICTED_OPEN] = "evicted-open",
	[FLOW_COUNT_REUSED] = "ports-reused",
	[FLOW_COUNT_SYN_DOUBTED] = "syns-doubted",
	[FLOW_COUNT_REVIVED] = "revived",
	[FLOW_COUNT_WINDOWS_LENT] = "windows-lent",
	[FLOW_COUNT_WINDOWS_DENIED] = "windows-denied",
	[FLOW_COUNT_CLOCK_STEPS] = "clock-steps",
};

const char *
flow_counters_name_of(enum flow_count which)
{
	return names[which];
}

void
flow_counters_merge(struct flow_counters *into, const struct flow_counters *from)
{
	for (size_t i = 0; i < FLOW_COUNT_COUNT; i++)
		into->n[i] += from->n[i];
	tcp_counters_merge(&into->tcp, &from->tcp);
}
