/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"

#include <string.h>

/* Once in so many segments; figures of a wire that is well but busy. */
#define OVERTAKEN  400
#define SENT_TWICE 500
#define NOT_SEEN   50000

static uint16_t
port_of(enum talk_kind kind, struct random *r)
{
	switch (kind) {
	case TALK_MAIL:
		return random_once_in(r, 10) ? 587 : 25;
	case TALK_DNS:
		return 53;
	case TALK_WEB:
	case TALK_QUIC:
		return 443;
	case TALK_ODD:
	default:
		return (uint16_t)random_between(r, 1024, 32767);
	}
}

/* Clients are many, servers of the network at hand some dozens. */
static void
address(struct wire_host *h, bool v6, enum talk_kind kind, enum side side,
	struct random *r)
{
	bool many = side == SIDE_CLIENT;
	uint32_t host = random_rank(r, many ? 16 : kind == TALK_MAIL ? 5 : 12);
	const uint8_t v4[4] = {(uint8_t)(many ? 11 : 12 + kind), 64, (uint8_t)(host >> 8),
		(uint8_t)host};
	static const uint8_t prefix[8] = {0x20, 1, 0x0d, 0xb8, 0, 0, 0, 1};

	memset(h->addr, 0, sizeof(h->addr));
	if (v6)
		memcpy(h->addr, prefix, sizeof(prefix));
	memcpy(h->addr + (v6 ? 12 : 0), v4, sizeof(v4));
	h->ip_id = (uint16_t)random_next(r);
}

void
talk_begin(struct talk *t, enum talk_kind kind, struct random *r)
{
	static void (*const scripts[])(struct script *, struct random *) = {
		[TALK_MAIL] = script_mail,
		[TALK_DNS] = script_dns,
		[TALK_WEB] = script_web,
		[TALK_QUIC] = script_quic,
		[TALK_ODD] = script_odd,
	};
	struct script script = t->script;

	*t = (struct talk){.kind = kind, .script = script};
	t->udp = kind == TALK_DNS || kind == TALK_QUIC;
	t->v6 = random_once_in(r, 10);
	script_reset(&t->script);
	scripts[kind](&t->script, r);
	for (int side = 0; side < 2; side++) {
		address(&t->host[side], t->v6, kind, (enum side)side, r);
		t->seq[side] = (uint32_t)random_next(r);
	}
	t->host[SIDE_CLIENT].port = (uint16_t)random_between(r, 32768, 60999);
	t->host[SIDE_SERVER].port = port_of(kind, r);
}

static void
tcp(struct talk *t, struct wire *w, enum side side, uint32_t seq, unsigned flags,
	const uint8_t *payload, size_t n)
{
	struct wire_segment segment = {seq, t->seq[!side], (uint8_t)flags};

	if (!(flags & WIRE_ACK))
		segment.ack = 0;
	wire_tcp(w, t->v6, &t->host[side], &t->host[!side], &segment, payload, n);
}

static void
shake(struct talk *t, struct wire *w)
{
	enum side side = t->shaken == 1 ? SIDE_SERVER : SIDE_CLIENT;
	unsigned flags =
		(t->shaken < 2 ? WIRE_SYN : 0u) | (t->shaken > 0 ? WIRE_ACK : 0u);

	tcp(t, w, side, t->seq[side], flags, NULL, 0);
	t->seq[side] += t->shaken < 2;
	t->shaken++;
}

/* The client's FIN, the server's, the client's last word. */
static bool
part(struct talk *t, struct wire *w)
{
	enum side side = t->closed == 1 ? SIDE_SERVER : SIDE_CLIENT;

	tcp(t, w, side, t->seq[side], WIRE_ACK | (t->closed < 2 ? WIRE_FIN : 0u), NULL,
		0);
	t->seq[side] += t->closed < 2;
	return ++t->closed < 3;
}

static void
deliver_held(struct talk *t, struct wire *w, enum side side)
{
	t->held = false;
	tcp(t, w, side, t->held_seq, WIRE_ACK | WIRE_PSH, t->script.at + t->held_at,
		t->held_len);
}

static void
acknowledge(struct talk *t, struct wire *w, enum side side)
{
	tcp(t, w, !side, t->seq[!side], WIRE_ACK, NULL, 0);
	t->unacked = 0;
}

static void
send_segment(struct talk *t, struct wire *w, enum side side, size_t n, struct random *r)
{
	const uint8_t *at = t->script.at + t->done;
	bool last = t->done + n == t->script.turn[t->turn].end;
	uint32_t seq = t->seq[side];

	t->seq[side] += (uint32_t)n;
	t->done += n;
	t->unacked++;
	if (!last && !t->held && random_once_in(r, OVERTAKEN)) {
		t->held = true;
		t->held_at = t->done - n;
		t->held_len = n;
		t->held_seq = seq;
		return;
	}
	if (!random_once_in(r, NOT_SEEN))
		tcp(t, w, side, seq, WIRE_ACK | (last ? WIRE_PSH : 0u), at, n);
	if (t->held)
		deliver_held(t, w, side);
	else if (random_once_in(r, SENT_TWICE))
		tcp(t, w, side, seq, WIRE_ACK | WIRE_PSH, at, n);
}

static bool
step_tcp(struct talk *t, struct wire *w, struct random *r)
{
	const struct turn *turn;
	size_t n;

	if (t->shaken < 3) {
		shake(t, w);
		return true;
	}
	if (t->turn == t->script.turns)
		return part(t, w);
	turn = &t->script.turn[t->turn];
	/* Bulk is acknowledged every other segment, a turn's end by what answers it. */
	if (t->unacked >= 2 && t->done < turn->end && !t->held) {
		acknowledge(t, w, turn->side);
		return true;
	}
	n = turn->end - t->done < WIRE_MSS ? turn->end - t->done : WIRE_MSS;
	if (n)
		send_segment(t, w, turn->side, n, r);
	if (t->done == turn->end) {
		if (random_once_in(r, 3))
			acknowledge(t, w, turn->side);
		t->unacked = 0;
		t->turn++;
	}
	return true;
}

static bool
step_udp(struct talk *t, struct wire *w)
{
	const struct turn *turn = &t->script.turn[t->turn++];

	wire_udp(w, t->v6, &t->host[turn->side], &t->host[!turn->side],
		t->script.at + t->done, turn->end - t->done);
	t->done = turn->end;
	return t->turn < t->script.turns;
}

bool
talk_step(struct talk *t, struct wire *w, struct random *r)
{
	return t->udp ? step_udp(t, w) : step_tcp(t, w, r);
}
