/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What octets look like, where their place in the conversation does not tell: an SMTP
 * command, another protocol, TLS. Guesses all of them, so the least that convinces.
 */
#ifndef SMTP_HINT_H
#define SMTP_HINT_H

#include "dissect.h"

/*
 * The head of a line: DIS_OK if it can only be a command (verb and what must follow it),
 * DIS_BAD if it cannot be one, DIS_MORE if it is too short to say (16 octets suffice).
 */
enum dis_status smtp_hint_command(struct span head);
/* The same of a whole line without its end. */
bool smtp_hint_is_command(struct span line);

/* The first line of a client that speaks FTP, HTTP, POP3, IMAP, SSH or binary. */
bool smtp_hint_is_foreign(struct span line);

/* The first octet of a TLS record (RFC 8446 5.1), where text is the other choice. */
bool smtp_hint_is_tls(uint8_t first);

#endif
