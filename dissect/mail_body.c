/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_body.h"

/* FNV-1a, 64 bits: draft-eastlake-fnv 6 */
#define FNV_BASIS 14695981039346656037u
#define FNV_PRIME 1099511628211u

static bool
is_word(uint8_t c)
{
	return dis_is_alpha(c) || dis_is_digit(c);
}

/* Needle i ends where text ends, with a border before it. */
static bool
ends_with(struct span text, struct span needle)
{
	size_t before = text.len - needle.len;

	if (needle.len == 0 || needle.len > MAIL_NEEDLE_LEN_MAX || needle.len > text.len)
		return false;
	/* Most words differ here already. */
	if (dis_lower(text.at[text.len - 1]) != dis_lower(needle.at[needle.len - 1]))
		return false;
	if (!span_ends_nocase(text, needle))
		return false;
	return before == 0 || !is_word(text.at[before - 1]);
}

/* text ends in a letter or digit and a border follows. */
static uint32_t
needles_at_end(const struct mail_needles *needles, struct span text)
{
	uint32_t found = 0;

	for (size_t i = 0; i < needles->count && i < MAIL_NEEDLES_MAX; i++)
		if (ends_with(text, needles->at[i]))
			found |= 1u << i;
	return found;
}

uint32_t
mail_needles_find(const struct mail_needles *needles, struct span text)
{
	uint32_t found = 0;

	for (size_t i = 0; needles->count && i < text.len; i++)
		if (is_word(text.at[i]) &&
			(i + 1 == text.len || !is_word(text.at[i + 1])))
			found |= needles_at_end(needles, span_slice(text, 0, i + 1));
	return found;
}

void
mail_body_reset(struct mail_body *b, struct mail_needles needles)
{
	memset(b, 0, sizeof(*b));
	b->needles = needles;
	b->print = FNV_BASIS;
	if (needles.count == 0)
		b->searched = MAIL_SEARCH_MAX;
}

static void
hash(struct mail_body *b, struct span s)
{
	for (size_t i = 0; i < s.len && b->hashed < MAIL_PRINT_MAX; i++) {
		uint8_t c = s.at[i];

		if (dis_is_blank(c) || c == '\r' || c == '\n')
			continue;
		b->print = (b->print ^ c) * FNV_PRIME;
		b->hashed++;
	}
}

/* What the window holds is over: a border follows. */
static void
search_border(struct mail_body *b)
{
	if (b->used && is_word(b->window[b->used - 1]))
		b->found |= needles_at_end(&b->needles, span_of(b->window, b->used));
}

/* One octet more than the longest needle stays, to see the border before it. */
static void
slide(struct mail_body *b)
{
	const size_t stay = MAIL_NEEDLE_LEN_MAX + 1;

	memmove(b->window, b->window + b->used - stay, stay);
	b->used = (uint8_t)stay;
}

static void
search(struct mail_body *b, struct span s)
{
	for (size_t i = 0; i < s.len && b->searched < MAIL_SEARCH_MAX; i++) {
		if (!is_word(s.at[i]))
			search_border(b);
		if (b->used == sizeof(b->window))
			slide(b);
		b->window[b->used++] = s.at[i];
		b->searched++;
	}
	if (b->searched == MAIL_SEARCH_MAX)
		b->used = 0;
}

void
mail_body_feed(struct mail_body *b, struct span octets)
{
	b->octets += octets.len;
	if (b->hashed < MAIL_PRINT_MAX)
		hash(b, octets);
	if (b->searched < MAIL_SEARCH_MAX)
		search(b, octets);
}

void
mail_body_gap(struct mail_body *b, uint64_t octets)
{
	uint64_t room = MAIL_SEARCH_MAX - b->searched;

	b->octets += octets;
	if (b->hashed < MAIL_PRINT_MAX)
		b->print_gap = true;
	/* What was lost is not known to be a border: it counts as a digit. */
	b->window[0] = '0';
	b->used = 1;
	b->searched = (uint16_t)(b->searched + (octets < room ? octets : room));
}

void
mail_body_end(struct mail_body *b)
{
	search_border(b);
	b->used = 0;
	b->searched = MAIL_SEARCH_MAX;
}

/* FNV's low bits alone see the last octets: mix, as MurmurHash3's finaliser does. */
static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 33) * 0xff51afd7ed558ccdu;
	h = (h ^ h >> 33) * 0xc4ceb9fe1a85ec53u;
	return h ^ h >> 33;
}

uint64_t
mail_body_fingerprint(const struct mail_body *b)
{
	uint64_t print = mix(b->print);

	if (b->print_gap || b->hashed == 0)
		return 0;
	return print ? print : 1;
}
