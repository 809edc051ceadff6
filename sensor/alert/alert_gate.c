/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_gate.h"

#include <stdlib.h>
#include <utlist.h>

#include "alert_memory.h"
#include "alert_parts.h"

#define NS_PER_SECOND UINT64_C(1000000000)
#define NS_PER_MINUTE (60 * NS_PER_SECOND)
/* Changes of one trouble that are told at once. */
#define CHANGES_BURST 3
/* Interval of changes, in seconds, where repetition is switched off. */
#define CHANGES_SECONDS 3600

/* How things stand with what is asked about, and what is to be told of it. */
struct question {
	struct alert_entry *entry;
	struct alert_state state;
	enum verdict_kind verdict;
	uint64_t count;
	uint64_t now;
	enum alert_action action;
	bool forced; /* not to be bounded by the number of changes */
};

struct alert_gate {
	const struct config_alerts *config;
	struct alert_memory memory;
	struct alert_bucket minute; /* over all */
	bool begun;		    /* the minute was filled */
	struct question asked;	    /* the last one that was answered by yes */
	uint64_t suppressed;
	struct json_out body;
};

struct alert_gate *
alert_gate_new(const struct config_alerts *config)
{
	struct alert_gate *g = calloc(1, sizeof(*g));

	if (!g)
		abort();
	g->config = config;
	alert_memory_init(&g->memory, ALERT_MEMORY_MAX);
	json_out_init(&g->body);
	return g;
}

void
alert_gate_free(struct alert_gate *g)
{
	if (!g)
		return;
	alert_memory_free(&g->memory);
	json_out_free(&g->body);
	free(g);
}

void
alert_gate_config(struct alert_gate *g, const struct config_alerts *config)
{
	g->config = config;
}

uint64_t
alert_gate_suppressed(const struct alert_gate *g)
{
	return g->suppressed;
}

uint64_t
alert_gate_forgotten(const struct alert_gate *g)
{
	return g->memory.forgotten;
}

/* --- bounds ------------------------------------------------------------------------ */

static struct alert_rate
rate_of_all(const struct alert_gate *g)
{
	uint64_t n = g->config->per_minute;

	return (struct alert_rate){.burst = n, .each = NS_PER_MINUTE / n};
}

static struct alert_rate
rate_of_changes(const struct alert_gate *g)
{
	uint64_t seconds = g->config->repeat_seconds;

	if (seconds == 0)
		seconds = CHANGES_SECONDS;
	return (struct alert_rate){
		.burst = CHANGES_BURST, .each = seconds * NS_PER_SECOND};
}

static bool
is_change(const struct question *q)
{
	return q->action != ALERT_REPEATED;
}

/* False: not now; *due is when. */
static bool
there_is_room(struct alert_gate *g, const struct question *q, uint64_t *due)
{
	struct alert_rate changes = rate_of_changes(g);

	if (is_change(q) && !q->forced &&
		!alert_bucket_has(&q->entry->changes, changes, q->now)) {
		*due = alert_bucket_due(&q->entry->changes, changes, q->now);
		return false;
	}
	/* The sensor's own blindness comes once an interval, and has to be known. */
	if (g->config->per_minute == 0 || q->entry->key.kind == ALERT_SENSOR)
		return true;
	if (!g->begun)
		alert_bucket_fill(&g->minute, rate_of_all(g), q->now);
	g->begun = true;
	if (alert_bucket_has(&g->minute, rate_of_all(g), q->now))
		return true;
	*due = alert_bucket_due(&g->minute, rate_of_all(g), q->now);
	/* A trouble that is over by then was there nevertheless. */
	if (q->action == ALERT_OPENED)
		q->entry->opening = true;
	return false;
}

static void
take_room(struct alert_gate *g, const struct question *q)
{
	if (is_change(q))
		alert_bucket_take(&q->entry->changes, rate_of_changes(g), q->now);
	if (g->config->per_minute && g->begun)
		alert_bucket_take(&g->minute, rate_of_all(g), q->now);
}

static bool
same_state(const struct alert_state *a, const struct alert_state *b)
{
	return a->open == b->open && a->kind == b->kind && a->grade == b->grade &&
	       a->severity == b->severity;
}

static void
count_suppressed(struct alert_gate *g, struct alert_entry *e)
{
	e->suppressed++;
	g->suppressed++;
	alert_memory_mark(&g->memory, e);
}

/* Each is counted once, however often it is asked about while it waits. */
static void
hold_back(struct alert_gate *g, const struct question *q, uint64_t due)
{
	struct alert_entry *e = q->entry;

	if (!e->held || !same_state(&e->seen, &q->state))
		count_suppressed(g, e);
	alert_memory_hold(&g->memory, e, q->now, due);
}

/* It is again as it was told; the way there and back was not. */
static void
nothing_to_tell(struct alert_gate *g, const struct question *q)
{
	struct alert_entry *e = q->entry;

	if (e->held && !same_state(&e->seen, &q->state))
		count_suppressed(g, e);
	if (e->held)
		alert_memory_mark(&g->memory, e);
	alert_memory_unhold(&g->memory, e);
}

/* --- answers ----------------------------------------------------------------------- */

static void
fill_how(const struct question *q, struct alert_how *how)
{
	const struct alert_entry *e = q->entry;
	bool told = e->incident[0] != '\0';

	memset(how, 0, sizeof(*how));
	how->action = q->action;
	how->entry = q->entry;
	how->suppressed = e->suppressed;
	/* The end of an opening that was never told begins its own incident. */
	if (q->action != ALERT_OPENED && !(q->action == ALERT_CLOSED && !e->told.open)) {
		memcpy(how->incident, e->incident, sizeof(how->incident));
		how->since = q->count > e->count ? q->count - e->count : 0;
	}
	if (e->key.kind != ALERT_RELAY || q->action == ALERT_REPEATED)
		return;
	if (q->action == ALERT_CLOSED)
		span_copy(span_of_text(verdict_name(e->told.kind)), how->was,
			sizeof(how->was));
	else if (told)
		span_copy(span_of_text(verdict_name(e->verdict)), how->was,
			sizeof(how->was));
}

/* wanted: there is something to tell; may it be told? */
static bool
answer(struct alert_gate *g, struct question *q, bool wanted, struct alert_how *how)
{
	uint64_t due = 0;
	bool room = wanted && there_is_room(g, q, &due);

	if (!wanted)
		nothing_to_tell(g, q);
	else if (!room)
		hold_back(g, q, due);
	q->entry->seen = q->state;
	if (!room)
		return false;
	fill_how(q, how);
	g->asked = *q;
	return true;
}

/* --- questions --------------------------------------------------------------------- */

/* A clock that was set back: all intervals begin anew from there. */
static uint64_t
elapsed(uint64_t now, uint64_t *since)
{
	if (now < *since)
		*since = now;
	return now - *since;
}

static bool
repetition_due(struct alert_gate *g, struct alert_entry *e, uint64_t now)
{
	uint64_t passed = elapsed(now, &e->told_at);

	return g->config->repeat_seconds &&
	       passed >= g->config->repeat_seconds * NS_PER_SECOND;
}

static struct alert_entry *
entry_of(struct alert_gate *g, const struct alert_memory_key *key, uint64_t now)
{
	bool known = alert_memory_find(&g->memory, key) != NULL;
	struct alert_entry *e = alert_memory_insert(&g->memory, key);

	if (!known)
		alert_bucket_fill(&e->changes, rate_of_changes(g), now);
	return e;
}

static bool
relay_wanted(struct alert_gate *g, struct question *q)
{
	struct alert_entry *e = q->entry;
	const struct alert_state *s = &q->state, *told = &e->told;

	q->forced = e->incident[0] == '\0' || (s->open && s->grade == GRADE_CONFIRMED &&
						      told->grade != GRADE_CONFIRMED);
	q->action = ALERT_CLOSED;
	if (!s->open)
		return told->open || e->opening;
	q->action = ALERT_OPENED;
	if (!told->open)
		return true;
	q->action = ALERT_ESCALATED;
	if (s->kind < told->kind || s->grade > told->grade)
		return true;
	q->action = ALERT_CHANGED;
	if (s->kind != told->kind || s->grade != told->grade)
		return true;
	q->action = ALERT_REPEATED;
	/* Attempts that were forgotten are no longer in the sum. */
	if (q->count < e->count)
		e->count = q->count;
	return repetition_due(g, e, q->now) && q->count > e->count;
}

bool
alert_gate_verdict(struct alert_gate *g, const struct verdict *v, uint64_t now,
	struct alert_how *how)
{
	struct alert_memory_key key;
	bool open = verdict_is_relay(v->kind);
	struct question q = {
		.verdict = v->kind, .count = v->exposure.messages, .now = now};

	memset(&key, 0, sizeof(key));
	key.kind = ALERT_RELAY;
	key.server = v->server->key.addr;
	key.port = v->server->key.port;
	/* A server that never was a relay needs no entry. */
	if (!open && !alert_memory_find(&g->memory, &key))
		return false;
	q.entry = entry_of(g, &key, now);
	q.state = (struct alert_state){.open = open, .kind = v->kind, .grade = v->grade};
	if (!open) {
		/* What it was says what has ended; what it is now does not matter. */
		q.state.kind = VERDICT_UNKNOWN;
		q.state.grade = GRADE_NONE;
	} else if (!q.entry->told.open) {
		q.entry->told.kind = v->kind;
	}
	return answer(g, &q, relay_wanted(g, &q), how);
}

bool
alert_gate_finding(struct alert_gate *g, const struct finding *f, uint64_t now,
	struct alert_how *how)
{
	struct question q = {.count = f->count, .now = now, .forced = true};
	struct alert_memory_key key;
	struct alert_entry *e;
	bool wanted = true;

	if (!f->raised)
		return false;
	memset(&key, 0, sizeof(key));
	key.kind = ALERT_FINDING;
	key.server = f->key.server;
	key.client = f->key.client;
	key.port = f->key.port;
	key.finding = f->key.kind;
	e = q.entry = entry_of(g, &key, now);
	q.state = (struct alert_state){.open = true, .severity = f->severity};
	/* One that was forgotten meanwhile counts anew. */
	if (f->count < e->count)
		e->count = 0;
	if (!e->told.open) {
		q.action = ALERT_OPENED;
	} else if (f->severity > e->told.severity) {
		q.action = ALERT_ESCALATED;
	} else {
		q.action = ALERT_REPEATED;
		/* Less severe than before is no news, and must not look like some. */
		q.state.severity = e->told.severity;
		wanted = repetition_due(g, e, now) && f->count > e->count;
	}
	return answer(g, &q, wanted, how);
}

bool
alert_gate_blindness(
	struct alert_gate *g, uint64_t lost, uint64_t now, struct alert_how *how)
{
	struct question q = {.now = now, .forced = true, .state = {.open = true}};
	struct alert_memory_key key;
	struct alert_entry *e;
	bool quiet, wanted = true;

	if (lost == 0)
		return false;
	memset(&key, 0, sizeof(key));
	key.kind = ALERT_SENSOR;
	e = q.entry = entry_of(g, &key, now);
	quiet = elapsed(now, &e->unseen_at) > rate_of_changes(g).each;
	e->unseen = lost < UINT64_MAX - e->unseen ? e->unseen + lost : UINT64_MAX;
	e->unseen_at = now;
	q.action = ALERT_REPEATED;
	if (!e->told.open || quiet) {
		q.action = ALERT_OPENED;
		e->count = 0;
	} else {
		wanted = repetition_due(g, e, now);
	}
	q.count = e->unseen < UINT64_MAX - e->count ? e->count + e->unseen : UINT64_MAX;
	return answer(g, &q, wanted, how);
}

bool
alert_gate_waiting_next(struct alert_gate *g, uint64_t now, struct alert_waiting *out)
{
	struct alert_entry *e;

	if (g->config->per_minute && g->begun &&
		!alert_bucket_has(&g->minute, rate_of_all(g), now))
		return false;
	DL_FOREACH2(g->memory.held, e, held_next)
	{
		if (now < e->due && now >= e->held_at)
			continue;
		/* Not again, unless it is held back again. */
		e->held_at = 0;
		e->due = UINT64_MAX;
		DL_DELETE2(g->memory.held, e, held_prev, held_next);
		DL_APPEND2(g->memory.held, e, held_prev, held_next);
		*out = (struct alert_waiting){.kind = (enum alert_kind)e->key.kind,
			.server = e->key.server,
			.client = e->key.client,
			.port = (uint16_t)e->key.port,
			.finding = (enum finding_kind)e->key.finding};
		return true;
	}
	return false;
}

/* --- told -------------------------------------------------------------------------- */

/* A trouble's end may come with nothing but the news that it is over. */
static void
dress_closed(const struct alert_entry *e, struct alert *a)
{
	a->severity = ALERT_SEVERITY_LOW;
	alert_verdict_rule(a, e->told.kind);
	alert_words_closed(a, e->told.kind);
	if (a->count)
		return;
	a->count = e->count;
	a->first = e->first;
	a->last = e->last;
}

static void
remember(struct alert_gate *g, const struct question *q, const struct alert *a)
{
	struct alert_entry *e = q->entry;

	take_room(g, q);
	if (q->action == ALERT_CLOSED)
		e->told.open = false;
	else
		e->told = q->state;
	e->verdict = q->verdict;
	memcpy(e->incident, a->incident, sizeof(e->incident));
	e->told_at = q->now;
	e->count = q->action == ALERT_CLOSED ? a->count : q->count;
	e->first = a->first;
	e->last = a->last;
	e->suppressed = 0;
	e->unseen = 0;
	e->opening = false;
	alert_memory_unhold(&g->memory, e);
	alert_memory_mark(&g->memory, e);
}

void
alert_gate_dress(struct alert_gate *g, const struct alert_how *how, struct alert *a)
{
	const struct question *q = &g->asked;
	bool known = how->entry && how->entry == q->entry;

	a->action = how->action;
	memcpy(a->incident, how->incident, sizeof(a->incident));
	a->was = alert_keep_text(a, how->was);
	a->since = how->since;
	a->suppressed = how->suppressed;
	if (known && a->kind == ALERT_SENSOR)
		a->count = q->count;
	if (known && how->action == ALERT_REPEATED)
		alert_words_since(a, q->entry->told_at);
	if (known && how->action == ALERT_CLOSED)
		dress_closed(q->entry, a);
	alert_identify(a);
	if (known)
		remember(g, q, a);
	g->asked.entry = NULL;
}

/* --- what lasts -------------------------------------------------------------------- */

bool
alert_gate_save_next(struct alert_gate *g, struct span *key, struct span *body)
{
	if (!alert_memory_save(&g->memory, key, &g->body))
		return false;
	*body = span_of(g->body.at, g->body.used);
	return true;
}

void
alert_gate_save_again(struct alert_gate *g)
{
	for (struct alert_entry *e = g->memory.table; e; e = e->hh.next)
		alert_memory_mark(&g->memory, e);
}

bool
alert_gate_load(struct alert_gate *g, struct span key, struct span body)
{
	return alert_memory_load(&g->memory, key, body);
}
