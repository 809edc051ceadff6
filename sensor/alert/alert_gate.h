/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which alerts are told: one for each change of a server's verdict, one for each finding,
 * an escalation when it gets worse, a sum at intervals while it goes on, and an end. The
 * gate remembers what it told (bounded; the one quiet for longest is forgotten) and gives
 * that memory out and takes it back, so that it outlives the process.
 *
 * Time is the packets'.
 */
#ifndef ALERT_GATE_H
#define ALERT_GATE_H

#include "alert.h"
#include "sensor/config/config.h"
#include "sensor/infer/verdict.h"

struct alert_gate;

/* config must outlive it, or be replaced by alert_gate_config(). */
struct alert_gate *alert_gate_new(const struct config_alerts *config);
void alert_gate_free(struct alert_gate *g);
void alert_gate_config(struct alert_gate *g, const struct config_alerts *config);

/*
 * Is there something to tell of this verdict, finding or blindness now? Then true, and
 * *how says what (action, incident, was, since); alert_gate_dress() puts it on the alert.
 * now: ns. These cost little, so that the alert itself is made only when it is told.
 */
struct alert_how {
	enum alert_action action;
	char incident[ALERT_ID]; /* empty: this one opens it */
	char was[24];
	uint64_t since;
	uint64_t suppressed;
	void *entry;
};

bool alert_gate_verdict(struct alert_gate *g, const struct verdict *v, uint64_t now,
	struct alert_how *how);
bool alert_gate_finding(struct alert_gate *g, const struct finding *f, uint64_t now,
	struct alert_how *how);
bool alert_gate_blindness(
	struct alert_gate *g, uint64_t lost, uint64_t now, struct alert_how *how);

/* Completes a (also its id) and remembers it as told. */
void alert_gate_dress(struct alert_gate *g, const struct alert_how *how, struct alert *a);

/* Alerts held back by the rate limit since the start. */
uint64_t alert_gate_suppressed(const struct alert_gate *g);

/*
 * The memory, an entry at a time, as a key and a body of printable text: those that have
 * changed since they were last asked for. False: no more. Spans live until the next call.
 */
bool alert_gate_save_next(struct alert_gate *g, struct span *key, struct span *body);
/* One of them back; false: not understood, and ignored. */
bool alert_gate_load(struct alert_gate *g, struct span key, struct span body);

#endif
