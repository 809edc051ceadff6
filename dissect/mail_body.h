/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Of a message's body only this: how long it is, a fingerprint that survives a mail
 * server, and whether given texts (needles) stand near its beginning. Relay testers write
 * the address of the server they test into their probe.
 *
 * Nothing of the body is kept but its last MAIL_NEEDLE_LEN_MAX octets while the head is
 * searched. Behind the head an octet costs nothing but its share of the count.
 */
#ifndef MAIL_BODY_H
#define MAIL_BODY_H

#include "dissect.h"
#include "limits.h"

/*
 * Texts to look for: at[0..count), borrowed. Each starts and ends with a letter or digit
 * (else it is never found). Letters match in either case; a letter or digit on either
 * side makes it no match, so 203.0.113.1 is not found in 203.0.113.11.
 */
struct mail_needles {
	const struct span *at;
	size_t count;
};

/* Bit i: needle i stands in text. */
uint32_t mail_needles_find(const struct mail_needles *needles, struct span text);

struct mail_body {
	struct mail_needles needles;
	uint32_t found;	   /* bit i: needle i was found */
	uint64_t ends[4];  /* bit c: some needle ends in octet c */
	uint64_t octets;   /* of the body, holes counted */
	uint64_t print;	   /* running hash (FNV-1a) */
	uint16_t hashed;   /* octets in it */
	uint16_t searched; /* octets searched */
	bool print_gap;	   /* a hole before the fingerprint was complete */
	uint8_t used;	   /* octets in window */
	uint8_t window[2 * (MAIL_NEEDLE_LEN_MAX + 1)];
};

void mail_body_reset(struct mail_body *b, struct mail_needles needles);
void mail_body_feed(struct mail_body *b, struct span octets);
void mail_body_gap(struct mail_body *b, uint64_t octets);
/* Fingerprint and search are complete: more octets would only be counted. */
bool mail_body_is_sated(const struct mail_body *b);
/* The body is over: a needle at its very end counts too. */
void mail_body_end(struct mail_body *b);

/*
 * Over the first MAIL_PRINT_MAX octets that are no blank, tab, CR or LF: the same before
 * and behind a mail server that changes line ends, wraps, or trims lines, and adds no
 * text. 0: none, since a hole fell into them or there are none. No proof against an
 * adversary, who can make two bodies with one fingerprint.
 */
uint64_t mail_body_fingerprint(const struct mail_body *b);

#endif
