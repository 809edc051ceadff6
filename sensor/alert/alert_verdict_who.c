/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_parts.h"

#include <math.h>
#include <stdlib.h>

#include "sensor/infer/cases.h"

/* One address or one domain, and the messages that had to do with it. */
struct share {
	struct ip_addr addr;
	const struct word *word; /* NULL in lists of addresses */
	double messages;
};

struct shares {
	struct share *at;
	size_t count;
};

struct identity *
alert_verdict_identity(const struct verdict *v)
{
	for (struct identity *id = v->server->identities; id; id = id->next)
		if (id == v->identity)
			return id;
	return NULL;
}

static int
compare_words(const struct word *a, const struct word *b)
{
	size_t n = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->text, b->text, n);

	return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int
by_name(const void *a, const void *b)
{
	const struct share *x = a, *y = b;

	return x->word && y->word ? compare_words(x->word, y->word)
				  : ip_addr_compare(&x->addr, &y->addr);
}

/* Sums of shares may differ in their last digits with the order of adding. */
static int
by_messages(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	double m = round(x->messages * 1000), n = round(y->messages * 1000);

	if (m < n)
		return 1;
	return m > n ? -1 : by_name(a, b);
}

/* Each name once, with its sum; most messages first. */
static void
settle(struct shares *s)
{
	size_t kept = 0;

	if (s->count)
		qsort(s->at, s->count, sizeof(*s->at), by_name);
	for (size_t i = 0; i < s->count; i++) {
		if (kept && by_name(&s->at[kept - 1], &s->at[i]) == 0)
			s->at[kept - 1].messages += s->at[i].messages;
		else
			s->at[kept++] = s->at[i];
	}
	s->count = kept;
	if (kept)
		qsort(s->at, kept, sizeof(*s->at), by_messages);
}

static void
add(struct shares *s, const struct ip_addr *addr, const struct word *word,
	double messages)
{
	struct share *to = &s->at[s->count++];

	*to = (struct share){.word = word, .messages = messages};
	if (addr)
		to->addr = *addr;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
keep_clients(struct alert *a, struct shares *s, const struct case_list *l)
{
	s->count = 0;
	for (size_t i = 0; i < l->count; i++)
		add(s, &l->at[i].a->key.client, NULL, l->at[i].a->messages);
	settle(s);
	a->client_total = s->count;
	a->client_count = least(s->count, ALERT_CLIENTS_MAX);
	for (size_t i = 0; i < a->client_count; i++)
		a->clients[i] = s->at[i].addr;
}

static void
keep_domains(struct alert *a, struct shares *s, const struct case_list *l)
{
	s->count = 0;
	for (size_t i = 0; i < l->count; i++)
		if (l->at[i].a->key.domain && l->at[i].a->key.domain->len)
			add(s, NULL, l->at[i].a->key.domain, l->at[i].a->messages);
	settle(s);
	a->domain_total = s->count;
	a->domain_count = least(s->count, ALERT_DOMAINS_MAX);
	for (size_t i = 0; i < a->domain_count; i++)
		a->domains[i] = alert_keep(a, word_span(s->at[i].word));
}

static void
keep_hops(struct alert *a, struct shares *s, const struct case_list *l)
{
	s->count = 0;
	for (size_t i = 0; i < l->count; i++)
		if (!ip_addr_is_none(&l->at[i].a->next_hop))
			add(s, &l->at[i].a->next_hop, NULL, l->at[i].a->messages);
	settle(s);
	a->hop_count = least(s->count, ALERT_HOPS_MAX);
	for (size_t i = 0; i < a->hop_count; i++)
		a->hops[i] = s->at[i].addr;
}

static bool
message_taken(const struct weighed *w, const void *with)
{
	(void)with;
	return w->reach > REACH_RCPT;
}

/* As the verdict chose them; NULL: it rests on none that were taken. */
static struct case_list *
list_of(struct cases *c, enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_OPEN_RELAY:
	case VERDICT_PARTIAL_RELAY:
	case VERDICT_REMEDIATED:
		return &c->taken;
	case VERDICT_OPEN_SUBMISSION:
		case_list_filter(&c->local, message_taken, NULL);
		case_list_filter(&c->open, message_taken, NULL);
		return c->local.count ? &c->local : &c->open;
	case VERDICT_ACCEPTS_THEN_DROPS:
		return c->taken.count ? &c->taken : &c->open;
	case VERDICT_RESTRICTED:
	case VERDICT_UNKNOWN:
	default:
		return NULL;
	}
}

void
alert_verdict_who(struct alert *a, struct infer *in, const struct verdict *v)
{
	struct identity *id = alert_verdict_identity(v);
	struct case_list *l;
	struct shares s = {0};
	struct cases c;

	if (!id)
		return;
	cases_gather(&c, in, v->server, id);
	l = list_of(&c, v->kind);
	if (l && l->count) {
		s.at = calloc(l->count, sizeof(*s.at));
		if (!s.at)
			abort();
		keep_clients(a, &s, l);
		keep_hops(a, &s, l);
		/* Those of an open submission port are most often its own. */
		if (v->kind != VERDICT_OPEN_SUBMISSION)
			keep_domains(a, &s, l);
		free(s.at);
	}
	cases_free(&c);
}
