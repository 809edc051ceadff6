/* SPDX-License-Identifier: Apache-2.0 */
/* Those who bring alerts to the outputs: what waits, and sleep until something does. */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "store_part.h"

struct waiting {
	const char *output;
	struct store_waiting *out;
	size_t max, count;
};

static void
take(struct waiting *w, const struct store_output *o, sqlite3_stmt *st)
{
	struct span body = sql_column(st, 3);
	struct store_waiting *out = &w->out[w->count];

	*out = (struct store_waiting){
		.id = sql_column_uint(st, 0),
		.stream = o->stream,
		.severity = (enum alert_severity)(sqlite3_column_int(st, 1) & 3),
		.time = sql_column_uint(st, 2),
		.body = malloc(body.len + 1),
		.octets = body.len,
	};
	if (!out->body)
		abort();
	if (body.len)
		memcpy(out->body, body.at, body.len);
	out->body[body.len] = '\0';
	w->count++;
}

static void
read_kept(struct store *s, struct waiting *w, const struct store_output *o)
{
	sqlite3_stmt *st;

	if (store_output_left(o) == 0 || w->max == 0)
		return;
	st = store_sql(s, SQL_DELIVERY_READ);
	sql_int(st, 1, o->id);
	sql_uint(st, 2, w->max);
	sql_int(st, 3, o->taken);
	while (w->count < w->max && store_sql_row(s, st))
		take(w, o, st);
	store_sql_done(st);
}

/* What is not kept is the newest. It is given even if the database cannot be read. */
static void
waiting_work(struct store *s, void *ctx)
{
	struct waiting *w = ctx;
	const struct store_output *o = store_spool_find(s, w->output);

	if (!o)
		return;
	read_kept(s, w, o);
	w->count += store_unkept_waiting(s, o, w->out + w->count, w->max - w->count);
}

size_t
store_waiting(struct store *s, const char *output, struct store_waiting *out, size_t max)
{
	struct waiting w = {output, out, max, 0};

	store_read(s, "what waits cannot be read", waiting_work, &w);
	return w.count;
}

void
store_waiting_free(struct store_waiting *w, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(w[i].body);
		w[i].body = NULL;
	}
}

static struct timespec
in_ms(unsigned ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (long)(ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static bool
something_waits(struct store *s, const char *output)
{
	const struct store_output *o = store_spool_find(s, output);

	return o && (store_output_left(o) > 0 || store_unkept_waiting(s, o, NULL, 1) > 0);
}

void
store_wait(struct store *s, const char *output, unsigned ms)
{
	struct timespec end = in_ms(ms);
	int rc = 0;

	pthread_mutex_lock(&s->mutex);
	while (rc != ETIMEDOUT && !s->woken && !something_waits(s, output))
		rc = pthread_cond_timedwait(&s->something, &s->mutex, &end);
	pthread_mutex_unlock(&s->mutex);
}

void
store_wake(struct store *s)
{
	pthread_mutex_lock(&s->mutex);
	s->woken = true;
	pthread_cond_broadcast(&s->something);
	pthread_mutex_unlock(&s->mutex);
}

/* --- counters
 * ----------------------------------------------------------------------------- */

static void
counters_work(struct store *s, void *ctx)
{
	struct store_counters *out = ctx;

	out->octets = (uint64_t)store_number(s, "PRAGMA page_count") *
		      (uint64_t)store_number(s, "PRAGMA page_size");
	if (s->mode == STORE_WRITE)
		return;
	s->rows = (struct store_rows){
		.servers = (uint64_t)store_number(s, "SELECT count(*) FROM server"),
		.alerts = (uint64_t)store_number(s, "SELECT count(*) FROM alert"),
		.transactions = (uint64_t)store_number(s, "SELECT count(*) FROM txn"),
		.state = (uint64_t)store_number(s, "SELECT count(*) FROM state"),
	};
}

void
store_counters(struct store *s, struct store_counters *out)
{
	*out = (struct store_counters){0};
	store_read(s, "the database cannot be counted", counters_work, out);
	store_unkept_counters(s, out);
	pthread_mutex_lock(&s->mutex);
	out->servers = s->rows.servers;
	out->alerts = s->rows.alerts;
	out->transactions = s->rows.transactions;
	out->state = s->rows.state;
	out->commits = s->commits;
	out->failed = s->failed;
	out->damaged = s->damaged;
	pthread_mutex_unlock(&s->mutex);
}

uint64_t
store_damaged(const struct store *s)
{
	return s->damaged;
}

struct counted {
	const char *output;
	struct store_output_counters *out;
};

static void
output_work(struct store *s, void *ctx)
{
	const struct counted *c = ctx;
	const struct store_output *o;
	sqlite3_stmt *st;

	if (s->mode == STORE_READ)
		store_spool_load(s);
	o = store_spool_find(s, c->output);
	if (!o)
		return;
	c->out->waiting = store_output_left(o);
	c->out->delivered = o->delivered;
	memcpy(c->out->dropped, o->dropped, sizeof(c->out->dropped));
	st = store_sql(s, SQL_DELIVERY_OLDEST);
	sql_int(st, 1, o->id);
	if (c->out->waiting && store_sql_row(s, st))
		c->out->oldest = sql_column_uint(st, 0);
	store_sql_done(st);
	c->out->waiting += store_unkept_waiting(s, o, NULL, SIZE_MAX);
}

void
store_output_counters(
	struct store *s, const char *output, struct store_output_counters *out)
{
	struct counted c = {output, out};

	*out = (struct store_output_counters){0};
	store_read(s, "what waits cannot be counted", output_work, &c);
}
