/* SPDX-License-Identifier: Apache-2.0 */
#include "relay.h"

#include <stdlib.h>

#include "example.h"
#include "judge.h"
#include "told.h"

/* Hops of one relay inside the segment that are followed. */
#define CHAIN_MAX 6

static struct moment
txn_moment(const struct record_txn *txn)
{
	if (txn->message.reply.at.ns)
		return txn->message.reply.at;
	return (struct moment){txn->end, txn->file, txn->frames[1]};
}

enum reach
relay_reach(struct infer *in, const struct record_conn *conn, const struct record_txn *txn,
	const struct record_rcpt *r)
{
	bool inside = judge_next_hop_inside(in, &conn->client.addr, &conn->server.addr);
	uint16_t code = r->path.reply.code;

	if (code < 300 && txn->message.reply.code)
		code = r->final.code ? r->final.code : txn->message.reply.code;
	if (code >= 500)
		return inside ? REACH_INNER_REFUSED : REACH_TRIED;
	if (code >= 300 || txn->outcome != RECORD_ACCEPTED)
		return inside ? REACH_COUNT : REACH_TRIED;
	return inside ? REACH_INSIDE : REACH_SENT;
}

/* The identity that an inbound leg was recorded for, if it is still remembered. */
static struct identity *
leg_identity(struct infer *in, const struct leg *leg)
{
	struct server *server = server_find(&in->servers, &leg->host, leg->port);
	struct identity *id = server ? server->identities : NULL;

	if (server)
		server_learned(&in->servers, server);
	while (id && leg->name && id->name != leg->name)
		id = id->next;
	return id;
}

/* What one onward recipient tells of the inbound leg it belongs to. */
struct tie_found {
	enum tie tie;
	enum reach reach;
	struct moment at;
	struct ip_addr next_hop;
	struct word *next_name; /* borrowed */
	struct ip_addr seen_from;
	const struct record_txn *txn; /* the same message; NULL: not at hand */
};

/* The message that went further than any before it is the one to show. */
static void
tie_example(struct attempt *a, const struct leg *leg, const struct tie_found *found,
	uint64_t address)
{
	struct example e;

	if (a->example && a->example->reach >= found->reach)
		return;
	if (a->example && example_is_of(a->example, leg))
		e = *a->example;
	else if (found->txn)
		example_of_leg(&e, leg, found->txn, address);
	else
		return;
	e.reach = found->reach;
	example_keep(a, &e);
}

static void
attempt_tie(struct attempt *a, const struct tie_found *found, const struct ip_addr *client)
{
	attempt_mark(a, found->reach, found->at);
	if (found->tie > a->tie)
		a->tie = found->tie;
	if (ip_addr_is_none(&a->next_hop) || found->reach == REACH_SENT) {
		a->next_hop = found->next_hop;
		if (!a->next_name)
			a->next_name = word_share(found->next_name);
	}
	if (ip_addr_is_none(&found->seen_from) || ip_addr_equal(&found->seen_from, client))
		return;
	a->masked = true;
	a->masked_as = found->seen_from;
}

/*
 * Marks the attempts of leg that led to address. An address that is not among the leg's
 * recipients was made by an alias or a list of the server's own: no relay.
 */
static bool
leg_mark(struct infer *in, struct leg *leg, uint64_t address, const struct tie_found *found)
{
	struct identity *id = leg_identity(in, leg);
	bool any = false;

	for (uint32_t i = 0; id && i < leg->rcpt_count; i++) {
		struct leg_rcpt *r = &leg->rcpts[i];
		struct attempt *a;

		if (r->address != address && r->target != address)
			continue;
		a = attempt_find(id, &r->key);
		if (a) {
			attempt_tie(a, found, &leg->peer);
			tie_example(a, leg, found, address);
		}
		any = true;
	}
	return any;
}

/* A message that left the segment was relayed by every server it came through. */
static void
chain_mark(struct infer *in, struct leg *leg, uint64_t address, struct tie_found found)
{
	for (int hops = 0; leg && hops < CHAIN_MAX; hops++) {
		leg_mark(in, leg, address, &found);
		if (found.reach != REACH_SENT && found.reach != REACH_TRIED)
			return;
		leg = legs_by_serial(&in->legs, leg->parent);
		found.seen_from = (struct ip_addr){{0}};
	}
}

static void
leg_continue(struct infer *in, struct leg *inbound, const struct leg *onward, enum tie tie,
	const struct record_txn *txn)
{
	struct tie_found found = {
		.tie = tie,
		.reach = onward->reach,
		.at = onward->at,
		.next_hop = onward->peer,
		.next_name = onward->peer_name,
		.seen_from = tie == TIE_QUEUE_ID ? onward->seen_from : (struct ip_addr){{0}},
		.txn = txn,
	};

	if (onward->reach == REACH_COUNT)
		return;
	for (uint32_t i = 0; i < onward->rcpt_count; i++)
		chain_mark(in, inbound, onward->rcpts[i].address, found);
}

/* Does any recipient of onward come from inbound? */
static bool
legs_share_rcpt(const struct leg *inbound, const struct leg *onward)
{
	for (uint32_t i = 0; i < inbound->rcpt_count; i++)
		for (uint32_t k = 0; k < onward->rcpt_count; k++)
			if (inbound->rcpts[i].address == onward->rcpts[k].address ||
				inbound->rcpts[i].target == onward->rcpts[k].address)
				return true;
	return false;
}

/*
 * A queue id is known to the client that was told it: he can send a copy from elsewhere
 * with a header that bears it. So another address than the server's own has to be the
 * server's by DNS, or of its network.
 */
static bool
is_credible_host(struct infer *in, const struct leg *inbound, const struct leg *onward)
{
	struct ip_prefix near = {inbound->host, ip_addr_is_v4(&inbound->host) ? 120 : 64};

	if (ip_addr_equal(&onward->host, &inbound->peer))
		return false;
	if (ip_addr_is_v4(&onward->host) == ip_addr_is_v4(&inbound->host) &&
		ip_prefix_holds(&near, &onward->host))
		return true;
	if (config_prefixes_hold(&in->config->home, &onward->host))
		return true;
	return names_has_addr(&in->names, inbound->name, &onward->host) &&
		names_has_addr(&in->names, inbound->name, &inbound->host);
}

/*
 * The other leg of leg, strongest tie first. A queue id ties even without a common
 * recipient (alias); the weaker ties need one.
 */
static struct leg *
other_leg(struct infer *in, const struct leg *leg, enum tie *tie)
{
	static const struct {
		enum leg_id id;
		enum tie tie;
	} ways[] = {
		{LEG_QUEUE_ID, TIE_QUEUE_ID},
		{LEG_QUEUE_ID_BELOW, TIE_QUEUE_ID},
		{LEG_QUEUE_NAMED, TIE_QUEUE_ID},
		{LEG_MESSAGE_ID, TIE_MESSAGE_ID},
		{LEG_FINGERPRINT, TIE_FINGERPRINT},
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct leg *found = NULL;

		while ((found = legs_find(
				&in->legs, ways[i].id, leg->ids[ways[i].id], found))) {
			const struct leg *inbound = leg->onward ? found : leg;
			const struct leg *onward = leg->onward ? leg : found;

			if (found == leg || found->onward == leg->onward)
				continue;
			if (ways[i].id == LEG_QUEUE_NAMED &&
				!is_credible_host(in, inbound, onward))
				continue;
			*tie = ways[i].tie;
			if (*tie == TIE_QUEUE_ID || legs_share_rcpt(inbound, onward))
				return found;
		}
	}
	return NULL;
}

/* A bounce of ours names the message that it returns and the recipient that failed. */
static void
bounce_mark(struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	const struct record_dsn *dsn = &txn->message.dsn;
	uint64_t id = leg_id_of(&conn->client.addr, LEG_MESSAGE_ID, dsn->message_id);
	uint64_t address = leg_address_of(dsn->recipient);
	struct tie_found found = {.tie = TIE_MESSAGE_ID, .at = txn_moment(txn)};
	struct leg *leg = NULL;

	found.reach = REACH_BOUNCED;
	while ((leg = legs_find(&in->legs, LEG_MESSAGE_ID, id, leg))) {
		if (leg->onward)
			continue;
		if (address && leg_mark(in, leg, address, &found))
			return;
		for (uint32_t i = 0; !address && i < leg->rcpt_count; i++)
			leg_mark(in, leg, leg->rcpts[i].address, &found);
	}
}

static void
leg_fill_rcpts(struct infer *in, struct leg *leg, const struct record_txn *txn,
	const struct attempt_key *keys)
{
	const struct record_rcpt *r = txn->rcpts;
	uint32_t count = txn->rcpt_count < LEG_RCPTS_MAX ? txn->rcpt_count : LEG_RCPTS_MAX;

	leg->rcpts = calloc(count ? count : 1, sizeof(*leg->rcpts));
	if (!leg->rcpts)
		abort();
	for (uint32_t i = 0; i < count && r; i++, r = r->next) {
		struct leg_rcpt *to;

		if (r->path.reply.code >= 400)
			continue;
		to = &leg->rcpts[leg->rcpt_count++];
		to->address = leg_address_of(r->path.address);
		to->target = leg_address_of(r->path.target);
		to->domain = word_take(&in->words, r->path.domain);
		if (!keys)
			continue;
		to->key = keys[i];
		word_share(to->key.domain);
		word_share(to->key.via);
		word_share(to->key.sender);
		word_share(to->key.helo);
	}
}

/* host is whose message id and body it is: the server's inbound, the sender's onward. */
static void
leg_fill_ids(struct leg *leg, const struct record_txn *txn)
{
	uint64_t rcpt = leg->rcpt_count ? leg->rcpts[0].address : 0;

	leg->sender = leg_address_of(txn->mail.address);
	leg->ids[LEG_MESSAGE_ID] =
		leg_id_of(&leg->host, LEG_MESSAGE_ID, txn->message.message_id);
	leg->ids[LEG_FINGERPRINT] = leg_fingerprint_of(
		&leg->host, leg->sender, rcpt, txn->message.fingerprint);
}

/* The client that the sending host itself says it had the message from. */
static const struct trace_hop *
own_hop(const struct trace *trace, const struct leg *inbound, const struct ip_addr *host)
{
	for (size_t i = 0; inbound && i < trace->count; i++) {
		uint64_t id = leg_id_of(host, LEG_QUEUE_ID, trace->hops[i].id);

		if ((id && id == inbound->ids[LEG_QUEUE_ID]) ||
			(inbound->ids[LEG_QUEUE_NAMED] &&
				leg_named_id_of(trace->hops[i].by, trace->hops[i].id) ==
					inbound->ids[LEG_QUEUE_NAMED]))
			return &trace->hops[i];
	}
	return trace->count ? &trace->hops[0] : NULL;
}

static void
onward_fill(struct infer *in, struct leg *leg, const struct record_conn *conn,
	const struct record_txn *txn, const struct trace *trace)
{
	leg->onward = true;
	leg->host = conn->client.addr;
	leg->peer = conn->server.addr;
	leg->peer_name = conn->server_name.len ? word_take(&in->words, conn->server_name) : NULL;
	leg->at = txn_moment(txn);
	leg->dsn = txn->message.dsn.is;
	leg->reach = txn->rcpts ? relay_reach(in, conn, txn, txn->rcpts) : REACH_COUNT;
	leg_fill_rcpts(in, leg, txn, NULL);
	leg_fill_ids(leg, txn);
	if (trace->count > 0)
		leg->ids[LEG_QUEUE_ID] =
			leg_id_of(&leg->host, LEG_QUEUE_ID, trace->hops[0].id);
	if (trace->count > 0)
		leg->ids[LEG_QUEUE_NAMED] =
			leg_named_id_of(trace->hops[0].by, trace->hops[0].id);
	/* Behind a content filter the id told to the client is in a header further down. */
	if (trace->count > 1)
		leg->ids[LEG_QUEUE_ID_BELOW] = leg_id_of(&leg->host, LEG_QUEUE_ID_BELOW,
			trace->hops[trace->count > 2 ? 2 : 1].id);
	if (leg->ids[LEG_QUEUE_ID_BELOW] == leg->ids[LEG_QUEUE_ID])
		leg->ids[LEG_QUEUE_ID_BELOW] = 0;
}

void
relay_hop(struct infer *in, const struct record_conn *conn, uint64_t ns)
{
	struct host *host = host_find(&in->servers, &conn->client.addr);

	if (host)
		host_note_hop(host, &conn->server.addr, ns);
}

uint64_t
relay_onward(struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct trace trace;
	struct leg *onward, *inbound;
	const struct trace_hop *hop;
	uint64_t serial = 0;
	enum tie tie;

	relay_hop(in, conn, txn->end);
	if (!txn->message.seen || !txn->rcpts)
		return 0;
	trace_read(&trace, &in->words, &txn->message);
	if (txn->message.dsn.is)
		bounce_mark(in, conn, txn);
	onward = legs_add(&in->legs);
	onward_fill(in, onward, conn, txn, &trace);
	inbound = other_leg(in, onward, &tie);
	hop = own_hop(&trace, inbound, &onward->host);
	if (hop)
		onward->seen_from = hop->from;
	legs_link(&in->legs, onward);
	if (inbound) {
		serial = inbound->serial;
		leg_continue(in, inbound, onward, tie, txn);
	} else if (hop) {
		told_learn(in, conn, txn, hop);
	}
	trace_free(&trace, &in->words);
	return serial;
}

void
relay_inbound(struct infer *in, const struct record_conn *conn, const struct record_txn *txn,
	const struct attempt_key *attempts, size_t count, uint64_t parent)
{
	struct leg *inbound, *onward;
	enum tie tie;

	if (count == 0 || !txn->message.seen || txn->message.reply.code >= 400)
		return;
	inbound = legs_add(&in->legs);
	inbound->host = conn->server.addr;
	inbound->port = conn->server.port;
	inbound->name = conn->server_name.len ? word_take(&in->words, conn->server_name) : NULL;
	inbound->peer = *record_client(conn);
	inbound->peer_port = record_client(conn) == &conn->real.addr ? conn->real.port
								      : conn->client.port;
	inbound->conn = conn->id;
	inbound->at = txn_moment(txn);
	inbound->parent = parent;
	leg_fill_rcpts(in, inbound, txn, attempts);
	leg_fill_ids(inbound, txn);
	inbound->ids[LEG_QUEUE_ID] =
		leg_id_of(&inbound->host, LEG_QUEUE_ID, txn->message.queue_id);
	inbound->ids[LEG_QUEUE_NAMED] =
		leg_named_id_of(inbound->name, txn->message.queue_id);
	onward = other_leg(in, inbound, &tie);
	legs_link(&in->legs, inbound);
	if (onward)
		leg_continue(in, inbound, onward, tie, txn);
}
