/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sensor's word to whoever captures: of a big message, only what can matter is wanted
 * once its header and the head of its body are read. A part of pipeline.c; where nobody
 * listens (files, libpcap) all of it is read.
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
	bool (*follow)(void *ctx, const struct capture_direction *d, uint32_t cookie);
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
	uint32_t cookie;	  /* 0: not followed */
	bool skipped;		  /* something was since the last order */
	uint64_t packets, octets; /* that the kernel has told of */
	uint64_t ordered_octets;  /* of the message's, at the last order */
	uint64_t ordered_ns;
	uint64_t looked_ns;
	uint8_t before[3];
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
