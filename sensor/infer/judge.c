/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include "known_domains.h"

bool
judge_is_hosted(enum judge_domain source)
{
	return source >= DOMAIN_HOSTED_CONFIG && source <= DOMAIN_HOSTED_SELECTED;
}

bool
judge_is_foreign(enum judge_domain source)
{
	return source >= DOMAIN_FOREIGN_CONFIG;
}

bool
judge_is_outsider(enum judge_client client)
{
	return client >= CLIENT_OUTSIDE_CONFIG;
}

/* In the 128-bit form: /24 of IPv4 is 120 bits, /64 of IPv6 is 64. */
static bool
same_network(const struct ip_addr *a, const struct ip_addr *b)
{
	struct ip_prefix p = {*a, ip_addr_is_v4(a) ? 120 : 64};

	if (ip_addr_is_v4(a) != ip_addr_is_v4(b))
		return false;
	return ip_prefix_holds(&p, b);
}

/* Introductions of different hosts from one address: a NAT or proxy, not a neighbour. */
#define MASK_HELOS_MIN 2

/* Names that only a home or office network knows are no strangers'. */
static bool
is_public_name(struct span name)
{
	static const char *const private[] = {
		".local", ".lan", ".internal", ".home", ".localdomain", ".intranet", ".arpa"};

	if (span_find(name, '.') == name.len || name.at[0] == '[')
		return false;
	for (size_t i = 0; i < sizeof(private) / sizeof(*private); i++)
		if (span_ends_nocase(name, span_of_text(private[i])))
			return false;
	return true;
}

static size_t
stranger_helos(struct infer *in, struct identity *id, const struct ip_addr *client)
{
	struct patron *p = patron_find(id, client);
	size_t strangers = 0;

	for (size_t i = 0; p && i < p->helo_count; i++)
		strangers += p->helos[i]->len && is_public_name(word_span(p->helos[i])) &&
			!word_same_site(&in->words, p->helos[i], id->name);
	return strangers;
}

/*
 * One inside address brings the mail of strangers: clients with unrelated names speak from
 * it, and strangers' mail for the server's own domains comes that way. A gateway that is a
 * mail server always introduces itself by one name.
 */
static bool
is_mask(struct infer *in, const struct server *server, struct identity *id,
	const struct ip_addr *client)
{
	if (stranger_helos(in, id, client) < MASK_HELOS_MIN)
		return false;
	for (const struct attempt *a = id->attempts; a; a = a->hh.next)
		if (ip_addr_equal(&a->key.client, client) && a->key.sender &&
			judge_is_own_domain(in, server, id, a->key.domain) &&
			!judge_is_own_domain(in, server, id, a->key.sender))
			return true;
	return false;
}

/* Reverse and forward lookup agree on a name of the server's own site (RFC 8601 3). */
static bool
is_own_site(struct infer *in, struct identity *id, const struct ip_addr *client)
{
	struct word *name = names_reverse(&in->names, client);

	return name && word_same_site(&in->words, name, id->name) &&
		names_has_addr(&in->names, name, client);
}

/*
 * Trusted as itself, not as one of a network: then the operator knows what it carries. A
 * network that is trusted is how masking opens a relay.
 */
static bool
is_trusted_host(const struct config *c, const struct ip_addr *client)
{
	for (size_t i = 0; i < c->trusted.count; i++)
		if (c->trusted.at[i].bits == 128 && ip_prefix_holds(&c->trusted.at[i], client))
			return true;
	return false;
}

enum judge_client
judge_client(struct infer *in, const struct server *server, struct identity *id,
	const struct ip_addr *client)
{
	const struct config *c = in->config;

	if (config_prefixes_hold(&c->trusted, client))
		return !is_trusted_host(c, client) && is_mask(in, server, id, client)
			? CLIENT_MASKED
			: CLIENT_TRUSTED_CONFIG;
	if (ip_addr_equal(client, &server->key.addr))
		return CLIENT_SELF;
	if (c->home.count && config_prefixes_hold(&c->home, client))
		return is_mask(in, server, id, client) ? CLIENT_MASKED : CLIENT_HOME;
	if (ip_addr_is_loopback(client))
		return CLIENT_INSIDE;
	if (c->home.count)
		return CLIENT_OUTSIDE_CONFIG;
	if (ip_addr_is_private(client))
		return is_mask(in, server, id, client) ? CLIENT_MASKED : CLIENT_INSIDE;
	if (is_own_site(in, id, client))
		return CLIENT_OWN_SITE;
	if (same_network(client, &server->key.addr))
		return CLIENT_NEIGHBOUR;
	return CLIENT_OUTSIDE;
}

bool
judge_next_hop_inside(
	struct infer *in, const struct ip_addr *server, const struct ip_addr *next_hop)
{
	const struct config *c = in->config;

	if (ip_addr_equal(server, next_hop) || ip_addr_is_loopback(next_hop))
		return true;
	if (c->home.count)
		return config_prefixes_hold(&c->home, next_hop);
	return ip_addr_is_private(next_hop) || same_network(server, next_hop);
}

/* Whether the configuration lists domains for this server at all, and this one among them. */
static bool
configured(struct infer *in, const struct server *server, struct word *domain, bool *listed)
{
	const struct config *c = in->config;
	bool any = false;

	*listed = false;
	for (size_t i = 0; i < c->hosted_count; i++) {
		const struct config_hosted *h = &c->hosted[i];
		struct span name = span_of_text(h->domain);

		if (h->server.bits && !ip_prefix_holds(&h->server, &server->key.addr))
			continue;
		any = true;
		if (span_starts_nocase(name, SPAN_LITERAL("*.")))
			*listed |= span_ends_nocase(
				word_span(domain), span_slice(name, 1, name.len));
		else
			*listed |= span_equal_nocase(word_span(domain), name);
	}
	return any;
}

/* A listed exchanger of the domain is among those who bring its mail here. */
static bool
is_behind_exchanger(struct infer *in, struct identity *id, struct word *domain)
{
	struct tally *t = tally_find(id, domain);

	for (size_t i = 0; t && i < t->client_count; i++)
		if (names_is_mx(&in->names, domain, &t->clients[i]))
			return true;
	return false;
}

/*
 * A filter service takes the domain's mail and hands it on from other addresses than it
 * takes it at; its hosts bear its name. A stranger may call himself so, too: that only
 * makes the domain unknown, and only as long as nothing is sent on.
 */
static bool
may_be_filter(struct infer *in, struct identity *id, const struct attempt *a)
{
	struct patron *p = patron_find(id, &a->key.client);
	struct word *reverse = names_reverse(&in->names, &a->key.client);

	if (a->count[REACH_SENT] || a->count[REACH_TRIED])
		return false;
	if (reverse && names_is_mx_site(&in->names, a->key.domain, reverse))
		return true;
	for (size_t i = 0; p && i < p->helo_count; i++)
		if (names_is_mx_site(&in->names, a->key.domain, p->helos[i]))
			return true;
	return false;
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]" (RFC 5321 4.1.3). */
static bool
literal_addr(struct word *domain, struct ip_addr *out)
{
	struct span s = word_span(domain);

	if (s.len < 3 || s.at[0] != '[' || s.at[s.len - 1] != ']')
		return false;
	s = span_slice(s, 1, s.len - 1);
	if (span_starts_nocase(s, SPAN_LITERAL("ipv6:")))
		s = span_slice(s, 5, s.len);
	return ip_addr_parse(s, out);
}

static bool
by_dns(struct infer *in, const struct server *server, struct identity *id,
	struct word *domain, struct judgement *out)
{
	enum names_mx mx =
		names_mx_of(&in->names, domain, &server->key.addr, id->name, &out->at);

	switch (mx) {
	case NAMES_MX_IS:
		out->source = DOMAIN_HOSTED_MX;
		return true;
	case NAMES_MX_SIBLING:
		out->source = DOMAIN_HOSTED_SIBLING;
		return true;
	case NAMES_MX_NULL:
		out->source = DOMAIN_FOREIGN_NULL_MX;
		return true;
	case NAMES_MX_IS_NOT:
		out->source = DOMAIN_FOREIGN_MX;
		return true;
	case NAMES_MX_IS_NOT_BY_NAME:
		out->source = DOMAIN_FOREIGN_MX_NAME;
		return true;
	case NAMES_MX_UNKNOWN:
	default:
		return false;
	}
}

static bool
by_denial(struct identity *id, struct word *domain, struct judgement *out)
{
	struct tally *t = tally_find(id, domain);

	if (!t || t->denied == 0)
		return false;
	*out = (struct judgement){DOMAIN_FOREIGN_DENIED, t->first_denied};
	return true;
}

/* A provider's own servers are named after a site of the provider: then it is hosted. */
static bool
by_list(struct infer *in, struct identity *id, struct word *domain, struct judgement *out)
{
	enum known_domain kind = known_domain_find(word_span(domain));

	if (kind == KNOWN_NONE || !id->name)
		return false;
	if (known_domain_same_owner(word_span(word_site(&in->words, id->name)), word_span(domain)))
		return false;
	out->source = kind == KNOWN_PROVIDER ? DOMAIN_FOREIGN_PROVIDER : DOMAIN_FOREIGN_TESTER;
	out->at = (struct moment){0};
	return true;
}

/* Places that different domains' mail was sent on to; several: no gateway of one site. */
#define SPREAD_MIN 2

static bool
by_spread(
	struct infer *in, struct identity *id, const struct attempt *of, struct judgement *out)
{
	struct ip_addr hops[SPREAD_MIN];
	struct word *sites[SPREAD_MIN];
	size_t count = 0;

	for (const struct attempt *a = id->attempts; a && count < SPREAD_MIN; a = a->hh.next) {
		size_t i = 0;

		if (a->count[REACH_SENT] == 0 || a->key.auth != RECORD_AUTH_NONE ||
			!ip_addr_equal(&a->key.client, &of->key.client))
			continue;
		while (i < count && !ip_addr_equal(&hops[i], &a->next_hop) &&
			sites[i] != word_site(&in->words, a->key.domain))
			i++;
		if (i < count)
			continue;
		sites[count] = word_site(&in->words, a->key.domain);
		hops[count++] = a->next_hop;
	}
	if (count < SPREAD_MIN)
		return false;
	*out = (struct judgement){DOMAIN_FOREIGN_SPREAD, of->first[REACH_SENT]};
	return true;
}

/* Somebody without authentication was denied relaying for another domain. */
static bool
denies_others(struct identity *id, struct word *domain)
{
	for (const struct tally *t = id->tallies; t; t = t->hh.next)
		if (t->domain != domain && t->denied)
			return true;
	return false;
}

/*
 * Exchangers are not all there is: a hosted filter or a move leaves a server off the list
 * that takes the domain's mail by right. It takes this domain's, keeps it, and denies
 * others'.
 */
static bool
is_selected(struct identity *id, const struct attempt *a)
{
	if (a->count[REACH_SENT] || a->count[REACH_TRIED] || a->key.form != SMTP_FORM_PLAIN)
		return false;
	return a->count[REACH_MESSAGE] && denies_others(id, a->key.domain);
}

/* What the server's conduct tells where neither names nor DNS do. */
static void
by_conduct(
	struct infer *in, struct identity *id, const struct attempt *a, struct judgement *out)
{
	struct tally *t = tally_find(id, a->key.domain);

	if (a->count[REACH_INSIDE] && a->count[REACH_SENT] == 0) {
		*out = (struct judgement){DOMAIN_HOSTED_GATEWAY, a->first[REACH_INSIDE]};
		return;
	}
	if (a->count[REACH_SENT] && by_spread(in, id, a, out))
		return;
	if (a->count[REACH_SENT] || a->count[REACH_TRIED] || !t)
		return;
	if (t->unknown_user)
		*out = (struct judgement){DOMAIN_HOSTED_USERS, t->first_unknown_user};
	else if (t->taken && denies_others(id, a->key.domain))
		*out = (struct judgement){DOMAIN_HOSTED_SELECTED, t->first_taken};
}

struct judgement
judge_domain(struct infer *in, const struct server *server, struct identity *id,
	const struct attempt *a)
{
	struct judgement out = {DOMAIN_UNKNOWN, {0}};
	struct word *domain = a->key.domain;
	struct ip_addr literal;
	bool listed;

	if (domain->len == 0)
		return out;
	if (literal_addr(domain, &literal)) {
		out.source = ip_addr_equal(&literal, &server->key.addr) ? DOMAIN_HOSTED_NAME
									 : DOMAIN_FOREIGN_LITERAL;
		return out;
	}
	if (configured(in, server, domain, &listed)) {
		out.source = listed ? DOMAIN_HOSTED_CONFIG : DOMAIN_FOREIGN_CONFIG;
		return out;
	}
	if (by_dns(in, server, id, domain, &out) && judge_is_hosted(out.source))
		return out;
	if (is_behind_exchanger(in, id, domain))
		return (struct judgement){DOMAIN_HOSTED_BEHIND, out.at};
	if (word_same_site(&in->words, id->name, domain))
		return (struct judgement){DOMAIN_HOSTED_NAME, {0}};
	if (by_denial(id, domain, &out))
		return out;
	if (judge_is_foreign(out.source) &&
		(may_be_filter(in, id, a) ||
			names_is_only_asker(&in->names, domain, &a->key.client)))
		return (struct judgement){DOMAIN_UNKNOWN, out.at};
	if (judge_is_foreign(out.source) && is_selected(id, a))
		return (struct judgement){DOMAIN_HOSTED_SELECTED, out.at};
	if (judge_is_foreign(out.source) || by_list(in, id, domain, &out))
		return out;
	by_conduct(in, id, a, &out);
	return out;
}

bool
judge_is_own_domain(
	struct infer *in, const struct server *server, struct identity *id, struct word *domain)
{
	struct moment at;
	struct ip_addr literal;
	bool listed;

	if (!domain || domain->len == 0)
		return false;
	if (literal_addr(domain, &literal))
		return ip_addr_equal(&literal, &server->key.addr);
	if (configured(in, server, domain, &listed) && listed)
		return true;
	return word_same_site(&in->words, id->name, domain) ||
		names_mx_of(&in->names, domain, &server->key.addr, id->name, &at) == NAMES_MX_IS;
}
