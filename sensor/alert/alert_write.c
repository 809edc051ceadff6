/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_json.h"

#include <math.h>

#include "sensor/record/record.h"

static void
write_time_if(struct json_out *j, const char *key, uint64_t ns)
{
	if (ns)
		json_out_time(j, key, ns);
}

static void
write_what(const struct alert *a, struct json_out *j)
{
	json_out_text(j, "id", a->id);
	json_out_text(j, "incident", a->incident);
	json_out_text(j, "kind", alert_kind_name(a->kind));
	json_out_text(j, "action", alert_action_name(a->action));
	json_out_text(j, "severity", alert_severity_name(a->severity));
	json_out_span(j, "rule", a->rule);
	json_out_span(j, "title", a->title);
	json_out_span_if(j, "detail", a->detail);
}

static void
write_when(const struct alert *a, struct json_out *j)
{
	json_out_time(j, "time", a->time);
	write_time_if(j, "first", a->first);
	write_time_if(j, "last", a->last);
	json_out_uint(j, "count", a->count);
	json_out_uint_if(j, "since", a->since);
	json_out_uint_if(j, "suppressed", a->suppressed);
}

static void
write_server(const struct alert *a, struct json_out *j)
{
	if (ip_addr_is_none(&a->server))
		return;
	json_out_object(j, "server");
	json_out_addr(j, "ip", &a->server);
	json_out_uint_if(j, "port", a->port);
	json_out_span_if(j, "name", a->server_name);
	json_out_span_if(j, "mta", a->mta);
	json_out_object_end(j);
}

static void
write_client(const struct alert *a, struct json_out *j)
{
	if (ip_addr_is_none(&a->client))
		return;
	json_out_object(j, "client");
	json_out_addr(j, "ip", &a->client);
	json_out_uint_if(j, "port", a->client_port);
	json_out_span_if(j, "helo", a->mail.helo);
	json_out_object_end(j);
}

static void
write_addresses(
	struct json_out *j, const char *key, const struct ip_addr *list, size_t count)
{
	if (count == 0)
		return;
	json_out_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_out_addr(j, NULL, &list[i]);
	json_out_array_end(j);
}

static void
write_texts(struct json_out *j, const char *key, const struct span *list, size_t count)
{
	if (count == 0)
		return;
	json_out_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_out_span(j, NULL, list[i]);
	json_out_array_end(j);
}

static void
write_who(const struct alert *a, struct json_out *j)
{
	write_server(a, j);
	write_client(a, j);
	write_addresses(j, "clients", a->clients, a->client_count);
	json_out_uint_if(j, "client_total", a->client_total);
	write_texts(j, "domains", a->domains, a->domain_count);
	json_out_uint_if(j, "domain_total", a->domain_total);
	write_addresses(j, "next_hops", a->hops, a->hop_count);
}

static void
write_mail(const struct alert_mail *m, struct json_out *j)
{
	if (!m->from.len && !m->to_count && !m->message_id.len && !m->subject.len)
		return;
	json_out_object(j, "mail");
	json_out_span_if(j, "from", m->from);
	write_texts(j, "to", m->to, m->to_count);
	json_out_span_if(j, "message_id", m->message_id);
	json_out_span_if(j, "subject", m->subject);
	json_out_object_end(j);
}

static void
write_verdict(const struct alert *a, struct json_out *j)
{
	json_out_span_if(j, "verdict", a->verdict);
	json_out_span_if(j, "was", a->was);
	json_out_span_if(j, "grade", a->grade);
	json_out_span_if(j, "cause", a->cause);
	json_out_addr_if(j, "masked_as", &a->masked_as);
	write_texts(j, "tricks", a->tricks, a->trick_count);
	/* What would show as 0.000 is no claim. */
	if (a->confidence >= 0.0005)
		json_out_fixed(j, "confidence", a->confidence, 3);
}

static void
write_words(const struct alert *a, struct json_out *j)
{
	json_out_span_if(j, "explanation", a->explanation);
	json_out_span_if(j, "contain", a->contain);
	json_out_span_if(j, "mend", a->mend);
	json_out_span_if(j, "confirm", a->confirm);
}

static void
write_evidence(const struct alert_evidence *e, struct json_out *j)
{
	double weight = round(e->weight * 10) / 10;

	json_out_object(j, NULL);
	json_out_span_if(j, "kind", e->kind);
	json_out_span(j, "what", e->what);
	if (weight < 0 || weight > 0)
		json_out_fixed(j, "weight", weight, 1);
	write_time_if(j, "time", e->time);
	json_out_span_if(j, "file", e->file);
	json_out_uint_if(j, "frame", e->frame);
	json_out_addr_if(j, "client", &e->client);
	json_out_span_if(j, "domain", e->domain);
	json_out_uint_if(j, "reply_code", e->reply_code);
	json_out_span_if(j, "reply", e->reply);
	json_out_span_if(j, "queue_id", e->queue_id);
	json_out_addr_if(j, "next_hop", &e->next_hop);
	json_out_span_if(j, "next_hop_name", e->next_hop_name);
	json_out_object_end(j);
}

void
alert_write(const struct alert *a, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_text(j, "type", "alert");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	write_what(a, j);
	write_when(a, j);
	write_who(a, j);
	write_mail(&a->mail, j);
	write_verdict(a, j);
	write_words(a, j);
	if (a->evidence_count) {
		json_out_array(j, "evidence");
		for (size_t i = 0; i < a->evidence_count; i++)
			write_evidence(&a->evidence[i], j);
		json_out_array_end(j);
	}
	json_out_object_end(j);
}
