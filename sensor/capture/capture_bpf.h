/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libbpf, and the only file that knows it: loads the programs of bpf/, attaches XDP, and
 * reads and writes their maps. Where clang or bpftool was missing at build time
 * capture_bpf_none.c stands in, which can load nothing.
 *
 * All it needs later it opens at first, so that maps can be written after privileges are
 * given up (Linux 6.1 and later; before, each write is refused and so answered).
 */
#ifndef CAPTURE_BPF_H
#define CAPTURE_BPF_H

#include "bpf/tap.h"
#include "dissect/ip_addr.h"

/* One direction of a TCP connection. Ports in host order. */
struct capture_direction {
	struct ip_addr src;
	struct ip_addr dst;
	uint16_t src_port;
	uint16_t dst_port;
};

struct capture_bpf_options {
	const uint16_t *tcp_ports; /* host order; borrowed for the call of _open() */
	size_t tcp_count;
	const uint16_t *udp_ports;
	size_t udp_count;
	uint32_t snap;		 /* octets of a packet, at most */
	uint32_t probe_segments; /* of connections on other ports; 0: none */
	bool shunt;
	uint32_t connections; /* that may be followed at once; 0: 65,536 */
	bool fanout_ports; /* spread over rings by ports, too */
	bool alone;	   /* one ring: capture_bpf_fanout() is not asked for */
};

struct capture_bpf;
struct capture_bpf_link;

enum capture_bpf_xdp {
	CAPTURE_BPF_XDP_AUTO,
	CAPTURE_BPF_XDP_NATIVE,
	CAPTURE_BPF_XDP_GENERIC
};

/* NULL with error filled: not permitted, or the kernel refuses the programs. */
struct capture_bpf *capture_bpf_open(
	const struct capture_bpf_options *o, char *error, size_t room);
void capture_bpf_close(struct capture_bpf *b);

/* Descriptors of the loaded programs, for SO_ATTACH_BPF and PACKET_FANOUT_DATA. */
int capture_bpf_filter(const struct capture_bpf *b);
int capture_bpf_fanout(const struct capture_bpf *b);
/* -1 before the first capture_bpf_attach(). */
int capture_bpf_xdp(const struct capture_bpf *b);

/*
 * Drops on that interface what is not mail; goes with the process. AUTO: native, else
 * generic; *generic says which. NULL with error filled.
 */
struct capture_bpf_link *capture_bpf_attach(struct capture_bpf *b, int ifindex,
	enum capture_bpf_xdp how, bool *generic, char *error, size_t room);
void capture_bpf_detach(struct capture_bpf_link *l);

/*
 * What of one direction passes from now on (TAP_EVERYTHING, TAP_HEADERS, TAP_COUNT).
 * False: not written (no shunt was asked for, or the kernel refuses); then everything
 * passes.
 */
bool capture_bpf_shunt(
	struct capture_bpf *b, const struct capture_direction *d, enum tap_mode mode);
/* What was cut or withheld since then. False: no entry. */
bool capture_bpf_shunted(struct capture_bpf *b, const struct capture_direction *d,
	uint64_t *packets, uint64_t *octets);
/* Ends the shunt. */
bool capture_bpf_unshunt(struct capture_bpf *b, const struct capture_direction *d);

/*
 * The middle of messages (TAP_BODY), or of TLS records (TAP_RECORDS): see struct
 * tap_shunt. The direction is followed from now on, nothing is withheld before there is
 * an order with the same cookie. False: not written.
 */
bool capture_bpf_follow(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_mode mode, uint32_t cookie);
bool capture_bpf_order(struct capture_bpf *b, const struct capture_direction *d,
	const struct tap_order *order);
/* How far it is. False: not followed, or it may not be read. */
bool capture_bpf_look(
	struct capture_bpf *b, const struct capture_direction *d, struct tap_shunt *out);
/* No more. */
void capture_bpf_leave(struct capture_bpf *b, const struct capture_direction *d);

/* What a connection on another port speaks; either direction names it. */
bool capture_bpf_decide(struct capture_bpf *b, const struct capture_direction *d,
	enum tap_verdict verdict);

/* Sums over all processors. */
bool capture_bpf_counts(struct capture_bpf *b, struct tap_counters out[TAP_STAGES]);

#endif
