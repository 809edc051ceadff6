/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The connection table, and the owner of all memory that a connection needs: its entry,
 * two streams, their histories and windows, and a block for the application, which it
 * never looks into. All is reserved when the table is made; pages cost memory once they
 * are touched. Nothing here calls malloc after that, does I/O, or reads a clock.
 *
 *	while ((f = flow_table_expired(t, seg.at.ns)))
 *		finish(f);                     flow_end is done: pull both, flow_release
 *	f = flow_find(t, &seg);
 *	if (f && flow_segment_feed(t, f, &seg) == FLOW_REUSED) {
 *		finish(f);                     a new connection between the same ports
 *		f = NULL;
 *	} else if (f) goto pull;
 *	if ((old = flow_table_make_room(t)))
 *		finish(old);
 *	if (!(f = flow_open(t, &seg))) return;
 *	init(flow_app(f)); flow_segment_feed(t, f, &seg);
 * pull:
 *	until neither direction gets on, the peer's first:
 *		while (flow_chunk_next(f, dir, &chunk))
 *			flow_chunk_taken(f, dir, use(dir, &chunk));
 *
 *	flow_segment_done(t, f);               before the packet goes
 *
 * A direction rests as soon as less than a whole chunk was used.
 * At the end of input: while ((f = flow_table_drain(t))) finish(f); in order of creation.
 *
 * Time is the packets', and may run backwards: see flow_clock.h. A flow ends after
 * silence (at most FLOW_GRAIN_NS late), by eviction (half-open before closing before
 * open, the longest silent first), or because its ports are used again.
 *
 * A SYN with another ISN on an open connection is no proof of a new one: anyone can send
 * it, and the server answers it with an ACK (RFC 5961 4). It is remembered; the proof is
 * a SYN-ACK that answers it, or a segment that goes on from it. On a connection that is
 * half-open or closing it is believed at once.
 */
#ifndef FLOW_H
#define FLOW_H

#include "dissect/ip_addr.h"
#include "dissect/tcp_stream.h"
#include "flow_counters.h"

struct flow_table;
struct flow;

/* 0 in any field but seed, windows_none and app_size: the default of limits.h. */
struct flow_config {
	uint32_t flows;	      /* followed at a time */
	uint32_t windows;     /* to lend at a time; a flow can use two */
	uint32_t window_size; /* octets of each, its ranges included */
	bool windows_none;    /* none at all: what comes out of order is lost */
	size_t app_size;      /* octets of the application's block */
	uint64_t seed[2];     /* of the hash; does not change results */
	uint64_t idle_ns;
	uint64_t half_open_ns;
	uint64_t closing_ns;
	bool match_vlan; /* VLANs tell connections apart; off: taps may differ */
	uint16_t service[FLOW_SERVICES_MAX]; /* ports of servers, for want of a SYN */
	unsigned services;
};

/* One TCP segment, as the packet says. Host order. */
struct flow_segment {
	struct ip_addr src, dst;
	uint16_t src_port, dst_port;
	uint32_t seq, ack;
	uint8_t flags;	     /* enum tcp_flag */
	uint32_t octets;     /* of payload, on the wire */
	struct span payload; /* as captured; lives until flow_segment_done */
	uint32_t vlan;	     /* ids as one number; 0: none */
	uint32_t tunnel;     /* likewise */
	struct moment at;
};

enum flow_fed {
	FLOW_FED,     /* pull now */
	FLOW_IGNORED, /* and counted; nothing new to pull, but flow_segment_done as ever
		       */
	FLOW_REUSED   /* not fed: f has ended, finish it, open another and feed that */
};

enum flow_reason {
	FLOW_REASON_NONE,   /* it lives */
	FLOW_REASON_CLOSED, /* both FINs */
	FLOW_REASON_RESET,
	FLOW_REASON_HALF_OPEN, /* nothing came of its SYN */
	FLOW_REASON_IDLE,
	FLOW_REASON_EVICTED, /* the table was full */
	FLOW_REASON_REUSED,
	FLOW_REASON_DRAINED, /* the input ended */
	FLOW_REASON_COUNT
};

/* Indexed by enum dis_dir: what the client sent, what the server sent. */
struct flow_facts {
	uint64_t serial;	/* from 1, in order of creation */
	struct ip_addr addr[2]; /* of the client, of the server */
	uint16_t port[2];
	uint32_t vlan, tunnel; /* of the first segment */
	struct moment first, last;
	uint64_t packets[2];
	uint64_t octets[2]; /* of payload on the wire */
	bool syn_seen;
	bool synack_seen;
	bool roles_sure; /* from the handshake, not from ports */
	bool one_sided;	 /* nothing was seen from one of them */
	bool fin[2];
	bool reset;
	enum flow_reason reason;
	const struct tcp_counters *tcp[2]; /* live as long as the flow */
};

/* NULL: no address space, or too many services. */
struct flow_table *flow_table_new(const struct flow_config *config);
void flow_table_free(struct flow_table *t);
/* Ticks come by all the time: a leap of the clock is no silence, and ends no flow. */
void flow_table_live(struct flow_table *t);

/* The flow of a segment, or NULL. */
struct flow *flow_find(const struct flow_table *t, const struct flow_segment *seg);
/* A new one, not fed yet; the application's block is as it was left. NULL: no room. */
struct flow *flow_open(struct flow_table *t, const struct flow_segment *seg);
enum flow_fed flow_segment_feed(
	struct flow_table *t, struct flow *f, const struct flow_segment *seg);
/*
 * The segment acknowledges octets of its peer that were not fed yet: the capture has
 * swapped the two, as one of several taps or queues may, or has lost the other.
 */
bool flow_is_early(const struct flow *f, const struct flow_segment *seg);
/* What was not taken is kept, windows are lent and come back. */
void flow_segment_done(struct flow_table *t, struct flow *f);

/* As tcp_stream_next and tcp_stream_taken. */
bool flow_chunk_next(struct flow *f, enum dis_dir dir, struct tcp_chunk *out);
void flow_chunk_taken(struct flow *f, enum dis_dir dir, uint64_t octets);

/*
 * Octets of the sender's direction that are missing before the segment, for which the
 * caller may know the reason; and those of the other that it acknowledges and that were
 * not seen.
 */
uint64_t flow_hole_before(const struct flow *f, const struct flow_segment *seg);
uint64_t flow_hole_acked(const struct flow *f, const struct flow_segment *seg);
/* As tcp_stream_spare and tcp_stream_settle; and what is spare now. */
void flow_spare(struct flow *f, enum dis_dir dir, uint64_t octets, uint32_t to);
uint64_t flow_spare_left(const struct flow *f, enum dis_dir dir);
bool flow_settle(struct flow *f, enum dis_dir dir, uint32_t seq);
/* As tcp_stream_withhold and tcp_stream_is_dry. */
uint64_t flow_withhold(struct flow *f, enum dis_dir dir, uint32_t from, uint32_t to);
bool flow_is_dry(const struct flow *f, enum dis_dir dir, uint32_t *seq);

/* Who sent it, as the flow knows its roles now. */
enum dis_dir flow_dir_of(const struct flow *f, const struct flow_segment *seg);
/* Client and server were taken for each other. Before anything was pulled. */
void flow_flip(struct flow *f);
/* config.app_size octets, aligned for any type; NULL if that is 0. */
void *flow_app(const struct flow *f);
void flow_facts_of(const struct flow *f, struct flow_facts *out);

/*
 * The caller has seen enough of it (reason: NONE is taken as CLOSED). Its streams are
 * finished: pull until both have told END, then release. A segment of the same ports
 * opens another flow. Does nothing to a flow that has ended.
 */
void flow_end(struct flow_table *t, struct flow *f, enum flow_reason reason);
/* Gives all its memory back. Ends it first if need be. */
void flow_release(struct flow_table *t, struct flow *f);

/* The next one whose time is over, ended; NULL: none. now_ns: the packet's, or a tick. */
struct flow *flow_table_expired(struct flow_table *t, uint64_t now_ns);
/* If the table is full: the least useful one, ended. */
struct flow *flow_table_make_room(struct flow_table *t);
/* The oldest one, ended. NULL: the table is empty. */
struct flow *flow_table_drain(struct flow_table *t);
/* All that live or wait for release, in order of creation; after NULL comes the first. */
struct flow *flow_table_each(const struct flow_table *t, const struct flow *after);

/* Streams that were released are included; live ones are not yet. */
const struct flow_counters *flow_table_counters(const struct flow_table *t);
const char *flow_reason_name_of(enum flow_reason reason);
/* Octets of one entry, histories, windows and application block not counted. */
size_t flow_size(void);

#endif
