/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_stream.h"

static const char *const names[TCP_COUNT_COUNT] = {
	[TCP_COUNT_SEGMENTS] = "segments",
	[TCP_COUNT_OCTETS] = "octets",
	[TCP_COUNT_DELIVERED] = "delivered-octets",
	[TCP_COUNT_GAPS] = "gaps",
	[TCP_COUNT_GAP_OCTETS] = "gap-octets",
	[TCP_COUNT_AHEAD] = "out-of-order-segments",
	[TCP_COUNT_RETRANSMITTED] = "retransmitted-octets",
	[TCP_COUNT_CONFLICTS] = "conflicting-segments",
	[TCP_COUNT_CONFLICT_OCTETS] = "conflicting-octets",
	[TCP_COUNT_CUT] = "cut-octets",
	[TCP_COUNT_DROPPED] = "dropped-octets",
	[TCP_COUNT_KEEPALIVES] = "keepalives",
	[TCP_COUNT_OUTSIDE] = "segments-outside-window",
	[TCP_COUNT_RESYNCS] = "resyncs",
	[TCP_COUNT_AFTER_FIN] = "octets-after-fin",
	[TCP_COUNT_RESETS] = "resets",
	[TCP_COUNT_RESETS_OUTSIDE] = "resets-outside-window",
	[TCP_COUNT_OTHER_SYN] = "syns-with-other-isn",
};

const char *
tcp_counters_name_of(enum tcp_count which)
{
	return names[which];
}

void
tcp_counters_merge(struct tcp_counters *into, const struct tcp_counters *from)
{
	for (size_t i = 0; i < TCP_COUNT_COUNT; i++)
		into->n[i] += from->n[i];
}
