/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The newest frames of one packet thread, in a fixed amount of memory: the oldest give
 * way. A connection has its share: its first EVIDENCE_HEAD octets whole, then only what
 * carries its dialogue (replies, short segments, ends of writes), up to EVIDENCE_SHARE.
 * Only the packet thread touches it.
 */
#ifndef EVIDENCE_RING_H
#define EVIDENCE_RING_H

#include "dissect/packet.h"
#include "sensor/capture/capture.h"

/* Octets of frames, each connection. Beyond: the frames are not kept. */
#define EVIDENCE_HEAD  (192u * KiB)
#define EVIDENCE_SHARE (256u * KiB)

struct evidence_ends {
	struct ip_addr addr[2]; /* the lower first */
	uint16_t port[2];
};

struct evidence_entry {
	uint64_t at; /* octets put in before it, gaps at the seam included */
	uint64_t ns;
	uint64_t conn; /* hash of its ends */
	struct evidence_ends ends;
	uint32_t len, wire_len;
	uint32_t number; /* of the frame, from 1 */
	uint32_t interface;
	uint32_t linktype;
	bool written;
};

struct evidence_ring;

/* NULL: no memory. Pages are taken as they are used. */
struct evidence_ring *evidence_ring_new(size_t octets);
void evidence_ring_free(struct evidence_ring *r);

/* Frames that are no TCP are left out. False: left out. */
bool evidence_ring_insert(struct evidence_ring *r, const struct capture_frame *frame);

/* All that are still there, the oldest first: after NULL comes the first. */
struct evidence_entry *evidence_ring_next(
	struct evidence_ring *r, const struct evidence_entry *after);
struct span evidence_ring_octets(
	const struct evidence_ring *r, const struct evidence_entry *e);

#endif
