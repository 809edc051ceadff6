/* SPDX-License-Identifier: Apache-2.0 */
#include "services.h"

void
services_init(struct services *s)
{
	memset(s, 0, sizeof(*s));
}

void
services_mark_port(struct services *s, uint16_t port)
{
	s->ports[port / 64] |= UINT64_C(1) << (port % 64);
}

/* FNV-1a. Who fills the table with servers of his own only makes us forget his. */
static size_t
place_of(const struct ip_addr *addr, uint16_t port)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < sizeof(addr->at); i++)
		h = (h ^ addr->at[i]) * 16777619u;
	h = (h ^ port) * 16777619u;
	return (h ^ h >> 15) % (2 * SERVICES_MAX);
}

/* Its place, or the empty one where it would go. The table is never more than half full. */
static size_t
seek(const struct services *s, const struct ip_addr *addr, uint16_t port)
{
	size_t at = place_of(addr, port);

	while (s->at[at].port &&
		(s->at[at].port != port || !ip_addr_equal(&s->at[at].addr, addr)))
		at = (at + 1) % (2 * SERVICES_MAX);
	return at;
}

bool
services_find(const struct services *s, const struct ip_addr *addr, uint16_t port)
{
	return s->at[seek(s, addr, port)].port != 0;
}

void
services_insert(struct services *s, const struct ip_addr *addr, uint16_t port)
{
	size_t at = seek(s, addr, port);

	if (port == 0 || s->at[at].port || s->count == SERVICES_MAX)
		return;
	s->at[at].addr = *addr;
	s->at[at].port = port;
	s->count++;
	services_mark_port(s, port);
}
