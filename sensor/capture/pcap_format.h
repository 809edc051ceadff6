/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Classic pcap files (draft-ietf-opsawg-pcap): both byte orders, micro- and nanoseconds.
 *
 * A record header that makes no sense is reported with its offset; then the next place
 * is looked for where several sound records stand in a row, and reading goes on there.
 * Lengths over the file's own snapshot length are read, if not over CAPTURE_FRAME_MAX.
 *
 * The caller embeds the struct and owns the source, which must outlive it.
 */
#ifndef PCAP_FORMAT_H
#define PCAP_FORMAT_H

#include "sensor/capture/capture.h"
#include "sensor/capture/source.h"

struct pcap_format {
	struct source *source;
	bool other_order;
	bool stopped;	      /* nothing sound follows */
	uint16_t minor;	      /* of version 2.x */
	uint32_t ns_per_unit; /* of the second half of a time stamp */
	uint32_t linktype;
	uint64_t last_ns; /* of the last sound record; 0: none yet */
};

/* Do these octets open a file that is read here? */
bool pcap_format_magic(struct span head);

/*
 * Reads the file header. CAPTURE_FRAME if frames can be asked for; else *damage says why
 * not.
 */
enum capture_status pcap_format_init(
	struct pcap_format *f, struct source *s, struct capture_damage *damage);

/* As capture_next(); *damage is written with CAPTURE_DAMAGED and CAPTURE_ERROR only. */
enum capture_status pcap_format_next(
	struct pcap_format *f, struct capture_frame *out, struct capture_damage *damage);

#endif
