/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nDPI under hostile segments. Input: segments, each a control octet (bit 0: who sends,
 * bit 1: IPv6, bit 2: the connection ends and its place is used again), a length of two
 * octets, and octets. A verdict stays until the connection ends and comes in bounded
 * time.
 */
#include <stdlib.h>

#include "dissect/dissect.h"
#include "sensor/flow/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

/* The end points by [IPv6][side]. */
static struct ip_addr ends[2][2];

static void
set_ends(void)
{
	static const uint8_t v4[2][4] = {{192, 0, 2, 1}, {198, 51, 100, 2}};
	static const uint8_t v6[2][16] = {
		{0x20, 0x01, 0x0d, 0xb8, 1}, {0x20, 0x01, 0x0d, 0xb8, 2}};

	for (size_t i = 0; i < 2; i++) {
		ends[0][i] = ip_addr_v4(v4[i]);
		ends[1][i] = ip_addr_v6(v6[i]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t ports[] = {40123, 2526};
	static struct classify *c;
	struct cursor in = cursor_of(span_of(data, size));
	enum classify_verdict last = CLASSIFY_UNDECIDED;
	unsigned segments = 0;
	uint32_t flow;

	if (!c) {
		set_ends();
		c = classify_new(1);
		CHECK(c);
	}
	flow = classify_open(c);
	CHECK(flow == 1 && classify_open(c) == 0);
	for (uint64_t ns = 0; cursor_left(&in) > 0 && !in.overrun; ns += 1000000) {
		uint8_t control = dis_u8(&in);
		uint16_t length = dis_u16(&in);
		size_t left = cursor_left(&in);
		struct span octets = cursor_take(&in, length < left ? length : left);
		const struct ip_addr *end = ends[control >> 1 & 1];
		unsigned from = control & 1;
		enum classify_verdict v;

		if (control & 4) {
			classify_close(c, flow);
			flow = classify_open(c);
			CHECK(flow == 1);
			last = CLASSIFY_UNDECIDED;
			segments = 0;
		}
		v = classify_feed(c, flow, &end[from], ports[from], &end[!from],
			ports[!from], octets, ns);
		segments += octets.len > 0;
		CHECK(last == CLASSIFY_UNDECIDED || v == last);
		CHECK(v != CLASSIFY_UNDECIDED || segments < 16);
		last = v;
	}
	classify_close(c, flow);
	return 0;
}
