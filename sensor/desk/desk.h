/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what the inference knows to what is kept and told: looks at the servers and
 * findings that something was learned of, asks the gate what to tell, makes the alerts,
 * and gives verdicts, alerts and what was learned to the store as one batch.
 *
 * The desk belongs to the inference's thread. Commits are made by a thread of its own,
 * so that a disk that sleeps holds up nobody; for captures that are read, at once.
 */
#ifndef DESK_H
#define DESK_H

#include <stdio.h>

#include "sensor/alert/alert_gate.h"
#include "sensor/alert/alert_make.h"
#include "sensor/config/config.h"
#include "sensor/infer/infer.h"
#include "sensor/record/record_files.h"
#include "sensor/store/store.h"

struct desk;

struct desk_options {
	const struct config *config;
	struct infer *infer;
	struct record_files *files;
	struct store *store;
	FILE *changes; /* a server record a line whenever a verdict changed; NULL: none */
	bool own_thread; /* commit by another thread */
	size_t waiting_octets; /* of what is to be committed, at most; 0: 64 MiB */
	/* An alert was made; for the evidence. On the inference's thread. May be NULL. */
	void (*alerted)(void *ctx, const struct alert *a);
	void *ctx;
};

/* Loads what the store has into the inference and the gate. */
struct desk *desk_new(const struct desk_options *o);
/* How long the end waits for a disk that is slow. */
#define DESK_END_MS 10000u
/* Commits what is left. 0, or -1: not all was kept, as the log says. NULL is fine. */
int desk_free(struct desk *d);

/* A record was fed: kept where transactions are. */
void desk_record(struct desk *d, const struct record *r);
/* Looks. now: ns of packet time. Cheap when nothing was learned. */
void desk_look(struct desk *d, uint64_t now);
void desk_blindness(struct desk *d, const struct alert_blindness *b, uint64_t now);
/*
 * The inference gets it here; the outputs are noted by the caller (store_outputs()), who
 * must not be this thread: confined as it is, it cannot lock the database's files.
 */
void desk_set_config(struct desk *d, const struct config *config);

/* Is there a database on disk? */
bool desk_lasts(const struct desk *d);

struct desk_counters {
	uint64_t looks, verdicts, alerts, suppressed;
	uint64_t waiting_octets; /* batches not yet committed */
	uint64_t dropped;	 /* transactions left out because the disk was too slow */
	uint64_t unkept;	 /* alerts and changes of verdicts left out so */
	uint64_t failed;	 /* commits */
};
void desk_counters(const struct desk *d, struct desk_counters *out);

#endif
