/* SPDX-License-Identifier: Apache-2.0 */
/* What is on the wire beside mail. */
#include <stdio.h>
#include <string.h>

#include "script.h"

/* A host name as the wire has it (RFC 1035 3.1), and a question about it. */
static size_t
question(uint8_t *at, uint32_t host, uint32_t domain, uint16_t type)
{
	char label[2][16];
	size_t n = 0;

	snprintf(label[0], sizeof(label[0]), "host%u", host);
	snprintf(label[1], sizeof(label[1]), "site%u", domain);
	for (int i = 0; i < 2; i++) {
		at[n] = (uint8_t)strlen(label[i]);
		memcpy(at + n + 1, label[i], at[n]);
		n += 1u + at[n];
	}
	memcpy(at + n, "\7example", 9);
	n += 9;
	at[n++] = (uint8_t)(type >> 8);
	at[n++] = (uint8_t)type;
	at[n++] = 0;
	at[n++] = 1;
	return n;
}

/* RFC 1035 4.1: a query and its answer of one to four addresses, or NXDOMAIN. */
void
script_dns(struct script *s, struct random *r)
{
	uint8_t message[512] = {0};
	uint16_t id = (uint16_t)random_next(r);
	uint8_t answers = (uint8_t)(random_once_in(r, 5) ? 0 : random_between(r, 1, 4));
	size_t n;

	message[0] = (uint8_t)(id >> 8);
	message[1] = (uint8_t)id;
	message[2] = 1;
	message[5] = 1;
	n = 12 + question(message + 12, random_rank(r, 5), random_rank(r, 14), 1);
	script_octets(s, SIDE_CLIENT, message, n);
	message[2] = 0x81;
	message[3] = answers ? 0x80 : 0x83;
	message[7] = answers;
	for (uint8_t i = 0; i < answers; i++) {
		const uint8_t head[12] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4};
		uint32_t address = random_between(r, 0x0b000000, 0xdf000000);

		memcpy(message + n, head, sizeof(head));
		memcpy(message + n + sizeof(head), &address, 4);
		n += sizeof(head) + 4;
	}
	script_octets(s, SIDE_SERVER, message, n);
}

/* HTTPS: some requests, answers from an icon to a film's piece. */
void
script_web(struct script *s, struct random *r)
{
	char name[32];
	unsigned requests = random_between(r, 1, 12);

	snprintf(name, sizeof(name), "www.site%u.example", random_between(r, 1, 4000));
	script_tls(s, name, random_between(r, 300, 1200), random_size(r, 500, 8), r);
	while (--requests) {
		const uint8_t head[5] = {23, 3, 3, 1, 0};

		script_octets(s, SIDE_CLIENT, head, sizeof(head));
		script_opaque(s, SIDE_CLIENT, 256, r);
		script_opaque(s, SIDE_SERVER,
			random_once_in(r, 80) ? random_size(r, 100000, 5)
					      : random_size(r, 200, 8),
			r);
	}
}

/* Datagrams of at most 1,252 octets (RFC 9000 14): long headers, then short ones. */
void
script_quic(struct script *s, struct random *r)
{
	static const uint8_t initial[6] = {0xc3, 0, 0, 0, 1, 8};
	unsigned datagrams = random_size(r, 8, 7);

	script_octets(s, SIDE_CLIENT, initial, sizeof(initial));
	script_opaque(s, SIDE_CLIENT, 1200 - sizeof(initial), r);
	script_octets(s, SIDE_SERVER, initial, sizeof(initial));
	script_opaque(s, SIDE_SERVER, 1200 - sizeof(initial), r);
	while (datagrams--) {
		enum side side = random_once_in(r, 4) ? SIDE_CLIENT : SIDE_SERVER;
		const uint8_t head = 0x43;

		script_pause(s);
		script_octets(s, side, &head, 1);
		script_opaque(s, side,
			side == SIDE_CLIENT ? 40 : random_between(r, 900, 1251), r);
	}
}

/* A protocol of its own on some port: databases, games, copies of disks. */
void
script_odd(struct script *s, struct random *r)
{
	unsigned turns = random_size(r, 2, 6);

	for (unsigned i = 0; i < turns; i++)
		script_opaque(s, i % 2 ? SIDE_SERVER : SIDE_CLIENT,
			random_once_in(r, 60) ? random_size(r, 50000, 5)
					      : random_size(r, 20, 7),
			r);
}
