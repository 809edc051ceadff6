/* SPDX-License-Identifier: Apache-2.0 */
#include "infer.h"

#include <stdlib.h>

#include "learn.h"
#include "state_link.h"
#include "told.h"

struct infer *
infer_new(const struct config *config)
{
	struct infer *in = calloc(1, sizeof(*in));

	if (!in)
		abort();
	in->config = config;
	words_init(&in->words, config->public_suffix_file);
	names_init(&in->names, &in->words, config->limits.names);
	servers_init(
		&in->servers, &in->words, config->limits.servers, config->limits.attempts);
	told_init(&in->told);
	findings_init(&in->findings, &in->words);
	legs_init(&in->legs, &in->words, config->limits.messages);
	in->names.kept = &in->kept_list;
	in->servers.kept = &in->kept_list;
	in->findings.kept = &in->kept_list;
	in->legs.kept = &in->kept_list;
	in->told.kept = &in->kept_list;
	kept_add(&in->kept_list, &in->kept, KEPT_INFER, NULL);
	return in;
}

void
infer_free(struct infer *in)
{
	if (!in)
		return;
	state_link_free(in);
	findings_free(&in->findings);
	told_free(&in->told, &in->words);
	legs_free(&in->legs);
	servers_free(&in->servers);
	names_free(&in->names);
	words_free(&in->words);
	kept_list_free(&in->kept_list);
	free(in);
}

static uint64_t
time_of(const struct record *r)
{
	if (r->kind == RECORD_TRANSACTION)
		return r->txn.end;
	if (r->kind == RECORD_CONNECTION)
		return r->connection.end;
	return r->dns.time;
}

void
infer_feed(struct infer *in, const struct record *r)
{
	if (time_of(r) > in->now)
		in->now = time_of(r);
	in->records[r->kind]++;
	kept_touch(&in->kept);
	if (r->kind == RECORD_TRANSACTION)
		learn_transaction(in, &r->conn, &r->txn);
	else if (r->kind == RECORD_CONNECTION)
		learn_connection(in, &r->conn, &r->connection);
	else
		names_feed(&in->names, &r->dns);
	findings_feed(in, r);
}
