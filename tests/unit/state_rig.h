/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what outlives the process: rows as a store would keep them, and all that
 * is ever said of servers and findings, as one text.
 */
#ifndef STATE_RIG_H
#define STATE_RIG_H

#include "feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <uthash.h>

#include "sensor/infer/infer_state.h"
#include "sensor/infer/ranking.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

struct state_row {
	UT_hash_handle hh;
	char name[64]; /* table and key */
	char table[16];
	char *body;
	size_t len;
};

struct state_rows {
	struct state_row *at;
	size_t written; /* rows given so far, also those taken back */
};

static inline struct state_row *
rows_find(struct state_rows *rows, const struct infer_row *r)
{
	struct state_row *row;
	char name[64];

	snprintf(name, sizeof(name), "%s/%.*s", r->table, (int)r->key.len,
		(const char *)r->key.at);
	HASH_FIND_STR(rows->at, name, row);
	if (row)
		return row;
	row = calloc(1, sizeof(*row));
	assert_non_null(row);
	memcpy(row->name, name, sizeof(name));
	snprintf(row->table, sizeof(row->table), "%s", r->table);
	HASH_ADD_STR(rows->at, name, row);
	return row;
}

static inline void
rows_put(struct state_rows *rows, const struct infer_row *r)
{
	struct state_row *row = rows_find(rows, r);

	free(row->body);
	row->body = NULL;
	rows->written++;
	if (r->body.len == 0) {
		HASH_DEL(rows->at, row);
		free(row);
		return;
	}
	row->body = malloc(r->body.len);
	assert_non_null(row->body);
	memcpy(row->body, r->body.at, r->body.len);
	row->len = r->body.len;
}

static inline void
rows_free(struct state_rows *rows)
{
	struct state_row *row, *next;

	HASH_ITER(hh, rows->at, row, next)
	{
		HASH_DEL(rows->at, row);
		free(row->body);
		free(row);
	}
}

/* What has changed since the last time. How many rows. */
static inline size_t
rows_save(struct state_rows *rows, struct infer *in, const struct record_files *files)
{
	struct json_out key, body;
	struct infer_row r;
	size_t n = 0;

	json_out_init(&key);
	json_out_init(&body);
	for (; infer_state_next(in, files, &key, &body, &r); n++)
		rows_put(rows, &r);
	json_out_free(&key);
	json_out_free(&body);
	return n;
}

/* All rows into a new inference, from the last to the first: the order is not to matter.
 */
static inline struct infer *
rows_load(
	struct state_rows *rows, const struct config *config, struct record_files *files)
{
	struct infer *in = infer_new(config);
	struct state_row *row = rows->at;

	while (row && row->hh.next)
		row = row->hh.next;
	for (; row; row = row->hh.prev) {
		const char *key = strchr(row->name, '/') + 1;
		struct infer_row r = {.table = row->table,
			.key = span_of_text(key),
			.body = span_of(row->body, row->len)};

		assert_true(infer_state_load(in, files, &r));
	}
	infer_state_loaded(in);
	return in;
}

static inline void
portrait_findings(struct infer *in, const struct record_files *files, FILE *to)
{
	struct json_out j;
	size_t count;
	const struct finding **list = findings_list(in, &count);

	json_out_init(&j);
	for (size_t i = 0; i < count; i++) {
		finding_json_write(list[i], files, &j);
		json_out_line(&j, to);
	}
	json_out_free(&j);
	free(list);
}

static inline void
portrait_examples(const struct identity *id, const struct record_files *files, FILE *to)
{
	for (const struct attempt *a = id->attempts; a; a = a->hh.next) {
		const struct example *e = a->example;

		if (e)
			fprintf(to, "example %u %lu %u %s %u %s %s %s %s %s\n", e->reach,
				(unsigned long)e->conn, e->client_port,
				record_files_name(files, e->at.file), e->at.frame,
				e->from, e->to, e->message_id, e->subject, e->helo);
	}
	for (int s = 0; s < ACTIVITY_SERIES; s++)
		for (size_t i = 0; i < activity_buckets(&id->activity); i++)
			fprintf(to, "%u ",
				activity_count(
					&id->activity, (enum activity_series)s, i));
	fprintf(to, "at %lu of %lu\n", (unsigned long)activity_start(&id->activity),
		(unsigned long)activity_width(&id->activity));
}

/* The caller frees it. */
static inline char *
portrait(struct infer *in, const struct record_files *files)
{
	struct server_text_style style = {.width = 0};
	struct json_out j;
	struct ranking r;
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_non_null(to);
	json_out_init(&j);
	ranking_fill(&r, in);
	server_text_table(&r, &style, to);
	for (size_t i = 0; i < r.count; i++) {
		server_json_write(&r.at[i], files, &j);
		json_out_line(&j, to);
		server_text_detail(&r.at[i], files, &style, to);
		for (const struct identity *id = r.at[i].server->identities; id;
			id = id->next)
			portrait_examples(id, files, to);
	}
	portrait_findings(in, files, to);
	fprintf(to, "now %lu\n", (unsigned long)in->now);
	ranking_free(&r);
	json_out_free(&j);
	fclose(to);
	return text;
}

/* Both say the same, to the octet. */
static inline void
assert_same_portrait(struct infer *one, const struct record_files *one_files,
	struct infer *two, const struct record_files *two_files)
{
	char *left = portrait(one, one_files), *right = portrait(two, two_files);

	assert_string_equal(left, right);
	free(left);
	free(right);
}

/* A row of that table with these members, "a":1,"b":2, under a key of its own. */
static inline bool
row_load(struct infer *in, struct record_files *files, const char *table,
	const char *members)
{
	static char body[65536];
	static unsigned serial = 100;
	char key[16];
	int n = snprintf(body, sizeof(body), "{\"v\":1,%s}", members);
	struct infer_row r = {.table = table,
		.key = span_of(key, (size_t)snprintf(key, sizeof(key), "%u", ++serial)),
		.body = span_of(body, (size_t)n)};

	assert_true(n > 0 && (size_t)n < sizeof(body));
	return infer_state_load(in, files, &r);
}

/* A number of such a row, beside what it needs, and the greatest that there is. */
struct row_bound {
	const char *table, *needed, *member;
	uint64_t most;
};

/* A list of such a row, one of its items, and how many there may be. */
struct row_list {
	const char *table, *needed, *member, *item;
	size_t most;
};

static inline void
assert_row_bound(struct infer *in, struct record_files *files, const struct row_bound *b)
{
	char members[512];

	for (uint64_t over = 0; over < 2; over++) {
		snprintf(members, sizeof(members), "%s%s\"%s\":%llu", b->needed,
			*b->needed ? "," : "", b->member,
			(unsigned long long)(b->most + over));
		if (row_load(in, files, b->table, members) != !over)
			fail_msg("%s: {%s} is %s", b->table, members,
				over ? "taken" : "refused");
	}
	snprintf(members, sizeof(members), "%s%s\"%s\":-1", b->needed,
		*b->needed ? "," : "", b->member);
	assert_false(row_load(in, files, b->table, members));
	snprintf(members, sizeof(members), "%s%s\"%s\":\"1\"", b->needed,
		*b->needed ? "," : "", b->member);
	assert_false(row_load(in, files, b->table, members));
}

static inline void
assert_row_list(struct infer *in, struct record_files *files, const struct row_list *l)
{
	static char members[65536];

	for (size_t over = 0; over < 2; over++) {
		size_t n = (size_t)snprintf(members, sizeof(members), "%s%s\"%s\":[",
			l->needed, *l->needed ? "," : "", l->member);

		for (size_t i = 0; i < l->most + over; i++)
			n += (size_t)snprintf(members + n, sizeof(members) - n, "%s%s",
				i ? "," : "", l->item);
		snprintf(members + n, sizeof(members) - n, "]");
		if (row_load(in, files, l->table, members) != !over)
			fail_msg("%s: \"%s\" of %zu is %s", l->table, l->member,
				l->most + over, over ? "taken" : "refused");
	}
}

#endif
