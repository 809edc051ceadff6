/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/source_zstd.h"

#include <stdlib.h>
#include <zstd.h>

#include "dissect/limits.h"

struct source_zstd {
	struct source_codec codec;
	ZSTD_DStream *stream;
	bool between; /* no frame is under way */
};

/* RFC 8878 3.1.1 and 3.1.2; both magics are little-endian. */
bool
source_zstd_magic(struct span head)
{
	if (head.len < 4)
		return false;
	if (memcmp(head.at, "\x28\xb5\x2f\xfd", 4) == 0)
		return true;
	return (head.at[0] & 0xf0) == 0x50 && memcmp(head.at + 1, "\x2a\x4d\x18", 3) == 0;
}

static const char *
zstd_decode(struct source_codec *c, struct span *in, struct source_codec_out *out)
{
	struct source_zstd *z = (struct source_zstd *)c;
	ZSTD_inBuffer from = {in->at, in->len, 0};
	ZSTD_outBuffer to = {out->at, out->room, 0};
	size_t left;

	/* Asked with nothing new, it would wait for a further frame. */
	if (z->between && in->len == 0)
		return NULL;
	left = ZSTD_decompressStream(z->stream, &to, &from);
	out->made = to.pos;
	*in = span_slice(*in, from.pos, in->len);
	if (ZSTD_isError(left))
		return ZSTD_getErrorName(left);
	z->between = left == 0;
	return NULL;
}

static bool
zstd_complete(const struct source_codec *c)
{
	return ((const struct source_zstd *)c)->between;
}

static void
zstd_free(struct source_codec *c)
{
	struct source_zstd *z = (struct source_zstd *)c;

	ZSTD_freeDStream(z->stream);
	free(z);
}

static const struct source_codec_ops zstd_ops = {zstd_decode, zstd_complete, zstd_free};

struct source_codec *
source_zstd_new(void)
{
	struct source_zstd *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	z->codec.ops = &zstd_ops;
	z->stream = ZSTD_createDStream();
	if (!z->stream || ZSTD_isError(ZSTD_DCtx_setParameter(z->stream,
				  ZSTD_d_windowLogMax, CAPTURE_ZSTD_WINDOW_LOG))) {
		zstd_free(&z->codec);
		return NULL;
	}
	return &z->codec;
}
