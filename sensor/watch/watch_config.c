/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_config.h"

#include <stdio.h>

#include "sensor/base/log.h"
#include "sensor/config/config_schema.h"
#include "sensor/config/config_value.h"

/* --- reading -------------------------------------------------------------------------
 */

static int
read_all(const struct watch_options *o, struct config *c, char *error)
{
	if (o->config_file && config_read(c, o->config_file, error, CONFIG_ERROR) < 0)
		return -1;
	for (size_t i = 0; i < o->line_count; i++)
		if (config_read_text(c, o->line[i].option, span_of_text(o->line[i].yaml),
			    error, CONFIG_ERROR) < 0)
			return -1;
	if (o->output && config_add_output(c, o->output, error, CONFIG_ERROR) < 0)
		return -1;
	return 0;
}

int
watch_config_load(const struct watch_options *o, struct config *c, char *error)
{
	config_init(c);
	/* Looking into every port is for files: live, each such packet has its price. */
	c->any_port = false;
	if (read_all(o, c, error) == 0)
		return 0;
	config_free(c);
	return -1;
}

/* --- what stays ----------------------------------------------------------------------
 */

/* The kernel's filter, memory, descriptors and the sandbox are made by these. */
static bool
needs_restart(const struct config_key *k)
{
	static const char *const sections[] = {
		"capture", "limits", "ports", "state", "metrics", "run"};

	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
		if (strcmp(k->section, sections[i]) == 0)
			return true;
	return strcmp(k->name, "any_port") == 0 ||
	       strcmp(k->name, "public_suffix_file") == 0;
}

static size_t
size_of(enum config_kind kind)
{
	switch (kind) {
	case CONFIG_BOOL:
		return sizeof(bool);
	case CONFIG_COUNT32:
		return sizeof(uint32_t);
	case CONFIG_WORD:
		return sizeof(enum config_users);
	case CONFIG_TEXT:
		return sizeof(char *);
	case CONFIG_PORTS:
		return sizeof(struct config_ports);
	case CONFIG_TEXTS:
		return sizeof(struct config_texts);
	case CONFIG_COUNT:
	case CONFIG_OCTETS:
	default:
		return sizeof(size_t);
	}
}

static bool
same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
same_ports(const struct config_ports *a, const struct config_ports *b)
{
	return a->count == b->count &&
	       (a->count == 0 || memcmp(a->at, b->at, a->count * sizeof(*a->at)) == 0);
}

static bool
same_texts(const struct config_texts *a, const struct config_texts *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_text(a->at[i], b->at[i]))
			return false;
	return true;
}

/* Lists of maps and of prefixes are none of those that need a restart. */
static bool
same_value(const void *a, const void *b, enum config_kind kind)
{
	if (kind == CONFIG_TEXT)
		return same_text(*(char *const *)a, *(char *const *)b);
	if (kind == CONFIG_PORTS)
		return same_ports(a, b);
	if (kind == CONFIG_TEXTS)
		return same_texts(a, b);
	return memcmp(a, b, size_of(kind)) == 0;
}

static void
name_key(const struct config_key *k)
{
	log_warnx("%s%s%s changed: that takes a restart, until then the old value holds",
		k->section, k->section[0] ? "." : "", k->name);
}

size_t
watch_config_keep(struct config *next, const struct config *boot)
{
	size_t differ = 0;

	for (const struct config_key *k = config_schema; k->name; k++) {
		char *to = (char *)next + k->at;
		const char *from = (const char *)boot + k->at;

		if (!needs_restart(k))
			continue;
		if (!same_value(to, from, k->kind)) {
			name_key(k);
			differ++;
		}
		config_value_clear(next, k);
		memcpy(to, from, size_of(k->kind));
	}
	return differ;
}

void
watch_config_release(struct config *c)
{
	for (const struct config_key *k = config_schema; k->name; k++)
		if (needs_restart(k))
			memset((char *)c + k->at, 0, size_of(k->kind));
	config_free(c);
}

/* --- outputs -------------------------------------------------------------------------
 */

static bool
same_output(const struct config_output *a, const struct config_output *b)
{
	for (const struct config_key *k = config_output_schema; k->name; k++)
		if (!same_value(
			    (const char *)a + k->at, (const char *)b + k->at, k->kind))
			return false;
	return true;
}

bool
watch_config_same_outputs(const struct config *a, const struct config *b)
{
	if (a->outputs.count != b->outputs.count || a->redact != b->redact ||
		!same_text(a->alerts.observer, b->alerts.observer))
		return false;
	for (size_t i = 0; i < a->outputs.count; i++)
		if (!same_output(&a->outputs.at[i], &b->outputs.at[i]))
			return false;
	return true;
}
