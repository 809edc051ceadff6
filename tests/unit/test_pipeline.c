/* SPDX-License-Identifier: Apache-2.0 */
/* From frames to records in the file, through every stage. */
#include "pipeline_rig.h"

static void
a_conversation_on_port_25_is_a_transaction_in_the_file(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	/* Out as soon as it is answered, not when the connection ends. */
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 0);
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 1);
	assert_int_equal(pump_count(u, "\n"), 2);
	assert_int_equal(pump_count(u, "\"raw\":\"<a@victim.test>\""), 1);
	assert_int_equal(pump_count(u, "\"queue_id\":\"4XyZ\""), 1);
	assert_int_equal(pump_count(u, "\"outcome\":\"accepted\""), 1);
	assert_int_equal(pump_count(u, "\"file\":\"x.pcap\""), 2);
	assert_int_equal(pump_count(u, "late_start"), 0);
	assert_int_equal(u->p->counters.transactions, 1);
	assert_int_equal(u->infer->records[RECORD_TRANSACTION], 1);
	assert_int_equal(u->infer->records[RECORD_CONNECTION], 1);
}

static void
a_frame_seen_twice_tells_its_mail_once(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	for (size_t i = 0; i < PUMP_TURNS; i++) {
		struct wire before = w;
		enum dis_dir dir = i % 2 ? DIS_CLIENT : DIS_SERVER;

		pump_says(u, &w, dir, pump_mail[i]);
		w = before;
		pump_says(u, &w, dir, pump_mail[i]);
	}
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"raw\":\"<a@victim.test>\""), 1);
}

static void
mail_on_another_port_is_found_by_its_speech(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 2526);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"port\":2526"), 2);
	assert_int_equal(pump_count(u, "\"found_by_speech\":true"), 2);
	assert_int_equal(u->p->counters.probes_smtp, 1);
}

static void
mail_on_another_port_is_left_alone_where_the_operator_says_so(void **state)
{
	struct pump *u = *state;
	struct wire w;

	u->config.any_port = false;
	pump_open(u, &w, 40000, 2526);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_string_equal(pump_text(u), "");
}

static void
a_server_of_another_protocol_that_says_220_is_no_mail_server(void **state)
{
	static const char *const ftp[] = {"220 ftp.corp.test FTP server ready\r\n",
		"USER anonymous\r\n", "331 Guest login ok\r\n", "PASS x\r\n",
		"230 Logged in\r\n", "SYST\r\n", "215 UNIX Type: L8\r\n", "QUIT\r\n",
		"221 Goodbye\r\n"};
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 2121);
	pump_talk(u, &w, ftp, sizeof(ftp) / sizeof(*ftp));
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_string_equal(pump_text(u), "");
	assert_int_equal(u->p->counters.probes_smtp, 0);
}

static void
memory_of_an_encrypted_connection_is_read_in_clear_by_the_next(void **state)
{
	static const char *const secret[] = {"220 mail.corp.test ESMTP Postfix\r\n",
		"EHLO c.test\r\n", "250-mail.corp.test\r\n250 STARTTLS\r\n",
		"STARTTLS\r\n", "220 2.0.0 Ready\r\n"};
	static const char hello[] = "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00";
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	pump_talk(u, &w, secret, sizeof(secret) / sizeof(*secret));
	pump_segment(u, &w, DIS_CLIENT, hello, sizeof(hello) - 1, PACKET_TCP_ACK);
	pump_close(u, &w);
	pipeline_tick(u->p, u->now + UINT64_C(3600000000000));
	assert_int_equal(pump_count(u, "\"state\":\"starttls\""), 1);
	/* The pool gives the freed block out first; were it still TLS, no mail were seen.
	 */
	pump_open(u, &w, 40001, 25);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 2);
	assert_int_equal(pump_count(u, "\"state\":\"starttls\""), 1);
}

static void
a_port_scan_leaves_no_record(void **state)
{
	struct pump *u = *state;
	struct wire w;

	for (unsigned i = 0; i < 100; i++) {
		pump_open(u, &w, 30000 + i, 25);
		pump_segment(u, &w, DIS_CLIENT, NULL, 0, PACKET_TCP_RST);
	}
	pipeline_drain(u->p);
	assert_string_equal(pump_text(u), "");
	assert_int_equal(u->p->counters.connections, 100);
}

/* The client hangs up before the server has greeted: its end and its packets count. */
static void
what_came_before_anybody_spoke_is_not_forgotten(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 25);
	pump_segment(u, &w, DIS_CLIENT, NULL, 0, PACKET_TCP_ACK | PACKET_TCP_FIN);
	pump_says(u, &w, DIS_SERVER, pump_mail[0]);
	pump_segment(u, &w, DIS_SERVER, NULL, 0, PACKET_TCP_ACK | PACKET_TCP_FIN);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"connection\""), 1);
	/* SYN, ACK, FIN; SYN-ACK, the greeting, FIN. */
	assert_int_equal(pump_count(u, "\"client_packets\":3,\"server_packets\":3,"), 1);
	assert_int_equal(pump_count(u, "late_start"), 0);
	assert_int_equal(pump_count(u, "one_sided"), 0);
}

static void
a_flood_of_syns_leaves_nothing_and_its_places_serve_for_mail(void **state)
{
	struct pump *u = *state;
	uint64_t before, after;
	struct wire w;

	memset(&w, 0, sizeof(w));
	before = u->p->counters.connections;
	for (unsigned n = 0; n < 3000; n++) {
		w = (struct wire){.port = {1024 + n, 25}, .seq = {n, 0}};
		pump_segment(u, &w, DIS_CLIENT, NULL, 0, PACKET_TCP_SYN);
	}
	after = u->p->counters.connections;
	assert_int_equal(after - before, 3000);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\n"), 0);
	/* Then the same places serve for mail. */
	pump_open(u, &w, 40000, 25);
	pump_talk(u, &w, pump_mail, PUMP_TURNS);
	pump_close(u, &w);
	pipeline_drain(u->p);
	assert_int_equal(pump_count(u, "\"type\":\"transaction\""), 1);
}

static void
frames_that_are_no_packets_are_counted(void **state)
{
	struct pump *u = *state;
	uint64_t other = 0;

	for (size_t n = 0; n < 20; n++) {
		frame_start(&u->frame, "garbage garbage garb", n);
		pump_frame(u);
	}
	for (size_t r = 0; r < PACKET_REASON_COUNT; r++)
		other += u->p->counters.other[r];
	assert_int_equal(u->p->counters.frames, 20);
	assert_int_equal(other, 20);
	assert_string_equal(pump_text(u), "");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, pump_setup, pump_teardown)
	const struct CMUnitTest tests[] = {
		T(a_conversation_on_port_25_is_a_transaction_in_the_file),
		T(a_frame_seen_twice_tells_its_mail_once),
		T(mail_on_another_port_is_found_by_its_speech),
		T(mail_on_another_port_is_left_alone_where_the_operator_says_so),
		T(a_server_of_another_protocol_that_says_220_is_no_mail_server),
		T(memory_of_an_encrypted_connection_is_read_in_clear_by_the_next),
		T(a_port_scan_leaves_no_record),
		T(what_came_before_anybody_spoke_is_not_forgotten),
		T(a_flood_of_syns_leaves_nothing_and_its_places_serve_for_mail),
		T(frames_that_are_no_packets_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
