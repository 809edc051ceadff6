/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts out of what the inference knows. Everything is copied: the alert outlives it.
 * action, was, since and incident are the gate's business and left as in a new alert.
 */
#ifndef ALERT_MAKE_H
#define ALERT_MAKE_H

#include "alert.h"
#include "sensor/infer/verdict.h"
#include "sensor/record/record_files.h"

/* time: when the verdict was asked for, ns. */
struct alert *alert_of_verdict(struct infer *in, const struct verdict *v,
	const struct record_files *files, uint64_t time);

struct alert *alert_of_finding(
	const struct finding *f, const struct record_files *files, uint64_t time);

/* What a live sensor did not see since it last told. Numbers of packets. */
struct alert_blindness {
	uint64_t from, to;  /* ns */
	uint64_t seen;
	uint64_t ring;	    /* no room in the ring */
	uint64_t card;	    /* lost by the network card */
	uint64_t queue;	    /* records that the inference had no room for */
	uint64_t evicted;   /* connections given up for want of room */
	struct span where;  /* interfaces that are down or gone, in words; may be empty */
};

struct alert *alert_of_blindness(const struct alert_blindness *b, const char *observer);

#endif
