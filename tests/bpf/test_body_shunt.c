/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a conversation are the same whether the kernel withholds the middle of
 * its messages or not: frame by frame through the program itself (BPF_PROG_TEST_RUN),
 * read as late as from a ring, in order and out of it, with copies and with losses.
 */
#include "tests/bpf/kernel.h"
#include "tests/bpf/talk_by_dice.h"

#define LAG_MAX 128u

/* --- through the kernel, or not ---------------------------------------------------- */

static bool
follow(void *ctx, const struct capture_direction *d, uint32_t cookie)
{
	return capture_bpf_follow(ctx, d, cookie);
}

static bool
order(void *ctx, const struct capture_direction *d, const struct tap_order *o)
{
	return capture_bpf_order(ctx, d, o);
}

static bool
look(void *ctx, const struct capture_direction *d, struct tap_shunt *out)
{
	return capture_bpf_look(ctx, d, out);
}

static void
leave(void *ctx, const struct capture_direction *d)
{
	capture_bpf_leave(ctx, d);
}

struct sums {
	uint64_t octets, withheld, mail, alike;
};

/* Some frames pass before the sensor reads the first of them, as out of a ring. */
static void
read_shunted(struct capture_bpf *b, struct reader *r, size_t lag, struct sums *t)
{
	size_t queue[LAG_MAX], front = 0, count = 0;

	r->p->shunt = (struct pipeline_shunt){
		.ctx = b, .follow = follow, .order = order, .look = look, .leave = leave};
	for (size_t i = 0; i < segments; i++) {
		uint32_t passed;

		build(&segment[i]);
		passed = kernel_run(capture_bpf_filter(b), frame_span(&frame));
		t->octets += frame.len;
		if (passed == 0)
			t->withheld += frame.len;
		else
			queue[(front + count++) % LAG_MAX] = i;
		while (count > (i + 1 == segments ? 0 : lag)) {
			reader_take(r, queue[front]);
			front = (front + 1) % LAG_MAX;
			count--;
		}
	}
	reader_end(r);
}

static void
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

static void
show(const char *what, const char *text)
{
	printf("--- %s\n%s", what, text);
}

static void
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

static void
run(uint32_t conversations, uint32_t swaps, uint32_t copies, uint32_t losses,
	struct sums *t)
{
	struct capture_bpf_options o = kernel_options();
	struct capture_bpf *b;

	o.shunt = true;
	b = kernel_load(&o);
	*t = (struct sums){0};
	for (uint32_t i = 0; i < conversations; i++) {
		seed = i * 7919u + swaps * 31u + copies * 17u + losses;
		make_conversation();
		disturb(swaps, copies, losses);
		same_records(b, dice(2) ? dice(4) : dice(LAG_MAX - 2), copies > 0, t);
	}
	capture_bpf_close(b);
}

static void
records_are_the_same_without_the_middle_of_messages(void **state)
{
	struct sums t;

	(void)state;
	run(40, 0, 0, 0, &t);
	printf("withheld: %.1f %% of the octets\n",
		100 * (double)t.withheld / (double)t.octets);
	/* It happens, and what must be seen is in some. */
	assert_true(t.withheld > t.octets / 4);
	assert_true(t.alike > 2);
}

static void
records_are_the_same_when_segments_are_swapped_or_sent_again(void **state)
{
	struct sums t;

	(void)state;
	run(15, 30, 0, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run(15, 0, 30, 0, &t);
	assert_true(t.withheld > t.octets / 8);
	run(10, 40, 40, 0, &t);
}

static void
what_was_lost_is_told_as_lost_and_what_was_withheld_is_not(void **state)
{
	struct sums t;

	(void)state;
	run(20, 0, 0, 60, &t);
	assert_true(t.withheld > t.octets / 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_the_same_without_the_middle_of_messages),
		cmocka_unit_test(
			records_are_the_same_when_segments_are_swapped_or_sent_again),
		cmocka_unit_test(
			what_was_lost_is_told_as_lost_and_what_was_withheld_is_not),
	};

	if (!kernel_permits("test_body_shunt"))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
