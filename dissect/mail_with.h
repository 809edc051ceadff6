/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The protocol keyword of a Received field (RFC 5321 4.4 "With", RFC 3848, RFC 6531 4.3,
 * and words in the field), and what it says of authentication and TLS.
 */
#ifndef MAIL_WITH_H
#define MAIL_WITH_H

#include "dissect.h"

enum mail_answer {
	MAIL_UNKNOWN,
	MAIL_NO,
	MAIL_YES
};

enum mail_with {
	MAIL_WITH_NONE, /* no such clause */
	MAIL_WITH_SMTP,
	MAIL_WITH_SMTPS, /* Exim: HELO inside TLS */
	MAIL_WITH_ESMTP,
	MAIL_WITH_ESMTPS,
	MAIL_WITH_ESMTPA,
	MAIL_WITH_ESMTPSA,
	MAIL_WITH_LMTP,
	MAIL_WITH_LMTPS,
	MAIL_WITH_LMTPA,
	MAIL_WITH_LMTPSA,
	MAIL_WITH_UTF8SMTP,
	MAIL_WITH_UTF8SMTPS,
	MAIL_WITH_UTF8SMTPA,
	MAIL_WITH_UTF8SMTPSA,
	MAIL_WITH_UTF8LMTP,
	MAIL_WITH_UTF8LMTPS,
	MAIL_WITH_UTF8LMTPA,
	MAIL_WITH_UTF8LMTPSA,
	MAIL_WITH_ASMTP, /* Exim before 4.50: authenticated */
	MAIL_WITH_LOCAL, /* Exim, Courier: a program on the same host */
	MAIL_WITH_HTTP,
	MAIL_WITH_HTTPS,
	MAIL_WITH_MAPI,
	MAIL_WITH_MICROSOFT, /* "Microsoft SMTP Server" */
	MAIL_WITH_POP3,
	MAIL_WITH_IMAP,
	MAIL_WITH_OTHER,
	MAIL_WITH_COUNT
};

/* In either case of letters; empty gives NONE. */
enum mail_with mail_with_of(struct span text);
/* "ESMTPSA" …; empty for NONE, "other" for OTHER. Static. */
const char *mail_with_name(enum mail_with with);

/* What the keyword alone says: UNKNOWN outside the SMTP and LMTP families. */
enum mail_answer mail_with_auth(enum mail_with with);
enum mail_answer mail_with_tls(enum mail_with with);

#endif
