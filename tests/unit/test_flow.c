/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "feed.h"

#include "sensor/flow/flow.h"

#define SECOND UINT64_C(1000000000)
#define SYN    TCP_FLAG_SYN
#define ACK    TCP_FLAG_ACK
#define SYNACK (TCP_FLAG_SYN | TCP_FLAG_ACK)
#define FIN    (TCP_FLAG_FIN | TCP_FLAG_ACK)
#define RST    TCP_FLAG_RST

/* A table, and what was told of each flow: "1 closed C:EHLO S:250;" and so on. */
struct bench {
	struct flow_table *t;
	uint64_t ns;
	char told[2][4096]; /* of the flow fed last */
	char log[1 << 16];
};

static struct bench *
bench_new(struct flow_config c)
{
	struct bench *b = test_calloc(1, sizeof(*b));

	c.app_size = c.app_size ? c.app_size : sizeof(uint64_t);
	c.seed[0] = 1;
	b->t = flow_table_new(&c);
	assert_non_null(b->t);
	b->ns = 1000 * SECOND;
	return b;
}

static void
bench_free(struct bench *b)
{
	flow_table_free(b->t);
	test_free(b);
}

static uint64_t
count_of(const struct bench *b, enum flow_count which)
{
	return flow_table_counters(b->t)->n[which];
}

/* From port of host 10.0.0.1 to 25 of 10.0.0.2; back: the other way. */
static struct flow_segment
segment(uint16_t port, bool back, uint8_t flags, uint32_t seq, uint32_t ack,
	const char *text)
{
	const uint8_t one[4] = {10, 0, 0, 1}, two[4] = {10, 0, 0, 2};

	return (struct flow_segment){.src = ip_addr_v4(back ? two : one),
		.dst = ip_addr_v4(back ? one : two),
		.src_port = back ? 25 : port,
		.dst_port = back ? port : 25,
		.seq = seq,
		.ack = ack,
		.flags = flags,
		.octets = (uint32_t)strlen(text),
		.payload = span_of_text(text)};
}

static void
pull(struct bench *b, struct flow *f)
{
	struct tcp_chunk c;

	for (unsigned dir = 0; dir < 2; dir++)
		while (flow_chunk_next(f, dir, &c)) {
			char *out = b->told[dir] + strlen(b->told[dir]);

			if (c.kind == TCP_CHUNK_DATA)
				snprintf(out, 1000, "%.*s", (int)c.data.len, c.data.at);
			else if (c.kind == TCP_CHUNK_GAP)
				snprintf(out, 1000, "[%u]", (unsigned)c.octets);
			flow_chunk_taken(f, dir, c.octets);
		}
}

static void
finish(struct bench *b, struct flow *f)
{
	struct flow_facts facts;
	char *out = b->log + strlen(b->log);

	pull(b, f);
	flow_facts_of(f, &facts);
	snprintf(out, 200, "%u %s;", (unsigned)facts.serial,
		flow_reason_name_of(facts.reason));
	flow_release(b->t, f);
}

static struct flow *
feed(struct bench *b, struct flow_segment seg)
{
	struct flow *f;

	seg.at.ns = b->ns;
	while ((f = flow_table_expired(b->t, b->ns)))
		finish(b, f);
	f = flow_find(b->t, &seg);
	if (f && flow_segment_feed(b->t, f, &seg) == FLOW_REUSED) {
		finish(b, f);
		f = NULL;
	} else if (f) {
		pull(b, f);
		flow_segment_done(b->t, f);
		return f;
	}
	if ((f = flow_table_make_room(b->t)))
		finish(b, f);
	f = flow_open(b->t, &seg);
	assert_non_null(f);
	assert_ptr_equal(flow_find(b->t, &seg), f);
	assert_int_equal(flow_segment_feed(b->t, f, &seg), FLOW_FED);
	pull(b, f);
	flow_segment_done(b->t, f);
	return f;
}

static void
tick(struct bench *b, uint64_t ns)
{
	struct flow *f;

	b->ns += ns;
	while ((f = flow_table_expired(b->t, b->ns)))
		finish(b, f);
}

static void
drain(struct bench *b)
{
	struct flow *f;

	while ((f = flow_table_drain(b->t)))
		finish(b, f);
}

static struct flow *
shake(struct bench *b, uint16_t port)
{
	feed(b, segment(port, false, SYN, 99, 0, ""));
	feed(b, segment(port, true, SYNACK, 499, 100, ""));
	return feed(b, segment(port, false, ACK, 100, 500, ""));
}

static void
both_directions_are_one_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_facts facts;
	struct flow *f = shake(b, 1000);

	(void)state;
	assert_ptr_equal(feed(b, segment(1000, true, ACK, 500, 100, "220 ")), f);
	assert_ptr_equal(feed(b, segment(1000, false, ACK, 100, 504, "QUIT")), f);
	assert_string_equal(b->told[DIS_CLIENT], "QUIT");
	assert_string_equal(b->told[DIS_SERVER], "220 ");
	flow_facts_of(f, &facts);
	assert_int_equal(facts.port[DIS_CLIENT], 1000);
	assert_int_equal(facts.port[DIS_SERVER], 25);
	assert_int_equal(facts.packets[DIS_CLIENT], 3);
	assert_int_equal(facts.packets[DIS_SERVER], 2);
	assert_int_equal(facts.octets[DIS_CLIENT], 4);
	assert_true(facts.syn_seen && facts.synack_seen && facts.roles_sure);
	assert_false(facts.one_sided);
	bench_free(b);
}

static void
roles_without_a_syn_come_from_ports(void **state)
{
	static const struct {
		uint16_t src, dst, client;
	} cases[] = {{2525, 50000, 50000}, {50000, 2525, 50000}, {25, 50000, 50000},
		{50000, 25, 50000}, {40000, 50000, 40000}, {50000, 40000, 50000},
		{25, 2525, 25}};
	struct bench *b =
		bench_new((struct flow_config){.service = {2525}, .services = 1});

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct flow_segment seg = segment(1, false, ACK, 1, 1, "x");
		struct flow_facts facts;
		struct flow *f;

		seg.src_port = cases[i].src;
		seg.dst_port = cases[i].dst;
		f = flow_open(b->t, &seg);
		flow_facts_of(f, &facts);
		assert_int_equal(facts.port[DIS_CLIENT], cases[i].client);
		assert_false(facts.roles_sure);
		flow_flip(f);
		flow_facts_of(f, &facts);
		assert_int_equal(facts.port[DIS_SERVER], cases[i].client);
		flow_release(b->t, f);
	}
	bench_free(b);
}

static void
a_syn_ack_alone_tells_roles_and_the_clients_start(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_facts facts;
	struct flow *f = feed(b, segment(10, true, SYNACK, 499, 100, ""));

	(void)state;
	flow_facts_of(f, &facts);
	assert_int_equal(facts.port[DIS_SERVER], 25);
	assert_true(facts.roles_sure && facts.one_sided);
	feed(b, segment(10, false, ACK, 103, 500, "de"));
	feed(b, segment(10, false, ACK, 100, 500, "abc"));
	assert_string_equal(b->told[DIS_CLIENT], "abcde");
	bench_free(b);
}

static void
tunnels_tell_flows_apart_and_vlans_if_wanted(void **state)
{
	(void)state;
	for (unsigned match = 0; match < 2; match++) {
		struct bench *b = bench_new((struct flow_config){.match_vlan = match});
		struct flow_segment seg = segment(1000, false, SYN, 99, 0, "");
		struct flow *f = feed(b, seg);

		seg.vlan = 7;
		assert_int_equal(flow_find(b->t, &seg) == f, !match);
		seg.vlan = 0;
		seg.tunnel = 7;
		assert_null(flow_find(b->t, &seg));
		bench_free(b);
	}
}

static void
an_ack_of_the_peer_and_a_later_segment_make_a_gap(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	feed(b, segment(1000, false, ACK, 105, 500, "fg"));
	feed(b, segment(1000, true, ACK, 500, 107, "250 "));
	assert_string_equal(b->told[DIS_CLIENT], "");
	feed(b, segment(1000, false, ACK, 107, 504, ""));
	assert_string_equal(b->told[DIS_CLIENT], "[5]fg");
	assert_string_equal(b->told[DIS_SERVER], "250 ");
	bench_free(b);
}

static void
windows_are_lent_and_come_back(void **state)
{
	struct bench *b = bench_new((struct flow_config){.windows = 1});

	(void)state;
	shake(b, 1000);
	shake(b, 1001);
	feed(b, segment(1000, false, ACK, 102, 500, "cd"));
	/* The only window is taken: a hole for the second flow. */
	feed(b, segment(1001, false, ACK, 102, 500, "CD"));
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_DENIED), 1);
	feed(b, segment(1000, false, ACK, 100, 500, "ab"));
	assert_string_equal(b->told[DIS_CLIENT], "[2]CDabcd");
	feed(b, segment(1001, false, ACK, 106, 500, "GH"));
	feed(b, segment(1001, false, ACK, 104, 500, "EF"));
	assert_string_equal(b->told[DIS_CLIENT], "[2]CDabcdEFGH");
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_LENT), 2);
	/* Released while one is lent. */
	feed(b, segment(1001, false, ACK, 110, 500, "KL"));
	drain(b);
	shake(b, 1002);
	feed(b, segment(1002, false, ACK, 102, 500, "cd"));
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_LENT), 4);
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_DENIED), 1);
	bench_free(b);
}

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
ports_used_again_after_the_end_are_another_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	feed(b, segment(1000, false, FIN, 100, 500, "a"));
	feed(b, segment(1000, true, FIN, 500, 102, "b"));
	/* A late copy of the SYN is of the old one. */
	feed(b, segment(1000, false, SYN, 99, 0, ""));
	assert_string_equal(b->log, "");
	feed(b, segment(1000, false, SYN, 70000, 0, ""));
	assert_string_equal(b->log, "1 reused;");
	feed(b, segment(1000, false, ACK, 70001, 1, "new"));
	assert_string_equal(b->told[DIS_CLIENT], "anew");
	bench_free(b);
}

static void
a_lone_syn_does_not_end_an_open_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	feed(b, segment(1000, false, SYN, 70000, 0, ""));
	feed(b, segment(1000, true, ACK, 500, 100, "220"));
	feed(b, segment(1000, false, ACK, 100, 503, "EHLO"));
	assert_string_equal(b->log, "");
	assert_string_equal(b->told[DIS_CLIENT], "EHLO");
	assert_int_equal(count_of(b, FLOW_COUNT_SYN_DOUBTED), 1);
	bench_free(b);
}

static void
a_syn_that_is_answered_does(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, 1000);
	feed(b, segment(1000, false, SYN, 70000, 0, ""));
	feed(b, segment(1000, true, SYNACK, 90000, 70001, ""));
	assert_string_equal(b->log, "1 reused;");
	feed(b, segment(1000, false, ACK, 70001, 90001, "new"));
	assert_string_equal(b->told[DIS_CLIENT], "new");
	/* And one that is gone on from, where only the client is seen. */
	feed(b, segment(1000, false, SYN, 5, 0, ""));
	feed(b, segment(1000, false, ACK, 6, 1, "er"));
	assert_string_equal(b->log, "1 reused;2 reused;");
	assert_string_equal(b->told[DIS_CLIENT], "newer");
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

static void
an_ended_flow_is_not_found(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow *f = shake(b, 1000);
	struct flow_segment seg = segment(1000, false, ACK, 100, 500, "x");
	struct tcp_chunk c;

	(void)state;
	flow_end(b->t, f, FLOW_REASON_NONE);
	assert_null(flow_find(b->t, &seg));
	assert_int_equal(flow_segment_feed(b->t, f, &seg), FLOW_IGNORED);
	for (unsigned dir = 0; dir < 2; dir++) {
		assert_true(flow_chunk_next(f, dir, &c));
		assert_int_equal(c.kind, TCP_CHUNK_END);
		assert_false(flow_chunk_next(f, dir, &c));
	}
	flow_release(b->t, f);
	assert_null(flow_table_drain(b->t));
	bench_free(b);
}

static void
each_flow_has_its_own_application_block(void **state)
{
	struct bench *b = bench_new((struct flow_config){.flows = 100, .app_size = 100});

	(void)state;
	for (uint16_t i = 0; i < 100; i++)
		memset(flow_app(shake(b, 1000 + i)), i, 100);
	for (uint16_t i = 0; i < 100; i++) {
		struct flow_segment seg = segment(1000 + i, true, ACK, 500, 100, "");
		uint8_t *app = flow_app(flow_find(b->t, &seg));

		assert_int_equal((uintptr_t)app % 64, 0);
		for (unsigned k = 0; k < 100; k++)
			assert_int_equal(app[k], i);
	}
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

static void
counters_are_named_and_merged(void **state)
{
	struct flow_counters a = {{0}, {{0}}}, b = {{0}, {{0}}};

	(void)state;
	for (unsigned i = 0; i < FLOW_COUNT_COUNT; i++)
		assert_non_null(flow_counters_name_of(i));
	a.n[FLOW_COUNT_REUSED] = 2;
	b.n[FLOW_COUNT_REUSED] = 3;
	b.tcp.n[TCP_COUNT_GAPS] = 4;
	flow_counters_merge(&a, &b);
	assert_int_equal(a.n[FLOW_COUNT_REUSED], 5);
	assert_int_equal(a.tcp.n[TCP_COUNT_GAPS], 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_are_one_flow),
		cmocka_unit_test(roles_without_a_syn_come_from_ports),
		cmocka_unit_test(a_syn_ack_alone_tells_roles_and_the_clients_start),
		cmocka_unit_test(tunnels_tell_flows_apart_and_vlans_if_wanted),
		cmocka_unit_test(an_ack_of_the_peer_and_a_later_segment_make_a_gap),
		cmocka_unit_test(windows_are_lent_and_come_back),
		cmocka_unit_test(flows_end_after_their_silence),
		cmocka_unit_test(a_packet_makes_a_flow_live_on),
		cmocka_unit_test(time_may_run_backwards),
		cmocka_unit_test(a_full_table_evicts_the_least_useful),
		cmocka_unit_test(ports_used_again_after_the_end_are_another_flow),
		cmocka_unit_test(a_lone_syn_does_not_end_an_open_flow),
		cmocka_unit_test(a_syn_that_is_answered_does),
		cmocka_unit_test(a_forged_reset_does_not_end_a_flow),
		cmocka_unit_test(one_direction_alone_opens_and_closes),
		cmocka_unit_test(an_ended_flow_is_not_found),
		cmocka_unit_test(each_flow_has_its_own_application_block),
		cmocka_unit_test(two_runs_tell_the_same_under_any_seed),
		cmocka_unit_test(counters_are_named_and_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
