/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an attempt has about it that could make a server relay which otherwise does not.
 * Several at once are possible.
 */
#ifndef TRICK_H
#define TRICK_H

#include "judge.h"

enum trick {
	TRICK_PERCENT = 1u << 0,
	TRICK_BANG = 1u << 1,
	TRICK_SOURCE_ROUTE = 1u << 2,
	TRICK_DOUBLE_AT = 1u << 3,
	TRICK_TRAILING_AT = 1u << 4,
	TRICK_QUOTED = 1u << 5,
	TRICK_LITERAL = 1u << 6,
	TRICK_HELO = 1u << 7,	       /* HELO names the server itself */
	TRICK_NULL_SENDER = 1u << 8,
	TRICK_SENDER_DOMAIN = 1u << 9, /* sender of a domain of the server's own */
	TRICK_SENDER_LITERAL = 1u << 10
};

#define TRICK_COUNT 11
/* In how the recipient is written; proven by what follows, whatever else was tried. */
#define TRICK_FORMS 0x7fu

unsigned trick_of(struct infer *in, const struct server *server, struct identity *id,
	const struct attempt *a);

/* "percent", "sender-domain" …; bit is one of enum trick. Static. */
const char *trick_name(unsigned bit);

/* A form whose recipient names no place in the world proves nothing. */
bool trick_is_routable(const struct attempt *a);

#endif
