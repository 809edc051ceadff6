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
	kept_touch(&server->kept);
	return true;
}

bool
changes_next(
	struct infer *in, struct server **after, struct verdict *out, bool *changed)
{
	struct server *server;

	while ((server = server_next_learned(&in->servers)) && !server->identities)
		;
	*after = server;
	if (!server)
		return false;
	ranking_verdict_of(in, server, out);
	*changed = has_changed(server, out);
	return true;
}
