/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor's side of what is withheld of TLS, against a kernel that is made up. */
#include <limits.h>

#include "shunt_rig.h"
#include "tls_samples.h"

static void
client(struct pump *u, struct wire *w, const void *octets, size_t len)
{
	pump_segment(u, w, DIS_CLIENT, octets, len, PACKET_TCP_ACK | PACKET_TCP_PSH);
}

/* The kernel has found a record at the start of what the client says next. */
static void
anchor(const struct wire *w)
{
	kernel.s.state = TAP_BODY_PASSES;
	kernel.s.anchor = w->seq[DIS_CLIENT];
}

/* All turns of it but the first few, or only these. */
static void
shake(struct pump *u, struct wire *w, unsigned from, unsigned to)
{
	const uint8_t *at = handshake_tls12;
	size_t left = sizeof(handshake_tls12);

	for (unsigned i = 0; left > 3 && i < to; i++) {
		size_t n = (size_t)at[1] << 8 | at[2];

		if (i >= from)
			pump_segment(u, w, at[0] ? DIS_SERVER : DIS_CLIENT, at + 3, n,
				PACKET_TCP_ACK | PACKET_TCP_PSH);
		at += 3 + n;
		left -= 3 + n;
	}
}

static void
handshake(struct pump *u, struct wire *w)
{
	shake(u, w, 0, UINT_MAX);
}

/* The header of a record with len octets, and the first have of them. */
static void
begin_record(struct pump *u, struct wire *w, size_t len, size_t have)
{
	uint8_t octets[2000] = {23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len};

	client(u, w, octets, 5 + have);
}

static void
server_says(struct pump *u, struct wire *w)
{
	static const uint8_t octets[36] = {23, 3, 3, 0, 31};

	pump_segment(u, w, DIS_SERVER, octets, sizeof(octets),
		PACKET_TCP_ACK | PACKET_TCP_PSH);
}

/* Up to STARTTLS's answer. */
static void
start_tls(struct pump *u, struct wire *w)
{
	pump_open(u, w, 40000, 25);
	pump_says(u, w, DIS_SERVER, pump_mail[0]);
	pump_says(u, w, DIS_CLIENT, pump_mail[1]);
	pump_says(u, w, DIS_SERVER, "250-mail.corp.test\r\n250 STARTTLS\r\n");
	pump_says(u, w, DIS_CLIENT, "STARTTLS\r\n");
	pump_says(u, w, DIS_SERVER, "220 go ahead\r\n");
}

/* In cipher, and the kernel has an order. */
static void
open_tls(struct pump *u, struct wire *w)
{
	start_tls(u, w);
	anchor(w);
	handshake(u, w);
	begin_record(u, w, 30, 30);
	server_says(u, w);
}

/* Octets that nobody sees. */
static void
withhold(struct wire *w, uint32_t octets)
{
	kernel.s.packets++;
	kernel.s.octets += octets;
	kernel.s.spared += octets;
	w->seq[DIS_CLIENT] += octets;
	kernel.s.to = w->seq[DIS_CLIENT];
}

static void
end(struct pump *u, struct wire *w)
{
	pump_close(u, w);
	pipeline_drain(u->p);
}

static void
once_in_cipher_only_headers_are_wanted(void **state)
{
	struct pump *u = *state;
	struct wire w;

	start_tls(u, &w);
	assert_int_equal(kernel.s.mode, TAP_RECORDS);
	assert_int_equal(kernel.d.src_port, 40000);
	anchor(&w);
	shake(u, &w, 0, 1);
	assert_int_equal(kernel.order.kind, TAP_ORDER_NONE);
	shake(u, &w, 1, UINT_MAX);
	begin_record(u, &w, 30, 30);
	assert_int_equal(kernel.order.kind, TAP_ORDER_RECORDS);
	assert_int_equal(kernel.order.cookie, kernel.s.cookie);
	assert_int_equal(kernel.order.until, kernel.s.anchor);
	end(u, &w);
	assert_int_equal(kernel.left, 1);
}

static void
octets_between_headers_are_no_gap(void **state)
{
	struct pump *u = *state;
	struct wire w;

	open_tls(u, &w);
	begin_record(u, &w, 5000, 995);
	withhold(&w, 4005);
	begin_record(u, &w, 1000, 0);
	withhold(&w, 1000);
	/* The server has read it all: its answer does not wait. */
	server_says(u, &w);
	begin_record(u, &w, 40, 40);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"ca5000\",\"ca1000\",\"sa31\",\"ca40\""), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 1);
	assert_int_equal(u->p->counters.shunt.octets, 5005);
	assert_int_equal(u->p->hold.held, 0);
}

static void
what_stands_behind_the_last_header_may_be_cut_off(void **state)
{
	struct pump *u = *state;
	struct wire w;
	struct capture_frame c = {.linktype = 1, .trimmed = true};
	static const uint8_t octets[1005] = {23, 3, 3, 4, 0};

	open_tls(u, &w);
	frame_start(&u->frame, octets, sizeof(octets));
	frame_tcp(&u->frame, 40000, 25, w.seq[DIS_CLIENT], w.seq[DIS_SERVER],
		PACKET_TCP_ACK);
	frame_ipv4(&u->frame, 1, 2, 6);
	frame_ethernet(&u->frame, 0x0800);
	c.wire_len = (uint32_t)u->frame.len;
	c.octets = span_slice(frame_span(&u->frame), 0, u->frame.len - 1000);
	c.at = (struct moment){u->now, 0, ++u->number};
	kernel.s.cut_from = w.seq[DIS_CLIENT];
	kernel.s.cut_to = w.seq[DIS_CLIENT] + 1005;
	kernel.s.spared += 1000;
	pipeline_frame(u->p, &c);
	w.seq[DIS_CLIENT] += 1005;
	withhold(&w, 24);
	begin_record(u, &w, 40, 40);
	server_says(u, &w);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"ca1024\",\"ca40\",\"sa31\""), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 1);
	assert_int_equal(u->p->counters.cut, 0);
}

/* Nobody withheld it: then it is missing, though the records stay exact. */
static void
a_hole_that_the_kernel_does_not_know_is_a_gap(void **state)
{
	struct pump *u = *state;
	struct wire w;

	open_tls(u, &w);
	begin_record(u, &w, 5000, 1000);
	w.seq[DIS_CLIENT] += 300;
	withhold(&w, 3700);
	begin_record(u, &w, 40, 40);
	server_says(u, &w);
	begin_record(u, &w, 41, 41);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"ca5000\",\"sa31\",\"ca40\",\"ca41\""), 1);
	assert_int_equal(pump_count(u, "\"gap_octets\":300"), 1);
}

static void
where_the_kernel_began_elsewhere_nothing_is_ordered(void **state)
{
	struct pump *u = *state;
	struct wire w;

	start_tls(u, &w);
	anchor(&w);
	kernel.s.anchor -= 7;
	handshake(u, &w);
	for (int i = 0; i < 20; i++) {
		begin_record(u, &w, 1000, 500);
		client(u, &w, thousand(), 500);
	}
	assert_int_equal(kernel.order.kind, TAP_ORDER_NONE);
	end(u, &w);
}

static void
an_anchor_that_was_missed_is_looked_for_anew(void **state)
{
	struct pump *u = *state;
	struct wire w;

	start_tls(u, &w);
	anchor(&w);
	kernel.s.anchor -= 7;
	handshake(u, &w);
	assert_int_equal(kernel.followed, 1);
	for (int i = 0; kernel.followed == 1 && i < 600; i++) {
		begin_record(u, &w, 1000, 0);
		client(u, &w, thousand(), 1000);
	}
	assert_int_equal(kernel.followed, 2);
	anchor(&w);
	begin_record(u, &w, 1000, 0);
	assert_int_equal(kernel.order.until, kernel.s.anchor);
	assert_int_equal(kernel.order.cookie, kernel.s.cookie);
	end(u, &w);
}

static void
an_order_without_effect_is_given_again(void **state)
{
	struct pump *u = *state;
	struct wire w;
	uint32_t from;

	open_tls(u, &w);
	from = kernel.order.from;
	begin_record(u, &w, 16000, 0);
	for (int i = 0; i < 12; i++)
		client(u, &w, thousand(), 1000);
	assert_true(kernel.order.from - from > 1000);
	/* The kernel has lost the thread: no more orders. */
	kernel.s.state = TAP_BODY_NEW;
	from = kernel.order.from;
	for (int i = 0; i < 4; i++)
		client(u, &w, thousand(), 1000);
	for (int i = 0; i < 10; i++) {
		begin_record(u, &w, 1000, 0);
		client(u, &w, thousand(), 1000);
	}
	assert_true(kernel.order.from - from < 5000);
	end(u, &w);
}

static void
tls_from_the_first_octet_is_followed_when_it_is_seen(void **state)
{
	struct pump *u = *state;
	struct wire w;

	pump_open(u, &w, 40000, 465);
	handshake(u, &w);
	assert_int_equal(kernel.s.mode, TAP_RECORDS);
	assert_int_equal(kernel.order.kind, TAP_ORDER_NONE);
	anchor(&w);
	begin_record(u, &w, 30, 30);
	assert_int_equal(kernel.order.kind, TAP_ORDER_RECORDS);
	end(u, &w);
}

/* The kernel is ahead of us; who forges an ACK must not make us pass over what comes. */
static void
an_acknowledgement_of_a_header_that_was_not_seen_settles_nothing(void **state)
{
	struct pump *u = *state;
	struct wire w;

	open_tls(u, &w);
	begin_record(u, &w, 5000, 995);
	withhold(&w, 4005);
	kernel.s.spared += 1000;
	kernel.s.to += 5 + 1000;
	w.seq[DIS_CLIENT] += 5 + 900;
	pump_segment(u, &w, DIS_SERVER, "", 0, PACKET_TCP_ACK);
	w.seq[DIS_CLIENT] -= 5 + 900;
	begin_record(u, &w, 1000, 0);
	w.seq[DIS_CLIENT] += 1000;
	begin_record(u, &w, 40, 40);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"ca5000\",\"ca1000\",\"ca40\""), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 1);
}

/* A header was lost where the kernel is ahead: what it withheld later is no excuse. */
static void
a_hole_with_a_header_in_it_is_not_taken_for_withheld(void **state)
{
	struct pump *u = *state;
	struct wire w;

	open_tls(u, &w);
	begin_record(u, &w, 1000, 500);
	kernel.s.packets++;
	kernel.s.spared += 2000;
	kernel.s.to = w.seq[DIS_CLIENT] + 500 + 5 + 600 + 2000;
	/* Late, not lost. */
	w.seq[DIS_CLIENT] += 500 + 5;
	client(u, &w, thousand(), 600);
	w.seq[DIS_CLIENT] -= 600 + 500 + 5;
	client(u, &w, thousand(), 500);
	begin_record(u, &w, 2600, 0);
	w.seq[DIS_CLIENT] += 2600;
	begin_record(u, &w, 40, 40);
	end(u, &w);
	assert_int_equal(pump_count(u, "\"ca1000\",\"ca2600\",\"ca40\""), 1);
	assert_int_equal(pump_count(u, "\"gaps\":0"), 1);
}

static void
what_another_connection_between_the_same_ports_was_given_is_left_to_it(void **state)
{
	struct pump *u = *state;
	struct wire w;

	open_tls(u, &w);
	kernel.s.cookie += 7;
	end(u, &w);
	assert_int_equal(kernel.left, 0);
}

static void
a_kernel_that_is_full_is_asked_once_by_each_connection(void **state)
{
	struct pump *u = *state;
	struct wire w;

	kernel.refuses = true;
	open_tls(u, &w);
	for (int i = 0; i < 50; i++) {
		begin_record(u, &w, 30, 30);
		server_says(u, &w);
	}
	assert_int_equal(kernel.followed, 1);
	assert_int_equal(kernel.looks, 0);
	end(u, &w);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, shunt_setup, pump_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH(once_in_cipher_only_headers_are_wanted),
		WITH(octets_between_headers_are_no_gap),
		WITH(what_stands_behind_the_last_header_may_be_cut_off),
		WITH(a_hole_that_the_kernel_does_not_know_is_a_gap),
		WITH(where_the_kernel_began_elsewhere_nothing_is_ordered),
		WITH(an_anchor_that_was_missed_is_looked_for_anew),
		WITH(an_order_without_effect_is_given_again),
		WITH(tls_from_the_first_octet_is_followed_when_it_is_seen),
		WITH(an_acknowledgement_of_a_header_that_was_not_seen_settles_nothing),
		WITH(a_hole_with_a_header_in_it_is_not_taken_for_withheld),
		WITH(what_another_connection_between_the_same_ports_was_given_is_left_to_it),
		WITH(a_kernel_that_is_full_is_asked_once_by_each_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
