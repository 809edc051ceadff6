/* SPDX-License-Identifier: Apache-2.0 */
/* Elastic Common Schema, https://www.elastic.co/docs/reference/ecs */
#include "format_part.h"

#include "community_id.h"

#define ECS_VERSION "9.4.0"

/* Closed lists: each of these expects the type "info". */
static void
write_category(struct json_out *j, enum format_class class)
{
	json_out_array(j, "category");
	if (class != FORMAT_CLASS_SENSOR)
		json_out_text(j, NULL, "email");
	json_out_text(j, NULL, "network");
	if (class != FORMAT_CLASS_SENSOR)
		json_out_text(j, NULL, "intrusion_detection");
	if (class == FORMAT_CLASS_RELAY || class == FORMAT_CLASS_WEAKNESS)
		json_out_text(j, NULL, "vulnerability");
	json_out_array_end(j);
	json_out_array(j, "type");
	json_out_text(j, NULL, "info");
	json_out_array_end(j);
}

static void
write_event(struct json_out *j, const struct alert *a)
{
	unsigned severity = format_severity_of(a->severity).ecs;

	json_out_object(j, "event");
	json_out_text(j, "kind", "alert");
	write_category(j, format_rule_of(a)->class);
	json_out_text(j, "id", a->id);
	json_out_text(j, "action", alert_action_name(a->action));
	json_out_span(j, "code", a->rule);
	json_out_span_if(j, "reason", a->detail);
	format_time_if(j, "start", a->first);
	format_time_if(j, "end", a->last);
	json_out_uint(j, "severity", severity);
	json_out_uint(j, "risk_score", severity);
	json_out_text(j, "dataset", FORMAT_PRODUCT ".alert");
	json_out_text(j, "module", FORMAT_PRODUCT);
	json_out_text(j, "provider", FORMAT_PRODUCT);
	json_out_object_end(j);
}

static void
write_rule(struct json_out *j, const struct alert *a)
{
	json_out_object(j, "rule");
	json_out_span(j, "id", a->rule);
	json_out_span(j, "name", a->title);
	json_out_text(j, "category", format_class_name(format_rule_of(a)->class));
	json_out_text(j, "ruleset", FORMAT_PRODUCT);
	json_out_text(j, "version", RELAYTAP_VERSION);
	json_out_object_end(j);
}

static void
write_side(struct json_out *j, const char *key, const struct ip_addr *ip, uint16_t port,
	struct span name)
{
	char text[IP_ADDR_TEXT];

	if (ip_addr_is_none(ip))
		return;
	ip_addr_write(ip, text);
	json_out_object(j, key);
	json_out_text(j, "address", text);
	json_out_text(j, "ip", text);
	json_out_uint_if(j, "port", port);
	json_out_span_if(j, "domain", name);
	json_out_object_end(j);
}

static void
write_network(struct json_out *j, const struct alert *a)
{
	char id[COMMUNITY_ID];

	if (ip_addr_is_none(&a->server))
		return;
	json_out_object(j, "network");
	json_out_text(j, "transport", "tcp");
	json_out_text(j, "protocol", "smtp");
	json_out_text(j, "type", ip_addr_is_v4(&a->server) ? "ipv4" : "ipv6");
	if (community_id_tcp(&a->client, a->client_port, &a->server, a->port, id))
		json_out_text(j, "community_id", id);
	json_out_object_end(j);
}

static void
write_related(struct json_out *j, const struct alert *a)
{
	struct ip_addr addrs[FORMAT_ADDRESSES_MAX];
	struct span hosts[FORMAT_HOSTS_MAX];
	size_t addr_count = format_addresses(a, addrs);
	size_t host_count = format_hosts(a, hosts);

	if (!addr_count && !host_count)
		return;
	json_out_object(j, "related");
	format_addrs(j, "ip", addrs, addr_count);
	format_texts(j, "hosts", hosts, host_count);
	json_out_object_end(j);
}

static void
write_addresses(
	struct json_out *j, const char *key, const struct span *list, size_t count)
{
	if (!count)
		return;
	json_out_object(j, key);
	format_texts(j, "address", list, count);
	json_out_object_end(j);
}

static void
write_email(struct json_out *j, const struct alert_mail *m)
{
	struct span id = m->message_id;

	if (!m->from.len && !m->to_count && !id.len && !m->subject.len)
		return;
	/* ECS has it without its brackets. */
	if (id.len > 2 && id.at[0] == '<' && id.at[id.len - 1] == '>')
		id = span_slice(id, 1, id.len - 1);
	json_out_object(j, "email");
	write_addresses(j, "from", &m->from, m->from.len ? 1 : 0);
	write_addresses(j, "to", m->to, m->to_count);
	json_out_span_if(j, "message_id", id);
	json_out_span_if(j, "subject", m->subject);
	json_out_object_end(j);
}

static void
write_observer(struct json_out *j, const char *name)
{
	json_out_object(j, "observer");
	json_out_text_if(j, "name", name);
	json_out_text(j, "vendor", FORMAT_PRODUCT);
	json_out_text(j, "product", FORMAT_PRODUCT);
	json_out_text(j, "version", RELAYTAP_VERSION);
	json_out_text(j, "type", "ids");
	json_out_object_end(j);
}

static void
write_vulnerability(struct json_out *j, const struct alert *a)
{
	if (!format_rule_of(a)->cve)
		return;
	json_out_object(j, "vulnerability");
	json_out_text(j, "id", FORMAT_CVE);
	json_out_text(j, "classification", "CVE");
	json_out_text(j, "enumeration", "CVE");
	json_out_object_end(j);
}

static void
write_pair(struct json_out *j, const char *id, const char *name)
{
	json_out_array(j, "id");
	json_out_text(j, NULL, id);
	json_out_array_end(j);
	json_out_array(j, "name");
	json_out_text(j, NULL, name);
	json_out_array_end(j);
}

static void
write_threat(struct json_out *j, const struct format_attack *attack)
{
	if (!attack)
		return;
	json_out_object(j, "threat");
	json_out_text(j, "framework", "MITRE ATT&CK");
	json_out_object(j, "tactic");
	write_pair(j, attack->tactic, attack->tactic_name);
	json_out_object_end(j);
	json_out_object(j, "technique");
	write_pair(j, attack->technique, attack->technique_name);
	if (attack->part) {
		json_out_object(j, "subtechnique");
		write_pair(j, attack->part, attack->part_name);
		json_out_object_end(j);
	}
	json_out_object_end(j);
	json_out_object_end(j);
}

void
format_ecs(const struct alert *a, const struct format_options *o, struct json_out *j)
{
	const struct format_rule *rule = format_rule_of(a);

	json_out_object(j, NULL);
	json_out_time(j, "@timestamp", a->time);
	json_out_object(j, "ecs");
	json_out_text(j, "version", ECS_VERSION);
	json_out_object_end(j);
	json_out_span(j, "message", a->title);
	json_out_array(j, "tags");
	json_out_text(j, NULL, FORMAT_PRODUCT);
	json_out_text(j, NULL, format_class_name(rule->class));
	json_out_array_end(j);
	write_event(j, a);
	write_rule(j, a);
	write_side(j, "source", &a->client, a->client_port, SPAN_NONE);
	write_side(j, "destination", &a->server, a->port, a->server_name);
	write_side(j, "server", &a->server, a->port, a->server_name);
	write_network(j, a);
	write_related(j, a);
	write_email(j, &a->mail);
	write_observer(j, o->observer);
	write_vulnerability(j, a);
	write_threat(j, rule->attack);
	format_own(j, a, FORMAT_OWN_EVIDENCE);
	json_out_object_end(j);
}
