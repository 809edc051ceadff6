/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which alerts are told: one for each change of a server's verdict, one for each finding,
 * an escalation when it gets worse, a sum at intervals while it goes on, and an end. The
 * gate remembers what it told (bounded; the one quiet for longest is forgotten) and gives
 * that memory out and takes it back, so that it outlives the process.
 *
 * Two bounds keep it from flooding: so many alerts a minute over all, and of one server
 * three changes at once and then one in each interval of repetition. A server's first
 * alert, and the proof of what was suspected, are bounded by the first alone. What is held
 * back is counted, and told once there is room for it, if it still holds then; an opening
 * is told even if it is over by then.
 *
 * Time is the packets'. It may go back; then all intervals begin anew from there.
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
	void *entry; /* the gate's */
};

bool alert_gate_verdict(struct alert_gate *g, const struct verdict *v, uint64_t now,
	struct alert_how *how);
bool alert_gate_finding(struct alert_gate *g, const struct finding *f, uint64_t now,
	struct alert_how *how);
/* lost: since this was last asked; at least 1 where an interface is gone. */
bool alert_gate_blindness(
	struct alert_gate *g, uint64_t lost, uint64_t now, struct alert_how *how);

/* Completes a (also its id) and remembers it as told. Before the next question. */
void alert_gate_dress(struct alert_gate *g, const struct alert_how *how, struct alert *a);

/*
 * What was held back and could be told now: ask about it again, even if nothing was learned
 * of it since. Each one once for each time that it is held back. False: no more now.
 */
struct alert_waiting {
	enum alert_kind kind;
	struct ip_addr server, client; /* client: of a finding; may be none */
	uint16_t port;
	enum finding_kind finding; /* of ALERT_FINDING alone */
};

bool alert_gate_waiting_next(
	struct alert_gate *g, uint64_t now, struct alert_waiting *out);

/* Alerts held back since the start, told later or not. */
uint64_t alert_gate_suppressed(const struct alert_gate *g);
/* Troubles forgotten for want of room since the start. */
uint64_t alert_gate_forgotten(const struct alert_gate *g);

/*
 * The memory, an entry at a time, as a key and a body of printable text: those that have
 * changed since they were last asked for; an empty body: that one is forgotten. False: no
 * more. Spans live until the next call.
 */
bool alert_gate_save_next(struct alert_gate *g, struct span *key, struct span *body);
/* Where it was saved is lost: all entries are given once more. */
void alert_gate_save_again(struct alert_gate *g);
/* One of them back; false: not understood, and ignored. */
bool alert_gate_load(struct alert_gate *g, struct span key, struct span body);

#endif
