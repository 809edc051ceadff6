/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: an alert in which every member has a value of its own. */
#ifndef ALERT_SAMPLE_H
#define ALERT_SAMPLE_H

#include "feed.h"

#include "sensor/alert/alert_json.h"

/* 2026-11-23 20:22:53 UTC */
#define SAMPLE_TIME (UINT64_C(1795465373) * 1000000000)

static inline struct ip_addr
sample_addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static inline void
sample_words(struct alert *a)
{
	a->rule = alert_keep_text(a, "open-relay");
	a->title = alert_keep_text(a, "Open mail relay");
	a->detail = alert_keep_text(a, "the detail");
	a->explanation = alert_keep_text(a, "the explanation");
	a->contain = alert_keep_text(a, "Contain it:\n  command\n");
	a->mend = alert_keep_text(a, "to mend it");
	a->confirm = alert_keep_text(a, "to confirm it");
	a->verdict = alert_keep_text(a, "open-relay");
	a->was = alert_keep_text(a, "partial-relay");
	a->grade = alert_keep_text(a, "confirmed");
	a->cause = alert_keep_text(a, "source-masking");
	a->tricks[0] = alert_keep_text(a, "percent");
	a->trick_count = 1;
	a->mail.from = alert_keep_text(a, "spam@evil.test");
	a->mail.to[0] = alert_keep_text(a, "one@victim.test");
	a->mail.to[1] = alert_keep_text(a, "two@victim.test");
	a->mail.to_count = 2;
	a->mail.message_id = alert_keep_text(a, "<1@evil.test>");
	a->mail.subject = alert_keep_text(a, "Buy now");
	a->mail.helo = alert_keep_text(a, "client.evil.test");
}

static inline void
sample_evidence(struct alert *a)
{
	struct alert_evidence *e = &a->evidence[a->evidence_count++];

	e->kind = alert_keep_text(a, "sent-on");
	e->what = alert_keep_text(a, "message sent on");
	e->weight = 10.04;
	e->time = SAMPLE_TIME + 1;
	e->file = alert_keep_text(a, "x.pcap");
	e->frame = 31;
	e->client = sample_addr("198.51.100.66");
	e->domain = alert_keep_text(a, "victim.test");
	e->reply = alert_keep_text(a, "Ok: queued");
	e->reply_code = 250;
	e->queue_id = alert_keep_text(a, "4XyZ1a2b3c");
	e->next_hop = sample_addr("198.51.100.10");
	e->next_hop_name = alert_keep_text(a, "mx1.victim.test");
}

static inline struct alert *
sample_alert(void)
{
	struct alert *a = alert_new();

	sample_words(a);
	sample_evidence(a);
	a->kind = ALERT_RELAY;
	a->action = ALERT_ESCALATED;
	a->severity = ALERT_SEVERITY_CRITICAL;
	a->time = SAMPLE_TIME;
	a->first = SAMPLE_TIME - UINT64_C(60000000000);
	a->last = SAMPLE_TIME - 1;
	a->count = 12;
	a->since = 4;
	a->suppressed = 3;
	a->server = sample_addr("203.0.113.11");
	a->port = 25;
	a->server_name = alert_keep_text(a, "mail.corp.test");
	a->mta = alert_keep_text(a, "Postfix");
	a->client = sample_addr("198.51.100.66");
	a->client_port = 40000;
	a->clients[0] = a->client;
	a->clients[1] = sample_addr("2001:db8::66");
	a->client_count = 2;
	a->client_total = 20;
	a->domains[0] = alert_keep_text(a, "victim.test");
	a->domain_count = 1;
	a->domain_total = 7;
	a->hops[0] = sample_addr("198.51.100.10");
	a->hop_count = 1;
	a->masked_as = sample_addr("172.17.0.1");
	a->confidence = 0.9912;
	memcpy(a->incident, "01ARYZ6S41TSV4RRFFQ69G5FAV", ALERT_ID);
	memcpy(a->id, "01ARYZ6S42TSV4RRFFQ69G5FAV", ALERT_ID);
	return a;
}

static inline struct span
sample_written(const struct json_out *j)
{
	return span_of(j->at, j->used);
}

#endif
