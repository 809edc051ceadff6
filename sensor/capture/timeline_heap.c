/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/timeline_heap.h"

bool
timeline_heap_before(struct timeline_key a, struct timeline_key b)
{
	return a.ns != b.ns ? a.ns < b.ns : a.file < b.file;
}

void
timeline_heap_insert(struct timeline_heap *h, struct timeline_key k)
{
	size_t at = h->count++;

	while (at > 0 && timeline_heap_before(k, h->key[(at - 1) / 2])) {
		h->key[at] = h->key[(at - 1) / 2];
		at = (at - 1) / 2;
	}
	h->key[at] = k;
}

struct timeline_key
timeline_heap_next(struct timeline_heap *h)
{
	struct timeline_key least = h->key[0], moved = h->key[--h->count];
	size_t at = 0;

	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= h->count)
			break;
		if (child + 1 < h->count &&
			timeline_heap_before(h->key[child + 1], h->key[child]))
			child++;
		if (!timeline_heap_before(h->key[child], moved))
			break;
		h->key[at] = h->key[child];
		at = child;
	}
	h->key[at] = moved;
	return least;
}
