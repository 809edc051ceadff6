/* SPDX-License-Identifier: Apache-2.0 */
#include "example.h"

#include <stdlib.h>

static void
copy(struct span text, char *out)
{
	size_t n = span_copy(text, out, EXAMPLE_TEXT);

	/* Of a character of UTF-8 that is cut, nothing is left (RFC 3629 3). */
	while (n && n < text.len && (text.at[n] & 0xc0) == 0x80)
		n--;
	out[n] = '\0';
	memset(out + strlen(out), 0, EXAMPLE_TEXT - strlen(out));
}

static struct moment
answered(const struct record_txn *txn)
{
	if (txn->message.reply.at.ns)
		return txn->message.reply.at;
	return (struct moment){txn->end, txn->file, txn->frames[1]};
}

static void
fill(struct example *e, const struct record_txn *txn, const struct record_rcpt *rcpt)
{
	memset(e, 0, sizeof(*e));
	copy(txn->mail.address, e->from);
	if (rcpt)
		copy(rcpt->path.address.len ? rcpt->path.address : rcpt->path.raw, e->to);
	copy(txn->message.message_id, e->message_id);
	copy(txn->message.subject, e->subject);
	e->at = answered(txn);
	e->reach = REACH_MESSAGE;
}

void
example_of_inbound(struct example *e, const struct record_conn *conn,
	const struct record_txn *txn, const struct record_rcpt *rcpt)
{
	fill(e, txn, rcpt);
	copy(conn->helo, e->helo);
	e->conn = conn->id;
	e->client_port = record_client(conn) == &conn->real.addr ? conn->real.port
								 : conn->client.port;
}

void
example_of_leg(struct example *e, const struct leg *leg, const struct record_txn *txn,
	uint64_t address)
{
	const struct record_rcpt *r = txn->rcpts;

	while (r && leg_address_of(r->path.address) != address &&
		leg_address_of(r->path.target) != address)
		r = r->next;
	fill(e, txn, r);
	e->conn = leg->conn;
	e->client_port = leg->peer_port;
	e->at = leg->at;
}

void
example_of_onward(
	struct example *e, const struct record_txn *txn, const struct record_rcpt *rcpt)
{
	fill(e, txn, rcpt);
}

bool
example_is_of(const struct example *e, const struct leg *leg)
{
	return e->conn == leg->conn && e->at.ns == leg->at.ns &&
	       e->at.file == leg->at.file && e->at.frame == leg->at.frame;
}

void
example_keep(struct attempt *a, const struct example *e)
{
	if (e->reach < REACH_MESSAGE || (a->example && a->example->reach >= e->reach))
		return;
	if (!a->example)
		a->example = malloc(sizeof(*a->example));
	if (!a->example)
		abort();
	*a->example = *e;
	kept_touch(&a->kept);
}
