/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the table is made of, for flow*.c alone.
 *
 *	index: hash -> number      entries[number], histories[number], apps[number]
 *	queue[state]: oldest <-> … <-> youngest     the next to expire, to be evicted
 *	births: first <-> … <-> last                order of creation
 */
#ifndef FLOW_TABLE_H
#define FLOW_TABLE_H

#include "flow.h"
#include "flow_clock.h"
#include "flow_index.h"
#include "flow_key.h"
#include "flow_pool.h"

/* In order of eviction. */
enum flow_state {
	FLOW_STATE_HALF_OPEN, /* a SYN, a SYN-ACK, or a single segment without payload */
	FLOW_STATE_CLOSING,   /* both FINs, or a reset */
	FLOW_STATE_OPEN,
	FLOW_STATE_ENDED, /* not in the index; waits for release */
	FLOW_STATE_COUNT
};

struct flow_links {
	uint32_t before; /* numbers of flows, or FLOW_POOL_NONE */
	uint32_t after;
};

struct flow_list {
	uint32_t first;
	uint32_t last;
};

/* [2] is indexed by end as in the key, not by direction. */
struct flow {
	struct flow_key key;
	uint32_t tag;
	uint32_t number;
	enum flow_state state;
	enum flow_reason reason;
	unsigned client; /* the end that is the client */
	bool syn_seen;
	bool synack_seen;
	bool roles_sure;
	bool doubted[2]; /* a SYN with another ISN came, which was doubted_isn */
	uint32_t doubted_isn[2];
	uint32_t vlan;
	uint32_t tunnel;
	struct flow_links queue;
	struct flow_links births;
	uint64_t queued; /* the clock when it was put last in its queue */
	uint64_t serial;
	struct moment first, last;
	uint64_t packets[2];
	uint64_t octets[2];
	void *app;
	struct tcp_stream stream[2];
};

struct flow_table {
	struct flow_config config;
	struct flow_clock clock;
	struct flow_index index;
	struct flow_pool entries;
	struct flow_pool windows;
	uint8_t *histories;
	uint8_t *apps;
	size_t app_size; /* of one, rounded up for alignment */
	struct flow_list queue[FLOW_STATE_COUNT];
	struct flow_list births;
	uint64_t serial;
	struct flow_counters counters;
};

static inline struct flow *
flow_at(const struct flow_table *t, uint32_t number)
{
	return number == FLOW_POOL_NONE ? NULL : flow_pool_at(&t->entries, number);
}

static inline void
flow_count(struct flow_table *t, enum flow_count which)
{
	t->counters.n[which]++;
}

/* The end that sent it. */
unsigned flow_end_of(const struct flow *f, const struct flow_segment *seg);

/* Last in the queue of its state, as heard of now. */
void flow_queue_append(struct flow_table *t, struct flow *f);
void flow_queue_remove(struct flow_table *t, struct flow *f);
void flow_births_append(struct flow_table *t, struct flow *f);
void flow_births_remove(struct flow_table *t, struct flow *f);
/* The only way to change a flow's state. Enters its queue. */
void flow_enter(struct flow_table *t, struct flow *f, enum flow_state state);

#endif
