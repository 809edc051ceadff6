/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a segment in order costs from flow_find to flow_segment_done, with the entries in
 * the cache (few flows) and out of it (many); what a miss costs; octets of an entry.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sensor/flow/flow.h"

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct flow_segment
segment_of(uint32_t flow, uint32_t octets)
{
	static const uint8_t payload[1460];
	uint8_t client[4] = {
		10, (uint8_t)(flow >> 16), (uint8_t)(flow >> 8), (uint8_t)flow};
	const uint8_t server[4] = {192, 0, 2, 1};

	return (struct flow_segment){.src = ip_addr_v4(client),
		.dst = ip_addr_v4(server),
		.src_port = 40000,
		.dst_port = 25,
		.flags = TCP_FLAG_ACK,
		.octets = octets,
		.payload = {payload, octets}};
}

static void
feed(struct flow_table *t, struct flow_segment *seg)
{
	struct flow *f = flow_table_expired(t, seg->at.ns);
	struct tcp_chunk c;

	if (!f)
		f = flow_find(t, seg);
	if (!f)
		f = flow_open(t, seg);
	if (!f || flow_segment_feed(t, f, seg) == FLOW_REUSED)
		exit(1);
	for (unsigned dir = 0; dir < 2; dir++)
		while (flow_chunk_next(f, dir, &c))
			flow_chunk_taken(f, dir, c.octets);
	flow_segment_done(t, f);
}

static void
measure(uint32_t flows, uint32_t octets, unsigned packets)
{
	struct flow_config config = {.flows = flows, .seed = {1, 2}};
	struct flow_table *t = flow_table_new(&config);
	struct flow_segment *segs = calloc(flows, sizeof(*segs));
	double start;

	if (!t || !segs)
		exit(1);
	for (uint32_t i = 0; i < flows; i++) {
		segs[i] = segment_of(i, octets);
		feed(t, &segs[i]);
	}
	start = seconds();
	for (unsigned n = 0; n < packets; n++) {
		struct flow_segment *seg = &segs[n * UINT32_C(2654435761) % flows];

		seg->seq += octets;
		seg->at.ns = n * UINT64_C(1000);
		feed(t, seg);
	}
	printf("%7u flows, %4u octets: %6.1f ns a segment\n", flows, octets,
		(seconds() - start) * 1e9 / packets);
	start = seconds();
	for (unsigned n = 0; n < packets; n++) {
		struct flow_segment seg = segs[n * UINT32_C(2654435761) % flows];

		seg.src_port = (uint16_t)n;
		if (seg.src_port != 40000 && flow_find(t, &seg))
			exit(1);
	}
	printf("%7u flows, a miss:       %6.1f ns\n", flows,
		(seconds() - start) * 1e9 / packets);
	free(segs);
	flow_table_free(t);
}

int
main(void)
{
	printf("%zu octets an entry, %u of history\n", flow_size(), 2 * TCP_HISTORY);
	measure(16, 50, 5000000);
	measure(16, 1460, 5000000);
	measure(65536, 50, 5000000);
	measure(65536, 1460, 5000000);
	return 0;
}
