/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_queue.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "sensor/flow/flow_clock.h"
#include "sensor/flow/flow_pool.h"
#include "sensor/record/record_copy.h"

/* All sizes are multiples of it, so that a pad always has room for its own head. */
#define STEP 32u

struct entry {
	uint64_t octets; /* with this head; a multiple of STEP */
	struct watch_time at;
	uint64_t pad; /* not 0: no record, go on at the start */
};

_Static_assert(sizeof(struct entry) == STEP, "the smallest pad is a head alone");
_Static_assert(STEP % _Alignof(max_align_t) == 0, "records stand behind heads");

/* Each side's own cache lines: neither slows the other by what it keeps for itself. */
struct watch_queue {
	uint8_t *ring;
	size_t size;
	/* Of who puts. */
	_Alignas(64) _Atomic uint64_t head; /* octets ever put, pads included */
	_Atomic uint64_t heard_order;
	_Atomic uint64_t heard_packet;
	_Atomic uint64_t put;
	_Atomic uint64_t dropped;
	_Atomic uint64_t most;
	uint64_t tail_known; /* as last seen */
	struct flow_clock clock;
	/* Of who takes. */
	_Alignas(64) _Atomic uint64_t tail;
	uint64_t head_known;
};

struct watch_queue *
watch_queue_new(size_t octets)
{
	struct watch_queue *q = aligned_alloc(64, sizeof(*q));

	assert(octets >= 4096 && (octets & (octets - 1)) == 0);
	if (!q)
		abort();
	memset(q, 0, sizeof(*q));
	q->size = octets;
	q->ring = flow_pool_map(octets);
	if (!q->ring)
		abort();
	return q;
}

void
watch_queue_free(struct watch_queue *q)
{
	if (!q)
		return;
	flow_pool_unmap(q->ring, q->size);
	free(q);
}

static struct entry *
entry_at(const struct watch_queue *q, uint64_t position)
{
	return (struct entry *)(void *)(q->ring + (position & (q->size - 1)));
}

/* --- who puts ------------------------------------------------------------------------
 */

static void
count(_Atomic uint64_t *counter)
{
	uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

	/* One thread alone writes it. */
	atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

static void
note_most(struct watch_queue *q, uint64_t used)
{
	if (used > atomic_load_explicit(&q->most, memory_order_relaxed))
		atomic_store_explicit(&q->most, used, memory_order_relaxed);
}

/* The takers' progress is asked for only when it is needed. */
static bool
has_room(struct watch_queue *q, uint64_t head, uint64_t octets)
{
	if (octets > q->size)
		return false;
	if (head + octets - q->tail_known > q->size)
		q->tail_known = atomic_load_explicit(&q->tail, memory_order_acquire);
	return head + octets - q->tail_known <= q->size;
}

bool
watch_queue_put(struct watch_queue *q, const struct record *r, uint64_t now_ns)
{
	uint64_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
	uint64_t left = q->size - (head & (q->size - 1)), pad;
	uint64_t size = record_copy_size(r);
	struct entry *e;

	size = (sizeof(*e) + size + STEP - 1) / STEP * STEP;
	pad = size > left ? left : 0;
	if (!has_room(q, head, pad + size)) {
		count(&q->dropped);
		return false;
	}
	if (pad)
		*entry_at(q, head) = (struct entry){.octets = pad, .pad = 1};
	flow_clock_set(&q->clock, now_ns);
	e = entry_at(q, head + pad);
	*e = (struct entry){.octets = size, .at = {q->clock.now, now_ns}};
	record_copy(r, e + 1, size - sizeof(*e));
	count(&q->put);
	head += pad + size;
	atomic_store_explicit(&q->head, head, memory_order_release);
	note_most(q, head - q->tail_known);
	return true;
}

void
watch_queue_seen(struct watch_queue *q, uint64_t now_ns)
{
	flow_clock_set(&q->clock, now_ns);
	atomic_store_explicit(&q->heard_packet, now_ns, memory_order_relaxed);
	atomic_store_explicit(&q->heard_order, q->clock.now, memory_order_release);
}

void
watch_queue_end(struct watch_queue *q)
{
	atomic_store_explicit(&q->heard_order, UINT64_MAX, memory_order_release);
}

/* --- who takes -----------------------------------------------------------------------
 */

struct watch_time
watch_queue_heard(const struct watch_queue *q)
{
	struct watch_time t;

	t.order = atomic_load_explicit(&q->heard_order, memory_order_acquire);
	t.packet = atomic_load_explicit(&q->heard_packet, memory_order_relaxed);
	return t;
}

const struct record *
watch_queue_peek(struct watch_queue *q, struct watch_time *at)
{
	uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

	for (;;) {
		struct entry *e = entry_at(q, tail);

		if (tail == q->head_known)
			q->head_known =
				atomic_load_explicit(&q->head, memory_order_acquire);
		if (tail == q->head_known)
			return NULL;
		if (!e->pad) {
			*at = e->at;
			return (const struct record *)(e + 1);
		}
		tail += e->octets;
		atomic_store_explicit(&q->tail, tail, memory_order_release);
	}
}

void
watch_queue_take(struct watch_queue *q)
{
	uint64_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

	tail += entry_at(q, tail)->octets;
	atomic_store_explicit(&q->tail, tail, memory_order_release);
}

void
watch_queue_counters(const struct watch_queue *q, struct watch_queue_counters *out)
{
	uint64_t tail = atomic_load_explicit(&q->tail, memory_order_acquire);

	*out = (struct watch_queue_counters){
		.put = atomic_load_explicit(&q->put, memory_order_relaxed),
		.dropped = atomic_load_explicit(&q->dropped, memory_order_relaxed),
		.octets = atomic_load_explicit(&q->head, memory_order_relaxed) - tail,
		.most = atomic_load_explicit(&q->most, memory_order_relaxed),
	};
}
