/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a pipeline counts, as a value: it can be handed from a packet thread to
 * others, and those of several threads can be added up. A part of pipeline.c.
 */
#ifndef PIPELINE_TOTALS_H
#define PIPELINE_TOTALS_H

#include "sensor/pipeline.h"

struct pipeline_totals {
	struct pipeline_counters counters;
	struct defrag_counters fragments;
	struct flow_counters flows;
	uint64_t copies;
	uint64_t held;
	uint64_t held_in_vain;
	uint64_t texts_refused;
};

/* By the thread that has the pipeline. */
void pipeline_totals_of(const struct pipeline *p, struct pipeline_totals *out);
void pipeline_totals_add(
	struct pipeline_totals *into, const struct pipeline_totals *from);

#endif
