/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_pending.h"

/* A slot: verb, and these. */
#define VERB   0x1fu
#define FINAL  0x20u
#define MASKED 0x40u
#define GHOST  0x80u /* has no number */
#define LOST   (GHOST | VERB)

_Static_assert(SMTP_VERB_COUNT <= VERB, "a verb and LOST must fit five bits");

void
smtp_pending_reset(struct smtp_pending *p)
{
	p->next_id = 1;
	p->given_up = 0;
	smtp_pending_clear(p);
}

static uint8_t *
slot_at(struct smtp_pending *p, uint16_t index)
{
	return &p->slots[(p->front + index) % SMTP_PENDING_MAX];
}

static uint8_t
front_slot(const struct smtp_pending *p)
{
	return p->slots[p->front];
}

void
smtp_pending_clear(struct smtp_pending *p)
{
	p->front = 0;
	p->used = 0;
	p->lost = 0;
	p->given_up = 0;
	p->answered = 0;
	p->front_id = p->next_id;
}

static void
drop_front(struct smtp_pending *p)
{
	uint8_t slot = front_slot(p);

	if (slot == LOST)
		p->lost--;
	if (!(slot & GHOST))
		p->front_id++;
	p->front = (uint16_t)((p->front + 1) % SMTP_PENDING_MAX);
	p->used--;
	p->answered = 0;
}

static bool
has_one_reply(uint8_t slot)
{
	uint8_t verb = slot & VERB;

	return !(slot & (FINAL | GHOST)) && verb != SMTP_VERB_DATA &&
	       verb != SMTP_VERB_AUTH && verb != SMTP_VERB_XEXPS &&
	       verb != SMTP_VERB_XEXCH50;
}

/* Makes room for one. Only a command that surely has one reply can be counted off later.
 */
static void
give_up_front(struct smtp_pending *p)
{
	bool countable = has_one_reply(front_slot(p)) && p->given_up < UINT16_MAX;

	drop_front(p);
	if (countable) {
		p->given_up++;
		return;
	}
	drop_front(p);
	smtp_pending_lose_replies(p);
}

static void
append(struct smtp_pending *p, uint8_t slot)
{
	*slot_at(p, p->used) = slot;
	p->used++;
	p->lost = (uint16_t)(p->lost + (slot == LOST));
}

uint32_t
smtp_pending_push(
	struct smtp_pending *p, enum smtp_verb verb, bool final, bool masked, bool *full)
{
	*full = p->used == SMTP_PENDING_MAX;
	if (*full)
		give_up_front(p);
	append(p, (uint8_t)(verb | (final ? FINAL : 0) | (masked ? MASKED : 0)));
	return p->next_id++;
}

void
smtp_pending_infer(struct smtp_pending *p, enum smtp_verb verb, bool final)
{
	smtp_pending_clear(p);
	append(p, (uint8_t)(verb | GHOST | (final ? FINAL : 0)));
}

void
smtp_pending_lose_commands(struct smtp_pending *p)
{
	if (p->used && *slot_at(p, (uint16_t)(p->used - 1)) == LOST)
		return;
	if (p->used == SMTP_PENDING_MAX)
		drop_front(p);
	append(p, LOST);
}

void
smtp_pending_lose_replies(struct smtp_pending *p)
{
	p->given_up = 0;
	p->answered = 0;
	if (smtp_pending_is_unsure(p))
		return;
	if (p->used == SMTP_PENDING_MAX)
		drop_front(p);
	p->front = (uint16_t)((p->front + SMTP_PENDING_MAX - 1) % SMTP_PENDING_MAX);
	p->slots[p->front] = LOST;
	p->used++;
	p->lost++;
}

bool
smtp_pending_front(const struct smtp_pending *p, struct smtp_slot *out)
{
	uint8_t slot = front_slot(p);

	if (p->given_up) {
		*out = (struct smtp_slot){.id = p->front_id - p->given_up};
		return true;
	}
	if (p->used == 0 || slot == LOST)
		return false;
	out->verb = (enum smtp_verb)(slot & VERB);
	out->id = slot & GHOST ? 0 : p->front_id;
	out->final = slot & FINAL;
	out->masked = slot & MASKED;
	out->answered = p->answered;
	return true;
}

void
smtp_pending_mark_final(struct smtp_pending *p)
{
	if (p->used && !p->given_up)
		*slot_at(p, 0) |= FINAL;
}

void
smtp_pending_count_answer(struct smtp_pending *p)
{
	if (p->answered < UINT16_MAX)
		p->answered++;
}

void
smtp_pending_pop(struct smtp_pending *p)
{
	if (p->given_up)
		p->given_up--;
	else if (p->used)
		drop_front(p);
}

bool
smtp_pending_seek(struct smtp_pending *p, enum smtp_verb verb)
{
	uint16_t index = 0;

	while (index < p->used && (*slot_at(p, index) & VERB) != verb)
		index++;
	if (index == p->used)
		return false;
	p->given_up = 0;
	while (index--)
		drop_front(p);
	return true;
}

void
smtp_pending_keep_newest(struct smtp_pending *p)
{
	while (p->used > 1)
		drop_front(p);
	p->given_up = 0;
}

bool
smtp_pending_is_empty(const struct smtp_pending *p)
{
	return p->used == 0 && p->given_up == 0;
}

bool
smtp_pending_is_unsure(const struct smtp_pending *p)
{
	return !p->given_up && p->used && front_slot(p) == LOST;
}
