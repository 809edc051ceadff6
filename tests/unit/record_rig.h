/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the records: a dialogue, turn by turn, through session and builder, and
 * what comes out as text, a transaction a line:
 *
 *   <from>=code <rcpt>=code/result … message=code/queue-id outcome auth notes
 */
#ifndef RECORD_RIG_H
#define RECORD_RIG_H

#include "feed.h"

#include <stdio.h>

#include "sensor/record/record_build.h"
#include "sensor/record/record_read.h"
#include "sensor/record/record_write.h"

struct rig_turn {
	enum dis_dir dir;
	const char *text; /* NULL: a hole of gap octets */
	unsigned gap;
};

#define C(text)	 {DIS_CLIENT, text, 0}
#define S(text)	 {DIS_SERVER, text, 0}
#define C_GAP(n) {DIS_CLIENT, NULL, n}
#define S_GAP(n) {DIS_SERVER, NULL, n}

struct record_rig {
	struct config config;
	struct arena_pool *pool;
	struct smtp_session session;
	struct record_builder builder;
	struct record_files files;
	struct record_reader *reader;
	struct json_out json;
	struct json_out again;
	char out[16384];
	size_t used;
	struct moment at;
};

static inline void __attribute__((format(printf, 2, 3)))
rig_add(struct record_rig *r, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(r->out + r->used, sizeof(r->out) - r->used, format, ap);
	va_end(ap);
	assert_true(n >= 0 && (size_t)n < sizeof(r->out) - r->used);
	r->used += (size_t)n;
}

static inline void
rig_say(struct record_rig *r, const struct record *record)
{
	const struct record_txn *t = &record->txn;

	rig_add(r, "%.*s=%u", (int)t->mail.raw.len, (const char *)t->mail.raw.at,
		t->mail.reply.code);
	for (const struct record_rcpt *p = t->rcpts; p; p = p->next) {
		rig_add(r, " %.*s=%u/%s", (int)p->path.raw.len, (const char *)p->path.raw.at,
			p->path.reply.code, record_result_word(p->path.reply.result));
		if (p->final.code)
			rig_add(r, "/%u", p->final.code);
	}
	if (t->message.seen || t->message.reply.code)
		rig_add(r, " message=%u/%.*s", t->message.reply.code,
			(int)t->message.queue_id.len, (const char *)t->message.queue_id.at);
	rig_add(r, " %s auth=%s", record_outcome_name(t->outcome),
		record_auth_name(record->conn.auth.state));
	for (enum smtp_note n = 0; n < SMTP_NOTE_COUNT; n++)
		if (record_noted(&t->notes, n))
			rig_add(r, " %s", smtp_note_name(n));
	rig_add(r, "\n");
}

/* What is written must read back as what it was, to the octet. */
static inline void
rig_check_round_trip(struct record_rig *r, const struct record *record)
{
	struct record back;
	const char *reason = NULL;

	record_write(record, &r->files, &r->json);
	assert_int_equal(record_read_line(r->reader, span_of(r->json.at, r->json.used), &back,
				 &reason),
		RECORD_READ_OK);
	record_write(&back, &r->files, &r->again);
	assert_int_equal(r->again.used, r->json.used);
	assert_memory_equal(r->again.at, r->json.at, r->json.used);
	json_out_reset(&r->json);
	json_out_reset(&r->again);
}

static inline void
rig_drain(struct record_rig *r)
{
	struct record record;

	while (record_build_next(&r->builder, &record)) {
		rig_say(r, &record);
		rig_check_round_trip(r, &record);
	}
}

static inline size_t
rig_events(struct record_rig *r)
{
	struct smtp_event event;
	size_t taken = 0;

	while (smtp_session_next(&r->session, &event, &taken) == DIS_OK) {
		record_build_event(&r->builder, &event);
		rig_drain(r);
	}
	return taken;
}

static inline void
rig_init(struct record_rig *r, bool whole)
{
	const uint8_t client[4] = {198, 51, 100, 66}, server[4] = {203, 0, 113, 11};
	struct record_path path = {0};

	memset(r, 0, sizeof(*r));
	r->config.users = CONFIG_USERS_PLAIN;
	r->pool = arena_pool_new(1u * MiB);
	record_files_init(&r->files);
	record_files_add(&r->files, SPAN_LITERAL("x.pcap"));
	r->reader = record_reader_new(&r->files);
	json_out_init(&r->json);
	json_out_init(&r->again);
	smtp_session_reset(&r->session, whole);
	record_build_init(&r->builder, r->pool, &r->config);
	record_build_start(&r->builder, 42, (struct record_end){ip_addr_v4(client), 40000},
		(struct record_end){ip_addr_v4(server), 25}, &path, whole);
	r->at = (struct moment){UINT64_C(1700000000000000000), 0, 0};
}

static inline void
rig_turn(struct record_rig *r, const struct rig_turn *t)
{
	struct span left = t->text ? span_of_text(t->text) : SPAN_NONE;

	r->at.ns += 1000000;
	r->at.frame++;
	r->builder.totals.packets[t->dir]++;
	r->builder.totals.octets[t->dir] += t->text ? left.len : t->gap;
	if (!t->text) {
		smtp_session_gap(&r->session, t->dir, t->gap, r->at);
		rig_events(r);
		return;
	}
	while (left.len) {
		size_t taken;

		smtp_session_feed(&r->session, t->dir, left, r->at);
		taken = rig_events(r);
		left = span_slice(left, taken, left.len);
		/* Tests give each side's octets in the order in which they can be taken. */
		if (smtp_session_waits(&r->session, t->dir))
			smtp_session_press(&r->session);
		else if (taken == 0)
			return;
	}
}

/* Runs the turns; the text of what came out is in r->out. */
static inline void
rig_run(struct record_rig *r, const struct rig_turn *turns, size_t count)
{
	struct record record;

	for (size_t i = 0; i < count; i++)
		rig_turn(r, &turns[i]);
	for (enum dis_dir dir = DIS_CLIENT; dir <= DIS_SERVER; dir++) {
		smtp_session_end(&r->session, dir, r->at);
		rig_events(r);
	}
	record_build_end(&r->builder,
		r->builder.totals.packets[DIS_SERVER] == 0   ? RECORD_CLIENT_ONLY
			: r->builder.totals.packets[DIS_CLIENT] == 0 ? RECORD_SERVER_ONLY
								    : RECORD_BOTH_SIDES);
	rig_drain(r);
	r->builder.totals.time = UINT64_C(1700000000000000000);
	r->builder.totals.end = r->at.ns;
	record_build_connection(&r->builder, &record);
	rig_check_round_trip(r, &record);
}

static inline void
rig_free(struct record_rig *r)
{
	record_build_release(&r->builder);
	record_reader_free(r->reader);
	record_files_free(&r->files);
	json_out_free(&r->json);
	json_out_free(&r->again);
	arena_pool_free(r->pool);
}

#endif
