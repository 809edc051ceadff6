/* SPDX-License-Identifier: Apache-2.0 */
#include "server_row.h"

void
server_row_of(const struct verdict *v, struct server_row *out)
{
	*out = (struct server_row){
		.key = v->server->key,
		.kind = v->kind,
		.grade = v->grade,
		.confidence = v->confidence,
		.exposed = v->exposure.from != 0,
		.messages = v->exposure.messages,
		.clients = v->exposure.clients,
		.domains = v->exposure.domains,
		.name = word_span(v->identity->name),
		.mta = smtp_mta_name(v->identity->mta),
	};
	explain_short(v, out->why, sizeof(out->why));
}
