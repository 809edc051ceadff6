/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first word of a command line. DATABASE is not DATA: words are compared whole, and
 * a verb nobody knows is SMTP_VERB_OTHER, which has a reply like any other.
 */
#ifndef SMTP_VERB_H
#define SMTP_VERB_H

#include "dissect.h"

enum smtp_verb {
	SMTP_VERB_OTHER,
	SMTP_VERB_HELO,	    /* RFC 5321 4.1.1.1 */
	SMTP_VERB_EHLO,	    /* RFC 5321 4.1.1.1 */
	SMTP_VERB_LHLO,	    /* RFC 2033 4.1 */
	SMTP_VERB_MAIL,	    /* RFC 5321 4.1.1.2 */
	SMTP_VERB_RCPT,	    /* RFC 5321 4.1.1.3 */
	SMTP_VERB_DATA,	    /* RFC 5321 4.1.1.4 */
	SMTP_VERB_BDAT,	    /* RFC 3030 2 */
	SMTP_VERB_RSET,	    /* RFC 5321 4.1.1.5 */
	SMTP_VERB_VRFY,	    /* RFC 5321 4.1.1.6 */
	SMTP_VERB_EXPN,	    /* RFC 5321 4.1.1.7 */
	SMTP_VERB_HELP,	    /* RFC 5321 4.1.1.8 */
	SMTP_VERB_NOOP,	    /* RFC 5321 4.1.1.9 */
	SMTP_VERB_QUIT,	    /* RFC 5321 4.1.1.10 */
	SMTP_VERB_AUTH,	    /* RFC 4954 4 */
	SMTP_VERB_STARTTLS, /* RFC 3207 4 */
	SMTP_VERB_ANONTLS,  /* X-ANONYMOUSTLS, Exchange: TLS without certificate check */
	SMTP_VERB_ETRN,	    /* RFC 1985 */
	SMTP_VERB_TURN,	    /* RFC 821 4.1.1; roles change after its 250 */
	SMTP_VERB_ATRN,	    /* RFC 2645 */
	SMTP_VERB_SEND,	    /* RFC 821 3.4, and the next two: MAIL under other names */
	SMTP_VERB_SOML,
	SMTP_VERB_SAML,
	SMTP_VERB_BURL,	    /* RFC 4468: the message comes from elsewhere */
	SMTP_VERB_XCLIENT,  /* Postfix XCLIENT_README */
	SMTP_VERB_XFORWARD, /* Postfix XFORWARD_README */
	SMTP_VERB_XEXCH50,  /* Exchange: followed by a binary blob after its 354 */
	SMTP_VERB_XEXPS,    /* X-EXPS, Exchange: AUTH under another name */
	SMTP_VERB_COUNT
};

struct smtp_command {
	enum smtp_verb verb;
	struct span word; /* the verb as sent */
	struct span args; /* what follows, blanks at both ends removed */
};

/* Any line is a command; an empty one is SMTP_VERB_OTHER with an empty word. */
void smtp_command_parse(struct span line, struct smtp_command *out);

/* "MAIL"; SMTP_VERB_OTHER is "OTHER". Static. */
const char *smtp_verb_name(enum smtp_verb verb);

#endif
