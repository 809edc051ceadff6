/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <stdlib.h>
#include <utlist.h>

/* Of one identity. An attacker who varies his sender fills his own share only. */
#define IDENTITY_ATTEMPTS_MAX 4096u
#define IDENTITY_PATRONS_MAX  4096u
#define IDENTITY_TALLIES_MAX  8192u
#define SERVER_IDENTITIES_MAX 8

static void *
zalloc(size_t size)
{
	void *at = calloc(1, size);

	if (!at)
		abort();
	return at;
}

void
servers_init(struct servers *s, struct words *words, size_t servers, size_t attempts)
{
	*s = (struct servers){
		.words = words, .max_servers = servers, .max_attempts = attempts};
}

static void
attempt_remove(struct servers *s, struct identity *id, struct attempt *a)
{
	HASH_DEL(id->attempts, a);
	word_drop(s->words, a->key.domain);
	word_drop(s->words, a->key.via);
	word_drop(s->words, a->key.sender);
	word_drop(s->words, a->key.helo);
	word_drop(s->words, a->next_name);
	kept_drop(&a->kept);
	free(a->example);
	free(a);
	s->attempts--;
}

static void
patron_remove(struct servers *s, struct identity *id, struct patron *p)
{
	HASH_DEL(id->patrons, p);
	for (size_t i = 0; i < p->helo_count; i++)
		word_drop(s->words, p->helos[i]);
	kept_drop(&p->kept);
	free(p);
	s->patrons--;
}

static void
tally_remove(struct servers *s, struct identity *id, struct tally *t)
{
	HASH_DEL(id->tallies, t);
	word_drop(s->words, t->domain);
	kept_drop(&t->kept);
	free(t);
	s->tallies--;
}

static void
identity_free(struct servers *s, struct identity *id)
{
	while (id->attempts)
		attempt_remove(s, id, id->attempts);
	while (id->patrons)
		patron_remove(s, id, id->patrons);
	while (id->tallies)
		tally_remove(s, id, id->tallies);
	word_drop(s->words, id->name);
	kept_drop(&id->kept);
	free(id);
}

static void
host_detach(struct servers *s, struct server *server)
{
	struct host *host = server->host;
	struct server **at = &host->servers;

	while (*at != server)
		at = &(*at)->next;
	*at = server->next;
	if (host->servers)
		return;
	HASH_DEL(s->hosts, host);
	kept_drop(&host->kept);
	free(host);
}

static void
server_remove(struct servers *s, struct server *server)
{
	HASH_DEL(s->table, server);
	if (server->learned)
		DL_DELETE2(s->learned, server, learned_prev, learned_next);
	server_fresh(s, server);
	host_detach(s, server);
	while (server->identities) {
		struct identity *id = server->identities;

		server->identities = id->next;
		identity_free(s, id);
	}
	kept_drop(&server->kept);
	free(server);
}

void
servers_free(struct servers *s)
{
	while (s->table)
		server_remove(s, s->table);
}

static struct server_key
key_of(const struct ip_addr *addr, uint16_t port)
{
	struct server_key key;

	memset(&key, 0, sizeof(key));
	key.addr = *addr;
	key.port = port;
	return key;
}

struct server *
server_find(struct servers *s, const struct ip_addr *addr, uint16_t port)
{
	struct server_key key = key_of(addr, port);
	struct server *server;

	HASH_FIND(hh, s->table, &key, sizeof(key), server);
	return server;
}

void
server_learned(struct servers *s, struct server *server)
{
	if (server->learned)
		return;
	server->learned = true;
	DL_APPEND2(s->learned, server, learned_prev, learned_next);
}

struct server *
server_next_learned(struct servers *s)
{
	struct server *server = s->learned;

	if (!server)
		return NULL;
	DL_DELETE2(s->learned, server, learned_prev, learned_next);
	server->learned = false;
	return server;
}

void
server_stale(struct servers *s, struct server *server)
{
	if (server->stale)
		return;
	server->stale = true;
	DL_APPEND2(s->stale, server, stale_prev, stale_next);
}

void
server_fresh(struct servers *s, struct server *server)
{
	if (!server->stale)
		return;
	DL_DELETE2(s->stale, server, stale_prev, stale_next);
	server->stale = false;
}

struct host *
host_find(struct servers *s, const struct ip_addr *addr)
{
	struct host *host;

	HASH_FIND(hh, s->hosts, addr, sizeof(*addr), host);
	return host;
}

void
host_note_hop(struct host *host, const struct ip_addr *addr, uint64_t ns)
{
	kept_touch(&host->kept);
	host->onward_seen++;
	if (ns > host->onward_last)
		host->onward_last = ns;
	for (size_t i = 0; i < HOST_HOPS; i++)
		if (ip_addr_equal(&host->hops[i].addr, addr)) {
			if (ns > host->hops[i].last)
				host->hops[i].last = ns;
			return;
		}
	host->hops[host->hop_next] = (struct host_hop){*addr, ns};
	host->hop_next = (host->hop_next + 1) % HOST_HOPS;
}

static void
host_attach(struct servers *s, struct server *server)
{
	struct host *host = host_find(s, &server->key.addr);

	if (!host) {
		host = zalloc(sizeof(*host));
		host->addr = server->key.addr;
		HASH_ADD(hh, s->hosts, addr, sizeof(host->addr), host);
		kept_add(s->kept, &host->kept, KEPT_HOST, NULL);
	}
	server->host = host;
	server->next = host->servers;
	host->servers = server;
}

struct server *
server_insert(struct servers *s, const struct ip_addr *addr, uint16_t port)
{
	struct server *server = server_find(s, addr, port);

	if (server)
		return server;
	if (HASH_COUNT(s->table) >= s->max_servers) {
		server_remove(s, s->table);
		s->evicted++;
	}
	server = zalloc(sizeof(*server));
	server->key = key_of(addr, port);
	HASH_ADD(hh, s->table, key, sizeof(server->key), server);
	kept_add(s->kept, &server->kept, KEPT_SERVER, NULL);
	host_attach(s, server);
	return server;
}

static struct identity *
identity_new(struct servers *s, struct server *server, struct word *name)
{
	struct identity *id = zalloc(sizeof(*id));

	kept_add(s->kept, &id->kept, KEPT_IDENTITY, &server->kept);
	id->name = name;
	id->next = server->identities;
	server->identities = id;
	return id;
}

/* NULL: there is none, and room for one more. */
static struct identity *
identity_named(struct server *server, struct word *name)
{
	size_t count = 0;

	for (struct identity *id = server->identities; id; id = id->next, count++)
		/* Met first in mid-connection, without a greeting: now it has one. */
		if (id->name == name || !id->name)
			return id;
	return count >= SERVER_IDENTITIES_MAX ? server->identities : NULL;
}

struct identity *
identity_insert(struct servers *s, struct server *server, struct span text)
{
	struct word *name = text.len ? word_take(s->words, text) : NULL;
	struct identity *id =
		name ? identity_named(server, name) : server->identities;

	if (!id)
		return identity_new(s, server, name);
	kept_touch(&id->kept);
	if (!id->name)
		id->name = name;
	else
		word_drop(s->words, name);
	return id;
}

struct identity *
identity_at(
	struct servers *s, const struct ip_addr *addr, struct word *name, struct server **of)
{
	struct host *host = host_find(s, addr);
	struct identity *unnamed = NULL;

	for (struct server *server = host ? host->servers : NULL; server;
		server = server->next)
		for (struct identity *id = server->identities; id; id = id->next) {
			if (name && id->name == name) {
				*of = server;
				return id;
			}
			if (!unnamed && (!id->name || !name)) {
				unnamed = id;
				*of = server;
			}
		}
	return unnamed;
}

/* The oldest that proves nothing, else the oldest. */
static struct attempt *
attempt_least(struct identity *id)
{
	for (struct attempt *a = id->attempts; a; a = a->hh.next)
		if (!a->count[REACH_SENT] && !a->count[REACH_MESSAGE] &&
			!a->count[REACH_REFUSED])
			return a;
	return id->attempts;
}

struct attempt *
attempt_find(struct identity *id, const struct attempt_key *key)
{
	struct attempt *a;

	HASH_FIND(hh, id->attempts, key, sizeof(*key), a);
	return a;
}

static bool
has_room(const struct servers *s, size_t of_identity, size_t most, size_t of_all)
{
	return of_identity < most && of_all < s->max_attempts;
}

struct attempt *
attempt_insert(struct servers *s, struct identity *id, const struct attempt_key *key)
{
	struct attempt *a = attempt_find(id, key);

	if (a) {
		kept_touch(&a->kept);
		return a;
	}
	if (!has_room(s, HASH_COUNT(id->attempts), IDENTITY_ATTEMPTS_MAX, s->attempts)) {
		id->unkept++;
		s->attempts_evicted++;
		kept_touch(&id->kept);
		if (!id->attempts)
			return NULL;
		attempt_remove(s, id, attempt_least(id));
	}
	a = zalloc(sizeof(*a));
	a->key = *key;
	word_share(key->domain);
	word_share(key->via);
	word_share(key->sender);
	word_share(key->helo);
	HASH_ADD(hh, id->attempts, key, sizeof(a->key), a);
	kept_add(s->kept, &a->kept, KEPT_ATTEMPT, &id->kept);
	s->attempts++;
	return a;
}

void
attempt_mark(struct attempt *a, enum reach reach, struct moment at)
{
	kept_touch(&a->kept);
	if (a->count[reach] == 0 || at.ns < a->first[reach].ns)
		a->first[reach] = at;
	if (a->count[reach] == 0 || at.ns >= a->last[reach].ns)
		a->last[reach] = at;
	a->count[reach]++;
}

struct patron *
patron_find(struct identity *id, const struct ip_addr *addr)
{
	struct patron *p;

	HASH_FIND(hh, id->patrons, addr, sizeof(*addr), p);
	return p;
}

/* The first that came gives way. False: there is none. */
static bool
patron_make_room(struct servers *s, struct identity *id)
{
	if (has_room(s, HASH_COUNT(id->patrons), IDENTITY_PATRONS_MAX, s->patrons))
		return true;
	s->patrons_evicted++;
	if (!id->patrons)
		return false;
	patron_remove(s, id, id->patrons);
	return true;
}

struct patron *
patron_insert(struct servers *s, struct identity *id, const struct ip_addr *addr)
{
	struct patron *p = patron_find(id, addr);

	if (p) {
		kept_touch(&p->kept);
		return p;
	}
	if (!patron_make_room(s, id))
		return NULL;
	p = zalloc(sizeof(*p));
	p->addr = *addr;
	HASH_ADD(hh, id->patrons, addr, sizeof(p->addr), p);
	kept_add(s->kept, &p->kept, KEPT_PATRON, &id->kept);
	s->patrons++;
	return p;
}

struct tally *
tally_find(struct identity *id, struct word *domain)
{
	struct tally *t;

	HASH_FIND(hh, id->tallies, &domain, sizeof(domain), t);
	return t;
}

static bool
tally_make_room(struct servers *s, struct identity *id)
{
	if (has_room(s, HASH_COUNT(id->tallies), IDENTITY_TALLIES_MAX, s->tallies))
		return true;
	s->tallies_evicted++;
	if (!id->tallies)
		return false;
	tally_remove(s, id, id->tallies);
	return true;
}

struct tally *
tally_insert(struct servers *s, struct identity *id, struct word *domain)
{
	struct tally *t = tally_find(id, domain);

	if (t) {
		kept_touch(&t->kept);
		return t;
	}
	if (!tally_make_room(s, id))
		return NULL;
	t = zalloc(sizeof(*t));
	t->domain = word_share(domain);
	HASH_ADD(hh, id->tallies, domain, sizeof(t->domain), t);
	kept_add(s->kept, &t->kept, KEPT_TALLY, &id->kept);
	s->tallies++;
	return t;
}

bool
host_adopt(struct servers *s, struct host *host)
{
	if (host_find(s, &host->addr))
		return false;
	HASH_ADD(hh, s->hosts, addr, sizeof(host->addr), host);
	return true;
}

bool
server_adopt(struct servers *s, struct server *server)
{
	if (server_find(s, &server->key.addr, (uint16_t)server->key.port) ||
		HASH_COUNT(s->table) >= s->max_servers)
		return false;
	HASH_ADD(hh, s->table, key, sizeof(server->key), server);
	host_attach(s, server);
	return true;
}

bool
identity_adopt(struct server *server, struct identity *id)
{
	size_t count = 0;

	for (struct identity *other = server->identities; other; other = other->next) {
		if (other->name == id->name)
			return false;
		count++;
	}
	if (count >= SERVER_IDENTITIES_MAX)
		return false;
	if (!activity_is_sane(&id->activity))
		memset(&id->activity, 0, sizeof(id->activity));
	id->next = server->identities;
	server->identities = id;
	return true;
}

bool
attempt_adopt(struct servers *s, struct identity *id, struct attempt *a)
{
	if (!has_room(s, HASH_COUNT(id->attempts), IDENTITY_ATTEMPTS_MAX, s->attempts) ||
		attempt_find(id, &a->key))
		return false;
	HASH_ADD(hh, id->attempts, key, sizeof(a->key), a);
	s->attempts++;
	return true;
}

bool
patron_adopt(struct servers *s, struct identity *id, struct patron *p)
{
	if (!has_room(s, HASH_COUNT(id->patrons), IDENTITY_PATRONS_MAX, s->patrons) ||
		patron_find(id, &p->addr))
		return false;
	HASH_ADD(hh, id->patrons, addr, sizeof(p->addr), p);
	s->patrons++;
	return true;
}

bool
tally_adopt(struct servers *s, struct identity *id, struct tally *t)
{
	if (!has_room(s, HASH_COUNT(id->tallies), IDENTITY_TALLIES_MAX, s->tallies) ||
		tally_find(id, t->domain))
		return false;
	HASH_ADD(hh, id->tallies, domain, sizeof(t->domain), t);
	s->tallies++;
	return true;
}

void
servers_adopted(struct servers *s)
{
	struct server *server;
	struct host *host, *next;

	HASH_ITER(hh, s->hosts, host, next)
	{
		if (host->servers)
			continue;
		HASH_DEL(s->hosts, host);
		kept_drop(&host->kept);
		free(host);
	}
	for (server = s->table; server; server = server->hh.next)
		server_learned(s, server);
}

const char *
tie_name(enum tie tie)
{
	static const char *const names[] = {
		[TIE_NONE] = "none",
		[TIE_RECEIVED] = "received-header",
		[TIE_FINGERPRINT] = "envelope-and-body",
		[TIE_MESSAGE_ID] = "message-id",
		[TIE_QUEUE_ID] = "queue-id",
	};

	return names[tie];
}
