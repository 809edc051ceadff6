/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the sensor see all? Judges what was lost in an interval: any loss is worth a line
 * in the log; more than WATCH_LOSS_SHARE of the packets, a record, or an interface that
 * is down is worth an alert. Reads no clock and no counter: both are handed in.
 */
#ifndef WATCH_LOSS_H
#define WATCH_LOSS_H

#include "sensor/alert/alert_make.h"

/* ns between judgements of losses. Interfaces are judged at once. */
#define WATCH_LOSS_NS UINT64_C(10000000000)
/* One packet in so many may be lost before an alert: 0.1 %. */
#define WATCH_LOSS_SHARE 1000u
/* Octets for the names of interfaces that are not up, NUL included. */
#define WATCH_LOSS_WHERE 256

/* Totals since the start, as the stages count them. */
struct watch_loss_totals {
	uint64_t seen;		      /* packets that were delivered */
	uint64_t ring;		      /* lost for want of room in the ring */
	uint64_t card;		      /* lost by the card */
	uint64_t queue;		      /* records that the inference had no room for */
	uint64_t evicted;	      /* connections given up for want of room */
	char where[WATCH_LOSS_WHERE]; /* "eth1 is down, eth2 is gone"; empty: all are up
				       */
};

/* The caller's, embedded; zeroed at first. */
struct watch_loss {
	struct watch_loss_totals before;
	uint64_t from; /* ns: when the interval began; 0: at the next call */
	char where[WATCH_LOSS_WHERE]; /* as last told */
};

enum watch_loss_verdict {
	WATCH_LOSS_NOTHING, /* or not yet time */
	WATCH_LOSS_SOME,    /* for the log */
	WATCH_LOSS_BLIND    /* for the log, and for an alert */
};

/* now_ns: packet time. *out is filled when something was lost; it borrows from l. */
enum watch_loss_verdict watch_loss_judge(struct watch_loss *l,
	const struct watch_loss_totals *now, uint64_t now_ns,
	struct alert_blindness *out);

#endif
