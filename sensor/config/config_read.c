/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/config/config_events.h"
#include "sensor/config/config_hosted.h"
#include "sensor/config/config_output.h"
#include "sensor/config/config_schema.h"
#include "sensor/config/config_value.h"

struct reader {
	struct config *config;
	struct config_events events;
	struct config_fault fault;
	size_t key_line[CONFIG_KEYS_MAX];     /* where each was read; 0: not yet */
	size_t section_line[CONFIG_KEYS_MAX]; /* by the section's first key */
};

static size_t
index_of(const struct config_key *k)
{
	return (size_t)(k - config_schema);
}

/* --- values --------------------------------------------------------------------------
 */

static int
wrong_type(struct reader *r, const struct config_key *k)
{
	const struct config_events *e = &r->events;
	bool empty = e->kind == CONFIG_EVENT_SCALAR && e->text.len == 0;
	const char *has = empty ? "nothing" : config_events_name_of(e->kind);
	const char *wants = config_value_is_list(k->kind) ? "a list" : "one value";
	const char *example = k->preset;

	if (k->kind == CONFIG_PREFIXES)
		example = "[10.0.0.0/8, 2001:db8::/32]";
	else if (k->kind == CONFIG_HOSTED)
		example = "[example.org]";
	else if (k->kind == CONFIG_OUTPUTS)
		example = "[{to: stdout}]";
	else if (k->kind == CONFIG_TEXTS)
		example = "[eth0]";
	return config_fault_set(&r->fault, e->line,
		"%s takes %s and has %s; write %s: %s", k->name, wants, has, k->name,
		example);
}

static int
read_list(struct reader *r, const struct config_key *k)
{
	struct config_events *e = &r->events;

	config_value_clear(r->config, k);
	if (k->kind == CONFIG_HOSTED)
		return config_hosted_read(r->config, e);
	if (k->kind == CONFIG_OUTPUTS)
		return config_outputs_read(&r->config->outputs, e);
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_LIST_END)
			return 0;
		if (e->kind != CONFIG_EVENT_SCALAR)
			return config_fault_set(&r->fault, e->line,
				"%s holds %s; write one flat list", k->name,
				config_events_name_of(e->kind));
		if (config_value_set(r->config, k, e->text, e->line, &r->fault))
			return -1;
	}
}

static int
read_value(struct reader *r, const struct config_key *k)
{
	struct config_events *e = &r->events;

	if (config_events_next(e))
		return -1;
	if (config_value_is_list(k->kind))
		return e->kind == CONFIG_EVENT_LIST ? read_list(r, k) : wrong_type(r, k);
	if (e->kind != CONFIG_EVENT_SCALAR || (e->plain && e->text.len == 0))
		return wrong_type(r, k);
	return config_value_set(r->config, k, e->text, e->line, &r->fault);
}

/* --- keys ----------------------------------------------------------------------------
 */

/* "home, trusted, …": what can be written at this level. */
static void
write_known(const char *section, char *out, size_t room)
{
	const char *before = "";
	size_t used = 0;

	out[0] = '\0';
	for (const struct config_key *k = config_schema; k->name && used < room; k++) {
		bool here = strcmp(k->section, section) == 0;
		bool first = k == config_schema || strcmp(k[-1].section, k->section) != 0;

		if (!here && (section[0] || !first))
			continue;
		used += (size_t)snprintf(out + used, room - used, "%s%s", before,
			here ? k->name : k->section);
		before = ", ";
	}
}

static int
unknown_key(struct reader *r, const char *section)
{
	const struct config_events *e = &r->events;
	struct config_quote q = config_fault_quote(e->text);
	const char *in = section[0] ? " in " : "";
	const char *near = config_schema_near(section, e->text);
	const struct config_key *elsewhere = config_schema_elsewhere(e->text);
	char known[CONFIG_ERROR / 2];

	if (elsewhere && elsewhere->section[0])
		return config_fault_set(&r->fault, e->line,
			"unknown key %s%s%s; write it indented under \"%s:\"", q.at, in,
			section, elsewhere->section);
	if (elsewhere)
		return config_fault_set(&r->fault, e->line,
			"unknown key %s in %s; write it at the top level, not indented",
			q.at, section);
	if (near)
		return config_fault_set(&r->fault, e->line,
			"unknown key %s%s%s; did you mean \"%s\"?", q.at, in, section,
			near);
	write_known(section, known, sizeof(known));
	return config_fault_set(&r->fault, e->line, "unknown key %s%s%s; write one of %s",
		q.at, in, section, known);
}

static int
once(struct reader *r, size_t *line)
{
	const struct config_events *e = &r->events;

	if (*line)
		return config_fault_set(&r->fault, e->line,
			"key %s again, first in line %zu; write it once",
			config_fault_quote(e->text).at, *line);
	*line = e->line;
	return 0;
}

static int
check_key(struct reader *r)
{
	const struct config_events *e = &r->events;

	if (e->kind == CONFIG_EVENT_SCALAR)
		return 0;
	return config_fault_set(&r->fault, e->line,
		"%s as a key; write a name and a colon", config_events_name_of(e->kind));
}

/* A map of plain keys. */
static int
read_section(struct reader *r, const char *section)
{
	struct config_events *e = &r->events;

	if (config_events_next(e))
		return -1;
	if (e->kind != CONFIG_EVENT_MAP)
		return config_fault_set(&r->fault, e->line,
			"%s takes keys of its own and has %s; indent them below \"%s:\"",
			section,
			e->kind == CONFIG_EVENT_SCALAR && !e->text.len
				? "nothing"
				: config_events_name_of(e->kind),
			section);
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_MAP_END)
			return 0;
		if (check_key(r))
			return -1;
		const struct config_key *k = config_schema_find(section, e->text);
		if (!k)
			return unknown_key(r, section);
		if (once(r, &r->key_line[index_of(k)]) || read_value(r, k))
			return -1;
	}
}

static int
read_top_key(struct reader *r)
{
	const struct config_key *k = config_schema_find("", r->events.text);
	const char *section = config_schema_section(r->events.text);

	if (k)
		return once(r, &r->key_line[index_of(k)]) || read_value(r, k) ? -1 : 0;
	if (!section)
		return unknown_key(r, "");
	for (k = config_schema; strcmp(k->section, section) != 0;)
		k++;
	return once(r, &r->section_line[index_of(k)]) || read_section(r, section) ? -1
										  : 0;
}

static int
read_top(struct reader *r)
{
	struct config_events *e = &r->events;

	if (config_events_next(e))
		return -1;
	/* Nothing but comments, or an empty document. */
	if (e->kind == CONFIG_EVENT_END ||
		(e->kind == CONFIG_EVENT_SCALAR && e->plain && e->text.len == 0))
		return 0;
	if (e->kind != CONFIG_EVENT_MAP)
		return config_fault_set(&r->fault, e->line,
			"%s and no keys; write lines such as \"users: hash\"",
			config_events_name_of(e->kind));
	for (;;) {
		if (config_events_next(e))
			return -1;
		if (e->kind == CONFIG_EVENT_MAP_END)
			return config_events_next(e);
		if (check_key(r) || read_top_key(r))
			return -1;
	}
}

/* --- what one key alone cannot tell ---------------------------------------------------
 */

static int
check_ports(struct reader *r)
{
	const struct config *c = r->config;
	size_t smtp =
		r->key_line[index_of(config_schema_find("ports", SPAN_LITERAL("smtp")))];
	size_t smtps =
		r->key_line[index_of(config_schema_find("ports", SPAN_LITERAL("smtps")))];

	for (size_t i = 0; i < c->smtps_ports.count; i++)
		if (config_ports_hold(&c->smtp_ports, c->smtps_ports.at[i]))
			return config_fault_set(&r->fault, smtps > smtp ? smtps : smtp,
				"port %u is in ports.smtp and in ports.smtps; write it "
				"in one, "
				"and both lists out",
				c->smtps_ports.at[i]);
	return 0;
}

/* --- the file ------------------------------------------------------------------------
 */

int
config_read_text(
	struct config *c, const char *name, struct span text, char *error, size_t room)
{
	struct reader r = {.config = c};
	int result;

	if (text.len > CONFIG_TEXT_MAX)
		result = config_fault_set(&r.fault, 0,
			"larger than %u octets; write a configuration, not a data file",
			CONFIG_TEXT_MAX);
	else {
		config_events_open(&r.events, text, &r.fault);
		result = read_top(&r) || check_ports(&r) ? -1 : 0;
		config_events_close(&r.events);
	}
	if (result)
		config_fault_write(&r.fault, name, error, room);
	return result;
}

/* At most one octet more than allowed, into *text (to be freed). 0 or an errno. */
static int
slurp(const char *file, char **text, size_t *len)
{
	FILE *f = fopen(file, "re");
	int problem = 0;

	*text = malloc(CONFIG_TEXT_MAX + 1);
	if (!*text)
		abort();
	if (!f)
		return errno;
	errno = 0;
	*len = fread(*text, 1, CONFIG_TEXT_MAX + 1, f);
	if (ferror(f))
		problem = errno ? errno : EIO;
	fclose(f);
	return problem;
}

int
config_read(struct config *c, const char *file, char *error, size_t room)
{
	struct config_fault fault = {0};
	char *text;
	size_t len = 0;
	int problem = slurp(file, &text, &len);
	int result;

	if (problem) {
		result = config_fault_set(&fault, 0,
			"cannot be read: %s; write the name of a file that can",
			strerror(problem));
		config_fault_write(&fault, file, error, room);
	} else {
		result = config_read_text(c, file, span_of(text, len), error, room);
	}
	/* It may hold the hash's secret. */
	if (!problem)
		explicit_bzero(text, len);
	free(text);
	return result;
}
