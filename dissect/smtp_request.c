/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_request.h"

#include "smtp_event.h"
#include "smtp_front.h"
#include "smtp_hint.h"
#include "smtp_message.h"
#include "smtp_phase.h"

static void
note_line(struct smtp_session *s, const struct smtp_line *line)
{
	enum dis_dir dir = smtp_phase_client(s);

	if (line->bare_lf)
		smtp_event_note_once(s, SMTP_NOTE_BARE_LF, dir);
	if (line->bare_cr)
		smtp_event_note_once(s, SMTP_NOTE_BARE_CR, dir);
	if (line->nul)
		smtp_event_note_once(s, SMTP_NOTE_NUL, dir);
	if (line->cut)
		smtp_event_note_once(s, SMTP_NOTE_LONG_LINE, dir);
}

/*
 * Cuts what may be a secret: the arguments of AUTH; around an AUTH any line without a
 * known verb (it may be a response that the server took for a command); and an AUTH that
 * is misspelt. True if the whole line was cut.
 */
static bool
mask(struct smtp_session *s, struct smtp_command *c)
{
	bool suspect = s->mask || span_starts_nocase(c->word, SPAN_LITERAL("AUTH")) ||
		       span_starts_nocase(c->word, SPAN_LITERAL("XAUTH"));

	if (c->verb == SMTP_VERB_AUTH || c->verb == SMTP_VERB_XEXPS)
		c->args = smtp_auth_mechanism(c->args);
	if (c->verb != SMTP_VERB_OTHER) {
		s->mask = false;
		return false;
	}
	if (suspect) {
		c->word = SPAN_NONE;
		c->args = SPAN_NONE;
	}
	return suspect;
}

static bool
is_hello(enum smtp_verb verb)
{
	return verb == SMTP_VERB_HELO || verb == SMTP_VERB_EHLO || verb == SMTP_VERB_LHLO;
}

/* RFC 3030 2: a BDAT transaction goes on until LAST; RSET, MAIL or a hello break it off.
 */
static void
close_unfinished(struct smtp_session *s, enum smtp_verb verb)
{
	if (!s->body_open)
		return;
	if (verb != SMTP_VERB_MAIL && verb != SMTP_VERB_RSET && verb != SMTP_VERB_QUIT &&
		!is_hello(verb))
		return;
	if (!s->body_refused)
		smtp_event_note(s, SMTP_NOTE_BDAT_UNFINISHED, smtp_phase_client(s));
	smtp_message_close(s, false);
}

/* RFC 2920 3.1: these can only be the last of a group; the client waits for their reply.
 */
static bool
ends_group(enum smtp_verb verb)
{
	switch (verb) {
	case SMTP_VERB_HELO:
	case SMTP_VERB_EHLO:
	case SMTP_VERB_LHLO:
	case SMTP_VERB_DATA:
	case SMTP_VERB_VRFY:
	case SMTP_VERB_EXPN:
	case SMTP_VERB_TURN:
	case SMTP_VERB_ATRN:
	case SMTP_VERB_QUIT:
	case SMTP_VERB_NOOP:
	case SMTP_VERB_AUTH:
	case SMTP_VERB_STARTTLS:
		return true;
	default:
		return false;
	}
}

/*
 * A client that does not pipeline, or that has just ended a group, has had all replies
 * when it sends its next command: so from here on replies can be paired again.
 */
static void
regain_sync(struct smtp_session *s)
{
	if (s->pending.lost == 0)
		return;
	/* A command that surely has no reply yet is before the loss: it does pipeline. */
	if (!s->group_over && !smtp_pending_is_unsure(&s->pending))
		s->pipelines = true;
	if (!s->group_over && s->pipelines)
		return;
	smtp_pending_clear(&s->pending);
	s->sync_assumed = !s->group_over;
}

static void
note_pipelining(struct smtp_session *s)
{
	enum dis_dir server = smtp_phase_server(s);

	if (smtp_pending_is_empty(&s->pending) || smtp_pending_is_unsure(&s->pending) ||
		!s->seen[server])
		return;
	s->pipelines = true;
	if (s->sync_assumed) {
		s->sync_assumed = false;
		smtp_pending_lose_replies(&s->pending);
		return;
	}
	if (s->greeted && s->whole && !s->pipelining)
		smtp_event_note_once(s, SMTP_NOTE_PIPELINED_EARLY, smtp_phase_client(s));
}

/* RFC 3030 2: bdat-cmd = "BDAT" SP chunk-size [ SP end-marker ] CR LF */
static bool
parse_bdat(struct span args, uint64_t *size, bool *last)
{
	size_t end = 0;

	while (end < args.len && !dis_is_blank(args.at[end]))
		end++;

	struct span marker = span_trim(span_slice(args, end, args.len));
	*last = span_equal_nocase(marker, SPAN_LITERAL("LAST"));
	return (*last || marker.len == 0) &&
	       span_number(span_slice(args, 0, end), INT64_MAX, size);
}

static void
begin_chunk(struct smtp_session *s, const struct smtp_command *c, uint32_t id)
{
	uint64_t size = 0;
	bool last = false;

	if (parse_bdat(c->args, &size, &last))
		smtp_message_open_chunk(s, id, size, last);
	else
		smtp_event_note(s, SMTP_NOTE_BAD_BDAT, smtp_phase_client(s));
}

/* [MS-XEXCH50] 2.2.1: XEXCH50 SP size SP version; the octets follow the 354. */
static void
begin_blob(struct smtp_session *s, struct span args)
{
	size_t end = span_find(args, ' ');

	if (span_number(span_slice(args, 0, end), INT64_MAX, &s->left))
		smtp_phase_enter(s, SMTP_PHASE_BLOB_WAIT);
}

/* What the octets behind the command are. */
static void
look_behind(struct smtp_session *s, const struct smtp_command *c, uint32_t id)
{
	s->wait_gap = false;
	s->wait_gap_octets = 0;
	switch (c->verb) {
	case SMTP_VERB_DATA:
		s->go_vague = false;
		smtp_phase_enter(s, SMTP_PHASE_DATA_WAIT);
		break;
	case SMTP_VERB_BDAT:
		begin_chunk(s, c, id);
		break;
	case SMTP_VERB_AUTH:
	case SMTP_VERB_XEXPS:
		smtp_phase_enter(s, SMTP_PHASE_AUTH_WAIT);
		break;
	case SMTP_VERB_STARTTLS:
	case SMTP_VERB_ANONTLS:
		s->clear_behind = false;
		smtp_phase_enter(s, SMTP_PHASE_TLS_WAIT);
		break;
	case SMTP_VERB_TURN:
	case SMTP_VERB_ATRN:
		smtp_phase_enter(s, SMTP_PHASE_TURN_WAIT);
		break;
	case SMTP_VERB_XEXCH50:
		begin_blob(s, c->args);
		break;
	case SMTP_VERB_XCLIENT:
	case SMTP_VERB_XFORWARD:
		smtp_front_keep(s, c->args, id);
		break;
	default:
		break;
	}
}

static void
weigh(struct smtp_session *s, const struct smtp_command *c, struct span text)
{
	bool fits = is_hello(c->verb) || c->verb == SMTP_VERB_MAIL ||
		    c->verb == SMTP_VERB_RCPT || c->verb == SMTP_VERB_DATA ||
		    c->verb == SMTP_VERB_BDAT;

	if (fits && s->fit_commands < UINT8_MAX)
		s->fit_commands++;
	if (s->fit_commands == 0 && smtp_hint_is_foreign(text))
		s->is_other = true;
}

static uint32_t
push_command(struct smtp_session *s, const struct smtp_command *c, struct span args,
	bool masked)
{
	struct smtp_event *e;
	uint64_t size;
	bool last = false, full;

	if (c->verb == SMTP_VERB_BDAT && !parse_bdat(c->args, &size, &last))
		last = false;
	e = smtp_event_push(s, SMTP_EVENT_COMMAND, smtp_phase_client(s));
	e->id = smtp_pending_push(&s->pending, c->verb, last, masked, &full);
	e->verb = c->verb;
	e->command = *c;
	if (c->verb == SMTP_VERB_AUTH || c->verb == SMTP_VERB_XEXPS) {
		/* The line will be wiped. */
		smtp_auth_start(&s->auth, args);
		e->command.word = span_of_text(smtp_verb_name(c->verb));
		e->command.args = span_of(s->auth.mechanism, s->auth.mechanism_len);
	}
	if (full && s->seen[smtp_phase_server(s)])
		smtp_event_note_once(s, SMTP_NOTE_PENDING_FULL, smtp_phase_client(s));
	return e->id;
}

void
smtp_request_end_auth(struct smtp_session *s, uint16_t code)
{
	struct smtp_event *e;

	if (!s->auth.running)
		return;
	e = smtp_event_push(s, SMTP_EVENT_AUTH, smtp_phase_client(s));
	/* The next AUTH may start before this event is given out. */
	s->auth_told = s->auth;
	smtp_auth_finish(&s->auth_told, code, &e->auth);
	s->auth.running = false;
	s->mask = true;
}

void
smtp_request_take(struct smtp_session *s, const struct smtp_line *line)
{
	struct smtp_command c;
	struct span args;
	bool masked;
	uint32_t id;

	smtp_command_parse(line->text, &c);
	args = c.args;
	if (c.verb == SMTP_VERB_MAIL)
		smtp_event_renew_transaction(s);
	note_line(s, line);
	weigh(s, &c, line->text);
	masked = mask(s, &c);
	close_unfinished(s, c.verb);
	if (s->auth.running && c.verb != SMTP_VERB_OTHER)
		smtp_request_end_auth(s, 0);
	s->mask = s->mask && masked;
	regain_sync(s);
	note_pipelining(s);
	id = push_command(s, &c, args, masked);
	if (c.verb == SMTP_VERB_OTHER)
		smtp_event_note_once(s, SMTP_NOTE_UNKNOWN_VERB, smtp_phase_client(s));
	s->group_over = ends_group(c.verb);
	look_behind(s, &c, id);
}
