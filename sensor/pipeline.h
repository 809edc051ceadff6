/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pump, and the file to read first: frame → packet → connection → session → record →
 * inference. It knows the order of the stages and no protocol.
 *
 * pipeline.c       frames, packets, and which connection they belong to
 * pipeline_conn.c  a connection's octets through session or TLS to records
 * pipeline_hold.c  segments that came before what they answer
 * pipeline_dns.c   DNS messages to records
 * pipeline_probe.c how connections on other ports began
 * pipeline_shunt.c what a live capture may withhold, and what it did
 * pipeline_live.c  ties it to a live capture
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stdio.h>

#include "sensor/base/arena.h"
#include "sensor/base/json_out.h"
#include "sensor/capture/capture.h"
#include "sensor/config/config.h"
#include "sensor/flow/classify.h"
#include "sensor/flow/dedup.h"
#include "sensor/flow/defrag.h"
#include "sensor/flow/flow.h"
#include "sensor/flow/services.h"
#include "sensor/infer/infer.h"
#include "sensor/pipeline_hold.h"
#include "sensor/pipeline_probe.h"
#include "sensor/pipeline_shunt.h"
#include "sensor/record/record_files.h"

#include "dissect/packet.h"

/* Connections on other ports that nDPI looks at, at a time. */
#define PIPELINE_CLASSIFY_FLOWS 1024u

/* What the pump itself counts; the stages' own counters stand beside it in the output. */
struct pipeline_counters {
	uint64_t frames;
	uint64_t octets; /* captured */
	uint64_t cut;	 /* frames shorter than on the wire */
	uint64_t other[PACKET_REASON_COUNT];
	uint64_t tcp;
	uint64_t udp;
	uint64_t mail_segments;
	uint64_t dns_messages;
	uint64_t dns_bad;
	uint64_t connections;
	uint64_t probes;	 /* connections on other ports looked into */
	uint64_t probes_smtp;	 /* of these */
	uint64_t transactions;
	uint64_t pressed; /* decisions by assumption, for want of the other side */
	uint64_t conflicts; /* segments that said otherwise than an earlier one */
	struct pipeline_shunt_counters shunt;
};

struct pipeline {
	const struct config *config;
	struct record_files *files;
	struct infer *infer;	/* NULL: no inference */
	FILE *records;		/* NULL: records are not written */
	/* Told of each record, after the inference was; NULL: nobody. */
	void (*on_record)(void *ctx, const struct record *r);
	void *on_record_ctx;
	struct json_out json;
	struct dedup *dedup;
	struct defrag *defrag;
	struct flow_table *flows;
	struct classify *classify;
	struct services services;
	struct hold hold;
	struct pipeline_shunt shunt; /* all NULL: nobody withholds anything */
	struct probe_starts *starts; /* NULL: whole connections are heard */
	uint32_t shunt_cookie;	     /* the last one given */
	struct arena_pool *texts;
	struct arena dns_arena;
	struct pipeline_counters counters;
	bool write_failed;
};

/* config, files and infer must outlive it. Aborts when the system has no memory. */
struct pipeline *pipeline_new(
	const struct config *config, struct record_files *files, struct infer *infer, FILE *records);
void pipeline_free(struct pipeline *p);

void pipeline_frame(struct pipeline *p, const struct capture_frame *frame);
/* The end of input: every connection in hand is finished. */
void pipeline_drain(struct pipeline *p);
/* Time passes without a packet: connections that are over are finished. */
void pipeline_tick(struct pipeline *p, uint64_t now_ns);

#endif
