/* SPDX-License-Identifier: Apache-2.0 */
#include "learn.h"

#include <stdio.h>
#include <stdlib.h>

#include "example.h"
#include "relay.h"
#include "told.h"

/* Attempts that one message is shared out among. Beyond: the first ones have it all. */
#define SHARES_MAX 64

/* The server and the identity that a connection was made to. */
static struct identity *
identity_of(struct infer *in, const struct record_conn *conn)
{
	struct server *server =
		server_insert(&in->servers, &conn->server.addr, conn->server.port);
	struct identity *id = identity_insert(&in->servers, server, conn->server_name);

	server_learned(&in->servers, server);
	if (conn->mta != SMTP_MTA_UNKNOWN)
		id->mta = conn->mta;
	id->mechs |= conn->mechs;
	id->auth_offered |= (conn->caps & SMTP_CAP_AUTH) != 0;
	id->starttls_offered |= (conn->caps & SMTP_CAP_STARTTLS) != 0;
	return id;
}

static void
identity_touch(struct identity *id, uint64_t from, uint64_t to, struct moment at)
{
	if (id->first == 0 || from < id->first)
		id->first = from;
	if (to >= id->last) {
		id->last = to;
		id->latest = at;
	}
}

static void
patron_note_helo(struct infer *in, struct patron *p, struct span helo)
{
	struct word *word;

	if (!p || helo.len == 0 || p->helo_count == PATRON_HELOS)
		return;
	word = word_take(&in->words, helo);
	for (size_t i = 0; i < p->helo_count; i++)
		if (p->helos[i] == word) {
			word_drop(&in->words, word);
			return;
		}
	p->helos[p->helo_count++] = word;
}

static enum record_auth
auth_folded(enum record_auth state)
{
	if (state == RECORD_AUTH_INFERRED_OK)
		return RECORD_AUTH_OK;
	if (state == RECORD_AUTH_INFERRED_NONE || state == RECORD_AUTH_FAILED)
		return RECORD_AUTH_NONE;
	return state;
}

static enum sender_kind
sender_kind_of(const struct record_path_arg *mail)
{
	if (mail->form == SMTP_FORM_NULL)
		return SENDER_NULL;
	if (mail->form == SMTP_FORM_LITERAL)
		return SENDER_LITERAL;
	return mail->domain.len ? SENDER_OTHER : SENDER_BARE;
}

/*
 * A client that greets as the server itself, or as a host of the server's own domain: some
 * servers let themselves be talked into relaying by that. Taken only where it is so, lest
 * each spelling of HELO make an attempt of its own.
 */
static struct word *
helo_of_server(struct infer *in, const struct record_conn *conn, struct identity *id)
{
	struct word *helo;

	if (conn->helo.len == 0 || !id->name)
		return NULL;
	helo = word_take(&in->words, conn->helo);
	if (word_same_site(&in->words, helo, id->name))
		return helo;
	word_drop(&in->words, helo);
	return NULL;
}

static void
key_fill(struct infer *in, const struct record_conn *conn, const struct record_txn *txn,
	const struct record_path_arg *rcpt, struct identity *id, struct attempt_key *key)
{
	memset(key, 0, sizeof(*key));
	key->client = *record_client(conn);
	key->form = (uint8_t)(rcpt->form == SMTP_FORM_QUOTED ? rcpt->inner : rcpt->form);
	if (rcpt->form == SMTP_FORM_QUOTED && rcpt->inner == SMTP_FORM_NO_DOMAIN)
		key->form = SMTP_FORM_PLAIN;
	else if (rcpt->form == SMTP_FORM_QUOTED && rcpt->inner == SMTP_FORM_PLAIN)
		key->form = SMTP_FORM_QUOTED;
	key->domain = word_take(&in->words,
		rcpt->target_domain.len ? rcpt->target_domain : rcpt->domain);
	if (!span_equal_nocase(rcpt->target_domain, rcpt->domain))
		key->via = word_take(&in->words, rcpt->domain);
	key->sender_kind = (uint8_t)sender_kind_of(&txn->mail);
	if (txn->mail.domain.len)
		key->sender = word_take(&in->words, txn->mail.domain);
	key->helo = helo_of_server(in, conn, id);
	key->auth = (uint8_t)auth_folded(conn->auth.state);
}

static void
key_drop(struct infer *in, struct attempt_key *key)
{
	word_drop(&in->words, key->domain);
	word_drop(&in->words, key->via);
	word_drop(&in->words, key->sender);
	word_drop(&in->words, key->helo);
}

/* What a reply to RCPT, MAIL or DATA says of the attempt. */
static enum reach
reach_of_result(enum smtp_result result)
{
	switch (result) {
	case SMTP_RESULT_REFUSED_RELAY:
	case SMTP_RESULT_REFUSED_AUTH:
		return REACH_REFUSED;
	case SMTP_RESULT_REFUSED_USER:
	case SMTP_RESULT_REFUSED_OTHER:
		return REACH_REFUSED_RCPT;
	case SMTP_RESULT_REFUSED_POLICY:
	case SMTP_RESULT_REFUSED_SYNTAX:
		return REACH_REFUSED_OTHER;
	case SMTP_RESULT_ACCEPTED:
	case SMTP_RESULT_WEAK:
		return REACH_RCPT;
	case SMTP_RESULT_UNKNOWN:
	case SMTP_RESULT_DEFERRED_GREYLIST:
	case SMTP_RESULT_DEFERRED:
	case SMTP_RESULT_COUNT:
	default:
		return REACH_DEFERRED;
	}
}

/* The reply that decided over a recipient, and how far it came by it. */
static enum reach
reach_of(const struct record_txn *txn, const struct record_rcpt *r,
	const struct record_reply **decided)
{
	const struct record_reply *message = &txn->message.reply;
	enum reach reach = reach_of_result(r->path.reply.result);

	*decided = &r->path.reply;
	if (r->path.reply.code == 0 && txn->inferred_reply)
		reach = txn->outcome == RECORD_ACCEPTED ? REACH_RCPT : REACH_REFUSED_RCPT;
	else if (r->path.reply.code == 0)
		reach = REACH_DEFERRED;
	if (reach != REACH_RCPT)
		return reach;
	if (r->final.code)
		message = &r->final;
	if (message->code == 0) {
		if (txn->message.go.code >= 400) {
			/* Postfix and others may keep the refusal for DATA. */
			*decided = &txn->message.go;
			reach = reach_of_result(txn->message.go.result);
			return reach == REACH_REFUSED ? reach : REACH_MESSAGE_REFUSED;
		}
		return txn->outcome == RECORD_ACCEPTED ? REACH_MESSAGE : REACH_RCPT;
	}
	*decided = message;
	if (message->code < 300)
		return REACH_MESSAGE;
	if (message->code < 500)
		return REACH_DEFERRED;
	return message->result == SMTP_RESULT_REFUSED_RELAY ||
			message->result == SMTP_RESULT_REFUSED_AUTH
		? REACH_REFUSED
		: REACH_MESSAGE_REFUSED;
}

static void
tally_note(struct infer *in, struct identity *id, const struct attempt_key *key,
	enum reach reach, const struct record_reply *decided)
{
	struct tally *t = tally_insert(&in->servers, id, key->domain);

	if (!t)
		return;
	if (reach == REACH_REFUSED && key->form == SMTP_FORM_PLAIN) {
		if (t->denied++ == 0)
			t->first_denied = decided->at;
	} else if (decided->result == SMTP_RESULT_REFUSED_USER) {
		if (t->unknown_user++ == 0)
			t->first_unknown_user = decided->at;
	}
	if (reach != REACH_RCPT && reach != REACH_MESSAGE)
		return;
	if (t->taken++ == 0)
		t->first_taken = decided->at;
	t->messages += reach == REACH_MESSAGE;
	for (size_t i = 0; i < t->client_count; i++)
		if (ip_addr_equal(&t->clients[i], &key->client))
			return;
	if (t->client_count < TALLY_CLIENTS)
		t->clients[t->client_count++] = key->client;
}

static void
attempt_note(struct attempt *a, const struct record_conn *conn,
	const struct record_txn *txn, const struct record_rcpt *rcpt, enum reach reach,
	const struct record_reply *decided)
{
	struct moment fallback = {txn->end, txn->file, txn->frames[1]};
	struct example example;
	bool first = a->reply_code == 0 || (reach == REACH_MESSAGE && !a->count[reach]);

	attempt_mark(a, reach, decided->at.ns ? decided->at : fallback);
	if (first) {
		a->reply_code = decided->code;
		span_copy(decided->text, a->reply, sizeof(a->reply));
	}
	if (reach == REACH_MESSAGE && !a->queue_id[0])
		span_copy(txn->message.queue_id, a->queue_id, sizeof(a->queue_id));
	if (reach != REACH_MESSAGE || a->example)
		return;
	example_of_inbound(&example, conn, txn, rcpt);
	example_keep(a, &example);
}

/* Each attempt of a message that was taken has an equal share in it. */
static void
share_message(struct identity *id, const struct record_txn *txn,
	const struct attempt_key *keys, size_t count)
{
	struct attempt *mine[SHARES_MAX];
	const struct record_rcpt *r = txn->rcpts;
	size_t n = 0;

	for (size_t i = 0; i < count && n < SHARES_MAX; i++, r = r->next) {
		const struct record_reply *decided;
		struct attempt *a;
		size_t k = 0;

		if (reach_of(txn, r, &decided) != REACH_MESSAGE)
			continue;
		a = attempt_find(id, &keys[i]);
		while (k < n && mine[k] != a)
			k++;
		if (a && k == n)
			mine[n++] = a;
	}
	for (size_t k = 0; k < n; k++)
		mine[k]->messages += 1.0 / (double)n;
}

static bool
is_refusal(enum reach reach)
{
	return reach <= REACH_REFUSED_OTHER || reach == REACH_MESSAGE_REFUSED;
}

/* A message counts once, however many its recipients: taken if it was for any of them. */
static void
activity_learn(
	struct identity *id, const struct record_conn *conn, const struct record_txn *txn)
{
	bool refused = !txn->rcpts &&
		is_refusal(reach_of_result(txn->mail.reply.result)) &&
		txn->mail.reply.code != 0;
	bool taken = false;

	for (const struct record_rcpt *r = txn->rcpts; r; r = r->next) {
		const struct record_reply *decided;
		enum reach reach = reach_of(txn, r, &decided);

		taken |= reach == REACH_MESSAGE;
		refused |= is_refusal(reach);
	}
	if (taken)
		activity_note(&id->activity,
			auth_folded(conn->auth.state) == RECORD_AUTH_OK
				? ACTIVITY_AUTHENTICATED
				: ACTIVITY_UNAUTHENTICATED,
			txn->end);
	else if (refused)
		activity_note(&id->activity, ACTIVITY_REFUSED, txn->end);
}

/* A refusal of MAIL stands for every recipient that would have followed: none is named. */
static void
learn_rcpts(struct infer *in, const struct record_conn *conn, const struct record_txn *txn,
	struct identity *id, struct attempt_key *keys, size_t count, bool handed)
{
	struct patron *patron = patron_insert(&in->servers, id, record_client(conn));
	const struct record_rcpt *r = txn->rcpts;

	patron_note_helo(in, patron, conn->helo);

	for (size_t i = 0; i < count; i++, r = r->next) {
		const struct record_reply *decided;
		enum reach reach = reach_of(txn, r, &decided);
		struct attempt *a;

		key_fill(in, conn, txn, &r->path, id, &keys[i]);
		a = attempt_insert(&in->servers, id, &keys[i]);
		if (a) {
			attempt_note(a, conn, txn, r, reach, decided);
			a->handed += handed && reach == REACH_MESSAGE;
		}
		if (keys[i].auth != RECORD_AUTH_OK)
			tally_note(in, id, &keys[i], reach, decided);
		if (patron)
			patron->taken += reach == REACH_RCPT || reach == REACH_MESSAGE;
		id->inspected |= r->path.reply.code != 0;
	}
}

void
learn_transaction(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct identity *id = identity_of(in, conn);
	struct moment at = {txn->end, txn->file, txn->frames[1]};
	struct attempt_key *keys;
	uint64_t parent = relay_onward(in, conn, txn);
	size_t count = txn->rcpt_count;

	told_settle(in, conn, id);
	identity_touch(id, txn->time, txn->end, at);
	id->transactions++;
	activity_learn(id, conn, txn);
	if (count == 0)
		return;
	keys = calloc(count, sizeof(*keys));
	if (!keys)
		abort();
	learn_rcpts(in, conn, txn, id, keys, count, parent != 0);
	share_message(id, txn, keys, count);
	relay_inbound(in, conn, txn, keys, count, parent);
	for (size_t i = 0; i < count; i++)
		key_drop(in, &keys[i]);
	free(keys);
}

static bool
is_encrypted(const struct record_conn *conn)
{
	return conn->tls.state == RECORD_TLS_STARTTLS ||
	       conn->tls.state == RECORD_TLS_IMPLICIT;
}

static void
patron_learn(struct infer *in, struct patron *p, const struct record_conn *conn,
	const struct record_connection *connection)
{
	if (!p)
		return;
	p->connections++;
	p->auth_ok += connection->auths.ok;
	patron_note_helo(in, p, conn->helo);
	if (!is_encrypted(conn))
		return;
	if (p->encrypted++ == 0)
		p->encrypted_first = connection->time;
	p->encrypted_last = connection->end;
}

void
learn_connection(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection)
{
	struct identity *id = identity_of(in, conn);
	struct patron *p = patron_insert(&in->servers, id, record_client(conn));
	struct moment at = {connection->end, connection->file, connection->frames[1]};

	told_settle(in, conn, id);
	identity_touch(id, connection->time, connection->end, at);
	relay_hop(in, conn, connection->time);
	id->connections++;
	id->one_sided += conn->sides != RECORD_BOTH_SIDES;
	id->late_starts += !conn->whole;
	id->auth_ok += connection->auths.ok;
	id->encrypted += is_encrypted(conn);
	patron_learn(in, p, conn, connection);
}
