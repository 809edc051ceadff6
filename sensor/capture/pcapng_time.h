/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks of pcapng interfaces: units of a power of ten or of two, and an offset
 * (draft-ietf-opsawg-pcapng 4.2, if_tsresol and if_tsoffset). No memory, no errors: what
 * does not fit into 64 bits of nanoseconds is clamped.
 */
#ifndef PCAPNG_TIME_H
#define PCAPNG_TIME_H

#include "dissect/dissect.h"

struct pcapng_clock {
	uint64_t per_second; /* units; never 0 */
	uint32_t ns;	     /* of one unit if that is a whole number, else 0 */
	uint8_t power;	     /* of two; 0: a power of ten */
	int64_t offset;	     /* seconds to be added */
};

/* Microseconds from 1970 on: what holds where a file says nothing else. */
void pcapng_time_init(struct pcapng_clock *c);
/* The octet of if_tsresol. False, and *c as it was, if no such unit fits in 64 bits. */
bool pcapng_time_resolution(struct pcapng_clock *c, uint8_t tsresol);
/* Nanoseconds since 1970. */
uint64_t pcapng_time_ns(const struct pcapng_clock *c, uint64_t units);

#endif
