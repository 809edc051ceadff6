/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_ring.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_ring_socket.h"

/*
 * Sockets kept in reserve by each ring of a fanout: such a socket cannot be bound a
 * second time, and a new one needs a privilege that is given up by then.
 */
#define SPARES 8

struct capture_ring {
	struct capture_tap tap;
	struct capture_link link;
	struct capture_ring_options options;
	struct capture_ring *first; /* whose fanout group it is; itself, or NULL */
	atomic_int group;	    /* of a fanout; < 0: none yet */
	int socket;   /* -1: waits for a fanout to be joined anew; the link's lock */
	int bound_to; /* index; 0: not bound */
	int spare[SPARES];
	int spares;

	struct capture_ring_map map;
	uint32_t block; /* the one being read, or waited for */
	uint32_t left;	/* frames of it not taken; 0: not begun */
	struct tpacket3_hdr *header;
	bool peeked; /* frame is made of header */
	struct capture_frame frame;

	_Atomic uint64_t delivered;
	_Atomic uint64_t octets;
	_Atomic uint64_t dropped;
	_Atomic uint64_t came; /* into the ring: delivered, or not yet */
};

static struct capture_ring *
ring_of(struct capture_tap *t)
{
	return (struct capture_ring *)(void *)t;
}

/* --- frames ---------------------------------------------------------------------- */

static struct tpacket_block_desc *
block_at(const struct capture_ring *r, uint32_t i)
{
	return (void *)(r->map.at + (size_t)i * r->map.block);
}

static void
block_release(struct capture_ring *r)
{
	struct tpacket_block_desc *b = block_at(r, r->block);

	/* The kernel does so too when it opens the block again, but that may be later. */
	__atomic_store_n(&b->hdr.bh1.num_pkts, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	r->block = (r->block + 1) % r->map.blocks;
}

/* The kernel fills blocks in turn: if this one is not full, none is. */
static bool
block_begin(struct capture_ring *r)
{
	for (;;) {
		struct tpacket_block_desc *b = block_at(r, r->block);
		uint32_t status =
			__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE);

		if (!(status & TP_STATUS_USER))
			return false;
		r->left = b->hdr.bh1.num_pkts;
		r->header = (void *)((uint8_t *)b + b->hdr.bh1.offset_to_first_pkt);
		if (r->left)
			return true;
		block_release(r);
	}
}

/*
 * IEEE 802.1Q 9.5: the tag stands behind the two addresses. The kernel left four octets
 * before the frame (PACKET_RESERVE) to move these into.
 */
static uint8_t *
restore_tag(const struct tpacket3_hdr *h, uint8_t *at)
{
	uint32_t tci = h->hv1.tp_vlan_tci, type = 0x8100;

	if (h->tp_status & TP_STATUS_VLAN_TPID_VALID)
		type = h->hv1.tp_vlan_tpid;
	memmove(at - 4, at, 12);
	at[8] = (uint8_t)(type >> 8);
	at[9] = (uint8_t)type;
	at[10] = (uint8_t)(tci >> 8);
	at[11] = (uint8_t)tci;
	return at - 4;
}

static void
frame_make(struct capture_ring *r)
{
	const struct tpacket3_hdr *h = r->header;
	uint8_t *at = (uint8_t *)r->header + h->tp_mac;
	uint32_t len = h->tp_snaplen, wire = h->tp_len;

	if (h->tp_status & TP_STATUS_VLAN_VALID && len >= 12) {
		at = restore_tag(h, at);
		len += 4;
		wire += 4;
	}
	r->frame = (struct capture_frame){
		.octets = span_of(at, len),
		.wire_len = wire,
		.linktype = 1,
		.interface = r->options.index,
		.trimmed = h->tp_snaplen < h->tp_len && h->tp_snaplen != r->options.snap,
		.at.ns = h->tp_sec * UINT64_C(1000000000) + h->tp_nsec,
	};
	r->peeked = true;
}

static const struct capture_frame *
ring_peek(struct capture_tap *t)
{
	struct capture_ring *r = ring_of(t);

	if (r->peeked)
		return &r->frame;
	if (r->left == 0 && (!r->map.at || !block_begin(r)))
		return NULL;
	frame_make(r);
	return &r->frame;
}

/*
 * The kernel counts frames in the head of a block as it puts them in, long before it
 * hands the block over.
 */
static enum capture_tap_open
ring_open_block(const struct capture_tap *t)
{
	const struct capture_ring *r = (const void *)t;
	const struct tpacket_block_desc *b;

	if (!r->map.at)
		return CAPTURE_TAP_EMPTY;
	if (r->peeked || r->left)
		return CAPTURE_TAP_FILLS;
	b = block_at(r, r->block);
	return __atomic_load_n(&b->hdr.bh1.num_pkts, __ATOMIC_ACQUIRE) == 0 &&
			       !(__atomic_load_n(
					 &b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
				       TP_STATUS_USER)
		       ? CAPTURE_TAP_EMPTY
		       : CAPTURE_TAP_FILLS;
}

static void
add(_Atomic uint64_t *to, uint64_t n)
{
	atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

static void
ring_take(struct capture_tap *t)
{
	struct capture_ring *r = ring_of(t);

	add(&r->delivered, 1);
	add(&r->octets, r->frame.octets.len);
	r->peeked = false;
	r->header = (void *)((uint8_t *)r->header + r->header->tp_next_offset);
	if (--r->left == 0)
		block_release(r);
}

/* --- the socket ------------------------------------------------------------------ */

/*
 * The kernel's counters start at 0 after each reading. Drops are in tp_packets, too. With
 * the link's lock: the descriptor stays what it is.
 */
static void
collect(struct capture_ring *r)
{
	struct tpacket_stats_v3 s;
	socklen_t len = sizeof(s);

	if (r->socket >= 0 &&
		getsockopt(r->socket, SOL_PACKET, PACKET_STATISTICS, &s, &len) == 0) {
		add(&r->dropped, s.tp_drops);
		add(&r->came, s.tp_packets - s.tp_drops);
	}
}

static void
socket_close(struct capture_ring *r)
{
	pthread_mutex_lock(&r->link.lock);
	collect(r);
	capture_ring_socket_unmap(&r->map);
	if (r->socket >= 0)
		close(r->socket);
	r->socket = -1;
	pthread_mutex_unlock(&r->link.lock);
	r->bound_to = 0;
	r->left = 0;
	r->block = 0;
	r->peeked = false;
}

/* The next try begins with another: this one would be bound, and hear nothing. */
static int
socket_give_up(struct capture_ring *r)
{
	int code = errno;

	socket_close(r);
	errno = code;
	return -1;
}

static int
socket_open(struct capture_ring *r, const char **what)
{
	int s = capture_ring_socket();

	*what = "packet socket";
	if (s < 0 && r->spares > 0)
		s = r->spare[--r->spares];
	pthread_mutex_lock(&r->link.lock);
	r->socket = s;
	pthread_mutex_unlock(&r->link.lock);
	if (s < 0)
		return -1;
	if (capture_ring_socket_map(r->socket, r->options.octets, r->options.retire_ms,
		    &r->map, what) == 0)
		return 0;
	return socket_give_up(r);
}

static int
join(struct capture_ring *r, const char **what)
{
	int group = r->first->group;

	if (capture_ring_socket_fanout(r->socket, r->options.fanout, &group, what) != 0)
		return -1;
	r->first->group = group;
	return 0;
}

static int
socket_bind(struct capture_ring *r, const char **what)
{
	if (capture_ring_socket_bind(r->socket, r->link.index, r->options.promiscuous,
		    r->link.loopback, what) != 0)
		return -1;
	if (r->first && join(r, what) != 0)
		return -1;
	r->bound_to = r->link.index;
	return 0;
}

static void
fail(char *error, size_t room, const struct capture_ring *r, const char *what)
{
	int code = errno;

	snprintf(error, room, "%s: %s: %s%s", r->options.interface, what, strerror(code),
		code == EPERM || code == EACCES ? "; needs CAP_NET_RAW" : "");
}

static void
ring_close(struct capture_tap *t)
{
	struct capture_ring *r = ring_of(t);

	socket_close(r);
	while (r->spares > 0)
		close(r->spare[--r->spares]);
	capture_link_close(&r->link);
	free(r);
}

/* --- comes and goes -------------------------------------------------------------- */

static int
open_and_bind(struct capture_ring *r, const char **what)
{
	if (r->socket < 0 && socket_open(r, what) != 0)
		return -1;
	if (socket_bind(r, what) != 0)
		return -1;
	/* A socket bound anew has its filter still. */
	if (!r->first || capture_ring_socket_filter(
				 r->socket, r->options.filter, true, what) == 0)
		return 0;
	return socket_give_up(r);
}

static void
rebind(struct capture_ring *r)
{
	char error[CAPTURE_TAP_ERROR_MAX];
	const char *what;

	if (open_and_bind(r, &what) == 0) {
		if (r->link.quiet)
			return;
		log_warnx("%s: interface is back, capturing%s", r->options.interface,
			r->options.xdp ? ", without XDP until the next start" : "");
		return;
	}
	fail(error, sizeof(error), r, what);
	log_warnx("%s; trying again", error);
}

/* Before Linux 6.10 a socket cannot join a fanout while its interface is down. */
static bool
can_bind(const struct capture_ring *r)
{
	if (r->link.state == CAPTURE_LINK_GONE)
		return false;
	return !r->first || r->link.state != CAPTURE_LINK_DOWN;
}

static void
ring_look(struct capture_tap *t)
{
	struct capture_ring *r = ring_of(t);
	bool stale;
	int error;
	socklen_t len = sizeof(error);

	/* ENETDOWN is told once; asked for, poll() is quiet again. */
	if (r->socket >= 0)
		getsockopt(r->socket, SOL_SOCKET, SO_ERROR, &error, &len);
	capture_link_look(&r->link);
	stale = r->bound_to &&
		(r->bound_to != r->link.index || r->link.state == CAPTURE_LINK_GONE);
	/* A fanout ends with the last socket in it; what is in the ring goes out first.
	 */
	if (r->first && stale) {
		if (ring_peek(t))
			return;
		socket_close(r);
	}
	if (r->bound_to != r->link.index && can_bind(r))
		rebind(r);
}

static int
ring_descriptor(const struct capture_tap *t)
{
	return ((const struct capture_ring *)(const void *)t)->socket;
}

static void
ring_stats(struct capture_tap *t, struct capture_tap_stats *out)
{
	struct capture_ring *r = ring_of(t);
	uint64_t came;

	pthread_mutex_lock(&r->link.lock);
	collect(r);
	out->returns = r->link.returns;
	pthread_mutex_unlock(&r->link.lock);
	came = r->came;
	out->delivered = r->delivered;
	out->octets = r->octets;
	out->dropped = r->dropped;
	out->unread = came > out->delivered ? came - out->delivered : 0;
}

static const struct capture_tap_ops ops = {
	.peek = ring_peek,
	.take = ring_take,
	.open = ring_open_block,
	.descriptor = ring_descriptor,
	.look = ring_look,
	.stats = ring_stats,
	.close = ring_close,
};

/* --- opening --------------------------------------------------------------------- */

static void
keep_spares(struct capture_ring *r)
{
	while (r->spares < SPARES) {
		int s = capture_ring_socket();

		if (s < 0)
			return;
		r->spare[r->spares++] = s;
	}
}

struct capture_ring *
capture_ring_open(const struct capture_ring_options *o, char *error, size_t room)
{
	struct capture_ring *r = calloc(1, sizeof(*r));
	const char *what = "";

	if (!r) {
		snprintf(error, room, "no memory");
		return NULL;
	}
	r->tap = (struct capture_tap){.ops = &ops, .name = o->interface};
	r->options = *o;
	r->socket = -1;
	r->group = -1;
	if (capture_link_open(&r->link, o->interface, error, room) != 0) {
		free(r);
		return NULL;
	}
	r->link.quiet = o->group;
	if (o->fanout >= 0) {
		r->first = o->group ? (struct capture_ring *)o->group : r;
		keep_spares(r);
	}
	errno = EAFNOSUPPORT;
	what = "link type";
	if (r->link.ethernet && socket_open(r, &what) == 0 &&
		(!can_bind(r) || socket_bind(r, &what) == 0))
		return r;
	fail(error, room, r, what);
	ring_close(&r->tap);
	return NULL;
}

int
capture_ring_start(struct capture_ring *r, char *error, size_t room)
{
	const char *what;

	/* Not in its fanout yet: the filter comes when it is, and locks both. */
	if (!r->bound_to)
		return 0;
	if (capture_ring_socket_filter(r->socket, r->options.filter, true, &what) == 0)
		return 0;
	fail(error, room, r, what);
	return -1;
}

struct capture_tap *
capture_ring_tap(struct capture_ring *r)
{
	return &r->tap;
}

struct capture_link *
capture_ring_link(struct capture_ring *r)
{
	return &r->link;
}
