/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor's word to whoever captures: of a big message, only what can matter is wanted
 * once its header and the head of its body are read; of TLS, once it is in cipher, the
 * headers of the client's records. A part of pipeline.c; where nobody listens (files,
 * libpcap) all of it is read.
 *
 * pipeline_shunt.c      messages in clear, and what both have in common
 * pipeline_shunt_tls.c  TLS
 *
 * The transactions are the same either way. What the capture withheld is told as such by
 * the kernel's own account, octet for octet; what that does not cover was lost. Not seen
 * is only this: a copy of withheld octets with other content is no conflict, and frames
 * are numbered as they are delivered.
 */
#ifndef PIPELINE_SHUNT_H
#define PIPELINE_SHUNT_H

#include "sensor/capture/capture_bpf.h"
#include "sensor/flow/flow.h"

struct pipeline;
struct conn_mail;

/* Each may be NULL: it cannot be had. As the functions of capture_bpf.h. */
struct pipeline_shunt {
	void *ctx;
	bool (*follow)(void *ctx, const struct capture_direction *d, enum tap_mode mode,
		uint32_t cookie);
	bool (*order)(void *ctx, const struct capture_direction *d,
		const struct tap_order *order);
	bool (*look)(void *ctx, const struct capture_direction *d, struct tap_shunt *out);
	void (*leave)(void *ctx, const struct capture_direction *d);
	bool (*decide)(
		void *ctx, const struct capture_direction *d, enum tap_verdict verdict);
};

struct pipeline_shunt_counters {
	uint64_t followed; /* messages' connections */
	uint64_t refused;  /* by the kernel: it may not be written, or is full */
	uint64_t orders;
	uint64_t withheld; /* segments */
	uint64_t octets;   /* of their payload */
};

/* Of a connection; zero at its start. */
struct conn_shunt {
	uint32_t cookie; /* 0: not followed */
	bool refused;	 /* by the kernel, which is not asked again */
	enum tap_mode mode;
	uint64_t packets, octets, spared; /* that the kernel has told of */
	uint64_t ordered_ns;
	uint64_t looked_ns;
	/* Of messages in clear. */
	bool skipped;		 /* something was since the last order */
	uint64_t ordered_octets; /* of the message's, at the last order */
	uint8_t before[3];
	/* Of TLS. */
	bool anchored;	   /* the kernel's records are ours, from the anchor on */
	bool due;	   /* an order, or the next one */
	bool begins;	   /* the segment in hand begins with a record */
	bool inside;	   /* it began inside one, behind its header */
	uint32_t anchor;   /* sequence number */
	uint64_t records;  /* seen before the segment in hand */
	uint64_t needless; /* octets that came since the last order for nothing */
};

/* A segment of f is at hand and not fed yet: what was withheld before it is told. */
void pipeline_shunt_before(
	struct pipeline *p, struct flow *f, const struct flow_segment *seg);
/* A chunk of kind WITHHELD: true, and it is skipped. Else it is a gap. */
bool pipeline_shunt_chunk(
	struct conn_mail *m, enum dis_dir dir, const struct tcp_chunk *chunk);
/* One was fed and pulled: may what comes next be withheld? */
void pipeline_shunt_after(
	struct pipeline *p, struct flow *f, const struct flow_segment *seg);
/* The connection ends, and is not pulled yet. */
void pipeline_shunt_end(struct pipeline *p, struct flow *f);

/* What a connection on another port speaks. */
void pipeline_shunt_decide(
	struct pipeline *p, const struct flow_segment *seg, enum tap_verdict verdict);

#endif
