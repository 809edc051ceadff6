/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words that all dissectors share: the three answers, the span, the cursor.
 *
 * Nothing in this folder allocates, reads a clock, does I/O or keeps a global. Every
 * octet handed in is hostile: it is only ever read through a span or a cursor. Memory is
 * the caller's; a span is borrowed and lives as long as the buffer it points into.
 */
#ifndef DISSECT_H
#define DISSECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* "Not enough yet" is not "broken", and broken is an observation, not an exit. */
enum dis_status {
	DIS_OK,	  /* one item produced */
	DIS_MORE, /* not enough octets: feed, then ask again */
	DIS_BAD	  /* grammar broken: text resumes at the next line, binary stays bad */
};

/* Which way octets travel. The client is the side that opened the connection. */
enum dis_dir { DIS_CLIENT, DIS_SERVER };

/* Borrowed octets: not NUL-terminated, hostile. at may be NULL only when len is 0. */
struct span {
	const uint8_t *at;
	size_t len;
};

/* Where something was seen: the packet's time and its place in the files read. */
struct moment {
	uint64_t ns;	/* since 1970-01-01 UTC */
	uint32_t file;	/* index into the run's list of files */
	uint32_t frame; /* from 1, in that file; 0: no frame */
};

#define SPAN_LITERAL(text) ((struct span){(const uint8_t *)(text), sizeof(text) - 1})
#define SPAN_NONE	   ((struct span){NULL, 0})

static inline struct span
span_of(const void *at, size_t len)
{
	return (struct span){at, len};
}

static inline struct span
span_of_text(const char *text)
{
	return (struct span){(const uint8_t *)text, strlen(text)};
}

static inline uint8_t
dis_lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

static inline bool
dis_is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static inline bool
dis_is_alpha(uint8_t c)
{
	return dis_lower(c) >= 'a' && dis_lower(c) <= 'z';
}

static inline bool
dis_is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* The octets from..to (to not included), clamped to what there is. */
static inline struct span
span_slice(struct span s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from >= to)
		return SPAN_NONE;
	return span_of(s.at + from, to - from);
}

bool span_equal(struct span a, struct span b);
/* ASCII letters compare equal in either case; nothing else is folded. */
bool span_equal_nocase(struct span a, struct span b);
bool span_starts_nocase(struct span s, struct span prefix);
bool span_ends_nocase(struct span s, struct span suffix);
/* Index of the first c, or s.len. */
size_t span_find(struct span s, uint8_t c);
/* Index of the first place where text stands (ASCII case folded), or s.len. */
size_t span_search_nocase(struct span s, struct span text);
/* Without blanks and tabs (and CR, LF) at both ends. */
struct span span_trim(struct span s);
/*
 * Decimal digits and nothing else, at least one. False (and *out untouched) on anything
 * else and on values above max.
 */
bool span_number(struct span s, uint64_t max, uint64_t *out);
/*
 * Copies at most room - 1 octets and a NUL into out (room > 0). Returns the octets
 * copied; the result is cut silently, so compare with s.len where that matters.
 */
size_t span_copy(struct span s, char *out, size_t room);

/* Sticky-error reader of binary: read the whole figure, then test overrun once. */
struct cursor {
	const uint8_t *at;
	const uint8_t *end; /* invariant: at <= end */
	bool overrun;	    /* a read went past the end; all reads since then gave 0 */
};

static inline struct cursor
cursor_of(struct span s)
{
	return (struct cursor){s.at, s.at ? s.at + s.len : s.at, false};
}

static inline size_t
cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->at);
}

/* The next n octets as a span (empty and overrun if there are fewer). */
static inline struct span
cursor_take(struct cursor *c, size_t n)
{
	struct span s = {c->at, n};

	if (c->overrun || n > cursor_left(c)) {
		c->overrun = true;
		return SPAN_NONE;
	}
	if (n)
		c->at += n;
	return s;
}

static inline void
cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_take(c, n);
}

/* All that is left. */
static inline struct span
cursor_rest(struct cursor *c)
{
	return cursor_take(c, cursor_left(c));
}

static inline uint8_t
dis_u8(struct cursor *c)
{
	struct span s = cursor_take(c, 1);

	return s.len ? s.at[0] : 0;
}

/* Big-endian (network order) unless the name says le. Results are in host order. */
static inline uint16_t
dis_u16(struct cursor *c)
{
	struct span s = cursor_take(c, 2);

	return s.len ? (uint16_t)((unsigned)s.at[0] << 8 | s.at[1]) : 0;
}

static inline uint32_t
dis_u24(struct cursor *c)
{
	struct span s = cursor_take(c, 3);

	return s.len ? (uint32_t)s.at[0] << 16 | (uint32_t)s.at[1] << 8 | s.at[2] : 0;
}

static inline uint32_t
dis_u32(struct cursor *c)
{
	uint32_t high = dis_u16(c);

	return high << 16 | dis_u16(c);
}

static inline uint64_t
dis_u64(struct cursor *c)
{
	uint64_t high = dis_u32(c);

	return high << 32 | dis_u32(c);
}

#endif
