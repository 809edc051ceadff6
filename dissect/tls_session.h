/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions of one TLS connection, joined: what its handshake shows in clear, and
 * the shape of what follows. Nothing is decrypted and nothing is verified; names are the
 * peers' own words, raw, and must be escaped where they are printed.
 *
 * The caller embeds the session, and lends room (TLS_ROOM_MAX is plenty) for messages cut
 * over packets until tls_session_needs_room is false. Without room the session works, but
 * sees only those messages that lie whole in one feed.
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include "dissect.h"
#include "limits.h"
#include "tls_record.h"
#include "tls_trace.h"

enum tls_phase {
	TLS_PHASE_START,	/* no hello seen */
	TLS_PHASE_CLIENT_HELLO, /* the client has spoken */
	TLS_PHASE_SERVER_HELLO, /* the server has chosen */
	TLS_PHASE_ESTABLISHED,	/* both have switched to encryption */
	TLS_PHASE_FAILED	/* a fatal alert in clear came first */
};

/* At most TLS_TEXT_MAX octets, any octets; longer ones are cut. */
struct tls_text {
	uint8_t len;
	uint8_t at[TLS_TEXT_MAX];
};

/* What one direction did. */
struct tls_side {
	uint64_t records;
	uint64_t octets; /* of the records' bodies */
	bool switched;	 /* has gone over to encryption */
	bool lost;	 /* not TLS, or no longer: a hole, or garbage */
	bool alerted;	 /* an alert in clear: the last one stands below */
	struct tls_alert alert;
};

struct tls_session {
	enum tls_phase phase;
	struct tls_record_reader reader[2]; /* by enum dis_dir */
	struct tls_side side[2];
	struct span pending; /* lent by the last feed */
	enum dis_dir pending_dir;
	struct moment pending_at;

	struct moment hello_at;	      /* ClientHello */
	struct moment chosen_at;      /* ServerHello */
	struct moment established_at; /* the record that made it so */

	uint16_t offered_version; /* highest the client offers; 0: no ClientHello read */
	uint16_t version;	  /* chosen; 0: no ServerHello read */
	uint16_t suite;		  /* chosen, see tls_suite_find; 0 as for version */
	uint64_t fingerprint;	  /* tls_hello_fingerprint; 0: none */
	bool sslv2;		  /* the client began with an SSL 2.0 hello */
	bool retried;		  /* HelloRetryRequest */
	bool resumed;		  /* the server took up an older session */
	bool ticket_offered;	  /* ticket or pre-shared key in the ClientHello */
	bool early_data_offered;
	bool encrypt_then_mac;
	uint8_t session_id_used; /* octets of the client's, to know its echo */
	uint8_t session_id[32];
	struct tls_text sni;
	struct tls_text alpn;	      /* chosen (TLS <= 1.2) */
	struct tls_text alpn_offered; /* the client's first */

	bool has_cert; /* a certificate was seen in clear; the rest is from it */
	bool cert_has_dates;
	bool cert_self_signed;
	int64_t cert_not_before; /* seconds since 1970-01-01 UTC */
	int64_t cert_not_after;
	struct tls_text cert_subject; /* common name */
	struct tls_text cert_issuer;  /* common name, else organization */
	uint16_t cert_names;	      /* subjectAltName dNSNames in the certificate */
	uint16_t cert_names_used;     /* octets of cert_names_at; see the iterator */
	uint8_t cert_names_at[TLS_NAMES_MAX];

	struct tls_trace trace;
};

void tls_session_reset(struct tls_session *s);

/*
 * size octets at room are the session's until tls_session_lend(s, NULL, 0). A quarter is
 * for the client's messages, the rest for the server's.
 */
void tls_session_lend(struct tls_session *s, uint8_t *room, uint32_t size);
/* False: room is of no use any more; take it back. */
bool tls_session_needs_room(const struct tls_session *s);

/*
 * Lends octets of one direction, seen at, until tls_session_next answers DIS_MORE or
 * DIS_BAD.
 */
void tls_session_feed(
	struct tls_session *s, enum dis_dir dir, struct span octets, struct moment at);

/*
 * DIS_OK: one event, its facts already in *s; its spans are valid until the next call.
 * DIS_MORE: all was taken. DIS_BAD: all was taken, and this direction is not TLS (any
 * more); the other one may go on.
 */
enum dis_status tls_session_next(struct tls_session *s, struct tls_event *out);

/* octets of dir are missing (0: unknown how many). True: its records stay exact. */
bool tls_session_gap(struct tls_session *s, enum dis_dir dir, uint64_t octets);

/* The text as a span. */
struct span tls_text_span(const struct tls_text *t);

/*
 * The certificate's dNSNames that found place (cert_names counts all): start with *place
 * 0. False: no more.
 */
bool tls_session_cert_name_next(
	const struct tls_session *s, uint16_t *place, struct span *name);

/* "client-hello" … Static. */
const char *tls_phase_name(enum tls_phase phase);

#endif
