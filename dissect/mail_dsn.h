/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bounces: what a delivery status notification says of each recipient (RFC 3464), which
 * message it returns (RFC 3462), and the same of two that are plain text: qmail's
 * (qmail-send's bounce format) and Exim's before it wrote multipart/report.
 *
 * Only the parts message/delivery-status, and the returned message's header for its
 * Message-ID, are read, at the top level; a text part only once its first lines are those
 * of qmail or Exim. No further than MAIL_DSN_BODY_MAX.
 */
#ifndef MAIL_DSN_H
#define MAIL_DSN_H

#include "dissect.h"
#include "limits.h"
#include "mail_line.h"

enum mail_dsn_kind {
	MAIL_DSN_NONE, /* not (yet) recognised as a bounce */
	MAIL_DSN_REPORT,
	MAIL_DSN_QMAIL,
	MAIL_DSN_EXIM
};

enum mail_dsn_what {
	/* RFC 3464 2.2, per message */
	MAIL_DSN_REPORTING_MTA,
	MAIL_DSN_ARRIVAL_DATE,
	MAIL_DSN_ENVELOPE_ID,
	/* 2.3, per recipient */
	MAIL_DSN_FINAL_RECIPIENT,
	MAIL_DSN_ORIGINAL_RECIPIENT,
	MAIL_DSN_ACTION,
	MAIL_DSN_STATUS,
	MAIL_DSN_REMOTE_MTA,
	MAIL_DSN_DIAGNOSTIC,
	/* of the returned message */
	MAIL_DSN_MESSAGE_ID,
	/* a failed recipient's address in qmail's or Exim's text */
	MAIL_DSN_TEXT_RECIPIENT,
	MAIL_DSN_WHAT_COUNT
};

struct mail_dsn_fact {
	enum mail_dsn_what what;
	uint16_t group; /* 0: the message; from 1: the recipient it belongs to */
	bool cut;	/* longer than MAIL_DSN_FIELD_MAX; value is its head */
	/* Where the field has a type ("rfc822;"), it is apart. Valid until the next call.
	 */
	struct span type;
	struct span value;
};

enum mail_dsn_state {
	MAIL_DSN_OFF,	  /* nothing (more) is looked for: octets are not read */
	MAIL_DSN_IN_PART, /* before the first boundary, or in a part of no interest */
	MAIL_DSN_IN_HEAD, /* in a part's header */
	MAIL_DSN_IN_STATUS,
	MAIL_DSN_IN_RETURNED,
	MAIL_DSN_IN_START, /* the first lines of a body that may be qmail's or Exim's */
	MAIL_DSN_IN_TEXT
};

struct mail_dsn {
	enum mail_dsn_state state;
	enum mail_dsn_state part; /* where the part's header leads */
	enum mail_dsn_kind kind;
	uint32_t octets; /* read */
	uint16_t group;
	bool group_open; /* the group has had a field */
	bool pending;	 /* a field is in hand */
	bool pending_cut;
	uint8_t lines; /* in IN_START */
	uint8_t boundary_len;
	uint8_t slot; /* of field: which is in hand; the other may be lent */
	uint16_t field_len;
	uint8_t boundary[MAIL_BOUNDARY_MAX];
	uint8_t field[2][MAIL_DSN_FIELD_MAX];
	struct mail_line line;
};

void mail_dsn_reset(struct mail_dsn *d);

/*
 * The message's header is over; content_type is that field's value (empty: none), read
 * here and not kept. What follows is the body.
 */
void mail_dsn_begin(struct mail_dsn *d, struct span content_type);

/* Takes octets off the front of *in, as mail_line_next. DIS_OK: one fact. */
enum dis_status mail_dsn_next(
	struct mail_dsn *d, struct span *in, struct mail_dsn_fact *out);
/* The body is over, or a hole comes: what is in hand; then DIS_MORE. */
enum dis_status mail_dsn_flush(struct mail_dsn *d, struct mail_dsn_fact *out);
/* After flush at a hole: goes on at the next part. */
void mail_dsn_gap(struct mail_dsn *d);

static inline bool
mail_dsn_is_off(const struct mail_dsn *d)
{
	return d->state == MAIL_DSN_OFF;
}

/* "final-recipient" …; static. */
const char *mail_dsn_what_name(enum mail_dsn_what what);

#endif
