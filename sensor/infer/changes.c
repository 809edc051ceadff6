/* SPDX-License-Identifier: Apache-2.0 */
#include "changes.h"

#include "ranking.h"

static bool
has_changed(struct server *server, const struct verdict *v)
{
	bool same = server->told && server->told_kind == v->kind &&
		server->told_grade == v->grade;
	bool first_unknown = !server->told && v->kind == VERDICT_UNKNOWN;

	if (same || first_unknown)
		return false;
	server->told = true;
	server->told_kind = (uint8_t)v->kind;
	server->told_grade = (uint8_t)v->grade;
	return true;
}

bool
changes_next(struct infer *in, struct server **after, struct verdict *out)
{
	struct server *server = *after ? (*after)->hh.next : in->servers.table;

	for (; server; server = server->hh.next) {
		if (!server->learned || !server->identities)
			continue;
		server->learned = false;
		ranking_verdict_of(in, server, out);
		if (!has_changed(server, out))
			continue;
		*after = server;
		return true;
	}
	return false;
}
