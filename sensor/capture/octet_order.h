/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of capture files, which come in the byte order of whoever wrote them. The
 * caller has made sure that the octets are there (source_peek, or a checked length).
 */
#ifndef OCTET_ORDER_H
#define OCTET_ORDER_H

#include <stdint.h>
#include <string.h>

/* other: the writer's order is not this machine's. */
static inline uint16_t
octet_order_u16(const uint8_t *at, _Bool other)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return other ? __builtin_bswap16(v) : v;
}

static inline uint32_t
octet_order_u32(const uint8_t *at, _Bool other)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return other ? __builtin_bswap32(v) : v;
}

#endif
