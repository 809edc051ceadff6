/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_hosted.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/config/config_schema.h"
#include "sensor/config/config_value.h"

/* RFC 1035 2.3.4, in text: 255 octets on the wire. */
#define DOMAIN_MAX 253
#define LABEL_MAX  63

/* --- domains -------------------------------------------------------------------------
 */

/* RFC 1123 2.1; the underscore is no host's, but some hosted domains have it. */
static bool
is_label_octet(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c) || c == '-' || c == '_';
}

static bool
is_domain(struct span s)
{
	size_t label = 0;

	if (s.len == 0 || s.len > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '.' && label == 0)
			return false;
		if (s.at[i] != '.' && !is_label_octet(s.at[i]))
			return false;
		label = s.at[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX)
			return false;
	}
	return label > 0;
}

static bool
has_eight_bit(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.at[i] >= 0x80)
			return true;
	return false;
}

/* What to write in place of what is no domain. */
static const char *
mend_of(struct span name)
{
	if (has_eight_bit(name))
		return "an internationalized domain in its xn-- form";
	if (span_find(name, '@') < name.len)
		return "only what stands after the @";
	return "a domain such as example.org or \"*.example.org\"";
}

/* False: it is no domain. */
static bool
append(struct config *c, struct span name)
{
	bool below = name.len > 2 && name.at[0] == '*' && name.at[1] == '.';
	char *domain;

	if (name.len > 1 && name.at[name.len - 1] == '.')
		name.len--;
	if (!is_domain(below ? span_slice(name, 2, name.len) : name))
		return false;
	domain = malloc(name.len + 1);
	if (!domain)
		abort();
	for (size_t i = 0; i < name.len; i++)
		domain[i] = (char)dis_lower(name.at[i]);
	domain[name.len] = '\0';
	c->hosted = config_value_grow(c->hosted, c->hosted_count, sizeof(*c->hosted));
	c->hosted[c->hosted_count++] = (struct config_hosted){.domain = domain};
	return true;
}

static int
append_event(struct config *c, struct config_events *e)
{
	struct config_quote q = config_fault_quote(e->text);

	if (append(c, e->text))
		return 0;
	return config_fault_set(e->fault, e->line, "hosted holds %s; write %s", q.at,
		mend_of(e->text));
}

int
config_add_hosted(struct config *c, const char *domain, char *error, size_t room)
{
	struct span name = span_of_text(domain);
	struct config_quote q = config_fault_quote(name);

	if (append(c, name))
		return 0;
	snprintf(error, room, "%s is no domain; write %s", q.at, mend_of(name));
	return -1;
}

/* --- maps ----------------------------------------------------------------------------
 */

/* One {server: …, domains: […]}. */
struct item {
	size_t line;
	size_t first; /* of its domains in c->hosted */
	struct ip_prefix server;
	size_t server_line; /* 0: not seen yet */
	size_t domains_line;
};

static int
read_server(struct item *item, struct config_events *e)
{
	if (config_events_next(e))
		return -1;
	if (e->kind != CONFIG_EVENT_SCALAR)
		return config_fault_set(e->fault, e->line,
			"hosted.server is %s; write one address or network, "
			"and one map for each server",
			config_events_name_of(e->kind));
	return config_value_prefix(
		"hosted.server", e->text, e->line, &item->server, e->fault);
}

static int
read_domains(struct config *c, struct config_events *e)
{
	if (config_events_next(e))
		return -1;
	if (e->kind != CONFIG_EVENT_LIST)
		return config_fault_set(e->fault, e->line,
			"hosted.domains is %s; write a list: [example.org]",
			config_events_name_of(e->kind));
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_LIST_END)
			return 0;
		if (e->kind != CONFIG_EVENT_SCALAR)
			return config_fault_set(e->fault, e->line,
				"hosted.domains holds %s; write domains only",
				config_events_name_of(e->kind));
		if (append_event(c, e))
			return -1;
	}
}

static int
unknown_key(struct config_events *e)
{
	static const char *const known[] = {"server", "domains"};
	struct config_quote q = config_fault_quote(e->text);

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (config_schema_is_near(e->text, span_of_text(known[i])))
			return config_fault_set(e->fault, e->line,
				"unknown key %s in hosted; did you mean \"%s\"?", q.at,
				known[i]);
	return config_fault_set(e->fault, e->line,
		"unknown key %s in hosted; write server and domains", q.at);
}

static int
once(struct config_events *e, const char *key, size_t *line)
{
	if (*line)
		return config_fault_set(e->fault, e->line,
			"key \"%s\" again, first in line %zu; write it once", key, *line);
	*line = e->line;
	return 0;
}

static int
read_key(struct config *c, struct config_events *e, struct item *item)
{
	if (e->kind != CONFIG_EVENT_SCALAR)
		return config_fault_set(e->fault, e->line,
			"%s as a key; write server or domains",
			config_events_name_of(e->kind));
	if (span_equal(e->text, SPAN_LITERAL("server")))
		return once(e, "server", &item->server_line) || read_server(item, e) ? -1
										     : 0;
	if (span_equal(e->text, SPAN_LITERAL("domains")))
		return once(e, "domains", &item->domains_line) || read_domains(c, e) ? -1
										     : 0;
	return unknown_key(e);
}

static int
read_item(struct config *c, struct config_events *e)
{
	struct item item = {.line = e->line, .first = c->hosted_count};

	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_MAP_END)
			break;
		if (read_key(c, e, &item))
			return -1;
	}
	if (!item.server_line || !item.domains_line)
		return config_fault_set(e->fault, item.line,
			"an item of hosted without %s; write {server: 192.0.2.1, "
			"domains: [example.org]}",
			item.server_line ? "domains" : "server");
	for (size_t i = item.first; i < c->hosted_count; i++)
		c->hosted[i].server = item.server;
	return 0;
}

int
config_hosted_read(struct config *c, struct config_events *e)
{
	for (;;) {
		if (config_events_next(e))
			return -1;
		switch (e->kind) {
		case CONFIG_EVENT_LIST_END:
			return 0;
		case CONFIG_EVENT_SCALAR:
			if (append_event(c, e))
				return -1;
			break;
		case CONFIG_EVENT_MAP:
			if (read_item(c, e))
				return -1;
			break;
		default:
			return config_fault_set(e->fault, e->line,
				"hosted holds %s; write domains, or maps of server and "
				"domains",
				config_events_name_of(e->kind));
		}
	}
}
