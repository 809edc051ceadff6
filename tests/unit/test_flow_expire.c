/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_rig.h"

static void
flows_end_after_their_silence(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	feed(b, segment(1000, false, SYN, 99, 0, ""));
	shake(b, 1001);
	shake(b, 1002);
	feed(b, segment(1002, false, FIN, 100, 500, ""));
	feed(b, segment(1002, true, FIN, 500, 101, ""));
	shake(b, 1003);
	feed(b, segment(1003, true, RST, 500, 0, ""));
	tick(b, 10 * SECOND);
	assert_string_equal(b->log, "");
	tick(b, SECOND);
	assert_string_equal(b->log, "3 closed;4 reset;");
	tick(b, 20 * SECOND);
	assert_string_equal(b->log, "3 closed;4 reset;1 half-open;");
	tick(b, 569 * SECOND);
	assert_string_equal(b->log, "3 closed;4 reset;1 half-open;");
	tick(b, SECOND);
	assert_string_equal(b->log, "3 closed;4 reset;1 half-open;2 idle;");
	assert_int_equal(count_of(b, FLOW_COUNT_EXPIRED_CLOSING), 2);
	assert_int_equal(count_of(b, FLOW_COUNT_EXPIRED_HALF_OPEN), 1);
	assert_int_equal(count_of(b, FLOW_COUNT_EXPIRED_IDLE), 1);
	bench_free(b);
}

static void
a_packet_makes_a_flow_live_on(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	for (uint32_t i = 0; i < 5; i++) {
		tick(b, 599 * SECOND);
		feed(b, segment(1000, false, ACK, 100 + i, 500, "x"));
	}
	assert_string_equal(b->log, "");
	assert_string_equal(b->told[DIS_CLIENT], "xxxxx");
	bench_free(b);
}

static void
time_may_run_backwards(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	b->ns -= 900 * SECOND;
	shake(b, 1001);
	assert_int_equal(count_of(b, FLOW_COUNT_CLOCK_STEPS), 1);
	tick(b, 600 * SECOND);
	assert_string_equal(b->log, "");
	tick(b, SECOND);
	assert_string_equal(b->log, "1 idle;2 idle;");
	/* Jitter is no step and does not make time run faster. */
	shake(b, 1002);
	for (unsigned i = 0; i < 1000; i++) {
		b->ns += 30 * SECOND;
		shake(b, 1003);
		b->ns -= 30 * SECOND;
		shake(b, 1003);
	}
	assert_string_equal(b->log, "1 idle;2 idle;");
	assert_int_equal(count_of(b, FLOW_COUNT_CLOCK_STEPS), 1);
	bench_free(b);
}

/* Ticks come all the time there, so an hour in one leap is the clock that was set. */
static void
on_a_live_wire_a_leap_ends_no_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	flow_table_live(b->t);
	shake(b, 1000);
	tick(b, 3600 * SECOND);
	assert_string_equal(b->log, "");
	assert_int_equal(count_of(b, FLOW_COUNT_CLOCK_STEPS), 1);
	for (unsigned i = 0; i < 20; i++)
		tick(b, 30 * SECOND);
	assert_string_equal(b->log, "");
	tick(b, SECOND);
	assert_string_equal(b->log, "1 idle;");
	bench_free(b);
}

static void
a_full_table_evicts_the_least_useful(void **state)
{
	struct bench *b = bench_new((struct flow_config){.flows = 4});

	(void)state;
	shake(b, 1001);
	b->ns += 2 * SECOND;
	shake(b, 1002);
	b->ns += 2 * SECOND;
	shake(b, 1003);
	feed(b, segment(1003, false, RST, 100, 0, ""));
	feed(b, segment(1004, false, SYN, 99, 0, ""));
	/* 1001 was heard of last. */
	b->ns += 2 * SECOND;
	feed(b, segment(1001, false, ACK, 100, 500, "x"));
	feed(b, segment(1005, false, SYN, 99, 0, ""));
	assert_string_equal(b->log, "4 evicted;");
	feed(b, segment(1005, true, SYNACK, 499, 100, ""));
	feed(b, segment(1005, false, ACK, 100, 500, ""));
	shake(b, 1006);
	assert_string_equal(b->log, "4 evicted;3 evicted;");
	shake(b, 1007);
	assert_string_equal(b->log, "4 evicted;3 evicted;2 evicted;");
	assert_int_equal(count_of(b, FLOW_COUNT_EVICTED_HALF_OPEN), 1);
	assert_int_equal(count_of(b, FLOW_COUNT_EVICTED_CLOSING), 1);
	assert_int_equal(count_of(b, FLOW_COUNT_EVICTED_OPEN), 1);
	struct flow_segment seg = segment(1008, false, SYN, 99, 0, "");
	assert_null(flow_open(b->t, &seg));
	assert_int_equal(count_of(b, FLOW_COUNT_REFUSED), 1);
	bench_free(b);
}

static void
a_forged_reset_does_not_end_a_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	feed(b, segment(1000, false, RST, 100, 0, ""));
	b->ns += 5 * SECOND;
	feed(b, segment(1000, false, ACK, 100, 500, "EHLO"));
	assert_int_equal(count_of(b, FLOW_COUNT_REVIVED), 1);
	tick(b, 60 * SECOND);
	assert_string_equal(b->log, "");
	assert_string_equal(b->told[DIS_CLIENT], "EHLO");
	bench_free(b);
}

static void
one_direction_alone_opens_and_closes(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_facts facts;
	struct flow *f;

	(void)state;
	feed(b, segment(1000, false, SYN, 99, 0, ""));
	f = feed(b, segment(1000, false, ACK, 100, 500, "ab"));
	tick(b, 60 * SECOND);
	feed(b, segment(1000, false, FIN, 102, 510, ""));
	flow_facts_of(f, &facts);
	assert_true(facts.one_sided && facts.fin[DIS_CLIENT] && !facts.fin[DIS_SERVER]);
	tick(b, 11 * SECOND);
	assert_string_equal(b->log, "1 closed;");
	bench_free(b);
}

static uint32_t
roll(uint64_t *dice, uint32_t sides)
{
	*dice = *dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*dice >> 33) % sides;
}

/* Opens, feeds, ends at random in a small table; returns what was told. */
static void
run_at_random(struct bench *b, uint64_t dice)
{
	for (unsigned i = 0; i < 20000; i++) {
		uint16_t port = (uint16_t)(1000 + roll(&dice, 200));
		bool back = roll(&dice, 2);

		b->ns += roll(&dice, 3) * (SECOND / 2);
		b->told[0][0] = b->told[1][0] = '\0';
		b->log[strlen(b->log) > 30000 ? 30000 : strlen(b->log)] = '\0';
		switch (roll(&dice, 8)) {
		case 0:
			shake(b, port);
			break;
		case 1:
			feed(b, segment(port, back, FIN, back ? 500 : 100, 1, ""));
			break;
		case 2:
			feed(b, segment(port, back, SYN, roll(&dice, 1000), 0, ""));
			break;
		default:
			feed(b, segment(port, back, ACK,
					(back ? 500 : 100) + roll(&dice, 20),
					(back ? 100 : 500) + roll(&dice, 20), "text"));
		}
	}
}

static void
two_runs_tell_the_same_under_any_seed(void **state)
{
	static char first[1 << 16];
	struct flow_config c = {.flows = 100, .windows = 3};

	(void)state;
	for (unsigned run = 0; run < 3; run++) {
		struct bench *b;
		uint64_t last = 0;
		struct flow_facts facts;

		c.seed[1] = run;
		b = bench_new(c);
		run_at_random(b, 42);
		for (struct flow *f = NULL; (f = flow_table_each(b->t, f));) {
			flow_facts_of(f, &facts);
			assert_true(facts.serial > last);
			last = facts.serial;
		}
		assert_true(last > 100);
		drain(b);
		assert_int_equal(
			count_of(b, FLOW_COUNT_OPENED), count_of(b, FLOW_COUNT_RELEASED));
		if (run == 0)
			memcpy(first, b->log, sizeof(first));
		assert_string_equal(b->log, first);
		assert_true(strlen(first) > 1000);
		bench_free(b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_end_after_their_silence),
		cmocka_unit_test(a_packet_makes_a_flow_live_on),
		cmocka_unit_test(time_may_run_backwards),
		cmocka_unit_test(on_a_live_wire_a_leap_ends_no_flow),
		cmocka_unit_test(a_full_table_evicts_the_least_useful),
		cmocka_unit_test(a_forged_reset_does_not_end_a_flow),
		cmocka_unit_test(one_direction_alone_opens_and_closes),
		cmocka_unit_test(two_runs_tell_the_same_under_any_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
