/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_paths.h"

#include <stdio.h>
#include <string.h>

static void
add_writable(struct watch_paths *p, const char *path)
{
	if (path && p->writable_count < WATCH_PATHS_MAX)
		p->writable[p->writable_count++] = path;
}

static void
add_readable(struct watch_paths *p, const char *path)
{
	if (path && p->readable_count < WATCH_PATHS_MAX)
		p->readable[p->readable_count++] = path;
}

static void
add_output(struct watch_paths *p, const struct config_output *o)
{
	add_writable(p, o->path);
	add_readable(p, o->ca);
	add_readable(p, o->certificate);
	add_readable(p, o->key);
	p->network |= o->to == CONFIG_TO_UDP || o->to == CONFIG_TO_TCP ||
		      o->to == CONFIG_TO_TLS || o->to == CONFIG_TO_RELP;
}

void
watch_paths_of(
	const struct config *c, const struct watch_options *o, struct watch_paths *out)
{
	memset(out, 0, sizeof(*out));
	out->network = c->metrics.port != 0;
	if (c->state.directory) {
		snprintf(out->state, sizeof(out->state), "%s/", c->state.directory);
		add_writable(out, out->state);
	}
	if (o->records && strcmp(o->records, "-") != 0)
		add_writable(out, o->records);
	add_writable(out, c->capture.evidence_file);
	/* Read anew at a reload, and so before those of outputs, which may be too many. */
	add_readable(out, o->config_file);
	add_readable(out, c->public_suffix_file);
	for (size_t i = 0; i < c->outputs.count; i++)
		add_output(out, &c->outputs.at[i]);
}
