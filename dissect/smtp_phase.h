/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's phase: which of them wait for the server, and the one place where it
 * changes. Part of smtp_session.
 */
#ifndef SMTP_PHASE_H
#define SMTP_PHASE_H

#include "smtp_session.h"

void smtp_phase_enter(struct smtp_session *s, enum smtp_phase phase);
/* No client octets are taken in it. */
bool smtp_phase_waits(enum smtp_phase phase);
/* It is inside of what may be a message after DATA. */
bool smtp_phase_is_message(enum smtp_phase phase);
/* "command", "data-wait" … Static. */
const char *smtp_phase_name(enum smtp_phase phase);

/* The direction of whoever sends commands, and of whoever replies. */
enum dis_dir smtp_phase_client(const struct smtp_session *s);
enum dis_dir smtp_phase_server(const struct smtp_session *s);

#endif
