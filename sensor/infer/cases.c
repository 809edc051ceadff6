/* SPDX-License-Identifier: Apache-2.0 */
#include "cases.h"

#include <stdlib.h>

static void
append(struct case_list *l, const struct weighed *w)
{
	if (l->count == l->room) {
		l->room = l->room ? 2 * l->room : 16;
		l->at = realloc(l->at, l->room * sizeof(*l->at));
		if (!l->at)
			abort();
	}
	l->at[l->count++] = *w;
}

/* How far it went, the furthest stage that the server went of its own will. */
static enum reach
furthest(const struct attempt *a)
{
	static const enum reach order[] = {
		REACH_SENT, REACH_TRIED, REACH_INSIDE, REACH_MESSAGE, REACH_RCPT};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (a->count[order[i]])
			return order[i];
	return REACH_REFUSED;
}

/* When the server took it on the inbound leg; by the onward leg if that is all there is. */
static void
fill_moments(struct weighed *w)
{
	static const enum reach order[] = {
		REACH_MESSAGE, REACH_RCPT, REACH_SENT, REACH_TRIED, REACH_INSIDE};

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		if (w->a->count[order[i]]) {
			w->taken = w->a->last[order[i]];
			w->taken_first = w->a->first[order[i]];
			return;
		}
}

static bool
told_seen(struct identity *id, const struct attempt *a)
{
	struct patron *p = patron_find(id, &a->key.client);

	return p && p->encrypted;
}

/*
 * Every message came from a server of the segment that had taken it from somebody else: of
 * a chain of hops, the one that strangers can reach answers for it.
 */
static bool
is_handed_on(const struct attempt *a)
{
	return a->handed && a->handed >= a->count[REACH_MESSAGE];
}

static void
sort_taken(struct cases *c, const struct weighed *w)
{
	if (is_handed_on(w->a))
		c->insiders++;
	else if (w->a->key.auth == RECORD_AUTH_UNKNOWN)
		c->unknown_auth++;
	else if (judge_is_foreign(w->domain.source) && w->client == CLIENT_NEIGHBOUR)
		c->neighbours++;
	else if (judge_is_foreign(w->domain.source) && !judge_is_outsider(w->client))
		c->insiders++;
	else if (!judge_is_outsider(w->client))
		return;
	else if (judge_is_foreign(w->domain.source) && trick_is_routable(w->a))
		append(&c->taken, w);
	else if (judge_is_hosted(w->domain.source))
		append(&c->local, w);
	else
		append(&c->open, w);
}

/*
 * Does the server look domains up only to deliver? Sendmail resolves every recipient's
 * domain when it is named, also one it refuses.
 */
static bool
looks_up_to_deliver(const struct identity *id)
{
	return id->mta != SMTP_MTA_SENDMAIL && id->mta != SMTP_MTA_UNKNOWN;
}

/* What became of it, as far as the server's ways out show without the message itself. */
static void
ways_out(struct infer *in, const struct server *server, const struct identity *id,
	struct weighed *w)
{
	const struct host *host = server->host;
	struct word *domain = w->a->key.domain;
	uint64_t since = w->taken_first.ns;

	w->looked_up = looks_up_to_deliver(id) &&
		names_asked_for(&in->names, &server->key.addr, domain, since);
	for (size_t i = 0; i < HOST_HOPS; i++)
		w->next_hop |= host->hops[i].last >= since &&
			names_is_mx(&in->names, domain, &host->hops[i].addr);
	w->stayed = host->onward_seen || names_last_asked(&in->names, &server->key.addr);
}

/*
 * The stage at which relaying was denied; REACH_COUNT: it was not. Some servers say "no
 * such recipient" for both: it is a denial where the domain is not theirs.
 */
static enum reach
denial_of(struct identity *id, const struct weighed *w)
{
	const struct attempt *a = w->a;
	struct tally *t;

	if (a->count[REACH_REFUSED])
		return REACH_REFUSED;
	if (!a->count[REACH_REFUSED_RCPT])
		return REACH_COUNT;
	if (judge_is_foreign(w->domain.source))
		return REACH_REFUSED_RCPT;
	t = tally_find(id, a->key.domain);
	if (id->mta == SMTP_MTA_OPENSMTPD && !judge_is_hosted(w->domain.source) &&
		(!t || t->taken == 0))
		return REACH_REFUSED_RCPT;
	return REACH_COUNT;
}

static void
gather_one(struct cases *c, struct infer *in, const struct server *server,
	struct identity *id, const struct attempt *a)
{
	struct weighed w = {.a = a, .reach = furthest(a)};
	enum reach denied_as;

	if (a->key.auth == RECORD_AUTH_OK)
		return;
	w.client = judge_client(in, server, id, &a->key.client);
	w.domain = judge_domain(in, server, id, a);
	w.tricks = trick_of(in, server, id, a);
	fill_moments(&w);
	w.told_seen = told_seen(id, a);
	ways_out(in, server, id, &w);
	if (w.reach != REACH_REFUSED)
		sort_taken(c, &w);
	denied_as = denial_of(id, &w);
	if (denied_as != REACH_COUNT && judge_is_outsider(w.client) &&
		a->key.auth == RECORD_AUTH_NONE) {
		w.taken = a->last[denied_as];
		w.taken_first = a->first[denied_as];
		w.reach = denied_as;
		append(&c->denied, &w);
	}
}

void
cases_gather(
	struct cases *c, struct infer *in, const struct server *server, struct identity *id)
{
	*c = (struct cases){0};
	for (const struct attempt *a = id->attempts; a; a = a->hh.next)
		gather_one(c, in, server, id, a);
}

void
cases_free(struct cases *c)
{
	free(c->taken.at);
	free(c->denied.at);
	free(c->local.at);
	free(c->open.at);
}

bool
case_list_has_client(const struct case_list *l, const struct ip_addr *client)
{
	for (size_t i = 0; i < l->count; i++)
		if (ip_addr_equal(&l->at[i].a->key.client, client))
			return true;
	return false;
}

static int
by_client(const void *a, const void *b)
{
	return ip_addr_compare(a, b);
}

size_t
case_list_clients(const struct case_list *l)
{
	struct ip_addr *all = malloc((l->count + 1) * sizeof(*all));
	size_t distinct = 0;

	if (!all)
		abort();
	for (size_t i = 0; i < l->count; i++)
		all[i] = l->at[i].a->key.client;
	qsort(all, l->count, sizeof(*all), by_client);
	for (size_t i = 0; i < l->count; i++)
		distinct += i == 0 || !ip_addr_equal(&all[i], &all[i - 1]);
	free(all);
	return distinct;
}

static int
by_pointer(const void *a, const void *b)
{
	uintptr_t x = *(const uintptr_t *)a, y = *(const uintptr_t *)b;

	return x < y ? -1 : x > y;
}

size_t
case_list_domains(const struct case_list *l)
{
	uintptr_t *all = malloc((l->count + 1) * sizeof(*all));
	size_t distinct = 0;

	if (!all)
		abort();
	for (size_t i = 0; i < l->count; i++)
		all[i] = (uintptr_t)l->at[i].a->key.domain;
	qsort(all, l->count, sizeof(*all), by_pointer);
	for (size_t i = 0; i < l->count; i++)
		distinct += i == 0 || all[i] != all[i - 1];
	free(all);
	return distinct;
}

void
case_list_filter(struct case_list *l, bool (*keep)(const struct weighed *, const void *),
	const void *with)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->count; i++)
		if (keep(&l->at[i], with))
			l->at[kept++] = l->at[i];
	l->count = kept;
}
