/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of one size, reserved at start and numbered. The kernel gives memory only to
 * pages that were touched, and the item freed last is given out first, so a pool costs
 * what it has held at its fullest. Items are not cleared.
 */
#ifndef FLOW_POOL_H
#define FLOW_POOL_H

#include "dissect/dissect.h"

#define FLOW_POOL_NONE UINT32_MAX

struct flow_pool {
	uint8_t *items;
	uint32_t *freed; /* a stack of numbers */
	size_t item;	 /* octets, a multiple of 64 */
	uint32_t cap;	 /* items */
	uint32_t fresh;	 /* numbers from here on were never given out */
	uint32_t stack;	 /* entries in freed */
};

/* cap and item may be 0: a pool that is always empty. False: no memory. */
bool flow_pool_init(struct flow_pool *p, uint32_t cap, size_t item);
void flow_pool_close(struct flow_pool *p);

/* FLOW_POOL_NONE: all are given out. */
uint32_t flow_pool_take(struct flow_pool *p);
void flow_pool_give(struct flow_pool *p, uint32_t number);
uint32_t flow_pool_used(const struct flow_pool *p);

static inline void *
flow_pool_at(const struct flow_pool *p, uint32_t number)
{
	return p->items + number * p->item;
}

/* The number of an item by its address, which flow_pool_at gave. */
static inline uint32_t
flow_pool_number(const struct flow_pool *p, const void *item)
{
	return (uint32_t)((size_t)((const uint8_t *)item - p->items) / p->item);
}

/* Zeroed, lazy pages. NULL: no memory, or no octets. */
void *flow_pool_map(size_t octets);
void flow_pool_unmap(void *at, size_t octets);

#endif
