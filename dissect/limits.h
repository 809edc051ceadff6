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
/* Commands waiting for their reply. Beyond: the oldest is given up, replies desync noted. */
#define SMTP_PENDING_MAX 1024
/* Octets of a path (RFC 5321 4.5.3.1.3: 256; field use is longer). Beyond: malformed. */
#define SMTP_PATH_MAX 512

#endif
