/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of one SMTP session to records. One builder a connection; its texts are in
 * arenas of a pool that all share.
 *
 * Commands may be pipelined ahead of their replies, so several transactions can be open
 * at once. Each is given out when it is closed (by RSET, another MAIL, QUIT, the reply to
 * its message) and all its commands have had their replies; the rest when the connection
 * ends.
 */
#ifndef RECORD_BUILD_H
#define RECORD_BUILD_H

#include "dissect/mail_message.h"
#include "dissect/smtp_session.h"
#include "dissect/tls_session.h"
#include "record.h"
#include "sensor/base/arena.h"
#include "sensor/config/config.h"

/* Transactions in flight by pipelining. Beyond: the oldest is given out as it stands. */
#define RECORD_OPEN_MAX 16

struct record_open {
	struct record_txn txn;
	struct record_auth_facts auth; /* as it was at MAIL */
	struct arena arena;
	uint32_t mail_id;	/* commands' numbers in the session; 0: none */
	uint32_t data_id;	/* DATA, or the latest BDAT */
	uint32_t last_id;	/* of its last command */
	uint32_t replied_id;	/* last command of it that was answered */
	struct record_rcpt *last_rcpt;
	uint32_t finals;	/* per-recipient replies to the message seen */
	bool closed;		/* takes no more commands */
	bool answered;		/* the message had its reply */
	bool used;
};

struct record_builder {
	struct arena arena; /* of the connection's own facts */
	struct record_conn conn;
	struct record_connection totals;
	uint32_t open_count;
	uint32_t open_touched; /* places of open that were ever used; the rest is undefined */
	bool given;	       /* a transaction was given out: its arena is still in use */
	uint32_t body_of;  /* data_id whose body the message reader is in; 0: none */
	uint32_t next_index;
	bool over;	   /* the connection has ended */
	bool hole;	   /* of the client's side, where an AUTH could be */
	bool greeting_seen;
	bool starttls_sent;
	const struct config *config;
	struct span needle;
	char needle_text[IP_ADDR_TEXT];
	struct arena_pool *pool;
	struct record_open open[RECORD_OPEN_MAX]; /* oldest first */
	/* Once a connection is TLS no message is read: the handshake gets the room. */
	union {
		struct mail_message message;
		uint8_t tls_room[sizeof(struct mail_message)];
	};
};

void record_build_init(struct record_builder *b, struct arena_pool *pool,
	const struct config *config);
/* Gives the arenas back. */
void record_build_release(struct record_builder *b);

/*
 * Who speaks to whom; whole: the start was seen. id: a number for the connection that is
 * the same in every run.
 */
void record_build_start(struct record_builder *b, uint64_t id, struct record_end client,
	struct record_end server, const struct record_path *path, bool whole);

/*
 * One event. True: *out is a transaction that is complete; it stays valid until the next
 * call. Call record_build_next until it is false before the next event.
 */
void record_build_event(struct record_builder *b, const struct smtp_event *event);
bool record_build_next(struct record_builder *b, struct record *out);

/* False: the rest of the message that is being read may be skipped. */
static inline bool
record_build_wants_body(const struct record_builder *b)
{
	for (uint32_t i = 0; i < b->open_count; i++)
		if (b->open[i].used && b->open[i].data_id == b->body_of)
			return !mail_message_is_sated(&b->message);
	return true;
}

/* The handshake's facts, as far as they are known by now. */
void record_build_tls(struct record_builder *b, const struct tls_session *tls);

/* The connection is over: all open transactions are closed; then call next. */
void record_build_end(struct record_builder *b, enum record_sides sides);
/* The connection's own record, after the last transaction. */
void record_build_connection(struct record_builder *b, struct record *out);

#endif
