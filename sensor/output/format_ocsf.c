/* SPDX-License-Identifier: Apache-2.0 */
/* Open Cybersecurity Schema Framework, Detection Finding: https://schema.ocsf.io */
#include "format_part.h"

#include "community_id.h"

#define OCSF_VERSION "1.8.0"
#define CATEGORY_UID 2 /* Findings */
#define CLASS_UID    2004

/* integer_t is taken for 32 bits. */
#define INTEGER_MAX INT32_MAX

enum activity {
	ACTIVITY_CREATE = 1,
	ACTIVITY_UPDATE,
	ACTIVITY_CLOSE
};
enum status {
	STATUS_NEW = 1,
	STATUS_IN_PROGRESS,
	STATUS_RESOLVED = 4
};
enum confidence {
	CONFIDENCE_LOW = 1,
	CONFIDENCE_MEDIUM,
	CONFIDENCE_HIGH
};

/* Milliseconds since 1970. */
static void
write_time_if(struct json_out *j, const char *key, uint64_t ns)
{
	json_out_uint_if(j, key, ns / 1000000);
}

static enum activity
activity_of(enum alert_action action)
{
	return action == ALERT_OPENED	? ACTIVITY_CREATE
	       : action == ALERT_CLOSED ? ACTIVITY_CLOSE
					: ACTIVITY_UPDATE;
}

static enum status
status_of(enum alert_action action)
{
	return action == ALERT_OPENED	? STATUS_NEW
	       : action == ALERT_CLOSED ? STATUS_RESOLVED
					: STATUS_IN_PROGRESS;
}

static void
write_class(struct json_out *j, const struct alert *a)
{
	static const char *const names[] = {[ACTIVITY_CREATE] = "Create",
		[ACTIVITY_UPDATE] = "Update",
		[ACTIVITY_CLOSE] = "Close"};
	enum activity activity = activity_of(a->action);

	json_out_uint(j, "activity_id", activity);
	json_out_text(j, "activity_name", names[activity]);
	json_out_uint(j, "category_uid", CATEGORY_UID);
	json_out_text(j, "category_name", "Findings");
	json_out_uint(j, "class_uid", CLASS_UID);
	json_out_text(j, "class_name", "Detection Finding");
	json_out_uint(j, "type_uid", CLASS_UID * 100 + activity);
	json_out_uint(j, "severity_id", format_severity_of(a->severity).ocsf);
	json_out_uint(j, "status_id", status_of(a->action));
	json_out_bool(j, "is_alert", true);
}

static void
write_times(struct json_out *j, const struct alert *a)
{
	json_out_uint(j, "time", a->time / 1000000);
	write_time_if(j, "start_time", a->first);
	write_time_if(j, "end_time", a->last);
	json_out_uint_if(j, "count", a->count < INTEGER_MAX ? a->count : INTEGER_MAX);
	json_out_span(j, "message", format_line(a));
}

static void
write_confidence(struct json_out *j, double confidence)
{
	if (confidence <= 0)
		return;
	json_out_uint(j, "confidence_score", (unsigned)(confidence * 100));
	json_out_uint(j, "confidence_id",
		confidence >= 0.9   ? CONFIDENCE_HIGH
		: confidence >= 0.5 ? CONFIDENCE_MEDIUM
				    : CONFIDENCE_LOW);
}

static void
write_metadata(struct json_out *j, const struct alert *a, const struct format_options *o)
{
	json_out_object(j, "metadata");
	json_out_text(j, "version", OCSF_VERSION);
	json_out_object(j, "product");
	json_out_text(j, "name", FORMAT_PRODUCT);
	json_out_text(j, "vendor_name", FORMAT_PRODUCT);
	json_out_text(j, "version", RELAYTAP_VERSION);
	json_out_object_end(j);
	json_out_text(j, "uid", a->id);
	json_out_text_if(j, "correlation_uid", a->incident);
	json_out_span(j, "event_code", a->rule);
	json_out_text(j, "log_name", "alerts");
	json_out_text_if(j, "log_provider", o->observer);
	json_out_object_end(j);
}

static void
write_pair(struct json_out *j, const char *key, const char *uid, const char *name)
{
	json_out_object(j, key);
	json_out_text(j, "uid", uid);
	json_out_text(j, "name", name);
	json_out_object_end(j);
}

static void
write_attacks(struct json_out *j, const struct format_attack *attack)
{
	if (!attack)
		return;
	json_out_array(j, "attacks");
	json_out_object(j, NULL);
	write_pair(j, "tactic", attack->tactic, attack->tactic_name);
	write_pair(j, "technique", attack->technique, attack->technique_name);
	if (attack->part)
		write_pair(j, "sub_technique", attack->part, attack->part_name);
	json_out_object_end(j);
	json_out_array_end(j);
}

static void
write_info(struct json_out *j, const struct alert *a)
{
	json_out_object(j, "finding_info");
	json_out_text(j, "uid", *a->incident ? a->incident : a->id);
	json_out_span(j, "title", a->title);
	json_out_span_if(j, "desc", a->explanation.len ? a->explanation : a->detail);
	format_texts(j, "types", &a->rule, a->rule.len ? 1 : 0);
	write_time_if(j, "first_seen_time", a->first);
	write_time_if(j, "last_seen_time", a->last);
	write_time_if(
		j, a->action == ALERT_OPENED ? "created_time" : "modified_time", a->time);
	json_out_object(j, "analytic");
	json_out_uint(j, "type_id", 1); /* Rule */
	json_out_span(j, "uid", a->rule);
	json_out_span(j, "name", a->title);
	json_out_text(j, "version", RELAYTAP_VERSION);
	json_out_object_end(j);
	write_attacks(j, format_rule_of(a)->attack);
	json_out_object_end(j);
}

static void
write_endpoint(struct json_out *j, const char *key, const struct ip_addr *ip,
	uint16_t port, struct span name)
{
	if (ip_addr_is_none(ip))
		return;
	json_out_object(j, key);
	json_out_addr(j, "ip", ip);
	json_out_uint_if(j, "port", port);
	json_out_span_if(j, "hostname", name);
	json_out_object_end(j);
}

static void
write_connection(struct json_out *j, const struct alert *a)
{
	char id[COMMUNITY_ID];

	json_out_object(j, "connection_info");
	json_out_uint(j, "direction_id", 0); /* unknown */
	json_out_uint(j, "protocol_num", 6);
	json_out_text(j, "protocol_name", "tcp");
	json_out_uint(j, "protocol_ver_id", ip_addr_is_v4(&a->server) ? 4 : 6);
	if (community_id_tcp(&a->client, a->client_port, &a->server, a->port, id))
		json_out_text(j, "community_uid", id);
	json_out_object_end(j);
}

/*
 * email_t: one @ between a local part of ASCII and a domain with a dot. What is otherwise
 * stands in unmapped only.
 */
static bool
is_email(struct span s)
{
	size_t at = span_find(s, '@');
	struct span local = span_slice(s, 0, at), domain = span_slice(s, at + 1, s.len);
	size_t dot = span_find(domain, '.');

	if (!local.len || dot == 0 || dot + 1 >= domain.len)
		return false;
	for (size_t i = 0; i < local.len; i++)
		if (!dis_is_alpha(local.at[i]) && !dis_is_digit(local.at[i]) &&
			!(local.at[i] && strchr("!#$%&'*+,-./=?^_`{|}~", local.at[i])))
			return false;
	for (size_t i = 0; i < domain.len; i++)
		if (!dis_is_alpha(domain.at[i]) && !dis_is_digit(domain.at[i]) &&
			domain.at[i] != '.' && domain.at[i] != '-')
			return false;
	return true;
}

static void
write_email(struct json_out *j, const struct alert_mail *m)
{
	struct span to[ALERT_ADDRESSES_MAX];
	bool from = is_email(m->from);
	size_t count = 0;

	for (size_t i = 0; i < m->to_count; i++)
		if (is_email(m->to[i]))
			to[count++] = m->to[i];
	if (!from && !count)
		return;
	json_out_object(j, "email");
	if (from)
		json_out_span(j, "from", m->from);
	format_texts(j, "to", to, count);
	json_out_span_if(j, "message_uid", m->message_id);
	json_out_span_if(j, "subject", m->subject);
	json_out_object_end(j);
}

/* One object for the connection, and one for each item of evidence. */
static void
write_evidences(struct json_out *j, const struct alert *a)
{
	if (ip_addr_is_none(&a->server) && ip_addr_is_none(&a->client) &&
		!a->evidence_count)
		return;
	json_out_array(j, "evidences");
	if (!ip_addr_is_none(&a->server) || !ip_addr_is_none(&a->client)) {
		json_out_object(j, NULL);
		json_out_text(j, "name", "connection");
		write_endpoint(j, "src_endpoint", &a->client, a->client_port, SPAN_NONE);
		write_endpoint(j, "dst_endpoint", &a->server, a->port, a->server_name);
		write_connection(j, a);
		write_email(j, &a->mail);
		json_out_object_end(j);
	}
	for (size_t i = 0; i < a->evidence_count; i++) {
		const struct alert_evidence *e = &a->evidence[i];

		json_out_object(j, NULL);
		json_out_span(j, "name", e->kind.len ? e->kind : SPAN_LITERAL("seen"));
		write_endpoint(j, "src_endpoint", &e->client, 0, SPAN_NONE);
		write_endpoint(j, "dst_endpoint", &e->next_hop, 0, e->next_hop_name);
		format_evidence(j, "data", e);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

static void
write_resources(struct json_out *j, const struct alert *a)
{
	char text[IP_ADDR_TEXT];

	if (ip_addr_is_none(&a->server))
		return;
	ip_addr_write(&a->server, text);
	json_out_array(j, "resources");
	json_out_object(j, NULL);
	json_out_text(j, "type", "mail server");
	json_out_text(j, "uid", text);
	json_out_span(
		j, "name", a->server_name.len ? a->server_name : span_of_text(text));
	json_out_text(j, "ip", text);
	json_out_span_if(j, "hostname", a->server_name);
	json_out_object_end(j);
	json_out_array_end(j);
}

static void
write_vulnerabilities(struct json_out *j, const struct alert *a)
{
	if (!format_rule_of(a)->cve)
		return;
	json_out_array(j, "vulnerabilities");
	json_out_object(j, NULL);
	json_out_span(j, "title", a->title);
	json_out_object(j, "cve");
	json_out_text(j, "uid", FORMAT_CVE);
	json_out_object_end(j);
	json_out_object_end(j);
	json_out_array_end(j);
}

static void
write_remediation(struct json_out *j, const struct alert *a)
{
	const struct span parts[] = {a->contain, a->mend, a->confirm};
	struct text_out text;

	text_out_init(&text);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (text.used && parts[i].len)
			text_out_text(&text, "\n\n");
		text_out_span(&text, parts[i]);
	}
	if (text.used) {
		json_out_object(j, "remediation");
		json_out_span(j, "desc", text_out_all(&text));
		json_out_object_end(j);
	}
	text_out_free(&text);
}

void
format_ocsf(const struct alert *a, const struct format_options *o, struct json_out *j)
{
	json_out_object(j, NULL);
	write_class(j, a);
	write_times(j, a);
	write_confidence(j, a->confidence);
	write_metadata(j, a, o);
	write_info(j, a);
	write_evidences(j, a);
	write_resources(j, a);
	write_vulnerabilities(j, a);
	write_remediation(j, a);
	json_out_object(j, "unmapped");
	format_own(j, a, FORMAT_OWN_MAIL);
	json_out_object_end(j);
	json_out_object_end(j);
}
