/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_live.h"

#include <stdlib.h>

static bool
follow(void *ctx, const struct capture_direction *d, enum tap_mode mode, uint32_t cookie)
{
	return capture_bpf_follow(ctx, d, mode, cookie);
}

static bool
order(void *ctx, const struct capture_direction *d, const struct tap_order *o)
{
	return capture_bpf_order(ctx, d, o);
}

static bool
look(void *ctx, const struct capture_direction *d, struct tap_shunt *out)
{
	return capture_bpf_look(ctx, d, out);
}

static void
leave(void *ctx, const struct capture_direction *d)
{
	capture_bpf_leave(ctx, d);
}

static bool
decide(void *ctx, const struct capture_direction *d, enum tap_verdict verdict)
{
	return capture_bpf_decide(ctx, d, verdict);
}

void
pipeline_live(struct pipeline *p, struct capture_live *l, bool shunt)
{
	struct capture_bpf *b = capture_live_bpf(l);
	struct pipeline_shunt with = {.ctx = b};

	flow_table_live(p->flows);
	if (!b)
		return;
	if (shunt) {
		with.follow = follow;
		with.order = order;
		with.look = look;
		with.leave = leave;
	}
	if (p->config->any_port) {
		with.decide = decide;
		/* Not when the first is met, whose segments would not wait so long. */
		if (!p->classify)
			p->classify = classify_new(PIPELINE_CLASSIFY_FLOWS);
		p->starts = calloc(1, sizeof(*p->starts));
	}
	p->shunt = with;
}
