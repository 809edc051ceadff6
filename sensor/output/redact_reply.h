/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Takes what servers replied out of the sentences in which relaytap quotes it. A reply
 * may call a mailbox by its bare name ("550 bob: unknown user"), which redact.h cannot
 * tell: with CONFIG_REDACT_ALL the code stays, and the mark stands for the text.
 *
 * Replies are known by what the sentences have around them, so that texts that were kept
 * long ago are redacted as well. Where a reply ends is up to the server that made it:
 * what may belong to it is taken, never less.
 */
#ifndef REDACT_REPLY_H
#define REDACT_REPLY_H

#include "redact.h"

/*
 * An item of evidence, which a reply may end ("… refused to 198.51.100.66: 550 no"):
 * appended as redact_text() does, with CONFIG_REDACT_ALL without the reply.
 */
void redact_evidence(struct span s, enum config_redact level, struct text_out *out);

/*
 * Any other sentences of explain.h, which may quote the last refusal ("… 20:22:53 UTC
 * (550 no)."), and all that holds none: likewise.
 */
void redact_sentence(struct span s, enum config_redact level, struct text_out *out);

#endif
