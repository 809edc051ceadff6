/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <stdalign.h>
#include <stdlib.h>

/* Chunks one record may take: 256 KiB of text, some 2,000 recipients with replies. */
#define ARENA_CHUNKS_MAX 64u

struct arena_chunk {
	struct arena_chunk *next; /* the older chunk of an arena, or the next free one */
	alignas(max_align_t) uint8_t at[ARENA_CHUNK];
};

struct arena_pool {
	struct arena_chunk *free;
	struct arena_chunk *block;
	size_t count;	 /* chunks in block */
	size_t untouched; /* chunks of block never handed out: no page of theirs is used yet */
	uint64_t refused;
};

struct arena_pool *
arena_pool_new(size_t octets)
{
	struct arena_pool *p = calloc(1, sizeof(*p));
	size_t count = octets / sizeof(struct arena_chunk);

	if (count == 0)
		count = 1;
	if (!p)
		abort();
	p->block = malloc(count * sizeof(*p->block));
	if (!p->block)
		abort();
	p->count = count;
	p->untouched = count;
	return p;
}

void
arena_pool_free(struct arena_pool *p)
{
	if (!p)
		return;
	free(p->block);
	free(p);
}

uint64_t
arena_pool_refused(const struct arena_pool *p)
{
	return p->refused;
}

static struct arena_chunk *
chunk_take(struct arena_pool *p)
{
	struct arena_chunk *c = p->free;

	if (c) {
		p->free = c->next;
		return c;
	}
	if (p->untouched == 0)
		return NULL;
	return &p->block[p->count - p->untouched--];
}

void
arena_init(struct arena *a, struct arena_pool *p)
{
	*a = (struct arena){.pool = p};
}

void
arena_reset(struct arena *a)
{
	while (a->first) {
		struct arena_chunk *c = a->first;

		a->first = c->next;
		c->next = a->pool->free;
		a->pool->free = c;
	}
	arena_init(a, a->pool);
}

static bool
grow(struct arena *a)
{
	struct arena_chunk *c;

	if (a->chunks == ARENA_CHUNKS_MAX)
		return false;
	c = chunk_take(a->pool);
	if (!c)
		return false;
	c->next = a->first;
	a->first = c;
	a->used = 0;
	a->chunks++;
	return true;
}

static uint8_t *
reserve(struct arena *a, size_t size, size_t align)
{
	size_t from = (a->used + align - 1) / align * align;

	if (size > ARENA_CHUNK || !a->first || from + size > ARENA_CHUNK) {
		from = 0;
		if (size > ARENA_CHUNK || !grow(a)) {
			a->full = true;
			a->pool->refused++;
			return NULL;
		}
	}
	a->used = from + size;
	return a->first->at + from;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	void *at = reserve(a, size, alignof(max_align_t));

	if (at)
		memset(at, 0, size);
	return at;
}

struct span
arena_copy(struct arena *a, struct span s)
{
	uint8_t *at;

	s = span_slice(s, 0, ARENA_CHUNK);
	if (s.len == 0)
		return SPAN_NONE;
	at = reserve(a, s.len, 1);
	if (!at)
		return SPAN_NONE;
	memcpy(at, s.at, s.len);
	return span_of(at, s.len);
}
