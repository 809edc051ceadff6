/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Domain and host names, each kept once and counted, so that the tables of the inference
 * hold pointers and compare them. Names are lower case, without a dot at the end.
 */
#ifndef WORD_H
#define WORD_H

#include <uthash.h>

/* Entries of a bucket, each of them a miss of the cache, before uthash doubles them. */
#undef HASH_BKT_CAPACITY_THRESH
#define HASH_BKT_CAPACITY_THRESH 4U

#include "dissect/dissect.h"

struct word {
	UT_hash_handle hh;
	uint32_t refs;
	uint32_t len;
	struct word *site; /* its registrable domain (may be itself); NULL: not asked yet */
	char text[];	   /* NUL-terminated */
};

struct words {
	struct word *table;
	void *psl; /* psl_ctx_t *; not freed with the built-in list */
	bool psl_ours;
};

/* psl_file NULL: libpsl's built-in list. Says in the log when a file cannot be read. */
void words_init(struct words *w, const char *psl_file);
void words_free(struct words *w);
/*
 * From now on this list, read anew; every word's site is asked for again. The old one
 * stays where a file cannot be read, and the log says so.
 */
void words_set_list(struct words *w, const char *psl_file);

/* The word for a name (any case, a dot at the end is cut), one reference more. */
struct word *word_take(struct words *w, struct span name);
/* The same word, one reference more. NULL stays NULL. */
struct word *word_share(struct word *word);
/* One reference less; gone with the last. NULL is fine. */
void word_drop(struct words *w, struct word *word);
/* Without making one: NULL if nobody holds it. */
struct word *word_find(struct words *w, struct span name);

/*
 * The registrable domain (public suffix and one label): "mail.corp.test" → "corp.test".
 * A public suffix, an address literal or a single label is its own. Never NULL.
 */
struct word *word_site(struct words *w, struct word *word);
bool word_same_site(struct words *w, struct word *a, struct word *b);

static inline struct span
word_span(const struct word *w)
{
	return w ? span_of(w->text, w->len) : SPAN_NONE;
}

#endif
