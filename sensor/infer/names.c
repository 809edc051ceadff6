/* SPDX-License-Identifier: Apache-2.0 */
#include "names.h"

#include <stdlib.h>

#include "dissect/dns_reverse.h"
#include "names_part.h"

void
names_init(struct names *n, struct words *words, size_t max)
{
	*n = (struct names){.words = words, .max = max};
}

static void
fact_clear_mx(struct names *n, struct name_fact *f)
{
	for (size_t i = 0; i < f->mx_count; i++)
		word_drop(n->words, f->mx[i]);
	f->mx_count = 0;
	f->mx_null = false;
}

static void
fact_clear_mx_before(struct names *n, struct name_fact *f)
{
	for (size_t i = 0; i < f->mx_before_count; i++)
		word_drop(n->words, f->mx_before[i]);
	f->mx_before_count = 0;
}

/* The answer in hand becomes the earlier one, unless it says nothing. */
static void
fact_age_mx(struct names *n, struct name_fact *f)
{
	if (f->mx_count) {
		fact_clear_mx_before(n, f);
		memcpy(f->mx_before, f->mx, sizeof(f->mx));
		f->mx_before_count = f->mx_count;
		f->mx_count = 0;
	}
	f->mx_null = false;
}

static void
fact_remove(struct names *n, struct name_fact *f)
{
	HASH_DEL(n->facts, f);
	fact_clear_mx(n, f);
	fact_clear_mx_before(n, f);
	word_drop(n->words, f->alias);
	word_drop(n->words, f->name);
	kept_drop(&f->kept);
	free(f);
}

static void
reverse_remove(struct names *n, struct name_reverse *r)
{
	HASH_DEL(n->reverses, r);
	word_drop(n->words, r->name);
	kept_drop(&r->kept);
	free(r);
}

static void
asked_remove(struct names *n, struct name_asked *a)
{
	HASH_DEL(n->asked, a);
	word_drop(n->words, a->key.name);
	kept_drop(&a->kept);
	free(a);
}

static void
asker_remove(struct names *n, struct name_asker *a)
{
	HASH_DEL(n->askers, a);
	kept_drop(&a->kept);
	free(a);
}

void
names_free(struct names *n)
{
	while (n->facts)
		fact_remove(n, n->facts);
	while (n->reverses)
		reverse_remove(n, n->reverses);
	while (n->asked)
		asked_remove(n, n->asked);
	while (n->askers)
		asker_remove(n, n->askers);
}

static void *
zalloc(size_t size)
{
	void *at = calloc(1, size);

	if (!at)
		abort();
	return at;
}

static struct name_fact *
fact_find(struct names *n, struct word *name)
{
	struct name_fact *f = NULL;

	if (name)
		HASH_FIND(hh, n->facts, &name, sizeof(name), f);
	return f;
}

static struct name_fact *
fact_insert(struct names *n, struct span text)
{
	struct word *name = word_take(n->words, text);
	struct name_fact *f = fact_find(n, name);

	if (f) {
		word_drop(n->words, name);
		kept_touch(&f->kept);
		return f;
	}
	if (HASH_COUNT(n->facts) >= n->max) {
		/* The table keeps the order of insertion: its head is the oldest. */
		fact_remove(n, n->facts);
		n->evicted++;
	}
	f = zalloc(sizeof(*f));
	f->name = name;
	HASH_ADD(hh, n->facts, name, sizeof(f->name), f);
	kept_add(n->kept, &f->kept, KEPT_NAME, NULL);
	return f;
}

/* The same exchangers again, in any order: nothing ages. */
static bool
is_same_mx(struct names *n, const struct name_fact *f, const struct record_dns *dns)
{
	for (const struct record_answer *a = dns->answers; a; a = a->next) {
		struct word *w;
		size_t i = 0;

		if (a->type != RECORD_RR_MX || a->target.len == 0)
			continue;
		w = word_find(n->words, a->target);
		while (i < f->mx_count && f->mx[i] != w)
			i++;
		if (i == f->mx_count)
			return false;
	}
	return true;
}

static void
learn_mx(struct names *n, const struct record_dns *dns, struct moment at)
{
	struct name_fact *f = fact_insert(n, dns->name);

	if (is_same_mx(n, f, dns))
		fact_clear_mx(n, f);
	else
		fact_age_mx(n, f);
	if (!f->mx_known)
		f->mx_asker = dns->client;
	else if (!ip_addr_equal(&f->mx_asker, &dns->client))
		f->mx_asked_by_others = true;
	f->mx_known = true;
	f->mx_at = at;
	for (const struct record_answer *a = dns->answers; a; a = a->next) {
		if (a->type != RECORD_RR_MX || f->mx_count == NAMES_MX_MAX)
			continue;
		if (a->target.len == 0) {
			f->mx_null = true;
			continue;
		}
		f->mx[f->mx_count++] = word_take(n->words, a->target);
	}
}

static void
learn_addr(struct names *n, const struct record_answer *a, struct moment at)
{
	struct name_fact *f = fact_insert(n, a->name);

	for (size_t i = 0; i < f->addr_count; i++)
		if (ip_addr_equal(&f->addr[i], &a->addr))
			return;
	if (f->addr_count == NAMES_ADDR_MAX)
		f->addr_count = 0;
	f->addr[f->addr_count++] = a->addr;
	f->addr_at = at;
}

static void
learn_alias(struct names *n, const struct record_answer *a)
{
	struct name_fact *f = fact_insert(n, a->name);

	word_drop(n->words, f->alias);
	f->alias = word_take(n->words, a->target);
}

static void
learn_reverse(struct names *n, const struct record_answer *a)
{
	struct ip_addr addr;
	struct name_reverse *r;

	if (!dns_reverse_parse(a->name, &addr))
		return;
	HASH_FIND(hh, n->reverses, &addr, sizeof(addr), r);
	if (r) {
		kept_touch(&r->kept);
		word_drop(n->words, r->name);
		r->name = word_take(n->words, a->target);
		return;
	}
	if (HASH_COUNT(n->reverses) >= n->max) {
		reverse_remove(n, n->reverses);
		n->evicted++;
	}
	r = zalloc(sizeof(*r));
	r->addr = addr;
	r->name = word_take(n->words, a->target);
	HASH_ADD(hh, n->reverses, addr, sizeof(r->addr), r);
	kept_add(n->kept, &r->kept, KEPT_REVERSE, NULL);
}

static void
learn_asker(struct names *n, const struct record_dns *dns)
{
	struct name_asker *a;

	HASH_FIND(hh, n->askers, &dns->client, sizeof(dns->client), a);
	if (!a) {
		if (HASH_COUNT(n->askers) >= n->max) {
			asker_remove(n, n->askers);
			n->evicted++;
		}
		a = zalloc(sizeof(*a));
		a->addr = dns->client;
		HASH_ADD(hh, n->askers, addr, sizeof(a->addr), a);
		kept_add(n->kept, &a->kept, KEPT_ASKER, NULL);
	}
	if (dns->time <= a->last)
		return;
	a->last = dns->time;
	kept_touch(&a->kept);
}

static void
learn_asked(struct names *n, const struct record_dns *dns)
{
	struct asked_key key;
	struct name_asked *a;

	if (dns->type != RECORD_RR_MX && dns->type != RECORD_RR_A &&
		dns->type != RECORD_RR_AAAA)
		return;
	memset(&key, 0, sizeof(key));
	key.addr = dns->client;
	key.name = word_take(n->words, dns->name);
	HASH_FIND(hh, n->asked, &key, sizeof(key), a);
	if (a) {
		word_drop(n->words, key.name);
	} else {
		if (HASH_COUNT(n->asked) >= n->max) {
			asked_remove(n, n->asked);
			n->evicted++;
		}
		a = zalloc(sizeof(*a));
		a->key = key;
		HASH_ADD(hh, n->asked, key, sizeof(a->key), a);
		kept_add(n->kept, &a->kept, KEPT_ASKED, NULL);
	}
	if (dns->time <= a->last)
		return;
	a->last = dns->time;
	kept_touch(&a->kept);
}

void
names_feed(struct names *n, const struct record_dns *dns)
{
	struct moment at = {dns->time, dns->file, dns->frame};

	learn_asker(n, dns);
	learn_asked(n, dns);
	/* NXDOMAIN says as surely as an empty answer that there is no exchanger. */
	if (dns->type == RECORD_RR_MX && (dns->rcode == 0 || dns->rcode == 3))
		learn_mx(n, dns, at);
	for (const struct record_answer *a = dns->answers; a; a = a->next) {
		if (a->type == RECORD_RR_A || a->type == RECORD_RR_AAAA)
			learn_addr(n, a, at);
		else if (a->type == RECORD_RR_CNAME)
			learn_alias(n, a);
		else if (a->type == RECORD_RR_PTR)
			learn_reverse(n, a);
	}
}

/* Follows CNAMEs; RFC 2181 10.1 wants none at an exchanger, the field has them. */
static struct name_fact *
fact_resolved(struct names *n, struct word *name)
{
	struct name_fact *f = fact_find(n, name);

	for (int hops = 0; f && f->alias && f->addr_count == 0 && hops < 8; hops++)
		f = fact_find(n, f->alias);
	return f;
}

bool
names_has_addr(struct names *n, struct word *name, const struct ip_addr *addr)
{
	struct name_fact *f = fact_resolved(n, name);

	for (size_t i = 0; f && i < f->addr_count; i++)
		if (ip_addr_equal(&f->addr[i], addr))
			return true;
	return false;
}

static bool
addr_known(struct names *n, struct word *name, bool v4)
{
	struct name_fact *f = fact_resolved(n, name);

	for (size_t i = 0; f && i < f->addr_count; i++)
		if (ip_addr_is_v4(&f->addr[i]) == v4)
			return true;
	return false;
}

/* No MX record: the address of the domain itself is where its mail goes. */
static enum names_mx
implicit_mx(struct names *n, struct name_fact *f, const struct ip_addr *server,
	struct moment *at)
{
	if (names_has_addr(n, f->name, server)) {
		*at = f->addr_at;
		return NAMES_MX_IS;
	}
	*at = f->mx_at;
	if (addr_known(n, f->name, ip_addr_is_v4(server)))
		return NAMES_MX_IS_NOT;
	return NAMES_MX_UNKNOWN;
}

static enum names_mx
explicit_mx(struct names *n, struct name_fact *f, const struct ip_addr *server,
	struct word *server_name)
{
	bool sibling = false, known = false;

	for (size_t i = 0; i < f->mx_before_count; i++)
		if (f->mx_before[i] == server_name ||
			names_has_addr(n, f->mx_before[i], server))
			return NAMES_MX_IS;
	for (size_t i = 0; i < f->mx_count; i++) {
		if (f->mx[i] == server_name || names_has_addr(n, f->mx[i], server))
			return NAMES_MX_IS;
		sibling |= word_same_site(n->words, f->mx[i], server_name);
		known |= addr_known(n, f->mx[i], ip_addr_is_v4(server));
	}
	if (sibling)
		return NAMES_MX_SIBLING;
	/* Behind a NAT the server's address here is not the one that the world resolves. */
	if (known && !ip_addr_is_private(server))
		return NAMES_MX_IS_NOT;
	return NAMES_MX_IS_NOT_BY_NAME;
}

enum names_mx
names_mx_of(struct names *n, struct word *domain, const struct ip_addr *server,
	struct word *server_name, struct moment *at)
{
	struct name_fact *f = fact_find(n, domain);

	if (!f || !f->mx_known)
		return NAMES_MX_UNKNOWN;
	*at = f->mx_at;
	if (f->mx_null)
		return NAMES_MX_NULL;
	if (f->mx_count == 0)
		return implicit_mx(n, f, server, at);
	return explicit_mx(n, f, server, server_name);
}

bool
names_is_only_asker(struct names *n, struct word *domain, const struct ip_addr *host)
{
	struct name_fact *f = fact_find(n, domain);

	return f && f->mx_known && !f->mx_asked_by_others &&
		ip_addr_equal(&f->mx_asker, host);
}

bool
names_is_mx_site(struct names *n, struct word *domain, struct word *name)
{
	struct name_fact *f = fact_find(n, domain);

	for (size_t i = 0; f && i < f->mx_count; i++)
		if (word_same_site(n->words, f->mx[i], name))
			return true;
	return false;
}

bool
names_is_mx(struct names *n, struct word *domain, const struct ip_addr *host)
{
	struct name_fact *f = fact_find(n, domain);

	if (!f || !f->mx_known)
		return false;
	for (size_t i = 0; i < f->mx_count; i++)
		if (names_has_addr(n, f->mx[i], host))
			return true;
	return f->mx_count == 0 && names_has_addr(n, domain, host);
}

struct word *
names_reverse(struct names *n, const struct ip_addr *addr)
{
	struct name_reverse *r;

	HASH_FIND(hh, n->reverses, addr, sizeof(*addr), r);
	return r ? r->name : NULL;
}

bool
names_asked_for(
	struct names *n, const struct ip_addr *host, struct word *domain, uint64_t since)
{
	struct asked_key key;
	struct name_asked *a;

	memset(&key, 0, sizeof(key));
	key.addr = *host;
	key.name = domain;
	HASH_FIND(hh, n->asked, &key, sizeof(key), a);
	return a && a->last >= since;
}

uint64_t
names_last_asked(struct names *n, const struct ip_addr *host)
{
	struct name_asker *a;

	HASH_FIND(hh, n->askers, host, sizeof(*host), a);
	return a ? a->last : 0;
}

bool
names_adopt_fact(struct names *n, struct name_fact *f)
{
	if (HASH_COUNT(n->facts) >= n->max || fact_find(n, f->name))
		return false;
	HASH_ADD(hh, n->facts, name, sizeof(f->name), f);
	return true;
}

bool
names_adopt_reverse(struct names *n, struct name_reverse *r)
{
	if (HASH_COUNT(n->reverses) >= n->max || names_reverse(n, &r->addr))
		return false;
	HASH_ADD(hh, n->reverses, addr, sizeof(r->addr), r);
	return true;
}

bool
names_adopt_asker(struct names *n, struct name_asker *a)
{
	struct name_asker *other;

	HASH_FIND(hh, n->askers, &a->addr, sizeof(a->addr), other);
	if (other || HASH_COUNT(n->askers) >= n->max)
		return false;
	HASH_ADD(hh, n->askers, addr, sizeof(a->addr), a);
	return true;
}

bool
names_adopt_asked(struct names *n, struct name_asked *a)
{
	struct name_asked *other;

	HASH_FIND(hh, n->asked, &a->key, sizeof(a->key), other);
	if (other || HASH_COUNT(n->asked) >= n->max)
		return false;
	HASH_ADD(hh, n->asked, key, sizeof(a->key), a);
	return true;
}
