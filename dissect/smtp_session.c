/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_session.h"

#include "smtp_client.h"
#include "smtp_event.h"
#include "smtp_hint.h"
#include "smtp_message.h"
#include "smtp_phase.h"
#include "smtp_server.h"

void
smtp_session_reset(struct smtp_session *s, bool whole)
{
	memset(s, 0, sizeof(*s));
	s->whole = whole;
	s->greeted = !whole;
	s->chunking = true;
	smtp_pending_reset(&s->pending);
	if (!whole)
		smtp_pending_lose_replies(&s->pending);
	smtp_line_reset(&s->commands, SMTP_COMMAND_MAX);
	smtp_line_reset(&s->replies, SMTP_REPLY_LINE_MAX);
	smtp_reply_reset(&s->reply);
	smtp_phase_enter(s, whole ? SMTP_PHASE_START : SMTP_PHASE_SEEK);
}

/* A stream that is joined in its middle may be amid TLS: its records' types tell. */
static void
look_at_first(struct smtp_session *s)
{
	if (!s->whole && !s->seen[s->dir] && smtp_hint_is_tls(s->in.at[0]) &&
		s->phase == SMTP_PHASE_SEEK)
		smtp_client_enter_tls(s, s->dir);
	s->seen[s->dir] = true;
}

void
smtp_session_feed(
	struct smtp_session *s, enum dis_dir dir, struct span octets, struct moment at)
{
	s->dir = dir;
	s->in = octets;
	s->fed = octets.len;
	s->at = at;
	s->held[dir] = false;
	if (octets.len)
		look_at_first(s);
}

/* Moves on by one line, or one run of text. False if that is not possible. */
static bool
step(struct smtp_session *s)
{
	bool client = s->dir == smtp_phase_client(s);

	if (s->phase == SMTP_PHASE_TLS)
		return false;
	if (s->again.len)
		return smtp_client_step(s);
	if (s->in.len == 0)
		return false;
	return client ? smtp_client_step(s) : smtp_server_step(s);
}

/* Octets that were held when their side ended have been taken: now it is over. */
static bool
end_late(struct smtp_session *s)
{
	if (s->fed == 0 || s->in.len || !s->ended[s->dir] || !s->body_open ||
		s->dir != smtp_phase_client(s))
		return false;
	smtp_client_end(s);
	return !s->body_open;
}

enum dis_status
smtp_session_next(struct smtp_session *s, struct smtp_event *out, size_t *taken)
{
	*taken = 0;
	for (;;) {
		if (smtp_event_pop(s, out))
			return DIS_OK;
		if (!step(s) && !end_late(s))
			break;
	}
	*taken = s->fed - s->in.len;
	s->held[s->dir] = s->held[s->dir] || s->in.len != 0;
	s->in = SPAN_NONE;
	s->fed = 0;
	return DIS_MORE;
}

bool
smtp_session_waits(const struct smtp_session *s, enum dis_dir dir)
{
	if (s->phase == SMTP_PHASE_TLS || !s->held[dir])
		return false;
	return dir == smtp_phase_client(s) ? smtp_phase_waits(s->phase)
					   : smtp_server_waits(s);
}

void
smtp_session_press(struct smtp_session *s)
{
	smtp_client_press(s);
}

void
smtp_session_gap(
	struct smtp_session *s, enum dis_dir dir, uint64_t octets, struct moment at)
{
	s->at = at;
	if (s->phase == SMTP_PHASE_TLS || s->ended[dir])
		return;
	s->held[dir] = false;
	smtp_event_push(s, SMTP_EVENT_LOST, dir)->octets = octets;
	if (dir == smtp_phase_client(s))
		smtp_client_gap(s, octets);
	else
		smtp_server_gap(s);
	s->seen[dir] = true;
}

enum smtp_skip
smtp_session_may_skip(const struct smtp_session *s, enum dis_dir dir, uint64_t *left)
{
	*left = 0;
	if (dir != smtp_phase_client(s) || s->ended[dir] || s->held[dir] || s->again.len)
		return SMTP_SKIP_NONE;
	if (s->phase == SMTP_PHASE_BODY && smtp_body_may_skip(&s->body))
		return SMTP_SKIP_TEXT;
	if (s->phase != SMTP_PHASE_CHUNK)
		return SMTP_SKIP_NONE;
	*left = s->left;
	return SMTP_SKIP_CHUNK;
}

bool
smtp_session_skip(struct smtp_session *s, enum dis_dir dir, uint64_t octets,
	const uint8_t before[3], struct moment at)
{
	uint64_t left;

	switch (smtp_session_may_skip(s, dir, &left)) {
	case SMTP_SKIP_TEXT:
		s->at = at;
		smtp_message_skip_data(s, octets, before);
		return true;
	case SMTP_SKIP_CHUNK:
		if (octets > left)
			return false;
		s->at = at;
		smtp_message_skip_chunk(s, octets);
		return true;
	case SMTP_SKIP_NONE:
	default:
		return false;
	}
}

void
smtp_session_end(struct smtp_session *s, enum dis_dir dir, struct moment at)
{
	bool client = dir == smtp_phase_client(s);

	s->at = at;
	if (s->ended[dir] || s->phase == SMTP_PHASE_TLS)
		return;
	s->ended[dir] = true;
	if (!client) {
		s->held[dir] = false;
		smtp_server_end(s);
	}
	/* Where client octets are still held, end_late comes when they are taken. */
	if (s->ended[smtp_phase_client(s)] && !s->held[smtp_phase_client(s)])
		smtp_client_end(s);
}

bool
smtp_session_is_tls(const struct smtp_session *s)
{
	return s->phase == SMTP_PHASE_TLS;
}

bool
smtp_session_is_smtp(const struct smtp_session *s)
{
	bool client = s->seen[smtp_phase_client(s)];
	bool server = s->seen[smtp_phase_server(s)];

	if (s->is_hello_answered && s->fit_replies)
		return true;
	if (s->fit_commands >= 3 && (!server || s->fit_replies >= 2))
		return true;
	return !client && !s->is_other && s->fit_replies >= 3;
}

bool
smtp_session_is_other(const struct smtp_session *s)
{
	return s->is_other && !smtp_session_is_smtp(s);
}
