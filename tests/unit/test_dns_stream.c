/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/dns_stream.h"

static const char stream[] = "\0\5first\0\0\0\6second";

#define STREAM_LEN (sizeof(stream) - 1)

static uint8_t room[64];

struct told {
	size_t count;
	char text[8][16];
	uint16_t length[8];
	enum dis_status last;
};

static void
tell(struct told *t, struct dns_stream *s, size_t from, size_t to)
{
	struct guarded g = guarded_new(stream + from, to - from);
	struct span in = guarded_span(&g), message;
	uint16_t length;

	while ((t->last = dns_stream_next(s, &in, &message, &length)) == DIS_OK) {
		assert_in_range(t->count, 0, 7);
		(void)span_copy(message, t->text[t->count], 16);
		t->length[t->count++] = length;
	}
	assert_int_equal(in.len, 0);
	guarded_free(&g);
}

static void
every_cut_gives_the_same_messages(void **state)
{
	(void)state;
	for (size_t a = 0; a <= STREAM_LEN; a++) {
		for (size_t b = a; b <= STREAM_LEN; b++) {
			struct dns_stream s;
			struct told t = {.count = 0};

			dns_stream_reset(&s, room, sizeof(room));
			tell(&t, &s, 0, a);
			tell(&t, &s, a, b);
			tell(&t, &s, b, STREAM_LEN);
			assert_int_equal(t.last, DIS_MORE);
			assert_int_equal(t.count, 3);
			assert_string_equal(t.text[0], "first");
			assert_string_equal(t.text[1], "");
			assert_string_equal(t.text[2], "second");
			assert_int_equal(t.length[2], 6);
		}
	}
}

static void
a_message_beyond_the_room_is_given_with_its_head(void **state)
{
	struct dns_stream s;
	struct told t = {.count = 0};

	(void)state;
	dns_stream_reset(&s, room, 3);
	tell(&t, &s, 0, 4);
	tell(&t, &s, 4, STREAM_LEN);
	assert_int_equal(t.count, 3);
	assert_string_equal(t.text[0], "fir");
	assert_int_equal(t.length[0], 5);
	assert_string_equal(t.text[2], "second");
	/* Without any room. */
	t.count = 0;
	dns_stream_reset(&s, NULL, 0);
	tell(&t, &s, 0, 4);
	tell(&t, &s, 4, STREAM_LEN);
	assert_int_equal(t.count, 3);
	assert_string_equal(t.text[0], "");
	assert_int_equal(t.length[0], 5);
}

static void
a_hole_inside_a_message_costs_that_one(void **state)
{
	struct dns_stream s;
	struct told t = {.count = 0};

	(void)state;
	dns_stream_reset(&s, room, sizeof(room));
	tell(&t, &s, 0, 4);
	assert_true(dns_stream_gap(&s, 2));
	tell(&t, &s, 6, STREAM_LEN);
	assert_int_equal(t.count, 3);
	assert_string_equal(t.text[0], "fi");
	assert_string_equal(t.text[2], "second");
	/* Up to its very end: nothing is told of it. */
	t.count = 0;
	dns_stream_reset(&s, room, sizeof(room));
	tell(&t, &s, 0, 4);
	assert_true(dns_stream_gap(&s, 3));
	tell(&t, &s, 7, STREAM_LEN);
	assert_int_equal(t.count, 2);
	assert_string_equal(t.text[1], "second");
}

static void
a_hole_over_a_length_loses_the_stream(void **state)
{
	static const struct {
		size_t fed;
		uint64_t hole;
	} cases[] = {{0, 1}, {1, 1}, {4, 4}, {4, 0}, {7, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct dns_stream s;
		struct told t = {.count = 0};

		dns_stream_reset(&s, room, sizeof(room));
		tell(&t, &s, 0, cases[i].fed);
		assert_false(dns_stream_gap(&s, cases[i].hole));
		t.count = 0;
		tell(&t, &s, 0, STREAM_LEN);
		assert_int_equal(t.last, DIS_BAD);
		assert_int_equal(t.count, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cut_gives_the_same_messages),
		cmocka_unit_test(a_message_beyond_the_room_is_given_with_its_head),
		cmocka_unit_test(a_hole_inside_a_message_costs_that_one),
		cmocka_unit_test(a_hole_over_a_length_loses_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
