/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many messages over time, in packet time: a fixed number of equal buckets that start
 * a minute wide, and whose width doubles when the time to be covered no longer fits. So a
 * burst of an hour and a month of mail both give a picture, in the same room.
 *
 * Buckets begin at multiples of their width since 1970: the order of the messages makes
 * no difference to what is counted where.
 */
#ifndef ACTIVITY_H
#define ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACTIVITY_BUCKETS 64
/* ns */
#define ACTIVITY_WIDTH_MIN (UINT64_C(60) * 1000000000)

enum activity_series {
	ACTIVITY_UNAUTHENTICATED, /* taken, and no authentication was seen */
	ACTIVITY_AUTHENTICATED,	  /* taken from a client that had authenticated */
	ACTIVITY_REFUSED,	  /* refused for good, the envelope or the message */
	ACTIVITY_SERIES
};

/* All zero: none yet. */
struct activity {
	uint64_t width; /* ns; 0: none yet */
	uint64_t first; /* number of the first bucket: its time is first * width */
	uint32_t count[ACTIVITY_SERIES][ACTIVITY_BUCKETS];
};

/* One message at ns. One before 1970 is none; the year 2262 is the last. */
void activity_note(struct activity *a, enum activity_series series, uint64_t ns);

/* ns: where the first bucket begins, and how wide each is. 0: there is none. */
uint64_t activity_start(const struct activity *a);
uint64_t activity_width(const struct activity *a);
/* Buckets up to the last that holds anything. */
size_t activity_buckets(const struct activity *a);
/* Messages in a bucket. */
uint32_t activity_count(
	const struct activity *a, enum activity_series series, size_t bucket);
uint64_t activity_total(const struct activity *a, enum activity_series series);

/* "unauthenticated" … Static. */
const char *activity_series_name(enum activity_series series);

/* Could it have been made by activity_note()? For what was read back. */
bool activity_is_sane(const struct activity *a);

#endif
