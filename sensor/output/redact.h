/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes mail addresses out of texts that peers wrote, for outputs that must not have
 * them. CONFIG_REDACT_LOCAL_PART leaves the domain ("…@victim.test"), CONFIG_REDACT_ALL
 * nothing ("…").
 *
 * Where it is not clear how far an address goes, more is taken, never less: a text may
 * lose a word, an address is not to stay. What cannot be told is a mailbox name that
 * stands alone in a sentence ("bob: unknown user"), without at sign and without brackets.
 *
 * The addresses of tests that relaytap itself proposes (tester@example.net …) stay: they
 * belong to nobody, and the command would be of no use without.
 */
#ifndef REDACT_H
#define REDACT_H

#include "sensor/base/text_out.h"
#include "sensor/config/config.h"

/* What stands for that which was taken out: U+2026. */
#define REDACT_MARK "\xe2\x80\xa6"

/*
 * Appends running text without its addresses: user@domain with quoted and escaped parts,
 * comments and blanks in it, UTF-8 (RFC 6531), address literals, routes, percent and
 * exclamation mark paths, "%40" for the sign, and whatever stands alone in <>, but for <>
 * itself and postmaster. Takes time in proportion to the text.
 */
void redact_text(struct span s, enum config_redact level, struct text_out *out);
/*
 * Likewise so many octets at its head. What follows is not appended, but looked at: an
 * address that begins in the head may end there.
 */
void redact_head(
	struct span s, size_t head, enum config_redact level, struct text_out *out);

/*
 * Appends what is known to be an address or a path, with or without <>: nothing of it is
 * left but its last domain, or nothing but the mark. Empty and <> stay.
 */
void redact_address(struct span s, enum config_redact level, struct text_out *out);

#endif
