/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_live.h"

#include <stdio.h>
#include <stdlib.h>

#include "dissect/limits.h"
#include "sensor/capture/capture_live_part.h"

static uint32_t
number(uint32_t given, uint32_t otherwise)
{
	return given ? given : otherwise;
}

static void
set_defaults(struct capture_live_options *o)
{
	o->threads = o->threads ? o->threads : 1;
	o->ring_octets = o->ring_octets ? o->ring_octets : CAPTURE_RING_DEFAULT;
	o->probe_segments = number(o->probe_segments, CAPTURE_PROBE_SEGMENTS);
	o->retire_ms = number(o->retire_ms, CAPTURE_RETIRE_MS);
	o->tick_ms = number(o->tick_ms, CAPTURE_TICK_MS);
	o->snap = number(o->snap, CAPTURE_SNAP_DEFAULT);
}

static const char *
what_is_wrong(const struct capture_live_options *o)
{
	if (o->interfaces == 0)
		return "no interface named";
	if (o->interfaces > CAPTURE_LIVE_INTERFACES_MAX)
		return "too many interfaces";
	return o->threads > CAPTURE_LIVE_THREADS_MAX ? "too many threads" : NULL;
}

static void
join_all(struct capture_live *l)
{
	for (size_t t = 0; t < l->options.threads; t++) {
		capture_join_init(
			&l->join[t], &l->stop, l->options.retire_ms, l->options.tick_ms);
		l->join[t].capture.share = (uint32_t)t;
		l->join[t].capture.shares = (uint32_t)l->options.threads;
		for (size_t i = 0; i < l->options.interfaces; i++)
			if (l->interface[i].tap[t])
				capture_join_insert(&l->join[t], l->interface[i].tap[t]);
	}
}

struct capture_live *
capture_live_open(
	const struct capture_live_options *o, char error[CAPTURE_LIVE_ERROR_MAX])
{
	const char *wrong = what_is_wrong(o);
	struct capture_live *l = wrong ? NULL : calloc(1, sizeof(*l));

	if (l) {
		l->options = *o;
		set_defaults(&l->options);
		l->expression = capture_ports_expression(&o->ports);
	}
	if (!l || !l->expression) {
		snprintf(
			error, CAPTURE_LIVE_ERROR_MAX, "%s", wrong ? wrong : "no memory");
		free(l);
		return NULL;
	}
	if (capture_live_tier(l, error) != 0) {
		capture_live_close(l);
		return NULL;
	}
	join_all(l);
	return l;
}

static void
interface_close(struct live_interface *i)
{
	capture_bpf_detach(i->xdp);
	for (size_t t = 0; t < CAPTURE_LIVE_THREADS_MAX; t++)
		if (i->tap[t])
			i->tap[t]->ops->close(i->tap[t]);
}

void
capture_live_close(struct capture_live *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->options.interfaces; i++)
		interface_close(&l->interface[i]);
	capture_bpf_close(l->bpf);
	free(l->expression);
	free(l);
}

struct capture *
capture_live_thread(struct capture_live *l, size_t thread)
{
	return &l->join[thread].capture;
}

void
capture_live_stop(struct capture_live *l)
{
	atomic_store_explicit(&l->stop, true, memory_order_relaxed);
}

struct capture_bpf *
capture_live_bpf(struct capture_live *l)
{
	return l->bpf;
}

/* --- counters ---------------------------------------------------------------------- */

size_t
capture_live_interfaces(const struct capture_live *l)
{
	return l->options.interfaces;
}

static void
add_stats(struct capture_tap_stats *sum, const struct capture_tap_stats *s)
{
	sum->delivered += s->delivered;
	sum->octets += s->octets;
	sum->dropped += s->dropped;
	sum->unread += s->unread;
	if (s->returns > sum->returns)
		sum->returns = s->returns;
}

void
capture_live_interface(
	struct capture_live *l, size_t i, struct capture_live_interface *out)
{
	struct live_interface *from = &l->interface[i];

	*out = (struct capture_live_interface){
		.name = l->options.interface[i],
		.method = from->method,
		.state = capture_link_state_now(from->link),
		.generic = from->generic,
		.card = capture_link_dropped(from->link),
	};
	for (size_t t = 0; t < l->options.threads; t++) {
		struct capture_tap_stats s;

		if (!from->tap[t])
			continue;
		from->tap[t]->ops->stats(from->tap[t], &s);
		add_stats(&out->stats, &s);
	}
	/* XDP went with the interface. */
	if (out->stats.returns && out->method == CAPTURE_LIVE_XDP)
		out->method = CAPTURE_LIVE_AFPACKET;
}

/* What the ring holds and the filter passed is the same, so it is counted once. */
void
capture_live_counters(struct capture_live *l, struct capture_live_counters *out)
{
	*out = (struct capture_live_counters){0};
	for (size_t i = 0; i < l->options.interfaces; i++) {
		struct capture_live_interface one;

		capture_live_interface(l, i, &one);
		out->delivered += one.stats.delivered;
		out->dropped += one.stats.dropped;
		out->unread += one.stats.unread;
		out->octets += one.stats.octets;
		out->card += one.card;
	}
	out->kernel_known = l->bpf && capture_bpf_counts(l->bpf, out->kernel);
	for (size_t i = 0; out->kernel_known && i < TAP_STAGES; i++) {
		out->filtered += out->kernel[i].other + out->kernel[i].probes_over;
		out->withheld += out->kernel[i].withheld;
		out->withheld_octets += out->kernel[i].shunted_octets;
	}
}

const char *
capture_live_method_name(enum capture_live_method method)
{
	static const char *const names[] = {
		[CAPTURE_LIVE_AUTO] = "auto",
		[CAPTURE_LIVE_AFPACKET] = "afpacket",
		[CAPTURE_LIVE_XDP] = "xdp",
		[CAPTURE_LIVE_PCAP] = "pcap",
	};

	return names[method];
}
