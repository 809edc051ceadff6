/* SPDX-License-Identifier: Apache-2.0 */
#include "tcp_rig.h"

/* --- a known stream, mangled ----------------------------------------------------- */

#define WHOLE 3000

static uint32_t
roll(uint64_t *dice, uint32_t sides)
{
	*dice ^= *dice << 13;
	*dice ^= *dice >> 7;
	*dice ^= *dice << 17;
	return (uint32_t)((*dice >> 16) % sides);
}

struct mangled {
	uint32_t from, to;
};

/* Pieces of the stream that overlap, each octet in one at least unless lost. */
static size_t
mangle(uint64_t *dice, struct mangled *out, size_t room, bool losses, bool *there)
{
	size_t n = 0;

	for (uint32_t at = 0; at < WHOLE && n < room;) {
		uint32_t len = 2 + roll(dice, 60),
			 back = roll(dice, 4) ? 0 : roll(dice, 40);
		struct mangled m = {at > back ? at - back : 0, at + len};

		if (m.to > WHOLE || WHOLE - m.to < 2)
			m.to = WHOLE;
		at = m.to;
		if (losses && !roll(dice, 10))
			continue;
		out[n++] = m;
		if (!roll(dice, 8) && n < room)
			out[n++] = m;
	}
	for (size_t i = 0; i < n; i++)
		memset(there + out[i].from, true, out[i].to - out[i].from);
	/* Reordering within a few places, the first stays: it tells the start. */
	for (size_t i = 1; i < n; i++) {
		size_t j = i + roll(dice, 6);

		if (j < n) {
			struct mangled was = out[i];

			out[i] = out[j];
			out[j] = was;
		}
	}
	return n;
}

static void
write_want(char *want, const char *whole, const bool *there)
{
	for (uint32_t i = 0; i < WHOLE;) {
		uint32_t run = 0;

		while (i + run < WHOLE && there[i + run] == there[i])
			run++;
		if (there[i])
			want += snprintf(want, run + 1, "%.*s", (int)run, whole + i);
		else
			want += sprintf(want, "[%u]", run);
		i += run;
	}
}

/* Gaps that follow on one another become one. */
static void
join_gaps(char *text)
{
	char *out = text, *gap = NULL;
	unsigned long long octets = 0;

	while (*text) {
		if (*text == '[') {
			if (!gap)
				gap = out, octets = 0;
			octets += strtoull(text + 1, &text, 10);
			text++;
			out = gap + sprintf(gap, "[%llu", octets);
			*out++ = ']';
			continue;
		}
		gap = NULL;
		*out++ = *text++;
	}
	*out = '\0';
}

static void
check_mangled(uint64_t seed, bool losses, bool slow)
{
	static char whole[WHOLE + 1], want[4 * WHOLE];
	static struct mangled pieces[1024];
	bool there[WHOLE] = {false};
	struct rig *r = new_rig();
	uint64_t dice = seed * 0x9e3779b97f4a7c15u + 1;
	uint32_t isn = roll(&dice, 2) ? UINT32_MAX - WHOLE / 2 : roll(&dice, UINT32_MAX);
	size_t n = mangle(&dice, pieces, 1024, losses, there);

	for (size_t i = 0; i < WHOLE; i++)
		whole[i] = (char)('a' + roll(&dice, 26));
	write_want(want, whole, there);
	rig_flags(r, isn, TCP_FLAG_SYN);
	for (size_t i = 0; i < n; i++) {
		uint32_t len = pieces[i].to - pieces[i].from;

		if (slow)
			r->appetite = roll(&dice, 80);
		rig_segment(r, isn + 1 + pieces[i].from,
			span_of(whole + pieces[i].from, len), len, TCP_FLAG_ACK);
	}
	r->appetite = UINT64_MAX;
	rig_flags(r, isn + 1 + WHOLE, TCP_FLAG_FIN);
	rig_finish(r);
	join_gaps(r->text);
	strcat(want, "|fin");
	assert_string_equal(r->text, want);
	assert_int_equal(rig_count(r, TCP_COUNT_CONFLICTS), 0);
	assert_int_equal(rig_count(r, TCP_COUNT_DROPPED), 0);
	assert_int_equal(
		rig_count(r, TCP_COUNT_DELIVERED) + rig_count(r, TCP_COUNT_GAP_OCTETS),
		WHOLE);
	assert_null(r->s.window);
	test_free(r);
}

static void
a_mangled_stream_comes_out_whole(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++)
		check_mangled(seed, false, false);
}

static void
a_mangled_stream_comes_out_whole_to_a_slow_consumer(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 300; seed++)
		check_mangled(seed, false, true);
}

static void
a_mangled_stream_with_losses_has_exactly_its_gaps(void **state)
{
	(void)state;
	for (uint64_t seed = 1000; seed < 1300; seed++)
		check_mangled(seed, true, seed & 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mangled_stream_comes_out_whole),
		cmocka_unit_test(a_mangled_stream_comes_out_whole_to_a_slow_consumer),
		cmocka_unit_test(a_mangled_stream_with_losses_has_exactly_its_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
