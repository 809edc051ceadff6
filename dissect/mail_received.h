/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Received field: how a mail server says it got a message (RFC 5321 4.4).
 *
 * Read as the servers in the field write it. Parts of it are the client's choice (its
 * HELO name, ident, the addresses), so each fact is taken only from where the server
 * itself writes it. Where the field's shape leaves room for doubt (unclosed comments, two
 * by clauses, quotes in the from clause), odd is set and neither address nor
 * authentication is given: unknown is better than forged.
 *
 * The caller decides whether the field is to be believed at all: only the topmost, and
 * only if the peer that sent the message is the one that wrote it.
 */
#ifndef MAIL_RECEIVED_H
#define MAIL_RECEIVED_H

#include "dissect.h"
#include "ip_addr.h"
#include "mail_date.h"
#include "mail_mta.h"
#include "mail_with.h"

enum mail_auth_reason {
	MAIL_AUTH_NOTHING, /* nothing in it tells */
	MAIL_AUTH_KEYWORD, /* RFC 3848: the A in the with clause, or its absence */
	MAIL_AUTH_COMMENT, /* "(Authenticated sender: x)", "(authenticated bits=0)" … */
	MAIL_AUTH_LOCAL,   /* submitted on the host itself: no session to authenticate */
	MAIL_AUTH_HIDDEN,  /* this server writes the same with and without */
	MAIL_AUTH_ODD	   /* the field's shape is in doubt */
};

/* Spans point into the value parsed. Empty or all zero: not told. */
struct mail_received {
	struct span from_helo;
	struct span from_rdns;
	struct ip_addr from_addr;
	struct span by_host;
	struct ip_addr by_addr; /* Exchange: "by NAME (IP)" */
	enum mail_with with;
	struct span with_text; /* as written */
	enum mail_answer authenticated;
	enum mail_auth_reason auth_reason;
	enum mail_answer tls;
	/* The queue id; empty for Exchange, whose id clause is its version. */
	struct span id;
	struct span for_address;   /* without angle brackets */
	struct span envelope_from; /* Exim, Haraka; without angle brackets */
	bool has_envelope_from;	   /* also with "<>", where the span is empty */
	bool local;		   /* submitted on the server's own host */
	enum mail_mta mta;
	bool has_date;
	struct mail_date date;
	bool odd;
};

/* value is unfolded. Always fills *out; false if it is odd or has no by clause. */
bool mail_received_parse(struct span value, struct mail_received *out);

/* "keyword", "comment" …; static. */
const char *mail_auth_reason_name(enum mail_auth_reason reason);

#endif
