/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows were read back in any order; here each finds the one that it is part of, and its
 * place in the table, so that the tables stand as they stood: evictions go by their
 * order.
 */
#ifndef STATE_LINK_H
#define STATE_LINK_H

#include "infer.h"

/* All of in->loading. What has no place is freed, and its row is to be forgotten. */
void state_link(struct infer *in);
/* Those that were never linked. */
void state_link_free(struct infer *in);

#endif
