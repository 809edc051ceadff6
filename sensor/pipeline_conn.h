/* SPDX-License-Identifier: Apache-2.0 */
/* One connection's way through the stages. A part of pipeline.c. */
#ifndef PIPELINE_CONN_H
#define PIPELINE_CONN_H

#include "dissect/dns_stream.h"
#include "dissect/smtp_session.h"
#include "dissect/tls_session.h"
#include "sensor/pipeline.h"
#include "sensor/record/record_build.h"

enum conn_kind {
	CONN_NEW,
	CONN_MAIL,  /* on a port where mail is spoken, or found to be mail */
	CONN_PROBE, /* on another port: is it? */
	CONN_DNS,
	CONN_OTHER  /* it is not: passed over until it ends */
};

/* DNS over TCP: octets of a message cut over segments that are kept (RFC 1035 4.2.2). */
#define CONN_DNS_ROOM 2048

/* "vxlan:" and the like, a number, and a NUL. */
#define CONN_TUNNEL_TEXT 24

struct conn_mail {
	struct smtp_session session;
	struct record_builder builder;
	struct tls_session tls;
	bool is_tls;
	bool room_lent;
};

struct conn_dns {
	struct dns_stream stream[2];
	uint8_t room[2][CONN_DNS_ROOM];
};

/* The application's block of a flow. */
struct conn {
	enum conn_kind kind;
	uint32_t classify; /* a place of the classifier; 0: none */
	/*
	 * Of mail: a side has said something. Until then only what stands here was
	 * touched, so that a flood of SYNs costs a page each.
	 */
	bool begun;
	bool whole; /* its start was seen */
	uint64_t packets[2]; /* by enum dis_dir, before it began */
	bool ended[2];	     /* the stream did, before it began */
	struct moment ended_at[2];
	struct record_path path;
	char path_text[PACKET_TUNNELS_MAX][CONN_TUNNEL_TEXT];
	union {
		struct conn_mail mail;
		struct conn_dns dns;
	};
};

/* Called once the flow is open and its roles are as sure as they get. */
void conn_init(struct pipeline *p, struct flow *f, enum conn_kind kind,
	const struct packet *packet);
/* A segment of it is at hand: what every one touches, fetched while the flow takes it. */
static inline void
conn_expect(const struct conn *c)
{
	__builtin_prefetch(c);
	__builtin_prefetch(&c->mail.session.at);
	__builtin_prefetch(&c->mail.session.body);
	__builtin_prefetch(&c->mail.session.events);
	__builtin_prefetch(&c->mail.builder.totals.packets, 1);
	__builtin_prefetch(&c->mail.builder.open_count);
	__builtin_prefetch(&c->mail.builder.open[0].mail_id);
	__builtin_prefetch(&c->mail.builder.message);
}

/* One segment was fed: pull what it brought. */
void conn_pull(struct pipeline *p, struct flow *f, const struct flow_segment *seg);
/* The flow has ended: what is left is pulled, its records made, its memory released. */
void conn_finish(struct pipeline *p, struct flow *f);

/* Hands a record to all who want it. */
void pipeline_record(struct pipeline *p, const struct record *r);

#endif
