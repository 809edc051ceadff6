/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings in words, for a mail administrator: what was seen in a line, what it means,
 * and what to do about it. Texts are written into the caller's buffer, NUL-terminated,
 * cut at its end. Peers' octets in them are raw: whoever prints them escapes them.
 */
#ifndef FINDING_WORDS_H
#define FINDING_WORDS_H

#include "finding.h"

/* Octets that hold every detail, NUL included; every explanation. */
#define FINDING_DETAIL_MAX  400
#define FINDING_EXPLAIN_MAX 1200

/* "198.51.100.66 with nmap smtp-open-relay: 16 tests, 16 refused" without a stop. */
size_t finding_detail(const struct finding *f, char *out, size_t room);
/* Two or three sentences. */
size_t finding_explain(const struct finding *f, char *out, size_t room);
/* One or two sentences. No octet of a peer is in them. Static. */
const char *finding_advice(const struct finding *f);
/* "refused" …; static. */
const char *finding_answer_name(enum finding_answer answer);

#endif
