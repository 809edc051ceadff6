/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/syslog_frame.h"

#include <unistd.h>

#include "sensor/base/time_text.h"

#define HOST_MAX  255 /* RFC 5424 6: octets */
#define MSGID_MAX 32

/* "2026-11-23T20:22:53.596000": TIME-SECFRAC has six digits at most (RFC 5424 6.2.3). */
#define STAMP_OCTETS 26

unsigned
syslog_frame_severity(enum alert_severity severity)
{
	static const unsigned of[] = {[ALERT_SEVERITY_LOW] = 5,
		[ALERT_SEVERITY_MEDIUM] = 4,
		[ALERT_SEVERITY_HIGH] = 3,
		[ALERT_SEVERITY_CRITICAL] = 2};

	return (size_t)severity < sizeof(of) / sizeof(*of) ? of[severity] : of[0];
}

/* PRINTUSASCII, or the nil value. */
static void
append_field(struct text_out *to, const char *text, size_t most)
{
	size_t n = text ? strnlen(text, most) : 0;

	if (n == 0)
		text_out_char(to, '-');
	for (size_t i = 0; i < n; i++)
		text_out_char(to, text[i] > ' ' && text[i] < 0x7f ? text[i] : '_');
	text_out_char(to, ' ');
}

/*
 * No byte order mark is put before the text (RFC 5424 6.4 would have one before UTF-8):
 * collectors take it for a part of the JSON or of "CEF:", and then parse nothing.
 */
void
syslog_frame_append(struct text_out *to, uint32_t facility, const char *host,
	const struct sink_line *line)
{
	char stamp[TIME_TEXT];

	time_text_write(line->time, stamp);
	text_out_format(to, "<%u>1 %.*sZ ",
		(unsigned)facility * 8 + syslog_frame_severity(line->severity),
		STAMP_OCTETS, stamp);
	append_field(to, host, HOST_MAX);
	text_out_format(to, "relaytap %ld ", (long)getpid());
	append_field(to, line->msgid, MSGID_MAX);
	text_out_text(to, "- ");
	text_out_span(to, line->text);
}
