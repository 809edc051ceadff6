/* SPDX-License-Identifier: Apache-2.0 */
#include "word.h"

#include <libpsl.h>
#include <stdlib.h>

#include "sensor/base/log.h"

/* RFC 1035 2.3.4 allows 255 octets; local parts and quirks of peers stay below this. */
#define WORD_MAX 320

void
words_init(struct words *w, const char *psl_file)
{
	*w = (struct words){0};
	if (psl_file) {
		w->psl = psl_load_file(psl_file);
		w->psl_ours = w->psl != NULL;
		if (!w->psl)
			log_warnx("%s: not a public suffix list; the built-in one is used",
				psl_file);
	}
	if (!w->psl)
		w->psl = (void *)(uintptr_t)psl_builtin();
}

void
words_free(struct words *w)
{
	struct word *word, *next;

	HASH_ITER(hh, w->table, word, next)
	{
		HASH_DEL(w->table, word);
		free(word);
	}
	if (w->psl_ours)
		psl_free(w->psl);
}

/* A site that only its words held goes with them, but not while the table is walked. */
static void
forget_sites(struct words *w)
{
	struct word *word, *next;

	for (word = w->table; word; word = word->hh.next) {
		if (word->site && word->site != word)
			word->site->refs--;
		word->site = NULL;
	}
	HASH_ITER(hh, w->table, word, next)
	{
		if (word->refs)
			continue;
		HASH_DEL(w->table, word);
		free(word);
	}
}

void
words_set_list(struct words *w, const char *psl_file)
{
	void *list = psl_file ? psl_load_file(psl_file)
			      : (void *)(uintptr_t)psl_builtin();

	if (!list) {
		log_warnx("%s: not a public suffix list; the one before is used",
			psl_file ? psl_file : "built in");
		return;
	}
	if (w->psl_ours)
		psl_free(w->psl);
	w->psl = list;
	w->psl_ours = psl_file != NULL;
	forget_sites(w);
}

/* Lower case into out[WORD_MAX]; returns the length. */
static size_t
fold(struct span name, char *out)
{
	size_t n = name.len;

	if (n && name.at[n - 1] == '.')
		n--;
	if (n > WORD_MAX)
		n = WORD_MAX;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)dis_lower(name.at[i]);
	return n;
}

struct word *
word_find(struct words *w, struct span name)
{
	char text[WORD_MAX];
	size_t n = fold(name, text);
	struct word *word;

	HASH_FIND(hh, w->table, text, n, word);
	return word;
}

struct word *
word_take(struct words *w, struct span name)
{
	char text[WORD_MAX];
	size_t n = fold(name, text);
	struct word *word;

	HASH_FIND(hh, w->table, text, n, word);
	if (!word) {
		word = calloc(1, sizeof(*word) + n + 1);
		if (!word)
			abort();
		memcpy(word->text, text, n);
		word->len = (uint32_t)n;
		HASH_ADD_KEYPTR(hh, w->table, word->text, n, word);
	}
	word->refs++;
	return word;
}

struct word *
word_share(struct word *word)
{
	if (word)
		word->refs++;
	return word;
}

void
word_drop(struct words *w, struct word *word)
{
	struct word *site;

	if (!word || --word->refs)
		return;
	site = word->site;
	HASH_DEL(w->table, word);
	free(word);
	if (site && site != word)
		word_drop(w, site);
}

struct word *
word_site(struct words *w, struct word *word)
{
	const char *site;

	if (word->site)
		return word->site;
	site = word->len && word->text[0] != '['
		? psl_registrable_domain(w->psl, word->text)
		: NULL;
	/* A word that is its own site must not hold a reference to itself. */
	if (!site || strlen(site) == word->len)
		word->site = word;
	else
		word->site = word_take(w, span_of_text(site));
	return word->site;
}

bool
word_same_site(struct words *w, struct word *a, struct word *b)
{
	return a && b && a->len && b->len && word_site(w, a) == word_site(w, b);
}
