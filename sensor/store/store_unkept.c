/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alerts that cannot be kept, since the disk is full or broken, and that the outputs get
 * from memory meanwhile. The inference's thread brings them: the lock is held for moments
 * only, and never while anything is written. Where both are held, it is the inner one.
 */
#include <stdlib.h>

#include "store_part.h"

/* Outputs that can be told apart; any further one gets nothing from here. */
#define OUTPUTS_MAX 64

struct unkept {
	uint64_t number; /* from 1, in order */
	uint64_t time;
	uint64_t taken; /* a bit for each output that has it */
	int severity;
	char *body; /* NULL: all outputs have it */
	size_t octets;
};

struct store_unkept {
	pthread_mutex_t lock;
	struct unkept *at; /* by number */
	size_t count, room, most;
	size_t octets, octets_most;
	uint64_t last; /* number */
	uint64_t dropped;
	char names[OUTPUTS_MAX][STORE_NAME_MAX]; /* whose bit it is */
	size_t name_count;
};

struct store_unkept *
store_unkept_new(size_t most, size_t octets)
{
	struct store_unkept *u = calloc(1, sizeof(*u));

	if (!u)
		abort();
	pthread_mutex_init(&u->lock, NULL);
	u->most = most < STORE_UNKEPT_MAX ? most : STORE_UNKEPT_MAX;
	u->octets_most =
		octets < STORE_UNKEPT_OCTETS_MAX ? octets : STORE_UNKEPT_OCTETS_MAX;
	return u;
}

static void
forget_body(struct store_unkept *u, struct unkept *e)
{
	free(e->body);
	u->octets -= e->octets;
	e->body = NULL;
	e->octets = 0;
}

void
store_unkept_free(struct store_unkept *u)
{
	for (size_t i = 0; i < u->count; i++)
		forget_body(u, &u->at[i]);
	pthread_mutex_destroy(&u->lock);
	free(u->at);
	free(u);
}

/* --- in ------------------------------------------------------------------------------
 */

/* One that all have goes first; else the oldest of the lowest severity. */
static size_t
find_least(const struct store_unkept *u)
{
	size_t least = 0;

	for (size_t i = 0; i < u->count; i++) {
		if (!u->at[i].body && u->count > u->most)
			return i;
		if (!u->at[least].body ||
			(u->at[i].body && u->at[i].severity < u->at[least].severity))
			least = i;
	}
	return least;
}

static void
make_room(struct store_unkept *u)
{
	while (u->count > u->most || u->octets > u->octets_most) {
		size_t i = find_least(u);

		u->dropped += u->at[i].body != NULL;
		forget_body(u, &u->at[i]);
		u->count--;
		memmove(u->at + i, u->at + i + 1, (u->count - i) * sizeof(*u->at));
	}
}

static uint64_t
add(struct store_unkept *u, const struct batch_item *i, struct span body)
{
	struct unkept *e;

	if (u->count == u->room) {
		u->room = u->room ? 2 * u->room : 16;
		u->at = reallocarray(u->at, u->room, sizeof(*u->at));
		if (!u->at)
			abort();
	}
	e = &u->at[u->count++];
	*e = (struct unkept){.number = ++u->last,
		.time = i->time,
		.severity = (int)i->of.alert.severity,
		.body = malloc(body.len + 1),
		.octets = body.len};
	if (!e->body)
		abort();
	memcpy(e->body, body.at, body.len);
	u->octets += body.len;
	make_room(u);
	return u->last;
}

void
store_offer(struct store *s, struct store_batch *b)
{
	struct store_unkept *u = s->unkept;
	bool any = false;

	pthread_mutex_lock(&u->lock);
	if (u->count == 0)
		u->name_count = 0;
	for (; b->offered < b->count; b->offered++) {
		struct batch_item *i = &b->items[b->offered];

		if (i->kind != BATCH_ALERT)
			continue;
		i->of.alert.unkept = add(u, i, store_batch_text(b, i->body));
		any = true;
	}
	pthread_mutex_unlock(&u->lock);
	/* Without the lock of those who wait: they look again soon in any case. */
	if (any)
		pthread_cond_broadcast(&s->something);
}

/* --- out -----------------------------------------------------------------------------
 */

/* 0: there are too many outputs. */
static uint64_t
bit_of(struct store_unkept *u, const char *output)
{
	size_t i;

	for (i = 0; i < u->name_count; i++)
		if (strcmp(u->names[i], output) == 0)
			return UINT64_C(1) << i;
	if (i == OUTPUTS_MAX)
		return 0;
	span_copy(span_of_text(output), u->names[i], sizeof(u->names[i]));
	u->name_count++;
	return UINT64_C(1) << i;
}

static bool
wants(const struct store_output *o, const struct unkept *e)
{
	return o->stream == CONFIG_STREAM_ALERTS && e->severity >= o->minimum;
}

static bool
waits_for(const struct store_output *o, uint64_t bit, const struct unkept *e)
{
	return bit && e->body && !(e->taken & bit) && wants(o, e);
}

static void
give(const struct unkept *e, struct store_waiting *out)
{
	*out = (struct store_waiting){
		.id = STORE_UNKEPT_ID | e->number,
		.stream = CONFIG_STREAM_ALERTS,
		.severity = (enum alert_severity)e->severity,
		.time = e->time,
		.body = malloc(e->octets + 1),
		.octets = e->octets,
	};
	if (!out->body)
		abort();
	memcpy(out->body, e->body, e->octets);
	out->body[e->octets] = '\0';
}

size_t
store_unkept_waiting(struct store *s, const struct store_output *o,
	struct store_waiting *out, size_t max)
{
	struct store_unkept *u = s->unkept;
	size_t count = 0;
	uint64_t bit;

	pthread_mutex_lock(&u->lock);
	bit = u->count ? bit_of(u, o->name) : 0;
	for (size_t i = 0; i < u->count && count < max; i++) {
		if (!waits_for(o, bit, &u->at[i]))
			continue;
		if (out)
			give(&u->at[i], &out[count]);
		count++;
	}
	pthread_mutex_unlock(&u->lock);
	return count;
}

static struct unkept *
find(struct store_unkept *u, uint64_t number)
{
	size_t low = 0, high = u->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (u->at[middle].number == number)
			return &u->at[middle];
		if (u->at[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
all_have(struct store *s, const struct unkept *e)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (waits_for(&s->outputs[i], bit_of(s->unkept, s->outputs[i].name), e))
			return false;
	return true;
}

void
store_unkept_delivered(struct store *s, const struct store_output *o, uint64_t id)
{
	struct store_unkept *u = s->unkept;
	struct unkept *e;

	pthread_mutex_lock(&u->lock);
	e = find(u, id & ~STORE_UNKEPT_ID);
	if (e) {
		e->taken |= bit_of(u, o->name);
		if (all_have(s, e))
			forget_body(u, e);
	}
	pthread_mutex_unlock(&u->lock);
}

/* --- kept after all ------------------------------------------------------------------
 */

bool
store_unkept_took(struct store *s, const struct store_output *o, uint64_t number)
{
	struct store_unkept *u = s->unkept;
	const struct unkept *e;
	bool took;

	if (number == 0)
		return false;
	pthread_mutex_lock(&u->lock);
	e = find(u, number);
	took = e && (e->taken & bit_of(u, o->name));
	pthread_mutex_unlock(&u->lock);
	return took;
}

/* Both are in the order of the numbers. */
void
store_unkept_release(struct store *s, const struct store_batch *b)
{
	struct store_unkept *u = s->unkept;
	size_t item = 0, left = 0;

	if (b->offered == 0)
		return;
	pthread_mutex_lock(&u->lock);
	for (size_t i = 0; i < u->count; i++) {
		while (item < b->offered &&
			(b->items[item].kind != BATCH_ALERT ||
				b->items[item].of.alert.unkept < u->at[i].number))
			item++;
		if (item < b->offered &&
			b->items[item].of.alert.unkept == u->at[i].number)
			forget_body(u, &u->at[i]);
		else
			u->at[left++] = u->at[i];
	}
	u->count = left;
	pthread_mutex_unlock(&u->lock);
}

void
store_unkept_counters(struct store *s, struct store_counters *out)
{
	struct store_unkept *u = s->unkept;

	pthread_mutex_lock(&u->lock);
	out->offered = u->last;
	out->offered_dropped = u->dropped;
	pthread_mutex_unlock(&u->lock);
}
