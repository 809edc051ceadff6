/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/deliver/deliver_pause.h"

#include <stdint.h>

/* FNV-1a: spreads names and numbers, and keeps no secret. */
static uint32_t
hash(const char *name, unsigned failures)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	for (unsigned i = 0; i < sizeof(failures); i++)
		h = (h ^ (failures >> 8 * i & 0xff)) * 16777619u;
	return h ^ h >> 15;
}

unsigned
deliver_pause_ms(const char *name, unsigned failures)
{
	unsigned ms = DELIVER_PAUSE_FIRST;
	unsigned quarter;

	for (unsigned i = 1; i < failures && ms < DELIVER_PAUSE_LAST; i++)
		ms *= 2;
	if (ms > DELIVER_PAUSE_LAST)
		ms = DELIVER_PAUSE_LAST;
	quarter = ms / 4;
	ms = ms - quarter + hash(name, failures) % (2 * quarter + 1);
	return ms < DELIVER_PAUSE_LAST ? ms : DELIVER_PAUSE_LAST;
}
