/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/watch/evidence_pick.h"

#include <stdio.h>
#include <stdlib.h>

/* Connections that were found. */
struct wanted {
	uint64_t conn[EVIDENCE_CONNS_MAX];
	bool begun[EVIDENCE_CONNS_MAX];
	size_t count;
};

/* Rules are ours, names of none; an alert that was read back may say anything. */
static void
write_comment(char *to, size_t room, const struct alert *a)
{
	int n = snprintf(to, room, "relaytap alert %s %.*s", a->id,
		(int)(a->rule.len < 64 ? a->rule.len : 64), (const char *)a->rule.at);

	for (int i = 0; i < n && to[i]; i++)
		if (to[i] < ' ' || to[i] > '~')
			to[i] = '?';
}

void
evidence_request_of(struct evidence_request *r, const struct alert *a)
{
	memset(r, 0, sizeof(*r));
	write_comment(r->comment, sizeof(r->comment), a);
	r->server = a->server;
	for (size_t i = 0; i < a->evidence_count && i < ALERT_EVIDENCE_MAX; i++)
		r->want[r->count++] = (struct evidence_want){.time = a->evidence[i].time,
			.frame = a->evidence[i].frame,
			.client = a->evidence[i].client,
			.next_hop = a->evidence[i].next_hop};
}

/* --- which connections ------------------------------------------------------------- */

static bool
has_end(const struct evidence_entry *e, const struct ip_addr *a)
{
	return ip_addr_equal(&e->ends.addr[0], a) || ip_addr_equal(&e->ends.addr[1], a);
}

static bool
is_near(uint64_t a, uint64_t b, uint64_t ns)
{
	return (a > b ? a - b : b - a) <= ns;
}

/*
 * The frame pointed at: an alert may also rest on what an earlier run saw, whose numbers
 * were its own, so that the time must fit, and the connection must have the server, or
 * the client, for an end. Or a connection onward from the server.
 */
static bool
is_pointed_at(const struct evidence_entry *e, const struct evidence_request *r,
	const struct evidence_want *w)
{
	static const struct ip_addr none;
	bool with_server = has_end(e, &r->server);
	bool with_client = !ip_addr_equal(&w->client, &none) && has_end(e, &w->client);

	if (w->frame && e->number == w->frame && (with_server || with_client) &&
		(!w->time || is_near(e->ns, w->time, EVIDENCE_LEG_NS)))
		return true;
	if (w->time && e->ns == w->time && with_client)
		return true;
	return with_server && !ip_addr_equal(&w->next_hop, &none) &&
	       has_end(e, &w->next_hop) && is_near(e->ns, w->time, EVIDENCE_LEG_NS);
}

static size_t
place_of(const struct wanted *w, uint64_t conn)
{
	size_t i = 0;

	while (i < w->count && w->conn[i] != conn)
		i++;
	return i;
}

static void
find(struct evidence_ring *ring, const struct evidence_request *r, struct wanted *out)
{
	for (struct evidence_entry *e = NULL; (e = evidence_ring_next(ring, e));)
		for (size_t i = 0; i < r->count; i++) {
			if (!is_pointed_at(e, r, &r->want[i]))
				continue;
			if (out->count < EVIDENCE_CONNS_MAX &&
				place_of(out, e->conn) == out->count)
				out->conn[out->count++] = e->conn;
			break;
		}
}

/* --- copies ------------------------------------------------------------------------ */

static size_t
size_of(const struct evidence_entry *e)
{
	return sizeof(struct evidence_out) + e->len;
}

static void
append(struct evidence_batch *b, const struct evidence_out *o, struct span octets)
{
	memcpy(b->at + b->used, o, sizeof(*o));
	memcpy(b->at + b->used + sizeof(*o), octets.at, octets.len);
	b->used += sizeof(*o) + octets.len;
}

static size_t
sum(struct evidence_ring *ring, const struct wanted *w, size_t octets_max)
{
	size_t n = 0;

	for (struct evidence_entry *e = NULL; (e = evidence_ring_next(ring, e));)
		if (!e->written && place_of(w, e->conn) < w->count)
			n += size_of(e);
	return n < octets_max ? n : octets_max;
}

static void
copy(struct evidence_ring *ring, struct wanted *w, struct evidence_batch *b)
{
	for (struct evidence_entry *e = NULL; (e = evidence_ring_next(ring, e));) {
		size_t i = place_of(w, e->conn);
		struct evidence_out o;

		if (e->written || i == w->count)
			continue;
		if (b->used + size_of(e) > b->room) {
			b->cut++;
			continue;
		}
		memset(&o, 0, sizeof(o));
		o.entry = *e;
		o.first = !w->begun[i];
		w->begun[i] = true;
		e->written = true;
		append(b, &o, evidence_ring_octets(ring, e));
	}
}

struct evidence_batch *
evidence_pick(
	struct evidence_ring *ring, const struct evidence_request *r, size_t octets_max)
{
	struct evidence_batch *b;
	struct wanted w = {.count = 0};
	size_t room;

	find(ring, r, &w);
	room = w.count ? sum(ring, &w, octets_max) : 0;
	b = room ? calloc(1, sizeof(*b)) : NULL;
	if (!b)
		return NULL;
	b->at = malloc(room);
	b->room = b->at ? room : 0;
	memcpy(b->comment, r->comment, sizeof(b->comment));
	copy(ring, &w, b);
	return b;
}

bool
evidence_batch_next(const struct evidence_batch *b, size_t *at, struct evidence_out *out,
	struct span *octets)
{
	if (*at >= b->used)
		return false;
	memcpy(out, b->at + *at, sizeof(*out));
	*octets = span_of(b->at + *at + sizeof(*out), out->entry.len);
	*at += sizeof(*out) + octets->len;
	return true;
}

void
evidence_batch_free(struct evidence_batch *b)
{
	if (!b)
		return;
	free(b->at);
	free(b);
}
