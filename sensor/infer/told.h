/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server's own Received header tells on the onward leg, where the inbound leg was
 * encrypted or never crossed the tap: from whom it had the message, and whether that
 * client had authenticated (RFC 3848).
 *
 * It is believed only where the name in the header is the one that this very address
 * greets with as a server. The greeting may come later than the header: what cannot be
 * placed yet waits, in a ring of fixed size.
 */
#ifndef TOLD_H
#define TOLD_H

#include "infer.h"
#include "trace.h"

void told_init(struct told_ring *ring);
void told_free(struct told_ring *ring, struct words *words);

/*
 * One that was read back (infer_state.h), older ones before newer ones. False: there is no
 * place, and it stays the caller's.
 */
bool told_adopt(struct told_ring *ring, struct told *t);

/* An onward leg without an inbound one; hop is the server's own header on it. */
void told_learn(struct infer *in, const struct record_conn *conn,
	const struct record_txn *txn, const struct trace_hop *hop);

/* The server of conn has said its name: what waits for it is placed. */
void told_settle(struct infer *in, const struct record_conn *conn, struct identity *id);

#endif
