/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_pcap_tap.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/base/log.h"

struct capture_pcap_tap {
	struct capture_tap tap;
	struct capture_link link;
	struct capture_pcap_live_options options;
	uint32_t index;
	struct capture_pcap_live *live; /* NULL: away; the link's lock */
	int opened_for;			/* index of the interface */
	bool peeked;
	bool refused; /* to be opened anew: said once */
	struct capture_frame frame;

	_Atomic uint64_t delivered;
	_Atomic uint64_t octets;
	_Atomic uint64_t dropped;
};

static struct capture_pcap_tap *
tap_of(struct capture_tap *t)
{
	return (struct capture_pcap_tap *)(void *)t;
}

static void
live_close(struct capture_pcap_tap *p)
{
	struct capture_pcap_live *live = p->live;

	pthread_mutex_lock(&p->link.lock);
	if (live)
		p->dropped += capture_pcap_live_dropped(live);
	p->live = NULL;
	pthread_mutex_unlock(&p->link.lock);
	capture_pcap_live_close(live);
	p->peeked = false;
}

static const struct capture_frame *
pcap_peek(struct capture_tap *t)
{
	struct capture_pcap_tap *p = tap_of(t);
	char error[CAPTURE_PCAP_ERROR_MAX];

	if (p->peeked)
		return &p->frame;
	if (!p->live)
		return NULL;
	switch (capture_pcap_live_next(p->live, &p->frame, error)) {
	case CAPTURE_FRAME:
		p->frame.interface = p->index;
		p->peeked = true;
		return &p->frame;
	case CAPTURE_ERROR:
		log_warnx("%s: %s", p->link.name, error);
		live_close(p);
		return NULL;
	default:
		return NULL;
	}
}

static void
pcap_take(struct capture_tap *t)
{
	struct capture_pcap_tap *p = tap_of(t);

	p->delivered++;
	p->octets += p->frame.octets.len;
	p->peeked = false;
}

static int
pcap_descriptor(const struct capture_tap *t)
{
	const struct capture_pcap_tap *p = (const void *)t;

	return p->live ? capture_pcap_live_descriptor(p->live) : -1;
}

static void
reopen(struct capture_pcap_tap *p)
{
	char error[CAPTURE_PCAP_ERROR_MAX];
	struct capture_pcap_live *live = capture_pcap_live_open(&p->options, error);

	pthread_mutex_lock(&p->link.lock);
	p->live = live;
	/* Deaf, whatever the interface is: so it counts as one that is not there. */
	if (!live)
		p->link.state = CAPTURE_LINK_GONE;
	pthread_mutex_unlock(&p->link.lock);
	if (p->live) {
		p->opened_for = p->link.index;
		log_warnx("%s: capturing again", p->link.name);
	} else if (!p->refused) {
		log_warnx("%s: cannot be opened again: %s; start the sensor anew",
			p->link.name, error);
	}
	p->refused = !p->live;
}

static void
pcap_look(struct capture_tap *t)
{
	struct capture_pcap_tap *p = tap_of(t);

	capture_link_look(&p->link);
	if (p->live && p->opened_for == p->link.index)
		return;
	if (p->link.state == CAPTURE_LINK_GONE || p->link.state == CAPTURE_LINK_DOWN)
		return;
	if (p->live && pcap_peek(t))
		return;
	live_close(p);
	reopen(p);
}

static void
pcap_tap_stats(struct capture_tap *t, struct capture_tap_stats *out)
{
	struct capture_pcap_tap *p = tap_of(t);
	uint64_t returns;

	pthread_mutex_lock(&p->link.lock);
	if (p->live)
		p->dropped += capture_pcap_live_dropped(p->live);
	returns = p->link.returns;
	pthread_mutex_unlock(&p->link.lock);
	*out = (struct capture_tap_stats){
		.delivered = p->delivered,
		.octets = p->octets,
		.dropped = p->dropped,
		.returns = returns,
	};
}

static void
pcap_tap_close(struct capture_tap *t)
{
	struct capture_pcap_tap *p = tap_of(t);

	live_close(p);
	capture_link_close(&p->link);
	free(p);
}

/* What is in libpcap's buffer is not for us to see. */
static enum capture_tap_open
pcap_open_block(const struct capture_tap *t)
{
	(void)t;
	return CAPTURE_TAP_UNKNOWN;
}

static const struct capture_tap_ops ops = {
	.peek = pcap_peek,
	.take = pcap_take,
	.open = pcap_open_block,
	.descriptor = pcap_descriptor,
	.look = pcap_look,
	.stats = pcap_tap_stats,
	.close = pcap_tap_close,
};

struct capture_tap *
capture_pcap_tap_open(const struct capture_pcap_live_options *o, uint32_t index,
	char *error, size_t room)
{
	struct capture_pcap_tap *p = calloc(1, sizeof(*p));
	char why[CAPTURE_PCAP_ERROR_MAX];

	if (!p) {
		snprintf(error, room, "no memory");
		return NULL;
	}
	p->tap = (struct capture_tap){.ops = &ops, .name = o->interface};
	p->options = *o;
	p->index = index;
	if (capture_link_open(&p->link, o->interface, error, room) != 0) {
		free(p);
		return NULL;
	}
	p->opened_for = p->link.index;
	p->live = capture_pcap_live_open(o, why);
	if (p->live)
		return &p->tap;
	snprintf(error, room, "%s: %s", o->interface, why);
	pcap_tap_close(&p->tap);
	return NULL;
}

struct capture_link *
capture_pcap_tap_link(struct capture_tap *t)
{
	return &tap_of(t)->link;
}
