/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng files (draft-ietf-opsawg-pcapng): a section, its interfaces, packets. In the
 * machine's own order of octets, times in nanoseconds. Each block is handed over whole.
 */
#ifndef PCAPNG_WRITE_H
#define PCAPNG_WRITE_H

#include <stdio.h>

#include "dissect/dissect.h"

/* Octets of a comment at most; the rest is left out. */
#define PCAPNG_COMMENT_MAX 1024u

/* 0, or -1: not written, see errno. All count their octets into *octets. */
int pcapng_write_section(FILE *f, const char *application, uint64_t *octets);
/* Numbered from 0 in their section. */
int pcapng_write_interface(
	FILE *f, uint16_t linktype, const char *name, uint64_t *octets);

struct pcapng_packet {
	uint32_t interface;
	uint64_t ns; /* since 1970 */
	struct span octets;
	uint32_t wire_len;
	struct span comment; /* UTF-8; empty: none */
};

int pcapng_write_packet(FILE *f, const struct pcapng_packet *p, uint64_t *octets);
/* What that takes. */
uint64_t pcapng_packet_size(const struct pcapng_packet *p);

#endif
