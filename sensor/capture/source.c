/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/source.h"

#include <errno.h>
#include <stdlib.h>

#include "dissect/limits.h"
#include "sensor/capture/source_codec.h"
#include "sensor/capture/source_gzip.h"
#include "sensor/capture/source_zstd.h"

/* The longest magic of a compressed file. */
#define MAGIC_OCTETS 4

/* The one place where the state changes. */
static void
source_enter(struct source *s, enum source_state state, const char *reason)
{
	s->state = state;
	s->reason = reason;
}

static void
source_fail(struct source *s)
{
	source_enter(s, SOURCE_FAILED,
		errno == ESTALE ? "replaced while it was read" : strerror(errno));
}

/* Up to room octets as they lie in the file. 0: see state. */
static size_t
fill_plain(struct source *s, uint8_t *out, size_t room)
{
	ssize_t n = source_raw_read(&s->raw, out, room);

	if (n == -1)
		source_fail(s);
	else if (n == 0)
		source_enter(s, SOURCE_END, NULL);
	return n > 0 ? (size_t)n : 0;
}

static void
fill_packed(struct source *s)
{
	ssize_t n;

	if (s->packed_left.len || s->raw.ended)
		return;
	n = source_raw_read(&s->raw, s->packed, s->packed_room);
	if (n == -1)
		source_fail(s);
	else
		s->packed_left = span_of(s->packed, (size_t)n);
}

static void
end_packed(struct source *s)
{
	if (s->codec->ops->complete(s->codec))
		source_enter(s, SOURCE_END, NULL);
	else
		source_enter(s, SOURCE_DAMAGED, "compressed data are cut short");
}

/* Up to room decoded octets. 0: see state. */
static size_t
fill_decoded(struct source *s, uint8_t *out, size_t room)
{
	while (s->state == SOURCE_OPEN) {
		struct source_codec_out to = {out, room, 0};
		const char *reason;

		fill_packed(s);
		if (s->state != SOURCE_OPEN)
			break;
		reason = s->codec->ops->decode(s->codec, &s->packed_left, &to);
		if (reason)
			source_enter(s, SOURCE_DAMAGED, reason);
		else if (!to.made && !s->packed_left.len && s->raw.ended)
			end_packed(s);
		if (to.made)
			return to.made;
	}
	return 0;
}

/* Room for n octets at least, and for a whole block once the file proves to be long. */
static bool
make_room(struct source *s, size_t n)
{
	size_t ready = source_ready(s);
	size_t want = s->end_offset == 0 ? s->first_room : s->next_room;
	uint8_t *block;

	if (want < n)
		want = n;
	if (want <= s->room && s->block) {
		memmove(s->block, s->at, ready);
		s->at = s->block;
		s->end = s->block + ready;
		return true;
	}
	block = malloc(want);
	if (!block) {
		source_fail(s);
		return false;
	}
	if (ready)
		memcpy(block, s->at, ready);
	free(s->block);
	s->block = block;
	s->room = want;
	s->at = block;
	s->end = block + ready;
	return true;
}

const uint8_t *
source_refill(struct source *s, size_t n)
{
	if (s->state != SOURCE_OPEN || !make_room(s, n))
		return NULL;
	while (source_ready(s) < n && s->state == SOURCE_OPEN) {
		size_t ready = source_ready(s);
		uint8_t *out = s->block + ready;
		size_t got = s->codec ? fill_decoded(s, out, s->room - ready)
				      : fill_plain(s, out, s->room - ready);

		s->end += got;
		s->end_offset += got;
	}
	return source_ready(s) < n ? NULL : s->at;
}

/* Turns what has been read so far into the input of a codec. */
static bool
begin_codec(struct source *s, struct source_codec *codec)
{
	if (!codec)
		return false;
	s->codec = codec;
	s->packed = s->block;
	s->packed_room = s->room;
	s->packed_left = span_of(s->at, source_ready(s));
	s->block = NULL;
	s->room = 0;
	s->at = s->end = NULL;
	s->end_offset = 0;
	/* A short file may have been read to its end already. */
	source_enter(s, SOURCE_OPEN, NULL);
	return true;
}

/* The first block, and with it what kind of file it is. */
static bool
begin(struct source *s)
{
	struct span head;

	source_peek(s, MAGIC_OCTETS);
	head = span_of(s->at, source_ready(s));
	if (s->state == SOURCE_FAILED)
		return false;
	if (source_gzip_magic(head))
		return begin_codec(s, source_gzip_new());
	if (source_zstd_magic(head))
		return begin_codec(s, source_zstd_new());
	return true;
}

struct source *
source_open(const char *path)
{
	struct source *s = calloc(1, sizeof(*s));
	int error;

	if (!s)
		return NULL;
	s->first_room = CAPTURE_BLOCK_FIRST;
	s->next_room = CAPTURE_BLOCK_NEXT;
	if (source_raw_open(&s->raw, path) == 0 && begin(s))
		return s;
	error = errno;
	source_close(s);
	errno = error;
	return NULL;
}

struct source *
source_open_memory(struct span octets, size_t block)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	source_raw_open_memory(&s->raw, octets);
	s->first_room = s->next_room = block ? block : CAPTURE_BLOCK_FIRST;
	if (block == 0 && !source_gzip_magic(octets) && !source_zstd_magic(octets)) {
		s->at = octets.at;
		s->end = octets.len ? octets.at + octets.len : octets.at;
		s->end_offset = s->raw.offset = octets.len;
		source_enter(s, SOURCE_END, NULL);
		return s;
	}
	if (begin(s))
		return s;
	source_close(s);
	return NULL;
}

void
source_close(struct source *s)
{
	if (!s)
		return;
	if (s->codec)
		s->codec->ops->free(s->codec);
	source_raw_close(&s->raw);
	free(s->packed);
	free(s->block);
	free(s);
}

void
source_park(struct source *s)
{
	source_raw_park(&s->raw);
	s->next_room = CAPTURE_BLOCK_FIRST;
}

bool
source_holds_descriptor(const struct source *s)
{
	return s->raw.fd >= 0;
}

bool
source_can_reopen(const struct source *s)
{
	return s->raw.regular && s->raw.path;
}

bool
source_skip(struct source *s, uint64_t n)
{
	while (n > source_ready(s)) {
		n -= source_ready(s);
		s->at = s->end;
		if (!source_peek(s, 1))
			return false;
	}
	s->at += n;
	return true;
}

uint64_t
source_raw_offset(const struct source *s)
{
	return s->raw.offset - (s->codec ? s->packed_left.len : source_ready(s));
}
