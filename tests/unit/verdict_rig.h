/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what tells verdicts: one verdict built by hand, with its server, its
 * identity and some attempts. Names are spans, so that they may hold anything.
 */
#ifndef VERDICT_RIG_H
#define VERDICT_RIG_H

#include "feed.h"

#include "sensor/infer/verdict.h"

#define RIG_ATTEMPTS 4
/* 2026-11-23 20:22:53 UTC */
#define RIG_TIME (UINT64_C(1795465373) * 1000000000)

struct rig {
	struct words words;
	struct word *held[32];
	size_t held_count;
	struct server server;
	struct identity id, other;
	struct attempt a[RIG_ATTEMPTS];
	struct verdict v;
};

static inline struct ip_addr
rig_addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static inline struct word *
rig_word(struct rig *r, struct span text)
{
	assert_true(r->held_count < sizeof(r->held) / sizeof(*r->held));
	return r->held[r->held_count++] = word_take(&r->words, text);
}

static inline void
rig_init(struct rig *r, enum verdict_kind kind, enum verdict_grade grade)
{
	memset(r, 0, sizeof(*r));
	words_init(&r->words, NULL);
	r->server.key.addr = rig_addr("203.0.113.11");
	r->server.key.port = 25;
	r->server.identities = &r->id;
	r->id.name = rig_word(r, SPAN_LITERAL("mail.corp.test"));
	r->id.mta = SMTP_MTA_POSTFIX;
	r->id.first = RIG_TIME;
	r->id.last = RIG_TIME + UINT64_C(90000000000);
	r->id.transactions = 12;
	r->id.connections = 5;
	r->v = (struct verdict){.kind = kind,
		.grade = grade,
		.confidence = 0.9912,
		.server = &r->server,
		.identity = &r->id};
}

static inline void
rig_free(struct rig *r)
{
	while (r->held_count)
		word_drop(&r->words, r->held[--r->held_count]);
	words_free(&r->words);
}

/* The n-th attempt, from 198.51.100.66 for victim.test, at the stages that reach has. */
static inline struct attempt *
rig_attempt(struct rig *r, size_t n, enum reach reach)
{
	struct attempt *a = &r->a[n];

	a->key.client = rig_addr("198.51.100.66");
	a->key.domain = rig_word(r, SPAN_LITERAL("victim.test"));
	a->key.form = SMTP_FORM_PLAIN;
	a->count[reach] = 1;
	if (reach > REACH_MESSAGE)
		a->count[REACH_MESSAGE] = 1;
	a->messages = reach >= REACH_MESSAGE ? 1 : 0;
	if (reach >= REACH_INNER_REFUSED) {
		a->next_hop = rig_addr("198.51.100.10");
		a->next_name = rig_word(r, SPAN_LITERAL("mx1.victim.test"));
	}
	return a;
}

static inline struct evidence *
rig_evidence(struct rig *r, enum evidence_kind kind, const struct attempt *a,
	enum judge_domain source)
{
	struct evidence *e = &r->v.evidence[r->v.evidence_count++];

	*e = (struct evidence){
		.kind = kind, .a = a, .domain = {source, {0}}, .at = {RIG_TIME, 0, 31}};
	return e;
}

static inline void
rig_exposure(struct rig *r, uint64_t messages, uint32_t clients, uint32_t domains)
{
	r->v.exposure = (struct exposure){
		RIG_TIME, RIG_TIME + UINT64_C(139000000000), messages, clients, domains};
}

/* Taken, tied by the queue id, sent on: the whole proof. */
static inline struct attempt *
rig_proof(struct rig *r)
{
	struct attempt *a = rig_attempt(r, 0, REACH_SENT);

	a->tie = TIE_QUEUE_ID;
	memcpy(a->queue_id, "4XyZ1a2b3c", 11);
	a->reply_code = 250;
	memcpy(a->reply, "Ok: queued as 4XyZ1a2b3c", 25);
	rig_evidence(r, EVIDENCE_TAKEN, a, DOMAIN_FOREIGN_MX);
	rig_evidence(r, EVIDENCE_SENT_ON, a, DOMAIN_FOREIGN_MX)->weight = 10.0;
	rig_exposure(r, 1, 1, 1);
	return a;
}

static inline struct attempt *
rig_denial(struct rig *r, size_t n)
{
	struct attempt *a = rig_attempt(r, n, REACH_REFUSED);

	a->key.client = rig_addr("198.51.100.99");
	a->reply_code = 554;
	memcpy(a->reply, "Relay access denied", 20);
	rig_evidence(r, EVIDENCE_DENIED, a, DOMAIN_FOREIGN_DENIED);
	r->v.denied_clients = 1;
	r->v.last_denied = RIG_TIME;
	return a;
}

#endif
