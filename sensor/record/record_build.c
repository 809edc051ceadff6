/* SPDX-License-Identifier: Apache-2.0 */
#include "record_build.h"

#include <stdio.h>

#include "record_conn.h"
#include "record_mail.h"

void
record_build_init(
	struct record_builder *b, struct arena_pool *pool, const struct config *config)
{
	memset(b, 0, offsetof(struct record_builder, open));
	arena_init(&b->arena, pool);
	b->pool = pool;
	b->config = config;
}

void
record_build_release(struct record_builder *b)
{
	arena_reset(&b->arena);
	for (size_t i = 0; i < b->open_touched; i++)
		arena_reset(&b->open[i].arena);
}

void
record_build_start(struct record_builder *b, uint64_t id, struct record_end client,
	struct record_end server, const struct record_path *path, bool whole)
{
	struct record_conn *c = &b->conn;

	c->id = id;
	c->client = client;
	c->server = server;
	c->path = *path;
	for (size_t i = 0; i < path->tunnels; i++)
		c->path.tunnel[i] = arena_copy(&b->arena, path->tunnel[i]);
	c->whole = whole;
	c->auth.state = whole ? RECORD_AUTH_NONE : RECORD_AUTH_UNKNOWN;
	b->next_index = 1;
}

/* The youngest transaction, if it still takes commands. */
static struct record_open *
current(struct record_builder *b)
{
	struct record_open *o;

	if (b->open_count == 0)
		return NULL;
	o = &b->open[b->open_count - 1];
	return o->closed ? NULL : o;
}

static struct record_open *
open_new(struct record_builder *b, struct moment at)
{
	struct record_open *o;
	struct arena arena;

	if (b->open_count == RECORD_OPEN_MAX)
		return NULL;
	o = &b->open[b->open_count++];
	if (b->open_count > b->open_touched) {
		b->open_touched = b->open_count;
		arena_init(&o->arena, b->pool);
	}
	arena = o->arena;
	memset(o, 0, sizeof(*o));
	o->arena = arena;
	o->used = true;
	o->txn.index = b->next_index++;
	o->txn.time = at.ns;
	o->txn.end = at.ns;
	o->txn.file = at.file;
	o->txn.frames[0] = at.frame;
	o->txn.frames[1] = at.frame;
	o->auth = b->conn.auth;
	return o;
}

static void
touch(struct record_open *o, struct moment at)
{
	if (at.ns > o->txn.end)
		o->txn.end = at.ns;
	if (at.file == o->txn.file && at.frame > o->txn.frames[1])
		o->txn.frames[1] = at.frame;
}

/* A command that belongs to o and will have a reply. */
static void
expect(struct record_open *o, const struct smtp_event *e)
{
	o->last_id = e->id;
	touch(o, e->at);
}

static void
close_all(struct record_builder *b)
{
	for (uint32_t i = 0; i < b->open_count; i++)
		b->open[i].closed = true;
}

static void
begin_mail(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o;

	close_all(b);
	o = open_new(b, e->at);
	if (!o)
		return;
	record_path_set(&o->txn.mail, e->command.args, "FROM", &o->arena);
	o->txn.mail.at = e->at;
	o->mail_id = e->id;
	expect(o, e);
}

static void
add_rcpt(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = current(b);
	struct record_rcpt *r;

	if (!o || o->answered)
		o = open_new(b, e->at);
	if (!o)
		return;
	expect(o, e);
	r = arena_alloc(&o->arena, sizeof(*r));
	if (!r) {
		o->txn.rcpt_unkept++;
		return;
	}
	record_path_set(&r->path, e->command.args, "TO", &o->arena);
	r->path.at = e->at;
	r->id = e->id;
	if (o->last_rcpt)
		o->last_rcpt->next = r;
	else
		o->txn.rcpts = r;
	o->last_rcpt = r;
	o->txn.rcpt_count++;
}

static void
begin_data(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = current(b);

	if (!o)
		return;
	o->data_id = e->id;
	expect(o, e);
}

/* RSET, a new HELO, QUIT: the transaction takes no more commands. */
static void
end_txn(struct record_builder *b)
{
	struct record_open *o = current(b);

	if (!o)
		return;
	/*
	 * Only the client is heard. Where it went on behind the message, it had its answer;
	 * where it named recipients and then left without a message, they were refused.
	 */
	if (!b->totals.packets[DIS_SERVER] && o->txn.message.reply.code == 0 &&
		(o->txn.message.complete || (o->txn.rcpts && !o->txn.message.seen)))
		o->txn.inferred_reply = true;
	o->closed = true;
}

static void
on_command(struct record_builder *b, const struct smtp_event *e)
{
	switch (e->verb) {
	case SMTP_VERB_MAIL:
	case SMTP_VERB_SEND:
	case SMTP_VERB_SOML:
	case SMTP_VERB_SAML:
		end_txn(b);
		begin_mail(b, e);
		break;
	case SMTP_VERB_RCPT:
		add_rcpt(b, e);
		break;
	case SMTP_VERB_DATA:
	case SMTP_VERB_BDAT:
		begin_data(b, e);
		break;
	case SMTP_VERB_RSET:
	case SMTP_VERB_QUIT:
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		end_txn(b);
		break;
	default:
		break;
	}
	record_conn_command(b, e);
}

static void
reply_set(struct record_reply *to, const struct smtp_event *e, struct arena *a)
{
	to->code = e->reply.code;
	to->enhanced = e->reply.enhanced;
	to->text = arena_copy(a, e->reply.text);
	to->result = smtp_result_of_reply(&e->reply);
	to->at = e->at;
}

/* The open transaction that the command with that number belongs to. */
static struct record_open *
open_of(struct record_builder *b, uint32_t id)
{
	for (uint32_t i = 0; i < b->open_count; i++) {
		struct record_open *o = &b->open[i];

		if (id >= (o->mail_id ? o->mail_id : 1) && id <= o->last_id)
			return o;
	}
	return NULL;
}

static struct record_rcpt *
rcpt_of(struct record_open *o, uint32_t id)
{
	struct record_rcpt *r = o->txn.rcpts;

	while (r && r->id != id)
		r = r->next;
	return r;
}

/* The index-th of the recipients that were taken. */
static struct record_rcpt *
rcpt_taken(struct record_open *o, uint32_t index)
{
	struct record_rcpt *r = o->txn.rcpts;

	for (; r; r = r->next)
		if (r->path.reply.code >= 200 && r->path.reply.code < 300 && index-- == 0)
			return r;
	return NULL;
}

static uint32_t
taken_count(const struct record_open *o)
{
	uint32_t n = 0;

	for (const struct record_rcpt *r = o->txn.rcpts; r; r = r->next)
		n += r->path.reply.code >= 200 && r->path.reply.code < 300;
	return n;
}

static void
on_final(struct record_open *o, const struct smtp_event *e)
{
	struct record_message *m = &o->txn.message;
	struct record_rcpt *r;

	if (e->per_rcpt) {
		r = rcpt_taken(o, e->index);
		if (r)
			reply_set(&r->final, e, &o->arena);
		/* LMTP has no reply for the message as a whole: the best of them stands. */
		if (m->reply.code == 0 || (m->reply.code >= 300 && e->reply.code < 300))
			reply_set(&m->reply, e, &o->arena);
		if (++o->finals < taken_count(o))
			return;
	} else {
		reply_set(&m->reply, e, &o->arena);
	}
	if (m->reply.code < 300)
		m->queue_id = arena_copy(&o->arena, smtp_queue_id(&e->reply));
	o->answered = true;
	o->closed = true;
}

static void
on_txn_reply(struct record_open *o, const struct smtp_event *e)
{
	struct record_rcpt *r;

	touch(o, e->at);
	if (e->id > o->replied_id)
		o->replied_id = e->id;
	if (e->final) {
		on_final(o, e);
	} else if (e->id == o->mail_id) {
		reply_set(&o->txn.mail.reply, e, &o->arena);
	} else if (e->id == o->data_id && e->verb == SMTP_VERB_DATA) {
		reply_set(&o->txn.message.go, e, &o->arena);
	} else if ((r = rcpt_of(o, e->id))) {
		reply_set(&r->path.reply, e, &o->arena);
	}
}

/*
 * Only the server is heard. Its 354 marks a message, and the next reply is the answer to
 * it; who sent what to whom stays unknown.
 */
static void
on_orphan_reply(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = current(b);

	if (b->totals.packets[DIS_CLIENT])
		return;
	if (e->verb == SMTP_VERB_DATA && e->reply.code == 354) {
		close_all(b);
		o = open_new(b, e->at);
		if (o)
			reply_set(&o->txn.message.go, e, &o->arena);
	} else if (o && o->txn.message.go.code && !o->answered) {
		o->txn.message.seen = true;
		on_final(o, e);
		touch(o, e->at);
	}
}

static void
on_reply(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = e->id ? open_of(b, e->id) : NULL;

	if (o)
		on_txn_reply(o, e);
	else if (e->id == 0)
		on_orphan_reply(b, e);
	record_conn_reply(b, e);
}

static struct record_open *
open_of_body(struct record_builder *b)
{
	for (uint32_t i = b->open_count; i-- > 0;)
		if (b->open[i].used && b->body_of >= b->open[i].mail_id &&
			(b->body_of <= b->open[i].last_id || b->body_of == 0))
			return &b->open[i];
	return NULL;
}

static void
read_message(struct record_builder *b, struct record_open *o)
{
	struct mail_event event;

	while (mail_message_next(&b->message, &event) == DIS_OK)
		if (o)
			record_mail_event(&o->txn.message, &event, &o->arena);
}

/* Several BDATs are one message. */
static struct record_open *
body_open(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = e->id ? open_of(b, e->id) : current(b);

	if (o && !o->txn.message.seen) {
		mail_message_reset(&b->message, record_conn_needles(b));
		o->txn.message.seen = true;
	}
	b->body_of = e->id;
	if (o)
		touch(o, e->at);
	return o;
}

static void
on_body(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = body_open(b, e);

	if (!o)
		return;
	mail_message_feed(&b->message, e->body);
	read_message(b, o);
}

static void
on_body_gap(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = body_open(b, e);

	if (!o)
		return;
	mail_message_gap(&b->message, e->octets);
	read_message(b, o);
}

static void
on_body_skipped(struct record_builder *b, const struct smtp_event *e)
{
	if (body_open(b, e))
		mail_message_skip(&b->message, e->octets);
}

static void
on_body_end(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o;
	struct mail_facts facts;

	b->body_of = e->end.id;
	o = e->end.id ? open_of(b, e->end.id) : open_of_body(b);
	if (!o)
		return;
	if (!o->txn.message.seen)
		mail_message_reset(&b->message, record_conn_needles(b));
	mail_message_end(&b->message);
	read_message(b, o);
	mail_message_facts(&b->message, &facts);
	record_mail_facts(&o->txn.message, &facts);
	o->txn.message.seen = true;
	o->txn.message.complete = e->end.complete;
	o->txn.message.bdat = e->end.bdat;
	o->txn.message.octets = e->end.octets;
	touch(o, e->at);
	b->body_of = 0;
}

static void
on_note(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = current(b);

	if (o)
		record_note(&o->txn.notes, e->note);
	record_conn_note(b, e);
}

static void
on_lost(struct record_builder *b, const struct smtp_event *e)
{
	struct record_open *o = current(b);

	if (o)
		o->txn.gaps++;
	record_conn_lost(b, e, b->body_of != 0);
}

void
record_build_event(struct record_builder *b, const struct smtp_event *e)
{
	switch (e->kind) {
	case SMTP_EVENT_COMMAND:
		on_command(b, e);
		break;
	case SMTP_EVENT_REPLY:
		on_reply(b, e);
		break;
	case SMTP_EVENT_BODY:
		on_body(b, e);
		break;
	case SMTP_EVENT_BODY_GAP:
		on_body_gap(b, e);
		break;
	case SMTP_EVENT_BODY_SKIPPED:
		on_body_skipped(b, e);
		break;
	case SMTP_EVENT_BODY_END:
		on_body_end(b, e);
		break;
	case SMTP_EVENT_NOTE:
		on_note(b, e);
		break;
	case SMTP_EVENT_LOST:
		on_lost(b, e);
		break;
	case SMTP_EVENT_GREETING:
	case SMTP_EVENT_AUTH:
	case SMTP_EVENT_TLS:
	case SMTP_EVENT_CLIENT:
	case SMTP_EVENT_TURNED:
	default:
		record_conn_event(b, e);
		break;
	}
}

static bool
any_rcpt_taken(const struct record_txn *t)
{
	for (const struct record_rcpt *r = t->rcpts; r; r = r->next)
		if (r->path.reply.code >= 200 && r->path.reply.code < 300)
			return true;
	return false;
}

static bool
any_rcpt_unanswered(const struct record_txn *t)
{
	for (const struct record_rcpt *r = t->rcpts; r; r = r->next)
		if (r->path.reply.code == 0)
			return true;
	return false;
}

static enum record_outcome
outcome_of(const struct record_open *o)
{
	const struct record_txn *t = &o->txn;

	if (t->message.reply.code)
		return t->message.reply.code < 300 ? RECORD_ACCEPTED : RECORD_REFUSED;
	if (t->inferred_reply)
		return t->message.complete ? RECORD_ACCEPTED : RECORD_REFUSED;
	if (t->mail.reply.code >= 400 || t->message.go.code >= 400)
		return RECORD_REFUSED;
	if (t->rcpts && !any_rcpt_taken(t) && !any_rcpt_unanswered(t))
		return RECORD_REFUSED;
	if (t->message.seen || any_rcpt_unanswered(t))
		return RECORD_UNKNOWN;
	/* Closed by the client's own word, though the server would have taken more. */
	return o->closed && t->mail.reply.code ? RECORD_ABANDONED : RECORD_UNKNOWN;
}

/* Takes the oldest off the front; its arena goes behind the last, to be reused. */
static void
give_out(struct record_builder *b, struct record *out)
{
	struct record_open first = b->open[0];

	first.txn.outcome = outcome_of(&first);
	*out = (struct record){.kind = RECORD_TRANSACTION, .conn = b->conn, .txn = first.txn};
	out->conn.auth = first.auth;
	/* Only the server is heard: what its 250 followed on was not seen. */
	if (!b->totals.packets[DIS_CLIENT] && first.auth.state == RECORD_AUTH_NONE)
		out->conn.auth.state = RECORD_AUTH_UNKNOWN;
	b->totals.transactions++;
	b->open_count--;
	memmove(&b->open[0], &b->open[1], b->open_count * sizeof(b->open[0]));
	first.used = false;
	b->open[b->open_count] = first;
	b->given = true;
}

/* Something of it is still to be said by the server. */
static bool
is_awaited(const struct record_open *o)
{
	const struct record_message *m = &o->txn.message;

	if (o->replied_id < o->last_id)
		return true;
	/* The end of data has a reply of its own, behind that to DATA. */
	if (o->data_id == 0 || o->answered || m->go.code >= 400)
		return false;
	return m->complete || (m->go.code && !m->bdat);
}

bool
record_build_next(struct record_builder *b, struct record *out)
{
	struct record_open *o = &b->open[0];

	/* What was given out before is no longer looked at. */
	if (b->given)
		arena_reset(&b->open[b->open_count].arena);
	b->given = false;
	if (b->open_count == 0 || !o->closed)
		return false;
	if (is_awaited(o) && !b->over && b->open_count < RECORD_OPEN_MAX)
		return false;
	give_out(b, out);
	return true;
}

void
record_build_end(struct record_builder *b, enum record_sides sides)
{
	end_txn(b);
	close_all(b);
	b->over = true;
	b->conn.sides = sides;
}

void
record_build_connection(struct record_builder *b, struct record *out)
{
	*out = (struct record){
		.kind = RECORD_CONNECTION, .conn = b->conn, .connection = b->totals};
}
