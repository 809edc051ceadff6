/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_answer.h"

#include "smtp_client.h"
#include "smtp_event.h"
#include "smtp_front.h"
#include "smtp_message.h"
#include "smtp_phase.h"
#include "smtp_request.h"

static bool
is_ok(const struct smtp_reply *reply)
{
	return reply->code >= 200 && reply->code < 300;
}

static struct smtp_event *
push_reply(struct smtp_session *s, const struct smtp_slot *slot,
	const struct smtp_reply *reply)
{
	struct smtp_event *e = smtp_event_push(s, SMTP_EVENT_REPLY, smtp_phase_server(s));

	e->id = slot->id;
	e->verb = slot->verb;
	e->reply = *reply;
	/* A challenge may carry what is secret; a complaint may repeat it. */
	if (reply->code == 334 || slot->masked)
		e->reply.text = SPAN_NONE;
	return e;
}

static void
pop(struct smtp_session *s)
{
	smtp_pending_pop(&s->pending);
	if (smtp_pending_is_empty(&s->pending))
		s->sync_assumed = false;
}

/* --- the answer to one command -------------------------------------------------------
 */

static void
answer_hello(struct smtp_session *s, enum smtp_verb verb, const struct smtp_reply *reply)
{
	struct smtp_caps caps;

	pop(s);
	s->is_hello_answered = true;
	if (!is_ok(reply))
		return;
	s->rcpts = 0;
	s->lmtp = verb == SMTP_VERB_LHLO;
	smtp_caps_parse(reply, &caps);
	s->pipelining = verb != SMTP_VERB_HELO && (caps.has & SMTP_CAP_PIPELINING);
	s->chunking = verb != SMTP_VERB_HELO && (caps.has & SMTP_CAP_CHUNKING);
}

static void
answer_rcpt(struct smtp_session *s, const struct smtp_reply *reply)
{
	pop(s);
	if (is_ok(reply) && s->rcpts < UINT16_MAX)
		s->rcpts++;
}

static void
answer_mail(struct smtp_session *s, const struct smtp_reply *reply)
{
	pop(s);
	if (is_ok(reply))
		s->rcpts = 0;
}

static bool
is_behind_data(const struct smtp_session *s)
{
	return s->phase == SMTP_PHASE_DATA_WAIT || s->phase == SMTP_PHASE_GUESS;
}

/*
 * RFC 5321 4.1.1.4: 354, or a refusal. Some servers say 250 and mean 354: then the next
 * line of the client decides.
 */
static void
answer_data(struct smtp_session *s, const struct smtp_slot *slot,
	const struct smtp_reply *reply)
{
	bool behind = is_behind_data(s);

	if (reply->code >= 300 && reply->code < 400 && behind) {
		if (s->phase == SMTP_PHASE_GUESS)
			s->again = span_of(s->peek, s->peeked);
		smtp_pending_mark_final(&s->pending);
		smtp_message_open_data(s, slot->id);
		return;
	}
	if (is_ok(reply) && behind && !s->go_vague) {
		s->go_vague = true;
		if (s->phase == SMTP_PHASE_DATA_WAIT)
			smtp_phase_enter(s, SMTP_PHASE_GUESS);
		return;
	}
	pop(s);
	if (!behind)
		return;
	if (s->phase == SMTP_PHASE_GUESS)
		s->again = span_of(s->peek, s->peeked);
	smtp_client_go_on(s);
}

/*
 * RFC 2033 4.2: one reply for each accepted recipient. PRDR (draft-hall-prdr): 353, one
 * reply for each, and one for the message.
 */
static void
answer_final(struct smtp_session *s, const struct smtp_slot *slot,
	const struct smtp_reply *reply, struct smtp_event *e)
{
	uint32_t due = s->lmtp && s->rcpts ? s->rcpts : 1;

	if (reply->code == 353 && slot->answered == 0 && !s->prdr) {
		e->final = false;
		s->prdr = true;
		return;
	}
	if (s->prdr)
		due = s->rcpts + 1u;
	e->per_rcpt = (s->lmtp && s->rcpts) || (s->prdr && slot->answered + 1u < due);
	e->index = e->per_rcpt ? slot->answered : 0;
	smtp_pending_count_answer(&s->pending);
	if (slot->answered + 1u < due && reply->code != 421)
		return;
	pop(s);
	s->prdr = false;
	s->rcpts = 0;
}

/* RFC 3030 2: a refused chunk is sent nevertheless, unless the server knows no BDAT. */
static void
answer_bdat(struct smtp_session *s, const struct smtp_reply *reply)
{
	if (!is_ok(reply))
		s->body_refused = true;
	if (s->phase != SMTP_PHASE_CHUNK_WAIT)
		return;
	if (reply->code == 500 || reply->code == 502) {
		smtp_message_close(s, false);
		smtp_client_go_on(s);
		return;
	}
	smtp_phase_enter(s, SMTP_PHASE_CHUNK);
	if (s->wait_gap && !smtp_message_gap_chunk(s, s->wait_gap_octets))
		smtp_client_go_on(s);
}

static bool
is_in_auth(const struct smtp_session *s)
{
	return s->phase == SMTP_PHASE_AUTH_WAIT || s->phase == SMTP_PHASE_AUTH_GUESS ||
	       s->phase == SMTP_PHASE_SECRET;
}

static void
answer_auth(struct smtp_session *s, const struct smtp_reply *reply)
{
	if (reply->code >= 300 && reply->code < 400 && is_in_auth(s)) {
		if (s->auth.turns < UINT8_MAX)
			s->auth.turns++;
		smtp_phase_enter(s, SMTP_PHASE_SECRET);
		return;
	}
	pop(s);
	smtp_request_end_auth(s, reply->code);
	if (is_in_auth(s))
		smtp_client_go_on(s);
	s->mask = true;
}

static bool
is_behind_starttls(const struct smtp_session *s)
{
	return s->phase == SMTP_PHASE_TLS_WAIT || s->phase == SMTP_PHASE_TLS_GUESS;
}

/* RFC 3207 4: 220, 501 or 454. */
static void
answer_starttls(struct smtp_session *s, const struct smtp_reply *reply)
{
	bool behind = is_behind_starttls(s);

	pop(s);
	if (behind && s->clear_behind)
		smtp_event_note(s, SMTP_NOTE_PIPELINED_TLS, smtp_phase_client(s));
	if (reply->code != 220) {
		smtp_event_note(s, SMTP_NOTE_TLS_REFUSED, smtp_phase_server(s));
		if (behind)
			smtp_client_go_on(s);
		return;
	}
	if (!behind)
		return;
	s->clear_after = false;
	s->injected = false;
	if (s->wait_gap)
		smtp_client_enter_tls(s, smtp_phase_client(s));
	else
		smtp_phase_enter(s, SMTP_PHASE_TLS_DUE);
}

/* RFC 821 4.1.1, RFC 2645 5.3: who had asked serves now, from its greeting on. */
static void
answer_turn(struct smtp_session *s, const struct smtp_reply *reply)
{
	bool behind = s->phase == SMTP_PHASE_TURN_WAIT;

	pop(s);
	if (!behind)
		return;
	smtp_client_go_on(s);
	if (!is_ok(reply))
		return;
	smtp_event_push(s, SMTP_EVENT_TURNED, smtp_phase_server(s));
	s->turned = !s->turned;
	s->greeted = false;
	s->pipelining = false;
	s->pipelines = false;
	s->group_over = false;
	s->rcpts = 0;
	smtp_pending_clear(&s->pending);
	smtp_line_reset(&s->commands, SMTP_COMMAND_MAX);
	smtp_line_reset(&s->replies, SMTP_REPLY_LINE_MAX);
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

static void
answer_blob(struct smtp_session *s, const struct smtp_reply *reply)
{
	bool go = reply->code >= 300 && reply->code < 400;

	if (s->phase != SMTP_PHASE_BLOB_WAIT) {
		pop(s);
		return;
	}
	if (!go) {
		pop(s);
		smtp_client_go_on(s);
		return;
	}
	smtp_phase_enter(s, s->left ? SMTP_PHASE_BLOB : SMTP_PHASE_COMMAND);
	if (s->wait_gap)
		smtp_client_gap(s, s->wait_gap_octets);
}

/* Postfix XCLIENT_README: after 220 the session starts anew, for another client. */
static void
answer_xclient(struct smtp_session *s, const struct smtp_slot *slot,
	const struct smtp_reply *reply)
{
	pop(s);
	if (!is_ok(reply))
		return;
	smtp_front_tell(s, slot->verb, slot->id);
	if (slot->verb == SMTP_VERB_XCLIENT) {
		s->pipelining = false;
		s->rcpts = 0;
	}
}

static void
act(struct smtp_session *s, const struct smtp_slot *slot, const struct smtp_reply *reply,
	struct smtp_event *e)
{
	switch (slot->verb) {
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
		answer_hello(s, slot->verb, reply);
		break;
	case SMTP_VERB_MAIL:
	case SMTP_VERB_SEND:
	case SMTP_VERB_SOML:
	case SMTP_VERB_SAML:
	case SMTP_VERB_RSET:
		answer_mail(s, reply);
		break;
	case SMTP_VERB_RCPT:
		answer_rcpt(s, reply);
		break;
	case SMTP_VERB_DATA:
		if (slot->final)
			answer_final(s, slot, reply, e);
		else
			answer_data(s, slot, reply);
		break;
	case SMTP_VERB_BDAT:
		answer_bdat(s, reply);
		if (slot->final)
			answer_final(s, slot, reply, e);
		else
			pop(s);
		break;
	case SMTP_VERB_AUTH:
	case SMTP_VERB_XEXPS:
		answer_auth(s, reply);
		break;
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_ANONTLS:
		answer_starttls(s, reply);
		break;
	case SMTP_VERB_TURN:
	case SMTP_VERB_ATRN:
		answer_turn(s, reply);
		break;
	case SMTP_VERB_XEXCH50:
		answer_blob(s, reply);
		break;
	case SMTP_VERB_XCLIENT:
	case SMTP_VERB_XFORWARD:
		answer_xclient(s, slot, reply);
		break;
	default:
		pop(s);
		break;
	}
}

static void
answer(struct smtp_session *s, const struct smtp_slot *slot,
	const struct smtp_reply *reply)
{
	struct smtp_event *e;

	if (slot->final && slot->verb == SMTP_VERB_DATA &&
		smtp_phase_is_message(s->phase))
		smtp_message_cut(s);
	e = push_reply(s, slot, reply);
	e->final = slot->final;
	if (reply->code == 334 && slot->verb != SMTP_VERB_AUTH)
		s->mask = true;
	act(s, slot, reply, e);
}

/* --- replies whose command is not known ----------------------------------------------
 */

/* The verb that alone has such a reply, else SMTP_VERB_OTHER. */
static enum smtp_verb
verb_of_code(uint16_t code)
{
	switch (code) {
	case 354:
		return SMTP_VERB_DATA;
	case 221:
		return SMTP_VERB_QUIT;
	case 235:
	case 334:
	case 535:
		return SMTP_VERB_AUTH;
	default:
		return SMTP_VERB_OTHER;
	}
}

/* The reply's code picks out the command it must belong to. */
static bool
regain_sync(struct smtp_session *s, uint16_t code)
{
	enum smtp_verb verb = verb_of_code(code);

	if (code == 220)
		return smtp_pending_seek(&s->pending, SMTP_VERB_STARTTLS) ||
		       smtp_pending_seek(&s->pending, SMTP_VERB_ANONTLS);
	return verb != SMTP_VERB_OTHER && smtp_pending_seek(&s->pending, verb);
}

/*
 * Its command was not seen. 354 and 334 nevertheless tell what comes next, of the client
 * if it is seen, and of the server.
 */
static void
answer_unknown(struct smtp_session *s, const struct smtp_reply *reply)
{
	struct smtp_slot slot = {.verb = verb_of_code(reply->code)};
	bool both = s->seen[smtp_phase_client(s)] && !s->body_open &&
		    (s->phase == SMTP_PHASE_COMMAND || s->phase == SMTP_PHASE_SEEK);

	push_reply(s, &slot, reply);
	if (reply->code == 354) {
		smtp_pending_infer(&s->pending, SMTP_VERB_DATA, true);
		s->wait_gap = false;
		if (both)
			smtp_message_open_data(s, 0);
	}
	if (reply->code == 334 || reply->code == 235 || reply->code == 535) {
		if (!s->auth.running)
			smtp_auth_start(&s->auth, SPAN_NONE);
		s->mask = true;
	}
	if (reply->code == 334) {
		smtp_pending_infer(&s->pending, SMTP_VERB_AUTH, false);
		if (both)
			smtp_phase_enter(s, SMTP_PHASE_SECRET);
		s->auth.turns = 1;
	}
	if (reply->code == 235 || reply->code == 535)
		smtp_request_end_auth(s, reply->code);
}

/*
 * Nothing is pending. RFC 5321 3.8: 421 may come at any time. A reply amid a chunk whose
 * own reply was had means that the server takes its octets for commands.
 */
static void
answer_stray(struct smtp_session *s, const struct smtp_reply *reply)
{
	struct smtp_slot slot = {.verb = SMTP_VERB_OTHER};

	if (!s->seen[smtp_phase_client(s)]) {
		answer_unknown(s, reply);
		return;
	}
	push_reply(s, &slot, reply);
	if (reply->code == 334)
		s->mask = true;
	if (reply->code == 421)
		return;
	smtp_event_note(s, SMTP_NOTE_REPLY_STRAY, smtp_phase_server(s));
	if (s->phase == SMTP_PHASE_CHUNK)
		smtp_message_cut(s);
}

static bool
is_greeting(const struct smtp_session *s, const struct smtp_reply *reply)
{
	if (!s->greeted)
		return true;
	return !s->whole && s->fit_replies == 0 && reply->code == 220 &&
	       !s->seen[smtp_phase_client(s)];
}

static void
greet(struct smtp_session *s, const struct smtp_reply *reply)
{
	struct smtp_event *e =
		smtp_event_push(s, SMTP_EVENT_GREETING, smtp_phase_server(s));

	e->reply = *reply;
	s->greeted = true;
	if (smtp_pending_is_unsure(&s->pending))
		smtp_pending_clear(&s->pending);
	if (!smtp_pending_is_empty(&s->pending))
		smtp_event_note(s, SMTP_NOTE_EARLY_TALKER, smtp_phase_client(s));
	/* FTP and NNTP greet with codes of this shape too; they are told by other means.
	 */
	if (reply->code == 200 || reply->code == 201)
		s->is_other = true;
}

/* 331 and 230 are FTP's (RFC 959 5.4), and 281 and 381 NNTP's (RFC 4643 2.3.1). */
static void
weigh(struct smtp_session *s, uint16_t code)
{
	bool fits = code == 220 || code == 221 || code == 250 || code == 354 ||
		    code == 235 || code == 334 || code == 550 || code == 554;

	if (fits && s->fit_replies < UINT8_MAX)
		s->fit_replies++;
	if (code == 331 || code == 230 || code == 281 || code == 381)
		s->is_other = true;
}

/* DATA was answered 2xx, and once more before the client has said a word: no message. */
static void
give_up_guess(struct smtp_session *s)
{
	pop(s);
	s->again = span_of(s->peek, s->peeked);
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

/* Pairing rests on an assumption, and no server says 2xx to DATA but by mistake. */
static bool
is_refuted(const struct smtp_session *s, const struct smtp_reply *reply)
{
	struct smtp_slot slot;

	return s->sync_assumed && is_ok(reply) &&
	       smtp_pending_front(&s->pending, &slot) && slot.verb == SMTP_VERB_DATA &&
	       !slot.final;
}

void
smtp_answer_take(struct smtp_session *s, struct smtp_reply *reply)
{
	struct smtp_slot slot;

	if (is_greeting(s, reply)) {
		greet(s, reply);
		weigh(s, reply->code);
		return;
	}
	weigh(s, reply->code);
	if (s->phase == SMTP_PHASE_GUESS && s->go_vague)
		give_up_guess(s);
	if (is_refuted(s, reply))
		smtp_pending_lose_replies(&s->pending);
	if (smtp_pending_is_unsure(&s->pending) && !regain_sync(s, reply->code)) {
		answer_unknown(s, reply);
		return;
	}
	if (smtp_pending_front(&s->pending, &slot))
		answer(s, &slot, reply);
	else
		answer_stray(s, reply);
}
