/* SPDX-License-Identifier: Apache-2.0 */
#include "report_users.h"

#include <stdlib.h>

#include "sensor/record/record.h"

static uint64_t
sum(const struct attempt *a, enum reach from, enum reach to)
{
	uint64_t n = 0;

	for (enum reach r = from; r <= to; r++)
		n += a->count[r];
	return n;
}

/* Stages up to the message being taken exclude each other; later ones come on top. */
static struct report_user
user_of(const struct attempt *a, enum judge_domain source)
{
	struct report_user u = {.client = a->key.client,
		.domain = a->key.domain,
		.source = source,
		.messages = a->messages};

	u.refused = sum(a, REACH_REFUSED, REACH_REFUSED_OTHER) +
		    a->count[REACH_MESSAGE_REFUSED];
	u.taken = a->count[REACH_RCPT] + a->count[REACH_MESSAGE];
	u.sent = a->count[REACH_SENT];
	for (enum reach r = 0; r < REACH_COUNT; r++) {
		if (!a->count[r])
			continue;
		if (a->first[r].ns && (!u.first || a->first[r].ns < u.first))
			u.first = a->first[r].ns;
		if (a->last[r].ns > u.last)
			u.last = a->last[r].ns;
	}
	return u;
}

static int
by_words(const struct word *a, const struct word *b)
{
	if (a == b)
		return 0;
	if (!a || !b)
		return a ? 1 : -1;
	return strcmp(a->text, b->text);
}

static int
by_pair(const void *left, const void *right)
{
	const struct report_user *a = left, *b = right;
	int order = ip_addr_compare(&a->client, &b->client);

	return order ? order : by_words(a->domain, b->domain);
}

static int
by_domain(const void *left, const void *right)
{
	const struct report_user *a = left, *b = right;

	return by_words(a->domain, b->domain);
}

static int
most_first(const void *left, const void *right)
{
	const struct report_user *a = left, *b = right;

	if (a->messages != b->messages)
		return a->messages > b->messages ? -1 : 1;
	if (a->taken != b->taken)
		return a->taken > b->taken ? -1 : 1;
	if (a->refused != b->refused)
		return a->refused > b->refused ? -1 : 1;
	return by_pair(a, b);
}

static void
add(struct report_user *to, const struct report_user *u)
{
	to->messages += u->messages;
	to->taken += u->taken;
	to->sent += u->sent;
	to->refused += u->refused;
	if (u->first && (!to->first || u->first < to->first))
		to->first = u->first;
	if (u->last > to->last)
		to->last = u->last;
}

static void
merge(struct report_users *u)
{
	size_t kept = 0;

	qsort(u->at, u->count, sizeof(*u->at), by_pair);
	for (size_t i = 0; i < u->count; i++) {
		if (kept && by_pair(&u->at[kept - 1], &u->at[i]) == 0)
			add(&u->at[kept - 1], &u->at[i]);
		else
			u->at[kept++] = u->at[i];
	}
	u->count = kept;
}

/* u->at is in the order of by_pair. */
static void
count_distinct(struct report_users *u)
{
	for (size_t i = 0; i < u->count; i++)
		u->clients +=
			i == 0 || !ip_addr_equal(&u->at[i - 1].client, &u->at[i].client);
	qsort(u->at, u->count, sizeof(*u->at), by_domain);
	for (size_t i = 0; i < u->count; i++)
		u->domains += i == 0 || by_domain(&u->at[i - 1], &u->at[i]) != 0;
}

/* Of the server's, the one the verdict is about. NULL cannot be. */
static struct identity *
identity_of(const struct verdict *v)
{
	struct identity *id = v->server->identities;

	while (id && id != v->identity)
		id = id->next;
	return id;
}

static void
see(struct report_users *u, struct infer *in, const struct verdict *v,
	struct identity *id, const struct attempt *a)
{
	struct judgement domain;

	if (a->key.auth == RECORD_AUTH_OK || a->key.auth == RECORD_AUTH_INFERRED_OK ||
		!judge_is_outsider(judge_client(in, v->server, id, &a->key.client))) {
		u->trusted += a->messages;
		return;
	}
	domain = judge_domain(in, v->server, id, a);
	/* On a submission port strangers have no business with any domain. */
	if (judge_is_hosted(domain.source) && v->kind != VERDICT_OPEN_SUBMISSION)
		u->own += a->messages;
	else
		u->at[u->count++] = user_of(a, domain.source);
}

void
report_users_fill(struct report_users *u, struct infer *in, const struct verdict *v)
{
	struct identity *id = identity_of(v);
	size_t room = id ? HASH_COUNT(id->attempts) : 0;

	*u = (struct report_users){0};
	if (room == 0)
		return;
	u->at = calloc(room, sizeof(*u->at));
	if (!u->at)
		abort();
	for (const struct attempt *a = id->attempts; a; a = a->hh.next)
		see(u, in, v, id, a);
	merge(u);
	count_distinct(u);
	qsort(u->at, u->count, sizeof(*u->at), most_first);
}

void
report_users_free(struct report_users *u)
{
	free(u->at);
	*u = (struct report_users){0};
}
