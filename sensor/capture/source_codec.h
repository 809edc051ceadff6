/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A decompressor as the source sees it; one file for each library. The caller owns the
 * codec and frees it. Memory is bounded by the codec itself.
 */
#ifndef SOURCE_CODEC_H
#define SOURCE_CODEC_H

#include "dissect/dissect.h"

struct source_codec;

/* Room for decoded octets; made counts those written, also those before damage. */
struct source_codec_out {
	uint8_t *at;
	size_t room;
	size_t made;
};

struct source_codec_ops {
	/*
	 * Decodes from *in, which is moved on. NULL, or what is wrong as a constant text;
	 * it is not called again after that.
	 */
	const char *(*decode)(
		struct source_codec *c, struct span *in, struct source_codec_out *out);
	/* May the input end here? Not inside a member or frame. */
	bool (*complete)(const struct source_codec *c);
	void (*free)(struct source_codec *c);
};

/* Embedded first in each codec. */
struct source_codec {
	const struct source_codec_ops *ops;
};

#endif
