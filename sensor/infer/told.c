/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

#include <stdlib.h>

#include "relay.h"

void
told_init(struct told_ring *ring)
{
	*ring = (struct told_ring){0};
	ring->at = calloc(TOLD_MAX, sizeof(*ring->at));
	if (!ring->at)
		abort();
}

/* What was read back may have words that nothing seen on the wire has. */
static void
told_free_one(struct words *words, struct told *t)
{
	kept_drop(&t->kept);
	word_drop(words, t->by);
	word_drop(words, t->key.domain);
	word_drop(words, t->key.via);
	word_drop(words, t->key.sender);
	word_drop(words, t->key.helo);
	free(t);
}

/* The place is empty afterwards. */
static void
told_drop(struct told_ring *ring, struct words *words, struct told **place)
{
	told_free_one(words, *place);
	*place = NULL;
	ring->waiting--;
}

void
told_free(struct told_ring *ring, struct words *words)
{
	for (size_t i = 0; i < TOLD_MAX; i++)
		if (ring->at[i])
			told_free_one(words, ring->at[i]);
	free(ring->at);
}

/* Aliases and lists leave traces: then the recipient is not what the client asked for. */
static bool
looks_forwarded(
	const struct record_txn *txn, const struct trace_hop *hop, const struct record_rcpt *r)
{
	if (txn->message.list_id.len || txn->message.delivered_to.len)
		return true;
	return hop->for_whom.len &&
		leg_address_of(hop->for_whom) != leg_address_of(r->path.address);
}

static void
place(struct infer *in, struct identity *id, const struct told *t)
{
	struct attempt *a = attempt_insert(&in->servers, id, &t->key);

	if (!a)
		return;
	attempt_mark(a, t->reach, t->at);
	a->messages += 1.0;
	if (a->tie < TIE_RECEIVED)
		a->tie = TIE_RECEIVED;
	a->next_hop = t->next_hop;
	example_keep(a, &t->example);
}

static void
wait(struct told_ring *ring, struct words *words, const struct told *t)
{
	struct told **place = &ring->at[ring->next];
	struct told *to = malloc(sizeof(*to));

	if (!to)
		abort();
	ring->next = (ring->next + 1) % TOLD_MAX;
	if (*place) {
		ring->forgotten++;
		told_drop(ring, words, place);
	}
	*to = *t;
	*place = to;
	ring->waiting++;
	kept_add(ring->kept, &to->kept, KEPT_TOLD, NULL);
	word_share(to->by);
	word_share(to->key.domain);
	word_share(to->key.sender);
}

bool
told_adopt(struct told_ring *ring, struct told *t)
{
	struct told **place = &ring->at[ring->next];

	if (*place)
		return false;
	ring->next = (ring->next + 1) % TOLD_MAX;
	*place = t;
	ring->waiting++;
	return true;
}

static void
told_fill(struct infer *in, struct told *t, const struct record_conn *conn,
	const struct record_txn *txn, const struct trace_hop *hop, const struct record_rcpt *r)
{
	const struct moment *reply = &txn->message.reply.at;

	memset(t, 0, sizeof(*t));
	example_of_onward(&t->example, txn, r);
	t->host = conn->client.addr;
	t->next_hop = conn->server.addr;
	t->by = hop->by;
	t->at = reply->ns ? *reply : (struct moment){txn->end, txn->file, txn->frames[1]};
	t->key.client = hop->from;
	t->key.domain = word_take(&in->words, r->path.domain);
	t->key.form = SMTP_FORM_PLAIN;
	t->key.auth = (uint8_t)hop->auth;
	t->key.told = hop->for_whom.len ? TOLD_FOR : TOLD_WITHOUT_FOR;
	t->key.sender_kind =
		txn->mail.form == SMTP_FORM_NULL ? SENDER_NULL : SENDER_OTHER;
	if (txn->mail.domain.len)
		t->key.sender = word_take(&in->words, txn->mail.domain);
}

void
told_learn(struct infer *in, const struct record_conn *conn, const struct record_txn *txn,
	const struct trace_hop *hop)
{
	struct server *server = NULL;
	struct identity *id;

	if (!hop->by || hop->local || ip_addr_is_none(&hop->from))
		return;
	id = identity_at(&in->servers, &conn->client.addr, hop->by, &server);
	for (const struct record_rcpt *r = txn->rcpts; r; r = r->next) {
		enum reach reach = relay_reach(in, conn, txn, r);
		struct told t;

		if (reach == REACH_COUNT || looks_forwarded(txn, hop, r) || !r->path.domain.len)
			continue;
		told_fill(in, &t, conn, txn, hop, r);
		t.reach = reach;
		t.example.reach = reach;
		if (id && id->name == hop->by) {
			server_learned(&in->servers, server);
			place(in, id, &t);
		} else {
			wait(&in->told, &in->words, &t);
		}
		word_drop(&in->words, t.key.domain);
		word_drop(&in->words, t.key.sender);
	}
}

void
told_settle(struct infer *in, const struct record_conn *conn, struct identity *id)
{
	/* From here on headers find it by themselves. */
	if (id->settled || !id->name)
		return;
	id->settled = true;
	if (in->told.waiting == 0)
		return;
	for (size_t i = 0; i < TOLD_MAX; i++) {
		const struct told *t = in->told.at[i];

		if (!t || t->by != id->name || !ip_addr_equal(&t->host, &conn->server.addr))
			continue;
		place(in, id, t);
		told_drop(&in->told, &in->words, &in->told.at[i]);
	}
}
