/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Suricata's EVE, event_type "alert":
 * https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
 */
#include "format_part.h"

#include <stdio.h>

#include "community_id.h"
#include "sensor/base/siphash.h"
#include "sensor/base/time_text.h"

/* Readers take numbers for doubles: 52 bits are kept by all. */
#define FLOW_ID_MASK ((UINT64_C(1) << 52) - 1)

/* "2026-11-23T20:22:53.596000+0000": microseconds. */
static void
write_time(struct json_out *j, const char *key, uint64_t ns)
{
	char text[TIME_TEXT], out[TIME_TEXT + 4];

	time_text_write(ns, text);
	snprintf(out, sizeof(out), "%.26s+0000", text);
	json_out_text(j, key, out);
}

/* The same for each alert about a connection, or else for each of an incident. */
static uint64_t
flow_id(const struct alert *a, const char *community)
{
	static const uint8_t key[16] = "relaytap flow id";
	struct span of = span_of_text(*community ? community : a->incident);

	return (siphash(key, of) & FLOW_ID_MASK) | 1;
}

static void
write_flow(struct json_out *j, const struct alert *a)
{
	char id[COMMUNITY_ID];

	community_id_tcp(&a->client, a->client_port, &a->server, a->port, id);
	json_out_uint(j, "flow_id", flow_id(a, id));
	json_out_text(j, "event_type", "alert");
	json_out_addr_if(j, "src_ip", &a->client);
	json_out_uint_if(j, "src_port", a->client_port);
	json_out_addr_if(j, "dest_ip", &a->server);
	json_out_uint_if(j, "dest_port", a->port);
	if (a->kind == ALERT_SENSOR)
		return;
	json_out_text(j, "proto", "TCP");
	json_out_text(j, "app_proto", "smtp");
	json_out_text_if(j, "community_id", id);
}

static void
write_alert(struct json_out *j, const struct alert *a)
{
	const struct format_rule *rule = format_rule_of(a);

	json_out_object(j, "alert");
	json_out_text(j, "action", "allowed");
	json_out_uint(j, "gid", 1);
	json_out_uint(j, "signature_id", rule->number);
	json_out_uint(j, "rev", 1);
	json_out_span(j, "signature", a->title);
	json_out_text(j, "category", format_class_name(rule->class));
	json_out_uint(j, "severity", format_severity_of(a->severity).eve);
	json_out_object_end(j);
}

/* As in the command: with brackets. */
static void
write_path(struct json_out *j, const char *key, struct span address)
{
	struct text_out path;

	text_out_init(&path);
	text_out_char(&path, '<');
	text_out_span(&path, address);
	text_out_char(&path, '>');
	json_out_span(j, key, text_out_all(&path));
	text_out_free(&path);
}

static void
write_smtp(struct json_out *j, const struct alert_mail *m)
{
	if (!m->helo.len && !m->from.len && !m->to_count)
		return;
	json_out_object(j, "smtp");
	json_out_span_if(j, "helo", m->helo);
	if (m->from.len)
		write_path(j, "mail_from", m->from);
	if (m->to_count) {
		json_out_array(j, "rcpt_to");
		for (size_t i = 0; i < m->to_count; i++)
			write_path(j, NULL, m->to[i]);
		json_out_array_end(j);
	}
	json_out_object_end(j);
}

static void
write_email(struct json_out *j, const struct alert_mail *m)
{
	if (!m->subject.len && !m->message_id.len)
		return;
	json_out_object(j, "email");
	json_out_span_if(j, "subject", m->subject);
	json_out_span_if(j, "message_id", m->message_id);
	json_out_object_end(j);
}

void
format_eve(const struct alert *a, const struct format_options *o, struct json_out *j)
{
	json_out_object(j, NULL);
	write_time(j, "timestamp", a->time);
	write_flow(j, a);
	json_out_text_if(j, "host", o->observer);
	write_alert(j, a);
	write_smtp(j, &a->mail);
	write_email(j, &a->mail);
	format_own(j, a, FORMAT_OWN_EVIDENCE);
	json_out_object_end(j);
}
