/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_join.h"

#include <time.h>

#define MS UINT64_C(1000000)
/* How often interfaces are looked after. */
#define LOOK_NS (1000 * MS)
/* What a late interrupt and a busy machine may add to the ring's own delay. */
#define SLACK_NS (20 * MS)
/* Between the kernel's stamp on a frame and its place in the ring, on a busy machine. */
#define EMPTY_NS (10 * MS)
/* A block that has frames is handed over, however late its timer is; but not for ever. */
#define FILLS_NS (250 * MS)
/* Frames between two looks at the clock while they come without a pause. */
#define FRAMES_PER_LOOK 4096

static struct capture_join *
join_of(struct capture *c)
{
	return (struct capture_join *)(void *)c;
}

/* The clock that the kernel stamps frames by. */
static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
join_enter(struct capture_join *j, enum capture_join_phase phase)
{
	j->phase = phase;
}

/* --- choosing -------------------------------------------------------------------- */

struct choice {
	struct capture_tap *tap; /* NULL: none has a frame */
	const struct capture_frame *frame;
	bool complete; /* all have one, or can have none */
};

static struct choice
choose(struct capture_join *j)
{
	struct choice c = {.complete = true};

	for (size_t i = 0; i < j->taps; i++) {
		struct capture_tap *t = j->tap[i];
		const struct capture_frame *f = t->ops->peek(t);

		if (!f) {
			c.complete = c.complete && t->ops->descriptor(t) < 0;
		} else if (!c.frame || f->at.ns < c.frame->at.ns) {
			c.tap = t;
			c.frame = f;
		}
	}
	return c;
}

static uint64_t
hold_for(const struct capture_join *j, enum capture_tap_open open)
{
	switch (open) {
	case CAPTURE_TAP_EMPTY:
		return EMPTY_NS;
	case CAPTURE_TAP_FILLS:
		return FILLS_NS;
	case CAPTURE_TAP_UNKNOWN:
	default:
		return j->hold_ns;
	}
}

/*
 * How old a frame may be that has not been seen yet. Nothing is in a ring's open block:
 * just what it takes a frame to get there. Ask for the time before this, or what comes in
 * between is older than it is thought to be.
 */
static uint64_t
hold_of(const struct capture_join *j)
{
	uint64_t most = EMPTY_NS, one;

	for (size_t i = 0; i < j->taps; i++) {
		struct capture_tap *t = j->tap[i];

		if (t->ops->peek(t) || t->ops->descriptor(t) < 0)
			continue;
		one = hold_for(j, t->ops->open(t));
		if (one > most)
			most = one;
	}
	return most;
}

/* Can no earlier frame come? */
static bool
is_due(const struct capture_join *j, const struct choice *c)
{
	uint64_t now;

	if (c->complete || j->taps == 1)
		return true;
	now = now_ns();
	/* Ahead of the clock: it was set back. */
	return c->frame->at.ns + hold_of(j) <= now || c->frame->at.ns > now;
}

static enum capture_status
give(struct capture_join *j, const struct choice *c, struct capture_frame *out)
{
	*out = *c->frame;
	j->lent = c->tap;
	return CAPTURE_FRAME;
}

/* --- waiting --------------------------------------------------------------------- */

static void
look_after(struct capture_join *j, uint64_t now)
{
	for (size_t i = 0; i < j->taps; i++)
		j->tap[i]->ops->look(j->tap[i]);
	j->looked_ns = now;
}

/* Poll with a frame in hand and held would come back at once: only silent ones wait. */
static int
wait_for(struct capture_join *j, uint64_t ns)
{
	struct timespec t = {
		.tv_sec = (time_t)(ns / 1000000000u),
		.tv_nsec = (long)(ns % 1000000000u),
	};
	int n;

	for (size_t i = 0; i < j->taps; i++) {
		struct capture_tap *tap = j->tap[i];

		j->polled[i] = (struct pollfd){
			.fd = tap->ops->peek(tap) ? -1 : tap->ops->descriptor(tap),
			.events = POLLIN,
		};
	}
	n = ppoll(j->polled, j->taps, &t, NULL);
	for (size_t i = 0; i < j->taps && n > 0; i++)
		if (j->polled[i].revents & (POLLERR | POLLHUP | POLLNVAL))
			j->tap[i]->ops->look(j->tap[i]);
	return n;
}

static enum capture_status
idle(struct capture_join *j, struct capture_frame *out, uint64_t now)
{
	*out = (struct capture_frame){.at.ns = now - hold_of(j)};
	return CAPTURE_IDLE;
}

static uint64_t
time_to_wait(const struct capture_join *j, const struct choice *c, uint64_t now)
{
	uint64_t due = c->tap ? c->frame->at.ns + hold_of(j) : now + j->tick_ns;

	if (due <= now)
		return 0;
	return due - now < j->tick_ns ? due - now : j->tick_ns;
}

static bool
must_look(struct capture_join *j)
{
	if (++j->given < FRAMES_PER_LOOK)
		return false;
	j->given = 0;
	return now_ns() - j->looked_ns >= LOOK_NS;
}

/* --- phases ---------------------------------------------------------------------- */

static enum capture_status
listen_on(struct capture_join *j, struct capture_frame *out)
{
	if (must_look(j))
		look_after(j, now_ns());
	for (;;) {
		struct choice c = choose(j);
		uint64_t now;

		if (c.tap && is_due(j, &c))
			return give(j, &c, out);
		now = now_ns();
		if (now - j->looked_ns >= LOOK_NS)
			look_after(j, now);
		if (atomic_load_explicit(j->stop, memory_order_relaxed))
			return idle(j, out, now);
		if (wait_for(j, time_to_wait(j, &c, now)) <= 0 && !c.tap)
			return idle(j, out, now_ns());
	}
}

/*
 * A block that is not full comes into sight only when its time is over, so the rings are
 * read for longer than that. What came after the stop is not given: on a busy wire there
 * would be no end.
 */
static enum capture_status
drain(struct capture_join *j, struct capture_frame *out)
{
	uint64_t until = j->stop_ns + 2 * j->hold_ns;

	for (;;) {
		struct choice c = choose(j);
		uint64_t now = now_ns();

		if (c.tap && c.frame->at.ns <= j->stop_ns &&
			(is_due(j, &c) || now >= until))
			return give(j, &c, out);
		if (now >= until || (c.tap && c.complete)) {
			join_enter(j, CAPTURE_JOIN_OVER);
			return CAPTURE_END;
		}
		wait_for(j, MS);
	}
}

static enum capture_status
join_next(struct capture *c, struct capture_frame *out)
{
	struct capture_join *j = join_of(c);

	if (j->lent)
		j->lent->ops->take(j->lent);
	j->lent = NULL;
	if (j->phase == CAPTURE_JOIN_LISTENS &&
		atomic_load_explicit(j->stop, memory_order_relaxed)) {
		j->stop_ns = now_ns();
		join_enter(j, CAPTURE_JOIN_DRAINS);
	}
	switch (j->phase) {
	case CAPTURE_JOIN_LISTENS:
		return listen_on(j, out);
	case CAPTURE_JOIN_DRAINS:
		return drain(j, out);
	default:
		return CAPTURE_END;
	}
}

static void
join_stats(const struct capture *c, struct capture_stats *out)
{
	const struct capture_join *j = (const void *)c;

	*out = (struct capture_stats){0};
	for (size_t i = 0; i < j->taps; i++) {
		struct capture_tap_stats s;

		j->tap[i]->ops->stats(j->tap[i], &s);
		out->done += s.octets;
		out->dropped += s.dropped;
	}
}

/* What it is made of belongs to others. */
static void
join_close(struct capture *c)
{
	(void)c;
}

static const struct capture_ops ops = {
	.name = "live",
	.next = join_next,
	.stats = join_stats,
	.close = join_close,
};

void
capture_join_init(struct capture_join *j, const atomic_bool *stop, uint32_t retire_ms,
	uint32_t tick_ms)
{
	*j = (struct capture_join){
		.capture.ops = &ops,
		.stop = stop,
		.hold_ns = 2 * retire_ms * MS + SLACK_NS,
		.tick_ns = tick_ms * MS,
		.looked_ns = now_ns(),
	};
}

void
capture_join_insert(struct capture_join *j, struct capture_tap *t)
{
	if (j->taps < CAPTURE_LIVE_INTERFACES_MAX)
		j->tap[j->taps++] = t;
}
