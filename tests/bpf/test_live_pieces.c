/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packets whose octets do not lie in one piece, as cards and the kernel's own TCP leave
 * them: here all but the link header is elsewhere. They are read like any other.
 */
#include <linux/virtio_net.h>

#include "tests/bpf/kernel.h"
#include "tests/bpf/wire.h"

/* More than a page, or the kernel would put them in one piece. */
#define OCTETS 6000

static const char *const b0[] = {"b0"};
static struct frame frame;

static int
wire_up(void **state)
{
	(void)state;
	wire_add('0');
	wire_run("ip link set a0 mtu 9000 && ip link set b0 mtu 9000");
	return 0;
}

static int
wire_down(void **state)
{
	(void)state;
	wire_del('0');
	return 0;
}

static int
pieces_sender(void)
{
	int s = wire_sender("a0"), yes = 1;

	assert_int_equal(
		setsockopt(s, SOL_PACKET, PACKET_VNET_HDR, &yes, sizeof(yes)), 0);
	return s;
}

/* Its first 14 octets lie where the kernel looks first. */
static void
send_in_pieces(int s, const struct frame *f)
{
	struct virtio_net_hdr h = {.hdr_len = 14};
	struct iovec part[] = {{&h, sizeof(h)}, {f->at, f->len}};
	struct msghdr m = {.msg_iov = part, .msg_iovlen = 2};

	assert_int_equal(sendmsg(s, &m, 0), (ssize_t)(sizeof(h) + f->len));
}

/* In each wrapping, with octets behind the IP packet, the last of which is mark. */
static void
make(enum nest nest, unsigned port, unsigned dst, bool back, uint8_t mark)
{
	if (back)
		nest_tcp_back(&frame, nest, port, dst, "x");
	else
		nest_tcp(&frame, nest, port, dst, "x");
	frame_pad(&frame, OCTETS - frame.len);
	frame.at[frame.len - 1] = mark;
}

static void
mail_is_found_wherever_its_headers_lie(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l = wire_open(&o);
	struct capture *c = capture_live_thread(l, 0);
	struct capture_live_counters n;
	int s = pieces_sender();

	(void)state;
	for (enum nest i = 0; i < NEST_COUNT; i++) {
		make(i, 40000, 443, false, 'n');
		send_in_pieces(s, &frame);
		make(i, 40000, 25, false, 'y');
		send_in_pieces(s, &frame);
		wire_expect(c, &frame);
	}
	capture_live_counters(l, &n);
	assert_int_equal(n.kernel[TAP_STAGE_FILTER].mail, NEST_COUNT);
	close(s);
	capture_live_close(l);
}

static void
both_directions_come_out_of_one_ring(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l;
	int s = pieces_sender();
	uint64_t n[2];

	(void)state;
	o.threads = 2;
	l = wire_open(&o);
	for (enum nest i = 0; i < NEST_COUNT; i++)
		for (unsigned port = 0; port < 4; port++) {
			make(i, 40000 + port, 25, false, 'a');
			send_in_pieces(s, &frame);
			make(i, 40000 + port, 25, true, 'b');
			send_in_pieces(s, &frame);
		}
	capture_live_stop(l);
	for (size_t t = 0; t < 2; t++) {
		struct capture_frame got;

		for (n[t] = 0;
			capture_next(capture_live_thread(l, t), &got) == CAPTURE_FRAME;
			n[t]++)
			assert_int_equal(
				got.octets.at[got.octets.len - 1], n[t] % 2 ? 'b' : 'a');
		assert_true(n[t] > NEST_COUNT);
	}
	assert_int_equal(n[0] + n[1], NEST_COUNT * 4 * 2);
	close(s);
	capture_live_close(l);
}

/* Octets of a message from seq on. */
static void
make_text(uint32_t seq, const char *end)
{
	static char text[OCTETS + 1];

	memset(text, 'x', OCTETS);
	memcpy(text + OCTETS - strlen(end), end, strlen(end));
	frame_start(&frame, text, OCTETS);
	frame_tcp(&frame, 40000, 25, seq, 1, 0x10);
	frame_ipv4(&frame, 1, 2, 6);
	frame_ethernet(&frame, 0x0800);
}

static void
the_middle_of_a_message_is_withheld_wherever_it_lies(void **state)
{
	struct capture_live_options o = wire_options(b0, 1);
	struct capture_live *l = wire_open(&o);
	struct capture *c = capture_live_thread(l, 0);
	struct capture_bpf *b = capture_live_bpf(l);
	struct capture_direction d = {.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1}),
		.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2}),
		.src_port = 40000,
		.dst_port = 25};
	struct tap_order order = {
		.cookie = 7, .kind = TAP_ORDER_TEXT, .from = 1000 + OCTETS};
	int s = pieces_sender();
	struct tap_shunt seen;

	(void)state;
	assert_true(capture_bpf_follow(b, &d, TAP_BODY, 7));
	make_text(1000, "");
	send_in_pieces(s, &frame);
	wire_expect(c, &frame);
	assert_true(capture_bpf_order(b, &d, &order));
	make_text(1000 + OCTETS, "");
	send_in_pieces(s, &frame);
	make_text(1000 + 2 * OCTETS, "\r\n.\r\n");
	send_in_pieces(s, &frame);
	wire_expect(c, &frame);
	assert_true(capture_bpf_look(b, &d, &seen));
	assert_int_equal(seen.octets, OCTETS);
	close(s);
	capture_live_close(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_is_found_wherever_its_headers_lie),
		cmocka_unit_test(both_directions_come_out_of_one_ring),
		cmocka_unit_test(the_middle_of_a_message_is_withheld_wherever_it_lies),
	};

	if (!kernel_permits("test_live_pieces") || !wire_permitted("test_live_pieces"))
		return 0;
	return cmocka_run_group_tests(tests, wire_up, wire_down);
}
