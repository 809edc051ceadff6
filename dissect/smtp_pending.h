/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commands that wait for their reply, oldest first, each with its number in the
 * session. One octet a command, for the numbers are consecutive.
 *
 * A "lost" slot stands where it is not known how many commands, or how many replies, went
 * by unseen: at the front it means that no reply can be paired by its place.
 */
#ifndef SMTP_PENDING_H
#define SMTP_PENDING_H

#include "dissect.h"
#include "limits.h"
#include "smtp_verb.h"

struct smtp_slot {
	enum smtp_verb verb;
	uint32_t id;	   /* 0: a command that was not seen, but must have been */
	bool final;	   /* its next reply tells what became of the message */
	bool masked;	   /* the command may have been a secret */
	uint16_t answered; /* replies it had as final, so far */
};

struct smtp_pending {
	uint32_t next_id;
	uint32_t front_id; /* of the first numbered slot */
	uint16_t front;
	uint16_t used;
	uint16_t lost;	   /* lost slots among them */
	uint16_t given_up; /* commands before the front whose reply is still to come */
	uint16_t answered;
	uint8_t slots[SMTP_PENDING_MAX];
};

void smtp_pending_reset(struct smtp_pending *p);

/*
 * Puts a command at the end and returns its number. *full is set if the oldest had to be
 * given up; its reply will still be counted off, as SMTP_VERB_OTHER.
 */
uint32_t smtp_pending_push(
	struct smtp_pending *p, enum smtp_verb verb, bool final, bool masked, bool *full);
/* A command that was not seen and has no number, in the place of all that is pending. */
void smtp_pending_infer(struct smtp_pending *p, enum smtp_verb verb, bool final);
/* Commands were lost behind the last one. */
void smtp_pending_lose_commands(struct smtp_pending *p);
/* Replies were lost: nothing pending can be paired by its place any more. */
void smtp_pending_lose_replies(struct smtp_pending *p);

/* The oldest. False if there is none, or if it is lost. */
bool smtp_pending_front(const struct smtp_pending *p, struct smtp_slot *out);
/* Its next reply is final. */
void smtp_pending_mark_final(struct smtp_pending *p);
/* It had one of several final replies. */
void smtp_pending_count_answer(struct smtp_pending *p);
void smtp_pending_pop(struct smtp_pending *p);
/* Drops what stands before the first command with that verb; false if there is none. */
bool smtp_pending_seek(struct smtp_pending *p, enum smtp_verb verb);
/* Drops all but the newest: every command before it has had its reply. */
void smtp_pending_keep_newest(struct smtp_pending *p);
/* Drops all: every command so far has had its reply. */
void smtp_pending_clear(struct smtp_pending *p);

bool smtp_pending_is_empty(const struct smtp_pending *p);
/* True if the front is lost. */
bool smtp_pending_is_unsure(const struct smtp_pending *p);

#endif
