/* SPDX-License-Identifier: Apache-2.0 */
#include "advice.h"

#include "advice_mta.h"
#include "explain_parts.h"
#include "prose.h"

/* What is not routed in the Internet stays allowed (RFC 1918, 6598, 4193, 4291). */
#define INSIDE_V4 "127.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 172.16.0.0/12, 192.168.0.0/16"
#define INSIDE_V6 "::1, fe80::/10, fc00::/7"

/*
 * Before address translation (raw, priority -300), so that a container's published port
 * is met too.
 */
static void
contain_in(struct prose *p, const struct verdict *v)
{
	bool v4 = ip_addr_is_v4(&v->server->key.addr);

	prose_add(p, "  nft add table inet contain\n");
	prose_add(p,
		"  nft add chain inet contain in '{ type filter hook prerouting priority "
		"-300; }'\n");
	prose_add(p, "  nft add rule inet contain in %s daddr ", v4 ? "ip" : "ip6");
	prose_addr(p, &v->server->key.addr);
	prose_add(p, " tcp dport %u %s saddr != '{ %s }' drop\n",
		(unsigned)v->server->key.port, v4 ? "ip" : "ip6",
		v4 ? INSIDE_V4 : INSIDE_V6);
}

static void
contain_out(struct prose *p)
{
	prose_add(p,
		"  nft add chain inet contain out '{ type filter hook output priority 0; "
		"}'\n");
	prose_add(p, "  nft add rule inet contain out oifname != lo tcp dport 25 drop\n");
}

size_t
advice_contain(const struct verdict *v, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room);
	if (!verdict_is_relay(v->kind))
		return 0;
	prose_add(&p,
		"On the host that has the address, keep strangers out%s. Mail from other "
		"servers is not lost: they try again for days.\n",
		v->kind == VERDICT_OPEN_SUBMISSION ? "" : " and relayed mail in");
	contain_in(&p, v);
	if (v->kind != VERDICT_OPEN_SUBMISSION) {
		contain_out(&p);
		prose_add(&p, "%s", advice_mta_find(v->identity->mta)->hold);
	}
	prose_add(&p, "Once it is mended:\n  nft delete table inet contain\n");
	return p.used;
}

static void
mend_masked(struct prose *p, const struct verdict *v, const struct advice_mta *mta)
{
	prose_add(p, "The server takes everybody for ");
	prose_addr(p, &v->masked_as);
	prose_add(p,
		". Take that address, and the network it is in, off the list of clients "
		"that may relay; then let the server see the clients' own addresses: no "
		"source NAT towards it; Docker: IPv6 in the container's network as well, "
		"or \"userland-proxy\": false in /etc/docker/daemon.json, or "
		"network_mode: host; rootless Podman: the network of pasta.\n");
	prose_add(p, "%s", mta->masked);
}

/* RFC 6409, RFC 8314 3.3; or whatever the configuration made it. */
static bool
is_submission(const struct verdict *v)
{
	return v->kind == VERDICT_OPEN_SUBMISSION || v->server->key.port == 587 ||
	       v->server->key.port == 465;
}

size_t
advice_mend(const struct verdict *v, char *out, size_t room)
{
	const struct advice_mta *mta = advice_mta_find(v->identity->mta);
	const unsigned word = TRICK_HELO | TRICK_NULL_SENDER | TRICK_SENDER_DOMAIN |
			      TRICK_SENDER_LITERAL;
	struct prose p;

	prose_init(&p, out, room);
	if (v->kind == VERDICT_ACCEPTS_THEN_DROPS && v->grade == GRADE_CONFIRMED)
		prose_add(&p, "%s", mta->bounce);
	if (v->kind <= VERDICT_OPEN_SUBMISSION && is_submission(v))
		prose_add(&p, "%s", mta->login);
	if (v->kind != VERDICT_OPEN_RELAY && v->kind != VERDICT_PARTIAL_RELAY)
		return p.used;
	if (v->cause == CAUSE_SOURCE_MASKING)
		mend_masked(&p, v, mta);
	if (v->tricks & TRICK_FORMS)
		prose_add(&p, "%s", mta->form);
	if (v->tricks & word)
		prose_add(&p, "%s", mta->word);
	prose_add(&p, "%s", mta->relay);
	return p.used;
}

/* The envelope that has to be refused: fixed texts, and the server's address. */
struct envelope {
	const char *from;
	const char *to;
	const char *helo;
};

#define OWN "own.example"

static struct envelope
envelope_of(unsigned trick, bool submission)
{
	struct envelope e = {"tester@example.com", "tester@example.net", NULL};

	if (submission)
		e.to = "postmaster@" OWN;
	else if (trick & TRICK_PERCENT)
		e.to = "tester%example.net@" OWN;
	else if (trick & TRICK_BANG)
		e.to = "example.net!tester@" OWN;
	else if (trick & TRICK_SOURCE_ROUTE)
		e.to = "@" OWN ":tester@example.net";
	else if (trick & TRICK_DOUBLE_AT)
		e.to = "tester@example.net@" OWN;
	else if (trick & TRICK_TRAILING_AT)
		e.to = "tester@example.net@";
	else if (trick & TRICK_QUOTED)
		e.to = "\"tester@example.net\"";
	else if (trick & TRICK_LITERAL)
		e.to = "tester@[192.0.2.1]";
	else if (trick & TRICK_HELO)
		e.helo = "mail." OWN;
	else if (trick & TRICK_NULL_SENDER)
		e.from = "<>";
	else if (trick & TRICK_SENDER_DOMAIN)
		e.from = "tester@" OWN;
	return e;
}

static void
swaks(struct prose *p, const struct verdict *v, unsigned trick)
{
	const struct server_key *key = &v->server->key;
	struct envelope e = envelope_of(trick, v->kind == VERDICT_OPEN_SUBMISSION);
	char addr[IP_ADDR_TEXT];

	ip_addr_write(&key->addr, addr);
	prose_add(p, "  swaks%s --server %s --port %u%s --quit-after RCPT",
		ip_addr_is_v4(&key->addr) ? "" : " -6", addr, (unsigned)key->port,
		key->port == 465 ? " --tls-on-connect" : "");
	if (e.helo)
		prose_add(p, " --helo %s", e.helo);
	if (trick & TRICK_SENDER_LITERAL)
		prose_add(p, " --from 'tester@[%s%s]'",
			ip_addr_is_v4(&key->addr) ? "" : "IPv6:", addr);
	else
		prose_add(p, " --from '%s'", e.from);
	prose_add(p, " --to '%s'\n", e.to);
}

static bool
names_own(const struct verdict *v)
{
	return v->kind == VERDICT_OPEN_SUBMISSION ||
	       (v->tricks &
		       (TRICK_PERCENT | TRICK_BANG | TRICK_SOURCE_ROUTE |
			       TRICK_DOUBLE_AT | TRICK_HELO | TRICK_SENDER_DOMAIN)) != 0;
}

size_t
advice_confirm(const struct verdict *v, char *out, size_t room)
{
	bool any = false;
	struct prose p;

	prose_init(&p, out, room);
	if (!verdict_is_relay(v->kind) && v->kind != VERDICT_REMEDIATED)
		return 0;
	prose_add(&p, "From a host outside of all your networks%s:\n",
		names_own(v) ? ", with a domain of the server's own in place of " OWN
			     : "");
	for (unsigned bit = 1; bit < 1u << TRICK_COUNT; bit <<= 1)
		if (v->tricks & bit) {
			swaks(&p, v, bit);
			any = true;
		}
	if (!any)
		swaks(&p, v, 0);
	prose_add(&p, v->kind == VERDICT_OPEN_SUBMISSION
			      ? "MAIL or RCPT has to be refused (530 or 5xx: "
				"authenticate first). A 250 "
				"to RCPT means that it is still open.\n"
			      : "RCPT has to be refused: 5xx, or 454 Relay access "
				"denied. A 250 means "
				"that it is still open. No mail is sent.\n");
	return p.used;
}
