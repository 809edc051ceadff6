/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message, from its first octet to its last, to the few facts that inference needs:
 * header fields, the body's length and fingerprint, needles, and what a bounce says.
 *
 * Octets come with dots unstuffed, cut anywhere, with holes told. The caller embeds the
 * reader, one a connection; it never keeps a body, and behind the body's head an octet
 * only counts.
 *
 *	mail_message_feed(&m, octets);
 *	while (mail_message_next(&m, &event) == DIS_OK)
 *		…
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include "dissect.h"
#include "limits.h"
#include "mail_body.h"
#include "mail_dsn.h"
#include "mail_header.h"

enum mail_event_kind {
	MAIL_EVENT_FIELD,      /* field */
	MAIL_EVENT_HEADER_END, /* once, after the last field */
	MAIL_EVENT_DSN	       /* dsn */
};

/* Spans are valid until the next call. */
struct mail_event {
	enum mail_event_kind kind;
	union {
		struct mail_header_item field;
		struct mail_dsn_fact dsn;
	};
};

struct mail_facts {
	uint64_t header_octets;	  /* its empty line and holes included */
	uint64_t body_octets;	  /* holes included */
	uint64_t fingerprint;	  /* see mail_body_fingerprint; 0: none */
	uint32_t fields;	  /* all, kept or not */
	uint32_t received;	  /* hops so far: Received fields */
	uint32_t needles_subject; /* bit i: needle i stands in the decoded Subject */
	uint32_t needles_body;	  /* bit i: in the body's head */
	enum mail_dsn_kind dsn;
	bool header_complete;  /* ended by its empty line */
	bool header_malformed; /* ended by a line that is no field */
	bool header_over;      /* ended at MAIL_HEADER_MAX */
	bool header_gap;
	bool body_gap;
};

struct mail_message {
	struct span in;	    /* fed and not yet taken */
	struct span lead;   /* the body's first octets, held by the header reader */
	struct span dsn_in; /* counted already, to be read for a bounce */
	uint32_t received;
	uint32_t needles_subject;
	bool typed; /* a Content-Type field was seen */
	bool body_gap;
	bool ended;
	struct mail_header header;
	struct mail_body body;
	struct mail_dsn dsn;
};

_Static_assert(sizeof(struct mail_message) <= 12 * 1024, "one a connection");

/* What the needles point at must outlive the message. */
void mail_message_reset(struct mail_message *m, struct mail_needles needles);
/* Lends octets until mail_message_next answers DIS_MORE. */
void mail_message_feed(struct mail_message *m, struct span octets);
/* DIS_OK: one event. DIS_MORE: all that was fed is taken. Never DIS_BAD. */
enum dis_status mail_message_next(struct mail_message *m, struct mail_event *out);
/* Nothing of what is to come matters any more but how many octets they are. */
bool mail_message_is_sated(const struct mail_message *m);
/* So many of them; only then. */
void mail_message_skip(struct mail_message *m, uint64_t octets);
/* octets are missing here; only after DIS_MORE. */
void mail_message_gap(struct mail_message *m, uint64_t octets);
/* The message is over; only after DIS_MORE. Then call next until DIS_MORE. */
void mail_message_end(struct mail_message *m);
/* As it stands; final after mail_message_end and the last event. */
void mail_message_facts(const struct mail_message *m, struct mail_facts *out);

#endif
