/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the flow table: one with its clock, fed as the pipeline feeds it, and what
 * it tells written as text: the octets of both directions, and "1 closed;" for each end.
 */
#ifndef FLOW_RIG_H
#define FLOW_RIG_H

#include <stdio.h>

#include "feed.h"

#include "sensor/flow/flow.h"

#define SECOND UINT64_C(1000000000)
#define SYN    TCP_FLAG_SYN
#define ACK    TCP_FLAG_ACK
#define SYNACK (TCP_FLAG_SYN | TCP_FLAG_ACK)
#define FIN    (TCP_FLAG_FIN | TCP_FLAG_ACK)
#define RST    TCP_FLAG_RST

struct bench {
	struct flow_table *t;
	uint64_t ns;
	char told[2][4096]; /* of the flow fed last */
	char log[1 << 16];
};

static inline struct bench *
bench_new(struct flow_config c)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	c.app_size = c.app_size ? c.app_size : sizeof(uint64_t);
	c.seed[0] = 1;
	b->t = flow_table_new(&c);
	assert_non_null(b->t);
	b->ns = 1000 * SECOND;
	return b;
}

static inline void
bench_free(struct bench *b)
{
	flow_table_free(b->t);
	test_free(b);
}

static inline uint64_t
count_of(const struct bench *b, enum flow_count which)
{
	return flow_table_counters(b->t)->n[which];
}

/* From port of host 10.0.0.1 to 25 of 10.0.0.2; back: the other way. */
static inline struct flow_segment
segment(uint16_t port, bool back, uint8_t flags, uint32_t seq, uint32_t ack,
	const char *text)
{
	const uint8_t one[4] = {10, 0, 0, 1}, two[4] = {10, 0, 0, 2};

	return (struct flow_segment){.src = ip_addr_v4(back ? two : one),
		.dst = ip_addr_v4(back ? one : two),
		.src_port = back ? 25 : port,
		.dst_port = back ? port : 25,
		.seq = seq,
		.ack = ack,
		.flags = flags,
		.octets = (uint32_t)strlen(text),
		.payload = span_of_text(text)};
}

static inline void
pull(struct bench *b, struct flow *f)
{
	struct tcp_chunk c;

	for (unsigned dir = 0; dir < 2; dir++)
		while (flow_chunk_next(f, dir, &c)) {
			char *out = b->told[dir] + strlen(b->told[dir]);

			if (c.kind == TCP_CHUNK_DATA)
				snprintf(out, 1000, "%.*s", (int)c.data.len, c.data.at);
			else if (c.kind == TCP_CHUNK_GAP)
				snprintf(out, 1000, "[%u]", (unsigned)c.octets);
			flow_chunk_taken(f, dir, c.octets);
		}
}

static inline void
finish(struct bench *b, struct flow *f)
{
	struct flow_facts facts;
	char *out = b->log + strlen(b->log);

	pull(b, f);
	flow_facts_of(f, &facts);
	snprintf(out, 200, "%u %s;", (unsigned)facts.serial,
		flow_reason_name_of(facts.reason));
	flow_release(b->t, f);
}

static inline struct flow *
feed(struct bench *b, struct flow_segment seg)
{
	struct flow *f;

	seg.at.ns = b->ns;
	while ((f = flow_table_expired(b->t, b->ns)))
		finish(b, f);
	f = flow_find(b->t, &seg);
	if (f && flow_segment_feed(b->t, f, &seg) == FLOW_REUSED) {
		finish(b, f);
		f = NULL;
	} else if (f) {
		pull(b, f);
		flow_segment_done(b->t, f);
		return f;
	}
	if ((f = flow_table_make_room(b->t)))
		finish(b, f);
	f = flow_open(b->t, &seg);
	assert_non_null(f);
	assert_ptr_equal(flow_find(b->t, &seg), f);
	assert_int_equal(flow_segment_feed(b->t, f, &seg), FLOW_FED);
	pull(b, f);
	flow_segment_done(b->t, f);
	return f;
}

static inline void
tick(struct bench *b, uint64_t ns)
{
	struct flow *f;

	b->ns += ns;
	while ((f = flow_table_expired(b->t, b->ns)))
		finish(b, f);
}

static inline void
drain(struct bench *b)
{
	struct flow *f;

	while ((f = flow_table_drain(b->t)))
		finish(b, f);
}

static inline struct flow *
shake(struct bench *b, uint16_t port)
{
	feed(b, segment(port, false, SYN, 99, 0, ""));
	feed(b, segment(port, true, SYNACK, 499, 100, ""));
	return feed(b, segment(port, false, ACK, 100, 500, ""));
}

#endif
