/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first mailbox of From, To, Sender and their like (RFC 5322 3.4): its addr-spec and
 * that one's domain. Display names, comments, routes and groups are stepped over.
 */
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include "dissect.h"

struct mail_address {
	struct span address; /* as written, without brackets; may be empty ("<>") */
	struct span domain;  /* part of address; a literal keeps its brackets */
};

/* False, with *out all empty, if no address is there. Spans point into text. */
bool mail_address_first(struct span text, struct mail_address *out);

/*
 * As above, but takes the mailbox found off *text, so that a list can be walked. False at
 * its end.
 */
bool mail_address_next(struct span *text, struct mail_address *out);

#endif
