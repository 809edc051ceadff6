/* SPDX-License-Identifier: Apache-2.0 */
#include "pipeline_probe.h"

#include "sensor/base/siphash.h"

/* Segments of the beginning are no further from the SYN-ACK than that. */
#define START_OCTETS 65536u

struct ends {
	struct ip_addr server, client;
	uint16_t server_port, client_port;
	uint32_t zero;
};

/* An attacker who finds two of one place makes us forget a start: no more than that. */
static uint32_t
place_of(const struct ip_addr *server, uint16_t server_port, const struct ip_addr *client,
	uint16_t client_port)
{
	static const uint8_t key[16] = "relaytap starts";
	struct ends e;

	memset(&e, 0, sizeof(e));
	e.server = *server;
	e.client = *client;
	e.server_port = server_port;
	e.client_port = client_port;
	return (uint32_t)(siphash(key, span_of(&e, sizeof(e))) % PROBE_STARTS);
}

void
pipeline_probe_note(struct probe_starts *s, const struct flow_segment *seg)
{
	s->at[place_of(&seg->src, seg->src_port, &seg->dst, seg->dst_port)] =
		(struct probe_start){.server = seg->src,
			.client = seg->dst,
			.server_port = seg->src_port,
			.client_port = seg->dst_port,
			.seq = seg->seq,
			.ack = seg->ack,
			.at = seg->at};
}

static const struct probe_start *
start_of(const struct probe_starts *s, const struct ip_addr *server, uint16_t server_port,
	const struct ip_addr *client, uint16_t client_port)
{
	const struct probe_start *p =
		&s->at[place_of(server, server_port, client, client_port)];

	if (p->at.ns && p->server_port == server_port && p->client_port == client_port &&
		ip_addr_equal(&p->server, server) && ip_addr_equal(&p->client, client))
		return p;
	return NULL;
}

bool
pipeline_probe_find(const struct probe_starts *s, const struct flow_segment *seg,
	struct flow_segment *out)
{
	const struct probe_start *p =
		start_of(s, &seg->src, seg->src_port, &seg->dst, seg->dst_port);
	uint32_t first = p ? p->seq + 1 : 0;

	if (!p) {
		p = start_of(s, &seg->dst, seg->dst_port, &seg->src, seg->src_port);
		first = p ? p->ack : 0;
	}
	if (!p || seg->seq - first > START_OCTETS)
		return false;
	*out = (struct flow_segment){.src = p->server,
		.dst = p->client,
		.src_port = p->server_port,
		.dst_port = p->client_port,
		.seq = p->seq,
		.ack = p->ack,
		.flags = TCP_FLAG_SYN | TCP_FLAG_ACK,
		.vlan = seg->vlan,
		.tunnel = seg->tunnel,
		.at = p->at};
	return true;
}
