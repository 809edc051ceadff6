/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions of one SMTP conversation, joined: every command with its own reply,
 * the octets of each message, authentication, the passage to TLS, and whatever was odd.
 *
 * Feed lends octets, next yields one event until DIS_MORE. The session takes client octets
 * only as far as it can know what they are: after DATA, AUTH, STARTTLS and BDAT's refusal
 * it waits for the server's answer, as the server itself does, and leaves the rest with
 * the caller (see smtp_session_feed). So a body sent before its 354 is told right whether
 * the server said 354 or 503.
 *
 * It keeps no secret: what follows AUTH's mechanism, and every line a client sends in
 * answer to a 334, is cut here and never reaches an event. The user name is decoded where
 * the mechanism shows it (PLAIN, LOGIN, CRAM-MD5, XOAUTH2, SCRAM, NTLM) and given out in
 * the AUTH event; the caller decides whether to keep it.
 *
 * It never gives up: an unknown verb, an odd code, a line out of place is noted and the
 * conversation goes on.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include "dissect.h"
#include "ip_addr.h"
#include "limits.h"
#include "smtp_line.h"
#include "smtp_reply.h"
#include "smtp_verb.h"

enum smtp_event_kind {
	SMTP_EVENT_GREETING,  /* reply: the server's first */
	SMTP_EVENT_COMMAND,   /* command, id; args of AUTH hold the mechanism alone */
	SMTP_EVENT_REPLY,     /* reply, and the command it answers: verb, id */
	SMTP_EVENT_AUTH,      /* auth: a dialogue has ended, or was cut off */
	SMTP_EVENT_BODY,      /* body: octets of the message, dots unstuffed, in order */
	SMTP_EVENT_BODY_GAP,  /* octets: so many octets of the message are missing here */
	SMTP_EVENT_BODY_END,  /* end: the message is complete, or its end was lost */
	SMTP_EVENT_TLS,	      /* from here on both directions are TLS; session is over */
	SMTP_EVENT_CLIENT,    /* peer: the real client named by PROXY or XCLIENT/XFORWARD */
	SMTP_EVENT_TURNED,    /* TURN or ATRN accepted: the roles have changed */
	SMTP_EVENT_NOTE,      /* note: something odd */
	SMTP_EVENT_LOST	      /* dir, octets: a hole in a direction's stream */
};

enum smtp_note {
	SMTP_NOTE_BARE_LF,	   /* a command or reply line ended by LF alone */
	SMTP_NOTE_BARE_CR,	   /* a CR inside a command line */
	SMTP_NOTE_NUL,		   /* a NUL inside a command line */
	SMTP_NOTE_LONG_LINE,	   /* a command or reply line over its bound */
	SMTP_NOTE_BODY_BARE_LF,	   /* a message line ended by LF alone */
	SMTP_NOTE_BODY_BARE_CR,	   /* a CR inside a message line */
	/* End-of-data look-alikes inside a message (SMTP smuggling), one a kind: */
	SMTP_NOTE_SMUGGLE_LF_DOT_LF,	 /* <LF>.<LF> */
	SMTP_NOTE_SMUGGLE_LF_DOT_CRLF,	 /* <LF>.<CRLF> */
	SMTP_NOTE_SMUGGLE_CRLF_DOT_LF,	 /* <CRLF>.<LF> */
	SMTP_NOTE_SMUGGLE_CR_DOT_CR,	 /* <CR>.<CR> and its mixtures with a bare CR */
	SMTP_NOTE_SMUGGLE_NUL_DOT,	 /* <CRLF><NUL>.<CRLF> */
	SMTP_NOTE_ODD_END_TAKEN,	 /* one of these did end the message: the server answered */
	SMTP_NOTE_PIPELINED_TLS,   /* client octets behind STARTTLS in clear (injection) */
	SMTP_NOTE_REPLY_INJECTED,  /* server octets behind the 220 to STARTTLS in clear */
	SMTP_NOTE_TLS_REFUSED,	   /* STARTTLS answered by something else than 220 */
	SMTP_NOTE_TLS_BROKEN,	   /* 220, but clear text went on */
	SMTP_NOTE_EARLY_TALKER,	   /* the client spoke before the greeting */
	SMTP_NOTE_PIPELINED_EARLY, /* pipelined though not offered */
	SMTP_NOTE_BAD_BDAT,	   /* a BDAT size that is no number, or too large */
	SMTP_NOTE_BDAT_UNFINISHED, /* MAIL, RSET or the end came before BDAT LAST */
	SMTP_NOTE_REPLY_STRAY,	   /* a reply to no command */
	SMTP_NOTE_REPLY_BAD,	   /* a server line that is no reply */
	SMTP_NOTE_CODES_VARY,	   /* a multi-line reply with different codes */
	SMTP_NOTE_PENDING_FULL,	   /* SMTP_PENDING_MAX commands without a reply */
	SMTP_NOTE_AUTH_CANCELLED,
	SMTP_NOTE_BAD_PROXY,	   /* looks like a PROXY header and is none */
	SMTP_NOTE_DATA_ASSUMED,	   /* DATA's answer was not seen; a body was assumed */
	SMTP_NOTE_UNKNOWN_VERB,
	SMTP_NOTE_COUNT
};

enum smtp_auth_outcome {
	SMTP_AUTH_OK,	    /* 235 */
	SMTP_AUTH_FAILED,   /* 5xx, 4xx */
	SMTP_AUTH_CANCELLED,/* the client sent "*" */
	SMTP_AUTH_UNSEEN    /* the answer was lost or the connection ended */
};

struct smtp_auth_result {
	enum smtp_auth_outcome outcome;
	struct span mechanism; /* as sent */
	struct span user;      /* empty where the mechanism hides it */
	bool initial_response; /* came with the AUTH command */
	uint8_t turns;	       /* 334s seen */
};

struct smtp_body_end {
	uint64_t octets; /* of the message as transferred, dots unstuffed, holes counted */
	uint32_t id;	 /* of the DATA command, or of the last BDAT */
	bool bdat;
	bool complete;	 /* false: the connection ended or sync was lost inside it */
};

/* The real client, as a proxy or a trusted front tells it. Port 0: not told. */
struct smtp_peer {
	enum { SMTP_PEER_PROXY_V1, SMTP_PEER_PROXY_V2, SMTP_PEER_XCLIENT, SMTP_PEER_XFORWARD } by;
	struct ip_addr addr; /* all zero: not told */
	uint16_t port;
	struct span name;  /* XCLIENT NAME, decoded; may be empty */
	struct span helo;  /* XCLIENT HELO */
	struct span login; /* XCLIENT LOGIN: already authenticated, says the front */
};

struct smtp_event {
	enum smtp_event_kind kind;
	enum dis_dir dir;   /* who sent what is told */
	struct moment at;   /* of the packet that completed it */
	/* A command's number in this session, from 1; for REPLY the command's; 0: none. */
	uint32_t id;
	enum smtp_verb verb; /* COMMAND, REPLY */
	union {
		struct smtp_command command;
		struct smtp_reply reply;
		struct smtp_auth_result auth;
		struct span body;
		uint64_t octets;
		struct smtp_body_end end;
		struct smtp_peer peer;
		enum smtp_note note;
	};
};

struct smtp_session; /* defined at the end: the caller embeds it */

/*
 * whole: the connection's start was seen (SYN), so a greeting is due. else the session
 * starts in mid-conversation and finds its feet at the first line that is clearly a
 * command or a reply.
 */
void smtp_session_reset(struct smtp_session *s, bool whole);

/*
 * Lends octets of one direction, seen at. They must stay valid until
 * smtp_session_next answers DIS_MORE. Returns nothing; smtp_session_next says how far
 * they were taken.
 */
void smtp_session_feed(struct smtp_session *s, enum dis_dir dir, struct span octets, struct moment at);

/*
 * DIS_OK: one event; its spans are valid until the next call.
 * DIS_MORE: no more events now. *taken is the number of octets, of those fed last, that
 * the session has done with; the rest (0 in most cases) must be fed again, at the front of
 * what comes next in that direction, once smtp_session_waits(s, dir) is false.
 */
enum dis_status smtp_session_next(struct smtp_session *s, struct smtp_event *out, size_t *taken);

/* True while octets of dir would not be taken: the other side must speak first. */
bool smtp_session_waits(const struct smtp_session *s, enum dis_dir dir);

/*
 * The caller can hold no more, or knows that the other direction is not captured (no
 * packet of it has been seen): decide now, by assumption.
 */
void smtp_session_press(struct smtp_session *s);

/* octets of dir were lost here (0: unknown how many). Then call next as after a feed. */
void smtp_session_gap(struct smtp_session *s, enum dis_dir dir, uint64_t octets, struct moment at);

/* dir is over (FIN, RST, timeout, eviction). Then call next as after a feed. */
void smtp_session_end(struct smtp_session *s, enum dis_dir dir, struct moment at);

/* True after SMTP_EVENT_TLS: feed the octets to a TLS reader instead. */
bool smtp_session_is_tls(const struct smtp_session *s);

/*
 * How sure we are that this is SMTP at all, for connections on other ports: true once a
 * 220 greeting and an HELO/EHLO/LHLO with its reply (or, one-sided, two further commands
 * or replies that fit) were seen.
 */
bool smtp_session_is_smtp(const struct smtp_session *s);
/* True once it is clear that it is not (FTP's USER, HTTP, binary, …). */
bool smtp_session_is_other(const struct smtp_session *s);

const char *smtp_note_name(enum smtp_note note); /* "smuggling:lf-dot-crlf" … Static. */
/* The note with that name, or SMTP_NOTE_COUNT. */
enum smtp_note smtp_note_of_name(struct span name);

#endif
