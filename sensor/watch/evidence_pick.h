/* SPDX-License-Identifier: Apache-2.0 */
/* Which frames an alert wants, copied out of a ring. A part of evidence.c. */
#ifndef EVIDENCE_PICK_H
#define EVIDENCE_PICK_H

#include "sensor/alert/alert.h"
#include "sensor/watch/evidence_ring.h"

/* Connections for one alert. Beyond: left out. */
#define EVIDENCE_CONNS_MAX 128u
/* ns between a message and its next leg, or the frame that shows it, at most. */
#define EVIDENCE_LEG_NS UINT64_C(3600000000000)

/* An item of an alert's evidence, as far as it says where to look. */
struct evidence_want {
	uint64_t time;
	uint32_t frame;	       /* 0: none */
	struct ip_addr client; /* all zero: none */
	struct ip_addr next_hop;
};

struct evidence_request {
	char comment[128]; /* printable */
	struct ip_addr server;
	struct evidence_want want[ALERT_EVIDENCE_MAX];
	size_t count;
};

/* Frames as they are handed over: this, then so many octets, and again. */
struct evidence_out {
	struct evidence_entry entry;
	bool first; /* of its connection */
};

struct evidence_batch {
	struct evidence_batch *next;
	char comment[128];
	uint64_t cut; /* packets that were too many */
	size_t used;
	size_t room;
	uint8_t *at; /* malloced */
};

void evidence_request_of(struct evidence_request *r, const struct alert *a);
/* NULL: no frame, or no memory. Frames picked are marked as written. */
struct evidence_batch *evidence_pick(
	struct evidence_ring *ring, const struct evidence_request *r, size_t octets_max);
/* From *at = 0 on; false: no more. */
bool evidence_batch_next(const struct evidence_batch *b, size_t *at,
	struct evidence_out *out, struct span *octets);
void evidence_batch_free(struct evidence_batch *b);

#endif
