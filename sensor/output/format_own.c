/* SPDX-License-Identifier: Apache-2.0 */
/* The members that have our own names in ECS, OCSF and EVE. */
#include "format_part.h"

void
format_evidence(struct json_out *j, const char *key, const struct alert_evidence *e)
{
	json_out_object(j, key);
	json_out_span_if(j, "kind", e->kind);
	json_out_span_if(j, "what", e->what);
	if (e->weight < -0.05 || e->weight > 0.05)
		json_out_fixed(j, "weight", e->weight, 1);
	format_time_if(j, "time", e->time);
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

static void
write_verdict(struct json_out *j, const struct alert *a)
{
	json_out_span_if(j, "verdict", a->verdict);
	json_out_span_if(j, "was", a->was);
	json_out_span_if(j, "grade", a->grade);
	json_out_span_if(j, "cause", a->cause);
	json_out_addr_if(j, "masked_as", &a->masked_as);
	format_texts(j, "tricks", a->tricks, a->trick_count);
	if (a->confidence > 0)
		json_out_fixed(j, "confidence", a->confidence, 3);
}

static void
write_counts(struct json_out *j, const struct alert *a)
{
	json_out_uint(j, "count", a->count);
	json_out_uint_if(j, "since", a->since);
	json_out_uint_if(j, "suppressed", a->suppressed);
	format_addrs(j, "clients", a->clients, a->client_count);
	json_out_uint_if(j, "client_total", a->client_total);
	format_texts(j, "domains", a->domains, a->domain_count);
	json_out_uint_if(j, "domain_total", a->domain_total);
	format_addrs(j, "next_hops", a->hops, a->hop_count);
}

static void
write_mail(struct json_out *j, const struct alert_mail *m)
{
	json_out_object(j, "mail");
	json_out_span_if(j, "from", m->from);
	format_texts(j, "to", m->to, m->to_count);
	json_out_span_if(j, "message_id", m->message_id);
	json_out_span_if(j, "subject", m->subject);
	json_out_object_end(j);
}

static void
write_words(struct json_out *j, const struct alert *a)
{
	json_out_span_if(j, "detail", a->detail);
	json_out_span_if(j, "explanation", a->explanation);
	json_out_span_if(j, "contain", a->contain);
	json_out_span_if(j, "mend", a->mend);
	json_out_span_if(j, "confirm", a->confirm);
}

void
format_own(struct json_out *j, const struct alert *a, unsigned with)
{
	json_out_object(j, FORMAT_PRODUCT);
	json_out_text(j, "id", a->id);
	json_out_span(j, "rule", a->rule);
	json_out_text(j, "kind", alert_kind_name(a->kind));
	json_out_text(j, "action", alert_action_name(a->action));
	json_out_text_if(j, "incident", a->incident);
	json_out_text(j, "severity", alert_severity_name(a->severity));
	write_verdict(j, a);
	write_counts(j, a);
	json_out_span_if(j, "mta", a->mta);
	json_out_span_if(j, "helo", a->mail.helo);
	if (with & FORMAT_OWN_MAIL)
		write_mail(j, &a->mail);
	if (format_rule_of(a)->attack)
		json_out_text(j, "attack_confidence", "possible");
	write_words(j, a);
	if (with & FORMAT_OWN_EVIDENCE && a->evidence_count) {
		json_out_array(j, "evidence");
		for (size_t i = 0; i < a->evidence_count; i++)
			format_evidence(j, NULL, &a->evidence[i]);
		json_out_array_end(j);
	}
	json_out_object_end(j);
}
