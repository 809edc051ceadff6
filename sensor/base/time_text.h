/* SPDX-License-Identifier: Apache-2.0 */
/* Packet times as text (RFC 3339) and back. No time zone but UTC is ever written. */
#ifndef TIME_TEXT_H
#define TIME_TEXT_H

#include "dissect/dissect.h"

/* "2026-11-23T20:22:53.596000000Z" and its NUL. */
#define TIME_TEXT 31
/* "2026-11-23 20:22:53" and its NUL. */
#define TIME_TEXT_SHORT 20

/* ns since 1970 into out[TIME_TEXT]. */
void time_text_write(uint64_t ns, char *out);
/* For people: seconds, UTC, into out[TIME_TEXT_SHORT]. */
void time_text_write_short(uint64_t ns, char *out);
/* RFC 3339 with any number of fraction digits, Z or an offset. */
bool time_text_parse(struct span text, uint64_t *ns);

#endif
