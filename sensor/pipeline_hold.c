/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_hold.h"

void
hold_init(struct hold *h)
{
	memset(h, 0, offsetof(struct hold, at));
	for (unsigned i = 0; i < HOLD_MAX; i++)
		h->order[i] = i;
}

bool
hold_wants(const struct hold *h, const struct flow *f, const struct flow_segment *seg)
{
	return h->count < HOLD_MAX && seg->payload.len <= HOLD_OCTETS &&
	       flow_is_early(f, seg);
}

void
hold_put(struct hold *h, struct flow *f, const struct flow_segment *seg)
{
	struct hold_entry *e = &h->at[h->order[h->count++]];

	e->flow = f;
	e->seg = *seg;
	if (seg->payload.len)
		memcpy(e->octets, seg->payload.at, seg->payload.len);
	e->seg.payload = span_of(e->octets, seg->payload.len);
	h->held++;
}

/* The free places stand behind the used ones, so the order stays a permutation. */
static struct hold_entry *
take(struct hold *h, unsigned i)
{
	unsigned place = h->order[i];

	memmove(&h->order[i], &h->order[i + 1], (h->count - i - 1) * sizeof(h->order[0]));
	h->order[--h->count] = place;
	return &h->at[place];
}

struct hold_entry *
hold_next(struct hold *h, const struct flow *f, uint64_t now_ns)
{
	for (unsigned i = 0; i < h->count; i++) {
		const struct hold_entry *e = &h->at[h->order[i]];
		bool over = now_ns < e->seg.at.ns || now_ns - e->seg.at.ns > HOLD_NS ||
			    h->count == HOLD_MAX;

		if (f && e->flow == f && !flow_is_early(f, &e->seg))
			return take(h, i);
		if (i == 0 && over) {
			h->given_up++;
			return take(h, i);
		}
	}
	return NULL;
}

void
hold_forget(struct hold *h, const struct flow *f)
{
	for (unsigned i = 0; i < h->count;)
		if (h->at[h->order[i]].flow == f)
			take(h, i);
		else
			i++;
}
