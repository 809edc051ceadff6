/* SPDX-License-Identifier: Apache-2.0 */
/* Which file is next: a heap of files by the time of their next frame, then by index. */
#ifndef TIMELINE_HEAP_H
#define TIMELINE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timeline_key {
	uint64_t ns;
	size_t file;
};

/* The caller lends room for as many keys as it will ever insert at once. */
struct timeline_heap {
	struct timeline_key *key;
	size_t count;
};

bool timeline_heap_before(struct timeline_key a, struct timeline_key b);
void timeline_heap_insert(struct timeline_heap *h, struct timeline_key k);
/* Takes the least out; there must be one. */
struct timeline_key timeline_heap_next(struct timeline_heap *h);

#endif
