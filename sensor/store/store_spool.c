/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <time.h>

#include "store_part.h"

uint64_t
store_output_waiting(const struct store_output *o)
{
	uint64_t n = 0;

	for (size_t i = 0; i < STORE_SEVERITIES; i++)
		n += o->waiting[i];
	return n;
}

uint64_t
store_output_left(const struct store_output *o)
{
	uint64_t n = store_output_waiting(o);

	return n > o->taken_count ? n - o->taken_count : 0;
}

struct store_output *
store_spool_find(struct store *s, const char *name)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (strcmp(s->outputs[i].name, name) == 0)
			return &s->outputs[i];
	return NULL;
}

/* --- outputs
 * ---------------------------------------------------------------------------- */

static struct store_output *
add_output(struct store *s)
{
	s->outputs = reallocarray(s->outputs, s->output_count + 1, sizeof(*s->outputs));
	if (!s->outputs)
		abort();
	s->outputs[s->output_count] = (struct store_output){0};
	return &s->outputs[s->output_count++];
}

static void
load_outputs(struct store *s)
{
	sqlite3_stmt *st = NULL;

	s->rc = sqlite3_prepare_v2(s->db,
		"SELECT id, name, stream, minimum, delivered, dropped_low, "
		"dropped_medium,"
		" dropped_high, dropped_critical FROM output ORDER BY id",
		-1, &st, NULL);
	while (store_sql_row(s, st)) {
		struct store_output *o = add_output(s);

		o->id = sqlite3_column_int64(st, 0);
		span_copy(sql_column(st, 1), o->name, sizeof(o->name));
		o->stream = (enum config_stream)sqlite3_column_int(st, 2);
		o->minimum = sqlite3_column_int(st, 3);
		o->delivered = sql_column_uint(st, 4);
		for (int i = 0; i < STORE_SEVERITIES; i++)
			o->dropped[i] = sql_column_uint(st, 5 + i);
	}
	sqlite3_finalize(st);
}

static void
load_waiting(struct store *s)
{
	sqlite3_stmt *st = NULL;

	if (s->rc == SQLITE_OK)
		s->rc = sqlite3_prepare_v2(s->db,
			"SELECT output, severity, count(*), sum(octets) FROM delivery"
			" GROUP BY output, severity",
			-1, &st, NULL);
	while (store_sql_row(s, st)) {
		int severity = sqlite3_column_int(st, 1);

		for (size_t i = 0; i < s->output_count; i++) {
			struct store_output *o = &s->outputs[i];

			if (o->id != sqlite3_column_int64(st, 0))
				continue;
			o->waiting[severity & 3] = sql_column_uint(st, 2);
			o->octets += sql_column_uint(st, 3);
		}
	}
	sqlite3_finalize(st);
}

void
store_spool_load(struct store *s)
{
	free(s->outputs);
	s->outputs = NULL;
	s->output_count = 0;
	if (s->rc != SQLITE_OK)
		return;
	load_outputs(s);
	load_waiting(s);
}

static const struct config_output *
wanted(const struct config_outputs *outputs, const struct store_output *o)
{
	for (size_t i = 0; i < outputs->count; i++)
		if (strcmp(outputs->at[i].name, o->name) == 0 &&
			outputs->at[i].stream == o->stream)
			return &outputs->at[i];
	return NULL;
}

static void
keep_or_forget(struct store *s, const struct config_outputs *outputs)
{
	for (size_t i = 0; i < s->output_count; i++) {
		const struct store_output *o = &s->outputs[i];
		const struct config_output *c = wanted(outputs, o);
		sqlite3_stmt *st =
			store_sql(s, c ? SQL_OUTPUT_UPDATE : SQL_OUTPUT_DELETE);

		sql_int(st, 1, o->id);
		if (c)
			sql_int(st, 2, c->minimum);
		store_sql_run(s, st);
	}
}

/* One whose stream is another now was forgotten, and is a new one. */
static bool
is_there(const struct store *s, const struct config_output *c)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (strcmp(s->outputs[i].name, c->name) == 0 &&
			s->outputs[i].stream == c->stream)
			return true;
	return false;
}

struct told {
	const struct config_outputs *outputs;
};

static void
outputs_work(struct store *s, void *ctx)
{
	const struct config_outputs *outputs = ((const struct told *)ctx)->outputs;

	keep_or_forget(s, outputs);
	for (size_t i = 0; i < outputs->count; i++) {
		const struct config_output *c = &outputs->at[i];
		sqlite3_stmt *st;

		if (is_there(s, c))
			continue;
		st = store_sql(s, SQL_OUTPUT_INSERT);
		sql_text(st, 1, c->name);
		sql_int(st, 2, c->stream);
		sql_int(st, 3, c->minimum);
		store_sql_run(s, st);
	}
	store_sql_run(s, store_sql(s, SQL_LINES_FREE));
	store_spool_load(s);
}

int
store_outputs(struct store *s, const struct config_outputs *outputs)
{
	struct told told = {outputs};

	return store_write(s, "the outputs cannot be noted", outputs_work, &told);
}

/* --- in
 * --------------------------------------------------------------------------------- */

/* From memory, before it could be kept. */
static void
note_taken_before(struct store *s, struct store_output *o, int64_t id)
{
	sqlite3_stmt *st = store_sql(s, SQL_ALERT_DELIVERED);

	sql_int(st, 1, id);
	store_sql_run(s, st);
	o->delivered++;
	o->counted = true;
}

void
store_spool_add(struct store *s, enum config_stream stream, int severity, int64_t id,
	uint64_t time, size_t octets, uint64_t unkept)
{
	if (id > s->last_id)
		s->last_id = id;
	for (size_t i = 0; i < s->output_count; i++) {
		struct store_output *o = &s->outputs[i];
		sqlite3_stmt *st;

		if (o->stream != stream ||
			(stream == CONFIG_STREAM_ALERTS && severity < o->minimum))
			continue;
		if (store_unkept_took(s, o, unkept)) {
			note_taken_before(s, o, id);
			continue;
		}
		st = store_sql(s, SQL_DELIVERY_INSERT);
		sql_int(st, 1, o->id);
		sql_int(st, 2, id);
		sql_int(st, 3, severity);
		sql_uint(st, 4, time);
		sql_uint(st, 5, octets);
		sql_int(st, stream == CONFIG_STREAM_ALERTS ? 6 : 7, id);
		store_sql_run(s, st);
		o->waiting[severity]++;
		o->octets += octets;
	}
}

/* --- out: for want of room
 * -------------------------------------------------------------- */

struct least {
	struct store_output *output;
	int severity;
	int64_t id, line; /* line 0: it is an alert */
	uint64_t time, octets;
};

static int
least_severity(const struct store_output *o)
{
	for (int i = 0; i < STORE_SEVERITIES; i++)
		if (o->waiting[i])
			return i;
	return STORE_SEVERITIES;
}

/* The oldest of the lowest severity that waits for o. False: nothing does. */
static bool
find_least(struct store *s, struct store_output *o, struct least *out)
{
	int severity = least_severity(o);
	sqlite3_stmt *st;

	if (severity == STORE_SEVERITIES)
		return false;
	st = store_sql(s, SQL_DELIVERY_LEAST);
	sql_int(st, 1, o->id);
	sql_int(st, 2, severity);
	if (!store_sql_row(s, st))
		return false;
	*out = (struct least){
		.output = o,
		.severity = severity,
		.id = sqlite3_column_int64(st, 0),
		.octets = sql_column_uint(st, 1),
		.time = sql_column_uint(st, 2),
		.line = sqlite3_column_int64(st, 3),
	};
	store_sql_done(st);
	return true;
}

static bool
find_least_of_all(struct store *s, struct least *out)
{
	struct least l;
	bool found = false;

	for (size_t i = 0; i < s->output_count; i++) {
		if (!find_least(s, &s->outputs[i], &l))
			continue;
		if (!found || l.severity < out->severity ||
			(l.severity == out->severity && l.time < out->time))
			*out = l;
		found = true;
	}
	return found;
}

static void
take_out(struct store *s, struct store_output *o, int64_t id, int severity,
	uint64_t octets)
{
	sqlite3_stmt *st = store_sql(s, SQL_DELIVERY_DELETE);

	sql_int(st, 1, o->id);
	sql_int(st, 2, id);
	store_sql_run(s, st);
	o->waiting[severity]--;
	o->octets -= octets;
	o->counted = true;
}

/* A line that nobody waits for any more. */
static void
free_line(struct store *s, int64_t id)
{
	sqlite3_stmt *st = store_sql(s, SQL_LINE_FREE);

	sql_int(st, 1, id);
	store_sql_run(s, st);
}

static void
drop(struct store *s, const struct least *l)
{
	take_out(s, l->output, l->id, l->severity, l->octets);
	l->output->dropped[l->severity]++;
	if (l->line)
		free_line(s, l->line);
}

static uint64_t
all_octets(const struct store *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->output_count; i++)
		n += s->outputs[i].octets;
	return n;
}

void
store_spool_bound(struct store *s)
{
	struct least l;

	for (size_t i = 0; i < s->output_count; i++)
		while (s->rc == SQLITE_OK &&
			store_output_waiting(&s->outputs[i]) > s->spool &&
			find_least(s, &s->outputs[i], &l))
			drop(s, &l);
	while (s->rc == SQLITE_OK && all_octets(s) > s->spool_octets &&
		find_least_of_all(s, &l))
		drop(s, &l);
}

void
store_spool_counted(struct store *s)
{
	for (size_t i = 0; i < s->output_count; i++) {
		struct store_output *o = &s->outputs[i];
		sqlite3_stmt *st;

		if (!o->counted)
			continue;
		o->counted = false;
		st = store_sql(s, SQL_OUTPUT_COUNT);
		sql_int(st, 1, o->id);
		sql_uint(st, 2, o->delivered);
		for (int k = 0; k < STORE_SEVERITIES; k++)
			sql_uint(st, 3 + k, o->dropped[k]);
		store_sql_run(s, st);
	}
}

/* --- out: delivered
 * --------------------------------------------------------------------- */

struct delivered {
	const char *output;
	const uint64_t *ids;
	size_t count;
};

static bool
find_delivery(struct store *s, const struct store_output *o, int64_t id, int *severity,
	uint64_t *octets)
{
	sqlite3_stmt *st = store_sql(s, SQL_DELIVERY_FIND);

	sql_int(st, 1, o->id);
	sql_int(st, 2, id);
	if (!store_sql_row(s, st))
		return false;
	*severity = sqlite3_column_int(st, 0) & 3;
	*octets = sql_column_uint(st, 1);
	store_sql_done(st);
	return true;
}

/* What had to make room while it was under way was counted as dropped. */
static void
deliver(struct store *s, struct store_output *o, int64_t id)
{
	int severity;
	uint64_t octets;
	sqlite3_stmt *st;

	if (!find_delivery(s, o, id, &severity, &octets))
		return;
	take_out(s, o, id, severity, octets);
	o->delivered++;
	if (o->stream != CONFIG_STREAM_ALERTS) {
		free_line(s, id);
		return;
	}
	st = store_sql(s, SQL_ALERT_DELIVERED);
	sql_int(st, 1, id);
	store_sql_run(s, st);
}

static void
note_taken_by(struct store *s, struct store_output *o)
{
	sqlite3_stmt *st;
	int64_t id;

	do {
		st = store_sql(s, SQL_DELIVERY_FIRST);
		sql_int(st, 1, o->id);
		sql_int(st, 2, o->taken);
		id = store_sql_row(s, st) ? sqlite3_column_int64(st, 0) : 0;
		store_sql_done(st);
		if (id)
			deliver(s, o, id);
	} while (id && s->rc == SQLITE_OK);
	o->taken = 0;
	o->taken_count = 0;
}

void
store_spool_note_taken(struct store *s)
{
	for (size_t i = 0; i < s->output_count; i++)
		if (s->outputs[i].taken)
			note_taken_by(s, &s->outputs[i]);
	store_spool_counted(s);
}

static void
delivered_work(struct store *s, void *ctx)
{
	const struct delivered *d = ctx;
	struct store_output *o = store_spool_find(s, d->output);

	for (size_t i = 0; o && i < d->count && s->rc == SQLITE_OK; i++)
		if (!(d->ids[i] & STORE_UNKEPT_ID))
			deliver(s, o, (int64_t)d->ids[i]);
	store_spool_counted(s);
}

/* True: something is to be written. */
static bool
delivered_unkept(struct store *s, const struct delivered *d)
{
	const struct store_output *o;
	bool write = false;

	pthread_mutex_lock(&s->mutex);
	o = store_spool_find(s, d->output);
	for (size_t i = 0; o && i < d->count; i++) {
		if (d->ids[i] & STORE_UNKEPT_ID)
			store_unkept_delivered(s, o, d->ids[i]);
		else
			write = true;
	}
	write |= o && o->taken;
	pthread_mutex_unlock(&s->mutex);
	return write;
}

/* An output takes what waits in its order, so the last of them tells all. */
static void
remember(struct store *s, const struct delivered *d)
{
	struct store_output *o;

	pthread_mutex_lock(&s->mutex);
	o = store_spool_find(s, d->output);
	for (size_t i = 0; o && i < d->count; i++) {
		int64_t id = (int64_t)d->ids[i];

		if (d->ids[i] & STORE_UNKEPT_ID || id <= o->taken)
			continue;
		o->taken = id;
		o->taken_count++;
	}
	pthread_mutex_unlock(&s->mutex);
}

int
store_delivered(struct store *s, const char *output, const uint64_t *ids, size_t count)
{
	struct delivered d = {output, ids, count};

	if (!delivered_unkept(s, &d))
		return 0;
	if (store_write(s, "what was delivered cannot be noted", delivered_work, &d) == 0)
		return 0;
	remember(s, &d);
	return -1;
}
