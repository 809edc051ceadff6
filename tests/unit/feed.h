/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests: cmocka with what it needs included first, and input that ends at an
 * unreadable page, so that one octet read too far is a crash and not a coincidence.
 */
#ifndef FEED_H
#define FEED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "dissect/dissect.h"

struct guarded {
	uint8_t *map; /* the mapping; its last page is unreadable */
	size_t size;  /* of the mapping */
	uint8_t *at;  /* len octets that end where the last page begins */
	size_t len;
};

static inline struct guarded
guarded_new(const void *from, size_t len)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t body = (len + page - 1) / page * page + page;
	struct guarded g = {.size = body + page, .len = len};

	g.map = mmap(NULL, g.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(g.map, MAP_FAILED);
	assert_int_equal(mprotect(g.map + body, page, PROT_NONE), 0);
	g.at = g.map + body - len;
	if (len)
		memcpy(g.at, from, len);
	return g;
}

static inline void
guarded_free(struct guarded *g)
{
	munmap(g->map, g->size);
}

static inline struct span
guarded_span(const struct guarded *g)
{
	return span_of(g->at, g->len);
}

#endif
