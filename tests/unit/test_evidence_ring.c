/* SPDX-License-Identifier: Apache-2.0 */
/* The newest frames of a thread, and each connection's share of them. */
#include "feed.h"

#include "frames.h"
#include "sensor/watch/evidence_ring.h"

static struct frame frame;
static uint32_t number;

static bool
put(struct evidence_ring *r, unsigned port, size_t payload, uint8_t flags)
{
	static uint8_t text[60000];
	struct capture_frame c = {.linktype = 1};

	frame_start(&frame, text, payload);
	frame_tcp(&frame, port, 25, 1, 1, flags);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
	/* Told by its last octet. */
	if (payload)
		frame.at[frame.len - 1] = (uint8_t)++number;
	c.octets = frame_span(&frame);
	c.wire_len = (uint32_t)frame.len;
	c.at = (struct moment){number, 0, number};
	return evidence_ring_insert(r, &c);
}

static size_t
count(struct evidence_ring *r)
{
	size_t n = 0;
	uint32_t before = 0;

	for (struct evidence_entry *e = NULL; (e = evidence_ring_next(r, e)); n++) {
		struct span o = evidence_ring_octets(r, e);

		assert_true(e->number > before);
		before = e->number;
		assert_int_equal(o.len, e->len);
		assert_int_equal(o.at[o.len - 1], (uint8_t)e->number);
	}
	return n;
}

static void
the_oldest_frames_give_way(void **state)
{
	struct evidence_ring *r = evidence_ring_new(64 * 1024);

	(void)state;
	number = 0;
	assert_null(evidence_ring_next(r, NULL));
	for (unsigned i = 0; i < 1000; i++) {
		assert_true(put(r, 1000 + i, 1 + i * 7 % 1400, 0x18));
		assert_true(count(r) >= 1);
	}
	/* The last ones have some 1050 octets and their headers. */
	assert_in_range(count(r), 45, 62);
	assert_int_equal(number, 1000);
	evidence_ring_free(r);
}

static void
there_are_no_more_small_frames_than_entries(void **state)
{
	struct evidence_ring *r = evidence_ring_new(64 * 1024);

	(void)state;
	number = 0;
	for (unsigned i = 0; i < 3000; i++)
		assert_true(put(r, 1000 + i, 1, 0x18));
	assert_int_equal(count(r), 64 * 1024 / 256 + 1);
	evidence_ring_free(r);
}

static void
a_big_message_leaves_room_for_others(void **state)
{
	struct evidence_ring *r = evidence_ring_new(4u << 20);
	size_t kept = 0;

	(void)state;
	number = 0;
	for (unsigned i = 0; i < 1000; i++)
		kept += put(r, 40000, 1400, 0x10);
	assert_in_range(kept, 100, EVIDENCE_HEAD / 1400);
	/* The end of a write is kept, so is a short one, so are others' frames. */
	assert_true(put(r, 40000, 1400, 0x18));
	assert_true(put(r, 40000, 5, 0x10));
	assert_true(put(r, 40001, 1400, 0x10));
	kept = 0;
	for (unsigned i = 0; i < 1000; i++)
		kept += put(r, 40000, 1400, 0x18);
	assert_in_range(kept, 10, (EVIDENCE_SHARE - EVIDENCE_HEAD) / 1400 + 1);
	/* A new connection of the same ends has a share of its own. */
	put(r, 40000, 0, 0x02);
	assert_true(put(r, 40000, 1400, 0x10));
	evidence_ring_free(r);
}

static void
what_is_no_tcp_or_too_long_is_left_out(void **state)
{
	struct evidence_ring *r = evidence_ring_new(64 * 1024);
	struct capture_frame c = {.linktype = 1, .wire_len = 60};

	(void)state;
	assert_false(put(r, 40000, 20000, 0x10));
	frame_start_text(&frame, "question");
	frame_udp(&frame, 40000, 53);
	frame_ipv4(&frame, 1, 2, 17);
	frame_ethernet(&frame, 0x0800);
	c.octets = frame_span(&frame);
	assert_false(evidence_ring_insert(r, &c));
	assert_null(evidence_ring_next(r, NULL));
	evidence_ring_free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_oldest_frames_give_way),
		cmocka_unit_test(there_are_no_more_small_frames_than_entries),
		cmocka_unit_test(a_big_message_leaves_room_for_others),
		cmocka_unit_test(what_is_no_tcp_or_too_long_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
