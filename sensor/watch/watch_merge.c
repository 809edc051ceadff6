/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_merge.h"

#include <assert.h>

void
watch_merge_init(struct watch_merge *m)
{
	*m = (struct watch_merge){0};
}

void
watch_merge_insert(struct watch_merge *m, struct watch_queue *q)
{
	assert(m->count < WATCH_MERGE_MAX);
	m->queue[m->count++] = q;
}

/* What one look at all queues shows. */
struct look {
	const struct record *first; /* the earliest; NULL: all are empty */
	struct watch_time at;	    /* its */
	size_t from;
	uint64_t bound;	 /* order up to which the empty ones have heard */
	uint64_t packet; /* the same as packet time */
	bool over;	 /* all empty ones have ended */
};

static void
look_at(struct watch_queue *q, size_t number, struct look *l)
{
	struct watch_time heard = watch_queue_heard(q), at;
	const struct record *r = watch_queue_peek(q, &at);

	if (r) {
		if (!l->first || at.order < l->at.order) {
			l->first = r;
			l->at = at;
			l->from = number;
		}
		return;
	}
	if (heard.order == UINT64_MAX)
		return;
	l->over = false;
	if (heard.order < l->bound) {
		l->bound = heard.order;
		l->packet = heard.packet;
	}
}

/* A record that waited long enough goes, whoever has not heard as far. */
static bool
is_due(struct watch_merge *m, const struct look *l, uint64_t clock_ns)
{
	if (l->at.order <= l->bound) {
		m->waiting_ns = 0;
		return true;
	}
	if (!m->waiting_ns)
		m->waiting_ns = clock_ns ? clock_ns : 1;
	if (clock_ns < m->waiting_ns + WATCH_MERGE_WAIT_NS)
		return false;
	m->forced++;
	return true;
}

enum watch_merge_status
watch_merge_next(struct watch_merge *m, uint64_t clock_ns, const struct record **out)
{
	struct look l = {.bound = UINT64_MAX, .over = true};

	for (size_t i = 0; i < m->count; i++)
		look_at(m->queue[i], i, &l);
	if (!l.first) {
		m->waiting_ns = 0;
		if (l.packet)
			m->packet_ns = l.packet;
		return l.over ? WATCH_MERGE_END : WATCH_MERGE_EMPTY;
	}
	if (!is_due(m, &l, clock_ns))
		return WATCH_MERGE_WAITS;
	m->from = l.from;
	m->packet_ns = l.at.packet;
	*out = l.first;
	return WATCH_MERGE_RECORD;
}

/*
 * Having waited counts for those behind it too, until one goes by itself: else each would
 * wait anew.
 */
void
watch_merge_take(struct watch_merge *m)
{
	watch_queue_take(m->queue[m->from]);
}

uint64_t
watch_merge_now(const struct watch_merge *m)
{
	return m->packet_ns;
}
