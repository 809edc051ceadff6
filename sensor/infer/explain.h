/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict in words that a mail administrator understands at three in the morning: what
 * the server did, how that is known, how sure it is, what is not known.
 *
 * Texts are written into the caller's buffer, always NUL-terminated, cut at its end.
 * Peers' octets in them are raw: whoever prints them escapes them (see escape.h,
 * json_out.h).
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "verdict.h"

/* Octets that hold every explanation. */
#define EXPLAIN_MAX 4096
/* Octets of explain_short, NUL included. */
#define EXPLAIN_SHORT_MAX 161

/* One sentence without its subject, for a table: "Relays for strangers: …". */
size_t explain_short(const struct verdict *v, char *out, size_t room);
/* Some sentences: what, how known, since when, how often, what is missing. */
size_t explain_long(const struct verdict *v, char *out, size_t room);
/* One item of evidence: "message for victim.test taken from 198.51.100.66 …". */
size_t explain_evidence(
	const struct verdict *v, const struct evidence *e, char *out, size_t room);
/* One of enum verdict_missing (a single bit): what was not seen, and what would help. */
const char *explain_missing(unsigned bit);

#endif
