/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rules.h"

#include "dissect/dns_reverse.h"

/* Ours to care for: mail servers are known there, or the configuration calls it home. */
static bool
is_cared_for(struct infer *in, const struct ip_addr *addr)
{
	const struct host *host = host_find(&in->servers, addr);

	return (host && host->servers) || config_prefixes_hold(&in->config->home, addr);
}

static struct finding *
insert(struct infer *in, const struct ip_addr *addr, uint64_t ns)
{
	const struct host *host = host_find(&in->servers, addr);
	const struct server *server = host ? host->servers : NULL;
	struct span name = SPAN_NONE;
	struct finding_key key;

	memset(&key, 0, sizeof(key));
	key.server = *addr;
	key.kind = FINDING_BLOCKLISTED;
	if (server && server->identities)
		name = word_span(server->identities->name);
	return finding_insert(&in->findings, &key, name, ns);
}

static void
keep_list(struct finding *f, struct span list)
{
	if (f->of.blocklist.list[0] == '\0')
		finding_peer(list, f->of.blocklist.list);
}

static void
refusal(struct infer *in, const struct record_conn *conn, const struct record_reply *r,
	struct moment fallback)
{
	const struct ip_addr *own = &conn->client.addr;
	struct span list = r->code >= 400 ? smtp_blocklist_name(r->text) : SPAN_NONE;
	struct moment at = r->at.ns ? r->at : fallback;
	char addr[IP_ADDR_TEXT], text[FINDING_LIST], server[IP_ADDR_TEXT];
	struct finding *f;
	bool named;

	if (list.len == 0 || !is_cared_for(in, own))
		return;
	named = span_search_nocase(r->text, span_of(addr, ip_addr_write(own, addr))) <
		r->text.len;
	f = insert(in, own, at.ns);
	keep_list(f, list);
	f->of.blocklist.refusals++;
	f->of.blocklist.named |= named;
	ip_addr_write(&conn->server.addr, server);
	finding_count(f, at);
	finding_add_evidence(f, at, "%s refused its mail: %u %s", server, r->code,
		finding_peer(r->text, text));
	/* Some refuse for a listed sender or link: then the address is not in the text.
	 */
	finding_raise(&in->findings, f, named ? SEVERITY_HIGH : SEVERITY_MEDIUM);
}

void
finding_blocklist_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct moment fallback = {txn->end, txn->file, txn->frames[1]};

	refusal(in, conn, &txn->mail.reply, fallback);
	for (const struct record_rcpt *r = txn->rcpts; r; r = r->next)
		refusal(in, conn, &r->path.reply, fallback);
	refusal(in, conn, &txn->message.go, fallback);
	refusal(in, conn, &txn->message.reply, fallback);
}

void
finding_blocklist_greeting(struct infer *in, const struct record_conn *conn,
	const struct record_connection *connection)
{
	struct moment fallback = {
		connection->time, connection->file, connection->frames[0]};

	refusal(in, conn, &connection->banner_reply, fallback);
}

/*
 * RFC 5782 2.1: an A record in 127.0.0.0/8; 127.0.0.1 stands for no listing (5.), and
 * the large lists answer 127.255.255.x when they will not serve the one who asks.
 */
static bool
is_listing(const struct ip_addr *a)
{
	const uint8_t *v4 = a->at + 12;

	if (!ip_addr_is_v4(a) || v4[0] != 127 || (v4[1] == 255 && v4[2] == 255))
		return false;
	return !(v4[1] == 0 && v4[2] == 0 && v4[3] <= 1);
}

/* Lists of good senders answer in the same way (RFC 5782 2.). */
static bool
is_allow_list(struct span zone)
{
	static const char *const names[] = {"dnswl", "whitelist", "allowlist", "swl.",
		"iadb", "bondedsender", "senderscore", "wl.mailspike", "rep.mailspike"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_search_nocase(zone, span_of_text(names[i])) < zone.len)
			return true;
	return span_starts_nocase(zone, SPAN_LITERAL("wl."));
}

void
finding_blocklist_answer(struct infer *in, const struct record_dns *dns)
{
	struct moment at = {dns->time, dns->file, dns->frame};
	char list[FINDING_LIST], code[IP_ADDR_TEXT];
	struct ip_addr listed;
	struct span zone;
	struct finding *f;

	if (dns->type != RECORD_RR_A || !dns_blocklist_parse(dns->name, &listed, &zone) ||
		is_allow_list(zone) || !is_cared_for(in, &listed))
		return;
	for (const struct record_answer *a = dns->answers; a; a = a->next) {
		if (a->type != RECORD_RR_A || !is_listing(&a->addr))
			continue;
		f = insert(in, &listed, at.ns);
		keep_list(f, zone);
		f->of.blocklist.answers++;
		ip_addr_write(&a->addr, code);
		finding_count(f, at);
		finding_add_evidence(f, at, "%s answers %s for its address",
			finding_peer(zone, list), code);
		finding_raise(&in->findings, f, SEVERITY_HIGH);
		return;
	}
}
