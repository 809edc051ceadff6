/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session's queue of events: one line can cause several, and next gives out one. Part
 * of smtp_session; memory is the session's, spans are those of the line in hand.
 */
#ifndef SMTP_EVENT_H
#define SMTP_EVENT_H

#include "smtp_session.h"

/* A new event at the end, zero but for kind, dir and time. Never NULL. */
struct smtp_event *smtp_event_push(
	struct smtp_session *s, enum smtp_event_kind kind, enum dis_dir dir);
/* The oldest. False if there is none. */
bool smtp_event_pop(struct smtp_session *s, struct smtp_event *out);

void smtp_event_note(struct smtp_session *s, enum smtp_note note, enum dis_dir dir);
/* Once, until smtp_event_renew with that note. */
void smtp_event_note_once(struct smtp_session *s, enum smtp_note note, enum dis_dir dir);

/* A transaction or a message begins: its notes may come again. */
void smtp_event_renew_transaction(struct smtp_session *s);
void smtp_event_renew_message(struct smtp_session *s);

#endif
