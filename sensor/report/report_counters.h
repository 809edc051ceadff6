/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counters of a run in words: out of the stats object (relaytap-events(7)) that the
 * program has made itself. What did not move is passed over.
 */
#ifndef REPORT_COUNTERS_H
#define REPORT_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "dissect/dissect.h"

struct report_counter {
	struct span group, name; /* as in the object: "tcp", "gap-octets" */
	uint64_t value;		 /* not 0 */
	const char *words;	 /* "octets missing in holes"; static; NULL: a new one */
	bool loss;		 /* something was not seen, or not used */
};

/* Where the reading stands. */
struct report_counters {
	struct span rest, group;
};

/* stats: the object; may be empty. */
void report_counters_begin(struct report_counters *c, struct span stats);
/* The next one that is not 0, in the object's order; false: there is none. */
bool report_counters_next(struct report_counters *c, struct report_counter *out);

/* "Packets"; static; "" for a group that is not known. */
const char *report_counters_group(struct span group);

#endif
