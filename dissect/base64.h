/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 (RFC 4648 4) to octets, into memory of the caller. */
#ifndef BASE64_H
#define BASE64_H

#include "dissect.h"

/*
 * Decodes at most room octets of text into out and sets *len to their number. True if
 * all of text was base64: digits in fours, the last four padded (or its padding left
 * out), and nothing was cut for want of room. On false, out holds what came before.
 */
bool base64_decode(struct span text, uint8_t *out, size_t room, size_t *len);

#endif
