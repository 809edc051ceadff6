/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/pcapng_format.h"

#include <stdio.h>
#include <stdlib.h>

#include "sensor/capture/capture_damage.h"
#include "sensor/capture/octet_order.h"
#include "sensor/capture/pcapng_options.h"

/* type(4) total length(4) … total length(4) */
#define BLOCK_HEAD 8u
#define BLOCK_TAIL 4u
#define BLOCK_MIN  (BLOCK_HEAD + BLOCK_TAIL)

/* Octets looked at behind damage: where a block may begin, and room for it. */
#define WINDOW (CAPTURE_RESYNC_MAX + CAPTURE_BLOCK_READ_MAX)

/* Section header: type(4) length(4) byte-order magic(4) major(2) minor(2) section(8). */
#define SECTION_MIN	 (BLOCK_MIN + 16u)
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

/* The section header's type reads the same in both orders. */
enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_SECTION = 0x0a0d0d0a
};

struct block {
	uint32_t type;
	uint32_t total; /* octets of the block, head and tail included */
	struct span body;
};

bool
pcapng_format_magic(struct span head)
{
	return head.len >= 4 && octet_order_u32(head.at, false) == BLOCK_SECTION;
}

void
pcapng_format_init(struct pcapng_format *f, struct source *s)
{
	*f = (struct pcapng_format){.source = s};
}

void
pcapng_format_release(struct pcapng_format *f)
{
	free(f->interface);
	f->interface = NULL;
}

static uint16_t
u16(const struct pcapng_format *f, const uint8_t *p)
{
	return octet_order_u16(p, f->other_order);
}

static uint32_t
u32(const struct pcapng_format *f, const uint8_t *p)
{
	return octet_order_u32(p, f->other_order);
}

/* --- what can go wrong ---------------------------------------------------------------
 */

static bool
is_length(uint32_t total)
{
	return total >= BLOCK_MIN && total <= CAPTURE_BLOCK_MAX && total % 4 == 0;
}

/* Is this a block of a common type, both lengths alike, wholly inside s? */
static bool
is_sound(struct span s, bool other_order)
{
	uint32_t type, total;

	if (s.len < BLOCK_MIN)
		return false;
	type = octet_order_u32(s.at, other_order);
	total = octet_order_u32(s.at + 4, other_order);
	if (!(type >= BLOCK_INTERFACE && type <= BLOCK_ENHANCED) && type != BLOCK_SECTION)
		return false;
	return is_length(total) && total <= s.len &&
	       octet_order_u32(s.at + total - BLOCK_TAIL, other_order) == total;
}

/* Moves the source to the next sound block, if there is one near. */
static bool
resynchronise(struct pcapng_format *f)
{
	struct source *s = f->source;
	struct span window;

	/* Looked at alike however much more lies in the block. */
	source_peek(s, WINDOW);
	window = span_slice(span_of(s->at, source_ready(s)), 0, WINDOW);
	for (size_t i = 1; i <= CAPTURE_RESYNC_MAX && i < window.len; i++) {
		if (!is_sound(span_slice(window, i, window.len), f->other_order))
			continue;
		source_take(s, i);
		return true;
	}
	return false;
}

/* *damage is noted; says in it how it goes on. */
static enum capture_status
after_damage(struct pcapng_format *f, struct capture_damage *damage)
{
	uint64_t offset = source_offset(f->source);
	size_t len = strlen(damage->reason);

	f->stopped = !resynchronise(f);
	if (!f->stopped)
		snprintf(damage->reason + len, sizeof(damage->reason) - len,
			"; %llu octets left out",
			(unsigned long long)(source_offset(f->source) - offset));
	return CAPTURE_DAMAGED;
}

/* Fewer octets than a block's length says, or none at all. */
static enum capture_status
at_end(struct pcapng_format *f, struct capture_damage *damage)
{
	enum capture_status status = capture_damage_short(damage, f->source, "a block");

	if (status == CAPTURE_DAMAGED && f->source->state == SOURCE_END)
		return after_damage(f, damage);
	f->stopped = true;
	return status;
}

/* A sound block with nonsense inside: it has been passed, reading goes on behind it. */
static enum capture_status
bad_body(struct pcapng_format *f, const struct block *b, struct capture_damage *damage,
	const char *reason)
{
	return capture_damage_note(
		damage, f->source, source_offset(f->source) - b->total, "%s", reason);
}

/* --- blocks --------------------------------------------------------------------------
 */

static struct pcapng_interface *
add_interface(struct pcapng_format *f)
{
	struct pcapng_interface *all;

	if (f->interfaces == CAPTURE_INTERFACES_MAX)
		return NULL;
	if (f->interfaces == f->room) {
		uint32_t room = f->room ? 2 * f->room : 4;

		all = realloc(f->interface, room * sizeof(*all));
		if (!all)
			return NULL;
		f->interface = all;
		f->room = room;
	}
	return &f->interface[f->interfaces++];
}

/* linktype(2) reserved(2) snaplen(4) options */
static enum capture_status
read_interface(
	struct pcapng_format *f, const struct block *b, struct capture_damage *damage)
{
	struct pcapng_interface *i;

	i = add_interface(f);
	if (!i)
		return bad_body(f, b, damage, "too many interfaces");
	/* It counts all the same: the numbers of those behind it must not shift. */
	*i = (struct pcapng_interface){.linktype = UINT32_MAX};
	pcapng_time_init(&i->clock);
	if (b->body.len < 8)
		return bad_body(f, b, damage, "an interface block is too short");
	i->linktype = u16(f, b->body.at);
	i->snaplen = u32(f, b->body.at + 4);
	if (!pcapng_options_interface(
		    i, span_slice(b->body, 8, b->body.len), f->other_order))
		return bad_body(f, b, damage, "an interface's options make no sense");
	return CAPTURE_END;
}

/* major(2) minor(2) follow the magic, which has been looked at. */
static enum capture_status
read_section(
	struct pcapng_format *f, const struct block *b, struct capture_damage *damage)
{
	f->section = f->interfaces;
	if (u16(f, b->body.at + 4) != 1)
		return bad_body(
			f, b, damage, "a section of a version not known, read as 1.0");
	return CAPTURE_END;
}

/* What a packet block says of its frame; data may be longer than len. */
struct packet {
	uint32_t interface;
	bool timed;
	uint64_t units; /* of the interface's clock */
	uint32_t len;
	uint32_t wire_len;
	struct span data;
};

static enum capture_status
give(struct pcapng_format *f, const struct block *b, const struct packet *p,
	struct capture_frame *out, struct capture_damage *damage)
{
	const struct pcapng_interface *i;

	if (p->interface >= f->interfaces - f->section)
		return bad_body(f, b, damage, "a frame of an interface not described");
	if (p->len > p->data.len)
		return bad_body(f, b, damage, "a frame is longer than its block");
	i = &f->interface[f->section + p->interface];
	if (p->timed)
		f->last_ns = pcapng_time_ns(&i->clock, p->units);
	out->octets = span_of(p->data.at, p->len);
	out->wire_len = p->wire_len > p->len ? p->wire_len : p->len;
	out->linktype = i->linktype;
	out->interface = f->section + p->interface;
	out->at.ns = f->last_ns;
	return CAPTURE_FRAME;
}

/*
 * Enhanced: interface(4), obsolete: interface(2) drops(2); then both: time high(4) low(4)
 * captured length(4) original length(4) data options.
 */
static enum capture_status
read_packet(struct pcapng_format *f, const struct block *b, struct capture_frame *out,
	struct capture_damage *damage)
{
	const uint8_t *at = b->body.at;
	struct packet p = {.timed = true};

	if (b->body.len < 20)
		return bad_body(f, b, damage, "a packet block is too short");
	p.interface = b->type == BLOCK_PACKET ? u16(f, at) : u32(f, at);
	p.units = (uint64_t)u32(f, at + 4) << 32 | u32(f, at + 8);
	p.len = u32(f, at + 12);
	p.wire_len = u32(f, at + 16);
	p.data = span_of(at + 20, b->body.len - 20);
	return give(f, b, &p, out, damage);
}

/* original length(4) data. Captured is what the first interface's limit leaves of it. */
static enum capture_status
read_simple(struct pcapng_format *f, const struct block *b, struct capture_frame *out,
	struct capture_damage *damage)
{
	struct packet p = {0};
	uint32_t snaplen;

	if (b->body.len < 4)
		return bad_body(f, b, damage, "a packet block is too short");
	p.wire_len = p.len = u32(f, b->body.at);
	p.data = span_of(b->body.at + 4, b->body.len - 4);
	snaplen = f->interfaces > f->section ? f->interface[f->section].snaplen : 0;
	if (snaplen && p.len > snaplen)
		p.len = snaplen;
	/* Some writers give no limit and cut all the same: the block says how much. */
	if (p.len > p.data.len)
		p.len = (uint32_t)p.data.len;
	return give(f, b, &p, out, damage);
}

static bool
is_read(uint32_t type)
{
	return type == BLOCK_SECTION || type == BLOCK_INTERFACE || type == BLOCK_PACKET ||
	       type == BLOCK_SIMPLE || type == BLOCK_ENHANCED;
}

/* CAPTURE_END here only means: no frame in this one, go on. */
static enum capture_status
read_body(struct pcapng_format *f, const struct block *b, struct capture_frame *out,
	struct capture_damage *damage)
{
	switch (b->type) {
	case BLOCK_SECTION:
		return read_section(f, b, damage);
	case BLOCK_INTERFACE:
		return read_interface(f, b, damage);
	case BLOCK_SIMPLE:
		return read_simple(f, b, out, damage);
	default:
		return read_packet(f, b, out, damage);
	}
}

/* --- block after block ---------------------------------------------------------------
 */

/*
 * The head of the next block, still at the source. A section header sets the byte order
 * in which its own length is read.
 */
static enum capture_status
read_head(struct pcapng_format *f, struct block *b, struct capture_damage *damage)
{
	const uint8_t *p = source_peek(f->source, BLOCK_MIN);
	bool section;

	if (!p)
		return at_end(f, damage);
	section = octet_order_u32(p, false) == BLOCK_SECTION;
	if (section) {
		uint32_t magic = octet_order_u32(p + 8, false);

		f->other_order = magic == __builtin_bswap32(BYTE_ORDER_MAGIC);
		if (magic != BYTE_ORDER_MAGIC && !f->other_order) {
			capture_damage_note(damage, f->source, source_offset(f->source),
				"a section header of unknown byte order");
			return after_damage(f, damage);
		}
	}
	b->type = u32(f, p);
	b->total = u32(f, p + 4);
	if (is_length(b->total) && !(section && b->total < SECTION_MIN))
		return CAPTURE_FRAME;
	capture_damage_note(damage, f->source, source_offset(f->source),
		"a block claims %u octets", b->total);
	return after_damage(f, damage);
}

/*
 * A block too long to be held. One with a packet is more likely a broken length: where a
 * sound block stands near, the length is not believed. Else all of it is passed.
 */
static enum capture_status
skip_block(struct pcapng_format *f, const struct block *b, struct capture_damage *damage)
{
	uint64_t offset = source_offset(f->source);

	if (is_read(b->type) && resynchronise(f))
		return capture_damage_note(damage, f->source, offset,
			"a block claims %u octets; %llu octets left out", b->total,
			(unsigned long long)(source_offset(f->source) - offset));
	if (source_skip(f->source, b->total)) {
		if (!is_read(b->type))
			return CAPTURE_END;
		return capture_damage_note(damage, f->source, offset,
			"a block of %u octets is left out", b->total);
	}
	f->stopped = true;
	/* All octets there were have been passed, so it is never the clean end. */
	if (f->source->state != SOURCE_END)
		return capture_damage_short(damage, f->source, "a block");
	return capture_damage_note(
		damage, f->source, offset, "cut short: the file ends inside a block");
}

/* The whole block, passed at the source if its two lengths agree. */
static enum capture_status
read_block(struct pcapng_format *f, struct block *b, struct capture_damage *damage)
{
	const uint8_t *p = source_peek(f->source, b->total);

	if (!p)
		return at_end(f, damage);
	if (u32(f, p + b->total - BLOCK_TAIL) != b->total) {
		capture_damage_note(damage, f->source, source_offset(f->source),
			"a block's two lengths differ: %u and %u", b->total,
			u32(f, p + b->total - BLOCK_TAIL));
		return after_damage(f, damage);
	}
	b->body = span_of(p + BLOCK_HEAD, b->total - BLOCK_MIN);
	source_take(f->source, b->total);
	return CAPTURE_FRAME;
}

/* CAPTURE_END: no frame in this one, go on. */
static enum capture_status
next_block(
	struct pcapng_format *f, struct capture_frame *out, struct capture_damage *damage)
{
	enum capture_status status;
	struct block b;

	status = read_head(f, &b, damage);
	if (status != CAPTURE_FRAME)
		return status;
	if (b.total > CAPTURE_BLOCK_READ_MAX)
		return skip_block(f, &b, damage);
	status = read_block(f, &b, damage);
	if (status != CAPTURE_FRAME || !is_read(b.type))
		return status == CAPTURE_FRAME ? CAPTURE_END : status;
	return read_body(f, &b, out, damage);
}

enum capture_status
pcapng_format_next(
	struct pcapng_format *f, struct capture_frame *out, struct capture_damage *damage)
{
	while (!f->stopped) {
		enum capture_status status = next_block(f, out, damage);

		if (status != CAPTURE_END)
			return status;
	}
	return CAPTURE_END;
}
