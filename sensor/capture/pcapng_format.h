/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pcapng files (draft-ietf-opsawg-pcapng): sections of either byte order, any number of
 * interfaces with link types and clocks of their own; enhanced, simple and the obsolete
 * packet blocks. All other blocks are skipped unread.
 *
 * A block whose two lengths do not agree is reported with its offset; reading goes on at
 * the next block that is sound. A sound block with nonsense inside costs that block.
 *
 * A simple packet block bears no time: it gets that of the frame before.
 *
 * The caller embeds the struct, calls pcapng_format_release() in the end, and owns the
 * source, which must outlive it.
 */
#ifndef PCAPNG_FORMAT_H
#define PCAPNG_FORMAT_H

#include "dissect/limits.h"
#include "sensor/capture/capture.h"
#include "sensor/capture/pcapng_time.h"
#include "sensor/capture/source.h"

struct pcapng_interface {
	uint32_t linktype;
	uint32_t snaplen; /* 0: no limit */
	struct pcapng_clock clock;
	char name[CAPTURE_INTERFACE_NAME_MAX]; /* if_name, not escaped; "" if not told */
};

struct pcapng_format {
	struct source *source;
	bool other_order;
	bool stopped;
	uint32_t section; /* index of the section's first interface */
	uint32_t interfaces;
	uint32_t room;
	struct pcapng_interface *interface; /* of all sections */
	uint64_t last_ns;
};

/* Do these octets open a pcapng file? */
bool pcapng_format_magic(struct span head);
void pcapng_format_init(struct pcapng_format *f, struct source *s);
void pcapng_format_release(struct pcapng_format *f);

/* As capture_next(); *damage is written with CAPTURE_DAMAGED and CAPTURE_ERROR only. */
enum capture_status pcapng_format_next(struct pcapng_format *f, struct capture_frame *out,
	struct capture_damage *damage);

#endif
