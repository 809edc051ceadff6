/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_output.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/config/config_schema.h"
#include "sensor/config/config_value.h"

/* One map in the making. */
struct item {
	struct config_output *to;
	size_t line;
	size_t key_line[CONFIG_KEYS_MAX];
};

static size_t
line_of(const struct item *item, const char *name)
{
	for (size_t i = 0; config_output_schema[i].name; i++)
		if (strcmp(config_output_schema[i].name, name) == 0)
			return item->key_line[i];
	return 0;
}

static const struct config_key *
key_of(struct span name)
{
	for (const struct config_key *k = config_output_schema; k->name; k++)
		if (span_equal(name, span_of_text(k->name)))
			return k;
	return NULL;
}

static int
unknown_key(struct config_events *e)
{
	struct config_quote q = config_fault_quote(e->text);

	for (const struct config_key *k = config_output_schema; k->name; k++)
		if (config_schema_is_near(e->text, span_of_text(k->name)))
			return config_fault_set(e->fault, e->line,
				"unknown key %s in outputs; did you mean \"%s\"?", q.at,
				k->name);
	return config_fault_set(e->fault, e->line,
		"unknown key %s in outputs; relaytap.conf(5) lists them", q.at);
}

static int
read_key(struct item *item, struct config_events *e)
{
	const struct config_key *k;
	size_t *line;

	if (e->kind != CONFIG_EVENT_SCALAR)
		return config_fault_set(e->fault, e->line,
			"%s as a key; write a name and a colon",
			config_events_name_of(e->kind));
	k = key_of(e->text);
	if (!k)
		return unknown_key(e);
	line = &item->key_line[k - config_output_schema];
	if (*line)
		return config_fault_set(e->fault, e->line,
			"key \"%s\" again, first in line %zu; write it once", k->name,
			*line);
	*line = e->line;
	if (config_events_next(e))
		return -1;
	if (e->kind != CONFIG_EVENT_SCALAR || (e->plain && e->text.len == 0))
		return config_fault_set(e->fault, e->line,
			"outputs.%s takes one value and has %s", k->name,
			e->kind == CONFIG_EVENT_SCALAR ? "nothing"
						       : config_events_name_of(e->kind));
	return config_value_set(item->to, k, e->text, e->line, e->fault);
}

static const char *
transport_word(enum config_transport to)
{
	return key_of(SPAN_LITERAL("to"))->words[to];
}

static bool
is_remote(enum config_transport to)
{
	return to >= CONFIG_TO_UDP;
}

/* --- what one key alone cannot tell --------------------------------------------------
 */

static int
need(struct item *item, struct config_fault *f, const char *key, const char *example)
{
	if (line_of(item, key))
		return 0;
	return config_fault_set(f, item->line, "an output to %s without %s; write %s: %s",
		transport_word(item->to->to), key, key, example);
}

static int
refuse(struct item *item, struct config_fault *f, const char *key)
{
	size_t line = line_of(item, key);

	if (!line)
		return 0;
	return config_fault_set(f, line, "an output to %s has no %s; leave it out",
		transport_word(item->to->to), key);
}

static int
check_place(struct item *item, struct config_fault *f)
{
	static const char *const remote[] = {"host", "port", "facility"};
	enum config_transport to = item->to->to;
	bool has_path = to == CONFIG_TO_FILE || to == CONFIG_TO_UNIX;
	int bad = 0;

	bad |= has_path ? need(item, f, "path", "/var/log/relaytap/alerts.json")
			: refuse(item, f, "path");
	if (is_remote(to))
		return bad | need(item, f, "host", "collector.example.org") ? -1 : 0;
	for (size_t i = 0; i < sizeof(remote) / sizeof(*remote); i++)
		bad |= refuse(item, f, remote[i]);
	return bad ? -1 : 0;
}

static int
check_tls(struct item *item, struct config_fault *f)
{
	static const char *const keys[] = {"ca", "certificate", "key", "server_name"};
	const struct config_output *o = item->to;
	bool tls = o->to == CONFIG_TO_TLS || (o->to == CONFIG_TO_RELP && o->tls);

	if (o->to != CONFIG_TO_RELP && refuse(item, f, "tls"))
		return -1;
	for (size_t i = 0; !tls && i < sizeof(keys) / sizeof(*keys); i++)
		if (line_of(item, keys[i]))
			return config_fault_set(f, line_of(item, keys[i]),
				"%s is for TLS; write to: tls, or to: relp with tls: "
				"true",
				keys[i]);
	if (!o->certificate != !o->key)
		return config_fault_set(f, item->line,
			"certificate and key go together; write both or none");
	return 0;
}

static int
check_port(struct item *item, struct config_fault *f)
{
	static const char *const standard[] = {[CONFIG_TO_UDP] = "514",
		[CONFIG_TO_TCP] = "514",
		[CONFIG_TO_TLS] = "6514",
		[CONFIG_TO_RELP] = "2514"};
	struct config_output *o = item->to;
	uint64_t n;

	if (!is_remote(o->to))
		return 0;
	if (!o->port && !(o->port = strdup(standard[o->to])))
		abort();
	if (span_number(span_of_text(o->port), 65535, &n) && n > 0)
		return 0;
	return config_fault_set(f, line_of(item, "port"),
		"outputs.port is %s; write a number from 1 to 65535",
		config_fault_quote(span_of_text(o->port)).at);
}

/* relaytap writes one format of these. */
static int
check_stream(struct item *item, struct config_fault *f)
{
	struct config_output *o = item->to;

	if (o->stream == CONFIG_STREAM_ALERTS)
		return 0;
	if (line_of(item, "format") && o->format != CONFIG_FORMAT_RELAYTAP)
		return config_fault_set(f, line_of(item, "format"),
			"only alerts have that format; write format: relaytap, or leave "
			"it "
			"out");
	o->format = CONFIG_FORMAT_RELAYTAP;
	return refuse(item, f, "minimum");
}

static struct config_output *
find(struct config_outputs *o, const char *name)
{
	for (size_t i = 0; i + 1 < o->count; i++)
		if (strcmp(o->at[i].name, name) == 0)
			return &o->at[i];
	return NULL;
}

static int
set_name(struct config_outputs *o, struct item *item, struct config_fault *f)
{
	char name[32];

	if (item->to->name && find(o, item->to->name))
		return config_fault_set(f, line_of(item, "name"),
			"the name %s again; give each output its own",
			config_fault_quote(span_of_text(item->to->name)).at);
	for (unsigned n = 1; !item->to->name; n++) {
		snprintf(name, sizeof(name), n > 1 ? "%s-%u" : "%s",
			transport_word(item->to->to), n);
		if (!find(o, name) && !(item->to->name = strdup(name)))
			abort();
	}
	return 0;
}

static int
read_item(struct config_outputs *o, struct config_events *e)
{
	struct item item = {.line = e->line};

	o->at = config_value_grow(o->at, o->count, sizeof(*o->at));
	item.to = &o->at[o->count++];
	*item.to = (struct config_output){.facility = 16};
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_MAP_END)
			break;
		if (read_key(&item, e))
			return -1;
	}
	if (!line_of(&item, "to"))
		return config_fault_set(e->fault, item.line,
			"an output that goes nowhere; write to: stdout, file, unix, udp, "
			"tcp, "
			"tls or relp");
	return check_place(&item, e->fault) || check_tls(&item, e->fault) ||
			       check_port(&item, e->fault) ||
			       check_stream(&item, e->fault) ||
			       set_name(o, &item, e->fault)
		       ? -1
		       : 0;
}

int
config_outputs_read(struct config_outputs *o, struct config_events *e)
{
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_LIST_END)
			return 0;
		if (e->kind != CONFIG_EVENT_MAP)
			return config_fault_set(e->fault, e->line,
				"outputs holds %s; write maps such as {to: stdout, "
				"format: "
				"ecs}",
				config_events_name_of(e->kind));
		if (read_item(o, e))
			return -1;
	}
}

int
config_add_output(struct config *c, const char *text, char *error, size_t room)
{
	struct config_fault fault = {0};
	struct config_events e;
	int result;

	config_events_open(&e, span_of_text(text), &fault);
	result = config_events_next(&e);
	if (result == 0 && e.kind != CONFIG_EVENT_MAP)
		result = config_fault_set(&fault, 0, "no map; write {to: stdout}");
	if (result == 0)
		result = read_item(&c->outputs, &e);
	if (result == 0)
		result = config_events_next(&e);
	config_events_close(&e);
	if (result)
		config_fault_write(&fault, "output", error, room);
	return result ? -1 : 0;
}
