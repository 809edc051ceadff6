/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ties the two legs of a message: the one on which a server took it and the one on which
 * it left that server's address.
 */
#ifndef RELAY_H
#define RELAY_H

#include "infer.h"

/*
 * The transaction as an onward leg of whatever server has the client's address. Returns
 * the serial of the inbound leg it continues; 0: none is known (yet).
 */
uint64_t relay_onward(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);

/* A connection from what may be a server to what may be its next hop. */
void relay_hop(struct infer *in, const struct record_conn *conn, uint64_t ns);

/* How the onward leg ended, for one of its recipients. REACH_COUNT: nothing to be said. */
enum reach relay_reach(struct infer *in, const struct record_conn *conn,
	const struct record_txn *txn, const struct record_rcpt *r);

/*
 * The transaction as an inbound leg, once its message was taken: remembers it, and ties
 * it to onward legs that were recorded before it. attempts holds the key of each of the
 * transaction's recipients, in their order, count of them.
 */
void relay_inbound(struct infer *in, const struct record_conn *conn,
	const struct record_txn *txn, const struct attempt_key *attempts, size_t count,
	uint64_t parent);

#endif
