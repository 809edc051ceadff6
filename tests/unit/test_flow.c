/* SPDX-License-Identifier: Apache-2.0 */
#include "flow_rig.h"

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
		cmocka_unit_test(ports_used_again_after_the_end_are_another_flow),
		cmocka_unit_test(a_lone_syn_does_not_end_an_open_flow),
		cmocka_unit_test(a_syn_that_is_answered_does),
		cmocka_unit_test(an_ended_flow_is_not_found),
		cmocka_unit_test(each_flow_has_its_own_application_block),
		cmocka_unit_test(counters_are_named_and_merged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
