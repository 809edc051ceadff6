/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is odd about a conversation, and the names of it. A note is an observation and
 * never stops a session.
 */
#ifndef SMTP_NOTE_H
#define SMTP_NOTE_H

#include "dissect.h"

enum smtp_note {
	/* These five once a transaction (from MAIL to MAIL) at most: */
	SMTP_NOTE_BARE_LF,   /* a command or reply line ended by LF alone */
	SMTP_NOTE_BARE_CR,   /* a CR inside a command line */
	SMTP_NOTE_NUL,	     /* a NUL inside a command line */
	SMTP_NOTE_LONG_LINE, /* a command or reply line over its bound */
	SMTP_NOTE_UNKNOWN_VERB,
	/* Once a message at most, in its first SMTP_BODY_CHECKED octets or before a dot:
	 */
	SMTP_NOTE_BODY_BARE_LF, /* a message line ended by LF alone */
	SMTP_NOTE_BODY_BARE_CR, /* a CR inside a message line */
	/* End-of-data look-alikes inside a message (SMTP smuggling), one a kind: */
	SMTP_NOTE_SMUGGLE_LF_DOT_LF,   /* <LF>.<LF> */
	SMTP_NOTE_SMUGGLE_LF_DOT_CRLF, /* <LF>.<CRLF> */
	SMTP_NOTE_SMUGGLE_CRLF_DOT_LF, /* <CRLF>.<LF> */
	SMTP_NOTE_SMUGGLE_CR_DOT_CR,   /* <CR>.<CR> and its mixtures with a bare CR */
	SMTP_NOTE_SMUGGLE_NUL_DOT,     /* <CRLF><NUL>.<CRLF> */
	SMTP_NOTE_ODD_END_TAKEN,       /* one of these did end it: the server answered */
	SMTP_NOTE_PIPELINED_TLS,  /* client octets behind STARTTLS in clear (injection) */
	SMTP_NOTE_REPLY_INJECTED, /* server octets behind the 220 to STARTTLS in clear */
	SMTP_NOTE_TLS_REFUSED,	  /* STARTTLS answered by something else than 220 */
	SMTP_NOTE_TLS_BROKEN,	  /* 220, but clear text went on */
	SMTP_NOTE_TLS_UNASKED,	  /* a TLS hello, though the server spoke in clear */
	SMTP_NOTE_EARLY_TALKER,	  /* the client spoke before the greeting */
	SMTP_NOTE_PIPELINED_EARLY, /* pipelined though not offered; once a session */
	SMTP_NOTE_BAD_BDAT,	   /* a BDAT size that is no number, or too large */
	SMTP_NOTE_BDAT_UNFINISHED, /* MAIL, RSET or the end came before BDAT LAST */
	SMTP_NOTE_REPLY_STRAY,	   /* a reply to no command */
	SMTP_NOTE_REPLY_BAD,	/* a server line that is no reply; once a transaction */
	SMTP_NOTE_CODES_VARY,	/* a multi-line reply with different codes */
	SMTP_NOTE_PENDING_FULL, /* SMTP_PENDING_MAX commands without a reply */
	SMTP_NOTE_AUTH_CANCELLED,
	SMTP_NOTE_BAD_PROXY,	/* looks like a PROXY header and is none */
	SMTP_NOTE_DATA_ASSUMED, /* DATA's answer was not seen; a body was assumed */
	SMTP_NOTE_COUNT
};

/* "smuggling:lf-dot-crlf" … Static; "" for what is no note. */
const char *smtp_note_name(enum smtp_note note);
/* The note with that name, or SMTP_NOTE_COUNT. */
enum smtp_note smtp_note_of_name(struct span name);

#endif
