/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libpcap, and the only file that knows it: the odd old variants of pcap files, and the
 * packet filter language of tcpdump (pcap-filter(7)).
 */
#ifndef CAPTURE_PCAP_H
#define CAPTURE_PCAP_H

#include "sensor/capture/capture.h"
#include "sensor/capture/source.h"

#define CAPTURE_PCAP_ERROR_MAX 256

struct capture_pcap;
struct capture_pcap_program;

/* Do these octets open a variant that only libpcap reads? */
bool capture_pcap_magic(struct span head);
/*
 * Reads by libpcap what the source gives, which must outlive it. NULL with error filled.
 */
struct capture_pcap *capture_pcap_open(
	struct source *s, char error[CAPTURE_PCAP_ERROR_MAX]);
/* As capture_next(). */
enum capture_status capture_pcap_next(
	struct capture_pcap *p, struct capture_frame *out, struct capture_damage *damage);
void capture_pcap_close(struct capture_pcap *p);

/*
 * Compiles a filter for a link type. NULL with error filled. Host names in it are looked
 * up by the system's resolver.
 */
struct capture_pcap_program *capture_pcap_compile(
	const char *expr, uint32_t linktype, char error[CAPTURE_PCAP_ERROR_MAX]);
bool capture_pcap_match(
	const struct capture_pcap_program *p, const struct capture_frame *frame);
void capture_pcap_program_free(struct capture_pcap_program *p);

/* --- live ------------------------------------------------------------------------ */

struct capture_pcap_live_options {
	const char *interface;
	const char *filter; /* pcap-filter(7) */
	uint32_t snap;
	uint32_t timeout_ms;
	size_t buffer; /* octets in the kernel */
	bool promiscuous;
};

struct capture_pcap_live;

/* Never waits for a frame. NULL with error filled. */
struct capture_pcap_live *capture_pcap_live_open(
	const struct capture_pcap_live_options *o, char error[CAPTURE_PCAP_ERROR_MAX]);
/* CAPTURE_FRAME; CAPTURE_IDLE, *out untouched; CAPTURE_ERROR: of no use any more. */
enum capture_status capture_pcap_live_next(struct capture_pcap_live *p,
	struct capture_frame *out, char error[CAPTURE_PCAP_ERROR_MAX]);
/* To be polled. */
int capture_pcap_live_descriptor(const struct capture_pcap_live *p);
/* Frames lost for want of room since the last call. */
uint32_t capture_pcap_live_dropped(struct capture_pcap_live *p);
void capture_pcap_live_close(struct capture_pcap_live *p);

#endif
