/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/pcapng_write.h"

/* Section 4 of the draft. */
#define BLOCK_SECTION	0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET	6u
#define BYTE_ORDER	0x1a2b3c4du
#define LENGTH_UNKNOWN	UINT64_MAX

/* Options: 3.5, 4.1, 4.2 */
#define OPTION_COMMENT	    1u
#define OPTION_IF_NAME	    2u
#define OPTION_IF_TSRESOL   9u
#define OPTION_SHB_USERAPPL 4u

#define SMALL_BLOCK 512u

/* A block in the making: everything but packets' octets. */
struct block {
	uint8_t at[SMALL_BLOCK + PCAPNG_COMMENT_MAX];
	size_t len;
};

static size_t
padded(size_t n)
{
	return (n + 3) / 4 * 4;
}

static void
put(struct block *b, const void *octets, size_t n)
{
	memcpy(b->at + b->len, octets, n);
	b->len += n;
}

static void
put16(struct block *b, uint16_t v)
{
	put(b, &v, sizeof(v));
}

static void
put32(struct block *b, uint32_t v)
{
	put(b, &v, sizeof(v));
}

static void
put_option(struct block *b, uint16_t code, struct span value)
{
	static const uint8_t zero[4];

	value = span_slice(value, 0, PCAPNG_COMMENT_MAX);
	put16(b, code);
	put16(b, (uint16_t)value.len);
	if (value.len)
		put(b, value.at, value.len);
	put(b, zero, padded(value.len) - value.len);
}

/* opt_endofopt */
static void
put_end(struct block *b)
{
	put32(b, 0);
}

static void
begin(struct block *b, uint32_t type)
{
	b->len = 0;
	put32(b, type);
	put32(b, 0);
}

/* The length stands at both ends. */
static int
finish(struct block *b, FILE *f, uint64_t *octets)
{
	uint32_t length = (uint32_t)b->len + 4;

	memcpy(b->at + 4, &length, sizeof(length));
	put32(b, length);
	if (fwrite(b->at, 1, b->len, f) != b->len)
		return -1;
	*octets += b->len;
	return 0;
}

int
pcapng_write_section(FILE *f, const char *application, uint64_t *octets)
{
	uint64_t length = LENGTH_UNKNOWN;
	struct block b;

	begin(&b, BLOCK_SECTION);
	put32(&b, BYTE_ORDER);
	put16(&b, 1);
	put16(&b, 0);
	put(&b, &length, sizeof(length));
	put_option(&b, OPTION_SHB_USERAPPL,
		span_slice(span_of_text(application), 0, SMALL_BLOCK / 2));
	put_end(&b);
	return finish(&b, f, octets);
}

int
pcapng_write_interface(FILE *f, uint16_t linktype, const char *name, uint64_t *octets)
{
	static const uint8_t nanoseconds = 9;
	struct block b;

	begin(&b, BLOCK_INTERFACE);
	put16(&b, linktype);
	put16(&b, 0);
	put32(&b, 0); /* no snap length */
	put_option(
		&b, OPTION_IF_NAME, span_slice(span_of_text(name), 0, SMALL_BLOCK / 2));
	put_option(&b, OPTION_IF_TSRESOL, span_of(&nanoseconds, 1));
	put_end(&b);
	return finish(&b, f, octets);
}

static size_t
options_size(struct span comment)
{
	size_t n = comment.len < PCAPNG_COMMENT_MAX ? comment.len : PCAPNG_COMMENT_MAX;

	return n ? 4 + padded(n) + 4 : 0;
}

uint64_t
pcapng_packet_size(const struct pcapng_packet *p)
{
	return 28 + padded(p->octets.len) + options_size(p->comment) + 4;
}

int
pcapng_write_packet(FILE *f, const struct pcapng_packet *p, uint64_t *octets)
{
	static const uint8_t zero[4];
	uint32_t length = (uint32_t)pcapng_packet_size(p);
	size_t pad = padded(p->octets.len) - p->octets.len;
	struct block head, tail = {.len = 0};

	begin(&head, BLOCK_PACKET);
	memcpy(head.at + 4, &length, sizeof(length));
	put32(&head, p->interface);
	put32(&head, (uint32_t)(p->ns >> 32));
	put32(&head, (uint32_t)p->ns);
	put32(&head, (uint32_t)p->octets.len);
	put32(&head, p->wire_len);
	put(&tail, zero, pad);
	if (p->comment.len) {
		put_option(&tail, OPTION_COMMENT, p->comment);
		put_end(&tail);
	}
	put32(&tail, length);
	if (fwrite(head.at, 1, head.len, f) != head.len ||
		fwrite(p->octets.at, 1, p->octets.len, f) != p->octets.len ||
		fwrite(tail.at, 1, tail.len, f) != tail.len)
		return -1;
	*octets += length;
	return 0;
}
