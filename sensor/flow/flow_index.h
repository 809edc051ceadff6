/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the hash of a connection to its number: open addressing, linear probing, at most
 * half full. A slot is 8 octets with a tag of the hash, so that a miss usually reads one
 * cache line and no entry. Keys are compared by the caller, who owns them.
 */
#ifndef FLOW_INDEX_H
#define FLOW_INDEX_H

#include "dissect/dissect.h"

#define FLOW_INDEX_NONE UINT32_MAX

struct flow_index_slot {
	uint32_t tag;	 /* low half of the hash; its low bits are the slot's home */
	uint32_t number; /* + 1; 0: free */
};

struct flow_index {
	struct flow_index_slot *slots;
	size_t size; /* octets of the mapping */
	uint32_t mask;
};

/* Room for so many numbers. False: no memory. */
bool flow_index_init(struct flow_index *x, uint32_t numbers);
void flow_index_close(struct flow_index *x);

/*
 * The numbers under this tag, one a call: begin with *place = tag, call again for the
 * next candidate. FLOW_INDEX_NONE: there is no other.
 */
uint32_t flow_index_next(const struct flow_index *x, uint32_t tag, uint32_t *place);
void flow_index_insert(struct flow_index *x, uint32_t tag, uint32_t number);
void flow_index_remove(struct flow_index *x, uint32_t tag, uint32_t number);

#endif
