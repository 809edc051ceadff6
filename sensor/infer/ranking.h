/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts of all servers: one for each address and port (that of its most serious
 * identity), the most serious first, then the most certain, then by address. The order is
 * the same in every run.
 */
#ifndef RANKING_H
#define RANKING_H

#include "verdict.h"

/* Of the server's most serious identity; it has one at least. */
void ranking_verdict_of(
	struct infer *in, const struct server *server, struct verdict *out);

struct ranking {
	struct verdict *at;
	size_t count;
};

/* Borrows from in, which must not be fed while the ranking lives. */
void ranking_fill(struct ranking *r, struct infer *in);
void ranking_free(struct ranking *r);

#endif
