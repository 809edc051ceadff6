/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Both directions of one SMTP conversation, joined: every command with its own reply,
 * the octets of each message, authentication, the passage to TLS, and whatever was odd.
 *
 * Feed lends octets, next yields one event until DIS_MORE. The session takes client
 * octets only as far as it can know what they are: after DATA, AUTH, STARTTLS, and BDAT
 * where it was not offered, it waits for the server's answer, as the server itself does,
 * and leaves the rest with the caller (see smtp_session_next). So a body sent before its
 * 354 is told right whether the server said 354 or 503.
 *
 * A reply that comes while a message is open ends it. Feed octets therefore in the order
 * in which the ends saw them: what a server's segment acknowledges (or its loss) is to be
 * fed before that segment's octets.
 *
 * It keeps no secret: what follows AUTH's mechanism, and every line a client sends in
 * answer to a 334, is cut here and never reaches an event. The user name is decoded where
 * the mechanism shows it (see smtp_auth.h) and given out in the AUTH event; the caller
 * decides whether to keep it. A 334's text is cut as well, and around an AUTH every line
 * that begins with no known verb has an empty word and empty args.
 *
 * It never gives up: an unknown verb, an odd code, a line out of place is noted and the
 * conversation goes on.
 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

#include "dissect.h"
#include "ip_addr.h"
#include "limits.h"
#include "smtp_auth.h"
#include "smtp_body.h"
#include "smtp_line.h"
#include "smtp_note.h"
#include "smtp_pending.h"
#include "smtp_reply.h"
#include "smtp_verb.h"

enum smtp_event_kind {
	SMTP_EVENT_GREETING, /* reply: the server's first */
	SMTP_EVENT_COMMAND,  /* command, id; args of AUTH hold the mechanism alone */
	SMTP_EVENT_REPLY,    /* reply, and the command it answers: verb, id */
	SMTP_EVENT_AUTH,     /* auth: a dialogue has ended, or was cut off */
	SMTP_EVENT_BODY,     /* body: octets of the message, dots unstuffed, in order */
	SMTP_EVENT_BODY_GAP, /* octets: so many octets of the message are missing here */
	SMTP_EVENT_BODY_SKIPPED, /* octets: so many were passed over, as was agreed */
	SMTP_EVENT_BODY_END, /* end: the message is complete, or its end was lost */
	SMTP_EVENT_TLS,	     /* from here on both directions are TLS; session is over */
	SMTP_EVENT_CLIENT, /* peer: the real client named by PROXY or XCLIENT/XFORWARD */
	SMTP_EVENT_TURNED, /* TURN or ATRN accepted: the roles have changed */
	SMTP_EVENT_NOTE,   /* note: something odd */
	SMTP_EVENT_LOST	   /* dir, octets: a hole in a direction's stream */
};

struct smtp_body_end {
	uint64_t
		octets; /* of the message as transferred, dots unstuffed, holes counted */
	uint32_t id;	/* of the DATA command, or of the last BDAT */
	bool bdat;
	bool complete; /* false: the connection ended or sync was lost inside it */
};

/* The real client, as a proxy or a trusted front tells it. Port 0: not told. */
struct smtp_peer {
	enum {
		SMTP_PEER_PROXY_V1,
		SMTP_PEER_PROXY_V2,
		SMTP_PEER_XCLIENT,
		SMTP_PEER_XFORWARD
	} by;
	struct ip_addr addr; /* all zero: not told */
	uint16_t port;
	struct span name;  /* XCLIENT NAME, decoded; may be empty */
	struct span helo;  /* XCLIENT HELO */
	struct span login; /* XCLIENT LOGIN: already authenticated, says the front */
};

struct smtp_event {
	enum smtp_event_kind kind;
	enum dis_dir dir; /* who sent what is told */
	struct moment at; /* of the packet that completed it */
	/*
	 * COMMAND, REPLY: the command's number in this session, from 1. BODY, BODY_GAP,
	 * BODY_SKIPPED: that of its DATA or BDAT. 0: none, or a command that was not seen.
	 */
	uint32_t id;
	/* COMMAND, REPLY. A reply with id 0 has the verb where its code is proof of it.
	 */
	enum smtp_verb verb;
	/*
	 * REPLY: it tells what became of the message: the answer to the end of data, or
	 * to BDAT LAST. A DATA's refusal and its 354 have the same id and are not final.
	 */
	bool final;
	/*
	 * REPLY, final: it is for one recipient alone, the index-th (from 0) of those
	 * whose RCPT was answered 2xx (LMTP, RFC 2033 4.2; PRDR). After a PRDR's there
	 * comes one more that is not.
	 */
	bool per_rcpt;
	uint16_t index;
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

/*
 * Where the octets of the client (of whoever has that role) belong. In the phases marked
 * w the server must speak before more of them are taken.
 */
enum smtp_phase {
	SMTP_PHASE_START,     /* the first octets: PROXY, TLS, or a command */
	SMTP_PHASE_SKIP,      /* the tail of a long PROXY header */
	SMTP_PHASE_HELLO,     /* w: the first octets look like TLS */
	SMTP_PHASE_COMMAND,   /* lines are commands */
	SMTP_PHASE_SEEK,      /* place unknown: lines are passed over up to a command */
	SMTP_PHASE_DATA_WAIT, /* w: behind DATA */
	SMTP_PHASE_GUESS, /* behind DATA, whose answer says little: text or command? */
	SMTP_PHASE_BODY,  /* a message, up to the end of data */
	SMTP_PHASE_DOUBT, /* behind a look-alike: text or command? */
	SMTP_PHASE_DOUBT_WAIT, /* w: behind a look-alike stands a command */
	SMTP_PHASE_CHUNK_WAIT, /* w: behind BDAT, which was not offered */
	SMTP_PHASE_CHUNK,      /* BDAT's octets */
	SMTP_PHASE_AUTH_WAIT,  /* w: behind AUTH or a secret */
	SMTP_PHASE_SECRET,     /* the next line is a secret */
	SMTP_PHASE_AUTH_GUESS, /* secrets, up to a command */
	SMTP_PHASE_TLS_WAIT,   /* w: behind STARTTLS */
	SMTP_PHASE_TLS_DUE,    /* 220 was said: TLS is to follow */
	SMTP_PHASE_TLS_GUESS,  /* STARTTLS's answer was not seen */
	SMTP_PHASE_TLS,	       /* the end */
	SMTP_PHASE_BLOB_WAIT,  /* w: behind XEXCH50 */
	SMTP_PHASE_BLOB,       /* its octets */
	SMTP_PHASE_TURN_WAIT,  /* w: behind TURN */
	SMTP_PHASE_COUNT
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
void smtp_session_feed(
	struct smtp_session *s, enum dis_dir dir, struct span octets, struct moment at);

/*
 * DIS_OK: one event; its spans are valid until the next call.
 * DIS_MORE: no more events now. *taken is the number of octets, of those fed last, that
 * the session has done with; the rest (none in most cases) must be fed again, with or
 * without what came since behind it, as soon as smtp_session_waits(s, dir) is false; look
 * at both directions after each DIS_MORE. After gap, press and end *taken is 0.
 *
 * After SMTP_EVENT_TLS the octets not taken are TLS, in both directions.
 */
enum dis_status smtp_session_next(
	struct smtp_session *s, struct smtp_event *out, size_t *taken);

/*
 * True while octets of dir were left and would still not be taken: the other side must
 * speak first. Never true of both at once, and never after SMTP_EVENT_TLS.
 */
bool smtp_session_waits(const struct smtp_session *s, enum dis_dir dir);

/*
 * The caller can hold no more, or knows that the other direction is not captured (no
 * packet of it has been seen): what is waited for is decided now, by assumption. Then
 * call next, and feed what was left. Without effect if nothing is waited for.
 */
void smtp_session_press(struct smtp_session *s);

/*
 * octets of dir were lost here (0: unknown how many). Then call next as after a feed. If
 * octets of dir are still held by the caller, press and feed them before.
 */
void smtp_session_gap(
	struct smtp_session *s, enum dis_dir dir, uint64_t octets, struct moment at);

/*
 * What of the client's octets need not be fed now, if nobody wants the message's text:
 * none; those of a message after DATA up to the first dot that stands behind CR, LF or
 * NUL; or *left octets of a chunk.
 */
enum smtp_skip { SMTP_SKIP_NONE, SMTP_SKIP_TEXT, SMTP_SKIP_CHUNK };
enum smtp_skip smtp_session_may_skip(
	const struct smtp_session *s, enum dis_dir dir, uint64_t *left);
/*
 * So many octets were, the last of them before[], the newest first. Then call next as
 * after a feed. False, and nothing is done, where they might not be: tell a gap.
 */
bool smtp_session_skip(struct smtp_session *s, enum dis_dir dir, uint64_t octets,
	const uint8_t before[3], struct moment at);

/*
 * dir is over (FIN, RST, timeout, eviction). Then call next as after a feed. Octets of dir
 * that are still held may be fed afterwards.
 */
void smtp_session_end(struct smtp_session *s, enum dis_dir dir, struct moment at);

/* True after SMTP_EVENT_TLS: feed the octets to a TLS reader instead. */
bool smtp_session_is_tls(const struct smtp_session *s);

/*
 * That this is SMTP at all, for connections on other ports: true once a 220 greeting and
 * HELO, EHLO or LHLO with its reply were seen; where one side or the start is missing,
 * once three commands, or a greeting and two replies, were seen that fit no other
 * protocol.
 */
bool smtp_session_is_smtp(const struct smtp_session *s);
/* True once it is clear that it is not (FTP's USER, HTTP, binary, …). */
bool smtp_session_is_other(const struct smtp_session *s);

/* All of it is private; it stands here so that the caller can embed it. */
struct smtp_session {
	enum smtp_phase phase;
	enum dis_dir dir; /* of in */
	struct span in;	  /* what is left of the octets lent */
	size_t fed;
	struct moment at;
	struct span again; /* of the client: octets looked at, to be taken before in */
	bool held[2];	   /* by direction: the caller holds octets that were not taken */
	bool seen[2];	   /* by direction: octets came, or were lost */
	bool ended[2];
	bool turned; /* TURN: the roles are changed */
	bool whole;
	bool greeted;	   /* no greeting is due */
	bool chunking;	   /* BDAT may follow without a look at its reply */
	bool pipelining;   /* offered */
	bool pipelines;	   /* the client was seen to do it */
	bool group_over;   /* the last command ends a group (RFC 2920 3.1) */
	bool sync_assumed; /* pairing rests on the client not pipelining */
	bool lmtp;
	bool prdr;
	bool mask;	   /* lines without a known verb may be secrets */
	bool go_vague;	   /* DATA was answered 2xx */
	bool wait_gap;	   /* octets were lost while waiting */
	bool clear_behind; /* clear text behind STARTTLS */
	bool clear_after;  /* clear text of the client behind the 220 */
	bool injected;	   /* noted */
	bool is_bdat;	   /* the body that is open */
	bool body_open;
	bool body_gap;
	bool body_refused;
	bool chunk_last;
	bool is_hello_answered;
	bool is_other;
	uint8_t fit_commands;
	uint8_t fit_replies;
	uint16_t rcpts; /* accepted in this transaction */
	uint32_t noted; /* bits: notes that are not to be repeated now */
	uint32_t body_id;
	uint64_t wait_gap_octets;
	uint64_t left; /* of a chunk, blob or header */
	uint32_t xclient_id;
	uint16_t xclient_len;
	uint8_t peeked;
	uint8_t event_front;
	uint8_t event_count;
	bool event_overrun; /* SMTP_EVENTS_MAX was too small; a test's witness */
	uint8_t peek[SMTP_PEEK_MAX];
	uint8_t xclient[SMTP_XCLIENT_MAX];
	struct smtp_auth auth;
	struct smtp_auth auth_told; /* what the last AUTH event points to */
	struct smtp_body body;
	struct smtp_pending pending;
	struct smtp_line_reader commands;
	struct smtp_line_reader replies;
	struct smtp_reply_reader reply;
	struct smtp_event events[SMTP_EVENTS_MAX];
	char peer_text[SMTP_XCLIENT_MAX + 1];
};

#endif
