/* SPDX-License-Identifier: Apache-2.0 */
#include "report_model.h"

#include <stdlib.h>

static void
count_server(struct report_model *m, const struct verdict *v)
{
	const struct identity *id = v->identity;
	bool relay = v->kind == VERDICT_OPEN_RELAY || v->kind == VERDICT_PARTIAL_RELAY;

	m->of_kind[v->kind]++;
	m->relays += relay;
	m->confirmed += relay && v->grade == GRADE_CONFIRMED;
	m->telling += v->kind != VERDICT_UNKNOWN;
	m->transactions += id->transactions;
	if (id->first && (!m->from || id->first < m->from))
		m->from = id->first;
	if (id->last > m->to)
		m->to = id->last;
}

void
report_model_fill(struct report_model *m, const struct report_input *in)
{
	*m = (struct report_model){.in = in};
	for (size_t i = 0; i < in->ranking->count; i++)
		count_server(m, &in->ranking->at[i]);
	m->sections = m->telling < REPORT_SECTIONS_MAX ? m->telling : REPORT_SECTIONS_MAX;
	m->findings = findings_list(in->infer, &m->finding_count);
}

void
report_model_free(struct report_model *m)
{
	free(m->findings);
	*m = (struct report_model){0};
}

bool
report_model_is_about(const struct finding *f, const struct server *server)
{
	return ip_addr_equal(&f->key.server, &server->key.addr) &&
	       (f->key.port == 0 || f->key.port == server->key.port);
}

size_t
report_model_server_of(const struct report_model *m, const struct finding *f)
{
	const struct ranking *r = m->in->ranking;

	for (size_t i = 0; i < r->count; i++)
		if (report_model_is_about(f, r->at[i].server))
			return i;
	return r->count;
}

static bool
is_of(const struct report_event *e, const struct server *server)
{
	return ip_addr_equal(&e->server, &server->key.addr) &&
	       (e->port == 0 || e->port == server->key.port);
}

size_t
report_model_next_event(
	const struct report_model *m, const struct server *server, size_t from)
{
	while (from < m->in->event_count && !is_of(&m->in->events[from], server))
		from++;
	return from;
}

size_t
report_model_events(const struct report_model *m, const struct server *server)
{
	size_t n = 0;

	for (size_t i = 0; i < m->in->event_count; i++)
		n += is_of(&m->in->events[i], server);
	return n;
}
