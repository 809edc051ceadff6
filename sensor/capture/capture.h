/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames in the order they were recorded, from wherever: a file now, a live tap behind
 * the same calls. It knows no protocol: the link type and the octets go on as they are.
 *
 * A frame's octets are lent: they live until the next call of capture_next() or
 * capture_close() for the same capture.
 */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "dissect/dissect.h"

struct capture_frame {
	struct span octets; /* as captured; lent */
	uint32_t wire_len;  /* octets on the wire, >= octets.len */
	uint32_t linktype;  /* LINKTYPE_* as in capture files, not a platform's DLT_* */
	uint32_t interface; /* pcapng: from 0, counted over the whole file; else 0 */
	struct moment at;   /* time, index of the file, frame number from 1 in it */
	bool trimmed;	    /* what is not there was not wanted, by our own word */
};

enum capture_status {
	CAPTURE_FRAME,	 /* *out is filled */
	CAPTURE_END,	 /* no more; asking again gives the same */
	CAPTURE_DAMAGED, /* see damage; ask again: frames may follow */
	CAPTURE_IDLE,	 /* live only: none now, and none before out->at.ns will follow */
	CAPTURE_ERROR	 /* the system failed, see damage; the end follows */
};

#define CAPTURE_REASON_MAX 160

/* What is wrong, and where: offsets from 0 into the file. */
struct capture_damage {
	uint64_t offset; /* of the record that makes no sense, after decompression */
	uint64_t raw;	 /* the same in the file itself: differs if it is compressed */
	char reason[CAPTURE_REASON_MAX]; /* printable, no line end */
};

/* In octets of the input, before decompression. */
struct capture_stats {
	uint64_t size; /* 0: not known (a pipe, a live tap) */
	uint64_t done;
	uint64_t dropped; /* frames lost by a live capture */
};

struct capture;

struct capture_ops {
	const char *name; /* "pcap", "pcapng" … */
	/* Fills all of *out but the file index and the frame number. */
	enum capture_status (*next)(struct capture *c, struct capture_frame *out);
	void (*stats)(const struct capture *c, struct capture_stats *out);
	void (*close)(struct capture *c);
};

/* Embedded first in each kind of capture. */
struct capture {
	const struct capture_ops *ops;
	uint32_t file;		      /* index handed through to frames */
	uint32_t number;	      /* of the last frame given; 0: none was */
	uint32_t share, shares;	      /* see capture_number_next(); 0: alone */
	struct capture_damage damage; /* of the last CAPTURE_DAMAGED or CAPTURE_ERROR */
};

/*
 * Frames are numbered from 1. Captures that are one to whoever reads of their frames (the
 * threads of a live one) take turns: share 1 of 3, counted from 0, gives 2, 5, 8 … So a
 * number stands for one frame, and tells which of them gave it. What comes after
 * UINT32_MAX begins anew.
 */
static inline uint32_t
capture_number_next(const struct capture *c)
{
	uint32_t step = c->shares ? c->shares : 1;

	if (c->number == 0 || c->number > UINT32_MAX - step)
		return c->share + 1;
	return c->number + step;
}

static inline enum capture_status
capture_next(struct capture *c, struct capture_frame *out)
{
	enum capture_status status = c->ops->next(c, out);

	if (status == CAPTURE_FRAME) {
		out->at.file = c->file;
		c->number = capture_number_next(c);
		out->at.frame = c->number;
	}
	return status;
}

static inline void
capture_stats(const struct capture *c, struct capture_stats *out)
{
	c->ops->stats(c, out);
}

static inline void
capture_close(struct capture *c)
{
	if (c)
		c->ops->close(c);
}

#endif
