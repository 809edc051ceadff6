/* SPDX-License-Identifier: Apache-2.0 */
/* Packets of two hosts, with sound headers and checksums, into a capture file. */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct wire_host {
	uint8_t addr[16]; /* IPv4: the first four octets */
	uint16_t port;
	uint16_t ip_id; /* of its next IPv4 packet */
};

struct wire_segment {
	uint32_t seq, ack;
	uint8_t flags; /* RFC 9293 3.1 */
};

enum wire_flag {
	WIRE_FIN = 1,
	WIRE_SYN = 2,
	WIRE_PSH = 8,
	WIRE_ACK = 16
};

/* Payload of one segment: Ethernet's 1500 less IPv4 or IPv6, TCP and its time stamps. */
#define WIRE_MSS 1428u

struct wire {
	FILE *out;
	uint64_t ns; /* of the next packet; the caller moves it on */
	uint64_t packets;
	uint64_t octets; /* of the file */
	bool failed;
};

/* False: the file could not be made; errno tells why. */
bool wire_open(struct wire *w, const char *path);
bool wire_close(struct wire *w);

void wire_tcp(struct wire *w, bool v6, struct wire_host *from, const struct wire_host *to,
	const struct wire_segment *segment, const uint8_t *payload, size_t n);
void wire_udp(struct wire *w, bool v6, struct wire_host *from, const struct wire_host *to,
	const uint8_t *payload, size_t n);

#endif
