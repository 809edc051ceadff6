/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The message that is open in a session, after DATA or over several BDATs: when it
 * opens, its octets and holes, how it ends. Part of smtp_session.
 */
#ifndef SMTP_MESSAGE_H
#define SMTP_MESSAGE_H

#include "smtp_session.h"

/* DATA has its go-ahead: what follows is text. */
void smtp_message_open_data(struct smtp_session *s, uint32_t id);
/* BDAT with that many octets behind it; opens a message, or goes on with the open one. */
void smtp_message_open_chunk(
	struct smtp_session *s, uint32_t id, uint64_t size, bool last);
/* Takes octets of the open message off *in. */
void smtp_message_take_data(struct smtp_session *s, struct span *in);
void smtp_message_take_chunk(struct smtp_session *s, struct span *in);
/* The look-alike that was found is content: goes on behind it. */
void smtp_message_resume(struct smtp_session *s);
/* octets of the client were lost while a message was open (0: unknown how many). */
void smtp_message_gap_data(struct smtp_session *s, uint64_t octets);
/* The same for a chunk. False if the gap went over its end: the place is lost. */
bool smtp_message_gap_chunk(struct smtp_session *s, uint64_t octets);
/*
 * The server answers while text is still being sent: at a look-alike that is where it saw
 * the end; anywhere else the end was lost, and the client's place with it.
 */
void smtp_message_cut(struct smtp_session *s);
/* Ends the message, if one is open. */
void smtp_message_close(struct smtp_session *s, bool complete);

/* Octets that nobody wanted; of a chunk no more than it has left. */
void smtp_message_skip_data(
	struct smtp_session *s, uint64_t octets, const uint8_t before[3]);
void smtp_message_skip_chunk(struct smtp_session *s, uint64_t octets);

#endif
