/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What carries packets inside packets, a function each: GRE and ERSPAN, VXLAN, GENEVE,
 * GTP-U. A part of parse.bpf.h, which includes it where its own words are known.
 */
#ifndef PARSE_TUNNEL_BPF_H
#define PARSE_TUNNEL_BPF_H

#define GRE_SEQUENCE 0x1000

static __always_inline __u32
layer_in_gre(struct walk *w, __u16 flags, __u16 type)
{
	switch (type) {
	case 0x88be: /* ERSPAN: type II has a sequence number and a header */
		w->at += flags & GRE_SEQUENCE ? 8 : 0;
		return LAYER_ETHERNET;
	case 0x22eb:
		return LAYER_ERSPAN3;
	case 0x883e:
		return LAYER_WCCP;
	case 0x880b:
		return LAYER_PPP;
	default:
		return layer_of_type(type);
	}
}

/* RFC 2784 2.1, 2890 2; RFC 1701 routes are left to the sensor. PPTP: RFC 2637 4.1. */
static __noinline __u32
walk_gre(tap_context *c, struct walk *w)
{
	__be16 h[2];
	__u16 flags;

	if (tap_load(c, w->at, h, 4) < 0)
		return layer_cut(w);
	flags = bpf_ntohs(h[0]);
	w->at += 4;
	if (flags & 0x4000)
		return LAYER_UNSURE;
	w->at += flags & 0x8000 ? 4 : 0;
	w->at += flags & 0x2000 ? 4 : 0;
	w->at += flags & GRE_SEQUENCE ? 4 : 0;
	switch (flags & 7) {
	case 0:
		return layer_in_gre(w, flags, bpf_ntohs(h[1]));
	case 1:
		w->at += flags & 0x0080 ? 4 : 0;
		return flags & GRE_SEQUENCE ? LAYER_PPP : LAYER_NOTHING;
	default:
		return LAYER_NOTHING;
	}
}

/* draft-foschiano-erspan 4.3: the last word says what follows. */
static __noinline __u32
walk_erspan3(tap_context *c, struct walk *w)
{
	__be16 last;
	__u16 v;

	if (tap_load(c, w->at + 10, &last, 2) < 0)
		return layer_cut(w);
	v = bpf_ntohs(last);
	w->at += v & 1 ? 20 : 12;
	switch (v >> 10 & 31) {
	case 0:
		return LAYER_ETHERNET;
	case 2:
		return LAYER_IP;
	default:
		return LAYER_NOTHING;
	}
}

/* Version 2 has a header of 4 octets, version 1 none. */
static __noinline __u32
walk_wccp(tap_context *c, struct walk *w)
{
	__u8 first;

	if (tap_load(c, w->at, &first, 1) < 0)
		return layer_cut(w);
	w->at += first >> 4 == 4 ? 0 : 4;
	return LAYER_IPV4;
}

/* RFC 7348 5; its port 4790 is that of draft-ietf-nvo3-vxlan-gpe. */
static __noinline __u32
walk_vxlan(tap_context *c, struct walk *w)
{
	__u8 h[4];

	if (tap_load(c, w->at, h, 4) < 0)
		return layer_cut(w);
	if (!(h[0] & 8))
		return LAYER_NOTHING;
	w->at += 8;
	if (w->flow.dst_port != bpf_htons(4790) || !(h[0] & 4))
		return LAYER_ETHERNET;
	switch (h[3]) {
	case 1:
		return LAYER_IPV4;
	case 2:
		return LAYER_IPV6;
	case 3:
		return LAYER_ETHERNET;
	case 4: /* NSH */
		return LAYER_UNSURE;
	case 5:
		return LAYER_MPLS;
	default:
		return LAYER_NOTHING;
	}
}

/* RFC 8926 3.4 */
static __noinline __u32
walk_geneve(tap_context *c, struct walk *w)
{
	__u8 h[4];

	if (tap_load(c, w->at, h, 4) < 0)
		return layer_cut(w);
	if (h[0] >> 6)
		return LAYER_NOTHING;
	w->at += 8 + (h[0] & 63) * 4;
	return layer_of_type(h[2] << 8 | h[3]);
}

/* 3GPP TS 29.281 5.2.1: length(1, in words) content, next type(1) */
static __always_inline __u32
skip_gtp_extensions(tap_context *c, struct walk *w, __u8 next)
{
	for (int i = 0; i < GTP_EXTENSIONS_MAX; i++) {
		__u8 words;

		if (next == 0)
			return LAYER_IP;
		if (tap_load(c, w->at, &words, 1) < 0)
			return layer_cut(w);
		if (words == 0)
			return LAYER_NOTHING;
		w->at += words * 4;
		if (tap_load(c, w->at - 1, &next, 1) < 0)
			return layer_cut(w);
	}
	return next == 0 ? LAYER_IP : LAYER_UNSURE;
}

/* 3GPP TS 29.281 5.1: message 255 is a packet of the user. */
static __noinline __u32
walk_gtp_u(tap_context *c, struct walk *w)
{
	__u8 h[2], next;

	if (tap_load(c, w->at, h, 2) < 0)
		return layer_cut(w);
	if (h[0] >> 4 != 3 || h[1] != 255)
		return LAYER_NOTHING;
	w->at += 8;
	if (!(h[0] & 7))
		return LAYER_IP;
	if (tap_load(c, w->at + 3, &next, 1) < 0)
		return layer_cut(w);
	w->at += 4;
	return h[0] & 4 ? skip_gtp_extensions(c, w, next) : LAYER_IP;
}

#endif
