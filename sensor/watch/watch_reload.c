/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/output/sink.h"
#include "watch_config.h"
#include "watch_part.h"

/* ms that waiting lines get to go out before deliveries are started anew. */
#define DRAIN_MS 2000u

/* --- deliveries ----------------------------------------------------------------------
 */

int
watch_deliver_start(struct watch *w)
{
	struct deliver_options o = {
		.outputs = &w->outputs,
		.redact = w->config->redact,
		.observer = w->observer,
	};
	const char *name = w->config->alerts.observer;
	struct deliver *d;

	if (w->outputs.count == 0)
		return 0;
	/* The configuration may go while the deliveries last. */
	snprintf(w->observer, sizeof(w->observer), "%s", name ? name : w->host);
	d = deliver_start(&o, w->store);
	pthread_mutex_lock(&w->deliver_lock);
	w->deliver = d;
	pthread_mutex_unlock(&w->deliver_lock);
	return d ? 0 : -1;
}

static void
deliver_end(struct watch *w)
{
	struct deliver *d = w->deliver;

	pthread_mutex_lock(&w->deliver_lock);
	w->deliver = NULL;
	pthread_mutex_unlock(&w->deliver_lock);
	if (d)
		deliver_stop(d, DRAIN_MS);
}

static void
swap_outputs(struct config *a, struct config *b)
{
	struct config_outputs keep = a->outputs;

	a->outputs = b->outputs;
	b->outputs = keep;
}

/* --- the threads ---------------------------------------------------------------------
 */

struct change {
	struct watch *watch;
	struct watch_packet *packet;
	const struct config *next;
};

static void
set_infer(void *arg)
{
	struct change *c = arg;

	desk_set_config(c->watch->desk, c->next);
}

/* What a connection points to stays where it is and gets new values. */
static void
set_packet(void *arg)
{
	struct change *c = arg;

	c->packet->config = *c->next;
}

/* All of them, or it is known that one hangs. */
static bool
tell_threads(struct watch *w, const struct config *next)
{
	struct change c = {.watch = w, .next = next};
	bool all = watch_box_ask(&w->box, set_infer, &c, WATCH_ASK_MS);

	for (size_t i = 0; i < w->packets; i++) {
		c.packet = &w->packet[i];
		all &= watch_box_ask(&w->packet[i].box, set_packet, &c, WATCH_ASK_MS);
	}
	return all;
}

/* --- reload --------------------------------------------------------------------------
 */

/* The old one is given up, unless a thread may still look into it. */
static void
replace(struct watch *w, struct config *next, bool all_know)
{
	struct config *old = w->config;

	w->config = next;
	if (!all_know) {
		log_warnx("reload: a thread did not answer; it takes the new "
			  "configuration at the next reload");
		return;
	}
	if (old == &w->boot)
		return;
	watch_config_release(old);
	free(old);
}

static const char *
apply(struct watch *w, struct config *next)
{
	bool same = watch_config_same_outputs(w->config, next);
	const char *error = NULL;
	struct config *old = w->config;
	bool all;

	/* Deliveries that go on point into the outputs that they were started with. */
	if (same)
		swap_outputs(old, next);
	else
		deliver_end(w);
	all = tell_threads(w, next);
	w->config = next;
	w->outputs = next->outputs;
	/* By this thread, which may lock the files of the database; others may not. */
	if (!same && store_outputs(w->store, &next->outputs) < 0)
		error = "the outputs could not be noted in the database; reload again when "
			"it can be written";
	if (!same && watch_deliver_start(w) < 0) {
		error = "the outputs could not be opened; alerts wait in the store";
		log_warnx("reload: %s", error);
	}
	w->config = old;
	replace(w, next, all);
	return error;
}

/* What can be known to be wrong with an output is known before the old ones are closed.
 */
static bool
outputs_are_good(struct watch *w, const struct config *next)
{
	char error[SINK_ERROR_MAX];

	for (size_t i = 0; i < next->outputs.count; i++) {
		struct sink *s = sink_open(&next->outputs.at[i], w->host, error);

		if (!s) {
			log_warnx("reload: %s; the old configuration stays", error);
			return false;
		}
		sink_close(s);
	}
	return true;
}

const char *
watch_reload(struct watch *w)
{
	struct config *next = malloc(sizeof(*next));
	char reason[CONFIG_ERROR];
	const char *error;

	if (!next)
		abort();
	if (watch_config_load(w->o, next, reason) < 0) {
		log_warnx("reload: %s; the old configuration stays", reason);
		free(next);
		atomic_fetch_add(&w->reloads_failed, 1);
		return "the configuration is not in order; the old one stays, the log "
		       "says "
		       "why";
	}
	if (!outputs_are_good(w, next)) {
		config_free(next);
		free(next);
		atomic_fetch_add(&w->reloads_failed, 1);
		return "an output cannot be; the old configuration stays, the log says "
		       "why";
	}
	watch_config_keep(next, &w->boot);
	error = apply(w, next);
	atomic_fetch_add(&w->reloads, 1);
	if (!error)
		log_info("configuration read anew");
	return error;
}

/* --- files ---------------------------------------------------------------------------
 */

struct exchange {
	struct watch *watch;
	FILE *file;
};

static void
exchange_records(void *arg)
{
	struct exchange *e = arg;
	FILE *old = e->watch->records;

	e->watch->records = e->file;
	e->file = old;
}

static void
reopen_records(struct watch *w)
{
	struct exchange e = {.watch = w};

	if (!w->o->records || strcmp(w->o->records, "-") == 0)
		return;
	e.file = fopen(w->o->records, "ae");
	if (!e.file) {
		log_warn("--transactions %s: the old file stays in use", w->o->records);
		return;
	}
	watch_box_ask(&w->box, exchange_records, &e, WATCH_ASK_MS);
	if (e.file && fclose(e.file) != 0) {
		log_warn("--transactions %s", w->o->records);
		atomic_store(&w->failed, true);
	}
}

struct evidence_change {
	struct evidence *evidence;
	struct evidence_file file;
};

static void
exchange_evidence(void *arg)
{
	struct evidence_change *c = arg;

	evidence_exchange(c->evidence, &c->file);
}

static void
reopen_evidence(struct watch *w)
{
	struct evidence_change c = {.evidence = w->evidence};
	char error[256];

	if (!w->evidence)
		return;
	if (evidence_file_open(w->evidence, &c.file, error, sizeof(error)) != 0) {
		log_warnx("%s; the old file stays in use", error);
		return;
	}
	watch_box_ask(&w->box, exchange_evidence, &c, WATCH_ASK_MS);
	if (fclose(c.file.file) != 0)
		log_warn("evidence file %s", w->boot.capture.evidence_file);
}

void
watch_reopen(struct watch *w)
{
	reopen_records(w);
	reopen_evidence(w);
	pthread_mutex_lock(&w->deliver_lock);
	if (w->deliver)
		deliver_reopen(w->deliver);
	pthread_mutex_unlock(&w->deliver_lock);
}
