/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_index.h"

#include "flow_pool.h"

bool
flow_index_init(struct flow_index *x, uint32_t numbers)
{
	uint32_t slots = 16;

	while (slots / 2 < numbers && slots < UINT32_C(1) << 31)
		slots *= 2;
	x->size = slots * sizeof(x->slots[0]);
	x->mask = slots - 1;
	x->slots = flow_pool_map(x->size);
	return x->slots != NULL;
}

void
flow_index_close(struct flow_index *x)
{
	flow_pool_unmap(x->slots, x->size);
}

uint32_t
flow_index_next(const struct flow_index *x, uint32_t tag, uint32_t *place)
{
	const struct flow_index_slot *slot;

	do {
		slot = &x->slots[(*place)++ & x->mask];
		if (!slot->number)
			return FLOW_INDEX_NONE;
	} while (slot->tag != tag);
	return slot->number - 1;
}

void
flow_index_insert(struct flow_index *x, uint32_t tag, uint32_t number)
{
	uint32_t place = tag;

	while (x->slots[place & x->mask].number)
		place++;
	x->slots[place & x->mask] = (struct flow_index_slot){tag, number + 1};
}

/* Moves back what stood behind, so that no probe ends early (Knuth 6.4, algorithm R). */
static void
close_up(struct flow_index *x, uint32_t hole)
{
	for (uint32_t i = hole + 1;; i++) {
		struct flow_index_slot s = x->slots[i & x->mask];

		if (!s.number)
			break;
		if (((i - s.tag) & x->mask) < ((i - hole) & x->mask))
			continue;
		x->slots[hole & x->mask] = s;
		hole = i;
	}
	x->slots[hole & x->mask] = (struct flow_index_slot){0, 0};
}

void
flow_index_remove(struct flow_index *x, uint32_t tag, uint32_t number)
{
	uint32_t place = tag, found;

	do {
		found = flow_index_next(x, tag, &place);
		if (found == FLOW_INDEX_NONE)
			return;
	} while (found != number);
	close_up(x, place - 1);
}
