/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_pool.h"

#include <sys/mman.h>

#define CACHE_LINE 64u /* octets */

void *
flow_pool_map(size_t octets)
{
	void *at;

	if (!octets)
		return NULL;
	at = mmap(NULL, octets, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return at == MAP_FAILED ? NULL : at;
}

void
flow_pool_unmap(void *at, size_t octets)
{
	if (at)
		munmap(at, octets);
}

bool
flow_pool_init(struct flow_pool *p, uint32_t cap, size_t item)
{
	item = (item + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE;
	*p = (struct flow_pool){.item = item, .cap = item ? cap : 0};
	if (!p->cap)
		return true;
	if (p->cap == FLOW_POOL_NONE || item > SIZE_MAX / p->cap)
		return false;
	p->items = flow_pool_map(p->cap * item);
	p->freed = flow_pool_map(p->cap * sizeof(p->freed[0]));
	return p->items && p->freed;
}

void
flow_pool_close(struct flow_pool *p)
{
	flow_pool_unmap(p->items, p->cap * p->item);
	flow_pool_unmap(p->freed, p->cap * sizeof(p->freed[0]));
}

uint32_t
flow_pool_take(struct flow_pool *p)
{
	if (p->stack)
		return p->freed[--p->stack];
	return p->fresh < p->cap ? p->fresh++ : FLOW_POOL_NONE;
}

void
flow_pool_give(struct flow_pool *p, uint32_t number)
{
	p->freed[p->stack++] = number;
}

uint32_t
flow_pool_used(const struct flow_pool *p)
{
	return p->fresh - p->stack;
}
