/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the gate: a verdict built by hand, asked about again and again. */
#ifndef GATE_RIG_H
#define GATE_RIG_H

#include "verdict_rig.h"

#include "sensor/alert/alert_gate.h"
#include "sensor/alert/alert_parts.h"

#define SECOND UINT64_C(1000000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)

struct gate_rig {
	struct rig rig;
	struct config_alerts config;
	struct alert_gate *gate;
	uint64_t now;
	struct alert_how how;
	struct alert *told; /* the last one; freed with the next */
};

static inline int
gate_setup(void **state)
{
	static struct gate_rig g;

	memset(&g, 0, sizeof(g));
	rig_init(&g.rig, VERDICT_OPEN_RELAY, GRADE_SUSPECTED);
	rig_exposure(&g.rig, 1, 1, 1);
	g.config = (struct config_alerts){.repeat_seconds = 3600};
	g.gate = alert_gate_new(&g.config);
	g.now = RIG_TIME;
	*state = &g;
	return 0;
}

static inline int
gate_teardown(void **state)
{
	struct gate_rig *g = *state;

	alert_free(g->told);
	alert_gate_free(g->gate);
	rig_free(&g->rig);
	return 0;
}

/* As alert_of_verdict() would make it, as far as the gate looks at it. */
static inline struct alert *
gate_alert(struct gate_rig *g)
{
	struct alert *a = alert_new();
	const struct verdict *v = &g->rig.v;

	a->kind = ALERT_RELAY;
	a->severity = ALERT_SEVERITY_HIGH;
	a->time = g->now;
	a->server = g->rig.server.key.addr;
	a->port = (uint16_t)g->rig.server.key.port;
	a->first = v->exposure.from;
	a->last = v->exposure.to;
	a->count = v->exposure.messages;
	a->verdict = alert_keep_text(a, verdict_name(v->kind));
	a->detail = alert_keep_text(a, "Detail.");
	alert_verdict_rule(a, v->kind);
	return a;
}

/* Asks; what is to be told is told. */
static inline bool
gate_ask(struct gate_rig *g, enum verdict_kind kind, enum verdict_grade grade)
{
	g->rig.v.kind = kind;
	g->rig.v.grade = grade;
	if (!alert_gate_verdict(g->gate, &g->rig.v, g->now, &g->how))
		return false;
	alert_free(g->told);
	g->told = gate_alert(g);
	alert_gate_dress(g->gate, &g->how, g->told);
	return true;
}

static inline void
gate_tells(struct gate_rig *g, enum verdict_kind kind, enum verdict_grade grade,
	enum alert_action action)
{
	assert_true(gate_ask(g, kind, grade));
	assert_string_equal(
		alert_action_name(g->told->action), alert_action_name(action));
}

#define GATE(test) cmocka_unit_test_setup_teardown(test, gate_setup, gate_teardown)

#endif
