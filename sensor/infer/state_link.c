/* SPDX-License-Identifier: Apache-2.0 */
#include "state_link.h"

#include <stdlib.h>

#include "names_part.h"
#include "state_table.h"
#include "told.h"

/* What was read, sorted: by table (owners first), and by age in it. */
struct batch {
	struct kept **at;
	size_t count;
	size_t first[KEPT_TABLES + 1]; /* where each table begins */
};

/* Findings stand in the order in which they were touched; legs have their own numbers. */
static uint64_t
age_of(struct kept *k)
{
	if (k->table == KEPT_FINDING)
		return ((const struct finding *)state_object_of(k))->turn;
	if (k->table == KEPT_LEG)
		return ((const struct leg *)state_object_of(k))->serial;
	return k->serial;
}

static int
older_first(const void *left, const void *right)
{
	struct kept *a = *(struct kept *const *)left, *b = *(struct kept *const *)right;

	if (a->table != b->table)
		return a->table < b->table ? -1 : 1;
	if (age_of(a) != age_of(b))
		return age_of(a) < age_of(b) ? -1 : 1;
	return (a->serial > b->serial) - (a->serial < b->serial);
}

static void
batch_init(struct batch *b, struct infer *in)
{
	size_t n = 0, table = 0;

	*b = (struct batch){0};
	for (struct kept *k = in->loading; k; k = k->next)
		b->count++;
	b->at = calloc(b->count + 1, sizeof(struct kept *));
	if (!b->at)
		abort();
	while (in->loading) {
		struct kept *k = in->loading;

		in->loading = k->next;
		k->next = NULL;
		b->at[n++] = k;
	}
	qsort(b->at, b->count, sizeof(struct kept *), older_first);
	for (n = 0; n < b->count; n++)
		while (table <= b->at[n]->table)
			b->first[table++] = n;
	while (table <= KEPT_TABLES)
		b->first[table++] = b->count;
}

/* The one that k is part of, if that has a place. */
static void *
owner_of(const struct batch *b, enum kept_table table, const struct kept *k)
{
	size_t low = b->first[table], high = b->first[table + 1];

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct kept *found = b->at[middle];

		if (found->serial == k->of)
			return found->list ? state_object_of(found) : NULL;
		if (found->serial < k->of)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static bool
counters_adopt(struct infer *in, const struct infer *read)
{
	in->now = read->now;
	memcpy(in->records, read->records, sizeof(in->records));
	in->servers.evicted = read->servers.evicted;
	in->servers.attempts_evicted = read->servers.attempts_evicted;
	in->servers.patrons_evicted = read->servers.patrons_evicted;
	in->servers.tallies_evicted = read->servers.tallies_evicted;
	in->names.evicted = read->names.evicted;
	in->findings.forgotten = read->findings.forgotten;
	in->findings.watch_forgotten = read->findings.watch_forgotten;
	in->legs.forgotten = read->legs.forgotten;
	in->told.forgotten = read->told.forgotten;
	return false;
}

static bool
part_adopt(struct infer *in, const struct batch *b, struct kept *k)
{
	enum kept_table of = k->table == KEPT_IDENTITY ? KEPT_SERVER : KEPT_IDENTITY;
	void *owner = owner_of(b, of, k);
	void *part = state_object_of(k);

	if (!owner)
		return false;
	switch ((enum kept_table)k->table) {
	case KEPT_IDENTITY:
		return identity_adopt(owner, part);
	case KEPT_ATTEMPT:
		return attempt_adopt(&in->servers, owner, part);
	case KEPT_PATRON:
		return patron_adopt(&in->servers, owner, part);
	default:
		return tally_adopt(&in->servers, owner, part);
	}
}

static bool
adopt(struct infer *in, const struct batch *b, struct kept *k)
{
	void *object = state_object_of(k);

	switch ((enum kept_table)k->table) {
	case KEPT_INFER:
		return counters_adopt(in, object);
	case KEPT_HOST:
		return host_adopt(&in->servers, object);
	case KEPT_SERVER:
		return server_adopt(&in->servers, object);
	case KEPT_NAME:
		return names_adopt_fact(&in->names, object);
	case KEPT_REVERSE:
		return names_adopt_reverse(&in->names, object);
	case KEPT_ASKER:
		return names_adopt_asker(&in->names, object);
	case KEPT_ASKED:
		return names_adopt_asked(&in->names, object);
	case KEPT_FINDING:
		return finding_adopt(&in->findings, object);
	case KEPT_LEG:
		return legs_adopt(&in->legs, object);
	case KEPT_TOLD:
		return told_adopt(&in->told, object);
	case KEPT_IDENTITY:
	case KEPT_ATTEMPT:
	case KEPT_PATRON:
	case KEPT_TALLY:
	case KEPT_TABLES:
	default:
		return part_adopt(in, b, k);
	}
}

/* Legs whose places in a ring of so many are those of newer ones. */
static size_t
legs_gone(const struct batch *b, size_t max)
{
	size_t first = b->first[KEPT_LEG], end = b->first[KEPT_LEG + 1], i = first;

	while (i < end && age_of(b->at[i]) + max <= age_of(b->at[end - 1]))
		i++;
	return i - first;
}

/* A smaller table than there was before: the oldest of them have no place. */
static size_t
too_many(const struct infer *in, const struct batch *b, enum kept_table table)
{
	size_t count = b->first[table + 1] - b->first[table], max = SIZE_MAX;

	if (table == KEPT_LEG)
		return legs_gone(b, in->legs.max);

	if (table == KEPT_SERVER)
		max = in->servers.max_servers;
	else if (table >= KEPT_ATTEMPT && table <= KEPT_TALLY)
		max = in->servers.max_attempts;
	else if (table >= KEPT_NAME && table <= KEPT_ASKED)
		max = in->names.max;
	else if (table == KEPT_TOLD)
		max = TOLD_MAX;
	return count > max ? count - max : 0;
}

void
state_link(struct infer *in)
{
	struct batch b;

	batch_init(&b, in);
	for (enum kept_table t = 0; t < KEPT_TABLES; t++) {
		size_t skip = too_many(in, &b, t);

		for (size_t i = b.first[t] + skip; i < b.first[t + 1]; i++)
			if (adopt(in, &b, b.at[i]))
				kept_adopt(&in->kept_list, b.at[i]);
	}
	for (size_t i = 0; i < b.count; i++) {
		if (b.at[i]->list)
			continue;
		if (b.at[i]->table != KEPT_INFER)
			kept_bury(&in->kept_list, b.at[i]);
		state_object_free(b.at[i], &in->words);
	}
	free(b.at);
	servers_adopted(&in->servers);
}

void
state_link_free(struct infer *in)
{
	while (in->loading) {
		struct kept *k = in->loading;

		in->loading = k->next;
		state_object_free(k, &in->words);
	}
}
