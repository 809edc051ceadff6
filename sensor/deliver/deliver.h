/* SPDX-License-Identifier: Apache-2.0 */
/*
 * deliver.c        the threads, up and down, stopping
 * deliver_batch.c  what waits, formatted
 * deliver_pause.c  how long an output that is down is left alone
 *
 * Brings what waits in the store to the outputs: one thread for each, so that a slow or
 * dead collector holds up nobody else. What was not taken is given again, after a pause
 * that grows to a minute; order is kept per output.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include "sensor/config/config.h"
#include "sensor/store/store.h"

struct deliver;

struct deliver_options {
	const struct config_outputs *outputs;
	enum config_redact redact; /* of all; each output may be stricter */
	const char *observer;
};

/* outputs and store must outlive it. NULL with the reason logged. */
struct deliver *deliver_start(const struct deliver_options *o, struct store *store);
/*
 * Waits at most ms for what still waits to be taken, then ends the threads; what was not
 * taken stays in the store. True: all was.
 */
bool deliver_stop(struct deliver *d, unsigned ms);
/* Files are opened anew by their threads, soon. */
void deliver_reopen(struct deliver *d);

struct deliver_counters {
	uint64_t taken, failed; /* lines taken; sends that were not all taken */
	uint64_t octets;
	uint64_t unreadable; /* of the store, left out */
	bool up;	    /* the last send was taken */
	char error[256];    /* why not, printable; empty when up */
	uint64_t latency_ns_sum, latency_count; /* from a line's time to when it was taken,
						   by the wall clock; live only */
};
size_t deliver_count(const struct deliver *d);
const char *deliver_name(const struct deliver *d, size_t i);
void deliver_counters(struct deliver *d, size_t i, struct deliver_counters *out);

#endif
