/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attributes of XCLIENT and XFORWARD (Postfix XCLIENT_README and XFORWARD_README):
 * what a front server says of the real client. XCLIENT makes the back server treat the
 * connection as that client's; XFORWARD only logs it. Both have one grammar.
 *
 * Believes nothing, needs no memory but the caller's room for the decoded text.
 */
#ifndef XCLIENT_H
#define XCLIENT_H

#include "dissect.h"
#include "ip_addr.h"

enum xclient_attribute {
	XCLIENT_NAME,
	XCLIENT_ADDR,
	XCLIENT_PORT,
	XCLIENT_PROTO,
	XCLIENT_HELO,
	XCLIENT_LOGIN,
	XCLIENT_DESTADDR,
	XCLIENT_DESTPORT,
	XCLIENT_SOURCE, /* XFORWARD: LOCAL or REMOTE */
	XCLIENT_IDENT,	/* XFORWARD: the front's queue id */
	XCLIENT_COUNT
};

struct xclient {
	/* Bits 1 << XCLIENT_…: sent with a sound value; sent as [UNAVAILABLE]; as
	 * [TEMPUNAVAIL]. */
	uint32_t told;
	uint32_t unavailable;
	uint32_t temporary;
	struct ip_addr addr; /* all zero unless told */
	struct ip_addr dest_addr;
	uint16_t port; /* 0 unless told */
	uint16_t dest_port;
	struct span text[XCLIENT_COUNT]; /* each value decoded, in the caller's room */
};

/*
 * args is what follows the verb. Decoded values go into room octets at text; args.len + 1
 * octets are always enough, and a value that finds no room counts as not told. An unknown
 * attribute is passed over; one that comes twice has its last value. False if an
 * attribute was broken (no '=', no address, no port) or none was there; what was sound is
 * in *out.
 */
bool xclient_parse(struct span args, char *text, size_t room, struct xclient *out);

/* "ADDR" … Static. */
const char *xclient_attribute_name(enum xclient_attribute attribute);

#endif
