/* SPDX-License-Identifier: Apache-2.0 */
/* Every counter of every stage by name, so that no drop can hide. A part of pipeline.c. */
#ifndef PIPELINE_STATS_H
#define PIPELINE_STATS_H

#include "sensor/capture/timeline.h"
#include "sensor/pipeline_totals.h"

/* Appends the object of type "stats" (relaytap-events(7)). t, p may be NULL. */
void pipeline_stats_write(const struct pipeline *p, const struct timeline *t,
	const struct infer *in, struct json_out *j);
/* The same, of several pipelines together. */
void pipeline_stats_write_totals(const struct pipeline_totals *p, const struct timeline *t,
	const struct infer *in, struct json_out *j);

/* How much is kept of each, where it is not loaded. */
struct pipeline_stats_kept {
	uint64_t servers, attempts, clients, domains;
};
/* The same of an inference that has loaded its counters alone. */
void pipeline_stats_write_kept(
	const struct infer *in, const struct pipeline_stats_kept *kept, struct json_out *j);

/*
 * Losses worth a line to a person: frames cut, holes, evictions, refused memory. Writes
 * at most room octets, lines separated by LF; 0: none.
 */
size_t pipeline_losses_write(const struct pipeline *p, char *out, size_t room);
size_t pipeline_losses_write_totals(
	const struct pipeline_totals *t, char *out, size_t room);

#endif
