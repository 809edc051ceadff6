/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the inference: mails, connections and DNS answers as records, told in a
 * line each. Texts are literals; times go up by a second with each record.
 */
#ifndef SCENE_H
#define SCENE_H

#include "feed.h"

#include <stdio.h>

#include "sensor/base/arena.h"
#include "sensor/infer/infer.h"
#include "sensor/infer/verdict.h"

#define SCENE_RCPTS 8

struct scene {
	struct config config;
	struct infer *in;
	struct arena_pool *pool;
	struct arena arena;
	uint64_t now;
	uint64_t conn;
	uint32_t frame;
};

struct scene_rcpt {
	const char *path; /* "<a@b.test>"; NULL: the end */
	unsigned code;
	const char *text;
};

struct scene_mail {
	const char *client, *server, *name; /* name: the server's */
	const char *helo;
	uint16_t port; /* 0: 25 */
	const char *from; /* "<x@shop.test>" */
	struct scene_rcpt rcpt[SCENE_RCPTS];
	unsigned data;	      /* code after the message; 0: no message */
	const char *queue_id;
	const char *message_id;
	const char *received[3];
	const char *bounce_of; /* Message-ID of the mail this is a DSN about */
	const char *bounce_rcpt;
	const char *list_id;
	enum record_auth auth;
	const char *real; /* client named by a PROXY header */
};

static inline void
scene_init(struct scene *s)
{
	memset(s, 0, sizeof(*s));
	s->config.remediated_after = 2;
	s->config.limits.servers = 100;
	s->config.limits.attempts = 1000;
	s->config.limits.messages = 1000;
	s->config.limits.names = 1000;
	s->in = infer_new(&s->config);
	s->pool = arena_pool_new(1u * MiB);
	arena_init(&s->arena, s->pool);
	s->now = UINT64_C(1700000000) * 1000000000;
}

static inline void
scene_free(struct scene *s)
{
	infer_free(s->in);
	arena_pool_free(s->pool);
}

static inline void
scene_wait(struct scene *s, uint64_t seconds)
{
	s->now += seconds * 1000000000;
}

static inline struct moment
scene_moment(struct scene *s)
{
	return (struct moment){s->now, 0, ++s->frame};
}

static inline struct ip_addr
scene_addr(const char *text)
{
	struct ip_addr a = {{0}};

	if (text)
		assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static inline struct span
scene_text(const char *text)
{
	return text ? span_of_text(text) : SPAN_NONE;
}

static inline void
scene_reply(struct scene *s, struct record_reply *r, unsigned code, const char *text)
{
	struct smtp_reply reply = {.code = (uint16_t)code, .text = scene_text(text)};

	if (code == 0)
		return;
	smtp_enhanced_parse(&reply.text, &reply.enhanced);
	r->code = (uint16_t)code;
	r->enhanced = reply.enhanced;
	r->text = reply.text;
	r->result = smtp_result_of_reply(&reply);
	r->at = scene_moment(s);
}

static inline void
scene_path(struct scene *s, struct record_path_arg *p, const char *keyword, const char *path)
{
	char args[600];

	snprintf(args, sizeof(args), "%s:%s", keyword, path);
	record_path_set(p, span_of_text(args), keyword, &s->arena);
	p->at = scene_moment(s);
}

static inline struct record_conn
scene_conn(struct scene *s, const struct scene_mail *m)
{
	struct record_conn c = {.id = ++s->conn, .whole = true, .hello = SMTP_VERB_EHLO};

	c.client = (struct record_end){scene_addr(m->client), 40000};
	c.server = (struct record_end){scene_addr(m->server), m->port ? m->port : 25};
	c.helo = scene_text(m->helo);
	c.server_name = scene_text(m->name);
	c.auth.state = m->auth;
	if (m->real) {
		c.real_by = RECORD_REAL_PROXY;
		c.real = (struct record_end){scene_addr(m->real), 50000};
	}
	return c;
}

static inline void
scene_message(struct scene *s, struct record_message *to, const struct scene_mail *m)
{
	struct record_received **at = &to->received;

	if (m->data == 0)
		return;
	scene_reply(s, &to->go, 354, "go on");
	scene_reply(s, &to->reply, m->data, m->data < 300 ? "2.0.0 Ok" : "5.7.1 no");
	to->seen = true;
	to->complete = true;
	to->queue_id = scene_text(m->queue_id);
	to->message_id = scene_text(m->message_id);
	to->list_id = scene_text(m->list_id);
	for (size_t i = 0; i < 3 && m->received[i]; i++) {
		*at = arena_alloc(&s->arena, sizeof(**at));
		(*at)->raw = span_of_text(m->received[i]);
		at = &(*at)->next;
	}
	to->dsn.is = m->bounce_of != NULL;
	to->dsn.message_id = scene_text(m->bounce_of);
	to->dsn.recipient = scene_text(m->bounce_rcpt);
}

static inline void
scene_mail(struct scene *s, struct scene_mail m)
{
	struct record r = {.kind = RECORD_TRANSACTION};
	struct record_txn *t = &r.txn;
	struct record_rcpt **at = &t->rcpts;

	arena_reset(&s->arena);
	scene_wait(s, 1);
	r.conn = scene_conn(s, &m);
	t->index = 1;
	t->time = s->now;
	t->frames[0] = s->frame + 1;
	scene_path(s, &t->mail, "FROM", m.from ? m.from : "<>");
	scene_reply(s, &t->mail.reply, 250, "2.1.0 Ok");
	for (size_t i = 0; i < SCENE_RCPTS && m.rcpt[i].path; i++) {
		*at = arena_alloc(&s->arena, sizeof(**at));
		scene_path(s, &(*at)->path, "TO", m.rcpt[i].path);
		scene_reply(s, &(*at)->path.reply, m.rcpt[i].code,
			m.rcpt[i].text ? m.rcpt[i].text
			: m.rcpt[i].code < 300
				? "2.1.5 Ok"
				: "5.7.1 Relay access denied");
		at = &(*at)->next;
		t->rcpt_count++;
	}
	scene_message(s, &t->message, &m);
	t->end = s->now;
	t->frames[1] = s->frame;
	t->outcome = m.data == 0 ? RECORD_REFUSED
		: m.data < 300	 ? RECORD_ACCEPTED
				 : RECORD_REFUSED;
	infer_feed(s->in, &r);
}

/* A connection from client to server that went dark behind STARTTLS. */
static inline void
scene_encrypted(struct scene *s, const char *client, const char *server, const char *name)
{
	struct scene_mail m = {.client = client, .server = server, .name = name};
	struct record r = {.kind = RECORD_CONNECTION};

	scene_wait(s, 1);
	r.conn = scene_conn(s, &m);
	r.conn.tls.state = RECORD_TLS_STARTTLS;
	r.connection.time = s->now;
	r.connection.end = s->now;
	infer_feed(s->in, &r);
}

/* A plain connection, for who introduced itself how. */
static inline void
scene_hello(struct scene *s, const char *client, const char *server, const char *name,
	const char *helo)
{
	struct scene_mail m = {
		.client = client, .server = server, .name = name, .helo = helo};
	struct record r = {.kind = RECORD_CONNECTION};

	scene_wait(s, 1);
	r.conn = scene_conn(s, &m);
	r.connection.time = s->now;
	r.connection.end = s->now;
	infer_feed(s->in, &r);
}

/* asker hears: domain MX exchanger, and the exchanger's address. NULL: a null MX. */
static inline void
scene_mx(struct scene *s, const char *asker, const char *domain, const char *exchanger,
	const char *addr)
{
	struct record_answer a = {.ttl = 300}, mx = {.ttl = 300};
	struct record r = {.kind = RECORD_DNS};

	scene_wait(s, 1);
	mx.name = span_of_text(domain);
	mx.type = RECORD_RR_MX;
	mx.target = scene_text(exchanger);
	if (addr) {
		mx.next = &a;
		a.name = span_of_text(exchanger);
		a.addr = scene_addr(addr);
		a.type = ip_addr_is_v4(&a.addr) ? RECORD_RR_A : RECORD_RR_AAAA;
	}
	r.dns.time = s->now;
	r.dns.frame = ++s->frame;
	r.dns.client = scene_addr(asker);
	r.dns.server = scene_addr("198.51.100.53");
	r.dns.name = span_of_text(domain);
	r.dns.type = RECORD_RR_MX;
	r.dns.answers = &mx;
	infer_feed(s->in, &r);
}

/* The verdict of the server at addr, port 0: 25; of its first identity. */
static inline struct verdict
scene_verdict(struct scene *s, const char *addr, uint16_t port)
{
	struct ip_addr a = scene_addr(addr);
	struct server *server = server_find(&s->in->servers, &a, port ? port : 25);
	struct verdict v;

	assert_non_null(server);
	assert_non_null(server->identities);
	verdict_of(s->in, server, server->identities, &v);
	return v;
}

#endif
