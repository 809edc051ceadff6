/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is remembered of anything that is to outlive the process: a number of its own, and
 * whether it has changed since it was last written down. Embedded in each such thing;
 * what is written, and how, is infer_state.h's business.
 *
 * Numbers grow with time and are never given twice, so sorting by them gives back the
 * order in which the things were made.
 */
#ifndef KEPT_H
#define KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kept_table {
	KEPT_INFER, /* counters of the whole; the only one has number 1 */
	KEPT_HOST,
	KEPT_SERVER,
	KEPT_IDENTITY, /* of a server */
	KEPT_ATTEMPT,  /* of an identity, as the next two */
	KEPT_PATRON,
	KEPT_TALLY,
	KEPT_NAME,
	KEPT_REVERSE,
	KEPT_ASKER,
	KEPT_ASKED,
	KEPT_FINDING,
	KEPT_LEG,  /* a message that may be met again */
	KEPT_TOLD, /* a header that waits for its server's greeting */
	KEPT_TABLES
};

/* Is it written down as it is now? */
enum kept_place {
	KEPT_SETTLED, /* yes */
	KEPT_CHANGED, /* no: it has changed since */
	KEPT_AGAIN,   /* it was, and where it was written is lost */
	KEPT_PLACES
};

/* Beyond it no number is believed: the next ones must have room. */
#define KEPT_SERIAL_MAX (UINT64_MAX / 4)

/* All zero: of nobody, and all functions do nothing with it. */
struct kept {
	struct kept_list *list;
	struct kept *prev, *next; /* among those of its place */
	uint64_t serial;
	uint64_t of;   /* number of what it is part of; 0: of nothing */
	uint8_t table; /* enum kept_table */
	uint8_t place; /* enum kept_place */
	bool written;  /* at least once */
};

/* One that is no more, although it was written. */
struct kept_gone {
	uint64_t serial;
	uint8_t table;
};

struct kept_list {
	struct kept *at[KEPT_PLACES]; /* each in the order in which they came there */
	size_t again;		      /* given since kept_next_changed() said NULL */
	struct kept_gone *gone;
	size_t gone_count, gone_room; /* never more than what was written */
	uint64_t serial;	      /* the newest given */
};

/* All zero is an empty list. What is in it may be gone by now. */
void kept_list_free(struct kept_list *list);

/* A new thing. list NULL: it is not kept. of NULL: part of nothing. */
void kept_add(struct kept_list *list, struct kept *k, enum kept_table table,
	const struct kept *of);
/* One that was read back, its serial, of and table set: written, and not changed. */
void kept_adopt(struct kept_list *list, struct kept *k);
void kept_touch(struct kept *k);
/* Before it is freed. */
void kept_drop(struct kept *k);
/* Something that was read back and has no place. */
void kept_bury(struct kept_list *list, const struct kept *k);

/*
 * Of those that are written once more, so many at a time: what goes into one transaction
 * stays bounded, and the thread that gathers it is not held up.
 */
#define KEPT_AGAIN_STEP 8192u

/* All that was ever written is to be written once more, beside what changes. */
void kept_again(struct kept_list *list);
/* Is there any left of that? */
bool kept_owes(const struct kept_list *list);

/* The next one to be written, which counts as written from here on. NULL: no more now. */
struct kept *kept_next_changed(struct kept_list *list);
bool kept_next_gone(struct kept_list *list, struct kept_gone *out);

#endif
