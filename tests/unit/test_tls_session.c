/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_session.h"
#include "dissect/tls_suite.h"

#include "tls_samples.h"

static struct tls_session session;
static uint8_t room[TLS_ROOM_MAX];

static enum dis_status
feed(enum dis_dir dir, struct span octets, uint32_t frame)
{
	struct tls_event e;
	enum dis_status status;

	tls_session_feed(&session, dir, octets, (struct moment){.frame = frame});
	while ((status = tls_session_next(&session, &e)) == DIS_OK)
		assert_int_equal(e.dir, dir);
	return status;
}

/* Feeds a sample's pieces, each in parts of step octets; frames count from 1. */
static void
replay(const uint8_t *at, size_t len, size_t step)
{
	struct cursor c = cursor_of(span_of(at, len));

	tls_session_reset(&session);
	tls_session_lend(&session, room, sizeof(room));
	for (uint32_t frame = 1; cursor_left(&c) > 0; frame++) {
		enum dis_dir dir = dis_u8(&c) ? DIS_SERVER : DIS_CLIENT;
		struct span piece = cursor_take(&c, dis_u16(&c));

		assert_false(c.overrun);
		for (size_t i = 0; i < piece.len; i += step)
			assert_int_equal(feed(dir, span_slice(piece, i, i + step), frame),
				DIS_MORE);
	}
}

static void
assert_text(const struct tls_text *t, const char *text)
{
	assert_int_equal(t->len, strlen(text));
	assert_true(span_equal(tls_text_span(t), span_of_text(text)));
}

static void
assert_run(size_t i, enum dis_dir dir, uint8_t type, uint32_t octets)
{
	assert_in_range(i, 0, session.trace.used - 1);
	assert_int_equal(session.trace.at[i].dir, dir);
	assert_int_equal(session.trace.at[i].type, type);
	assert_int_equal(session.trace.at[i].octets, octets);
}

static void
assert_tls12(void)
{
	static const char *const names[] = {
		"mx1.example.org", "mail.example.org", "*.example.net"};
	uint16_t place = 0;
	struct span name;

	assert_int_equal(session.phase, TLS_PHASE_ESTABLISHED);
	assert_int_equal(session.offered_version, 0x0303);
	assert_int_equal(session.version, 0x0303);
	assert_int_equal(session.suite, 0xc02b);
	assert_text(&session.sni, "mx1.example.org");
	assert_text(&session.alpn, "smtp");
	assert_text(&session.alpn_offered, "smtp");
	assert_false(session.resumed);
	assert_false(session.retried);
	assert_true(session.has_cert);
	assert_true(session.cert_self_signed);
	assert_text(&session.cert_subject, "mx1.example.org");
	assert_text(&session.cert_issuer, "mx1.example.org");
	assert_true(session.cert_not_after == 2110837184);
	assert_int_equal(session.cert_names, 3);
	for (int i = 0; i < 3; i++) {
		assert_true(tls_session_cert_name_next(&session, &place, &name));
		assert_true(span_equal(name, span_of_text(names[i])));
	}
	assert_false(tls_session_cert_name_next(&session, &place, &name));
	assert_int_equal(session.hello_at.frame, 1);
	assert_int_equal(session.chosen_at.frame, 2);
	assert_int_equal(session.established_at.frame, 4);
	assert_false(tls_session_needs_room(&session));
}

/* EHLO client.example.com, two lines of 250, QUIT, 221: 24 octets more each. */
static void
assert_tls12_trace(void)
{
	uint32_t least, most;

	assert_int_equal(session.side[DIS_CLIENT].records, 6);
	assert_int_equal(session.side[DIS_SERVER].records, 9);
	assert_int_equal(session.side[DIS_CLIENT].octets, 166 + 37 + 1 + 40 + 49 + 30);
	assert_run(0, DIS_CLIENT, TLS_TYPE_HANDSHAKE, 166);
	assert_true(session.trace.at[0].clear);
	assert_run(11, DIS_CLIENT, TLS_TYPE_APPLICATION, 49);
	assert_run(12, DIS_SERVER, TLS_TYPE_APPLICATION, 55);
	assert_run(13, DIS_CLIENT, TLS_TYPE_APPLICATION, 30);
	assert_run(14, DIS_SERVER, TLS_TYPE_APPLICATION, 39);
	assert_false(session.trace.at[14].clear);
	assert_true(tls_suite_plain(
		tls_suite_find(session.suite), session.version, 49, &least, &most));
	assert_int_equal(least, strlen("EHLO client.example.com\r\n"));
}

static void
a_tls12_session_tells_its_facts_however_cut(void **state)
{
	(void)state;
	for (size_t step = 1; step < 800; step += step < 40 ? 1 : 97) {
		replay(handshake_tls12, sizeof(handshake_tls12), step);
		assert_tls12();
		assert_tls12_trace();
	}
}

static void
a_tls13_session_with_a_retry_tells_its_facts(void **state)
{
	(void)state;
	for (size_t step = 1; step < 1100; step += step < 20 ? 1 : 99) {
		replay(handshake_tls13_retry, sizeof(handshake_tls13_retry), step);
		assert_int_equal(session.phase, TLS_PHASE_ESTABLISHED);
		assert_int_equal(session.version, 0x0304);
		assert_int_equal(session.suite, 0x1302);
		assert_true(session.retried);
		assert_false(session.resumed);
		assert_false(session.has_cert);
		assert_text(&session.sni, "mx1.example.org");
		assert_text(&session.alpn_offered, "smtp");
		assert_int_equal(session.alpn.len, 0);
		/* The server's choice stands in its second hello, in the fourth piece. */
		assert_int_equal(session.hello_at.frame, 1);
		assert_int_equal(session.chosen_at.frame, 4);
		assert_int_equal(session.established_at.frame, 5);
		assert_int_equal(session.side[DIS_CLIENT].records, 6);
		assert_int_equal(session.side[DIS_SERVER].records, 11);
		assert_false(tls_session_needs_room(&session));
	}
}

static void
without_room_whole_messages_are_read(void **state)
{
	struct cursor c = cursor_of(span_of(handshake_tls12, sizeof(handshake_tls12)));

	(void)state;
	tls_session_reset(&session);
	for (uint32_t frame = 1; cursor_left(&c) > 0; frame++) {
		enum dis_dir dir = dis_u8(&c) ? DIS_SERVER : DIS_CLIENT;

		(void)feed(dir, cursor_take(&c, dis_u16(&c)), frame);
	}
	assert_tls12();
}

#define RANDOM "0123456789abcdef0123456789abcdef"
#define CLIENT_TEXT                                                                      \
	"\x16\x03\x01\x00\x31\x01\x00\x00\x2d\x03\x03" RANDOM "\x04"                     \
	"SESS\x00\x02\xc0\x2f\x01\x00"
#define SERVER_TEXT                                                                      \
	"\x16\x03\x03\x00\x2e\x02\x00\x00\x2a\x03\x03" RANDOM "\x04"                     \
	"SESS\xc0\x2f\x00"

static void
start(void)
{
	tls_session_reset(&session);
	tls_session_lend(&session, room, sizeof(room));
	assert_int_equal(feed(DIS_CLIENT, SPAN_LITERAL(CLIENT_TEXT), 1), DIS_MORE);
	assert_int_equal(session.phase, TLS_PHASE_CLIENT_HELLO);
}

static void
an_echoed_session_id_is_a_resumption(void **state)
{
	(void)state;
	start();
	assert_int_equal(feed(DIS_SERVER, SPAN_LITERAL(SERVER_TEXT), 2), DIS_MORE);
	assert_int_equal(session.phase, TLS_PHASE_SERVER_HELLO);
	assert_true(session.resumed);
	assert_true(tls_session_needs_room(&session));
}

static void
a_fatal_alert_in_clear_is_a_failure(void **state)
{
	(void)state;
	start();
	assert_int_equal(
		feed(DIS_SERVER, SPAN_LITERAL("\x15\x03\x03\x00\x02\x02\x28"), 2),
		DIS_MORE);
	assert_int_equal(session.phase, TLS_PHASE_FAILED);
	assert_true(session.side[DIS_SERVER].alerted);
	assert_int_equal(session.side[DIS_SERVER].alert.description, 40);
	assert_false(session.side[DIS_CLIENT].alerted);
	/* A warning is none. */
	start();
	(void)feed(DIS_SERVER, SPAN_LITERAL("\x15\x03\x03\x00\x02\x01\x70"), 2);
	assert_int_equal(session.phase, TLS_PHASE_CLIENT_HELLO);
}

static void
a_session_met_in_its_middle_is_established(void **state)
{
	(void)state;
	tls_session_reset(&session);
	(void)feed(DIS_CLIENT, SPAN_LITERAL("\x17\x03\x03\x00\x01x"), 1);
	assert_int_equal(session.phase, TLS_PHASE_START);
	(void)feed(DIS_SERVER, SPAN_LITERAL("\x17\x03\x03\x00\x01x"), 2);
	assert_int_equal(session.phase, TLS_PHASE_ESTABLISHED);
	assert_int_equal(session.version, 0);
	assert_int_equal(session.suite, 0);
}

static void
one_lost_direction_leaves_the_other(void **state)
{
	(void)state;
	start();
	assert_int_equal(feed(DIS_SERVER, SPAN_LITERAL("454 no\r\n"), 2), DIS_BAD);
	assert_true(session.side[DIS_SERVER].lost);
	assert_int_equal(
		feed(DIS_CLIENT, SPAN_LITERAL("\x17\x03\x03\x00\x01x"), 3), DIS_MORE);
	assert_int_equal(session.side[DIS_CLIENT].records, 2);
	assert_false(tls_session_gap(&session, DIS_CLIENT, 9));
	assert_true(session.side[DIS_CLIENT].lost);
}

static void
an_sslv2_hello_tells_its_version(void **state)
{
	(void)state;
	tls_session_reset(&session);
	(void)feed(
		DIS_CLIENT, SPAN_LITERAL("\x80\x0c\x01\x03\x01\x00\x03\0\0\0\0***"), 1);
	assert_true(session.sslv2);
	assert_int_equal(session.offered_version, 0x0301);
	assert_int_equal(session.phase, TLS_PHASE_CLIENT_HELLO);
}

static void
the_session_is_small_enough_for_each_connection(void **state)
{
	(void)state;
	assert_true(sizeof(struct tls_session) < 6 * KiB);
	assert_string_equal(tls_phase_name(TLS_PHASE_FAILED), "failed");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tls12_session_tells_its_facts_however_cut),
		cmocka_unit_test(a_tls13_session_with_a_retry_tells_its_facts),
		cmocka_unit_test(without_room_whole_messages_are_read),
		cmocka_unit_test(an_echoed_session_id_is_a_resumption),
		cmocka_unit_test(a_fatal_alert_in_clear_is_a_failure),
		cmocka_unit_test(a_session_met_in_its_middle_is_established),
		cmocka_unit_test(one_lost_direction_leaves_the_other),
		cmocka_unit_test(an_sslv2_hello_tells_its_version),
		cmocka_unit_test(the_session_is_small_enough_for_each_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
