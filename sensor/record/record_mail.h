/* SPDX-License-Identifier: Apache-2.0 */
/* What a message's reader tells, into the transaction's record. */
#ifndef RECORD_MAIL_H
#define RECORD_MAIL_H

#include "dissect/mail_message.h"
#include "record.h"
#include "sensor/base/arena.h"

/* Received fields kept of one message: those nearest to the server, newest first. */
#define RECORD_RECEIVED_MAX 8

void record_mail_event(
	struct record_message *m, const struct mail_event *event, struct arena *a);
void record_mail_facts(struct record_message *m, const struct mail_facts *facts);

#endif
