/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run of raw IP packets, each after an octet that says how long it is and one how long
 * after the last it comes. Copies are looked for in the same run.
 */
#include <stdlib.h>

#include "sensor/flow/dedup.h"
#include "sensor/flow/defrag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int holds)
{
	if (!holds)
		abort();
}

static uint32_t
sum(struct span s)
{
	uint32_t total = 0;

	for (size_t i = 0; i < s.len; i++)
		total = total * 31 + s.at[i];
	return total;
}

static void
feed(struct defrag *d, const struct packet *p, uint64_t now_ns)
{
	struct packet out;

	if (!defrag_feed(d, p, now_ns, &out))
		return;
	check(out.kind != PACKET_FRAGMENT);
	if (out.kind == PACKET_OTHER)
		return;
	check(out.payload.len <= 65535);
	check(packet_missing(&out) == 0);
	/* The sanitizer sees whether it is there. */
	volatile uint32_t seen = sum(out.payload);
	(void)seen;
}

static void
check_counters(const struct defrag_counters *c, uint64_t fed)
{
	check(c->fragments >= fed);
	check(c->joined <= c->fragments);
	check(c->copies + c->inconsistent + c->oversized + c->malformed + c->cut <=
		c->fragments);
	check(c->refused <= c->overlaps);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct defrag *d = defrag_new(0);
	static const struct dedup_options options = {.packets = 64};
	struct dedup *copies = dedup_new(&options);
	struct span in = span_of(data, size);
	uint64_t now_ns = 1000, fed = 0;

	check(d && copies);
	while (in.len > 2) {
		struct span frame = span_slice(in, 2, 2u + in.at[0]);
		struct packet p;

		now_ns += (uint64_t)in.at[1] << 26;
		packet_parse(101, frame, frame.len, &p);
		dedup_is_copy(copies, &p, now_ns);
		check(p.kind == PACKET_OTHER || dedup_is_copy(copies, &p, now_ns));
		if (p.kind == PACKET_FRAGMENT) {
			feed(d, &p, now_ns);
			fed++;
		}
		in = span_slice(in, 2u + in.at[0], in.len);
	}
	check_counters(defrag_counters(d), fed);
	defrag_free(d);
	dedup_free(copies);
	return 0;
}
