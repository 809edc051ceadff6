/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_damage.h"

#include <stdarg.h>
#include <stdio.h>

enum capture_status
capture_damage_note(struct capture_damage *d, const struct source *s, uint64_t offset,
	const char *format, ...)
{
	va_list args;

	d->offset = offset;
	/* Not compressed: one and the same, wherever the reader has got to meanwhile. */
	d->raw = s->codec ? source_raw_offset(s) : offset;
	va_start(args, format);
	vsnprintf(d->reason, sizeof(d->reason), format, args);
	va_end(args);
	return CAPTURE_DAMAGED;
}

enum capture_status
capture_damage_short(struct capture_damage *d, const struct source *s, const char *what)
{
	uint64_t offset = source_offset(s);

	if (s->state == SOURCE_FAILED) {
		capture_damage_note(d, s, offset, "cannot read on: %s", s->reason);
		return CAPTURE_ERROR;
	}
	if (s->state == SOURCE_DAMAGED)
		return capture_damage_note(d, s, offset, "%s", s->reason);
	if (source_ready(s) == 0)
		return CAPTURE_END;
	return capture_damage_note(d, s, offset,
		"cut short: the file ends %zu octets into %s", source_ready(s), what);
}
