/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An alert as a line for others: ECS, OCSF, CEF, LEEF, EVE, or relaytap's own JSON. Each
 * format has a file of its own (format_ecs.c …); format.c is the table of them.
 *
 * No line holds a line end, a NUL or invalid UTF-8, whatever the peers said.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include "sensor/alert/alert.h"
#include "sensor/base/text_out.h"
#include "sensor/config/config.h"

struct format_options {
	enum config_redact redact; /* format_alert() applies it to all addresses in texts */
	const char *observer;	   /* the sensor's name */
};

/* Appends the line, without a line end. */
void format_alert(enum config_format format, const struct alert *a,
	const struct format_options *o, struct text_out *out);

/*
 * The same for a line of JSON that is no alert (a server, a transaction): what is left of
 * it after redaction.
 */
void format_redacted(
	struct span json, const struct format_options *o, struct text_out *out);

/* "ecs" …; static. */
const char *format_name(enum config_format format);

#endif
