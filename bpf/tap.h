/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs in the kernel and the sensor must agree on: options, map keys and
 * values, counters. All widths are fixed and all padding is named. Numbers are in host
 * order unless a field says otherwise.
 *
 * The kernel may forget any probe at any time (that map is LRU), and a map that is full
 * takes no shunt. Both mean that packets pass: never that one is lost.
 */
#ifndef TAP_H
#define TAP_H

#include <linux/types.h>

/* What happens to the segments of one direction of a connection. */
enum tap_mode {
	TAP_EVERYTHING, /* they pass whole */
	TAP_HEADERS,	/* payload is cut off */
	TAP_COUNT,	/* those with payload are counted and go no further */
	TAP_BODY,	/* followed; withheld while an order says so and nothing is in them */
	TAP_RECORDS	/* the same for TLS: all between two record headers is nothing */
};

/* What the kernel makes of a direction that it follows. */
enum tap_body {
	TAP_BODY_NEW, /* no segment was seen since; TAP_RECORDS: no record is known */
	TAP_BODY_PASSES,
	TAP_BODY_HOLDS /* the last segment was withheld */
};

/* What the segments of a direction that is followed hold, by the sensor's word. */
enum tap_order_kind {
	TAP_ORDER_NONE,
	TAP_ORDER_TEXT,	  /* a message after DATA: a dot behind a line end matters */
	TAP_ORDER_CHUNK,  /* octets of BDAT: nothing matters but where they end */
	TAP_ORDER_RECORDS /* of TLS, in cipher: nothing matters but their headers */
};

/* Octets of a TLS record's header (RFC 8446 5.1), and of what stands behind it at most. */
#define TAP_HEADER_OCTETS 5
#define TAP_RECORD_MAX	  (18 * 1024)

/* What a connection on a port that is none of ours turned out to speak. */
enum tap_verdict {
	TAP_UNDECIDED,
	TAP_MAIL, /* all its segments pass */
	TAP_OTHER /* none passes */
};

/* Fixed before the programs are loaded. Bit n % 64 of word n / 64 stands for port n. */
struct tap_options {
	__u64 tcp_ports[1024];
	__u64 udp_ports[1024];
	__u32 snap;	      /* octets of a packet that pass, at most; > 0 */
	__u32 probe_segments; /* with payload, of a connection on another port; 0: none */
	__u32 shunt;	      /* 1: tap_shunts is looked at */
	__u32 fanout_ports;   /* 1: spread by addresses and ports; 0: by addresses */
};

/* One direction. IPv4 addresses are IPv4-mapped (RFC 4291 2.5.5.2). */
struct tap_flow {
	__u8 src[16]; /* network order, as all of this struct */
	__u8 dst[16];
	__be16 src_port;
	__be16 dst_port;
	__u32 zero;
};

/*
 * Value of tap_shunts by struct tap_flow. A SYN removes the entry, but for a direction
 * that is followed: a forged one would take away what tells withheld octets from lost
 * ones.
 *
 * In mode TAP_BODY the kernel follows the sequence numbers and withholds a segment if it
 * is the next in order, there is an order (struct tap_order) with the same cookie whose
 * from lies in clean..next, and
 *	TEXT	no dot in it stands behind CR, LF or NUL (the octet before the segment
 *		included): so it holds neither an end of data, nor what looks like one, nor
 *		a dot that was stuffed
 *	CHUNK	it ends at until, or before
 * Copies of what is withheld are, too, be they a span port's or sent again. What stands
 * before a segment at from is taken from the order, for not all that we take for a part of
 * the stream need be one to the sensor.
 *
 * The first segment for which this is not so passes, as does all behind it until there is
 * an order from behind it: what was withheld is therefore one range, from..to, which the
 * sensor has skipped before it can give the next order. Payload of the other direction
 * ends it, too, so that a reply finds as many octets withheld as came before it.
 *
 * In mode TAP_RECORDS the kernel goes from one header of a TLS record to the next. It
 * begins at the first segment that looks as if a record began it, which is the anchor: an
 * order counts only if it repeats it, for the sensor alone knows whether one did. Of a
 * segment that is the next in order nothing passes if it holds no octet of a header, and
 * what stands behind the last one does not. A hole, or octets that pass though they were
 * seen before, end it until there is an order from behind them; a hole with a header in
 * it, or a header that is none, ends it until there is another anchor.
 */
struct tap_shunt {
	__u32 mode; /* enum tap_mode */
	__u32 cookie;
	__u64 packets; /* cut or withheld, added to by the kernel; not cut TLS records */
	__u64 octets;  /* of their payload, not passed */
	__u64 spared;  /* TAP_RECORDS: octets not passed, each counted once */
	/* What is followed; sequence numbers. */
	__u32 state; /* enum tap_body */
	__u32 next;  /* behind what was seen in order */
	__u32 clean; /* orders count from here on */
	__u32 from;  /* withheld, with to */
	__u32 to;
	__u32 copies; /* segments withheld a second time, not in packets and octets */
	union {
		struct { /* TAP_BODY: three octets, the newest lowest */
			__u32 edge;   /* before next */
			__u32 before; /* before to */
		};
		struct {	       /* TAP_RECORDS */
			__u32 anchor;
			__u32 header;  /* where the next one begins, or the one in hand */
			__u32 part;    /* octets of it seen */
			__u32 cut_from;/* the last segment that was cut */
			__u32 cut_to;
			__u32 cut;     /* octets of its payload that passed */
			__u8 head[8];  /* part of them are set */
		};
	};
};

/* Value of tap_orders by struct tap_flow, written by the sensor alone. */
struct tap_order {
	__u32 cookie;
	__u32 kind;  /* enum tap_order_kind */
	__u32 from;  /* the sensor has read up to here, and it is inside a message */
	/* CHUNK: its end; RECORDS: the anchor; TEXT: three octets before from, the newest
	 * lowest */
	__u32 until;
};

/*
 * Value of tap_probes by struct tap_flow: of the two directions the one with the lower
 * source (address, then port, as octets). A SYN starts anew.
 */
struct tap_probe {
	__u32 segments; /* with payload, passed so far */
	__u32 verdict;	/* enum tap_verdict, written by the sensor */
};

/* Packets, if not said otherwise; each packet adds one to one of the first nine. */
struct tap_counters {
	__u64 other;	   /* dropped: not ours */
	__u64 mail;	   /* passed: by port */
	__u64 fragments;   /* passed: pieces of datagrams without their ports */
	__u64 unsure;	   /* passed: headers that the kernel cannot walk to their end */
	__u64 probed;	   /* passed: on another port, SYN-ACK or payload, not decided yet */
	__u64 found;	   /* passed: on another port, mail by verdict */
	__u64 probes_over; /* dropped: payload on another port, seen enough of it */
	__u64 cut;	   /* passed: headers, of a shunted connection */
	__u64 withheld;	   /* dropped: of a shunted connection */
	__u64 shunted_octets;/* of payload, by the last two */
};

/* Keys of tap_counts: which program counted. */
enum tap_stage {
	TAP_STAGE_FILTER,
	TAP_STAGE_XDP,
	TAP_STAGES
};

_Static_assert(sizeof(struct tap_options) == 2 * 8192 + 16, "same on both sides");
_Static_assert(sizeof(struct tap_flow) == 40, "same on both sides");
_Static_assert(sizeof(struct tap_shunt) == 88, "same on both sides");
_Static_assert(sizeof(struct tap_order) == 16, "same on both sides");
_Static_assert(sizeof(struct tap_probe) == 8, "same on both sides");
_Static_assert(sizeof(struct tap_counters) == 80, "same on both sides");

#endif
