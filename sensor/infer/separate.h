/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Some strangers' mail was taken and some was denied: what made the difference? A trick in
 * the envelope, the client, the time, or nothing that shows.
 */
#ifndef SEPARATE_H
#define SEPARATE_H

#include "cases.h"

enum difference {
	DIFFERENCE_NONE,    /* nothing was denied, or nothing tells the two apart */
	DIFFERENCE_TRICK,   /* only attempts with a trick were taken */
	DIFFERENCE_CLIENT,  /* only some clients', which are evidently trusted */
	DIFFERENCE_TIME	    /* what was taken once is denied since */
};

struct separation {
	enum difference by;
	unsigned tricks; /* for DIFFERENCE_TRICK: those it takes */
};

/* remediated_after: so many denials after the last acceptance end it. */
struct separation separate(const struct cases *c, uint32_t remediated_after);

#endif
