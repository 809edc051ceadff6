/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MAIL's reverse-path and RCPT's forward-path (RFC 5321 4.1.2), with the forms that
 * relay testers and spammers use, each told apart, and the ESMTP parameters after them.
 *
 * Nothing is normalised away: raw is as sent. Where a form carries mail further (percent
 * hack, bang path, source route, double at, quoted address), target is the mailbox that a
 * server which falls for the trick would send to.
 */
#ifndef SMTP_PATH_H
#define SMTP_PATH_H

#include "dissect.h"
#include "limits.h"

enum smtp_form {
	SMTP_FORM_MALFORMED,	/* none of the below */
	SMTP_FORM_PLAIN,	/* <user@domain> */
	SMTP_FORM_NULL,		/* <> */
	SMTP_FORM_POSTMASTER,	/* <postmaster>, RFC 5321 4.5.1 */
	SMTP_FORM_NO_DOMAIN,	/* <user> */
	SMTP_FORM_LITERAL,	/* <user@[192.0.2.1]> */
	SMTP_FORM_QUOTED,	/* <"a b"@domain> or <"user@domain">: see inner */
	SMTP_FORM_PERCENT,	/* <user%domain@host> or <user%domain> */
	SMTP_FORM_BANG,		/* <domain!user@host> or <domain!user> */
	SMTP_FORM_SOURCE_ROUTE, /* <@host:user@domain>, RFC 5321 appendix C */
	SMTP_FORM_MULTI_HOP,	/* <@host1,@host2:user@domain> */
	SMTP_FORM_DOUBLE_AT,	/* <user@domain@host> */
	SMTP_FORM_TRAILING_AT,	/* <user@domain@> */
	SMTP_FORM_LOCALHOST,	/* <user@localhost>, <user@localhost.localdomain> */
	SMTP_FORM_COUNT
};

/* What the last hop of the path, right of the last @ (or the route's first host), is. */
enum smtp_via {
	SMTP_VIA_NONE,
	SMTP_VIA_HOST,
	SMTP_VIA_LITERAL
};

struct smtp_path {
	enum smtp_form form;
	/*
	 * For SMTP_FORM_QUOTED: the form of what stands inside the quotes (PLAIN,
	 * PERCENT, BANG, …; NO_DOMAIN for an ordinary quoted local part). Else equal to
	 * form.
	 */
	enum smtp_form inner;
	enum smtp_via via;
	struct span raw;    /* as sent, with its brackets if it had them */
	struct span params; /* what follows: "SIZE=100 BODY=8BITMIME" */
	/*
	 * Canonical text, domain in lower case, quotes that are not needed removed, route
	 * removed: "user@domain". Points into text below, so a copy of the struct must be
	 * re-parsed, not memcpy'd. Empty for null and malformed.
	 */
	struct span address;
	struct span local;  /* part of address */
	struct span domain; /* part of address; a literal keeps its brackets */
	struct span target; /* "user@domain" the trick leads to; else equal to address */
	struct span target_domain; /* its domain; empty if the form names none */
	bool no_brackets;	   /* sent without <> (RFC 5321 forbids, clients do it) */
	bool blank_before;	   /* "FROM: <": a blank that RFC 5321 does not allow */
	bool utf8;		   /* holds octets above 127 (RFC 6531) */
	char text[2 * SMTP_PATH_MAX];
};

/*
 * args is what follows MAIL or RCPT ("FROM:<a@b> SIZE=1", "TO:<a@b>"); keyword is "FROM"
 * or "TO". Always fills *out; false if it is malformed (then raw is all of args).
 */
bool smtp_path_parse(struct span args, const char *keyword, struct smtp_path *out);

/* One ESMTP parameter (RFC 5321 4.1.2): keyword and, after '=', value (else empty). */
struct smtp_param {
	struct span keyword;
	struct span value;
};

/* Takes one off the front of *params. False when none is left. */
bool smtp_param_next(struct span *params, struct smtp_param *out);

/* RFC 3461 4 xtext into out[room], NUL-terminated. Returns octets written. */
size_t smtp_xtext_decode(struct span text, char *out, size_t room);

/* "plain", "null", "source-route" … Static. */
const char *smtp_form_name(enum smtp_form form);
/* The form with that name, or SMTP_FORM_COUNT. */
enum smtp_form smtp_form_of_name(struct span name);
/* "none", "host", "literal". */
const char *smtp_via_name(enum smtp_via via);

#endif
