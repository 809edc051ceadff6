/* SPDX-License-Identifier: Apache-2.0 */
/* What the makers of alerts and the gate share. Not for other folders. */
#ifndef ALERT_PARTS_H
#define ALERT_PARTS_H

#include "alert.h"
#include "sensor/infer/infer.h"
#include "sensor/infer/verdict.h"

/* Sets rule and title to those of a kind of relay; nothing for other kinds. */
void alert_verdict_rule(struct alert *a, enum verdict_kind kind);

/* The identity that v is about, as its server has it. NULL: it is gone. */
struct identity *alert_verdict_identity(const struct verdict *v);
/* Clients, foreign domains and next hops of the messages that v is about. */
void alert_verdict_who(struct alert *a, struct infer *in, const struct verdict *v);

/*
 * The detail that says of a's server what text says: "mail.corp.test (203.0.113.11:25)
 * relays for strangers", where text is "Relays for strangers" and a sentence without its
 * subject; else "mail.corp.test (203.0.113.11:25): text".
 */
struct span alert_words_of_server(struct alert *a, struct span text, bool sentence);
/* How much there was since the alert before, at the end of the detail. */
void alert_words_since(struct alert *a, uint64_t before);
/* Detail and explanation of a trouble's end begin with the trouble: kind is what it was.
 */
void alert_words_closed(struct alert *a, enum verdict_kind kind);

#endif
