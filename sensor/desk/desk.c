/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"

#include <stdlib.h>

#include "desk_writer.h"
#include "sensor/alert/alert_json.h"
#include "sensor/base/log.h"
#include "sensor/infer/changes.h"
#include "sensor/infer/infer_state.h"
#include "sensor/infer/ranking.h"
#include "sensor/output/server_json.h"
#include "sensor/record/record_write.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* What was learned is written so often when there is nothing to tell; of packet time. */
#define FLUSH_NS NS_PER_SECOND
/*
 * Octets gathered beyond which transactions and verdicts are left out, and beyond half as
 * much more alerts: the disk is too slow, or full.
 */
#define BATCH_OCTETS_MAX (64u * 1024 * 1024)
/* Octets after which a batch is given over whatever the time. */
#define BATCH_OCTETS_FLUSH (4u * 1024 * 1024)
/* A disk that is full for so long must not keep alerts from the outputs. */
#define OFFER_MS 10000u

/*
 * Records written anew with each flush, of servers whose verdict is what it was but whose
 * counts are not: so many that they cost little where every server has news.
 */
#define REFRESH_MAX 256u

/* The gate's rows stand among the inference's under this name. */
#define GATE_TABLE "gate"

struct desk {
	struct desk_options o;
	struct alert_gate *gate;
	struct desk_writer *writer;
	struct store_batch *batch;
	struct json_out json;
	struct json_out key;
	uint64_t flushed; /* ns: when last */
	bool urgent;	  /* the batch holds an alert */
	bool has_lines[CONFIG_STREAM_TRANSACTIONS +
		       1]; /* an output carries that stream */
	bool write_failed;
	uint64_t damaged; /* databases that were lost, when last looked */
	bool again;  /* all that was written to the last of them is written once more */
	bool missed; /* a verdict was left out */
	bool ending;
	uint64_t refused; /* rows that were not understood */
	struct desk_counters counters;
};

/* --- what the store has --------------------------------------------------------------
 */

/* What is not understood now never will be: it goes with the first flush. */
static bool
load_row(void *ctx, const char *table, struct span key, struct span body)
{
	struct desk *d = ctx;
	struct infer_row row = {.table = table, .key = key, .body = body};

	if (strcmp(table, GATE_TABLE) == 0
			? alert_gate_load(d->gate, key, body)
			: infer_state_load(d->o.infer, d->o.files, &row))
		return true;
	log_debug("a row of %s is not understood, and left out", table);
	store_batch_state(d->batch, table, key, SPAN_NONE);
	d->refused++;
	return true;
}

static void
note_streams(struct desk *d)
{
	const struct config_outputs *outputs = &d->o.config->outputs;

	memset(d->has_lines, 0, sizeof(d->has_lines));
	for (size_t i = 0; i < outputs->count; i++)
		d->has_lines[outputs->at[i].stream] = true;
}

struct desk *
desk_new(const struct desk_options *o)
{
	struct desk *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	d->o = *o;
	if (d->o.waiting_octets == 0)
		d->o.waiting_octets = BATCH_OCTETS_MAX;
	d->gate = alert_gate_new(&o->config->alerts);
	d->batch = store_batch_new();
	json_out_init(&d->json);
	json_out_init(&d->key);
	note_streams(d);
	/*
	 * One that breaks while it is read has given what is then to be written anew. So it is
	 * where it was broken before: verdicts are not taken over, and follow from that.
	 */
	d->damaged = 0;
	store_outputs(o->store, &o->config->outputs);
	store_read_state(o->store, load_row, d);
	infer_state_loaded(o->infer);
	if (d->refused)
		log_warnx("%llu rows of the state are not understood; they are left out "
			  "and deleted",
			(unsigned long long)d->refused);
	d->writer = desk_writer_new(o->store, o->own_thread, OFFER_MS);
	return d;
}

/* --- verdicts, as the store has them --------------------------------------------------
 */

static struct span
written(const struct json_out *j)
{
	return span_of(j->at, j->used);
}

/* At the end all is written, however much it is. */
static bool
has_room(const struct desk *d)
{
	return d->ending || store_batch_octets(d->batch) <= d->o.waiting_octets;
}

/* The server's record, in d->json. */
static void
describe(struct desk *d, const struct verdict *v)
{
	json_out_reset(&d->json);
	server_json_write(v, d->o.files, &d->json);
}

/* Its record stays in d->json. */
static void
write_verdict(
	struct desk *d, const struct verdict *v, uint64_t now, bool changed, bool begins)
{
	const char *mta = smtp_mta_name(v->identity->mta);
	struct store_verdict row = {
		.server = v->server->key.addr,
		.port = (uint16_t)v->server->key.port,
		.time = now,
		.verdict = verdict_name(v->kind),
		.grade = verdict_grade_name(v->grade),
		.confidence = v->confidence,
		.rank = (int)v->kind,
		.changed = changed,
		.begins = begins,
		.name = word_span(v->identity->name),
		.mta = span_of_text(mta ? mta : ""),
	};

	describe(d, v);
	row.body = written(&d->json);
	store_batch_verdict(d->batch, &row);
}

/* --- giving over ---------------------------------------------------------------------
 */

/* The new database begins with what is known of each server, its history with that. */
static void
write_again(struct desk *d, struct server *server)
{
	struct verdict v;

	if (!server->identities)
		return;
	ranking_verdict_of(d->o.infer, server, &v);
	write_verdict(d, &v, v.identity->last, false, server->told);
}

/*
 * What was learned goes into the same transaction as the alerts that it led to. While the
 * writer is at work it stays where it is: the next row of the same thing replaces it.
 */
static void
add_state(struct desk *d)
{
	struct infer_row row;
	struct span key, body;

	while (infer_state_next(d->o.infer, d->o.files, &d->key, &d->json, &row)) {
		store_batch_state(d->batch, row.table, row.key, row.body);
		if (d->again && row.server)
			write_again(d, row.server);
	}
	while (alert_gate_save_next(d->gate, &key, &body))
		store_batch_state(d->batch, GATE_TABLE, key, body);
	d->again = infer_state_owes(d->o.infer);
	json_out_reset(&d->json);
	json_out_reset(&d->key);
}

/*
 * The store had to begin a new database: only changes are written, so all that was before
 * would be missing there.
 */
static void
note_loss(struct desk *d)
{
	uint64_t damaged = store_damaged(d->o.store);

	if (damaged == d->damaged)
		return;
	d->damaged = damaged;
	d->again = true;
	infer_state_again(d->o.infer);
	alert_gate_save_again(d->gate);
	log_info("all that was learned is written once more, into the new database");
}

/* Those that wait longest; none while the disk is behind. */
static void
refresh(struct desk *d)
{
	struct servers *all = &d->o.infer->servers;

	if (store_batch_octets(d->batch) >= BATCH_OCTETS_FLUSH)
		return;
	for (unsigned i = 0; i < REFRESH_MAX && all->stale; i++) {
		struct server *server = all->stale;
		struct verdict v;

		server_fresh(all, server);
		if (!server->identities)
			continue;
		ranking_verdict_of(d->o.infer, server, &v);
		write_verdict(d, &v, v.identity->last, false, false);
	}
}

/* The newest verdict of each server at least is to be there. */
static void
note_missed(struct desk *d)
{
	if (!d->missed || !has_room(d))
		return;
	d->missed = false;
	d->again = true;
	infer_state_again(d->o.infer);
	log_info(
		"verdicts were left out while the database was not written: all that was "
		"learned is written once more");
}

static bool
flush(struct desk *d)
{
	if (!desk_writer_is_idle(d->writer)) {
		if (desk_writer_is_offering(d->writer))
			store_offer(d->o.store, d->batch);
		return false;
	}
	note_loss(d);
	note_missed(d);
	refresh(d);
	add_state(d);
	if (store_batch_is_empty(d->batch))
		return true;
	if (!desk_writer_give(d->writer, &d->batch))
		return false;
	d->urgent = false;
	return true;
}

static void
flush_if_due(struct desk *d, uint64_t now)
{
	bool due = now >= d->flushed + FLUSH_NS || now < d->flushed;

	if (!due && !d->urgent && store_batch_octets(d->batch) < BATCH_OCTETS_FLUSH)
		return;
	if (flush(d))
		d->flushed = now;
}

/* --- telling -------------------------------------------------------------------------
 */

static void
print_change(struct desk *d)
{
	FILE *to = d->o.changes;

	if (!to || d->write_failed)
		return;
	if (fwrite(d->json.at, 1, d->json.used, to) == d->json.used &&
		fputc('\n', to) != EOF && fflush(to) == 0)
		return;
	d->write_failed = true;
	log_warn("standard output");
}

/* Its record is in d->json in any case. */
static void
write_verdict_if_room(struct desk *d, const struct verdict *v, uint64_t now, bool changed)
{
	if (has_room(d)) {
		write_verdict(d, v, now, changed, false);
		return;
	}
	describe(d, v);
	d->missed = true;
	d->counters.unkept++;
}

static void
keep_verdict(struct desk *d, const struct verdict *v, uint64_t now, bool changed)
{
	write_verdict_if_room(d, v, now, changed);
	d->counters.verdicts += changed;
	if (!changed)
		return;
	print_change(d);
	if (d->has_lines[CONFIG_STREAM_SERVERS] && has_room(d))
		store_batch_line(d->batch, CONFIG_STREAM_SERVERS, now, written(&d->json));
}

/* With too much that waits it goes out all the same. */
static void
keep_alert(struct desk *d, const struct alert *a)
{
	size_t most = d->o.waiting_octets + d->o.waiting_octets / 2;
	struct store_batch *never;

	if (store_batch_octets(d->batch) <= most) {
		store_batch_alert(d->batch, a);
		return;
	}
	never = store_batch_new();
	store_batch_alert(never, a);
	store_offer(d->o.store, never);
	store_batch_free(never);
	d->counters.unkept++;
}

/* a: owned; gone afterwards. */
static void
tell(struct desk *d, const struct alert_how *how, struct alert *a)
{
	alert_gate_dress(d->gate, how, a);
	keep_alert(d, a);
	if (d->o.alerted)
		d->o.alerted(d->o.ctx, a);
	d->counters.alerts++;
	d->urgent = true;
	alert_free(a);
}

/* Was its record written? */
static bool
consider_verdict(struct desk *d, const struct verdict *v, uint64_t now, bool changed)
{
	struct alert_how how;
	bool told = alert_gate_verdict(d->gate, v, now, &how);

	if (changed || told)
		keep_verdict(d, v, now, changed);
	if (told)
		tell(d, &how, alert_of_verdict(d->o.infer, v, d->o.files, now));
	return changed || told;
}

static void
consider_finding(struct desk *d, const struct finding *f, uint64_t now)
{
	struct alert_how how;

	if (alert_gate_finding(d->gate, f, now, &how))
		tell(d, &how, alert_of_finding(f, d->o.files, now));
}

static void
look_at_servers(struct desk *d, uint64_t now)
{
	struct server *after = NULL;
	struct verdict v;
	bool changed;

	while (changes_next(d->o.infer, &after, &v, &changed)) {
		if (consider_verdict(d, &v, now, changed))
			server_fresh(&d->o.infer->servers, after);
		else if (desk_lasts(d))
			server_stale(&d->o.infer->servers, after);
	}
}

static void
look_at_findings(struct desk *d, uint64_t now)
{
	const struct finding *f;

	while ((f = findings_changed_next(d->o.infer)))
		consider_finding(d, f, now);
}

/* What the gate held back, and could tell by now: nothing may be learned of it any more.
 */
static void
look_again(struct desk *d, uint64_t now)
{
	struct infer *in = d->o.infer;
	struct alert_waiting w;

	while (alert_gate_waiting_next(d->gate, now, &w)) {
		struct server *server = server_find(&in->servers, &w.server, w.port);
		struct finding_key key;
		struct verdict v;

		memset(&key, 0, sizeof(key));
		key.server = w.server;
		key.client = w.client;
		key.port = w.port;
		key.kind = w.finding;
		if (w.kind == ALERT_FINDING && finding_find(&in->findings, &key))
			consider_finding(d, finding_find(&in->findings, &key), now);
		if (w.kind != ALERT_RELAY || !server || !server->identities)
			continue;
		ranking_verdict_of(in, server, &v);
		consider_verdict(d, &v, now, false);
	}
}

void
desk_look(struct desk *d, uint64_t now)
{
	d->counters.looks++;
	look_at_servers(d, now);
	look_at_findings(d, now);
	look_again(d, now);
	flush_if_due(d, now);
}

void
desk_blindness(struct desk *d, const struct alert_blindness *b, uint64_t now)
{
	uint64_t lost = b->ring + b->card + b->queue + b->evicted + (b->where.len != 0);
	struct alert_how how;

	/* An interface that is gone is a loss, though none can be counted. */
	if (lost == 0 && b->where.len)
		lost = 1;
	if (!alert_gate_blindness(d->gate, lost, now, &how))
		return;
	tell(d, &how, alert_of_blindness(b, d->o.config->alerts.observer));
	flush_if_due(d, now);
}

/* --- records -------------------------------------------------------------------------
 */

static void
keep_transaction(struct desk *d, const struct record *r)
{
	const struct record_txn *t = &r->txn;
	char id[40];
	int n = snprintf(
		id, sizeof(id), "%016llx-%u", (unsigned long long)r->conn.id, t->index);
	struct store_transaction row = {
		.id = span_of(id, (size_t)n),
		.time = t->time,
		.server = r->conn.server.addr,
		.port = r->conn.server.port,
		.client = *record_client(&r->conn),
	};

	json_out_reset(&d->json);
	record_write(r, d->o.files, &d->json);
	row.body = written(&d->json);
	if (d->o.config->state.transactions)
		store_batch_transaction(d->batch, &row);
	if (d->has_lines[CONFIG_STREAM_TRANSACTIONS])
		store_batch_line(d->batch, CONFIG_STREAM_TRANSACTIONS, t->end, row.body);
}

void
desk_record(struct desk *d, const struct record *r)
{
	bool wanted = d->o.config->state.transactions ||
		      d->has_lines[CONFIG_STREAM_TRANSACTIONS];

	if (r->kind != RECORD_TRANSACTION || !wanted)
		return;
	if (has_room(d))
		keep_transaction(d, r);
	else
		d->counters.dropped++;
}

/* --- life ----------------------------------------------------------------------------
 */

void
desk_set_config(struct desk *d, const struct config *config)
{
	d->o.config = config;
	alert_gate_config(d->gate, &config->alerts);
	infer_set_config(d->o.infer, config);
	note_streams(d);
}

/*
 * So that the database shows each server as it was at last, not as when it changed. All
 * of them: what was learned of others and of names bears on a verdict, too.
 */
static void
keep_all(struct desk *d)
{
	struct servers *all = &d->o.infer->servers;
	bool stuck = false;

	for (struct server *s = all->table; s; s = s->hh.next) {
		struct verdict v;

		server_fresh(all, s);
		if (!s->identities)
			continue;
		ranking_verdict_of(d->o.infer, s, &v);
		write_verdict(d, &v, v.identity->last, false, false);
		if (!stuck && store_batch_octets(d->batch) >= BATCH_OCTETS_FLUSH)
			stuck = !desk_writer_wait(d->writer, DESK_END_MS) || !flush(d);
	}
}

/* A database that breaks at the end is begun anew, and gets all once more. */
static bool
flush_all(struct desk *d)
{
	do {
		if (!flush(d))
			return false;
		if (!desk_writer_wait(d->writer, DESK_END_MS))
			return false;
	} while (infer_state_owes(d->o.infer) || store_damaged(d->o.store) != d->damaged);
	return true;
}

int
desk_free(struct desk *d)
{
	bool whole;

	if (!d)
		return 0;
	d->ending = true;
	if (desk_lasts(d))
		keep_all(d);
	desk_writer_wait(d->writer, DESK_END_MS);
	whole = flush_all(d);
	whole &= desk_writer_free(d->writer);
	if (!whole) {
		log_warnx("not all was kept: the database could not be written");
		store_offer(d->o.store, d->batch);
	}
	whole &= !d->write_failed;
	store_batch_free(d->batch);
	alert_gate_free(d->gate);
	json_out_free(&d->json);
	json_out_free(&d->key);
	free(d);
	return whole ? 0 : -1;
}

bool
desk_lasts(const struct desk *d)
{
	return d->o.config->state.directory != NULL;
}

void
desk_counters(const struct desk *d, struct desk_counters *out)
{
	struct desk_writer_counters w;

	desk_writer_counters(d->writer, &w);
	*out = d->counters;
	out->suppressed = alert_gate_suppressed(d->gate);
	out->failed = w.failed;
	out->waiting_octets = w.octets + store_batch_octets(d->batch);
}
