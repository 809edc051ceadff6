/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_event.h"

#define BIT(note) (1u << (note))
_Static_assert(SMTP_NOTE_COUNT <= 32, "one bit a note");

struct smtp_event *
smtp_event_push(struct smtp_session *s, enum smtp_event_kind kind, enum dis_dir dir)
{
	unsigned at = (s->event_front + (unsigned)s->event_count) % SMTP_EVENTS_MAX;
	struct smtp_event *e = &s->events[at];

	if (s->event_count < SMTP_EVENTS_MAX)
		s->event_count++;
	else
		s->event_overrun = true;
	*e = (struct smtp_event){.kind = kind, .dir = dir, .at = s->at};
	return e;
}

bool
smtp_event_pop(struct smtp_session *s, struct smtp_event *out)
{
	if (s->event_count == 0)
		return false;
	*out = s->events[s->event_front];
	s->event_front = (uint8_t)((s->event_front + 1u) % SMTP_EVENTS_MAX);
	/* Most come alone: the same place again, for it is in the cache. */
	if (--s->event_count == 0)
		s->event_front = 0;
	return true;
}

void
smtp_event_note(struct smtp_session *s, enum smtp_note note, enum dis_dir dir)
{
	smtp_event_push(s, SMTP_EVENT_NOTE, dir)->note = note;
}

void
smtp_event_note_once(struct smtp_session *s, enum smtp_note note, enum dis_dir dir)
{
	if (s->noted & BIT(note))
		return;
	s->noted |= BIT(note);
	smtp_event_note(s, note, dir);
}

void
smtp_event_renew_transaction(struct smtp_session *s)
{
	s->noted &= ~(BIT(SMTP_NOTE_BARE_LF) | BIT(SMTP_NOTE_BARE_CR) |
		      BIT(SMTP_NOTE_NUL) | BIT(SMTP_NOTE_LONG_LINE) |
		      BIT(SMTP_NOTE_UNKNOWN_VERB) | BIT(SMTP_NOTE_REPLY_BAD));
}

void
smtp_event_renew_message(struct smtp_session *s)
{
	s->noted &= ~(BIT(SMTP_NOTE_SMUGGLE_LF_DOT_LF) |
		      BIT(SMTP_NOTE_SMUGGLE_LF_DOT_CRLF) |
		      BIT(SMTP_NOTE_SMUGGLE_CRLF_DOT_LF) |
		      BIT(SMTP_NOTE_SMUGGLE_CR_DOT_CR) | BIT(SMTP_NOTE_SMUGGLE_NUL_DOT));
}
