/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_loss.h"

/* Counters of an interface that came back may begin anew: that is no loss. */
static uint64_t
more(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void
begin(struct watch_loss *l, const struct watch_loss_totals *now, uint64_t now_ns)
{
	l->before = *now;
	l->from = now_ns;
}

static void
subtract(const struct watch_loss *l, const struct watch_loss_totals *now, uint64_t now_ns,
	struct alert_blindness *out)
{
	*out = (struct alert_blindness){
		.from = l->from,
		.to = now_ns,
		.seen = more(now->seen, l->before.seen),
		.ring = more(now->ring, l->before.ring),
		.card = more(now->card, l->before.card),
		.queue = more(now->queue, l->before.queue),
		.evicted = more(now->evicted, l->before.evicted),
		.where = span_of_text(l->where),
	};
}

/* A lost record or connection is known to have been mail: each of them counts. */
static bool
is_much(const struct alert_blindness *b)
{
	uint64_t packets = b->ring + b->card;

	return b->queue || b->evicted || packets * WATCH_LOSS_SHARE > b->seen + packets;
}

enum watch_loss_verdict
watch_loss_judge(struct watch_loss *l, const struct watch_loss_totals *now,
	uint64_t now_ns, struct alert_blindness *out)
{
	bool other = strcmp(l->where, now->where) != 0;
	bool down = other && now->where[0];

	if (other)
		memcpy(l->where, now->where, sizeof(l->where));
	if (l->from == 0 || now_ns < l->from) {
		begin(l, now, now_ns);
		subtract(l, now, now_ns, out);
		return down ? WATCH_LOSS_BLIND : WATCH_LOSS_NOTHING;
	}
	if (!down && now_ns - l->from < WATCH_LOSS_NS)
		return WATCH_LOSS_NOTHING;
	subtract(l, now, now_ns, out);
	begin(l, now, now_ns);
	if (down || is_much(out))
		return WATCH_LOSS_BLIND;
	return out->ring || out->card ? WATCH_LOSS_SOME : WATCH_LOSS_NOTHING;
}
