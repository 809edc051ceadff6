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

static void
mark_end(struct mail_body *b, struct span needle)
{
	uint8_t c = needle.len ? dis_lower(needle.at[needle.len - 1]) : 0;

	if (!is_word(c))
		return;
	b->ends[c / 64] |= UINT64_C(1) << (c % 64);
	if (dis_is_alpha(c))
		b->ends[c / 64] |= UINT64_C(1) << ((c & 0x5f) % 64);
}

void
mail_body_reset(struct mail_body *b, struct mail_needles needles)
{
	memset(b, 0, sizeof(*b));
	b->needles = needles;
	b->print = FNV_BASIS;
	for (size_t i = 0; i < needles.count && i < MAIL_NEEDLES_MAX; i++)
		mark_end(b, needles.at[i]);
	if (needles.count == 0)
		b->searched = MAIL_SEARCH_MAX;
}

static void
hash(struct mail_body *b, struct span s)
{
	uint64_t print = b->print;
	uint16_t hashed = b->hashed;

	for (size_t i = 0; i < s.len && hashed < MAIL_PRINT_MAX; i++) {
		uint8_t c = s.at[i];

		if (c <= ' ' && (dis_is_blank(c) || c == '\r' || c == '\n'))
			continue;
		print = (print ^ c) * FNV_PRIME;
		hashed++;
	}
	b->print = print;
	b->hashed = hashed;
}

/* What the window holds is over: a border follows. */
static void
search_border(struct mail_body *b)
{
	if (b->used && is_word(b->window[b->used - 1]))
		b->found |= needles_at_end(&b->needles, span_of(b->window, b->used));
}

/* Behind them the window's octets count no more. */
#define CONTEXT (MAIL_NEEDLE_LEN_MAX + 1u)

/* The newest of window and s; one octet more than the longest needle is enough. */
static void
keep(struct mail_body *b, struct span s)
{
	size_t stay = s.len < CONTEXT ? CONTEXT - s.len : 0;

	if (stay < b->used) {
		memmove(b->window, b->window + b->used - stay, stay);
		b->used = (uint8_t)stay;
	}
	s = span_slice(s, s.len < CONTEXT ? 0 : s.len - CONTEXT, s.len);
	if (s.len)
		memcpy(b->window + b->used, s.at, s.len);
	b->used = (uint8_t)(b->used + s.len);
}

/* Most words end in another octet than any needle does. */
static bool
is_needle_end(const struct mail_body *b, uint8_t c)
{
	return b->ends[c / 64] >> (c % 64) & 1;
}

/* A border follows s[0..end). */
static void
search_inside(struct mail_body *b, struct span s, size_t end)
{
	struct mail_body before;

	if (end > CONTEXT) {
		b->found |=
			needles_at_end(&b->needles, span_slice(s, end - CONTEXT, end));
		return;
	}
	before.used = b->used;
	memcpy(before.window, b->window, sizeof(before.window));
	keep(&before, span_slice(s, 0, end));
	b->found |= needles_at_end(&b->needles, span_of(before.window, before.used));
}

static void
search(struct mail_body *b, struct span s)
{
	s = span_slice(s, 0, MAIL_SEARCH_MAX - (size_t)b->searched);
	if (!is_word(s.at[0]))
		search_border(b);
	for (size_t i = 1; i < s.len; i++)
		if (is_needle_end(b, s.at[i - 1]) && !is_word(s.at[i]))
			search_inside(b, s, i);
	keep(b, s);
	b->searched = (uint16_t)(b->searched + s.len);
	if (b->searched == MAIL_SEARCH_MAX)
		b->used = 0;
}

void
mail_body_feed(struct mail_body *b, struct span octets)
{
	b->octets += octets.len;
	if (b->hashed < MAIL_PRINT_MAX)
		hash(b, octets);
	if (b->searched < MAIL_SEARCH_MAX && octets.len)
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

bool
mail_body_is_sated(const struct mail_body *b)
{
	return (b->hashed == MAIL_PRINT_MAX || b->print_gap) &&
	       b->searched == MAIL_SEARCH_MAX;
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
