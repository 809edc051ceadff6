/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real client, where a proxy or a front server names it: a PROXY header before the
 * first command, XCLIENT and XFORWARD. Part of smtp_session.
 */
#ifndef SMTP_FRONT_H
#define SMTP_FRONT_H

#include "smtp_session.h"

/*
 * Looks at the client's first octets, one by one, and takes them into peek. DIS_OK: they
 * were a PROXY header, which has been told; s->left octets of it are to be skipped.
 * DIS_BAD: they are none. DIS_MORE: too few.
 */
enum dis_status smtp_front_take_header(struct smtp_session *s, struct span *in);

/* Keeps the arguments of XCLIENT or XFORWARD until the server has accepted them. */
void smtp_front_keep(struct smtp_session *s, struct span args, uint32_t id);
/* The command with that number was accepted: tells what it said. */
void smtp_front_tell(struct smtp_session *s, enum smtp_verb verb, uint32_t id);

#endif
