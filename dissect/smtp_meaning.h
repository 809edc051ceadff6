/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reply means, beyond its code: which mail server speaks, why it refuses, under
 * which id it has queued a message. Texts as measured on real servers; a text that is not
 * known leaves the code to speak alone.
 */
#ifndef SMTP_MEANING_H
#define SMTP_MEANING_H

#include "smtp_reply.h"

enum smtp_mta {
	SMTP_MTA_UNKNOWN,
	SMTP_MTA_POSTFIX,
	SMTP_MTA_EXIM,
	SMTP_MTA_SENDMAIL,
	SMTP_MTA_OPENSMTPD,
	SMTP_MTA_EXCHANGE,
	SMTP_MTA_QMAIL,
	SMTP_MTA_COURIER,
	SMTP_MTA_HARAKA,
	SMTP_MTA_STALWART,
	SMTP_MTA_MDAEMON,
	SMTP_MTA_HMAIL,
	SMTP_MTA_LOTUS,
	SMTP_MTA_GMAIL,
	SMTP_MTA_COUNT
};

/* "Postfix" …; NULL for SMTP_MTA_UNKNOWN. Static. */
const char *smtp_mta_name(enum smtp_mta mta);
/* The one whose smtp_mta_name is name, or SMTP_MTA_UNKNOWN. */
enum smtp_mta smtp_mta_of_name(struct span name);

/* From the greeting's text (all after "220 "). */
enum smtp_mta smtp_mta_of_banner(struct span text);
/* From any later reply: one server's own wording. Weak: use when no banner tells. */
enum smtp_mta smtp_mta_of_reply(const struct smtp_reply *reply);
/*
 * First word of the greeting if it looks like a host name or literal, else empty. A name
 * without a dot only where "ESMTP" or the like follows.
 */
struct span smtp_banner_host(struct span text);

/* What became of a recipient (or of MAIL, or of the message). */
enum smtp_result {
	SMTP_RESULT_UNKNOWN,	    /* no reply seen */
	SMTP_RESULT_ACCEPTED,	    /* 2xx; 251 too; 3xx: go on */
	SMTP_RESULT_WEAK,	    /* 252: will try */
	SMTP_RESULT_REFUSED_RELAY,  /* we do not relay (for you) */
	SMTP_RESULT_REFUSED_AUTH,   /* authenticate (or use TLS) first: 530, 5.7.0, 538 */
	SMTP_RESULT_REFUSED_USER,   /* no such mailbox here: 5.1.x */
	SMTP_RESULT_REFUSED_POLICY, /* blocklist, SPF, content, sender rejected … */
	SMTP_RESULT_REFUSED_SYNTAX, /* 500–504, 555, 5.5.x, 5.1.3 */
	SMTP_RESULT_REFUSED_OTHER,  /* 5xx that says nothing more */
	SMTP_RESULT_DEFERRED_GREYLIST,
	SMTP_RESULT_DEFERRED, /* 4xx else; 421 */
	SMTP_RESULT_COUNT
};

/*
 * The reply to RCPT (or to MAIL, DATA, end of data, if that is where the refusal came).
 * Postfix's "454 4.7.1 … Relay access denied" is REFUSED_RELAY. OpenSMTPD's "550 Invalid
 * recipient" is one text for two reasons: REFUSED_OTHER. 5.7.1 without a telling text
 * counts as REFUSED_RELAY, which holds for RCPT; after the message it is rather policy.
 */
enum smtp_result smtp_result_of_reply(const struct smtp_reply *reply);
bool smtp_result_is_refusal(enum smtp_result result);
/* "accepted", "refused-relay", … Static. */
const char *smtp_result_name(enum smtp_result result);
enum smtp_result smtp_result_of_name(struct span name);

/*
 * The id under which the server took the message, out of its 2xx reply after the end of
 * data: "Ok: queued as X", "OK id=X", "X Message accepted for delivery", "queued mail for
 * delivery" with "[InternalId=X …", qmail's "ok 123 qp 456" (as "123 qp 456") … Empty if
 * none. Points into the reply's text.
 */
struct span smtp_queue_id(const struct smtp_reply *reply);

/*
 * A blocklist named in a refusal ("blocked using zen.spamhaus.org"): its domain or name,
 * part of the text; empty if none.
 */
struct span smtp_blocklist_name(struct span text);

/*
 * The address the server says it has taken, where a 2xx reply to RCPT repeats one
 * ("250 2.1.5 relaytest%contoso.net@northwind.test"): an acceptance of that one. Empty if
 * none.
 */
struct span smtp_reply_address(const struct smtp_reply *reply);

#endif
