/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The octets of a message up to its body, field by field (RFC 5322 2.2).
 *
 * Only fields whose name is in the list below are kept, unfolded; others are counted and
 * stepped over. Nothing of the body is kept: as mail servers do, the reader ends the
 * header at an empty line or at the first line that is no field, which then is the body's
 * first. LF alone ends a line too. "Name :" (obsolete, RFC 5322 4.5) is a field, and an
 * mbox's "From " line at the very top is stepped over.
 *
 * The caller embeds the reader; a field's value points into it.
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

#include "dissect.h"
#include "limits.h"

enum mail_name {
	MAIL_NAME_OTHER, /* never told */
	MAIL_NAME_RECEIVED,
	MAIL_NAME_MESSAGE_ID,
	MAIL_NAME_FROM,
	MAIL_NAME_TO,
	MAIL_NAME_CC,
	MAIL_NAME_SENDER,
	MAIL_NAME_REPLY_TO,
	MAIL_NAME_SUBJECT,
	MAIL_NAME_DATE,
	MAIL_NAME_RETURN_PATH,
	MAIL_NAME_IN_REPLY_TO,
	MAIL_NAME_REFERENCES,
	MAIL_NAME_DELIVERED_TO,
	MAIL_NAME_RESENT_FROM,
	MAIL_NAME_RESENT_TO,
	MAIL_NAME_RESENT_MESSAGE_ID,
	MAIL_NAME_CONTENT_TYPE,
	MAIL_NAME_CONTENT_TRANSFER_ENCODING,
	MAIL_NAME_DKIM_SIGNATURE,
	MAIL_NAME_AUTHENTICATION_RESULTS,
	MAIL_NAME_ARC_SEAL,
	MAIL_NAME_ARC_MESSAGE_SIGNATURE,
	MAIL_NAME_ARC_AUTHENTICATION_RESULTS,
	MAIL_NAME_AUTO_SUBMITTED,
	MAIL_NAME_AUTO_RESPONSE_SUPPRESS,
	MAIL_NAME_PRECEDENCE,
	MAIL_NAME_LIST_ID,
	MAIL_NAME_FAILED_RECIPIENTS,
	MAIL_NAME_ORIGINATING_IP,
	MAIL_NAME_MAILER,
	MAIL_NAME_USER_AGENT,
	MAIL_NAME_SPAM_FLAG,
	MAIL_NAME_SPAM_STATUS,
	MAIL_NAME_SPAM_SCORE,
	MAIL_NAME_COUNT
};

enum mail_header_what {
	MAIL_HEADER_FIELD,
	MAIL_HEADER_END /* once; what follows in the input is the body */
};

struct mail_header_item {
	enum mail_header_what what;
	enum mail_name name; /* FIELD */
	uint32_t index;	     /* FIELD: its place among all fields of the header, from 0 */
	bool cut;	     /* FIELD: longer than MAIL_VALUE_MAX; value is its head */
	bool gap;	     /* FIELD: its end fell into a hole */
	/*
	 * FIELD: unfolded, no blanks at either end. END: the octets of the body's first
	 * line that the reader had taken before it knew. Valid until the next call.
	 */
	struct span value;
};

enum mail_header_state {
	MAIL_HEADER_AT_LINE, /* before the first octet of a line */
	MAIL_HEADER_AT_CR,   /* behind a CR that began a line */
	MAIL_HEADER_IN_NAME,
	MAIL_HEADER_IN_VALUE,
	MAIL_HEADER_IN_SKIP, /* a line nobody wants, up to its LF */
	MAIL_HEADER_IN_BODY
};

struct mail_header {
	enum mail_header_state state;
	enum mail_name name; /* of the field in hand; OTHER: none that is kept */
	bool cut;	     /* of the field in hand */
	bool field_gap;	     /* of the field in hand */
	bool cr;	     /* a CR of the value waits for its LF */
	/* What was odd, for the caller to read: */
	bool gap;	 /* octets were missing */
	bool malformed;	 /* ended by a line that is no field */
	bool over;	 /* ended at MAIL_HEADER_MAX */
	bool complete;	 /* ended by an empty line */
	uint32_t fields; /* begun, kept or not */
	uint64_t octets; /* of the header, its empty line and holes included */
	uint16_t name_len;
	uint16_t value_len;
	uint8_t text[MAIL_NAME_MAX]; /* the line's first octets, until its colon */
	uint8_t value[MAIL_VALUE_MAX];
};

void mail_header_reset(struct mail_header *h);

/*
 * Takes octets off the front of *in. DIS_OK: *out is set; call again. DIS_MORE: all of
 * *in was taken (after END: nothing is). Never DIS_BAD.
 */
enum dis_status mail_header_next(
	struct mail_header *h, struct span *in, struct mail_header_item *out);

/* octets are missing here. The line in hand, and what is left of it behind, is given up.
 */
void mail_header_gap(struct mail_header *h, uint64_t octets);

/* The message is over: what is in hand, then END; then DIS_MORE. */
enum dis_status mail_header_flush(struct mail_header *h, struct mail_header_item *out);

static inline bool
mail_header_is_over(const struct mail_header *h)
{
	return h->state == MAIL_HEADER_IN_BODY;
}

/* "Received", "Message-ID" …; empty for OTHER. Static. */
const char *mail_name_text(enum mail_name name);
/* The one so called (letters in either case), or OTHER. */
enum mail_name mail_name_of(struct span text);

#endif
