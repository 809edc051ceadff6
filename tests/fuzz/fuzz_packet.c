/* SPDX-License-Identifier: Apache-2.0 */
/* Two octets choose the link type, two what the wire had more; the rest is the frame. */
#include <stdlib.h>

#include "dissect/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(int holds)
{
	if (!holds)
		abort();
}

static void
check_path(const struct packet *p)
{
	check(p->layers <= PACKET_LAYERS_MAX);
	check(p->vlan_count <= PACKET_VLANS_MAX);
	check(p->tunnel_count <= PACKET_TUNNELS_MAX);
	for (size_t i = 0; i < p->vlan_count; i++)
		check(p->vlans[i] < 4096);
	for (size_t i = 0; i < p->tunnel_count; i++)
		check(p->tunnels[i].kind < PACKET_TUNNEL_KIND_COUNT);
}

static void
check_packet(const struct packet *p, struct span frame)
{
	check_path(p);
	check((p->kind == PACKET_OTHER) == (p->reason != PACKET_GOOD));
	check(p->reason < PACKET_REASON_COUNT);
	if (p->kind == PACKET_OTHER)
		return;
	check(p->ip_version == 4 || p->ip_version == 6);
	check(p->payload.len <= p->payload_octets);
	check(p->ip_octets >= p->payload_octets);
	if (p->payload.len == 0)
		return;
	check(p->payload.at >= frame.at);
	check(p->payload.at + p->payload.len <= frame.at + frame.len);
}

/* What was found in a frame is found again where the snapshot length cut it, or less is.
 */
static void
check_cut(uint32_t link, struct span frame, size_t wire, const struct packet *whole)
{
	struct packet cut;
	size_t n = frame.len - frame.len / 3;

	packet_parse(link, span_of(frame.at, n), wire, &cut);
	check_packet(&cut, span_of(frame.at, n));
	if (cut.kind == PACKET_TCP && whole->kind == PACKET_TCP &&
		packet_same_path(&cut, whole)) {
		check(cut.seq == whole->seq);
		check(cut.payload_octets == whole->payload_octets);
		check(cut.payload.len <= whole->payload.len);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct packet p, joined;
	struct span frame;
	uint32_t link;
	size_t wire;

	if (size < 4)
		return 0;
	link = (uint32_t)(data[0] << 8 | data[1]);
	frame = span_of(data + 4, size - 4);
	wire = frame.len + (size_t)(data[2] << 8 | data[3]);
	packet_parse(link, frame, wire, &p);
	check_packet(&p, frame);
	check(packet_link_known(link) == (p.reason != PACKET_LINK_UNKNOWN) ||
		link == 192);
	check_cut(link, frame, wire, &p);
	if (p.kind == PACKET_FRAGMENT) {
		packet_parse_joined(&p, p.payload, &joined);
		check_packet(&joined, p.payload);
		check(joined.layers >= p.layers);
	}
	return 0;
}
