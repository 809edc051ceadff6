/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What becomes of a packet once its ports are known, and the maps that say so. The filter
 * and the XDP program share both; only the filter counts probes and cuts packets.
 */
#ifndef DECIDE_BPF_H
#define DECIDE_BPF_H

#include "parse.bpf.h"

/* Entries; the sensor sets another number of shunts before it loads. */
#define SHUNTS_MAX 65536
#define PROBES_MAX 65536

/*
 * Not LRU: to forget what is withheld would make it look lost. Memory is taken when it is
 * needed, for only the sensor adds to these two.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SHUNTS_MAX);
	__type(key, struct tap_flow);
	__type(value, struct tap_shunt);
} tap_shunts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, SHUNTS_MAX);
	__type(key, struct tap_flow);
	__type(value, struct tap_order);
} tap_orders SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, PROBES_MAX);
	__type(key, struct tap_flow);
	__type(value, struct tap_probe);
} tap_probes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TAP_STAGES);
	__type(key, __u32);
	__type(value, struct tap_counters);
} tap_counts SEC(".maps");

/* Octets of TCP payload on the wire; frame: octets of the whole packet. */
static __always_inline __u32
payload_of(const struct walk *w, __u32 frame)
{
	__u32 end = w->end ? w->end : frame;

	return end > w->at ? end - w->at : 0;
}

/*
 * Payload of the other direction: what was withheld of this one stays as it is, and an
 * order counts only if the sensor has read what this direction says next: then it has
 * read the reply, too.
 */
static __always_inline void
end_other(const struct walk *w)
{
	struct tap_flow back = {
		.src_port = w->flow.dst_port, .dst_port = w->flow.src_port};
	struct tap_shunt *s;

	__builtin_memcpy(back.src, w->flow.dst, 16);
	__builtin_memcpy(back.dst, w->flow.src, 16);
	s = bpf_map_lookup_elem(&tap_shunts, &back);
	if (!s || s->mode != TAP_BODY || s->state == TAP_BODY_NEW)
		return;
	s->clean = s->next + 1;
	s->state = TAP_BODY_PASSES;
}

static __always_inline struct tap_shunt *
find_shunt(const struct walk *w, __u32 payload)
{
	struct tap_shunt *s;

	if (!tap_options.shunt)
		return 0;
	s = bpf_map_lookup_elem(&tap_shunts, &w->flow);
	if (s && s->mode < TAP_BODY && w->tcp_flags & TCP_SYN) {
		bpf_map_delete_elem(&tap_shunts, &w->flow);
		return 0;
	}
	/* Another connection's numbers may lie behind what this one was told. */
	if (s && w->tcp_flags & TCP_SYN)
		bpf_map_delete_elem(&tap_orders, &w->flow);
	if (!s && payload && tap_stage == TAP_STAGE_FILTER)
		end_other(w);
	return s;
}

/* Cut or withheld; octets of it that pass. */
static __always_inline __u32
shunt(const struct walk *w, struct tap_shunt *s, __u32 payload, struct tap_counters *n)
{
	__sync_fetch_and_add(&s->packets, 1);
	__sync_fetch_and_add(&s->octets, payload);
	n->shunted_octets += payload;
	if (s->mode != TAP_HEADERS) {
		n->withheld++;
		return 0;
	}
	n->cut++;
	return w->at < tap_options.snap ? w->at : tap_options.snap;
}

static __always_inline __u32
shunt_copy(struct tap_shunt *s, __u32 payload, struct tap_counters *n)
{
	__sync_fetch_and_add(&s->copies, 1);
	n->shunted_octets += payload;
	n->withheld++;
	return 0;
}

/* The order that counts for a segment from seq on, or NULL. */
static __always_inline const struct tap_order *
order_of(const struct walk *w, const struct tap_shunt *s, __u32 seq)
{
	const struct tap_order *o = bpf_map_lookup_elem(&tap_orders, &w->flow);

	if (!o || o->cookie != s->cookie || (__s32)(o->from - s->clean) < 0 ||
		(__s32)(seq - o->from) < 0)
		return 0;
	return o;
}

/* Nothing new: 1 if the sensor must not see it, for it did not see it before. */
static __always_inline int
is_copy(const struct walk *w, const struct tap_shunt *s, __u32 seq, __u32 end)
{
	return s->packets && !(w->tcp_flags & TCP_FIN) && (__s32)(seq - s->from) >= 0 &&
	       (__s32)(end - s->to) <= 0;
}

#include "body.bpf.h"
#include "records.bpf.h"

/* Octets of the packet that pass; as many as snap: all. */
static __always_inline __u32
shunt_records(tap_context *c, const struct walk *w, struct tap_shunt *s, __u32 payload,
	struct tap_counters *n)
{
	__u32 passes = records_pass(c, w, payload, s);

	if (passes >= payload)
		return tap_options.snap;
	n->shunted_octets += payload - passes;
	if (passes == 0) {
		n->withheld++;
		return 0;
	}
	n->cut++;
	passes += w->at;
	return passes < tap_options.snap ? passes : tap_options.snap;
}

static __always_inline __u32
pass_whole(const struct walk *w, struct tap_counters *n)
{
	if (w->found)
		n->found++;
	else
		n->mail++;
	return tap_options.snap;
}

/*
 * Segments that open or close, and those without payload, pass whatever the mode: so the
 * sensor knows at all times which connections there are and how far they have got. Before
 * the filter only what is withheld without a look goes no further.
 *
 * Whose payload the sensor does not read, those with SYN or RST or a header too short to
 * be one, nothing is made of: a forged one would tell us of octets that are none.
 */
static __always_inline __u32
decide_mail(tap_context *c, const struct walk *w, __u32 frame, struct tap_counters *n)
{
	__u32 payload = tap_options.shunt ? payload_of(w, frame) : 0;
	struct tap_shunt *s = find_shunt(w, payload);
	int holds;

	if (!s || !payload || (s->mode != TAP_COUNT && tap_stage == TAP_STAGE_XDP) ||
		w->tcp_flags & (TCP_SYN | TCP_RST) || w->at < w->tcp + TCP_OCTETS)
		goto pass;
	if (s->mode == TAP_RECORDS) {
		payload = shunt_records(c, w, s, payload, n);
		if (payload < tap_options.snap)
			return payload;
		goto pass;
	}
	holds = s->mode == TAP_BODY
			? body_holds(c, w, payload, s)
			: s->mode != TAP_EVERYTHING && !(w->tcp_flags & TCP_FIN);
	if (holds == 2)
		return shunt_copy(s, payload, n);
	if (holds)
		return shunt(w, s, payload, n);
pass:
	return pass_whole(w, n);
}

/* Octets in order, so that both sides and all machines sort alike. */
static __always_inline int
source_is_higher(const struct tap_flow *f)
{
	for (int i = 0; i < 16; i++)
		if (f->src[i] != f->dst[i])
			return f->src[i] > f->dst[i];
	return bpf_ntohs(f->src_port) > bpf_ntohs(f->dst_port);
}

static __always_inline void
sort_flow(struct tap_flow *f)
{
	struct tap_flow o = *f;

	if (!source_is_higher(f))
		return;
	__builtin_memcpy(f->src, o.dst, 16);
	__builtin_memcpy(f->dst, o.src, 16);
	f->src_port = o.dst_port;
	f->dst_port = o.src_port;
}

/* 1: the first payload of its connection is noted. */
static __always_inline int
note_probe(const struct tap_flow *f)
{
	struct tap_probe first = {.segments = 1, .verdict = TAP_UNDECIDED};

	if (tap_stage == TAP_STAGE_FILTER)
		bpf_map_update_elem(&tap_probes, f, &first, BPF_NOEXIST);
	return 1;
}

/* 1: one more segment with payload may be looked at. */
static __always_inline int
count_probe(struct tap_probe *p)
{
	if (p->verdict != TAP_UNDECIDED || p->segments >= tap_options.probe_segments)
		return 0;
	if (tap_stage == TAP_STAGE_FILTER)
		__sync_fetch_and_add(&p->segments, 1);
	return 1;
}

/* As decide(), or it is mail, which has to be decided. */
#define DECIDE_MAIL 0xffffffff

/* TCP on ports that are none of ours: is somebody speaking SMTP there? */
static __noinline __u32
decide_probe(const struct walk *w, __u32 frame, struct tap_counters *n)
{
	__u32 payload = payload_of(w, frame);
	struct tap_flow flow = w->flow;
	struct tap_probe *p;

	sort_flow(&flow);
	if ((w->tcp_flags & (TCP_SYN | TCP_ACK)) == TCP_SYN)
		bpf_map_delete_elem(&tap_probes, &flow);
	p = bpf_map_lookup_elem(&tap_probes, &flow);
	if (p && p->verdict == TAP_MAIL)
		return DECIDE_MAIL;
	/* With it the sensor knows that it heard all from the start. */
	if (!p && (w->tcp_flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK)) {
		n->probed++;
		return tap_options.snap;
	}
	if (!payload) {
		n->other++;
		return 0;
	}
	if (p ? count_probe(p) : note_probe(&flow)) {
		n->probed++;
		return tap_options.snap;
	}
	n->probes_over++;
	return 0;
}

static __always_inline int
tcp_is_ours(const struct tap_flow *f)
{
	return port_in(tap_options.tcp_ports, f->src_port) ||
	       port_in(tap_options.tcp_ports, f->dst_port);
}

/*
 * A first piece passes whole: cut, it could not be joined. What a verdict found is noted
 * in *w, whose content verifiers do not follow: they look once at what comes behind.
 */
static __always_inline __u32
decide_tcp(tap_context *c, struct walk *w, __u32 frame, struct tap_counters *n)
{
	__u32 probed;

	if (!tcp_is_ours(&w->flow)) {
		if (!tap_options.probe_segments) {
			n->other++;
			return 0;
		}
		probed = decide_probe(w, frame, n);
		if (probed != DECIDE_MAIL)
			return probed;
		w->found = 1;
	}
	return w->first ? pass_whole(w, n) : decide_mail(c, w, frame, n);
}

/* Octets of the packet that pass; 0: none. */
static __always_inline __u32
decide(tap_context *c, struct walk *w, __u32 frame, struct tap_counters *n)
{
	switch (w->layer) {
	case LAYER_TCP_SEEN:
		return decide_tcp(c, w, frame, n);
	case LAYER_UDP_SEEN:
		if (!port_in(tap_options.udp_ports, w->flow.src_port) &&
			!port_in(tap_options.udp_ports, w->flow.dst_port))
			break;
		n->mail++;
		return tap_options.snap;
	case LAYER_PIECE:
		n->fragments++;
		return tap_options.snap;
	case LAYER_UNSURE:
		n->unsure++;
		return tap_options.snap;
	default:
		break;
	}
	n->other++;
	return 0;
}

/*
 * Most packets of a wire are TCP or UDP right behind Ethernet and IPv4 without options,
 * and none of ours. head: the packet's first 38 octets. 1: walked, but for TCP's flags.
 */
static __always_inline int
walk_plain(const __u8 *head, struct walk *w)
{
	__u32 length = head[16] << 8 | head[17];

	if (head[12] != 8 || head[13] != 0 || head[14] != 0x45)
		return 0;
	if (head[20] & 0x3f || head[21])
		return 0;
	__builtin_memcpy(&w->flow.src_port, head + 34, 4);
	if (head[23] == 17) {
		w->layer = layer_of_ports(
			bpf_ntohs(w->flow.src_port), bpf_ntohs(w->flow.dst_port));
		return w->layer == LAYER_UDP_SEEN;
	}
	if (head[23] != 6)
		return 0;
	w->layer = LAYER_TCP_SEEN;
	w->tcp = 34;
	w->end = length ? 14 + length : 0;
	map_address(w->flow.src, head + 26);
	map_address(w->flow.dst, head + 30);
	return 1;
}

/* 1: walk_plain() is all that is needed to drop it. */
static __always_inline int
plain_is_other(const struct walk *w)
{
	if (w->layer == LAYER_TCP_SEEN)
		return !tap_options.probe_segments && !tcp_is_ours(&w->flow);
	return !port_in(tap_options.udp_ports, w->flow.src_port) &&
	       !port_in(tap_options.udp_ports, w->flow.dst_port);
}

#endif
