/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_memory.h"

#include <stdlib.h>
#include <utlist.h>

void
alert_memory_init(struct alert_memory *m, size_t max)
{
	*m = (struct alert_memory){.max = max};
}

void
alert_memory_free(struct alert_memory *m)
{
	struct alert_entry *e, *next;

	HASH_ITER(hh, m->table, e, next)
	{
		HASH_DEL(m->table, e);
		free(e);
	}
	free(m->gone);
	alert_memory_init(m, m->max);
}

struct alert_entry *
alert_memory_find(struct alert_memory *m, const struct alert_memory_key *key)
{
	struct alert_entry *e;

	HASH_FIND(hh, m->table, key, sizeof(*key), e);
	return e;
}

/* So that it is forgotten where it is kept, too. Beyond the bound it comes back, and
 * goes. */
static void
note_gone(struct alert_memory *m, const struct alert_memory_key *key)
{
	if (m->gone_count == ALERT_MEMORY_MAX)
		return;
	if (m->gone_count == m->gone_room) {
		m->gone_room = m->gone_room ? 2 * m->gone_room : 64;
		m->gone = realloc(m->gone, m->gone_room * sizeof(*m->gone));
		if (!m->gone)
			abort();
	}
	m->gone[m->gone_count++] = *key;
}

static int
told_first(const struct alert_entry *a, const struct alert_entry *b)
{
	return (a->told_at > b->told_at) - (a->told_at < b->told_at);
}

static void
make_room(struct alert_memory *m)
{
	struct alert_entry *e;

	if (HASH_COUNT(m->table) < m->max)
		return;
	if (m->unsorted)
		HASH_SORT(m->table, told_first);
	m->unsorted = false;
	e = m->table;
	alert_memory_unhold(m, e);
	if (e->dirty)
		DL_DELETE2(m->dirty, e, dirty_prev, dirty_next);
	note_gone(m, &e->key);
	HASH_DEL(m->table, e);
	free(e);
	m->forgotten++;
}

struct alert_entry *
alert_memory_insert(struct alert_memory *m, const struct alert_memory_key *key)
{
	struct alert_entry *e = alert_memory_find(m, key);

	if (e) {
		HASH_DEL(m->table, e);
	} else {
		make_room(m);
		e = calloc(1, sizeof(*e));
		if (!e)
			abort();
		e->key = *key;
	}
	HASH_ADD(hh, m->table, key, sizeof(e->key), e);
	return e;
}

void
alert_memory_mark(struct alert_memory *m, struct alert_entry *e)
{
	if (e->dirty)
		return;
	e->dirty = true;
	DL_APPEND2(m->dirty, e, dirty_prev, dirty_next);
}

void
alert_memory_hold(
	struct alert_memory *m, struct alert_entry *e, uint64_t now, uint64_t due)
{
	if (!e->held)
		DL_APPEND2(m->held, e, held_prev, held_next);
	e->held = true;
	e->held_at = now;
	e->due = due;
	alert_memory_mark(m, e);
}

void
alert_memory_unhold(struct alert_memory *m, struct alert_entry *e)
{
	if (!e->held)
		return;
	e->held = false;
	DL_DELETE2(m->held, e, held_prev, held_next);
}
