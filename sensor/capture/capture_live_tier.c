/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which means of capture each interface gets. What works is found out by doing it: what
 * systems say of themselves about eBPF is not to be relied on.
 */
#include "sensor/capture/capture_live_part.h"

#include <stdio.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_pcap_tap.h"
#include "sensor/capture/capture_ring.h"

/* --- eBPF -------------------------------------------------------------------------- */

static int
load(struct capture_live *l, char *error)
{
	const struct capture_live_options *o = &l->options;
	struct capture_bpf_options b = {
		.tcp_ports = o->ports.tcp,
		.tcp_count = o->ports.tcp_count,
		.udp_ports = o->ports.udp,
		.udp_count = o->ports.udp_count,
		.snap = o->snap,
		.probe_segments = o->ports.any_tcp ? o->probe_segments : 0,
		.shunt = o->shunt,
		.connections = o->connections < UINT32_MAX / 2 ? (uint32_t)o->connections
							       : UINT32_MAX / 2,
		.fanout_ports = !o->fanout_addresses,
		.alone = o->threads == 1,
	};

	l->bpf = capture_bpf_open(&b, error, CAPTURE_LIVE_ERROR_MAX);
	return l->bpf ? 0 : -1;
}

static void
close_taps(struct live_interface *i)
{
	for (size_t t = 0; t < CAPTURE_LIVE_THREADS_MAX; t++) {
		if (i->tap[t])
			i->tap[t]->ops->close(i->tap[t]);
		i->tap[t] = NULL;
	}
}

static struct capture_ring *
open_ring(struct capture_live *l, size_t i, struct capture_ring *first, char *error)
{
	const struct capture_live_options *o = &l->options;
	struct capture_ring_options r = {
		.interface = o->interface[i],
		.index = (uint32_t)i,
		.octets = o->ring_octets,
		.snap = o->snap,
		.retire_ms = o->retire_ms,
		.promiscuous = !o->not_promiscuous,
		.xdp = o->method == CAPTURE_LIVE_XDP,
		.filter = capture_bpf_filter(l->bpf),
		.fanout = o->threads > 1 ? capture_bpf_fanout(l->bpf) : -1,
		.group = first,
	};

	return capture_ring_open(&r, error, CAPTURE_LIVE_ERROR_MAX);
}

/* None hears anything before all are in the fanout: else some packets came twice. */
static int
open_rings(struct capture_live *l, size_t i, char *error)
{
	struct live_interface *to = &l->interface[i];
	struct capture_ring *ring[CAPTURE_LIVE_THREADS_MAX];
	size_t threads = l->options.threads;

	for (size_t t = 0; t < threads; t++) {
		ring[t] = open_ring(l, i, t ? ring[0] : NULL, error);
		if (!ring[t])
			goto fail;
		to->tap[t] = capture_ring_tap(ring[t]);
	}
	for (size_t t = 0; t < threads; t++)
		if (capture_ring_start(ring[t], error, CAPTURE_LIVE_ERROR_MAX) != 0)
			goto fail;
	to->link = capture_ring_link(ring[0]);
	to->method = CAPTURE_LIVE_AFPACKET;
	return 0;
fail:
	close_taps(to);
	return -1;
}

/* --- XDP --------------------------------------------------------------------------- */

static int
attach(struct capture_live *l, struct live_interface *i, char *error)
{
	const struct capture_link *link = i->link;
	char why[CAPTURE_TAP_ERROR_MAX];

	if (!l->options.xdp_forced && capture_link_in_use(link, why, sizeof(why))) {
		snprintf(error, CAPTURE_LIVE_ERROR_MAX,
			"%s: XDP would cut the host off: %s; if that may be, write "
			"capture: {tap_forced: true} in the configuration",
			link->name, why);
		return -1;
	}
	i->xdp = capture_bpf_attach(
		l->bpf, link->index, l->options.xdp, &i->generic, why, sizeof(why));
	if (!i->xdp) {
		snprintf(error, CAPTURE_LIVE_ERROR_MAX, "%s: %s", link->name, why);
		return -1;
	}
	i->method = CAPTURE_LIVE_XDP;
	return 0;
}

/* --- libpcap ----------------------------------------------------------------------- */

static int
open_pcap(struct capture_live *l, size_t i, char *error)
{
	struct live_interface *to = &l->interface[i];
	struct capture_pcap_live_options o = {
		.interface = l->options.interface[i],
		.filter = l->expression,
		.snap = l->options.snap,
		.timeout_ms = l->options.retire_ms,
		.buffer = l->options.ring_octets,
		.promiscuous = !l->options.not_promiscuous,
	};

	to->tap[0] =
		capture_pcap_tap_open(&o, (uint32_t)i, error, CAPTURE_LIVE_ERROR_MAX);
	if (!to->tap[0])
		return -1;
	to->link = capture_pcap_tap_link(to->tap[0]);
	to->method = CAPTURE_LIVE_PCAP;
	if (l->options.threads > 1)
		log_warnx("%s: libpcap is heard by one thread only", to->link->name);
	return 0;
}

/* --- the choice -------------------------------------------------------------------- */

static int
open_interface(struct capture_live *l, size_t i, char *error)
{
	struct live_interface *to = &l->interface[i];
	enum capture_live_method method = l->options.method;

	if (!l->bpf)
		return open_pcap(l, i, error);
	if (open_rings(l, i, error) == 0)
		return method == CAPTURE_LIVE_XDP ? attach(l, to, error) : 0;
	if (method != CAPTURE_LIVE_AUTO)
		return -1;
	log_warnx("%s; trying libpcap", error);
	return open_pcap(l, i, error);
}

static void
report(const struct live_interface *i)
{
	static const char *const words[] = {
		[CAPTURE_LIVE_AFPACKET] = "packet ring, eBPF filter",
		[CAPTURE_LIVE_XDP] = "XDP by the driver, packet ring, eBPF filter",
		[CAPTURE_LIVE_PCAP] = "libpcap, classic filter: tunnels pass unfiltered, "
				      "nothing is shunted",
	};

	log_info("%s: capturing by %s", i->link->name,
		i->generic ? "generic XDP, packet ring, eBPF filter" : words[i->method]);
}

int
capture_live_tier(struct capture_live *l, char error[CAPTURE_LIVE_ERROR_MAX])
{
	enum capture_live_method method = l->options.method;

	if (method != CAPTURE_LIVE_PCAP && load(l, error) != 0) {
		if (method != CAPTURE_LIVE_AUTO)
			return -1;
		log_warnx("%s; falling back to libpcap with a classic filter", error);
	}
	for (size_t i = 0; i < l->options.interfaces; i++) {
		if (open_interface(l, i, error) != 0)
			return -1;
		report(&l->interface[i]);
	}
	return 0;
}
