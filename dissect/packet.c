/* SPDX-License-Identifier: Apache-2.0 */
#include "packet.h"

#include "packet_peel.h"

static enum layer
peel_off(struct peel *p, enum layer layer)
{
	static enum layer (*const peelers[])(struct peel *) = {
		[LAYER_ETHERNET] = packet_ethernet,
		[LAYER_VLAN] = packet_vlan,
		[LAYER_ETAG] = packet_etag,
		[LAYER_VNTAG] = packet_vntag,
		[LAYER_MACSEC] = packet_macsec,
		[LAYER_PBB] = packet_pbb,
		[LAYER_FDDI] = packet_fddi,
		[LAYER_NULL] = packet_null,
		[LAYER_SLL] = packet_sll,
		[LAYER_SLL2] = packet_sll2,
		[LAYER_NFLOG] = packet_nflog,
		[LAYER_LLC] = packet_llc,
		[LAYER_PPP] = packet_ppp,
		[LAYER_PPP_SERIAL] = packet_ppp_serial,
		[LAYER_PPPOE] = packet_pppoe,
		[LAYER_CHDLC] = packet_chdlc,
		[LAYER_FRAME_RELAY] = packet_frame_relay,
		[LAYER_WLAN] = packet_wlan,
		[LAYER_RADIOTAP] = packet_radiotap,
		[LAYER_PPI] = packet_ppi,
		[LAYER_IP] = packet_ip,
		[LAYER_IPV4] = packet_ipv4,
		[LAYER_IPV6] = packet_ipv6,
		[LAYER_TCP] = packet_tcp,
		[LAYER_UDP] = packet_udp,
		[LAYER_MPLS] = packet_mpls,
		[LAYER_GRE] = packet_gre,
		[LAYER_ERSPAN1] = packet_erspan1,
		[LAYER_ERSPAN2] = packet_erspan2,
		[LAYER_ERSPAN3] = packet_erspan3,
		[LAYER_WCCP] = packet_wccp,
		[LAYER_ETHERIP] = packet_etherip,
		[LAYER_NSH] = packet_nsh,
		[LAYER_VXLAN] = packet_vxlan,
		[LAYER_GENEVE] = packet_geneve,
		[LAYER_GTP_U] = packet_gtp_u,
		[LAYER_TEREDO] = packet_teredo,
		[LAYER_L2TP] = packet_l2tp,
		[LAYER_TZSP] = packet_tzsp,
	};

	return peelers[layer](p);
}

static enum packet_kind
peel_all(struct peel *p, enum layer layer)
{
	while (layer != LAYER_END) {
		if (p->out->layers == PACKET_LAYERS_MAX) {
			peel_stop(p, PACKET_TOO_DEEP);
			break;
		}
		p->out->layers++;
		layer = peel_off(p, layer);
	}
	if (p->out->kind == PACKET_OTHER && p->has_udp)
		*p->out = p->udp;
	return p->out->kind;
}

enum packet_kind
packet_parse(uint32_t link, struct span frame, size_t wire_octets, struct packet *out)
{
	struct peel p;
	enum layer layer = link == 1 ? LAYER_ETHERNET : layer_of_link(link);

	p.at = frame;
	p.wire = wire_octets < frame.len ? frame.len : wire_octets;
	p.out = out;
	p.mirror_cut = false;
	p.has_udp = false;
	out->kind = PACKET_OTHER;
	out->reason = layer == LAYER_END ? PACKET_LINK_UNKNOWN : PACKET_GOOD;
	out->ip_version = 0;
	out->layers = 0;
	out->vlan_count = 0;
	out->tunnel_count = 0;
	return peel_all(&p, layer);
}

enum packet_kind
packet_parse_joined(const struct packet *first, struct span payload, struct packet *out)
{
	struct peel p;

	*out = *first;
	p.at = payload;
	p.wire = payload.len;
	p.out = out;
	p.mirror_cut = false;
	p.has_udp = false;
	out->kind = PACKET_OTHER;
	out->reason = PACKET_GOOD;
	out->ip_octets = first->ip_octets - first->payload_octets + (uint32_t)payload.len;
	return peel_all(&p, layer_of_protocol(&p, first->protocol));
}

bool
packet_link_known(uint32_t link)
{
	return layer_of_link(link) != LAYER_END;
}

static bool
same_tunnel(const struct packet_tunnel *a, const struct packet_tunnel *b)
{
	return a->kind == b->kind && a->id == b->id;
}

bool
packet_same_path(const struct packet *a, const struct packet *b)
{
	if (a->vlan_count != b->vlan_count || a->tunnel_count != b->tunnel_count)
		return false;
	for (size_t i = 0; i < a->vlan_count; i++)
		if (a->vlans[i] != b->vlans[i])
			return false;
	for (size_t i = 0; i < a->tunnel_count; i++)
		if (!same_tunnel(&a->tunnels[i], &b->tunnels[i]))
			return false;
	return true;
}

const char *
packet_reason_name(enum packet_reason reason)
{
	static const char *const names[PACKET_REASON_COUNT] = {
		[PACKET_GOOD] = "good",
		[PACKET_LINK_UNKNOWN] = "link-unknown",
		[PACKET_NOT_IP] = "not-ip",
		[PACKET_NOT_TCP_UDP] = "not-tcp-udp",
		[PACKET_ENCRYPTED] = "encrypted",
		[PACKET_CUT] = "cut",
		[PACKET_BAD_HEADER] = "bad-header",
		[PACKET_BAD_LENGTH] = "bad-length",
		[PACKET_TOO_DEEP] = "too-deep",
	};

	return names[reason];
}

const char *
packet_tunnel_name(enum packet_tunnel_kind kind)
{
	static const char *const names[PACKET_TUNNEL_KIND_COUNT] = {
		[PACKET_TUNNEL_IPV4] = "ipv4",
		[PACKET_TUNNEL_IPV6] = "ipv6",
		[PACKET_TUNNEL_GRE] = "gre",
		[PACKET_TUNNEL_NVGRE] = "nvgre",
		[PACKET_TUNNEL_PPTP] = "pptp",
		[PACKET_TUNNEL_ERSPAN] = "erspan",
		[PACKET_TUNNEL_VXLAN] = "vxlan",
		[PACKET_TUNNEL_GENEVE] = "geneve",
		[PACKET_TUNNEL_GTP_U] = "gtp-u",
		[PACKET_TUNNEL_TEREDO] = "teredo",
		[PACKET_TUNNEL_L2TP] = "l2tp",
		[PACKET_TUNNEL_TZSP] = "tzsp",
		[PACKET_TUNNEL_MPLS] = "mpls",
		[PACKET_TUNNEL_PPPOE] = "pppoe",
		[PACKET_TUNNEL_ETHERIP] = "etherip",
		[PACKET_TUNNEL_PBB] = "pbb",
		[PACKET_TUNNEL_NSH] = "nsh",
	};

	return names[kind];
}
