/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/pcap_format.h"

#include <stdio.h>

#include "dissect/limits.h"
#include "sensor/capture/capture_damage.h"
#include "sensor/capture/octet_order.h"

/* magic(4) major(2) minor(2) zone(4) sigfigs(4) snaplen(4) network(4) */
#define FILE_HEADER 24
/* seconds(4) micro- or nanoseconds(4) captured length(4) original length(4) */
#define RECORD_HEADER 16

#define MAGIC_US 0xa1b2c3d4u
#define MAGIC_NS 0xa1b23c4du

/* The upper bits tell of a frame check sequence; libpcap masks the same way. */
#define LINKTYPE_MASK 0x03ffffffu

#define NS_PER_S  1000000000u
#define NS_PER_US 1000u

/* To resynchronise: sound records in a row that are believed. */
#define CHAIN_WANTED 3
/* Octets looked at: where the first may begin, and room for them. */
#define WINDOW (CAPTURE_RESYNC_MAX + CHAIN_WANTED * 64u * KiB)
/* How far apart, in ns, the times of records are believed to belong together. */
#define CHAIN_TIME (24ull * 3600 * NS_PER_S)

struct record {
	uint64_t ns;
	uint32_t fraction; /* of the time stamp, as it stands in the file */
	uint32_t len;	   /* captured */
	uint32_t wire_len;
};

bool
pcap_format_magic(struct span head)
{
	uint32_t magic;

	if (head.len < 4)
		return false;
	magic = octet_order_u32(head.at, false);
	return magic == MAGIC_US || magic == MAGIC_NS ||
	       magic == __builtin_bswap32(MAGIC_US) ||
	       magic == __builtin_bswap32(MAGIC_NS);
}

enum capture_status
pcap_format_init(struct pcap_format *f, struct source *s, struct capture_damage *damage)
{
	const uint8_t *p = source_peek(s, FILE_HEADER);
	uint32_t magic;
	uint16_t major;

	*f = (struct pcap_format){.source = s};
	if (!p)
		return capture_damage_short(damage, s, "the pcap file header");
	magic = octet_order_u32(p, false);
	f->other_order = magic != MAGIC_US && magic != MAGIC_NS;
	magic = octet_order_u32(p, f->other_order);
	f->ns_per_unit = magic == MAGIC_NS ? 1 : NS_PER_US;
	major = octet_order_u16(p + 4, f->other_order);
	f->minor = octet_order_u16(p + 6, f->other_order);
	if (major != 2)
		return capture_damage_note(
			damage, s, 4, "pcap version %u is not known", major);
	f->linktype = octet_order_u32(p + 20, f->other_order) & LINKTYPE_MASK;
	source_take(s, FILE_HEADER);
	return CAPTURE_FRAME;
}

static void
read_record(const struct pcap_format *f, const uint8_t *p, struct record *r)
{
	uint32_t seconds = octet_order_u32(p, f->other_order);

	r->fraction = octet_order_u32(p + 4, f->other_order);
	/* A fraction of a second or more is carried over: some writers do that. */
	r->ns = (uint64_t)seconds * NS_PER_S + (uint64_t)r->fraction * f->ns_per_unit;
	r->len = octet_order_u32(p + 8, f->other_order);
	r->wire_len = octet_order_u32(p + 12, f->other_order);
	/* Before 2.3 the lengths stood the other way round, in 2.3 they did at times. */
	if (f->minor < 3 || (f->minor == 3 && r->len > r->wire_len)) {
		uint32_t len = r->len;

		r->len = r->wire_len;
		r->wire_len = len;
	}
}

static bool
near_in_time(uint64_t a, uint64_t b)
{
	return (a > b ? a - b : b - a) <= CHAIN_TIME;
}

/* Stricter than what is read in order: here nothing vouches for the place. */
static bool
is_sound(const struct pcap_format *f, const struct record *r, uint64_t ns)
{
	return r->len > 0 && r->len <= CAPTURE_FRAME_MAX && r->wire_len >= r->len &&
	       r->wire_len <= CAPTURE_FRAME_MAX &&
	       r->fraction < NS_PER_S / f->ns_per_unit && near_in_time(r->ns, ns);
}

/* Do sound records follow each other from here on, or up to the very end of the file? */
static bool
is_chain(const struct pcap_format *f, struct span s, bool whole)
{
	uint64_t ns = f->last_ns;

	for (int i = 0; i < CHAIN_WANTED; i++) {
		struct record r;

		if (s.len < RECORD_HEADER)
			return false;
		read_record(f, s.at, &r);
		if (!is_sound(f, &r, ns ? ns : r.ns) || s.len - RECORD_HEADER < r.len)
			return false;
		ns = r.ns;
		s = span_slice(s, RECORD_HEADER + r.len, s.len);
		if (s.len == 0)
			return whole;
	}
	return true;
}

/*
 * Looks for sound records behind a broken one. Moves the source there, or to where
 * nothing is left to hope for.
 */
static void
resynchronise(struct pcap_format *f)
{
	struct source *s = f->source;
	struct span window;
	bool more;

	/* Looked at alike however much more lies in the block. */
	more = source_peek(s, WINDOW + 1) != NULL;
	window = span_slice(span_of(s->at, source_ready(s)), 0, WINDOW);
	for (size_t i = 1; i <= CAPTURE_RESYNC_MAX && i < window.len; i++) {
		struct span rest = span_slice(window, i, window.len);

		if (is_chain(f, rest, !more && s->state == SOURCE_END)) {
			source_take(s, i);
			return;
		}
	}
	f->stopped = true;
}

/* *damage is noted; says in it how it goes on. */
static enum capture_status
after_damage(struct pcap_format *f, struct capture_damage *damage)
{
	uint64_t offset = source_offset(f->source);
	size_t len = strlen(damage->reason);

	resynchronise(f);
	if (f->stopped)
		return CAPTURE_DAMAGED;
	snprintf(damage->reason + len, sizeof(damage->reason) - len,
		"; %llu octets left out",
		(unsigned long long)(source_offset(f->source) - offset));
	return CAPTURE_DAMAGED;
}

/* Fewer octets than wanted: the end, or damage, for good or with sound records behind. */
static enum capture_status
at_end(struct pcap_format *f, const char *what, struct capture_damage *damage)
{
	enum capture_status status = capture_damage_short(damage, f->source, what);

	if (status == CAPTURE_DAMAGED && f->source->state == SOURCE_END)
		return after_damage(f, damage);
	f->stopped = true;
	return status;
}

enum capture_status
pcap_format_next(
	struct pcap_format *f, struct capture_frame *out, struct capture_damage *damage)
{
	const uint8_t *p;
	struct record r;

	if (f->stopped)
		return CAPTURE_END;
	p = source_peek(f->source, RECORD_HEADER);
	if (!p)
		return at_end(f, "a record header", damage);
	read_record(f, p, &r);
	if (r.len > CAPTURE_FRAME_MAX) {
		capture_damage_note(damage, f->source, source_offset(f->source),
			"a record claims %u octets", r.len);
		return after_damage(f, damage);
	}
	p = source_peek(f->source, RECORD_HEADER + r.len);
	if (!p)
		return at_end(f, "a record", damage);
	source_take(f->source, RECORD_HEADER + r.len);
	f->last_ns = r.ns;
	out->octets = span_of(p + RECORD_HEADER, r.len);
	out->wire_len = r.wire_len > r.len ? r.wire_len : r.len;
	out->linktype = f->linktype;
	out->interface = 0;
	out->at.ns = r.ns;
	return CAPTURE_FRAME;
}
