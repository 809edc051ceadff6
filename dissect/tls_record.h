/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Octets of one direction to TLS records (RFC 8446 5.1, RFC 5246 6.2.1), and the
 * handshake messages and alerts that travel in clear, put together from their fragments.
 *
 * Nothing is decrypted. The body of an encrypted record is passed over without a copy;
 * its length and moment are the fact. A handshake message that lies whole in the input is
 * lent from there; one that is cut is kept in the room that the caller has lent, so a
 * direction past its handshake costs the size of the reader alone.
 */
#ifndef TLS_RECORD_H
#define TLS_RECORD_H

#include "dissect.h"
#include "limits.h"

/* Content types, RFC 8446 B.1 and RFC 6520 3. */
enum tls_type {
	TLS_TYPE_CHANGE_CIPHER = 20,
	TLS_TYPE_ALERT = 21,
	TLS_TYPE_HANDSHAKE = 22,
	TLS_TYPE_APPLICATION = 23,
	TLS_TYPE_HEARTBEAT = 24
};

/* Handshake types that are read (RFC 8446 B.3, RFC 5246 7.4). Others exist. */
enum tls_message_type {
	TLS_MESSAGE_CLIENT_HELLO = 1,
	TLS_MESSAGE_SERVER_HELLO = 2,
	TLS_MESSAGE_CERTIFICATE = 11
};

struct tls_record {
	uint8_t type;	  /* enum tls_type */
	uint16_t version; /* of the record: often lower than the session's */
	uint16_t length;  /* octets of the body */
	bool sslv2;	  /* a ClientHello in the form of SSL 2.0 (RFC 5246 E.2) */
	bool clear;	  /* before the switch to encryption, as far as can be seen */
};

struct tls_message {
	uint8_t type;	 /* enum tls_message_type, or any other */
	bool cut;	 /* body is the message's head only, or nothing */
	uint32_t length; /* octets of the whole body */
	struct span body;
};

/* RFC 8446 6: level 1 is a warning, 2 is fatal. */
struct tls_alert {
	uint8_t level;
	uint8_t description;
};

enum tls_event_kind {
	TLS_EVENT_RECORD,  /* record: its header is complete, its body follows */
	TLS_EVENT_MESSAGE, /* message: a handshake message in clear has ended */
	TLS_EVENT_ALERT	   /* alert: in clear */
};

struct tls_event {
	enum tls_event_kind kind;
	enum dis_dir dir; /* set by tls_session, not by the reader */
	struct moment at; /* of the octets that completed it */
	union {
		struct tls_record record;
		struct tls_message message;
		struct tls_alert alert;
	};
};

enum tls_framing {
	TLS_FRAMING_HEADER, /* the next octet belongs to a header */
	TLS_FRAMING_BODY,   /* left octets of a body to come */
	TLS_FRAMING_LOST    /* no record was found where one must begin */
};

struct tls_record_reader {
	enum tls_framing framing;
	bool started;	/* a record was seen */
	bool encrypted; /* handshake records and alerts are no longer in clear */
	bool dummy;	/* ChangeCipherSpec means nothing (RFC 8446 D.4) */
	bool skip;	/* the rest of this body is passed over */
	bool damaged;	/* a hole lies inside the message in hand */
	uint8_t type;	/* of the record in hand */
	uint8_t used;	/* octets in header */
	uint8_t part_used;
	uint8_t header[5];
	uint8_t part[4]; /* the message's header, or the alert */
	uint16_t left;	 /* octets of the body to come */
	uint32_t seen;	 /* octets of the message's body so far */
	uint32_t kept;	 /* of these in room */
	uint32_t room_size;
	uint8_t *room; /* lent; NULL: none */
};

void tls_record_reset(struct tls_record_reader *r);

/*
 * Lends size octets at room for messages that are cut. They are the reader's until
 * tls_record_lend(r, NULL, 0) takes them back, which costs the message in hand, if any.
 */
void tls_record_lend(struct tls_record_reader *r, uint8_t *room, uint32_t size);

/* False: no handshake message can come any more, so room is of no use. */
bool tls_record_needs_room(const struct tls_record_reader *r);

/*
 * Takes octets, seen at, off the front of *in up to the end of one event. DIS_OK: *out is
 * set, its spans valid until the next call. DIS_MORE: all of *in was taken. DIS_BAD: this
 * is not TLS, or no longer; it stays so and *in is taken.
 */
enum dis_status tls_record_next(struct tls_record_reader *r, struct span *in,
	struct moment at, struct tls_event *out);

/*
 * octets are missing here (0: unknown how many). True: they lie inside a body, so that
 * the records stay exact; a message in clear may be cut or lost. False: framing is lost.
 */
bool tls_record_gap(struct tls_record_reader *r, uint64_t octets);

/* The next octet begins a record. */
bool tls_record_is_due(const struct tls_record_reader *r);
/* Of what comes, nothing matters but the records' headers. */
bool tls_record_may_skip(const struct tls_record_reader *r);

/*
 * A HelloRetryRequest was seen: ChangeCipherSpec records of this direction mean nothing
 * and the second hello is in clear (RFC 8446 D.4).
 */
void tls_record_retry(struct tls_record_reader *r);

#endif
