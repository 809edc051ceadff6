/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_pcap.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "dissect/limits.h"
#include "sensor/capture/capture_damage.h"
#include "sensor/capture/octet_order.h"

_Static_assert(CAPTURE_PCAP_ERROR_MAX >= PCAP_ERRBUF_SIZE, "libpcap's messages fit");

struct capture_pcap {
	pcap_t *pcap;
	struct source *source;
	uint32_t linktype;
	bool stopped;
};

struct capture_pcap_program {
	struct bpf_program code;
};

/*
 * The few numbers that differ between libpcap's interface here (DLT_*) and in files
 * (LINKTYPE_*); all others are the same.
 */
static const struct {
	int dlt;
	uint32_t linktype;
} differing[] = {{DLT_ATM_RFC1483, 100}, {DLT_RAW, 101}, {DLT_C_HDLC, 104}};

static uint32_t
linktype_of(int dlt)
{
	for (size_t i = 0; i < sizeof(differing) / sizeof(differing[0]); i++)
		if (differing[i].dlt == dlt)
			return differing[i].linktype;
	return (uint32_t)dlt;
}

static int
dlt_of(uint32_t linktype)
{
	for (size_t i = 0; i < sizeof(differing) / sizeof(differing[0]); i++)
		if (differing[i].linktype == linktype)
			return differing[i].dlt;
	return (int)linktype;
}

/* --- odd files -----------------------------------------------------------------------
 */

bool
capture_pcap_magic(struct span head)
{
	/* libpcap's sf-pcap.c: Kuznetzov's, Mesquita's and Navtel's variants. */
	static const uint32_t magics[] = {0xa1b2cd34, 0xa1b234cd, 0xa12b3c4d};

	if (head.len < 4)
		return false;
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		if (octet_order_u32(head.at, false) == magics[i] ||
			octet_order_u32(head.at, true) == magics[i])
			return true;
	return false;
}

static ssize_t
cookie_read(void *cookie, char *out, size_t room)
{
	struct source *s = cookie;
	size_t n;

	if (!source_peek(s, 1))
		return s->state == SOURCE_FAILED ? -1 : 0;
	n = source_ready(s) < room ? source_ready(s) : room;
	memcpy(out, s->at, n);
	source_take(s, n);
	return (ssize_t)n;
}

struct capture_pcap *
capture_pcap_open(struct source *s, char error[CAPTURE_PCAP_ERROR_MAX])
{
	struct capture_pcap *p = calloc(1, sizeof(*p));
	FILE *f = p ? fopencookie(s, "rb", (cookie_io_functions_t){.read = cookie_read})
		    : NULL;

	if (!f) {
		snprintf(error, CAPTURE_PCAP_ERROR_MAX, "no memory");
		free(p);
		return NULL;
	}
	/* Unbuffered, so that the source's offset is that of the record. */
	setvbuf(f, NULL, _IONBF, 0);
	p->source = s;
	p->pcap = pcap_fopen_offline_with_tstamp_precision(
		f, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!p->pcap) {
		fclose(f);
		free(p);
		return NULL;
	}
	p->linktype = linktype_of(pcap_datalink(p->pcap));
	return p;
}

enum capture_status
capture_pcap_next(
	struct capture_pcap *p, struct capture_frame *out, struct capture_damage *damage)
{
	uint64_t offset = source_offset(p->source);
	struct pcap_pkthdr *h;
	const u_char *data;
	int status;

	if (p->stopped)
		return CAPTURE_END;
	status = pcap_next_ex(p->pcap, &h, &data);
	if (status == 1 && h->caplen <= CAPTURE_FRAME_MAX) {
		out->octets = span_of(data, h->caplen);
		out->wire_len = h->len > h->caplen ? h->len : h->caplen;
		out->linktype = p->linktype;
		out->interface = 0;
		out->at.ns =
			(uint64_t)h->ts.tv_sec * 1000000000u + (uint64_t)h->ts.tv_usec;
		return CAPTURE_FRAME;
	}
	p->stopped = true;
	if (p->source->state == SOURCE_FAILED || p->source->state == SOURCE_DAMAGED)
		return capture_damage_short(damage, p->source, "a record");
	if (status == PCAP_ERROR_BREAK)
		return CAPTURE_END;
	return capture_damage_note(damage, p->source, offset, "%s",
		status == 1 ? "a frame is too long" : pcap_geterr(p->pcap));
}

void
capture_pcap_close(struct capture_pcap *p)
{
	if (!p)
		return;
	pcap_close(p->pcap);
	free(p);
}

/* --- filters -------------------------------------------------------------------------
 */

struct capture_pcap_program *
capture_pcap_compile(
	const char *expr, uint32_t linktype, char error[CAPTURE_PCAP_ERROR_MAX])
{
	struct capture_pcap_program *p = calloc(1, sizeof(*p));
	pcap_t *dead = pcap_open_dead(dlt_of(linktype), (int)CAPTURE_FRAME_MAX);

	if (!p || !dead) {
		snprintf(error, CAPTURE_PCAP_ERROR_MAX, "no memory");
		goto fail;
	}
	if (pcap_compile(dead, &p->code, expr, 1, PCAP_NETMASK_UNKNOWN) == -1) {
		snprintf(error, CAPTURE_PCAP_ERROR_MAX, "%s", pcap_geterr(dead));
		goto fail;
	}
	pcap_close(dead);
	return p;
fail:
	if (dead)
		pcap_close(dead);
	free(p);
	return NULL;
}

bool
capture_pcap_match(
	const struct capture_pcap_program *p, const struct capture_frame *frame)
{
	struct pcap_pkthdr h = {
		.caplen = (bpf_u_int32)frame->octets.len, .len = frame->wire_len};

	return pcap_offline_filter(&p->code, &h, frame->octets.at) != 0;
}

void
capture_pcap_program_free(struct capture_pcap_program *p)
{
	if (!p)
		return;
	pcap_freecode(&p->code);
	free(p);
}

/* --- live ------------------------------------------------------------------------ */

struct capture_pcap_live {
	pcap_t *pcap;
	uint32_t linktype;
	uint32_t ns; /* of a unit of the time stamps' second half */
	uint32_t dropped;
};

static int
say(pcap_t *p, int status, char error[CAPTURE_PCAP_ERROR_MAX])
{
	const char *more = p ? pcap_geterr(p) : "";

	if (status >= 0)
		return 0;
	snprintf(error, CAPTURE_PCAP_ERROR_MAX, "%s%s%s", pcap_statustostr(status),
		*more ? ": " : "", more);
	return -1;
}

static void
set_options(pcap_t *p, const struct capture_pcap_live_options *o)
{
	int buffer = o->buffer > INT32_MAX ? INT32_MAX : (int)o->buffer;

	pcap_set_snaplen(p, (int)o->snap);
	pcap_set_promisc(p, o->promiscuous);
	pcap_set_timeout(p, (int)o->timeout_ms);
	pcap_set_buffer_size(p, buffer);
	pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
}

static int
activate(pcap_t *p, const struct capture_pcap_live_options *o,
	char error[CAPTURE_PCAP_ERROR_MAX])
{
	struct bpf_program code;
	int status;

	set_options(p, o);
	if (say(p, pcap_activate(p), error) != 0 || pcap_setnonblock(p, 1, error) != 0)
		return -1;
	if (say(p, pcap_compile(p, &code, o->filter, 1, PCAP_NETMASK_UNKNOWN), error) !=
		0)
		return -1;
	status = pcap_setfilter(p, &code);
	pcap_freecode(&code);
	return say(p, status, error);
}

struct capture_pcap_live *
capture_pcap_live_open(
	const struct capture_pcap_live_options *o, char error[CAPTURE_PCAP_ERROR_MAX])
{
	struct capture_pcap_live *p = calloc(1, sizeof(*p));
	bool nano;

	if (!p) {
		snprintf(error, CAPTURE_PCAP_ERROR_MAX, "no memory");
		return NULL;
	}
	p->pcap = pcap_create(o->interface, error);
	if (!p->pcap || activate(p->pcap, o, error) != 0) {
		capture_pcap_live_close(p);
		return NULL;
	}
	nano = pcap_get_tstamp_precision(p->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	p->ns = nano ? 1 : 1000;
	p->linktype = linktype_of(pcap_datalink(p->pcap));
	return p;
}

enum capture_status
capture_pcap_live_next(struct capture_pcap_live *p, struct capture_frame *out,
	char error[CAPTURE_PCAP_ERROR_MAX])
{
	struct pcap_pkthdr *h;
	const u_char *data;
	int status = pcap_next_ex(p->pcap, &h, &data);

	if (status == 0)
		return CAPTURE_IDLE;
	if (status != 1) {
		snprintf(error, CAPTURE_PCAP_ERROR_MAX, "%s", pcap_geterr(p->pcap));
		return CAPTURE_ERROR;
	}
	*out = (struct capture_frame){
		.octets = span_of(data, h->caplen),
		.wire_len = h->len > h->caplen ? h->len : h->caplen,
		.linktype = p->linktype,
		.at.ns = (uint64_t)h->ts.tv_sec * 1000000000u +
			 (uint64_t)h->ts.tv_usec * p->ns,
	};
	return CAPTURE_FRAME;
}

int
capture_pcap_live_descriptor(const struct capture_pcap_live *p)
{
	return pcap_get_selectable_fd(p->pcap);
}

/* libpcap counts in 32 bits, so that only differences tell. */
uint32_t
capture_pcap_live_dropped(struct capture_pcap_live *p)
{
	struct pcap_stat s;
	uint32_t before = p->dropped;

	if (pcap_stats(p->pcap, &s) != 0)
		return 0;
	p->dropped = s.ps_drop;
	return p->dropped - before;
}

void
capture_pcap_live_close(struct capture_pcap_live *p)
{
	if (!p)
		return;
	if (p->pcap)
		pcap_close(p->pcap);
	free(p);
}
