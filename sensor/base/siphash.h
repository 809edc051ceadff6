/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a short keyed hash that its inputs cannot
 * be guessed to collide in. For user names that may not be kept, and for hash tables.
 */
#ifndef SIPHASH_H
#define SIPHASH_H

#include "dissect/dissect.h"

uint64_t siphash(const uint8_t key[16], struct span in);

#endif
