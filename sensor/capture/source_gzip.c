/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/source_gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

struct source_gzip {
	struct source_codec codec;
	z_stream z;
	bool between; /* no member is under way */
};

/* RFC 1952 2.3.1: ID1 ID2 CM, of which only 8 (deflate) was ever given out. */
bool
source_gzip_magic(struct span head)
{
	return head.len >= 3 && memcmp(head.at, "\x1f\x8b\x08", 3) == 0;
}

static uInt
clamp(size_t n)
{
	return n > UINT_MAX ? UINT_MAX : (uInt)n;
}

/* Between members: padding is skipped, a further member begun. */
static const char *
begin_member(struct source_gzip *g, struct span *in)
{
	while (in->len && in->at[0] == 0)
		*in = span_slice(*in, 1, in->len);
	if (in->len == 0)
		return NULL;
	if (in->at[0] != 0x1f)
		return "octets after the end of the gzip data";
	g->between = false;
	return inflateReset(&g->z) == Z_OK ? NULL : "zlib does not start anew";
}

static const char *
gzip_decode(struct source_codec *c, struct span *in, struct source_codec_out *out)
{
	struct source_gzip *g = (struct source_gzip *)c;
	const char *reason = g->between ? begin_member(g, in) : NULL;
	uInt given = clamp(in->len), room = clamp(out->room);
	int status;

	if (reason || g->between)
		return reason;
	g->z.next_in = (z_const Bytef *)in->at;
	g->z.avail_in = given;
	g->z.next_out = out->at;
	g->z.avail_out = room;
	status = inflate(&g->z, Z_NO_FLUSH);
	out->made = room - g->z.avail_out;
	*in = span_slice(*in, given - g->z.avail_in, in->len);
	if (status == Z_STREAM_END)
		g->between = true;
	if (status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR)
		return NULL;
	return "gzip data is damaged";
}

static bool
gzip_complete(const struct source_codec *c)
{
	return ((const struct source_gzip *)c)->between;
}

static void
gzip_free(struct source_codec *c)
{
	struct source_gzip *g = (struct source_gzip *)c;

	inflateEnd(&g->z);
	free(g);
}

static const struct source_codec_ops gzip_ops = {gzip_decode, gzip_complete, gzip_free};

struct source_codec *
source_gzip_new(void)
{
	struct source_gzip *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->codec.ops = &gzip_ops;
	/* 15: the largest window; 16: gzip's header and checksum, not zlib's. */
	if (inflateInit2(&g->z, 15 + 16) != Z_OK) {
		free(g);
		return NULL;
	}
	return &g->codec;
}
