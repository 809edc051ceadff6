/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line as a syslog message (RFC 5424), whatever its payload is. How messages are told
 * apart on a stream is the transport's business.
 */
#ifndef SYSLOG_FRAME_H
#define SYSLOG_FRAME_H

#include "sensor/base/text_out.h"
#include "sink.h"

/*
 * Appends "<PRI>1 TIME HOST relaytap PID MSGID - " and the text. The time is UTC in
 * microseconds. There is no structured data: all is in the payload. host: of the sensor;
 * what RFC 5424 6.2.4 does not allow in it becomes "_", and none is "-".
 */
void syslog_frame_append(struct text_out *to, uint32_t facility, const char *host,
	const struct sink_line *line);

/* RFC 5424 6.2.1: low notice, medium warning, high error, critical critical. */
unsigned syslog_frame_severity(enum alert_severity severity);

#endif
