/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every bound of the program: its unit, where the number comes from, and what happens
 * beyond it. Bounds that a site may change are in the configuration and only have their
 * default here.
 */
#ifndef LIMITS_H
#define LIMITS_H

#define KiB (1024u)
#define MiB (1024u * KiB)

/* --- packet --------------------------------------------------------------------- */

/* Layers peeled from one frame. Deeper: the packet is counted as too-deep and left. */
#define PACKET_LAYERS_MAX 16
/* VLAN ids and tunnels kept for the record. More are peeled but not kept. */
#define PACKET_VLANS_MAX   4
#define PACKET_TUNNELS_MAX 4
/* Extension headers of one IPv6 packet. RFC 8200 4.1 names 7 in order. Beyond: too-deep. */
#define PACKET_EXTENSIONS_MAX 16
/* MPLS labels of one stack; hardware pushes fewer than ten. Beyond: too-deep. */
#define PACKET_LABELS_MAX 32
/* Attributes, tags or source routes of one header. Beyond: too-deep. */
#define PACKET_ATTRIBUTES_MAX 64

/* --- fragments and copies ------------------------------------------------------- */

/*
 * Datagrams joined at once, at least: one inside another for each layer of a packet, and
 * one to spare, so that those lent never are all there are.
 */
#define DEFRAG_DATAGRAMS_MIN (PACKET_LAYERS_MAX + 2)
/* ns a datagram may take: Linux gives IPv4 30 s. Beyond: given up, counted as expired. */
#define DEFRAG_TIMEOUT_NS 30000000000u
/*
 * Packets remembered to know their copies by: 10 ms at 1.6 million of mail and DNS a
 * second, and 256 KiB, which stay in the cache. Beyond: the oldest is forgotten.
 */
#define DEDUP_PACKETS (16u * KiB)
/* ns between copies: a switch and a router take less; TCP repeats after 200 ms or more. */
#define DEDUP_WINDOW_NS 2000000u
/* ns without an IP identification, where an equal packet may be no copy. */
#define DEDUP_WINDOW_NO_ID_NS 500000u
/* Octets of payload compared; beyond them, the transport checksum speaks for the rest. */
#define DEDUP_HEAD 64u

/* --- tcp ------------------------------------------------------------------------ */

/*
 * Octets of the window lent to a stream that has octets ahead of a hole, or not taken
 * yet. Beyond: the hole in front is told as a gap; what a slow consumer leaves is lost.
 */
#define TCP_WINDOW (128u * KiB)
/* Pieces in a window, each with its moment. Beyond: neighbours share one, or a gap. */
#define TCP_RANGES_MAX 32
/* Octets already taken that a late copy is compared with. Beyond: taken as equal. */
#define TCP_HISTORY 2048u
/*
 * Octets past the highest seen, or before the lowest wanted, that a segment may lie (the
 * usual receive window is some MiB at most). Beyond: ignored until confirmed.
 */
#define TCP_REACH (4u * MiB)
/* Octets past the highest seen where a reset is believed (RFC 9293 3.5.3). Beyond: not. */
#define TCP_RST_REACH (64u * KiB)
/* Octets past what was taken that an ACK is believed. Beyond: ignored. */
#define TCP_ACK_REACH (64u * MiB)
/* Nanoseconds an ACK may run ahead of the octets it acknowledges. Beyond: a gap. */
#define TCP_ACK_GRACE_NS UINT64_C(1000000000)

/* --- flow ----------------------------------------------------------------------- */

/* Connections followed at a time, by default. Beyond: the least useful is evicted. */
#define FLOW_FLOWS 65536u
/* Windows (TCP_WINDOW) to lend, by default. Beyond: what comes out of order is a gap. */
#define FLOW_WINDOWS 1024u
/* Ports on which the server is known without a handshake. Beyond: refused at start. */
#define FLOW_SERVICES_MAX 16
/* Nanoseconds of silence. RFC 5321 4.5.3.2 has servers and clients wait 10 minutes. */
#define FLOW_IDLE_NS (600 * UINT64_C(1000000000))
/* Nanoseconds after a SYN (and SYN-ACK) that nothing follows. Beyond: ended. */
#define FLOW_HALF_OPEN_NS (30 * UINT64_C(1000000000))
/* Nanoseconds after both FINs or a RST, for late copies. Beyond: ended. */
#define FLOW_CLOSING_NS (10 * UINT64_C(1000000000))
/*
 * Octets that may be missing before a segment for it to wait for them: a command line (RFC
 * 5321 4.5.3.1.4). Captures swap a command and its reply; more than that was lost.
 */
#define FLOW_SWAP_MAX 512u
/* Nanoseconds by which a flow may end late; saves a list operation for each packet. */
#define FLOW_GRAIN_NS UINT64_C(1000000000)
/* Nanoseconds back that are packets out of order. Beyond: the clock was set. */
#define FLOW_CLOCK_STEP_NS (60 * UINT64_C(1000000000))

/* --- smtp ----------------------------------------------------------------------- */

/*
 * Octets of one command line kept. RFC 5321 4.5.3.1.4 asks for 512, RFC 4954 4 for
 * 12288 in AUTH, whose argument is cut anyway. Beyond: the line counts as over-long,
 * its head is parsed, its tail is skipped.
 */
#define SMTP_COMMAND_MAX 2048
/* Octets of one reply line kept (RFC 5321 4.5.3.1.5: 512). Beyond: as above. */
#define SMTP_REPLY_LINE_MAX 1024
/* Octets of a multi-line reply kept, lines joined by LF. Beyond: the rest is dropped. */
#define SMTP_REPLY_TEXT_MAX 2048
/* Commands waiting for their reply. Beyond: the oldest is given up, and that is noted. */
#define SMTP_PENDING_MAX 1024
/* Octets of a SASL mechanism's name (RFC 4422 3.1). Beyond: the name is not shown. */
#define SMTP_MECHANISM_MAX 20
/* Octets of a user name decoded from AUTH. Beyond: its head. */
#define SMTP_USER_MAX 255
/*
 * Octets at a message's head in which line ends are checked for a bare CR or LF. Beyond:
 * only those before a dot, for looking at each would cost more than all else.
 */
#define SMTP_BODY_CHECKED (4u * KiB)
/* Octets looked at to know a PROXY header or a command by. Beyond: skipped (TLVs). */
#define SMTP_PEEK_MAX 128
/*
 * Octets of a PROXY header looked at: all of version 1 (107), the addresses of version 2
 * (52) and some TLVs. At most SMTP_PEEK_MAX. Beyond: TLVs are skipped unread.
 */
#define PROXY_HEADER_MAX 128
/* Octets of XCLIENT's or XFORWARD's arguments kept until the reply. Beyond: their head. */
#define SMTP_XCLIENT_MAX 512
/* Events that one line or one reply can cause; tests prove that they suffice. */
#define SMTP_EVENTS_MAX 16
/* Octets of a path (RFC 5321 4.5.3.1.3: 256; field use is longer). Beyond: malformed. */
#define SMTP_PATH_MAX 512
/*
 * Tricks peeled off one path (a quoted address in a route …; testers use two). Deeper: the
 * mailbox reached so far is the target.
 */
#define SMTP_PATH_LAYERS_MAX 4
/*
 * Octets of a reply's text searched for known wording (RFC 5321 4.5.3.1.5: a line has 512
 * at most). Beyond: not looked at.
 */
#define SMTP_FOLD_MAX 512

/* --- tls ------------------------------------------------------------------------ */

/* Octets of a record's body (RFC 5246 6.2.3: 2^14 + 2048). Beyond: it is not TLS. */
#define TLS_RECORD_MAX (18u * KiB)
/*
 * Octets that are worth lending to a session while its handshake is in clear: the
 * server's certificates take most. Beyond: the head of a message is read, told as cut.
 */
#define TLS_ROOM_MAX (16u * KiB)
/* Octets of a handshake message that are believed. Beyond: the record is no handshake. */
#define TLS_MESSAGE_MAX (256u * KiB)
/* Entries of a session's trace (see tls_trace.h). Beyond: records are only counted. */
#define TLS_TRACE_MAX 384
/* Records of one direction and at least so many octets each share one entry. */
#define TLS_TRACE_BULK 1024
/* Entries a single turn may take; its further records share its last one. */
#define TLS_TRACE_TURN 64
/* Octets kept of a name (RFC 1035 2.3.4, RFC 7301 3.1: at most 255). Beyond: its head. */
#define TLS_TEXT_MAX 255
/* Octets kept for a certificate's names, one more for each. Beyond: they are counted. */
#define TLS_NAMES_MAX 384

/* --- dns ------------------------------------------------------------------------ */

/* Octets of a name on the wire, root label included (RFC 1035 2.3.4). Beyond: bad. */
#define DNS_NAME_WIRE 255
/*
 * Its text with a NUL: 250 octets in four labels, each as \DDD, and three dots. Cannot be
 * exceeded by a name that keeps DNS_NAME_WIRE.
 */
#define DNS_NAME_TEXT 1004
/* Pointers followed in one name; each goes further back. Beyond: bad. */
#define DNS_JUMPS_MAX 127
/* Octets worth lending to a stream of messages over TCP. Beyond: a message's head. */
#define DNS_ROOM_MAX (4u * KiB)

/* --- mail ----------------------------------------------------------------------- */

/* Octets of a field's value kept, unfolded. Beyond: its head is given, told as cut. */
#define MAIL_VALUE_MAX 4096
/*
 * Octets before a field's colon. RFC 5322 2.1.1 allows 998 for the whole line; no name in
 * use has over 40. Beyond: the line is no field, so the body starts with it.
 */
#define MAIL_NAME_MAX 128
/* Octets of a message header read. Beyond: what follows counts as body, told as over. */
#define MAIL_HEADER_MAX (256u * KiB)
/* Octets of a body line kept while a bounce is read. Beyond: its head is read. */
#define MAIL_LINE_MAX 1000
/* Octets of a delivery status field kept (RFC 3464 2.1), unfolded. Beyond: its head. */
#define MAIL_DSN_FIELD_MAX 1024
/* Octets of a body in which delivery status is looked for. Beyond: they are only counted. */
#define MAIL_DSN_BODY_MAX (64u * KiB)
/* Octets of a multipart boundary (RFC 2046 5.1.1: 70). Beyond: the report is not read. */
#define MAIL_BOUNDARY_MAX 70
/* Octets of a body, blanks and line ends not counted, that make its fingerprint. */
#define MAIL_PRINT_MAX 1024
/* Octets of a body searched for needles. Beyond: they are only counted. */
#define MAIL_SEARCH_MAX 4096
/* Needles of one search. Beyond: the rest is not looked for. */
#define MAIL_NEEDLES_MAX 16
/* Octets of a needle. Longer: not looked for. */
#define MAIL_NEEDLE_LEN_MAX 63

/* --- capture -------------------------------------------------------------------- */

/*
 * Octets of one frame. Linux's BIG TCP gives up to 524280 (GSO_MAX_SIZE); a file may hold
 * more than its snapshot length says. Beyond: the record is taken for damage.
 */
#define CAPTURE_FRAME_MAX (1u * MiB)
/* Octets of a pcapng block, as libpcap allows. Beyond: taken for damage. */
#define CAPTURE_BLOCK_MAX (16u * MiB)
/* Octets of a pcapng block that is read and not skipped. Beyond: the block is left out. */
#define CAPTURE_BLOCK_READ_MAX (CAPTURE_FRAME_MAX + 256u * KiB)
/* Interfaces of one pcapng file, all sections. Beyond: their frames are left out. */
#define CAPTURE_INTERFACES_MAX 4096
/* Octets of an interface's name kept for reports, NUL included. Beyond: cut. */
#define CAPTURE_INTERFACE_NAME_MAX 32
/* Octets searched for the next sound record after damage. Beyond: the file ends there. */
#define CAPTURE_RESYNC_MAX (64u * KiB)
/* Octets read at once: the first time, and from then on. */
#define CAPTURE_BLOCK_FIRST (64u * KiB)
#define CAPTURE_BLOCK_NEXT  (256u * KiB)
/* Log2 of a zstd window; 27 is the library's own bound (128 MiB). Beyond: damage. */
#define CAPTURE_ZSTD_WINDOW_LOG 27
/* Capture files that hold a descriptor at once. Beyond: opened anew for each block. */
#define CAPTURE_DESCRIPTORS_MAX 64
/* Link types told of one file. Beyond: read all the same, and not listed. */
#define CAPTURE_LINKTYPES_MAX 8

/* --- records -------------------------------------------------------------------- */

/* Octets of a line of a file of records: far more than any has. Beyond: it is skipped. */
#define RECORD_LINE_MAX (16u * MiB)

/* --- live capture --------------------------------------------------------------- */

/* Octets of a ring, of each interface and thread. Full: packets are lost and counted. */
#define CAPTURE_RING_DEFAULT (64u * MiB)
/*
 * ms until the kernel hands over a block that is not full: what a packet may be late, and
 * so how much of a message passes before the kernel is told to withhold it.
 */
#define CAPTURE_RETIRE_MS 4
/* ms of silence after which the packet thread is told the time. */
#define CAPTURE_TICK_MS 100
/* Octets of a packet: all of it, offloaded segments of 64 KiB too. Beyond: cut. */
#define CAPTURE_SNAP_DEFAULT (256u * KiB)
/* Segments with payload looked at on a port that is none of ours: greeting, EHLO, replies. */
#define CAPTURE_PROBE_SEGMENTS 16

#endif
