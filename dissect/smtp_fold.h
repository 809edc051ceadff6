/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reply's text made comparable: small letters, single blanks, lines joined, and every
 * address replaced by "@", so that a mailbox named "spam" does not make a refusal look
 * like one for spam, and "Relaying to <a@b> denied" is one phrase for all addresses.
 *
 * The text is copied; the caller's may go. Only its first SMTP_FOLD_MAX octets count.
 */
#ifndef SMTP_FOLD_H
#define SMTP_FOLD_H

#include "dissect.h"
#include "limits.h"

struct smtp_fold {
	size_t len;
	char text[SMTP_FOLD_MAX];
};

void smtp_fold_init(struct smtp_fold *f, struct span text);

/* phrase is given in small letters, with single blanks. */
bool smtp_fold_has(const struct smtp_fold *f, struct span phrase);

/*
 * As a word of its own: "relay" is not in "relays", "relay.isp.test" or "no-relay", but
 * is in "relay." and "(relay)".
 */
bool smtp_fold_has_word(const struct smtp_fold *f, struct span word);

#endif
