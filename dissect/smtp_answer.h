/* SPDX-License-Identifier: Apache-2.0 */
/* A reply: which command it answers, and what that changes. Part of smtp_session. */
#ifndef SMTP_ANSWER_H
#define SMTP_ANSWER_H

#include "smtp_session.h"

void smtp_answer_take(struct smtp_session *s, struct smtp_reply *reply);

#endif
