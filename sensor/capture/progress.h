/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line on the terminal that tells how far reading has got; nothing at all where stderr
 * is no terminal. It reads a clock, only for what it displays: no result depends on it.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "dissect/dissect.h"
#include "sensor/capture/timeline.h"

struct progress {
	bool shown_at_all;
	bool standing;	  /* a line is on the terminal now */
	uint32_t frames;  /* since the clock was last looked at */
	uint64_t started; /* ns, monotonic */
	uint64_t drawn;
};

/* quiet: never show anything. */
void progress_init(struct progress *p, bool quiet);
/* Erases the line. */
void progress_close(struct progress *p);

/* For progress_tick() alone. */
void progress_look(struct progress *p, const struct timeline *t);

/* After each frame: the clock is asked for one in 4096 of them. */
static inline void
progress_tick(struct progress *p, const struct timeline *t)
{
	if (p->shown_at_all && ++p->frames >= 4096)
		progress_look(p, t);
}

/*
 * The line's text into out, at most room - 1 octets: share, rates, time left. elapsed_ns
 * is since the start of reading. Returns its length.
 */
size_t progress_text(const struct timeline_totals *totals, uint64_t elapsed_ns, char *out,
	size_t room);

#endif
