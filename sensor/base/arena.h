/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for the texts of one record: chunks taken from a pool of fixed size, given back
 * all at once. The pool is reserved at start; taking from it never calls malloc. When the
 * pool or a record's share of it is used up, copies come back empty and are counted: a
 * record then lacks texts, and says so.
 */
#ifndef ARENA_H
#define ARENA_H

#include "dissect/dissect.h"

struct arena_pool;
struct arena_chunk;

struct arena {
	struct arena_pool *pool;
	struct arena_chunk *first; /* the one in use; older ones behind it */
	size_t used;		   /* octets of first in use */
	unsigned chunks;	   /* taken from the pool */
	bool full;		   /* something did not fit since the last reset */
};

/* Octets of a chunk: also the largest single allocation. */
#define ARENA_CHUNK 4096u

/* octets: the pool's size; at least one chunk. Aborts when the system has no memory. */
struct arena_pool *arena_pool_new(size_t octets);
void arena_pool_free(struct arena_pool *p);
/* Allocations that came back empty since the pool was made. */
uint64_t arena_pool_refused(const struct arena_pool *p);

void arena_init(struct arena *a, struct arena_pool *p);
/* Gives all chunks back. Everything allocated from a is gone. */
void arena_reset(struct arena *a);

/* size octets, zeroed, aligned for any type; NULL when full or size > ARENA_CHUNK. */
void *arena_alloc(struct arena *a, size_t size);
/* A copy of s, cut to ARENA_CHUNK octets; empty when full. */
struct span arena_copy(struct arena *a, struct span s);

#endif
