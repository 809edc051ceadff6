/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The from clause of a Received field: who handed the message over (RFC 5321 4.4).
 *
 * Two hands write it. The name a client gave in HELO is the client's own choice; the
 * address is the server's knowledge, and its place differs by server:
 *
 *	HELO (RDNS [IP])		Postfix, Sendmail, OpenSMTPD, Gmail, Haraka …
 *	HELO (IDENT:user@RDNS [IP] (may be forged))	Sendmail
 *	[IP] (helo=HELO)		Exim
 *	RDNS ([IP] helo=HELO ident=user)	Exim
 *	RDNS (HELO name) (ident@IP)	qmail
 *	HELO (IP)			Exchange
 *	[IP] (account user HELO name)	CommuniGate Pro
 *
 * So the address is read from the last comment that has exactly such a form. A comment
 * before it is the client's; a note on authentication counts only behind it.
 */
#ifndef MAIL_FROM_H
#define MAIL_FROM_H

#include "dissect.h"
#include "ip_addr.h"

struct mail_from {
	struct span helo;    /* as the client said; empty if not told */
	struct span rdns;    /* the server's look-up; empty if not told or "unknown" */
	struct ip_addr addr; /* all zero: not told */
	/* An address that stands alone, where either the server or the client put it. */
	struct ip_addr bare;
	struct span account; /* CommuniGate Pro's login; empty if none */
	bool local;	     /* [local], [unix socket]: no network */
	bool tls;	     /* a comment says so */
	bool auth;	     /* a comment says so */
	bool helo_comment;   /* "(HELO name)": qmail's form and its kin */
	uint8_t addrs;	     /* comments in an address's form, counted up to 255 */
	bool odd; /* quotes, angle brackets, unclosed comments: trust nothing */
};

/* clause is what stands between "from" and "by". Spans point into it. */
void mail_from_parse(struct span clause, struct mail_from *out);

/* Comments on a session that servers write, wherever they stand. */
bool mail_comment_is_auth(struct span comment);
bool mail_comment_is_tls(struct span comment);

#endif
