/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_ports.h"

#include "tests/unit/feed.h"
#include "tests/bpf/nests.h"

#include "sensor/capture/capture_pcap.h"

static const uint16_t tcp[] = {25, 465, 2525};
static const uint16_t udp[] = {53};
static struct frame frame;

static struct capture_pcap_program *
compile(bool any_tcp)
{
	struct capture_ports p = {tcp, 3, udp, 1, any_tcp};
	char *expression = capture_ports_expression(&p),
	     error[CAPTURE_PCAP_ERROR_MAX] = "";
	struct capture_pcap_program *program;

	assert_non_null(expression);
	program = capture_pcap_compile(expression, 1, error);
	if (!program)
		fail_msg("%s: %s", error, expression);
	free(expression);
	return program;
}

static bool
passes(const struct capture_pcap_program *p)
{
	struct capture_frame f = {.octets = frame_span(&frame),
		.wire_len = (uint32_t)frame.len,
		.linktype = 1};

	return capture_pcap_match(p, &f);
}

static void
mail_passes_in_every_wrapping(void **state)
{
	struct capture_pcap_program *p = compile(false);

	(void)state;
	for (enum nest n = 0; n < NEST_COUNT; n++) {
		nest_tcp(&frame, n, 40000, 25, "EHLO a\r\n");
		if (!passes(p))
			fail_msg("wrapping %d", (int)n);
		nest_tcp_back(&frame, n, 40000, 2525, "250 a\r\n");
		if (!passes(p))
			fail_msg("wrapping %d back", (int)n);
	}
	capture_pcap_program_free(p);
}

static void
what_is_plainly_not_mail_is_dropped(void **state)
{
	static const enum nest plain[] = {NEST_PLAIN, NEST_IPV6, NEST_VLAN, NEST_QINQ};
	struct capture_pcap_program *p = compile(false);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		nest_tcp(&frame, plain[i], 40000, 80, "GET / HTTP/1.1\r\n");
		if (passes(p))
			fail_msg("wrapping %d", (int)plain[i]);
	}
	capture_pcap_program_free(p);
}

static void
looking_on_all_ports_lets_all_of_tcp_pass(void **state)
{
	struct capture_pcap_program *p = compile(true);

	(void)state;
	nest_tcp(&frame, NEST_PLAIN, 40000, 80, "GET / HTTP/1.1\r\n");
	assert_true(passes(p));
	frame_start_text(&frame, "x");
	frame_udp(&frame, 40000, 123);
	nest_wrap(&frame, NEST_PLAIN, 17, 1, 2);
	assert_false(passes(p));
	capture_pcap_program_free(p);
}

static void
pieces_of_datagrams_pass(void **state)
{
	struct capture_pcap_program *p = compile(false);

	(void)state;
	frame_start_text(&frame, "the rest, without ports");
	frame_ipv4(&frame, 1, 2, 6)[7] = 4;
	frame_ethernet(&frame, 0x0800);
	assert_true(passes(p));
	frame_start_text(&frame, "the rest, without ports");
	frame_fragment6(&frame, 6, 1480, false, 77);
	frame_ipv6(&frame, 1, 2, 44);
	frame_ethernet(&frame, 0x86dd);
	assert_true(passes(p));
	capture_pcap_program_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_passes_in_every_wrapping),
		cmocka_unit_test(what_is_plainly_not_mail_is_dropped),
		cmocka_unit_test(looking_on_all_ports_lets_all_of_tcp_pass),
		cmocka_unit_test(pieces_of_datagrams_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
