/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_record.h"

#define EVENTS_MAX 32

/* What the reader told, with a message's body copied out. */
struct told {
	size_t count;
	struct tls_event at[EVENTS_MAX];
	uint8_t body[EVENTS_MAX][64];
	enum dis_status last;
};

static uint8_t room[64];

static void
tell(struct told *t, struct tls_record_reader *r, const uint8_t *at, size_t len)
{
	struct guarded g = guarded_new(at, len);
	struct span in = guarded_span(&g);
	struct moment now = {.frame = 7};
	struct tls_event e;

	while ((t->last = tls_record_next(r, &in, now, &e)) == DIS_OK) {
		assert_in_range(t->count, 0, EVENTS_MAX - 1);
		assert_int_equal(e.at.frame, 7);
		t->at[t->count] = e;
		if (e.kind == TLS_EVENT_MESSAGE)
			(void)span_copy(e.message.body, (char *)t->body[t->count], 64);
		t->count++;
	}
	assert_int_equal(in.len, 0);
	guarded_free(&g);
}

static void
assert_record(const struct told *t, size_t i, uint8_t type, uint16_t length, bool clear)
{
	assert_in_range(i, 0, t->count - 1);
	assert_int_equal(t->at[i].kind, TLS_EVENT_RECORD);
	assert_int_equal(t->at[i].record.type, type);
	assert_int_equal(t->at[i].record.length, length);
	assert_int_equal(t->at[i].record.clear, clear);
}

static void
assert_message(const struct told *t, size_t i, uint8_t type, const char *body)
{
	size_t len = strlen(body);

	assert_in_range(i, 0, t->count - 1);
	assert_int_equal(t->at[i].kind, TLS_EVENT_MESSAGE);
	assert_int_equal(t->at[i].message.type, type);
	assert_int_equal(t->at[i].message.length, len);
	assert_int_equal(t->at[i].message.body.len, len);
	assert_false(t->at[i].message.cut);
	assert_memory_equal(t->body[i], body, len);
}

/*
 * A record with two messages and the head of a third; a record with its rest; a warning
 * in clear; ChangeCipherSpec; an encrypted handshake record; application data.
 */
static const char stream[] = "\x16\x03\x01\x00\x11"
			     "\x01\x00\x00\x03"
			     "abc"
			     "\x0e\x00\x00\x00"
			     "\x0b\x00\x00\x05"
			     "de"
			     "\x16\x03\x03\x00\x03"
			     "fgh"
			     "\x15\x03\x03\x00\x02\x01\x70"
			     "\x14\x03\x03\x00\x01\x01"
			     "\x16\x03\x03\x00\x06"
			     "\x01\x00\x00\x02xy"
			     "\x17\x03\x03\x00\x04zzzz"
			     "\x15\x03\x03\x00\x02\x02\x28";

#define STREAM_LEN (sizeof(stream) - 1)

static void
assert_stream(const struct told *t)
{
	assert_int_equal(t->count, 11);
	assert_record(t, 0, TLS_TYPE_HANDSHAKE, 17, true);
	assert_int_equal(t->at[0].record.version, 0x0301);
	assert_message(t, 1, TLS_MESSAGE_CLIENT_HELLO, "abc");
	assert_message(t, 2, 14, "");
	assert_record(t, 3, TLS_TYPE_HANDSHAKE, 3, true);
	assert_message(t, 4, TLS_MESSAGE_CERTIFICATE, "defgh");
	assert_record(t, 5, TLS_TYPE_ALERT, 2, true);
	assert_int_equal(t->at[6].kind, TLS_EVENT_ALERT);
	assert_int_equal(t->at[6].alert.level, 1);
	assert_int_equal(t->at[6].alert.description, 0x70);
	assert_record(t, 7, TLS_TYPE_CHANGE_CIPHER, 1, true);
	assert_record(t, 8, TLS_TYPE_HANDSHAKE, 6, false);
	assert_record(t, 9, TLS_TYPE_APPLICATION, 4, false);
	assert_record(t, 10, TLS_TYPE_ALERT, 2, false);
	assert_int_equal(t->last, DIS_MORE);
}

static const uint8_t *
octets(const char *text)
{
	return (const uint8_t *)text;
}

static void
every_cut_tells_the_same(void **state)
{
	(void)state;
	for (size_t cut = 0; cut <= STREAM_LEN; cut++) {
		struct tls_record_reader r;
		struct told t = {.count = 0};

		tls_record_reset(&r);
		tls_record_lend(&r, room, sizeof(room));
		tell(&t, &r, octets(stream), cut);
		tell(&t, &r, octets(stream) + cut, STREAM_LEN - cut);
		assert_stream(&t);
	}
}

static void
octet_by_octet_tells_the_same(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, sizeof(room));
	for (size_t i = 0; i < STREAM_LEN; i++)
		tell(&t, &r, octets(stream) + i, 1);
	assert_stream(&t);
}

static void
a_message_whole_in_the_input_needs_no_room(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tell(&t, &r, octets(stream), STREAM_LEN);
	assert_message(&t, 1, TLS_MESSAGE_CLIENT_HELLO, "abc");
	/* The one over two records has no place to be put together. */
	assert_int_equal(t.at[4].kind, TLS_EVENT_MESSAGE);
	assert_true(t.at[4].message.cut);
	assert_int_equal(t.at[4].message.length, 5);
	assert_int_equal(t.at[4].message.body.len, 0);
	assert_int_equal(t.count, 11);
}

static void
a_message_beyond_the_room_is_given_with_its_head(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, 4);
	tell(&t, &r, octets(stream), STREAM_LEN);
	assert_true(t.at[4].message.cut);
	assert_int_equal(t.at[4].message.body.len, 4);
	assert_memory_equal(t.body[4], "defg", 4);
}

static void
room_is_of_no_use_after_the_switch(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tell(&t, &r, octets(stream), 41);
	assert_true(tls_record_needs_room(&r));
	tell(&t, &r, octets(stream) + 41, 1);
	assert_int_equal(t.at[t.count - 1].record.type, TLS_TYPE_CHANGE_CIPHER);
	assert_false(tls_record_needs_room(&r));
}

static void
taking_the_room_back_costs_the_message_in_hand(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, sizeof(room));
	tell(&t, &r, octets(stream), 22);
	tls_record_lend(&r, NULL, 0);
	tell(&t, &r, octets(stream) + 22, STREAM_LEN - 22);
	assert_true(t.at[4].message.cut);
	assert_int_equal(t.at[4].message.body.len, 0);
	assert_int_equal(t.count, 11);
}

static void
what_is_not_tls_stays_bad(void **state)
{
	static const struct {
		const char *at;
		size_t len;
	} cases[] = {
		{"250 ok\r\n", 8}, {"\x19\x03\x03\x00\x01x", 6}, /* content type 25 */
		{"\x13\x03\x03\x00\x01x", 6},			 /* content type 19 */
		{"\x16\x02\x00\x00\x01x", 6},			 /* version 2.0 */
		{"\x16\x03\x05\x00\x01x", 6},			 /* version 3.5 */
		{"\x17\x03\x03\x48\x01x", 6}, /* one above 2^14 + 2048 */
		{"\x80\x08\x01\x03\x01", 5},  /* SSL 2.0 hello too short to be one */
		{"\x80\x2e\x04\x03\x01", 5},  /* SSL 2.0, not a ClientHello */
		{"\x17\x03\x03\x00\x00gibber", 11}, /* after a good one */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tls_record_reader r;
		struct told t = {.count = 0};

		tls_record_reset(&r);
		tell(&t, &r, octets(cases[i].at), cases[i].len);
		assert_int_equal(t.last, DIS_BAD);
		tell(&t, &r, octets("\x17\x03\x03\x00\x01x"), 6);
		assert_int_equal(t.last, DIS_BAD);
		assert_int_equal(t.count, i == 8 ? 1 : 0);
		assert_false(tls_record_needs_room(&r));
	}
}

static void
the_largest_record_is_still_one(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tell(&t, &r, octets("\x17\x03\x03\x48\x00"), 5);
	assert_record(&t, 0, TLS_TYPE_APPLICATION, 18432, false);
}

static void
an_sslv2_hello_is_known_and_passed_over(void **state)
{
	/* RFC 5246 E.2: 12 octets after the length, then a record in today's form. */
	static const char hello[] = "\x80\x0c\x01\x03\x02\x00\x03\x00\x00\x00\x00***"
				    "\x17\x03\x01\x00\x01x";

	(void)state;
	for (size_t cut = 0; cut < sizeof(hello); cut++) {
		struct tls_record_reader r;
		struct told t = {.count = 0};

		tls_record_reset(&r);
		tell(&t, &r, octets(hello), cut);
		tell(&t, &r, octets(hello) + cut, sizeof(hello) - 1 - cut);
		assert_int_equal(t.count, 2);
		assert_record(&t, 0, TLS_TYPE_HANDSHAKE, 12, true);
		assert_true(t.at[0].record.sslv2);
		assert_int_equal(t.at[0].record.version, 0x0302);
		assert_record(&t, 1, TLS_TYPE_APPLICATION, 1, false);
	}
}

static void
a_hole_inside_a_body_keeps_the_records_exact(void **state)
{
	static const char two[] = "\x17\x03\x03\x00\x0a"
				  "0123456789"
				  "\x17\x03\x03\x00\x01x";

	(void)state;
	/* Every hole that begins in the first body and ends in it or with it. */
	for (size_t from = 5; from < 15; from++) {
		for (size_t to = from + 1; to <= 15; to++) {
			struct tls_record_reader r;
			struct told t = {.count = 0};

			tls_record_reset(&r);
			tell(&t, &r, octets(two), from);
			assert_true(tls_record_gap(&r, to - from));
			tell(&t, &r, octets(two) + to, sizeof(two) - 1 - to);
			assert_int_equal(t.count, 2);
			assert_record(&t, 1, TLS_TYPE_APPLICATION, 1, false);
		}
	}
}

static void
a_hole_over_a_header_loses_the_framing(void **state)
{
	static const struct {
		size_t fed;
		uint64_t hole;
	} cases[] = {{0, 1}, {3, 1}, {10, 6}, {15, 1}, {10, 0}, {10, UINT64_MAX}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tls_record_reader r;
		struct told t = {.count = 0};

		tls_record_reset(&r);
		tell(&t, &r,
			octets("\x17\x03\x03\x00\x0a"
			       "0123456789"),
			cases[i].fed);
		assert_false(tls_record_gap(&r, cases[i].hole));
		assert_false(tls_record_gap(&r, 1));
		tell(&t, &r, octets("\x17\x03\x03\x00\x00"), 5);
		assert_int_equal(t.last, DIS_BAD);
	}
}

static void
a_hole_inside_a_message_leaves_its_head_and_the_next(void **state)
{
	static const char text[] = "\x16\x03\x03\x00\x13"
				   "\x0b\x00\x00\x08"
				   "abcdefgh"
				   "\x0e\x00\x00\x03"
				   "xyz";
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, sizeof(room));
	tell(&t, &r, octets(text), 11);
	assert_true(tls_record_gap(&r, 3));
	tell(&t, &r, octets(text) + 14, sizeof(text) - 1 - 14);
	assert_int_equal(t.count, 3);
	assert_true(t.at[1].message.cut);
	assert_int_equal(t.at[1].message.length, 8);
	assert_int_equal(t.at[1].message.body.len, 2);
	assert_memory_equal(t.body[1], "ab", 2);
	assert_message(&t, 2, 14, "xyz");
}

static void
a_hole_over_a_messages_end_costs_the_rest_of_its_record(void **state)
{
	static const char text[] = "\x16\x03\x03\x00\x0f"
				   "\x0b\x00\x00\x04"
				   "abcd"
				   "\x0e\x00\x00\x03"
				   "xyz"
				   "\x16\x03\x03\x00\x05"
				   "\x10\x00\x00\x01"
				   "k";
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, sizeof(room));
	tell(&t, &r, octets(text), 11);
	assert_true(tls_record_gap(&r, 4));
	tell(&t, &r, octets(text) + 15, sizeof(text) - 1 - 15);
	assert_int_equal(t.count, 3);
	assert_record(&t, 1, TLS_TYPE_HANDSHAKE, 5, true);
	assert_message(&t, 2, 16, "k");
}

static void
a_message_too_long_to_believe_is_left(void **state)
{
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tell(&t, &r, octets("\x16\x03\x03\x00\x06\x0b\x04\x00\x01zz"), 11);
	tell(&t, &r, octets("\x16\x03\x03\x00\x05\x0e\x00\x00\x01k"), 10);
	assert_int_equal(t.count, 3);
	assert_message(&t, 2, 14, "k");
}

static void
after_a_retry_the_second_hello_is_read(void **state)
{
	static const char text[] = "\x14\x03\x03\x00\x01\x01"
				   "\x16\x03\x03\x00\x06\x01\x00\x00\x02hi";
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_retry(&r);
	tell(&t, &r, octets(text), sizeof(text) - 1);
	assert_int_equal(t.count, 3);
	assert_message(&t, 2, TLS_MESSAGE_CLIENT_HELLO, "hi");
	assert_true(tls_record_needs_room(&r));
}

static void
another_record_between_fragments_ends_the_message(void **state)
{
	static const char text[] = "\x16\x03\x03\x00\x06\x0b\x00\x00\x09"
				   "ab"
				   "\x15\x03\x03\x00\x02\x02\x28"
				   "\x16\x03\x03\x00\x05\x0e\x00\x00\x01k";
	struct tls_record_reader r;
	struct told t = {.count = 0};

	(void)state;
	tls_record_reset(&r);
	tls_record_lend(&r, room, sizeof(room));
	tell(&t, &r, octets(text), sizeof(text) - 1);
	assert_int_equal(t.count, 5);
	assert_int_equal(t.at[2].alert.description, 40);
	assert_message(&t, 4, 14, "k");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_tells_the_same),
		cmocka_unit_test(octet_by_octet_tells_the_same),
		cmocka_unit_test(a_message_whole_in_the_input_needs_no_room),
		cmocka_unit_test(a_message_beyond_the_room_is_given_with_its_head),
		cmocka_unit_test(room_is_of_no_use_after_the_switch),
		cmocka_unit_test(taking_the_room_back_costs_the_message_in_hand),
		cmocka_unit_test(what_is_not_tls_stays_bad),
		cmocka_unit_test(the_largest_record_is_still_one),
		cmocka_unit_test(an_sslv2_hello_is_known_and_passed_over),
		cmocka_unit_test(a_hole_inside_a_body_keeps_the_records_exact),
		cmocka_unit_test(a_hole_over_a_header_loses_the_framing),
		cmocka_unit_test(a_hole_inside_a_message_leaves_its_head_and_the_next),
		cmocka_unit_test(a_hole_over_a_messages_end_costs_the_rest_of_its_record),
		cmocka_unit_test(a_message_too_long_to_believe_is_left),
		cmocka_unit_test(after_a_retry_the_second_hello_is_read),
		cmocka_unit_test(another_record_between_fragments_ends_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
