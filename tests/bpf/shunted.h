/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conversation read twice: all of it, and what the program in the kernel lets pass, at
 * a distance as out of a ring. The records must be the same.
 */
#ifndef SHUNTED_H
#define SHUNTED_H

#include "tests/bpf/kernel.h"
#include "tests/bpf/talk_by_dice.h"

#define LAG_MAX 128u

/* --- through the kernel, or not ---------------------------------------------------- */

static inline bool
follow(void *ctx, const struct capture_direction *d, enum tap_mode mode, uint32_t cookie)
{
	return capture_bpf_follow(ctx, d, mode, cookie);
}

static inline bool
order(void *ctx, const struct capture_direction *d, const struct tap_order *o)
{
	return capture_bpf_order(ctx, d, o);
}

static inline bool
look(void *ctx, const struct capture_direction *d, struct tap_shunt *out)
{
	return capture_bpf_look(ctx, d, out);
}

static inline void
leave(void *ctx, const struct capture_direction *d)
{
	capture_bpf_leave(ctx, d);
}

struct sums {
	uint64_t octets, withheld, mail, alike;
	uint64_t cut; /* frames */
};

/* Some frames pass before the sensor reads the first of them, as out of a ring. */
static inline void
read_shunted(struct capture_bpf *b, struct reader *r, size_t lag, struct sums *t)
{
	struct {
		size_t segment;
		uint32_t passed;
	} queue[LAG_MAX];
	size_t front = 0, count = 0;

	r->p->shunt = (struct pipeline_shunt){
		.ctx = b, .follow = follow, .order = order, .look = look, .leave = leave};
	for (size_t i = 0; i < segments; i++) {
		uint32_t passed;

		build(&segment[i]);
		passed = kernel_run(capture_bpf_filter(b), frame_span(&frame));
		t->octets += frame.len;
		passed = passed < frame.len ? passed : (uint32_t)frame.len;
		t->withheld += frame.len - passed;
		t->cut += passed > 0 && passed < frame.len;
		if (passed) {
			queue[(front + count) % LAG_MAX].segment = i;
			queue[(front + count++) % LAG_MAX].passed = passed;
		}
		while (count > (i + 1 == segments ? 0 : lag)) {
			reader_take_cut(r, queue[front].segment, queue[front].passed);
			front = (front + 1) % LAG_MAX;
			count--;
		}
	}
	reader_end(r);
}

static inline void
reduce(char *text, bool copies)
{
	leave_out(text, "\"end\":\"", '"');
	leave_out(text, "\"frames\":[", ']');
	if (!copies)
		return;
	/* How often octets came that nobody saw is not counted. */
	leave_out(text, "\"client_octets\":", ',');
	leave_out(text, "\"client_packets\":", ',');
}

static inline void
show(const char *what, const char *text)
{
	printf("--- %s\n%s", what, text);
}

static inline void
same_records(struct capture_bpf *b, size_t lag, bool copies, struct sums *t)
{
	struct reader plain, shunted;

	reader_open(&plain);
	for (size_t i = 0; i < segments; i++)
		reader_take(&plain, i);
	reader_end(&plain);
	reader_open(&shunted);
	read_shunted(b, &shunted, lag, t);
	reduce(plain.text, copies);
	reduce(shunted.text, copies);
	if (strcmp(plain.text, shunted.text) != 0) {
		show("all of it", plain.text);
		show("without the middle", shunted.text);
		fail_msg("the records differ (%u)", (unsigned)t->mail);
	}
	t->mail++;
	t->alike += strstr(plain.text, "smuggl") != NULL;
	reader_close(&plain);
	reader_close(&shunted);
}

/* Conversations made by make, disturbed as disturb() says. */
static inline void
run_shunted(void (*make)(void), uint32_t conversations, uint32_t swaps, uint32_t copies,
	uint32_t losses, struct sums *t)
{
	struct capture_bpf_options o = kernel_options();
	struct capture_bpf *b;

	o.shunt = true;
	b = kernel_load(&o);
	*t = (struct sums){0};
	for (uint32_t i = 0; i < conversations; i++) {
		seed = i * 7919u + swaps * 31u + copies * 17u + losses;
		make();
		disturb(swaps, copies, losses);
		same_records(b, dice(2) ? dice(4) : dice(LAG_MAX - 2), copies > 0, t);
	}
	server_port = 25;
	capture_bpf_close(b);
}

#endif
