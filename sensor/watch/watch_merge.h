/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Several queues of records as one, in the order of the packets' time. A record waits
 * until every other thread has heard as far; but no longer than WATCH_MERGE_WAIT_NS, so
 * that a thread that hangs, or a clock that was set, cannot hold up the rest.
 */
#ifndef WATCH_MERGE_H
#define WATCH_MERGE_H

#include "watch_queue.h"

#define WATCH_MERGE_MAX 64
/* ns by the caller's clock. */
#define WATCH_MERGE_WAIT_NS UINT64_C(1000000000)

/* The caller's, embedded. The queues are borrowed. */
struct watch_merge {
	struct watch_queue *queue[WATCH_MERGE_MAX];
	size_t count;
	size_t from;	     /* where the record at hand stands */
	uint64_t waiting_ns; /* since when one waits; 0: none does */
	uint64_t packet_ns;  /* the latest packet time given or heard by all */
	uint64_t forced;     /* records given without having heard all others */
};

void watch_merge_init(struct watch_merge *m);
void watch_merge_insert(struct watch_merge *m, struct watch_queue *q);

enum watch_merge_status {
	WATCH_MERGE_RECORD, /* *out is the next; watch_merge_take() when done with it */
	WATCH_MERGE_WAITS,  /* one is there, and others have not heard as far */
	WATCH_MERGE_EMPTY,
	WATCH_MERGE_END /* empty, and nothing comes any more */
};

/* clock_ns: any clock that runs evenly. */
enum watch_merge_status watch_merge_next(
	struct watch_merge *m, uint64_t clock_ns, const struct record **out);
void watch_merge_take(struct watch_merge *m);

/* Packet time that is reached: nothing earlier will come. 0: nothing was heard yet. */
uint64_t watch_merge_now(const struct watch_merge *m);

#endif
