/* SPDX-License-Identifier: Apache-2.0 */
#include "ranking.h"

#include <stdlib.h>

static int
more_serious_first(const void *a, const void *b)
{
	const struct verdict *x = a, *y = b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->grade != y->grade)
		return x->grade > y->grade ? -1 : 1;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	order = ip_addr_compare(&x->server->key.addr, &y->server->key.addr);
	if (order)
		return order;
	return (x->server->key.port > y->server->key.port) -
		(x->server->key.port < y->server->key.port);
}

void
ranking_verdict_of(struct infer *in, const struct server *server, struct verdict *out)
{
	bool any = false;

	for (struct identity *id = server->identities; id; id = id->next) {
		struct verdict v;

		verdict_of(in, server, id, &v);
		if (!any || more_serious_first(&v, out) < 0)
			*out = v;
		any = true;
	}
}

void
ranking_fill(struct ranking *r, struct infer *in)
{
	struct server *server, *next;
	size_t count = HASH_COUNT(in->servers.table);

	*r = (struct ranking){0};
	if (count == 0)
		return;
	r->at = calloc(count, sizeof(*r->at));
	if (!r->at)
		abort();
	HASH_ITER(hh, in->servers.table, server, next)
	{
		if (server->identities)
			ranking_verdict_of(in, server, &r->at[r->count++]);
	}
	qsort(r->at, r->count, sizeof(*r->at), more_serious_first);
}

void
ranking_free(struct ranking *r)
{
	free(r->at);
	*r = (struct ranking){0};
}
