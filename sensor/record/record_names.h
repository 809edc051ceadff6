/* SPDX-License-Identifier: Apache-2.0 */
/* Names of bits in the output, and back. */
#ifndef RECORD_NAMES_H
#define RECORD_NAMES_H

#include "dissect/dissect.h"

struct record_bit {
	uint32_t bit;
	const char *name;
};

/* Capabilities (SMTP_CAP_*) and mechanisms (SMTP_MECH_*), in the order of the output. */
extern const struct record_bit record_caps[17];
extern const struct record_bit record_mechs[11];

/* The bit so called among count of them; 0: none. */
uint32_t record_bit_of_name(const struct record_bit *bits, size_t count, struct span name);

#endif
