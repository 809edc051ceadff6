/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record into what is remembered: how far each attempt went (question 1) and whether
 * its client had authenticated (question 2). Whether it mattered is asked later, when
 * names may be better known.
 */
#ifndef LEARN_H
#define LEARN_H

#include "infer.h"

void learn_transaction(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);
void learn_connection(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection);

#endif
