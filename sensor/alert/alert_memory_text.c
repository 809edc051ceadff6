/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_memory.h"

#include <json-c/json.h>
#include <stdio.h>
#include <utlist.h>

#include "sensor/infer/finding_kind.h"
#include "sensor/record/record_read_parts.h"

#define DEPTH_MAX 4
#define WORD_MAX  24

/* --- keys -------------------------------------------------------------------------- */

/* "relay 203.0.113.11 25", "finding relay-probe 203.0.113.11 25 198.51.100.66", "sensor"
 */
static size_t
key_text(const struct alert_memory_key *key, char out[ALERT_MEMORY_KEY])
{
	const char *kind = alert_kind_name((enum alert_kind)key->kind);
	char server[IP_ADDR_TEXT], client[IP_ADDR_TEXT];
	int n;

	ip_addr_write(&key->server, server);
	ip_addr_write(&key->client, client);
	if (key->kind == ALERT_SENSOR)
		n = snprintf(out, ALERT_MEMORY_KEY, "%s", kind);
	else if (key->kind == ALERT_RELAY)
		n = snprintf(out, ALERT_MEMORY_KEY, "%s %s %u", kind, server, key->port);
	else
		n = snprintf(out, ALERT_MEMORY_KEY, "%s %s %s %u %s", kind,
			finding_kind_name((enum finding_kind)key->finding), server,
			key->port, client);
	return (size_t)n;
}

static struct span
next_word(struct span *rest)
{
	size_t end = span_find(*rest, ' ');
	struct span word = span_slice(*rest, 0, end);

	*rest = span_slice(*rest, end + 1, rest->len);
	return word;
}

static bool
read_finding(struct span name, uint32_t *out)
{
	for (uint32_t k = 0; k < FINDING_KINDS; k++)
		if (span_equal(name,
			    span_of_text(finding_kind_name((enum finding_kind)k)))) {
			*out = k;
			return true;
		}
	return false;
}

static bool
read_words(struct span text, struct alert_memory_key *key)
{
	enum alert_kind kind;
	uint64_t port = 0;

	if (!alert_kind_of_name(next_word(&text), &kind))
		return false;
	key->kind = kind;
	if (kind == ALERT_SENSOR)
		return true;
	if (kind == ALERT_FINDING && !read_finding(next_word(&text), &key->finding))
		return false;
	if (!ip_addr_parse(next_word(&text), &key->server) ||
		!span_number(next_word(&text), UINT16_MAX, &port))
		return false;
	key->port = (uint32_t)port;
	return kind != ALERT_FINDING || ip_addr_parse(next_word(&text), &key->client);
}

/* Only what key_text() writes: two texts are never one key. */
static bool
read_key(struct span text, struct alert_memory_key *key)
{
	char again[ALERT_MEMORY_KEY];

	memset(key, 0, sizeof(*key));
	return read_words(text, key) &&
	       span_equal(text, span_of(again, key_text(key, again)));
}

/* --- bodies ------------------------------------------------------------------------ */

static void
write_time_if(struct json_out *j, const char *key, uint64_t ns)
{
	if (ns)
		json_out_time(j, key, ns);
}

static void
write_body(const struct alert_entry *e, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_bool_if(j, "open", e->told.open);
	if (e->key.kind == ALERT_RELAY) {
		json_out_text(j, "trouble", verdict_name(e->told.kind));
		json_out_text_if(j, "grade", verdict_grade_name(e->told.grade));
		json_out_text(j, "verdict", verdict_name(e->verdict));
	}
	if (e->key.kind == ALERT_FINDING)
		json_out_text(j, "severity", finding_severity_name(e->told.severity));
	json_out_text_if(j, "incident", e->incident);
	write_time_if(j, "told", e->told_at);
	json_out_uint_if(j, "count", e->count);
	write_time_if(j, "first", e->first);
	write_time_if(j, "last", e->last);
	json_out_uint_if(j, "suppressed", e->suppressed);
	json_out_uint_if(j, "unseen", e->unseen);
	write_time_if(j, "unseen_at", e->unseen_at);
	json_out_uint_if(j, "credit", e->changes.credit);
	write_time_if(j, "credited", e->changes.last);
	json_out_bool_if(j, "held", e->held);
	json_out_bool_if(j, "opening", e->opening);
	json_out_object_end(j);
}

static bool
read_verdict(struct json_object *o, const char *key, enum verdict_kind *out)
{
	char name[WORD_MAX];

	span_copy(read_text(o, key), name, sizeof(name));
	return verdict_kind_of_name(name, out);
}

static enum verdict_grade
read_grade(struct span name)
{
	for (enum verdict_grade g = GRADE_SUSPECTED; g <= GRADE_CONFIRMED; g++)
		if (span_equal(name, span_of_text(verdict_grade_name(g))))
			return g;
	return GRADE_NONE;
}

/* What belongs to the kind of its key. */
static bool
read_told(struct json_object *o, struct alert_entry *e)
{
	enum alert_severity severity;

	e->told.open = read_bool(o, "open");
	if (e->key.kind == ALERT_SENSOR)
		return true;
	if (e->key.kind == ALERT_RELAY) {
		e->told.grade = read_grade(read_text(o, "grade"));
		return read_verdict(o, "trouble", &e->told.kind) &&
		       read_verdict(o, "verdict", &e->verdict);
	}
	if (!alert_severity_of_name(read_text(o, "severity"), &severity))
		return false;
	e->told.severity = (enum finding_severity)severity;
	return true;
}

/* Into e, which is zeroed but for its key. */
static bool
read_body(struct json_object *o, struct alert_entry *e)
{
	struct span incident = read_text(o, "incident");

	if (!read_told(o, e) || (incident.len && !alert_id_parse(incident, e->incident)))
		return false;
	e->seen = e->told;
	(void)read_time(o, "told", &e->told_at);
	e->count = read_uint(o, "count");
	(void)read_time(o, "first", &e->first);
	(void)read_time(o, "last", &e->last);
	e->suppressed = read_uint(o, "suppressed");
	e->unseen = read_uint(o, "unseen");
	(void)read_time(o, "unseen_at", &e->unseen_at);
	e->changes.credit = read_uint(o, "credit");
	(void)read_time(o, "credited", &e->changes.last);
	e->opening = read_bool(o, "opening");
	/* What is open was told, and a relay is one of these. */
	return !e->told.open ||
	       (e->incident[0] &&
		       (e->key.kind != ALERT_RELAY || verdict_is_relay(e->told.kind)));
}

static struct json_object *
parse(struct span text)
{
	struct json_tokener *t = json_tokener_new_ex(DEPTH_MAX);
	struct json_object *o = NULL;

	if (!t)
		abort();
	if (text.len && text.len <= INT32_MAX)
		o = json_tokener_parse_ex(t, (const char *)text.at, (int)text.len);
	json_tokener_free(t);
	if (json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	return NULL;
}

bool
alert_memory_save(struct alert_memory *m, struct span *key, struct json_out *body)
{
	struct alert_entry *e = m->dirty;
	const struct alert_memory_key *k;

	json_out_reset(body);
	/* What is gone comes first: it may be there again. */
	if (m->gone_count) {
		k = &m->gone[--m->gone_count];
	} else if (e) {
		k = &e->key;
		DL_DELETE2(m->dirty, e, dirty_prev, dirty_next);
		e->dirty = false;
		write_body(e, body);
	} else {
		return false;
	}
	*key = span_of(m->text, key_text(k, m->text));
	return true;
}

bool
alert_memory_load(struct alert_memory *m, struct span key, struct span body)
{
	struct json_object *o = parse(body);
	struct alert_entry read = {.held = false}, *e;
	bool held = read_bool(o, "held");
	bool good = o && read_key(key, &read.key) && read_body(o, &read);

	json_object_put(o);
	if (!good || alert_memory_find(m, &read.key))
		return false;
	e = alert_memory_insert(m, &read.key);
	read.hh = e->hh;
	*e = read;
	m->unsorted = true;
	if (held) {
		alert_memory_hold(m, e, 0, 0);
		DL_DELETE2(m->dirty, e, dirty_prev, dirty_next);
		e->dirty = false;
	}
	return true;
}
