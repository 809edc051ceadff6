/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message of an attempt that was taken, to show to whoever has to believe it: who
 * wrote to whom about what, and on which connection. The first of those that went
 * furthest is kept.
 */
#ifndef EXAMPLE_H
#define EXAMPLE_H

#include "leg.h"

/* Octets of a text, NUL included. */
#define EXAMPLE_TEXT 121

/*
 * Texts are the peer's octets up to the first NUL, cut at the end of a character. Empty:
 * not known.
 */
struct example {
	enum reach reach;	 /* how far it is known to have come */
	uint64_t conn;		 /* id of its connection; 0: it was not seen coming in */
	uint16_t client_port;	 /* 0: not known */
	struct moment at;	 /* of the reply to it */
	char from[EXAMPLE_TEXT]; /* "user@domain"; empty for <> */
	char to[EXAMPLE_TEXT];
	char message_id[EXAMPLE_TEXT]; /* with its brackets */
	char subject[EXAMPLE_TEXT];
	char helo[EXAMPLE_TEXT]; /* how its client introduced itself */
};

/* The inbound message; rcpt is one of its recipients that the attempt is of. */
void example_of_inbound(struct example *e, const struct record_conn *conn,
	const struct record_txn *txn, const struct record_rcpt *rcpt);
/*
 * The message that leg is of, which txn is another leg of; address is the hash of the
 * recipient in both.
 */
void example_of_leg(struct example *e, const struct leg *leg,
	const struct record_txn *txn, uint64_t address);
/* A message that was seen leaving only. */
void example_of_onward(
	struct example *e, const struct record_txn *txn, const struct record_rcpt *rcpt);

/* Is it the message that leg is of? */
bool example_is_of(const struct example *e, const struct leg *leg);

/* Kept (a copy) if it went further than the one that a has. */
void example_keep(struct attempt *a, const struct example *e);

#endif
