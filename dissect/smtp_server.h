/* SPDX-License-Identifier: Apache-2.0 */
/* The server's octets: lines, replies, TLS, holes, the end. Part of smtp_session. */
#ifndef SMTP_SERVER_H
#define SMTP_SERVER_H

#include "smtp_session.h"

/* Takes some of what is left. False if none can be taken now. */
bool smtp_server_step(struct smtp_session *s);
/*
 * Octets of the client that the last reply has set free come first, for what the server
 * said next is its answer to them.
 */
bool smtp_server_waits(const struct smtp_session *s);
void smtp_server_gap(struct smtp_session *s);
void smtp_server_end(struct smtp_session *s);

#endif
