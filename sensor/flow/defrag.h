/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joins fragments of IPv4 and IPv6 datagrams, and hands them back as packets.
 *
 * All memory is taken by defrag_new(), about 66 KiB a datagram. Where the table is full,
 * the datagram that began first is given up and counted. Time is the packets' own.
 *
 * Fragments that overlap: the octets that came first are kept in IPv4; in IPv6 the
 * datagram is refused, as RFC 5722 asks. Exact copies are no overlap. Datagrams of
 * different VLANs or tunnels are never mixed.
 */
#ifndef DEFRAG_H
#define DEFRAG_H

#include "dissect/packet.h"

struct defrag;

struct defrag_counters {
	uint64_t fragments; /* fed */
	uint64_t joined;    /* datagrams completed */
	uint64_t copies;    /* fragments whose octets were all there already, the same */
	uint64_t overlaps;  /* fragments with octets of which some differed or were new */
	uint64_t refused;   /* datagrams of IPv6 given up for an overlap */
	uint64_t inconsistent; /* fragments that disagree on where the datagram ends */
	uint64_t oversized;    /* fragments that end beyond 65535 octets */
	uint64_t malformed;    /* fragments that are empty, or odd and not the last */
	uint64_t cut;	       /* fragments not captured whole: their datagram is lost */
	uint64_t expired;      /* datagrams not completed in time */
	uint64_t evicted;      /* datagrams given up for room */
};

/* datagrams: joined at once, at least DEFRAG_DATAGRAMS_MIN are. NULL: no memory. */
struct defrag *defrag_new(size_t datagrams);
void defrag_free(struct defrag *d);

/*
 * fragment is PACKET_FRAGMENT; now_ns is its time. True: *out is the joined datagram,
 * parsed to its end, of any kind but PACKET_FRAGMENT; its payload lives until the next
 * call.
 */
bool defrag_feed(struct defrag *d, const struct packet *fragment, uint64_t now_ns,
	struct packet *out);

const struct defrag_counters *defrag_counters(const struct defrag *d);

#endif
