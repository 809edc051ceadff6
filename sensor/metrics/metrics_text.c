/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/metrics/metrics.h"

#include <inttypes.h>
#include <math.h>

#include "sensor/base/escape.h"

/*
 * Prometheus' text format, version 0.0.4: "# HELP name text", "# TYPE name type", and
 * samples "name{label="value"} number". All of a family stand together.
 */
#define PREFIX "relaytap_"

/* A label's octets that count; a longer one is cut. */
#define LABEL_MAX 256u

/* Of a help text: backslash and line feed. Ours, but it costs nothing. */
static void
help_write(struct text_out *out, const char *help)
{
	for (; *help; help++)
		if (*help == '\n')
			text_out_text(out, "\\n");
		else if (*help == '\\')
			text_out_text(out, "\\\\");
		else
			text_out_char(out, *help);
}

void
metrics_family(struct text_out *out, const char *name, const char *type, const char *help)
{
	text_out_format(out, "# HELP " PREFIX "%s ", name);
	help_write(out, help);
	text_out_format(out, "\n# TYPE " PREFIX "%s %s\n", name, type);
}

static void
name_write(struct text_out *out, const char *name, const char *labels)
{
	text_out_format(out, PREFIX "%s", name);
	if (labels && *labels)
		text_out_format(out, "{%s}", labels);
	text_out_char(out, ' ');
}

void
metrics_uint(struct text_out *out, const char *name, const char *labels, uint64_t value)
{
	name_write(out, name, labels);
	text_out_format(out, "%" PRIu64 "\n", value);
}

void
metrics_double(struct text_out *out, const char *name, const char *labels, double value)
{
	name_write(out, name, labels);
	if (isnan(value))
		text_out_text(out, "NaN\n");
	else if (isinf(value))
		text_out_text(out, value > 0 ? "+Inf\n" : "-Inf\n");
	else
		text_out_format(out, "%.10g\n", value);
}

/*
 * A value is UTF-8, with backslash, quote and line feed escaped; one octet that is none
 * would make the whole page unreadable. So it goes through the escape for terminals
 * first.
 */
void
metrics_label(struct text_out *labels, const char *key, struct span value)
{
	char text[4 * LABEL_MAX + 1];
	const char *at = text;

	escape_text(span_slice(value, 0, LABEL_MAX), text, sizeof(text));
	text_out_format(labels, "%s%s=\"", labels->used ? "," : "", key);
	for (; *at; at++) {
		if (*at == '\\' || *at == '"')
			text_out_char(labels, '\\');
		text_out_char(labels, *at);
	}
	text_out_char(labels, '"');
}
