/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client's octets are in each phase, and what becomes of a phase when octets
 * are lost, when the server's answer will not be seen, and at the end. Part of
 * smtp_session.
 */
#ifndef SMTP_CLIENT_H
#define SMTP_CLIENT_H

#include "smtp_session.h"

/* Takes some of what is left. False if none can be taken now. */
bool smtp_client_step(struct smtp_session *s);
/* The server's answer was no go-ahead: what follows are commands again. */
void smtp_client_go_on(struct smtp_session *s);
/* Decides without the server what is waited for. */
void smtp_client_press(struct smtp_session *s);
void smtp_client_gap(struct smtp_session *s, uint64_t octets);
void smtp_client_end(struct smtp_session *s);
/* The session is over: what dir has sent is TLS. */
void smtp_client_enter_tls(struct smtp_session *s, enum dis_dir dir);

#endif
