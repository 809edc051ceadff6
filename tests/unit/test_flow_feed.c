/* SPDX-License-Identifier: Apache-2.0 */
/* Segments into a flow: whose ports they are, what state it is in, what nobody saw. */
#include "flow_rig.h"

#include "sensor/flow/flow_table.h"

#define PORT 1000

static struct flow_segment
from_client(uint8_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	return segment(PORT, false, flags, seq, ack, text);
}

static struct flow_segment
from_server(uint8_t flags, uint32_t seq, uint32_t ack, const char *text)
{
	return segment(PORT, true, flags, seq, ack, text);
}

static enum flow_state
state_of(struct bench *b, struct flow_segment seg)
{
	return feed(b, seg)->state;
}

static void
a_handshake_opens_and_two_fins_close(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	assert_int_equal(state_of(b, from_client(SYN, 99, 0, "")), FLOW_STATE_HALF_OPEN);
	assert_int_equal(
		state_of(b, from_server(SYNACK, 499, 100, "")), FLOW_STATE_HALF_OPEN);
	assert_int_equal(state_of(b, from_client(ACK, 100, 500, "")), FLOW_STATE_OPEN);
	assert_int_equal(state_of(b, from_client(FIN, 100, 500, "a")), FLOW_STATE_OPEN);
	assert_int_equal(state_of(b, from_server(FIN, 500, 102, "")), FLOW_STATE_CLOSING);
	assert_string_equal(b->told[DIS_CLIENT], "a");
	bench_free(b);
}

static void
a_single_segment_opens_only_with_octets(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	/* Anyone can send a lone ACK: it must not hold a place like a connection. */
	assert_int_equal(
		state_of(b, from_client(ACK, 100, 500, "")), FLOW_STATE_HALF_OPEN);
	assert_int_equal(state_of(b, from_client(ACK, 100, 500, "")), FLOW_STATE_OPEN);
	bench_free(b);
	b = bench_new((struct flow_config){0});
	assert_int_equal(state_of(b, from_client(ACK, 100, 500, "x")), FLOW_STATE_OPEN);
	bench_free(b);
}

static void
of_one_side_alone_its_fin_closes(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	feed(b, from_client(SYN, 99, 0, ""));
	feed(b, from_client(ACK, 100, 500, "a"));
	assert_int_equal(state_of(b, from_client(FIN, 101, 501, "")), FLOW_STATE_CLOSING);
	/* The other is there after all: it goes on. */
	assert_int_equal(state_of(b, from_server(ACK, 500, 101, "b")), FLOW_STATE_OPEN);
	assert_int_equal(count_of(b, FLOW_COUNT_REVIVED), 1);
	bench_free(b);
}

static void
a_reset_closes_and_octets_behind_it_revive(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, PORT);
	feed(b, from_client(ACK, 100, 500, "a"));
	/* Far from where the sender stands: not believed. */
	assert_int_equal(state_of(b, from_client(RST, 100 + 10 * TCP_RST_REACH, 0, "")),
		FLOW_STATE_OPEN);
	assert_int_equal(state_of(b, from_client(RST, 101, 0, "")), FLOW_STATE_CLOSING);
	assert_int_equal(state_of(b, from_client(ACK, 101, 500, "b")), FLOW_STATE_OPEN);
	assert_int_equal(count_of(b, FLOW_COUNT_REVIVED), 1);
	assert_string_equal(b->told[DIS_CLIENT], "ab");
	assert_string_equal(b->log, "");
	bench_free(b);
}

static void
a_reset_never_makes_another_flow(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, PORT);
	feed(b, from_client(SYN, 70000, 0, ""));
	/* It stands where the doubted connection would go on. */
	feed(b, from_client(RST, 70001, 0, ""));
	feed(b, from_client(RST | SYN, 70000, 0, ""));
	assert_string_equal(b->log, "");
	assert_int_equal(count_of(b, FLOW_COUNT_REUSED), 0);
	bench_free(b);
}

static void
a_doubted_syn_needs_its_own_answer(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, PORT);
	feed(b, from_client(SYN, 70000, 0, ""));
	assert_int_equal(count_of(b, FLOW_COUNT_SYN_DOUBTED), 1);
	/* RFC 5961 4: the server answers it with an ACK of what it has. */
	feed(b, from_server(ACK, 500, 100, ""));
	/* A SYN-ACK that answers neither. */
	feed(b, from_server(SYNACK, 90000, 5, ""));
	assert_string_equal(b->log, "");
	/* It goes on elsewhere than behind the doubted SYN. */
	feed(b, from_client(ACK, 100, 500, "old"));
	assert_string_equal(b->told[DIS_CLIENT], "old");
	assert_string_equal(b->log, "");
	/* Answered. */
	feed(b, from_server(SYNACK, 90000, 70001, ""));
	assert_string_equal(b->log, "1 reused;");
	bench_free(b);
}

static void
sequence_numbers_of_syns_wrap(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, PORT);
	/* The next octet of the doubted SYN is 0. */
	feed(b, from_client(SYN, UINT32_MAX, 0, ""));
	feed(b, from_server(SYNACK, UINT32_MAX, 0, ""));
	assert_string_equal(b->log, "1 reused;");
	feed(b, from_client(ACK, 0, 0, "new"));
	feed(b, from_server(ACK, 0, 3, "er"));
	assert_string_equal(b->told[DIS_CLIENT], "new");
	assert_string_equal(b->told[DIS_SERVER], "er");
	bench_free(b);
}

static void
a_syn_on_a_half_open_flow_is_believed_at_once(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	feed(b, from_client(SYN, 99, 0, ""));
	feed(b, from_client(SYN, 99, 0, ""));
	assert_string_equal(b->log, "");
	feed(b, from_client(SYN, 70000, 0, ""));
	assert_string_equal(b->log, "1 reused;");
	assert_int_equal(count_of(b, FLOW_COUNT_SYN_DOUBTED), 0);
	bench_free(b);
}

static void
the_handshake_says_who_the_client_is_while_nothing_was_told(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_segment seg = from_server(SYN, 99, 0, "");
	struct flow_facts facts;

	(void)state;
	/* Port 25 opens it: a server that sends, from a low port. */
	flow_facts_of(feed(b, seg), &facts);
	assert_int_equal(facts.port[DIS_CLIENT], 25);
	assert_true(facts.roles_sure && facts.syn_seen && !facts.synack_seen);
	bench_free(b);
	b = bench_new((struct flow_config){0});
	feed(b, from_client(ACK, 100, 500, "x"));
	/* Late, and octets were told with their direction already. */
	flow_facts_of(feed(b, from_server(SYN, 499, 0, "")), &facts);
	assert_int_equal(facts.port[DIS_CLIENT], PORT);
	assert_false(facts.roles_sure);
	bench_free(b);
}

static void
a_syn_ack_says_where_the_client_begins(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	feed(b, from_server(SYNACK, 499, 100, ""));
	feed(b, from_client(ACK, 105, 500, "fg"));
	assert_string_equal(b->told[DIS_CLIENT], "");
	feed(b, from_client(ACK, 100, 500, "abcde"));
	assert_string_equal(b->told[DIS_CLIENT], "abcdefg");
	bench_free(b);
}

static void
what_acknowledges_octets_nobody_saw_is_early(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow *f = shake(b, PORT);
	struct flow_segment seg;

	(void)state;
	seg = from_server(ACK, 500, 100, "250");
	assert_false(flow_is_early(f, &seg));
	/* One more may be a FIN. */
	seg.ack = 101;
	assert_false(flow_is_early(f, &seg));
	seg.ack = 102;
	assert_true(flow_is_early(f, &seg));
	seg.ack = 100 + FLOW_SWAP_MAX;
	assert_true(flow_is_early(f, &seg));
	seg.ack = 100 + FLOW_SWAP_MAX + 1;
	assert_false(flow_is_early(f, &seg));
	/* Older than all that was seen. */
	seg.ack = 99;
	assert_false(flow_is_early(f, &seg));
	/* Nothing to wait with, and no ACK. */
	seg = from_server(ACK, 500, 110, "");
	assert_false(flow_is_early(f, &seg));
	seg = from_server(0, 500, 110, "250");
	assert_false(flow_is_early(f, &seg));
	/* Seen, though it waits behind a hole. */
	feed(b, from_client(ACK, 105, 500, "fg"));
	seg = from_server(ACK, 500, 107, "250");
	assert_false(flow_is_early(f, &seg));
	bench_free(b);
}

static void
of_a_peer_that_never_spoke_nothing_is_early(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_segment seg = from_client(ACK, 100, 500, "x");
	struct flow *f = flow_open(b->t, &seg);

	(void)state;
	assert_false(flow_is_early(f, &seg));
	assert_int_equal(flow_hole_acked(f, &seg), 0);
	assert_int_equal(flow_hole_before(f, &seg), 0);
	bench_free(b);
}

static void
holes_and_what_nobody_saw_are_told_before_feeding(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow *f = shake(b, PORT);
	struct flow_segment seg;

	(void)state;
	seg = from_client(ACK, 100, 500, "x");
	assert_int_equal(flow_hole_before(f, &seg), 0);
	assert_int_equal(flow_hole_acked(f, &seg), 0);
	seg.seq = 101;
	assert_int_equal(flow_hole_before(f, &seg), 1);
	seg.seq = 99;
	assert_int_equal(flow_hole_before(f, &seg), 0);
	seg.ack = 501;
	assert_int_equal(flow_hole_acked(f, &seg), 1);
	seg.flags = 0;
	assert_int_equal(flow_hole_acked(f, &seg), 0);
	/* Behind what waits in the window there is no hole. */
	feed(b, from_client(ACK, 105, 500, "fg"));
	seg = from_client(ACK, 107, 500, "h");
	assert_int_equal(flow_hole_before(f, &seg), 7);
	feed(b, from_client(ACK, 100, 500, "abcde"));
	assert_int_equal(flow_hole_before(f, &seg), 0);
	bench_free(b);
}

static void
what_was_withheld_is_told_of_its_own_direction(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow *f = shake(b, PORT);
	struct tcp_chunk c;
	uint32_t seq;

	(void)state;
	assert_true(flow_is_dry(f, DIS_CLIENT, &seq));
	assert_int_equal(seq, 100);
	assert_true(flow_is_dry(f, DIS_SERVER, &seq));
	assert_int_equal(seq, 500);
	assert_int_equal(flow_withhold(f, DIS_CLIENT, 100, 150), 50);
	assert_false(flow_is_dry(f, DIS_CLIENT, &seq));
	assert_true(flow_is_dry(f, DIS_SERVER, &seq));
	assert_false(flow_chunk_next(f, DIS_SERVER, &c));
	assert_true(flow_chunk_next(f, DIS_CLIENT, &c));
	assert_int_equal(c.kind, TCP_CHUNK_WITHHELD);
	assert_int_equal(c.octets, 50);
	flow_chunk_taken(f, DIS_CLIENT, 50);
	assert_true(flow_is_dry(f, DIS_CLIENT, &seq));
	assert_int_equal(seq, 150);
	/* Backwards, or of what was told: nothing. */
	assert_int_equal(flow_withhold(f, DIS_CLIENT, 160, 150), 0);
	assert_int_equal(flow_withhold(f, DIS_CLIENT, 100, 150), 0);
	bench_free(b);
}

static void
packets_and_octets_are_counted_by_direction_also_those_ignored(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});
	struct flow_segment far;
	struct flow_facts facts;
	struct flow *f = shake(b, PORT);

	(void)state;
	far = from_client(ACK, 100 + 2 * TCP_REACH, 500, "far");
	far.at.ns = b->ns;
	assert_int_equal(flow_segment_feed(b->t, f, &far), FLOW_IGNORED);
	flow_segment_done(b->t, f);
	feed(b, from_server(ACK, 500, 100, "220 "));
	flow_facts_of(f, &facts);
	assert_int_equal(facts.packets[DIS_CLIENT], 3);
	assert_int_equal(facts.octets[DIS_CLIENT], 3);
	assert_int_equal(facts.packets[DIS_SERVER], 2);
	assert_int_equal(facts.octets[DIS_SERVER], 4);
	bench_free(b);
}

static void
all_that_was_lent_comes_back_with_release(void **state)
{
	struct bench *b = bench_new((struct flow_config){.flows = 2, .windows = 2});
	struct flow *f;

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		shake(b, PORT);
		/* A hole in both directions. */
		feed(b, from_client(ACK, 105, 500, "fg"));
		f = feed(b, from_server(ACK, 505, 100, "FG"));
		flow_release(b->t, f);
	}
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_LENT), 20);
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_DENIED), 0);
	assert_int_equal(count_of(b, FLOW_COUNT_RELEASED), 10);
	assert_int_equal(flow_table_counters(b->t)->tcp.n[TCP_COUNT_AHEAD], 20);
	assert_null(flow_table_drain(b->t));
	bench_free(b);
}

static void
without_windows_a_hole_is_told_at_once(void **state)
{
	struct bench *b = bench_new((struct flow_config){.windows_none = true});

	(void)state;
	shake(b, PORT);
	feed(b, from_client(ACK, 105, 500, "fg"));
	assert_string_equal(b->told[DIS_CLIENT], "[5]fg");
	assert_int_equal(count_of(b, FLOW_COUNT_WINDOWS_DENIED), 1);
	bench_free(b);
}

static void
a_clock_that_was_set_back_is_counted(void **state)
{
	struct bench *b = bench_new((struct flow_config){0});

	(void)state;
	shake(b, PORT);
	b->ns -= FLOW_CLOCK_STEP_NS;
	feed(b, from_client(ACK, 100, 500, "a"));
	assert_int_equal(count_of(b, FLOW_COUNT_CLOCK_STEPS), 0);
	b->ns -= 1;
	feed(b, from_client(ACK, 101, 500, "b"));
	assert_int_equal(count_of(b, FLOW_COUNT_CLOCK_STEPS), 1);
	assert_string_equal(b->told[DIS_CLIENT], "ab");
	assert_string_equal(b->log, "");
	bench_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handshake_opens_and_two_fins_close),
		cmocka_unit_test(a_single_segment_opens_only_with_octets),
		cmocka_unit_test(of_one_side_alone_its_fin_closes),
		cmocka_unit_test(a_reset_closes_and_octets_behind_it_revive),
		cmocka_unit_test(a_reset_never_makes_another_flow),
		cmocka_unit_test(a_doubted_syn_needs_its_own_answer),
		cmocka_unit_test(sequence_numbers_of_syns_wrap),
		cmocka_unit_test(a_syn_on_a_half_open_flow_is_believed_at_once),
		cmocka_unit_test(
			the_handshake_says_who_the_client_is_while_nothing_was_told),
		cmocka_unit_test(a_syn_ack_says_where_the_client_begins),
		cmocka_unit_test(what_acknowledges_octets_nobody_saw_is_early),
		cmocka_unit_test(of_a_peer_that_never_spoke_nothing_is_early),
		cmocka_unit_test(holes_and_what_nobody_saw_are_told_before_feeding),
		cmocka_unit_test(what_was_withheld_is_told_of_its_own_direction),
		cmocka_unit_test(
			packets_and_octets_are_counted_by_direction_also_those_ignored),
		cmocka_unit_test(all_that_was_lent_comes_back_with_release),
		cmocka_unit_test(without_windows_a_hole_is_told_at_once),
		cmocka_unit_test(a_clock_that_was_set_back_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
