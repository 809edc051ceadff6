/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/watch/evidence_ring.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "sensor/base/siphash.h"

/* An entry for so many octets: frames are longer on the average. */
#define OCTETS_OF_ENTRY 256u
/* Connections whose share is known. Two of one place begin anew in turn. */
#define SHARES 8192u
/* A segment that is shorter is thought to be of the dialogue. */
#define SHORT_OCTETS 512u

struct share {
	uint64_t conn;
	uint64_t octets;
};

struct evidence_ring {
	uint8_t *data;
	size_t size;
	uint64_t end; /* octets ever put in */
	struct evidence_entry *entry;
	uint64_t cap;
	uint64_t count; /* entries ever made */
	struct share share[SHARES];
};

static void *
map(size_t octets)
{
	void *at = mmap(NULL, octets, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

struct evidence_ring *
evidence_ring_new(size_t octets)
{
	struct evidence_ring *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->size = octets;
	r->cap = octets / OCTETS_OF_ENTRY + 1;
	r->data = map(r->size);
	r->entry = map(r->cap * sizeof(*r->entry));
	if (r->data && r->entry)
		return r;
	evidence_ring_free(r);
	return NULL;
}

void
evidence_ring_free(struct evidence_ring *r)
{
	if (!r)
		return;
	if (r->data)
		munmap(r->data, r->size);
	if (r->entry)
		munmap(r->entry, r->cap * sizeof(*r->entry));
	free(r);
}

static uint64_t
ends_of(const struct packet *p, struct evidence_ends *out)
{
	static const uint8_t key[16] = "relaytap evidenc";
	int order = ip_addr_compare(&p->src, &p->dst);
	unsigned src = order > 0 || (order == 0 && p->src_port > p->dst_port);

	memset(out, 0, sizeof(*out));
	out->addr[src] = p->src;
	out->addr[!src] = p->dst;
	out->port[src] = p->src_port;
	out->port[!src] = p->dst_port;
	return siphash(key, span_of(out, sizeof(*out)));
}

/* The bulk of a message is a client's long segments amid a write. */
static bool
is_dialogue(const struct packet *p)
{
	if (p->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_FIN | PACKET_TCP_RST))
		return true;
	return p->payload_octets &&
	       (p->payload_octets <= SHORT_OCTETS || (p->tcp_flags & PACKET_TCP_PSH));
}

static bool
has_share(struct evidence_ring *r, uint64_t conn, const struct packet *p, size_t octets)
{
	struct share *s = &r->share[conn % SHARES];

	if (s->conn != conn ||
		(p->tcp_flags & (PACKET_TCP_SYN | PACKET_TCP_ACK)) == PACKET_TCP_SYN)
		*s = (struct share){.conn = conn};
	if (s->octets + octets > EVIDENCE_SHARE ||
		(s->octets + octets > EVIDENCE_HEAD && !is_dialogue(p)))
		return false;
	s->octets += octets;
	return true;
}

static uint8_t *
room_for(struct evidence_ring *r, size_t n, uint64_t *at)
{
	size_t place = r->end % r->size;

	if (place + n > r->size)
		r->end += r->size - place;
	*at = r->end;
	r->end += n;
	return r->data + *at % r->size;
}

bool
evidence_ring_insert(struct evidence_ring *r, const struct capture_frame *frame)
{
	struct evidence_entry *e = &r->entry[r->count % r->cap];
	struct evidence_ends ends;
	struct packet p;
	uint64_t conn;

	packet_parse(frame->linktype, frame->octets, frame->wire_len, &p);
	if (p.kind != PACKET_TCP || frame->octets.len > r->size / 4)
		return false;
	conn = ends_of(&p, &ends);
	if (!has_share(r, conn, &p, frame->octets.len))
		return false;
	*e = (struct evidence_entry){.ns = frame->at.ns,
		.conn = conn,
		.ends = ends,
		.len = (uint32_t)frame->octets.len,
		.wire_len = frame->wire_len,
		.number = frame->at.frame,
		.interface = frame->interface,
		.linktype = frame->linktype};
	memcpy(room_for(r, e->len, &e->at), frame->octets.at, e->len);
	r->count++;
	return true;
}

static bool
is_there(const struct evidence_ring *r, const struct evidence_entry *e)
{
	return e->at + r->size >= r->end;
}

struct evidence_entry *
evidence_ring_next(struct evidence_ring *r, const struct evidence_entry *after)
{
	uint64_t first = r->count > r->cap ? r->count - r->cap : 0;
	uint64_t i = first;

	if (after) {
		uint64_t place = (uint64_t)(after - r->entry);

		i = first + (place + r->cap - first % r->cap) % r->cap + 1;
	}
	for (; i < r->count; i++)
		if (is_there(r, &r->entry[i % r->cap]))
			return &r->entry[i % r->cap];
	return NULL;
}

struct span
evidence_ring_octets(const struct evidence_ring *r, const struct evidence_entry *e)
{
	return span_of(r->data + e->at % r->size, e->len);
}
