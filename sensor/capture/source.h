/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of a capture file, decompressed if they are gzip or zstd (told by their
 * first octets, never by the name), in large blocks. Readers look at octets where they
 * lie in the block: nothing is copied but the rest of a block that a record runs across.
 *
 * Damage in compressed data ends the source after all that could be decoded. Nothing is
 * mapped: a file cut while it is read is a short file, not a signal.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "dissect/dissect.h"
#include "sensor/capture/source_raw.h"

enum source_state {
	SOURCE_OPEN,	/* more may come */
	SOURCE_END,	/* all has been read */
	SOURCE_DAMAGED, /* the compressed data end too early or make no sense */
	SOURCE_FAILED	/* the system could not read on */
};

struct source_codec;

/* Visible for the two fast calls below; only source.c writes to anything but at. */
struct source {
	const uint8_t *at;   /* the next octet */
	const uint8_t *end;  /* of what is in the block */
	uint64_t end_offset; /* of end, in decompressed octets */
	uint8_t *block;
	size_t room;
	size_t first_room; /* wanted for the first block, and for all others */
	size_t next_room;
	enum source_state state;
	const char *reason; /* why not SOURCE_OPEN or SOURCE_END */
	struct source_raw raw;
	struct source_codec *codec; /* NULL: not compressed */
	uint8_t *packed;	    /* compressed octets */
	size_t packed_room;
	struct span packed_left;
};

/* path "-" is standard input. NULL with errno set. */
struct source *source_open(const char *path);
/*
 * Octets in memory, borrowed. block 0 lends them as they lie (if not compressed); else
 * they pass through blocks of that size like those of a file.
 */
struct source *source_open_memory(struct span octets, size_t block);
void source_close(struct source *s);

/* Holds no descriptor between reads, and reads small blocks, from now on. */
void source_park(struct source *s);
/* Is there a descriptor? Then parking saves one. */
bool source_holds_descriptor(const struct source *s);
/* Can it be closed and opened again? Not a pipe. */
bool source_can_reopen(const struct source *s);

/* For source_peek() alone. */
const uint8_t *source_refill(struct source *s, size_t n);

/*
 * At least n octets from here on, or NULL if there are fewer: those that there are then
 * lie at s->at, and s->state tells why. Pointers given out before are invalid after it.
 */
static inline const uint8_t *
source_peek(struct source *s, size_t n)
{
	if (n <= (size_t)(s->end - s->at))
		return s->at;
	return source_refill(s, n);
}

/* Moves on over n octets just peeked at. */
static inline void
source_take(struct source *s, size_t n)
{
	s->at += n;
	/* Where the next record begins no processor guesses: fetched while this one is used. */
	__builtin_prefetch(s->at);
	__builtin_prefetch(s->at + 64);
}

/* Octets that can be had without reading. */
static inline size_t
source_ready(const struct source *s)
{
	return (size_t)(s->end - s->at);
}

/* Moves on over n octets whatever their number; false if there are fewer. */
bool source_skip(struct source *s, uint64_t n);

/* Decompressed octets passed so far. */
static inline uint64_t
source_offset(const struct source *s)
{
	return s->end_offset - source_ready(s);
}

/* Octets of the file itself that have been used so far. */
uint64_t source_raw_offset(const struct source *s);

#endif
