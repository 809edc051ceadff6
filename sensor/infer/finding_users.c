/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rules.h"

/* Unknown mailboxes of one client at one server, within an hour. */
#define UNKNOWN_MIN 20
/* VRFY and EXPN have had no honest user for decades; one or two are curiosity. */
#define VERIFY_MIN 3

static struct finding *
insert(struct infer *in, const struct record_conn *conn, uint64_t ns)
{
	struct finding_key key = finding_key_of(conn, FINDING_USER_PROBING, true);
	struct finding *f = finding_insert(&in->findings, &key, conn->server_name, ns);

	finding_watch_hour(f, ns);
	return f;
}

static bool
is_taken(const struct record_rcpt *r)
{
	return r->path.reply.result == SMTP_RESULT_ACCEPTED;
}

/* A list with a few dead addresses is not this: most of what is tried does not exist. */
static void
judge(struct infer *in, struct finding *f)
{
	if (f->of.users.unknown >= UNKNOWN_MIN && f->of.users.unknown > f->of.users.known)
		finding_raise(&in->findings, f,
			f->of.users.known ? SEVERITY_MEDIUM : SEVERITY_LOW);
}

static void
note_unknown(struct finding *f, const struct record_rcpt *r, struct moment fallback)
{
	struct moment at = r->path.reply.at.ns ? r->path.reply.at : fallback;
	char to[FINDING_LIST], text[FINDING_LIST];

	f->of.users.unknown++;
	finding_count(f, at);
	finding_add_evidence(f, at, "RCPT %s: %u %s", finding_peer(r->path.raw, to),
		r->path.reply.code, finding_peer(r->path.reply.text, text));
}

void
finding_users_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct finding_key key = finding_key_of(conn, FINDING_USER_PROBING, true);
	struct moment fallback = {txn->end, txn->file, txn->frames[1]};
	struct finding *f = finding_find(&in->findings, &key);

	for (const struct record_rcpt *r = txn->rcpts; r; r = r->next) {
		if (r->path.reply.result == SMTP_RESULT_REFUSED_USER) {
			f = insert(in, conn, txn->time);
			note_unknown(f, r, fallback);
		} else if (f && is_taken(r)) {
			f->of.users.known++;
			kept_touch(&f->kept);
		}
	}
	if (f)
		judge(in, f);
}

void
finding_users_verify(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection)
{
	struct moment at = {connection->end, connection->file, connection->frames[0]};
	uint64_t asked = (uint64_t)connection->vrfy + connection->expn;
	uint32_t room;
	struct finding *f;

	if (!asked)
		return;
	f = insert(in, conn, connection->time);
	room = UINT32_MAX - f->of.users.verified;
	f->of.users.verified += asked < room ? (uint32_t)asked : room;
	finding_count(f, at);
	f->count += asked - 1;
	finding_add_evidence(f, at, "%u VRFY and %u EXPN commands", connection->vrfy,
		connection->expn);
	if (f->of.users.verified >= VERIFY_MIN)
		finding_raise(&in->findings, f, SEVERITY_LOW);
}
