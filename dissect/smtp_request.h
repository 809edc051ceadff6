/* SPDX-License-Identifier: Apache-2.0 */
/* A client's line as a command: its events, its slot, what comes behind it. Part of
 * smtp_session. */
#ifndef SMTP_REQUEST_H
#define SMTP_REQUEST_H

#include "smtp_session.h"

void smtp_request_take(struct smtp_session *s, const struct smtp_line *line);
/* The AUTH dialogue is over; code 0: its answer was not seen. */
void smtp_request_end_auth(struct smtp_session *s, uint16_t code);

#endif
