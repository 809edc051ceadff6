/* SPDX-License-Identifier: Apache-2.0 */
#include "format.h"

#include "format_part.h"
#include "redact_alert.h"
#include "redact_json.h"
#include "sensor/alert/alert_json.h"

static void
format_relaytap(const struct alert *a, const struct format_options *o, struct json_out *j)
{
	(void)o;
	alert_write(a, j);
}

/* One of the two writes it. */
static const struct format {
	const char *name;
	void (*json)(
		const struct alert *, const struct format_options *, struct json_out *);
	void (*plain)(
		const struct alert *, const struct format_options *, struct text_out *);
} formats[] = {
	[CONFIG_FORMAT_ECS] = {"ecs", format_ecs, NULL},
	[CONFIG_FORMAT_OCSF] = {"ocsf", format_ocsf, NULL},
	[CONFIG_FORMAT_CEF] = {"cef", NULL, format_cef},
	[CONFIG_FORMAT_LEEF] = {"leef", NULL, format_leef},
	[CONFIG_FORMAT_EVE] = {"eve", format_eve, NULL},
	[CONFIG_FORMAT_RELAYTAP] = {"relaytap", format_relaytap, NULL},
};

static void
write_alert(const struct format *f, const struct alert *a, const struct format_options *o,
	struct text_out *out)
{
	struct json_out j;

	if (f->plain) {
		f->plain(a, o, out);
		return;
	}
	json_out_init(&j);
	f->json(a, o, &j);
	text_out_span(out, span_of(j.at, j.used));
	json_out_free(&j);
}

void
format_alert(enum config_format format, const struct alert *a,
	const struct format_options *o, struct text_out *out)
{
	struct alert *redacted;

	if (o->redact == CONFIG_REDACT_NONE) {
		write_alert(&formats[format], a, o, out);
		return;
	}
	redacted = redact_alert(a, o->redact);
	write_alert(&formats[format], redacted, o, out);
	alert_free(redacted);
}

void
format_redacted(struct span json, const struct format_options *o, struct text_out *out)
{
	if (o->redact == CONFIG_REDACT_NONE)
		text_out_span(out, span_trim(json));
	else
		redact_json(span_trim(json), o->redact, out);
}

const char *
format_name(enum config_format format)
{
	return formats[format].name;
}
