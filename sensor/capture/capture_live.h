/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interfaces as they are heard, joined in time and spread over threads, behind the calls
 * of capture.h. It observes: nothing is sent, and nothing is taken from the host, but by
 * XDP, which is refused where the host itself lives on the interface.
 *
 * capture_live.c       start, shunts, counters
 * capture_live_tier.c  which means of capture each interface gets
 * capture_join.c       several interfaces as one, in the order of time
 *
 * Open while privileges last. All that is done afterwards (shunts, verdicts, counters,
 * interfaces that come back) uses descriptors that are open by then. Only XDP does not
 * come back to an interface that was away, nor libpcap without privileges: both is said
 * when it happens, and without XDP the ring goes on by itself.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include "sensor/capture/capture.h"
#include "sensor/capture/capture_bpf.h"
#include "sensor/capture/capture_link.h"
#include "sensor/capture/capture_ports.h"
#include "sensor/capture/capture_tap.h"

#define CAPTURE_LIVE_THREADS_MAX    64
#define CAPTURE_LIVE_INTERFACES_MAX 16
#define CAPTURE_LIVE_ERROR_MAX	    512

enum capture_live_method {
	CAPTURE_LIVE_AUTO,     /* AFPACKET where it can be, else PCAP */
	CAPTURE_LIVE_AFPACKET, /* ring of our own, eBPF filter */
	CAPTURE_LIVE_XDP,      /* and XDP before it */
	CAPTURE_LIVE_PCAP      /* libpcap, classic filter */
};

/* Numbers of 0 stand for the default, but where 0 is given a meaning. */
struct capture_live_options {
	const char *const *interface; /* names; borrowed for the life of the capture */
	size_t interfaces;
	size_t threads; /* 1; PCAP hears by the first alone */
	enum capture_live_method method;
	enum capture_bpf_xdp xdp;
	bool xdp_forced; /* also where the host lives on the interface */
	struct capture_ports
		ports;		 /* any_tcp: see probe_segments; borrowed for _open() */
	uint32_t probe_segments; /* any_tcp: segments with payload, 16 */
	bool shunt;
	size_t connections;    /* of which something may be withheld at once: 65,536 */
	bool fanout_addresses; /* spread by addresses alone: fragments meet their like */
	size_t ring_octets;    /* of each interface and thread: 64 MiB */
	uint32_t retire_ms;    /* 4 */
	uint32_t snap;	       /* 256 KiB: whole frames */
	uint32_t tick_ms;      /* a silent wire gives CAPTURE_IDLE so often: 100 */
	bool not_promiscuous;
};

struct capture_live;

/* NULL with error filled, one line. What was chosen is logged. */
struct capture_live *capture_live_open(
	const struct capture_live_options *o, char error[CAPTURE_LIVE_ERROR_MAX]);
/* All threads must have left their captures. */
void capture_live_close(struct capture_live *l);

/*
 * What one thread hears, from 0; no two threads give a frame the same number. The thread
 * must keep asking. capture_close() does nothing to it: it goes with
 * capture_live_close().
 */
struct capture *capture_live_thread(struct capture_live *l, size_t thread);

/*
 * All that has come by now is still given, then CAPTURE_END. May be called by a signal
 * handler, and by any thread.
 */
void capture_live_stop(struct capture_live *l);

/* What may be told of connections: by any thread; NULL: no eBPF, so nothing may. */
struct capture_bpf *capture_live_bpf(struct capture_live *l);

/* Each packet that the interfaces brought is in one of the first five, or was lost. */
struct capture_live_counters {
	uint64_t delivered;
	uint64_t filtered; /* not ours, as far as it is counted (not by libpcap) */
	uint64_t withheld; /* of shunted connections */
	uint64_t dropped;  /* no room in the ring */
	uint64_t unread;   /* still in the ring */
	uint64_t octets;   /* delivered */
	uint64_t withheld_octets; /* of payload; of delivered packets, too, that were cut */
	uint64_t card;	   /* lost by the card, before anything could count it */
	bool kernel_known; /* the next holds something */
	struct tap_counters kernel[TAP_STAGES];
};

/* By one thread at a time. */
void capture_live_counters(struct capture_live *l, struct capture_live_counters *out);

struct capture_live_interface {
	const char *name;
	enum capture_live_method method; /* never AUTO */
	enum capture_link_state state;
	bool generic; /* XDP: not by the driver */
	struct capture_tap_stats stats;
	uint64_t card;
};

size_t capture_live_interfaces(const struct capture_live *l);
void capture_live_interface(
	struct capture_live *l, size_t i, struct capture_live_interface *out);

/* "afpacket"; static. */
const char *capture_live_method_name(enum capture_live_method method);

#endif
