/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_server.h"

#include "smtp_answer.h"
#include "smtp_client.h"
#include "smtp_event.h"
#include "smtp_hint.h"
#include "smtp_message.h"
#include "smtp_phase.h"
#include "smtp_request.h"

bool
smtp_server_waits(const struct smtp_session *s)
{
	return s->held[smtp_phase_client(s)] && !smtp_phase_waits(s->phase);
}

/* A record at the start of a line, where STARTTLS may have been accepted. */
static bool
is_tls_here(const struct smtp_session *s)
{
	if (s->replies.octets || !smtp_hint_is_tls(s->in.at[0]))
		return false;
	switch (s->phase) {
	case SMTP_PHASE_HELLO:
	case SMTP_PHASE_TLS_WAIT:
	case SMTP_PHASE_TLS_DUE:
	case SMTP_PHASE_TLS_GUESS:
		return true;
	default:
		return !s->seen[smtp_phase_client(s)] ||
		       smtp_pending_is_unsure(&s->pending);
	}
}

/* RFC 3207 4: nothing but TLS may follow the 220. False if the line is to be passed over.
 */
static bool
take_clear_line(struct smtp_session *s)
{
	enum dis_dir dir = smtp_phase_server(s);

	if (s->phase == SMTP_PHASE_HELLO) {
		smtp_event_note(s, SMTP_NOTE_TLS_UNASKED, smtp_phase_client(s));
		s->mask = true;
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
	}
	if (s->phase != SMTP_PHASE_TLS_DUE)
		return true;
	if (s->clear_after) {
		smtp_event_note(s, SMTP_NOTE_TLS_BROKEN, dir);
		smtp_pending_lose_commands(&s->pending);
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
		return true;
	}
	if (!s->injected)
		smtp_event_note(s, SMTP_NOTE_REPLY_INJECTED, dir);
	s->injected = true;
	return false;
}

static void
take_line(struct smtp_session *s, const struct smtp_line *line)
{
	enum dis_dir dir = smtp_phase_server(s);
	struct smtp_reply reply;

	if (!take_clear_line(s))
		return;
	if (line->bare_lf)
		smtp_event_note_once(s, SMTP_NOTE_BARE_LF, dir);
	if (line->cut)
		smtp_event_note_once(s, SMTP_NOTE_LONG_LINE, dir);
	switch (smtp_reply_next(&s->reply, line->text, &reply)) {
	case DIS_OK:
		if (reply.codes_vary)
			smtp_event_note(s, SMTP_NOTE_CODES_VARY, dir);
		smtp_answer_take(s, &reply);
		break;
	case DIS_BAD:
		smtp_event_note_once(s, SMTP_NOTE_REPLY_BAD, dir);
		s->is_other = s->is_other || (s->whole && s->fit_replies == 0);
		break;
	case DIS_MORE:
		break;
	}
}

bool
smtp_server_step(struct smtp_session *s)
{
	struct smtp_line line;

	if (smtp_server_waits(s))
		return false;
	if (is_tls_here(s)) {
		smtp_client_enter_tls(s, smtp_phase_server(s));
		return true;
	}
	if (smtp_line_next(&s->replies, &s->in, &line) == DIS_OK)
		take_line(s, &line);
	return true;
}

void
smtp_server_gap(struct smtp_session *s)
{
	smtp_line_reset(&s->replies, SMTP_REPLY_LINE_MAX);
	smtp_reply_reset(&s->reply);
	s->greeted = true;
	if (!smtp_pending_is_empty(&s->pending))
		smtp_pending_lose_replies(&s->pending);
	if (s->phase != SMTP_PHASE_DOUBT_WAIT)
		smtp_client_press(s);
}

void
smtp_server_end(struct smtp_session *s)
{
	struct smtp_line line;

	if (smtp_line_flush(&s->replies, &line))
		take_line(s, &line);
	smtp_client_press(s);
	smtp_request_end_auth(s, 0);
}
