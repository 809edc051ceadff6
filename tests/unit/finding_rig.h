/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of findings: records with the odd facts that scene.h has no place for, and
 * the finding that came of them.
 */
#ifndef FINDING_RIG_H
#define FINDING_RIG_H

#include "scene.h"

#include <stdlib.h>

#include "sensor/infer/finding_words.h"

#define S    "203.0.113.11"
#define NAME "mail.corp.test"
#define OUT1 "198.51.100.66"
#define OUT2 "198.51.100.67"
#define MX_V "198.51.100.10"

/* One transaction of one recipient; what is not given is ordinary. */
struct odd_txn {
	const char *client, *server, *name, *helo;
	const char *from, *to;	  /* to NULL: MAIL was refused */
	unsigned mail_code, code; /* 0: 250 */
	const char *text;	  /* of the deciding reply */
	unsigned data;		  /* code after the message; 0: none */
	const char *data_text, *subject, *message_id;
	bool names_server, dsn, mail_is_inside;
	enum record_auth auth;
	uint32_t notes; /* bits */
	uint64_t conn;	/* 0: a new one */
	uint32_t index;
};

#define NOTE(n) (UINT32_C(1) << (n))

static inline void
odd_message(struct scene *s, struct record_txn *t, const struct odd_txn *o)
{
	if (!o->data)
		return;
	scene_reply(s, &t->message.go, 354, "go on");
	scene_reply(
		s, &t->message.reply, o->data, o->data_text ? o->data_text : "2.0.0 Ok");
	t->message.seen = true;
	t->message.complete = true;
	t->message.subject = scene_text(o->subject);
	t->message.message_id = scene_text(o->message_id);
	t->message.names_server = o->names_server;
	t->message.dsn.is = o->dsn;
	t->outcome = o->data < 300 ? RECORD_ACCEPTED : RECORD_REFUSED;
}

/* Returns the id of the connection that it was on. */
static inline uint64_t
odd_feed(struct scene *s, struct odd_txn o)
{
	struct scene_mail m = {.client = o.client ? o.client : OUT1,
		.server = o.server ? o.server : S,
		.name = o.name ? o.name : NAME,
		.helo = o.helo ? o.helo : "client.attacker.test",
		.auth = o.auth};
	struct record r = {.kind = RECORD_TRANSACTION};
	struct record_txn *t = &r.txn;

	arena_reset(&s->arena);
	scene_wait(s, 1);
	r.conn = scene_conn(s, &m);
	if (o.conn)
		r.conn.id = o.conn;
	t->index = o.index ? o.index : 1;
	t->time = s->now;
	t->frames[0] = s->frame + 1;
	t->outcome = RECORD_REFUSED;
	scene_path(s, &t->mail, "FROM", o.from ? o.from : "<x@shop.test>");
	if (o.mail_is_inside) /* sent a second ago, with the message before it */
		t->mail.at.ns -= UINT64_C(1500000000);
	scene_reply(s, &t->mail.reply, o.mail_code ? o.mail_code : 250,
		o.mail_code && o.text ? o.text : "2.1.0 Ok");
	if (o.to) {
		t->rcpts = arena_alloc(&s->arena, sizeof(*t->rcpts));
		scene_path(s, &t->rcpts->path, "TO", o.to);
		scene_reply(s, &t->rcpts->path.reply, o.code ? o.code : 250,
			o.text && o.code	  ? o.text
			: !o.code || o.code < 300 ? "2.1.5 Ok"
						  : "5.7.1 Relay access denied");
		t->rcpt_count = 1;
	}
	odd_message(s, t, &o);
	t->notes.bits[0] = o.notes;
	t->end = s->now;
	t->frames[1] = s->frame;
	infer_feed(s->in, &r);
	return r.conn.id;
}

struct odd_conn {
	const char *client, *server, *name;
	uint32_t caps;
	bool no_ehlo, clear_password, xclient;
	uint32_t ok, failed, vrfy, expn;
	enum record_tls tls;
	uint32_t notes;
	unsigned banner_code;
	const char *banner_text;
};

static inline void
odd_connect(struct scene *s, struct odd_conn o)
{
	struct scene_mail m = {.client = o.client ? o.client : OUT1,
		.server = o.server ? o.server : S,
		.name = o.name ? o.name : NAME};
	struct record r = {.kind = RECORD_CONNECTION};

	scene_wait(s, 1);
	r.conn = scene_conn(s, &m);
	r.conn.caps = o.caps;
	r.conn.ehlo_seen = !o.no_ehlo;
	r.conn.tls.state = o.tls;
	if (o.xclient)
		r.conn.real_by = RECORD_REAL_XCLIENT;
	r.connection.time = s->now;
	r.connection.end = s->now;
	r.connection.frames[0] = ++s->frame;
	r.connection.clear_password = o.clear_password;
	r.connection.auths.ok = o.ok;
	r.connection.auths.failed = o.failed;
	r.connection.vrfy = o.vrfy;
	r.connection.expn = o.expn;
	r.connection.notes.bits[0] = o.notes;
	scene_reply(s, &r.connection.banner_reply, o.banner_code, o.banner_text);
	infer_feed(s->in, &r);
}

static inline size_t
odd_count(struct scene *s)
{
	size_t count;
	const struct finding **list = findings_list(s->in, &count);

	free(list);
	return count;
}

/* The only one; and it is of that kind. */
static inline const struct finding *
odd_only(struct scene *s, enum finding_kind kind)
{
	size_t count;
	const struct finding **list = findings_list(s->in, &count);
	const struct finding *f;

	assert_int_equal(count, 1);
	f = list[0];
	free(list);
	assert_string_equal(finding_kind_name((enum finding_kind)f->key.kind),
		finding_kind_name(kind));
	return f;
}

static inline int
odd_setup(void **state)
{
	struct scene *s = malloc(sizeof(*s));

	scene_init(s);
	*state = s;
	return 0;
}

static inline int
odd_teardown(void **state)
{
	scene_free(*state);
	free(*state);
	return 0;
}

#define ODD(test) cmocka_unit_test_setup_teardown(test, odd_setup, odd_teardown)

#endif
