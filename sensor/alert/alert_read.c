/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_json.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "sensor/record/record_read_parts.h"

/* Nesting of an alert's JSON; deeper is no alert. */
#define DEPTH_MAX 8
/* No sum of evidence comes near it. Beyond: no weight. */
#define WEIGHT_MAX 1000.0

static struct span
keep_text(struct alert *a, struct json_object *o, const char *key)
{
	return alert_keep(a, read_text(o, key));
}

static uint16_t
read_uint16(struct json_object *o, const char *key)
{
	uint64_t n = read_uint(o, key);

	return n <= UINT16_MAX ? (uint16_t)n : 0;
}

/* Within the bounds, or 0: infinity and not-a-number are in none. */
static double
read_double(struct json_object *o, const char *key, double min, double max)
{
	struct json_object *member = NULL;
	double d;

	if (!o || !json_object_object_get_ex(o, key, &member) ||
		(!json_object_is_type(member, json_type_double) &&
			!json_object_is_type(member, json_type_int)))
		return 0;
	d = json_object_get_double(member);
	return d >= min && d <= max ? d : 0;
}

/* What is no address leaves out as it is. */
static void
read_addr(struct json_object *o, const char *key, struct ip_addr *out)
{
	(void)ip_addr_parse(read_text(o, key), out);
}

static struct span
text_at(struct json_object *list, size_t i)
{
	struct json_object *o = json_object_array_get_idx(list, i);

	if (!json_object_is_type(o, json_type_string))
		return SPAN_NONE;
	return span_of(json_object_get_string(o), (size_t)json_object_get_string_len(o));
}

static size_t
read_texts(struct alert *a, struct json_object *o, const char *key, struct span *out,
	size_t max)
{
	struct json_object *list = read_member(o, key, json_type_array);
	size_t count = 0;

	for (size_t i = 0; list && i < json_object_array_length(list) && count < max;
		i++) {
		struct span s = text_at(list, i);

		if (s.len)
			out[count++] = alert_keep(a, s);
	}
	return count;
}

static size_t
read_addrs(struct json_object *o, const char *key, struct ip_addr *out, size_t max)
{
	struct json_object *list = read_member(o, key, json_type_array);
	size_t count = 0;

	for (size_t i = 0; list && i < json_object_array_length(list) && count < max; i++)
		if (ip_addr_parse(text_at(list, i), &out[count]) &&
			!ip_addr_is_none(&out[count]))
			count++;
	return count;
}

static const char *
read_what(struct alert *a, struct json_object *o)
{
	if (!alert_id_parse(read_text(o, "id"), a->id) ||
		!alert_id_parse(read_text(o, "incident"), a->incident))
		return "\"id\" or \"incident\" is no ULID";
	if (!alert_kind_of_name(read_text(o, "kind"), &a->kind))
		return "no such \"kind\" of alert";
	if (!alert_action_of_name(read_text(o, "action"), &a->action))
		return "no such \"action\"";
	if (!alert_severity_of_name(read_text(o, "severity"), &a->severity))
		return "no such \"severity\"";
	if (!read_time(o, "time", &a->time))
		return "\"time\" is missing or malformed";
	a->rule = keep_text(a, o, "rule");
	a->title = keep_text(a, o, "title");
	if (!a->rule.len || !a->title.len)
		return "\"rule\" or \"title\" is missing";
	a->detail = keep_text(a, o, "detail");
	(void)read_time(o, "first", &a->first);
	(void)read_time(o, "last", &a->last);
	a->count = read_uint(o, "count");
	a->since = read_uint(o, "since");
	a->suppressed = read_uint(o, "suppressed");
	return NULL;
}

static void
read_who(struct alert *a, struct json_object *o)
{
	struct json_object *server = read_member(o, "server", json_type_object);
	struct json_object *client = read_member(o, "client", json_type_object);

	read_addr(server, "ip", &a->server);
	a->port = read_uint16(server, "port");
	a->server_name = keep_text(a, server, "name");
	a->mta = keep_text(a, server, "mta");
	read_addr(client, "ip", &a->client);
	a->client_port = read_uint16(client, "port");
	a->mail.helo = keep_text(a, client, "helo");
	a->client_count = read_addrs(o, "clients", a->clients, ALERT_CLIENTS_MAX);
	a->client_total = read_uint(o, "client_total");
	a->domain_count = read_texts(a, o, "domains", a->domains, ALERT_DOMAINS_MAX);
	a->domain_total = read_uint(o, "domain_total");
	a->hop_count = read_addrs(o, "next_hops", a->hops, ALERT_HOPS_MAX);
}

static void
read_mail(struct alert *a, struct json_object *o)
{
	struct json_object *mail = read_member(o, "mail", json_type_object);

	a->mail.from = keep_text(a, mail, "from");
	a->mail.to_count = read_texts(a, mail, "to", a->mail.to, ALERT_ADDRESSES_MAX);
	a->mail.message_id = keep_text(a, mail, "message_id");
	a->mail.subject = keep_text(a, mail, "subject");
}

static void
read_verdict(struct alert *a, struct json_object *o)
{
	a->verdict = keep_text(a, o, "verdict");
	a->was = keep_text(a, o, "was");
	a->grade = keep_text(a, o, "grade");
	a->cause = keep_text(a, o, "cause");
	read_addr(o, "masked_as", &a->masked_as);
	a->trick_count = read_texts(a, o, "tricks", a->tricks, ALERT_TRICKS_MAX);
	a->confidence = read_double(o, "confidence", 0, 1);
}

static void
read_words(struct alert *a, struct json_object *o)
{
	a->explanation = keep_text(a, o, "explanation");
	a->contain = keep_text(a, o, "contain");
	a->mend = keep_text(a, o, "mend");
	a->confirm = keep_text(a, o, "confirm");
}

static void
read_item(struct alert *a, struct json_object *o, struct alert_evidence *e)
{
	uint64_t frame = read_uint(o, "frame");

	e->kind = keep_text(a, o, "kind");
	e->what = keep_text(a, o, "what");
	e->weight = read_double(o, "weight", -WEIGHT_MAX, WEIGHT_MAX);
	(void)read_time(o, "time", &e->time);
	e->file = keep_text(a, o, "file");
	e->frame = frame <= UINT32_MAX ? (uint32_t)frame : 0;
	read_addr(o, "client", &e->client);
	e->domain = keep_text(a, o, "domain");
	e->reply_code = read_uint16(o, "reply_code");
	e->reply = keep_text(a, o, "reply");
	e->queue_id = keep_text(a, o, "queue_id");
	read_addr(o, "next_hop", &e->next_hop);
	e->next_hop_name = keep_text(a, o, "next_hop_name");
}

static void
read_evidence(struct alert *a, struct json_object *o)
{
	struct json_object *list = read_member(o, "evidence", json_type_array);

	for (size_t i = 0; list && i < json_object_array_length(list) &&
			   a->evidence_count < ALERT_EVIDENCE_MAX;
		i++) {
		struct json_object *item = json_object_array_get_idx(list, i);

		if (read_text(item, "what").len)
			read_item(a, item, &a->evidence[a->evidence_count++]);
	}
}

static const char *
read_alert(struct alert *a, struct json_object *o)
{
	const char *fault;

	if (!span_equal(read_text(o, "type"), SPAN_LITERAL("alert")))
		return "\"type\" is not \"alert\"";
	if (read_uint(o, "schema") > RECORD_SCHEMA)
		return "schema is newer than this program; use the relaytap that wrote "
		       "it";
	fault = read_what(a, o);
	if (fault)
		return fault;
	read_who(a, o);
	read_mail(a, o);
	read_verdict(a, o);
	read_words(a, o);
	read_evidence(a, o);
	return NULL;
}

/* One JSON object and nothing after it; else NULL. */
static struct json_object *
parse_with(struct json_tokener *t, struct span text, const char **reason)
{
	struct json_object *o;
	enum json_tokener_error e;
	size_t end;

	if (text.len > INT32_MAX) {
		*reason = "the text is too long";
		return NULL;
	}
	o = json_tokener_parse_ex(t, (const char *)text.at, (int)text.len);
	e = json_tokener_get_error(t);
	end = json_tokener_get_parse_end(t);
	if (json_object_is_type(o, json_type_object) &&
		span_trim(span_slice(text, end, text.len)).len == 0)
		return o;
	json_object_put(o);
	*reason = e == json_tokener_success ? "not one JSON object and nothing more"
					    : json_tokener_error_desc(e);
	return NULL;
}

static struct json_object *
parse(struct span text, const char **reason)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *o;

	if (!t)
		abort();
	o = parse_with(t, text, reason);
	json_tokener_free(t);
	return o;
}

struct alert *
alert_read(struct span text, const char **reason)
{
	struct json_object *o = parse(text, reason);
	struct alert *a;

	if (!o)
		return NULL;
	a = alert_new();
	*reason = read_alert(a, o);
	json_object_put(o);
	if (*reason) {
		alert_free(a);
		return NULL;
	}
	return a;
}
