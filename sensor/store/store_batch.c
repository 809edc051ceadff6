/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "sensor/alert/alert_json.h"
#include "store_part.h"

struct store_batch *
store_batch_new(void)
{
	struct store_batch *b = calloc(1, sizeof(*b));

	if (!b)
		abort();
	return b;
}

void
store_batch_free(struct store_batch *b)
{
	if (!b)
		return;
	free(b->items);
	free(b->text);
	free(b);
}

bool
store_batch_is_empty(const struct store_batch *b)
{
	return b->count == 0;
}

size_t
store_batch_octets(const struct store_batch *b)
{
	return b->used + b->count * sizeof(*b->items);
}

struct span
store_batch_text(const struct store_batch *b, struct batch_text t)
{
	return t.len ? span_of(b->text + t.at, t.len) : SPAN_NONE;
}

static struct batch_item *
add(struct store_batch *b, enum batch_kind kind)
{
	if (b->count == b->room) {
		b->room = b->room ? 2 * b->room : 64;
		b->items = reallocarray(b->items, b->room, sizeof(*b->items));
		if (!b->items)
			abort();
	}
	b->items[b->count] = (struct batch_item){.kind = kind};
	return &b->items[b->count++];
}

static struct batch_text
keep(struct store_batch *b, struct span s)
{
	struct batch_text t = {b->used, s.len};

	if (s.len == 0)
		return t;
	if (b->text_room - b->used < s.len) {
		b->text_room = 2 * (b->used + s.len);
		b->text = realloc(b->text, b->text_room);
		if (!b->text)
			abort();
	}
	memcpy(b->text + b->used, s.at, s.len);
	b->used += s.len;
	return t;
}

static struct batch_text
keep_text(struct store_batch *b, const char *s)
{
	return keep(b, s ? span_of_text(s) : SPAN_NONE);
}

void
store_batch_verdict(struct store_batch *b, const struct store_verdict *v)
{
	struct batch_item *i = add(b, BATCH_VERDICT);

	i->time = v->time;
	i->server = v->server;
	i->port = v->port;
	i->body = keep(b, v->body);
	i->of.verdict.verdict = keep_text(b, v->verdict);
	i->of.verdict.grade = keep_text(b, v->grade);
	i->of.verdict.name = keep(b, v->name);
	i->of.verdict.mta = keep(b, v->mta);
	i->of.verdict.confidence = v->confidence;
	i->of.verdict.rank = v->rank;
	i->of.verdict.changed = v->changed;
	i->of.verdict.begins = v->begins;
}

void
store_batch_alert(struct store_batch *b, const struct alert *a)
{
	struct batch_item *i = add(b, BATCH_ALERT);
	struct json_out j;

	json_out_init(&j);
	alert_write(a, &j);
	i->time = a->time;
	i->server = a->server;
	i->port = a->port;
	i->body = keep(b, span_of(j.at, j.used));
	memcpy(i->of.alert.uid, a->id, sizeof(a->id));
	memcpy(i->of.alert.incident, a->incident, sizeof(a->incident));
	i->of.alert.kind = alert_kind_name(a->kind);
	i->of.alert.action = alert_action_name(a->action);
	i->of.alert.severity = a->severity;
	i->of.alert.rule = keep(b, a->rule);
	json_out_free(&j);
}

void
store_batch_state(
	struct store_batch *b, const char *table, struct span key, struct span body)
{
	struct batch_item *i = add(b, BATCH_STATE);

	i->of.state.table = keep_text(b, table);
	i->of.state.key = keep(b, key);
	i->body = keep(b, body);
}

void
store_batch_transaction(struct store_batch *b, const struct store_transaction *t)
{
	struct batch_item *i = add(b, BATCH_TXN);

	i->time = t->time;
	i->server = t->server;
	i->client = t->client;
	i->port = t->port;
	i->of.txn_id = keep(b, t->id);
	i->body = keep(b, t->body);
}

void
store_batch_line(
	struct store_batch *b, enum config_stream stream, uint64_t time, struct span json)
{
	struct batch_item *i = add(b, BATCH_LINE);

	i->time = time;
	i->of.stream = stream;
	i->body = keep(b, json);
}
