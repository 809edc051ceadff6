/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parts of sentences that several explanations share, and the explanations of what counts
 * as a relay. Parts of explain.c.
 */
#ifndef EXPLAIN_PARTS_H
#define EXPLAIN_PARTS_H

#include "prose.h"

/* "victim.test is not its own: the mail exchangers that DNS gives for it …" without a
 * stop. */
void explain_domain(struct prose *p, const struct evidence *e);
/* "The queue id X that it gave to … stands in …" with a stop; nothing if nothing ties. */
void explain_tie(struct prose *p, const struct verdict *v, const struct evidence *e);
/* How a stranger writes his envelope to be relayed, by example; bit is of enum trick. */
void explain_trick(struct prose *p, const struct verdict *v, unsigned bit);
/* "percent hack", "forged local sender" …: a trick in two or three words. Static. */
const char *explain_trick_short(unsigned bit);

/* The verdicts that raise an alert, and the one that did. */
void explain_open_relay(struct prose *p, const struct verdict *v);
void explain_partial_relay(struct prose *p, const struct verdict *v);
void explain_open_submission(struct prose *p, const struct verdict *v);
void explain_remediated(struct prose *p, const struct verdict *v);

/* The evidence of that kind that is told first; NULL: there is none. */
const struct evidence *explain_first(const struct verdict *v, enum evidence_kind kind);
/* The message that was followed furthest, by the strongest tie; NULL: none was taken. */
const struct evidence *explain_furthest(const struct verdict *v);
/* "2 clients were refused, last 2026-11-23 20:22:53 UTC (550 relay not permitted)". */
void explain_denials(struct prose *p, const struct verdict *v);
/* A refusal or acceptance as the server worded it, "550 text"; false: not known. */
bool explain_reply(struct prose *p, const struct evidence *e);

#endif
