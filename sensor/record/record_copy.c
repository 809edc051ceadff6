/* SPDX-License-Identifier: Apache-2.0 */
#include "record_copy.h"

/*
 * One walk does both, so that the size and the copy cannot differ: without memory (at is
 * NULL) it only counts. What is walked is the source; what is written is its copy.
 */
struct copier {
	uint8_t *at;
	size_t room;
	size_t used;
	bool over; /* something did not fit; the walk goes on and writes nothing */
};

#define COPY_ALIGN _Alignof(max_align_t)

static void *
take(struct copier *c, size_t octets, size_t align)
{
	size_t begin = (c->used + align - 1) / align * align;

	if (begin > SIZE_MAX - octets || (c->at && begin + octets > c->room)) {
		c->over = true;
		return NULL;
	}
	c->used = begin + octets;
	return c->at ? c->at + begin : NULL;
}

/* *s points into the source, whichever struct it stands in; afterwards into the copy. */
static void
copy_span(struct copier *c, struct span *s)
{
	uint8_t *to = s->len ? take(c, s->len, 1) : NULL;

	if (to)
		memcpy(to, s->at, s->len);
	*s = to ? span_of(to, s->len) : SPAN_NONE;
}

/* Each of these works on a struct that was copied as it stands: its spans move over. */

static void
copy_reply(struct copier *c, struct record_reply *r)
{
	copy_span(c, &r->text);
}

static void
copy_path(struct copier *c, struct record_path_arg *p)
{
	copy_span(c, &p->raw);
	copy_span(c, &p->address);
	copy_span(c, &p->domain);
	copy_span(c, &p->target);
	copy_span(c, &p->target_domain);
	copy_span(c, &p->params);
	copy_reply(c, &p->reply);
}

static void
copy_conn(struct copier *c, struct record_conn *k)
{
	for (size_t i = 0; i < k->path.tunnels && i < RECORD_TUNNELS_MAX; i++)
		copy_span(c, &k->path.tunnel[i]);
	copy_span(c, &k->helo);
	copy_span(c, &k->server_name);
	copy_span(c, &k->banner);
	copy_span(c, &k->tls.version);
	copy_span(c, &k->tls.cipher);
	copy_span(c, &k->tls.sni);
	copy_span(c, &k->tls.cert_name);
	copy_span(c, &k->tls.cert_issuer);
	copy_span(c, &k->auth.mechanism);
	copy_span(c, &k->auth.user);
}

static void
copy_rcpts(struct copier *c, struct record_rcpt **list)
{
	const struct record_rcpt *from = *list;

	for (*list = NULL; from; from = from->next) {
		struct record_rcpt one = *from, *to;

		to = take(c, sizeof(*to), _Alignof(struct record_rcpt));
		copy_path(c, &one.path);
		copy_reply(c, &one.final);
		one.next = NULL;
		if (!to)
			continue;
		*to = one;
		*list = to;
		list = &to->next;
	}
}

static void
copy_received(struct copier *c, struct record_received **list)
{
	const struct record_received *from = *list;

	for (*list = NULL; from; from = from->next) {
		struct record_received one = {.raw = from->raw}, *to;

		to = take(c, sizeof(*to), _Alignof(struct record_received));
		copy_span(c, &one.raw);
		if (!to)
			continue;
		*to = one;
		*list = to;
		list = &to->next;
	}
}

static void
copy_message(struct copier *c, struct record_message *m)
{
	copy_reply(c, &m->reply);
	copy_reply(c, &m->go);
	copy_span(c, &m->queue_id);
	copy_span(c, &m->message_id);
	copy_span(c, &m->from);
	copy_span(c, &m->to);
	copy_span(c, &m->subject);
	copy_span(c, &m->dkim_domain);
	copy_span(c, &m->auth_results);
	copy_span(c, &m->list_id);
	copy_span(c, &m->delivered_to);
	copy_received(c, &m->received);
	copy_span(c, &m->dsn.action);
	copy_span(c, &m->dsn.recipient);
	copy_span(c, &m->dsn.status);
	copy_span(c, &m->dsn.message_id);
}

static void
copy_runs(struct copier *c, struct record_connection *k)
{
	size_t octets = k->tls_run_count * sizeof(*k->tls_runs);
	struct tls_run *to = octets ? take(c, octets, _Alignof(struct tls_run)) : NULL;

	if (to)
		memcpy(to, k->tls_runs, octets);
	k->tls_runs = to;
}

static void
copy_answers(struct copier *c, struct record_answer **list)
{
	const struct record_answer *from = *list;

	for (*list = NULL; from; from = from->next) {
		struct record_answer one = *from, *to;

		to = take(c, sizeof(*to), _Alignof(struct record_answer));
		copy_span(c, &one.name);
		copy_span(c, &one.target);
		one.next = NULL;
		if (!to)
			continue;
		*to = one;
		*list = to;
		list = &to->next;
	}
}

static void
copy_parts(struct copier *c, struct record *r)
{
	switch (r->kind) {
	case RECORD_TRANSACTION:
		copy_conn(c, &r->conn);
		copy_path(c, &r->txn.mail);
		copy_rcpts(c, &r->txn.rcpts);
		copy_message(c, &r->txn.message);
		break;
	case RECORD_CONNECTION:
		copy_conn(c, &r->conn);
		copy_runs(c, &r->connection);
		copy_reply(c, &r->connection.banner_reply);
		break;
	case RECORD_DNS:
	default:
		copy_span(c, &r->dns.name);
		copy_answers(c, &r->dns.answers);
		break;
	}
}

static struct record *
walk(struct copier *c, const struct record *r)
{
	struct record *to = take(c, sizeof(*to), COPY_ALIGN);
	struct record copy = *r;

	copy_parts(c, &copy);
	take(c, 0, COPY_ALIGN);
	if (!to || c->over)
		return NULL;
	*to = copy;
	return to;
}

size_t
record_copy_size(const struct record *r)
{
	struct copier c = {.at = NULL};

	walk(&c, r);
	return c.used;
}

struct record *
record_copy(const struct record *r, void *room, size_t octets)
{
	struct copier c = {.at = room, .room = octets};

	return walk(&c, r);
}
