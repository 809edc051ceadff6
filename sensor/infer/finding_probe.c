/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rules.h"

#include <stdlib.h>

#include "finding_tester.h"
#include "judge.h"

/* Tricks or refused domains of one client at one server, within an hour. */
#define FORMS_MIN   3
#define DOMAINS_MIN 3
/* Recipients of a message that tells its sender whether it came through. */
#define PROBE_RCPTS_MAX 5

/* What a transaction is about; the rest is looked up when it is first asked for. */
struct scene_of {
	struct infer *in;
	const struct record_conn *conn;
	const struct record_txn *txn;
	struct server *server;
	struct identity *id;
	bool known; /* outsider is */
	bool outsider;
};

static bool
is_outsider(struct scene_of *s)
{
	const struct record_end *end = &s->conn->server;

	if (s->known)
		return s->outsider;
	s->known = true;
	s->server = server_find(&s->in->servers, &end->addr, end->port);
	if (!s->server)
		return false;
	s->id = identity_insert(&s->in->servers, s->server, s->conn->server_name);
	s->outsider = judge_is_outsider(
		judge_client(s->in, s->server, s->id, record_client(s->conn)));
	return s->outsider;
}

static bool
is_authenticated(const struct record_conn *conn)
{
	return conn->auth.state == RECORD_AUTH_OK ||
	       conn->auth.state == RECORD_AUTH_INFERRED_OK;
}

/* The reply that decided over a recipient: RCPT's, or the one that came later. */
static const struct record_reply *
decisive(const struct record_txn *txn, const struct record_rcpt *r)
{
	if (!r)
		return &txn->mail.reply;
	if (r->path.reply.code >= 300 || r->path.reply.code == 0)
		return &r->path.reply;
	if (r->final.code)
		return &r->final;
	if (txn->message.reply.code)
		return &txn->message.reply;
	return txn->message.go.code >= 400 ? &txn->message.go : &r->path.reply;
}

static enum finding_answer
answer_of(const struct record_txn *txn, const struct record_rcpt *r,
	const struct record_reply *reply)
{
	if (reply->code == 0)
		return ANSWER_NONE;
	if (smtp_result_is_refusal(reply->result) || reply->code >= 500)
		return ANSWER_REFUSED;
	if (reply->code >= 400 || !r)
		return ANSWER_DEFERRED;
	if (!tester_is_routable(&r->path))
		return ANSWER_UNROUTABLE;
	return txn->outcome == RECORD_ACCEPTED ? ANSWER_MESSAGE : ANSWER_RCPT;
}

static enum finding_severity
severity_of(const struct finding *f)
{
	if (f->of.probe.answers[ANSWER_MESSAGE])
		return SEVERITY_HIGH;
	return f->of.probe.answers[ANSWER_RCPT] ? SEVERITY_MEDIUM : SEVERITY_LOW;
}

static struct moment
moment_of(const struct record_txn *txn, const struct record_reply *reply)
{
	if (reply->at.ns)
		return reply->at;
	return (struct moment){txn->end, txn->file, txn->frames[1]};
}

static void
note_test(struct finding *f, const struct record_txn *txn, const struct record_rcpt *r,
	unsigned number, enum finding_answer answer, const struct record_reply *reply)
{
	struct finding_test *t;

	if (number == 0)
		return;
	f->of.probe.last_test = (uint8_t)number;
	if (!f->of.probe.tests)
		f->of.probe.tests = calloc(FINDING_TESTS, sizeof(*f->of.probe.tests));
	if (!f->of.probe.tests)
		abort();
	t = &f->of.probe.tests[number - 1];
	if (answer < t->answer)
		return;
	t->at = moment_of(txn, reply);
	t->answer = answer;
	t->code = reply->code;
	finding_peer(txn->mail.raw, t->from);
	finding_peer(r ? r->path.raw : SPAN_NONE, t->to);
}

static bool
add_domain(struct finding_probe *p, uint64_t hash)
{
	for (uint32_t i = 0; i < p->domain_count; i++)
		if (p->domains[i] == hash)
			return false;
	if (p->domain_count == FINDING_DOMAINS_MAX)
		return false;
	p->domains[p->domain_count++] = hash;
	return true;
}

static unsigned
bits_set(uint32_t bits)
{
	unsigned n = 0;

	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

/*
 * Nobody's pattern, but no mail program's either: several ways of writing a recipient
 * that servers were once talked into relaying by, or one relaying refused after the
 * other.
 */
static unsigned
unknown_tester(const struct finding *f)
{
	if (bits_set(f->of.probe.forms) >= FORMS_MIN)
		return TESTER_FORMS;
	if (f->of.probe.domain_count >= DOMAINS_MIN)
		return TESTER_DOMAINS;
	return 0;
}

static void
probe_count(struct scene_of *s, struct finding *f, const struct record_rcpt *r,
	unsigned tester)
{
	const struct record_reply *reply = decisive(s->txn, r);
	enum finding_answer answer = answer_of(s->txn, r, reply);
	struct finding_probe *p = &f->of.probe;
	unsigned number = tester_test_number(s->conn, s->txn, r, p->last_test);
	char from[FINDING_LIST], to[FINDING_LIST], text[FINDING_LIST];

	/* An hour's suspicion must not make a test out of ordinary mail. */
	if (number <= 4 && !(tester & TESTER_KNOWN) && !(p->testers & TESTER_KNOWN))
		number = 0;
	note_test(f, s->txn, r, number, answer, reply);
	p->testers |= tester;
	p->answers[answer]++;
	if (r && tester_is_trick(&r->path))
		p->forms |= UINT32_C(1)
			    << (r->path.form == SMTP_FORM_QUOTED ? SMTP_FORM_QUOTED
								 : r->path.form);
	if (r && reply->result == SMTP_RESULT_REFUSED_RELAY && is_outsider(s))
		add_domain(p, leg_address_of(r->path.target_domain));
	finding_count(f, moment_of(s->txn, reply));
	finding_add_evidence(f, moment_of(s->txn, reply), "MAIL %s RCPT %s: %u %s",
		finding_peer(s->txn->mail.raw, from),
		r ? finding_peer(r->path.raw, to) : "not sent", reply->code,
		finding_peer(reply->text, text));
	if (!(p->testers & TESTER_KNOWN))
		p->testers |= unknown_tester(f);
	if (p->testers)
		finding_raise(&s->in->findings, f, severity_of(f));
}

/* Is there anything about the recipient that a tester would have? */
static bool
is_suspicious(struct scene_of *s, const struct record_rcpt *r)
{
	if (!r)
		return false;
	if (tester_is_trick(&r->path))
		return true;
	return decisive(s->txn, r)->result == SMTP_RESULT_REFUSED_RELAY && is_outsider(s);
}

static void
rcpt_feed(struct scene_of *s, const struct record_rcpt *r)
{
	struct finding_key key = finding_key_of(s->conn, FINDING_RELAY_PROBE, true);
	unsigned tester = tester_of(s->conn, s->txn, r);
	struct finding *f;

	if (!tester && !is_suspicious(s, r)) {
		/* A test whose sender or recipient gives nobody away, in between others.
		 */
		f = finding_find(&s->in->findings, &key);
		if (!f || !(f->of.probe.testers & TESTER_KNOWN) ||
			s->txn->end < f->last ||
			s->txn->end - f->last > UINT64_C(600) * 1000000000 ||
			!tester_test_number(s->conn, s->txn, r, f->of.probe.last_test))
			return;
	}
	f = finding_insert(&s->in->findings, &key, s->conn->server_name, s->txn->time);
	finding_watch_hour(f, s->txn->time);
	probe_count(s, f, r, tester);
}

/* An attempt of this client for this domain, for what is known about the domain. */
static enum judge_domain
domain_of(struct scene_of *s, const struct record_rcpt *r)
{
	struct word *domain = word_find(&s->in->words, r->path.target_domain);

	for (struct attempt *a = s->id->attempts; domain && a; a = a->hh.next)
		if (a->key.domain == domain &&
			ip_addr_equal(&a->key.client, record_client(s->conn)))
			return judge_domain(s->in, s->server, s->id, a).source;
	return DOMAIN_UNKNOWN;
}

/* The message's own content asks whether it comes through. */
static void
content_feed(struct scene_of *s)
{
	const struct record_message *m = &s->txn->message;
	struct finding_key key = finding_key_of(s->conn, FINDING_RELAY_PROBE, true);
	unsigned tester = tester_is_swaks(m) ? TESTER_SWAKS : 0;
	char addr[IP_ADDR_TEXT];
	struct span own = span_of(addr, ip_addr_write(&s->conn->server.addr, addr));
	bool in_subject = span_search_nocase(m->subject, own) < m->subject.len;
	struct finding *f;

	if (m->names_server && !m->dsn.is && !m->auto_submitted)
		tester |= TESTER_SPAMMER;
	if (!tester || s->txn->rcpt_count > PROBE_RCPTS_MAX || !is_outsider(s))
		return;
	for (const struct record_rcpt *r = s->txn->rcpts; r; r = r->next) {
		enum judge_domain domain = domain_of(s, r);

		if (judge_is_hosted(domain) || (!judge_is_foreign(domain) && !in_subject))
			continue;
		f = finding_insert(
			&s->in->findings, &key, s->conn->server_name, s->txn->time);
		probe_count(s, f, r, tester);
	}
}

void
finding_probe_feed(
	struct infer *in, const struct record_conn *conn, const struct record_txn *txn)
{
	struct scene_of s = {.in = in, .conn = conn, .txn = txn};

	if (is_authenticated(conn))
		return;
	if (!txn->rcpts && txn->mail.reply.code >= 400)
		rcpt_feed(&s, NULL);
	for (const struct record_rcpt *r = txn->rcpts; r; r = r->next)
		rcpt_feed(&s, r);
	if (txn->message.seen)
		content_feed(&s);
}
