/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits batches by a thread of its own, one at a time. While it is at work (a disk may
 * sleep, or be full) the desk goes on gathering. A batch that could not be committed is
 * tried again until it can be; when that lasts, its alerts are offered to the outputs
 * without being kept (store_offer()).
 */
#ifndef DESK_WRITER_H
#define DESK_WRITER_H

#include "sensor/store/store.h"

struct desk_writer;

/*
 * own_thread false: desk_writer_give() commits at once. offer_ms: after so long without a
 * commit that was done alerts are offered. store must outlive it.
 */
struct desk_writer *desk_writer_new(
	struct store *store, bool own_thread, unsigned offer_ms);
/* What it was given is tried once more; false: that failed, and is lost but for alerts.
 */
bool desk_writer_free(struct desk_writer *w);

/* Would desk_writer_give() take one? */
bool desk_writer_is_idle(struct desk_writer *w);
/*
 * Takes *batch and leaves an empty one in its place; false: it is still at work, or the
 * commit failed, and *batch is as it was.
 */
bool desk_writer_give(struct desk_writer *w, struct store_batch **batch);
/* Commits have failed for so long that alerts are to be offered by those who have them.
 */
bool desk_writer_is_offering(struct desk_writer *w);
/* Waits until it is idle, at most ms. */
bool desk_writer_wait(struct desk_writer *w, unsigned ms);

struct desk_writer_counters {
	uint64_t failed;
	uint64_t octets; /* in hand */
};
void desk_writer_counters(struct desk_writer *w, struct desk_writer_counters *out);

#endif
