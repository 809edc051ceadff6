/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A packet socket of our own with a TPACKET_V3 ring (packet(7), the kernel's
 * Documentation/networking/packet_mmap.rst): frames are read where the kernel put them.
 * Ethernet only: other links go by libpcap. Tags that the kernel took out of a frame are
 * put back.
 *
 * Nothing but what the program passes ever enters the ring: until it is attached another
 * one drops all. An interface that goes and comes back is bound anew, by descriptors that
 * were opened at first, so that no privilege is needed for it.
 */
#ifndef CAPTURE_RING_H
#define CAPTURE_RING_H

#include "sensor/capture/capture_link.h"
#include "sensor/capture/capture_tap.h"

struct capture_ring_options {
	const char *interface; /* must live as long as the ring */
	uint32_t index;	       /* frames bear it as their interface */
	size_t octets;	       /* of the ring; less is taken if the system has less */
	uint32_t snap;	       /* what the filter returns for a whole packet */
	uint32_t retire_ms;    /* a block is handed over no later than that */
	bool promiscuous;
	bool xdp;   /* stands before it, and is lost with the interface: to be said */
	int filter; /* program for SO_ATTACH_BPF */
	int fanout; /* program for PACKET_FANOUT_DATA; -1: one ring only */
	const void *group; /* the first ring of the interface, NULL: this is it */
};

struct capture_ring;

/* Heard by nobody yet: see capture_ring_start(). NULL with error filled. */
struct capture_ring *capture_ring_open(
	const struct capture_ring_options *o, char *error, size_t room);
/* From now on frames come in. All rings of an interface must have been opened. */
int capture_ring_start(struct capture_ring *r, char *error, size_t room);

/* close: by its operations. */
struct capture_tap *capture_ring_tap(struct capture_ring *r);
struct capture_link *capture_ring_link(struct capture_ring *r);

#endif
