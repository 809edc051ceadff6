/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers that were found to speak SMTP on ports where none was looked for. A bit per
 * port answers for nearly every packet that there is none; the table behind it knows
 * which addresses.
 */
#ifndef SERVICES_H
#define SERVICES_H

#include "dissect/ip_addr.h"

/* Servers remembered. Beyond: no more are learned; each connection is found anew. */
#define SERVICES_MAX 4096u

struct services {
	uint64_t ports[1024]; /* a bit each */
	uint32_t count;
	struct services_entry {
		struct ip_addr addr;
		uint16_t port; /* 0: empty */
	} at[2 * SERVICES_MAX];
};

void services_init(struct services *s);
void services_insert(struct services *s, const struct ip_addr *addr, uint16_t port);
bool services_find(const struct services *s, const struct ip_addr *addr, uint16_t port);

/* A port that is to be looked at closely, whatever the address. */
void services_mark_port(struct services *s, uint16_t port);

static inline bool
services_port(const struct services *s, uint16_t port)
{
	return s->ports[port / 64] >> (port % 64) & 1;
}

#endif
