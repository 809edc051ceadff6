/* SPDX-License-Identifier: Apache-2.0 */
/* DNS answers, over UDP and over TCP, to records of type dns. */
#include "pipeline_rig.h"

/* RFC 1035 4.1: id 7, a response, one question, one answer, one additional record. */
#define HEADER(flags) "\x00\x07" flags "\x00\x01\x00\x01\x00\x00\x00\x01"
#define QUESTION      "\x06victim\x04test\x00\x00\x0f\x00\x01"
/* MX 10 mx1.victim.test, the name compressed to offset 12; then its address. */
#define ANSWER                                                                           \
	"\xc0\x0c\x00\x0f\x00\x01\x00\x00\x01\x2c\x00\x08\x00\x0a\x03mx1\xc0\x0c"        \
	"\x03mx1\xc0\x0c\x00\x01\x00\x01\x00\x00\x01\x2c\x00\x04\xc6\x33\x64\x0a"

static const char answer[] = HEADER("\x81\x80") QUESTION ANSWER;
static const char query[] = HEADER("\x01\x00") QUESTION ANSWER;
#define LEN (sizeof(answer) - 1)

/* From port src of the server 198.51.100.2 to the client. */
static void
udp(struct pump *u, unsigned src, const char *octets, size_t len)
{
	static const uint8_t back[8] = {198, 51, 100, 2, 192, 0, 2, 1};

	frame_start(&u->frame, octets, len);
	frame_udp(&u->frame, src, 40000);
	memcpy(frame_ipv4(&u->frame, 0, 0, 17) + 12, back, sizeof(back));
	pump_frame(u);
}

static void
expect_answer(struct pump *u)
{
	assert_int_equal(pump_count(u, "\"type\":\"dns\""), 1);
	assert_int_equal(pump_count(u, "\"client\":\"192.0.2.1\""), 1);
	assert_int_equal(pump_count(u, "\"server\":\"198.51.100.2\""), 1);
	assert_int_equal(
		pump_count(u, "\"query\":{\"name\":\"victim.test\",\"type\":\"MX\"}"), 1);
	assert_int_equal(
		pump_count(u, "\"target\":\"mx1.victim.test\",\"preference\":10"), 1);
	assert_int_equal(pump_count(u, "\"address\":\"198.51.100.10\""), 1);
	assert_int_equal(u->infer->records[RECORD_DNS], 1);
}

static void
an_answer_over_udp_is_a_record_with_the_exchangers_address(void **state)
{
	struct pump *u = *state;

	udp(u, 53, answer, LEN);
	expect_answer(u);
}

static void
an_answer_over_tcp_is_the_same_wherever_it_is_cut(void **state)
{
	char framed[2 + LEN];

	framed[0] = 0;
	framed[1] = (char)LEN;
	memcpy(framed + 2, answer, LEN);
	for (size_t cut = 0; cut < sizeof(framed); cut += 3) {
		struct pump *u = *state;
		struct wire w;

		pump_open(u, &w, 40000, 53);
		pump_segment(u, &w, DIS_SERVER, framed, cut, PACKET_TCP_ACK);
		pump_segment(u, &w, DIS_SERVER, framed + cut, sizeof(framed) - cut,
			PACKET_TCP_ACK);
		pump_close(u, &w);
		pipeline_drain(u->p);
		expect_answer(u);
		pump_teardown(state);
		pump_setup(state);
	}
}

static void
a_query_tells_nothing_and_is_no_damage(void **state)
{
	struct pump *u = *state;

	udp(u, 53, query, LEN);
	assert_string_equal(pump_text(u), "");
	assert_int_equal(u->p->counters.dns_messages, 1);
	assert_int_equal(u->p->counters.dns_bad, 0);
}

static void
what_does_not_come_from_a_name_servers_port_is_not_looked_at(void **state)
{
	struct pump *u = *state;

	udp(u, 5353, answer, LEN);
	assert_string_equal(pump_text(u), "");
	assert_int_equal(u->p->counters.dns_messages, 0);
}

static void
a_refusal_is_told_with_its_code_and_without_answers(void **state)
{
	/* NXDOMAIN (3), no answers. */
	static const char no[] =
		"\x00\x07\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00" QUESTION;
	struct pump *u = *state;

	udp(u, 53, no, sizeof(no) - 1);
	assert_int_equal(pump_count(u, "\"rcode\":3,\"answers\":[]"), 1);
}

static void
an_answer_cut_at_any_octet_never_tells_what_was_cut_off(void **state)
{
	for (size_t n = 0; n < LEN; n++) {
		struct pump *u = *state;

		udp(u, 53, answer, n);
		/* The address is the very last of it. */
		assert_int_equal(pump_count(u, "198.51.100.10\""), 0);
		if (n < 12)
			assert_int_equal(u->p->counters.dns_messages, 0);
		pump_teardown(state);
		pump_setup(state);
	}
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, pump_setup, pump_teardown)
	const struct CMUnitTest tests[] = {
		T(an_answer_over_udp_is_a_record_with_the_exchangers_address),
		T(an_answer_over_tcp_is_the_same_wherever_it_is_cut),
		T(a_query_tells_nothing_and_is_no_damage),
		T(what_does_not_come_from_a_name_servers_port_is_not_looked_at),
		T(a_refusal_is_told_with_its_code_and_without_answers),
		T(an_answer_cut_at_any_octet_never_tells_what_was_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
