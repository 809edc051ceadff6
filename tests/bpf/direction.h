/* SPDX-License-Identifier: Apache-2.0 */
/* One direction that the kernel follows, segment after segment; from 40000 to 25. */
#ifndef DIRECTION_H
#define DIRECTION_H

#include "tests/bpf/kernel.h"

#define DIRECTION_COOKIE 7

struct direction {
	struct capture_bpf *b;
	struct capture_direction d;
	uint32_t seq; /* of the next segment */
};

static inline struct direction
direction_new(enum tap_mode mode, uint32_t seq)
{
	struct capture_bpf_options o = kernel_options();
	struct direction w = {
		.d = {.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1}),
			.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2}),
			.src_port = 40000,
			.dst_port = 25},
		.seq = seq,
	};

	o.shunt = true;
	w.b = kernel_load(&o);
	assert_true(capture_bpf_follow(w.b, &w.d, mode, DIRECTION_COOKIE));
	return w;
}

/* From the next segment on. */
static inline void
direction_order(
	struct direction *w, enum tap_order_kind kind, uint32_t cookie, uint32_t until)
{
	struct tap_order o = {
		.cookie = cookie, .kind = kind, .from = w->seq, .until = until};

	assert_true(capture_bpf_order(w->b, &w->d, &o));
}

static inline struct tap_shunt
direction_look(struct direction *w)
{
	struct tap_shunt s;

	assert_true(capture_bpf_look(w->b, &w->d, &s));
	return s;
}

#endif
