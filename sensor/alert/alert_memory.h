/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the gate remembers of each trouble, in a table of bounded size: the one that was
 * quiet for longest goes. Also lists of those that have changed since they were saved,
 * and of those that are held back. A part of alert_gate.c.
 */
#ifndef ALERT_MEMORY_H
#define ALERT_MEMORY_H

#include <uthash.h>

#include "alert.h"
#include "alert_bucket.h"
#include "sensor/base/json_out.h"
#include "sensor/infer/verdict.h"

#define ALERT_MEMORY_MAX 65536u
/* Octets of a key as text, NUL included. */
#define ALERT_MEMORY_KEY 160

/* Zeroed before it is filled: compared octet by octet. */
struct alert_memory_key {
	struct ip_addr server;
	struct ip_addr client; /* of findings; may be none */
	uint32_t port;
	uint32_t kind;	  /* enum alert_kind */
	uint32_t finding; /* enum finding_kind; 0 for others */
};

/* How things stand; what does not belong to its kind of alert is 0. */
struct alert_state {
	bool open;
	enum verdict_kind kind;
	enum verdict_grade grade;
	enum finding_severity severity;
};

struct alert_entry {
	UT_hash_handle hh;
	struct alert_memory_key key;

	/* As it was last told. Of a trouble that is closed, what it was while open. */
	struct alert_state told;
	enum verdict_kind verdict; /* last told, open or not */
	char incident[ALERT_ID];   /* empty: nothing was ever told */
	uint64_t told_at, count;   /* ns; as in struct alert */
	uint64_t first, last;	   /* ns */
	uint64_t suppressed;	   /* since then */
	uint64_t unseen,
		unseen_at; /* of ALERT_SENSOR: not yet told; ns of the last loss */
	struct alert_bucket changes; /* that may be told of it */

	struct alert_state seen; /* as it was when last asked about */
	bool held;
	bool opening;	       /* an opening is held back that has to be told */
	uint64_t held_at, due; /* ns */
	bool dirty;
	struct alert_entry *dirty_prev, *dirty_next;
	struct alert_entry *held_prev, *held_next;
};

struct alert_memory {
	struct alert_entry *table; /* the head was touched longest ago */
	struct alert_entry *dirty, *held;
	size_t max;
	bool unsorted; /* loaded ones are in no order */
	uint64_t forgotten;
	struct alert_memory_key *gone; /* forgotten, and not yet saved as such */
	size_t gone_count, gone_room;
	char text[ALERT_MEMORY_KEY]; /* of the key that was saved last */
};

void alert_memory_init(struct alert_memory *m, size_t max);
void alert_memory_free(struct alert_memory *m);

struct alert_entry *alert_memory_find(
	struct alert_memory *m, const struct alert_memory_key *key);
/* Made if it is new. It is now the one touched last. */
struct alert_entry *alert_memory_insert(
	struct alert_memory *m, const struct alert_memory_key *key);
void alert_memory_mark(struct alert_memory *m, struct alert_entry *e);
void alert_memory_hold(
	struct alert_memory *m, struct alert_entry *e, uint64_t now, uint64_t due);
void alert_memory_unhold(struct alert_memory *m, struct alert_entry *e);

/* The next one to be saved; body is empty where it is forgotten. False: no more. */
bool alert_memory_save(struct alert_memory *m, struct span *key, struct json_out *body);
/* False: not understood, or known already; nothing has changed then. */
bool alert_memory_load(struct alert_memory *m, struct span key, struct span body);

#endif
