/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One captured frame, peeled: link header, tags, labels and tunnels in any order, down to
 * the innermost TCP or UDP packet or IP fragment.
 *
 * Joins no fragments, verifies no checksum (a frame captured where it is sent has none
 * yet), keeps nothing between calls. A tunnel over UDP is only believed when a TCP or UDP
 * packet or a fragment is found in it; else the packet stays the UDP packet it is. Memory
 * is the caller's: the spans point into the frame and live as long as it does.
 *
 * Addresses are those of the innermost IP header. Routing headers and source route
 * options are passed over: what matters is who spoke to whom at this point of the wire.
 */
#ifndef PACKET_H
#define PACKET_H

#include "dissect.h"
#include "ip_addr.h"
#include "limits.h"

enum packet_kind {
	PACKET_OTHER, /* reason says why nothing more is known */
	PACKET_TCP,
	PACKET_UDP,
	PACKET_FRAGMENT /* of an IP datagram: join, then packet_parse_joined() */
};

/* Why a packet is PACKET_OTHER. */
enum packet_reason {
	PACKET_GOOD,	     /* it is not */
	PACKET_LINK_UNKNOWN, /* no dissector for this link type */
	PACKET_NOT_IP,	     /* ARP, STP, … */
	PACKET_NOT_TCP_UDP,  /* ICMP, OSPF, … */
	PACKET_ENCRYPTED,    /* ESP, MACsec, WPA: nothing to be seen */
	PACKET_CUT,	     /* the snap length cut a header */
	PACKET_BAD_HEADER,   /* version, header length or flags are impossible */
	PACKET_BAD_LENGTH,   /* claims more octets than the frame had on the wire */
	PACKET_TOO_DEEP,     /* more than PACKET_LAYERS_MAX layers */
	PACKET_REASON_COUNT
};

/* RFC 9293 3.1, the octet of control bits. */
enum packet_tcp_flag {
	PACKET_TCP_FIN = 0x01,
	PACKET_TCP_SYN = 0x02,
	PACKET_TCP_RST = 0x04,
	PACKET_TCP_PSH = 0x08,
	PACKET_TCP_ACK = 0x10,
	PACKET_TCP_URG = 0x20,
	PACKET_TCP_ECE = 0x40,
	PACKET_TCP_CWR = 0x80
};

/* What carries the packet; id is what keeps address spaces apart. */
enum packet_tunnel_kind {
	PACKET_TUNNEL_IPV4,    /* RFC 2003, protocol 4; no id */
	PACKET_TUNNEL_IPV6,    /* RFC 4213, 2473, protocol 41; no id */
	PACKET_TUNNEL_GRE,     /* RFC 2784, 2890; key or 0 */
	PACKET_TUNNEL_NVGRE,   /* RFC 7637; virtual subnet */
	PACKET_TUNNEL_PPTP,    /* RFC 2637 4.1; call id */
	PACKET_TUNNEL_ERSPAN,  /* draft-foschiano-erspan; session, 0 for type I */
	PACKET_TUNNEL_VXLAN,   /* RFC 7348; network identifier */
	PACKET_TUNNEL_GENEVE,  /* RFC 8926; network identifier */
	PACKET_TUNNEL_GTP_U,   /* 3GPP TS 29.281; tunnel endpoint */
	PACKET_TUNNEL_TEREDO,  /* RFC 4380; no id */
	PACKET_TUNNEL_L2TP,    /* RFC 2661; tunnel << 16 | session */
	PACKET_TUNNEL_TZSP,    /* MikroTik, Aruba; no id */
	PACKET_TUNNEL_MPLS,    /* RFC 3032; the label at the bottom of the stack */
	PACKET_TUNNEL_PPPOE,   /* RFC 2516; session */
	PACKET_TUNNEL_ETHERIP, /* RFC 3378; no id */
	PACKET_TUNNEL_PBB,     /* IEEE 802.1ah; service instance */
	PACKET_TUNNEL_NSH,     /* RFC 8300; service path */
	PACKET_TUNNEL_KIND_COUNT
};

struct packet_tunnel {
	enum packet_tunnel_kind kind;
	uint32_t id;
};

/* All numbers in host order. A field not named for the kind at hand is undefined. */
struct packet {
	enum packet_kind kind;
	enum packet_reason reason;

	/* TCP, UDP, FRAGMENT; OTHER only where ip_version is not 0. */
	struct ip_addr src;
	struct ip_addr dst;
	uint32_t ip_id; /* IPv4: identification; IPv6: of the fragment header, or 0 */
	uint32_t flow_label; /* IPv6, else 0 */
	uint32_t ip_octets;  /* header and payload on the wire, padding excluded */
	uint8_t ip_version;  /* 4 or 6; 0: no IP header was read */
	uint8_t ttl;	     /* or hop limit */
	uint8_t protocol;    /* of the payload; IPv6: the last next header read */

	/* TCP, UDP. */
	uint8_t tcp_flags; /* enum packet_tcp_flag, or-ed; UDP: 0, as the next three */
	uint32_t seq;
	uint32_t ack;
	uint16_t window; /* not scaled */
	uint16_t src_port;
	uint16_t dst_port;
	uint16_t checksum; /* as seen, not verified */

	/* FRAGMENT. */
	uint16_t fragment_offset; /* octets, a multiple of 8 */
	bool more_fragments;

	/* Where it travelled, outermost first; any kind. */
	uint8_t layers; /* headers peeled */
	uint8_t vlan_count;
	uint8_t tunnel_count;
	uint16_t vlans[PACKET_VLANS_MAX];
	struct packet_tunnel tunnels[PACKET_TUNNELS_MAX];

	/* TCP, UDP, FRAGMENT. Where payload_octets is larger, the rest was not captured.
	 */
	struct span payload;
	uint32_t payload_octets; /* on the wire */
};

/*
 * frame: what was captured. link: LINKTYPE_ or DLT_ number of pcap. wire_octets: length
 * on the wire; a value below frame.len is taken as frame.len. Returns out->kind.
 */
enum packet_kind packet_parse(
	uint32_t link, struct span frame, size_t wire_octets, struct packet *out);

/*
 * Goes on where a fragmented datagram stopped. first: its fragment of offset 0 (other
 * than out). payload: the joined octets. May itself yield a fragment, of an inner
 * datagram.
 */
enum packet_kind packet_parse_joined(
	const struct packet *first, struct span payload, struct packet *out);

/* False: packet_parse() gives PACKET_LINK_UNKNOWN for every frame. */
bool packet_link_known(uint32_t link);

/* Same VLANs and tunnels, as far as they are kept. */
bool packet_same_path(const struct packet *a, const struct packet *b);

/* Octets of payload that were on the wire and not captured. */
static inline uint32_t
packet_missing(const struct packet *p)
{
	return p->payload_octets - (uint32_t)p->payload.len;
}

/* "bad-header"; "gtp-u". Static. */
const char *packet_reason_name(enum packet_reason reason);
const char *packet_tunnel_name(enum packet_tunnel_kind kind);

#endif
