/* SPDX-License-Identifier: Apache-2.0 */
/* Which connections an alert's evidence points into, on both sides of its server. */
#include "feed.h"

#include <stdio.h>

#include "frames.h"
#include "sensor/watch/evidence_pick.h"

/* Hosts by number; frames and times count on. */
static struct frame frame;
static uint32_t number;

static struct ip_addr
host(uint8_t n)
{
	return ip_addr_v4((const uint8_t[]){192, 0, 2, n});
}

static void
put(struct evidence_ring *r, uint8_t from, uint8_t to, unsigned port)
{
	const uint8_t ends[8] = {192, 0, 2, from, 192, 0, 2, to};
	struct capture_frame c = {.linktype = 1};

	frame_start_text(&frame, "some words");
	frame_tcp(&frame, port, 25, 1, 1, 0x18);
	memcpy(frame_ipv4(&frame, 1, 2, 6) + 12, ends, sizeof(ends));
	frame_ethernet(&frame, 0x0800);
	number++;
	c.octets = frame_span(&frame);
	c.wire_len = (uint32_t)frame.len;
	c.at = (struct moment){number * UINT64_C(1000000000), 0, number};
	assert_true(evidence_ring_insert(r, &c));
}

/* Client 1 to server 9, the server on to 20; another client, another server. */
static struct evidence_ring *
heard(void)
{
	struct evidence_ring *r = evidence_ring_new(1u << 20);

	number = 0;
	put(r, 1, 9, 40000);  /* 1 */
	put(r, 9, 20, 50000); /* 2 */
	put(r, 2, 9, 40000);  /* 3 */
	put(r, 1, 8, 40000);  /* 4 */
	put(r, 1, 9, 40000);  /* 5 */
	put(r, 9, 20, 50000); /* 6 */
	put(r, 9, 21, 50000); /* 7 */
	return r;
}

static struct evidence_request
about(struct evidence_want want)
{
	struct alert a = {.server = host(9), .rule = SPAN_LITERAL("open\nrelay")};
	struct evidence_request r;

	a.evidence_count = 1;
	a.evidence[0].time = want.time;
	a.evidence[0].frame = want.frame;
	a.evidence[0].client = want.client;
	a.evidence[0].next_hop = want.next_hop;
	evidence_request_of(&r, &a);
	assert_null(strchr(r.comment, '\n'));
	return r;
}

/* "1 5 " with a "!" before the first of each connection. */
static const char *
picked(struct evidence_ring *ring, struct evidence_want want)
{
	static char text[256];
	struct evidence_request r = about(want);
	struct evidence_batch *b = evidence_pick(ring, &r, 100000);
	struct evidence_out o;
	struct span octets;
	size_t used = 0;

	text[0] = '\0';
	for (size_t at = 0; b && evidence_batch_next(b, &at, &o, &octets);) {
		assert_int_equal(octets.len, o.entry.len);
		used += (size_t)sprintf(
			text + used, "%s%u ", o.first ? "!" : "", o.entry.number);
	}
	evidence_batch_free(b);
	return text;
}

static void
a_frame_stands_for_its_connection(void **state)
{
	struct evidence_ring *r = heard();

	(void)state;
	assert_string_equal(
		picked(r, (struct evidence_want){.frame = 5, .client = host(1)}),
		"!1 5 ");
	/* Once. */
	assert_string_equal(
		picked(r, (struct evidence_want){.frame = 1, .client = host(1)}), "");
	evidence_ring_free(r);
}

static void
the_leg_onward_comes_with_it(void **state)
{
	struct evidence_ring *r = heard();
	struct evidence_want w = {.frame = 1,
		.client = host(1),
		.time = UINT64_C(1000000000),
		.next_hop = host(20)};

	(void)state;
	assert_string_equal(picked(r, w), "!1 !2 5 6 ");
	evidence_ring_free(r);
}

static void
a_number_alone_means_nothing(void **state)
{
	struct evidence_ring *r = heard();

	(void)state;
	/* Frame 4 is of the client, and of another server: taken; of neither: not. */
	assert_string_equal(
		picked(r, (struct evidence_want){.frame = 4, .client = host(1)}), "!4 ");
	evidence_ring_free(r);
	r = heard();
	assert_string_equal(
		picked(r, (struct evidence_want){.frame = 4, .client = host(2)}), "");
	assert_string_equal(picked(r, (struct evidence_want){.frame = 0}), "");
	evidence_ring_free(r);
}

static void
a_number_of_an_earlier_run_means_nothing(void **state)
{
	const uint64_t second = UINT64_C(1000000000);
	struct evidence_want w = {
		.frame = 5, .client = host(1), .time = (5 + 3601) * second};
	struct evidence_ring *r = heard();

	(void)state;
	assert_string_equal(picked(r, w), "");
	w.time = 6 * second;
	assert_string_equal(picked(r, w), "!1 5 ");
	evidence_ring_free(r);
}

static void
what_is_too_much_for_one_alert_is_counted(void **state)
{
	struct evidence_ring *ring = heard();
	struct evidence_request r =
		about((struct evidence_want){.frame = 1, .client = host(1)});
	struct evidence_batch *b =
		evidence_pick(ring, &r, sizeof(struct evidence_out) + frame.len);

	(void)state;
	assert_non_null(b);
	assert_int_equal(b->cut, 1);
	evidence_batch_free(b);
	evidence_ring_free(ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_stands_for_its_connection),
		cmocka_unit_test(the_leg_onward_comes_with_it),
		cmocka_unit_test(a_number_alone_means_nothing),
		cmocka_unit_test(a_number_of_an_earlier_run_means_nothing),
		cmocka_unit_test(what_is_too_much_for_one_alert_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
