/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_totals.h"

_Static_assert(sizeof(struct pipeline_counters) % sizeof(uint64_t) == 0 &&
		       sizeof(struct defrag_counters) % sizeof(uint64_t) == 0,
	"they are rows of uint64_t");

void
pipeline_totals_of(const struct pipeline *p, struct pipeline_totals *out)
{
	*out = (struct pipeline_totals){
		.counters = p->counters,
		.fragments = *defrag_counters(p->defrag),
		.flows = *flow_table_counters(p->flows),
		.copies = dedup_copies(p->dedup),
		.held = p->hold.held,
		.held_in_vain = p->hold.given_up,
		.texts_refused = arena_pool_refused(p->texts),
	};
}

/* A struct that is nothing but uint64_t, member by member. */
static void
add_row(void *into, const void *from, size_t octets)
{
	uint64_t *sum = into;
	const uint64_t *more = from;

	for (size_t i = 0; i < octets / sizeof(*sum); i++)
		sum[i] += more[i];
}

void
pipeline_totals_add(struct pipeline_totals *into, const struct pipeline_totals *from)
{
	add_row(&into->counters, &from->counters, sizeof(into->counters));
	add_row(&into->fragments, &from->fragments, sizeof(into->fragments));
	flow_counters_merge(&into->flows, &from->flows);
	into->copies += from->copies;
	into->held += from->held;
	into->held_in_vain += from->held_in_vain;
	into->texts_refused += from->texts_refused;
}
