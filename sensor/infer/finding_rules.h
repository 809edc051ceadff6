/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of findings: each takes a record that was learned already, and counts what it
 * knows for its kinds. Parts of finding.c.
 */
#ifndef FINDING_RULES_H
#define FINDING_RULES_H

#include "infer.h"

void finding_probe_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);
void finding_mail_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);
void finding_tls_feed(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection);

void finding_blocklist_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);
void finding_blocklist_greeting(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection);
void finding_blocklist_answer(struct infer *in, const struct record_dns *dns);

void finding_users_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn);
void finding_users_verify(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection);

#endif
