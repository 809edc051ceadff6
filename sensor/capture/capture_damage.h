/* SPDX-License-Identifier: Apache-2.0 */
/* How the readers of capture files say what is wrong, all in the same words. */
#ifndef CAPTURE_DAMAGE_H
#define CAPTURE_DAMAGE_H

#include "sensor/capture/capture.h"
#include "sensor/capture/source.h"

/*
 * Notes what is wrong at a decompressed offset, and returns CAPTURE_DAMAGED. The raw
 * offset is where the source stands now.
 */
enum capture_status capture_damage_note(struct capture_damage *d, const struct source *s,
	uint64_t offset, const char *format, ...) __attribute__((format(printf, 4, 5)));

/*
 * There is less at the source than a reader wants of a record. Nothing at all and a clean
 * end is CAPTURE_END; else the reason is noted. what: "a record header".
 */
enum capture_status capture_damage_short(
	struct capture_damage *d, const struct source *s, const char *what);

#endif
