/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The waist of the program: what was seen, as records. All that is left of it deals with
 * octets, all that is right of it with meaning. There are three kinds:
 *
 *   transaction  one MAIL, its recipients, each with its own reply, and the message
 *   connection   one SMTP connection as a whole, also one without any transaction
 *   dns          one answer of a name server
 *
 * A record borrows its texts: they live until the one who made it makes the next. Records
 * come in the order in which they were completed; times are the packets'.
 *
 * Whatever is not known is absent: an empty span, a zero code, an all-zero address.
 */
#ifndef RECORD_H
#define RECORD_H

#include "dissect/dissect.h"
#include "dissect/ip_addr.h"
#include "dissect/limits.h"
#include "dissect/smtp_meaning.h"
#include "dissect/smtp_path.h"
#include "dissect/smtp_reply.h"
#include "dissect/smtp_session.h"
#include "dissect/tls_trace.h"

/* Grows when a field changes its meaning. */
#define RECORD_SCHEMA 1

struct record_end {
	struct ip_addr addr;
	uint16_t port;
};

enum record_auth {
	RECORD_AUTH_NONE,    /* the whole of the client's side was seen, and no AUTH */
	RECORD_AUTH_OK,	     /* 235 seen */
	RECORD_AUTH_FAILED,  /* tried, and refused or given up; none succeeded */
	RECORD_AUTH_UNKNOWN, /* a hole or a late start where AUTH would be, or TLS */
	RECORD_AUTH_INFERRED_OK,  /* read from record lengths or from one direction */
	RECORD_AUTH_INFERRED_NONE
};

enum record_tls {
	RECORD_TLS_NONE,
	RECORD_TLS_STARTTLS,
	RECORD_TLS_IMPLICIT,
	RECORD_TLS_REFUSED, /* STARTTLS sent, and not answered by 220 */
	RECORD_TLS_STRIPPED /* the offer was blanked out by a middlebox */
};

enum record_sides { RECORD_BOTH_SIDES, RECORD_CLIENT_ONLY, RECORD_SERVER_ONLY };

enum record_outcome {
	RECORD_UNKNOWN,
	RECORD_ACCEPTED,  /* 2xx after the message (LMTP: for one recipient at least) */
	RECORD_REFUSED,	  /* MAIL, every recipient, DATA or the message refused or deferred */
	RECORD_ABANDONED  /* the client gave up although it could have gone on */
};

/* Who the client really is, told by a proxy or front that the server listens to. */
enum record_real { RECORD_REAL_NONE, RECORD_REAL_PROXY, RECORD_REAL_XCLIENT, RECORD_REAL_XFORWARD };

#define RECORD_NOTES_WORDS ((SMTP_NOTE_COUNT + 31) / 32)

/* Things noted, a bit for each enum smtp_note. */
struct record_notes {
	uint32_t bits[RECORD_NOTES_WORDS];
};

struct record_tls_facts {
	enum record_tls state;
	struct span version; /* "1.3" */
	struct span cipher;
	struct span sni;
	struct span cert_name; /* first DNS name, else the common name */
	struct span cert_issuer;
	int64_t cert_from, cert_to; /* unix seconds; 0: not seen */
};

struct record_auth_facts {
	enum record_auth state;
	struct span mechanism;
	struct span user;      /* as configured: plain, keyed hash, or empty */
	struct moment at;      /* of the outcome */
};

#define RECORD_TUNNELS_MAX PACKET_TUNNELS_MAX

struct record_path {
	uint16_t vlan[PACKET_VLANS_MAX];
	uint8_t vlans;
	uint8_t tunnels;
	struct span tunnel[RECORD_TUNNELS_MAX]; /* "vxlan:42" */
};

/* What is known of a connection when a record of it is made. */
struct record_conn {
	uint64_t id;
	struct record_end client;
	struct record_end server;
	struct record_path path;
	struct span helo;
	enum smtp_verb hello; /* HELO, EHLO or LHLO */
	enum record_real real_by;
	struct record_end real; /* all zero: none */
	struct span server_name; /* from the greeting, else the EHLO reply */
	struct span banner;	 /* the greeting's text */
	enum smtp_mta mta;
	uint32_t caps;	/* SMTP_CAP_* of the last EHLO in clear */
	uint32_t mechs; /* SMTP_MECH_* */
	bool ehlo_seen; /* caps is known */
	struct record_tls_facts tls;
	struct record_auth_facts auth;
	enum record_sides sides;
	bool whole; /* its start was seen */
	bool any_port; /* found by its speech, not by its port */
};

struct record_reply {
	uint16_t code; /* 0: not seen */
	struct smtp_enhanced enhanced;
	struct span text;
	enum smtp_result result;
	struct moment at;
};

struct record_path_arg {
	struct span raw;     /* as sent, brackets included; absent: never sent or not seen */
	struct span address; /* canonical "user@domain"; empty for <> */
	struct span domain;
	struct span target;  /* where a trick form leads; else equal to address */
	struct span target_domain;
	struct span params;
	enum smtp_form form;
	enum smtp_form inner;
	enum smtp_via via;
	struct moment at; /* of the command */
	struct record_reply reply;
};

struct record_rcpt {
	struct record_path_arg path;
	struct record_reply final; /* LMTP, PRDR: this recipient's reply after the message */
	uint32_t id; /* the command's number in its session; 0: read from a file */
	struct record_rcpt *next;
};

/* One Received field, newest first; raw is unfolded. */
struct record_received {
	struct span raw;
	struct record_received *next;
};

/* A delivery status notification inside the message (RFC 3464). */
struct record_dsn {
	bool is;		 /* the message is one */
	struct span action;	 /* "failed", "delayed" … */
	struct span recipient;	 /* final recipient's address */
	struct span status;	 /* "5.7.1" */
	struct span message_id;	 /* of the returned message */
};

struct record_message {
	struct record_reply reply; /* to the end of data */
	struct record_reply go;	   /* to DATA (354) */
	struct span queue_id;	   /* out of the reply */
	uint64_t octets;
	bool seen;		   /* any of it was transferred */
	bool complete;
	bool bdat;
	struct span message_id;	   /* with its brackets */
	struct span from;	   /* addr-spec of From */
	struct span to;
	struct span subject;	   /* decoded, for display */
	struct span dkim_domain;   /* d= of the first DKIM-Signature */
	struct span auth_results;
	struct span list_id;
	struct span delivered_to;
	bool auto_submitted;
	struct record_received *received;
	uint32_t received_count;   /* in the message; more than are kept is possible */
	uint64_t fingerprint;	   /* of the body; 0: none */
	uint64_t body_octets;
	bool names_server;	   /* subject or body head carries the server's own address */
	struct record_dsn dsn;
};

struct record_txn {
	uint32_t index; /* in its connection, from 1 */
	uint64_t time;	/* ns; first packet */
	uint64_t end;
	uint32_t file;
	uint32_t frames[2];
	struct record_path_arg mail;
	struct record_rcpt *rcpts;
	uint32_t rcpt_count;
	uint32_t rcpt_unkept; /* recipients beyond the bound, counted only */
	struct record_message message;
	enum record_outcome outcome;
	uint32_t gaps;
	bool inferred_reply; /* acceptance told by what the client did next */
	struct record_notes notes;
};

struct record_auth_count {
	uint32_t ok, failed, cancelled;
};


/* The connection, when it is over. */
struct record_connection {
	uint64_t time, end;
	uint32_t file;
	uint32_t frames[2];
	uint32_t transactions;
	struct record_auth_count auths;
	bool clear_password; /* PLAIN or LOGIN went over in clear */
	uint64_t packets[2]; /* by enum dis_dir */
	uint64_t octets[2];
	uint32_t gaps;
	uint64_t gap_octets;
	struct record_notes notes;
	const struct tls_run *tls_runs; /* the shape of what TLS hides */
	uint32_t tls_run_count;
	uint32_t tls_beyond; /* TLS records that are in no run */
	uint32_t vrfy, expn, etrn, unknown_verbs;
	uint32_t conflicts; /* segments that said otherwise than an earlier one */
	struct record_reply banner_reply; /* of a greeting other than 220 */
};

enum record_rr { RECORD_RR_A, RECORD_RR_AAAA, RECORD_RR_MX, RECORD_RR_CNAME, RECORD_RR_PTR, RECORD_RR_TXT, RECORD_RR_OTHER };

struct record_answer {
	struct span name; /* lower case, no dot at the end */
	enum record_rr type;
	uint32_t ttl;	      /* seconds */
	struct ip_addr addr;  /* A, AAAA */
	struct span target;   /* MX, CNAME, PTR: name; TXT: text. Null MX: empty */
	uint16_t preference;  /* MX */
	struct record_answer *next;
};

struct record_dns {
	uint64_t time;
	uint32_t file, frame;
	struct ip_addr client; /* who asked */
	struct ip_addr server;
	struct span name;
	enum record_rr type;
	uint8_t rcode; /* RFC 1035 4.1.1; 0 NOERROR, 3 NXDOMAIN */
	struct record_answer *answers;
};

enum record_kind { RECORD_TRANSACTION, RECORD_CONNECTION, RECORD_DNS };

struct record {
	enum record_kind kind;
	struct record_conn conn; /* TRANSACTION, CONNECTION */
	union {
		struct record_txn txn;
		struct record_connection connection;
		struct record_dns dns;
	};
};

static inline void
record_note(struct record_notes *n, enum smtp_note note)
{
	n->bits[note / 32] |= UINT32_C(1) << (note % 32);
}

static inline bool
record_noted(const struct record_notes *n, enum smtp_note note)
{
	return n->bits[note / 32] >> (note % 32) & 1;
}

/*
 * The client to reason about: the real one where a proxy header or XCLIENT names it (the
 * server acts on that), else the one on the wire.
 */
const struct ip_addr *record_client(const struct record_conn *c);

/* Fills path (all but at and reply) from the command's argument, as sent. */
struct arena;
void record_path_set(
	struct record_path_arg *path, struct span args, const char *keyword, struct arena *a);

/* Names as the output has them. Static. */
const char *record_auth_name(enum record_auth state);
const char *record_tls_name(enum record_tls state);
const char *record_outcome_name(enum record_outcome outcome);
const char *record_rr_name(enum record_rr type);
const char *record_real_name(enum record_real by);
const char *record_sides_name(enum record_sides sides);

#endif
