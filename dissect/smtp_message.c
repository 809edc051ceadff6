/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_message.h"

#include "smtp_event.h"
#include "smtp_phase.h"

static void
open_message(struct smtp_session *s, uint32_t id, bool bdat)
{
	smtp_event_renew_message(s);
	smtp_body_reset(&s->body);
	s->body_id = id;
	s->is_bdat = bdat;
	s->body_open = true;
	s->body_refused = false;
}

static void
push_text(struct smtp_session *s, struct span text)
{
	struct smtp_event *e;

	if (text.len == 0)
		return;
	e = smtp_event_push(s, SMTP_EVENT_BODY, smtp_phase_client(s));
	e->id = s->body_id;
	e->body = text;
}

static void
push_gap(struct smtp_session *s, uint64_t octets)
{
	struct smtp_event *e =
		smtp_event_push(s, SMTP_EVENT_BODY_GAP, smtp_phase_client(s));

	e->id = s->body_id;
	e->octets = octets;
}

void
smtp_message_open_data(struct smtp_session *s, uint32_t id)
{
	smtp_message_close(s, false);
	open_message(s, id, false);
	smtp_phase_enter(s, SMTP_PHASE_BODY);
	if (s->wait_gap)
		smtp_message_gap_data(s, s->wait_gap_octets);
}

/* All octets of a chunk are there. */
static void
end_chunk(struct smtp_session *s)
{
	if (s->chunk_last)
		smtp_message_close(s, true);
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

void
smtp_message_open_chunk(struct smtp_session *s, uint32_t id, uint64_t size, bool last)
{
	if (!s->body_open)
		open_message(s, id, true);
	s->body_id = id;
	s->left = size;
	s->chunk_last = last;
	smtp_phase_enter(s, SMTP_PHASE_CHUNK);
	if (size == 0)
		end_chunk(s);
	else if (!s->chunking)
		smtp_phase_enter(s, SMTP_PHASE_CHUNK_WAIT);
}

void
smtp_message_take_chunk(struct smtp_session *s, struct span *in)
{
	size_t n = in->len < s->left ? in->len : (size_t)s->left;

	push_text(s, span_slice(*in, 0, n));
	*in = span_of(in->at + n, in->len - n);
	s->body.octets += n;
	s->left -= n;
	if (s->left == 0)
		end_chunk(s);
}

void
smtp_message_take_data(struct smtp_session *s, struct span *in)
{
	struct span text = SPAN_NONE;
	enum smtp_note note = SMTP_NOTE_COUNT;

	switch (smtp_body_next(&s->body, in, &text, &note)) {
	case SMTP_BODY_TEXT:
		push_text(s, text);
		break;
	case SMTP_BODY_END:
		smtp_message_close(s, true);
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
		break;
	case SMTP_BODY_ODD:
		smtp_event_note_once(s, note, smtp_phase_client(s));
		smtp_phase_enter(s, SMTP_PHASE_DOUBT);
		break;
	case SMTP_BODY_MORE:
		break;
	}
}

void
smtp_message_resume(struct smtp_session *s)
{
	push_text(s, smtp_body_resume(&s->body));
	smtp_phase_enter(s, SMTP_PHASE_BODY);
}

void
smtp_message_gap_data(struct smtp_session *s, uint64_t octets)
{
	push_gap(s, octets);
	smtp_body_gap(&s->body, octets);
}

bool
smtp_message_gap_chunk(struct smtp_session *s, uint64_t octets)
{
	bool inside = octets != 0 && octets <= s->left;
	uint64_t mine = inside ? octets : octets ? s->left : 0;

	push_gap(s, mine);
	s->body.octets += mine;
	s->left -= mine;
	if (!inside) {
		smtp_message_close(s, false);
		return false;
	}
	if (s->left == 0)
		end_chunk(s);
	return true;
}

static void
push_skipped(struct smtp_session *s, uint64_t octets)
{
	struct smtp_event *e =
		smtp_event_push(s, SMTP_EVENT_BODY_SKIPPED, smtp_phase_client(s));

	e->id = s->body_id;
	e->octets = octets;
}

void
smtp_message_skip_data(struct smtp_session *s, uint64_t octets, const uint8_t before[3])
{
	push_skipped(s, octets);
	smtp_body_skip(&s->body, octets, before);
}

void
smtp_message_skip_chunk(struct smtp_session *s, uint64_t octets)
{
	push_skipped(s, octets);
	s->body.octets += octets;
	s->left -= octets;
	if (s->left == 0)
		end_chunk(s);
}

void
smtp_message_cut(struct smtp_session *s)
{
	enum dis_dir dir = smtp_phase_client(s);
	bool doubt = s->phase != SMTP_PHASE_BODY;

	if (!doubt && smtp_body_is_at_odd_end(&s->body)) {
		s->peeked = 0;
		smtp_event_note_once(s, SMTP_NOTE_SMUGGLE_CR_DOT_CR, dir);
		doubt = true;
	}
	if (doubt) {
		smtp_event_note(s, SMTP_NOTE_ODD_END_TAKEN, dir);
		smtp_message_close(s, true);
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
		if (s->again.len == 0)
			s->again = span_of(s->peek, s->peeked);
		s->peeked = 0;
		return;
	}
	smtp_message_close(s, false);
	smtp_pending_lose_commands(&s->pending);
	s->group_over = false;
	smtp_phase_enter(s, SMTP_PHASE_SEEK);
}

/* A chunk's line ends are not looked at: BDAT's octets may be anything (RFC 3030 2). */
static void
note_line_ends(struct smtp_session *s)
{
	if (s->body.bare_lf)
		smtp_event_note(s, SMTP_NOTE_BODY_BARE_LF, smtp_phase_client(s));
	if (s->body.bare_cr)
		smtp_event_note(s, SMTP_NOTE_BODY_BARE_CR, smtp_phase_client(s));
}

void
smtp_message_close(struct smtp_session *s, bool complete)
{
	struct smtp_event *e;

	if (!s->body_open)
		return;
	note_line_ends(s);
	e = smtp_event_push(s, SMTP_EVENT_BODY_END, smtp_phase_client(s));
	e->id = s->body_id;
	e->end.octets = s->body.octets;
	e->end.id = s->body_id;
	e->end.bdat = s->is_bdat;
	e->end.complete = complete;
	s->body_open = false;
}
