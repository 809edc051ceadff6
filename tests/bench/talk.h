/* SPDX-License-Identifier: Apache-2.0 */
/* One script on its way over the wire: packet by packet, so that many can interleave. */
#ifndef TALK_H
#define TALK_H

#include "script.h"
#include "wire.h"

enum talk_kind {
	TALK_MAIL,
	TALK_DNS,
	TALK_WEB,
	TALK_QUIC,
	TALK_ODD
};

struct talk {
	enum talk_kind kind;
	bool v6, udp;
	struct script script;
	struct wire_host host[2]; /* by enum side */
	uint32_t seq[2];	  /* next */
	unsigned shaken;	  /* packets of the handshake sent */
	unsigned closed;	  /* packets of the end sent */
	size_t turn, done;	  /* in the script */
	unsigned unacked;	  /* segments */
	bool held;		  /* one was overtaken and comes next */
	size_t held_at, held_len;
	uint32_t held_seq;
};

/* A new one in the place of one that is over (or all zero). */
void talk_begin(struct talk *t, enum talk_kind kind, struct random *r);
/* Sends one packet or two. False: it is over. */
bool talk_step(struct talk *t, struct wire *w, struct random *r);

#endif
