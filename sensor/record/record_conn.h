/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the events of a session tell of the connection as a whole: who greets, what is
 * offered, who authenticated, whether it went dark. A part of record_build.c, which owns
 * the builder.
 */
#ifndef RECORD_CONN_H
#define RECORD_CONN_H

#include "record_build.h"

void record_conn_event(struct record_builder *b, const struct smtp_event *e);
void record_conn_command(struct record_builder *b, const struct smtp_event *e);
void record_conn_reply(struct record_builder *b, const struct smtp_event *e);
void record_conn_note(struct record_builder *b, const struct smtp_event *e);
/* in_body: the hole is inside a message, where no AUTH can be. */
void record_conn_lost(struct record_builder *b, const struct smtp_event *e, bool in_body);

/* The server's own address, to be looked for in a message. Borrowed from b. */
struct mail_needles record_conn_needles(struct record_builder *b);

#endif
