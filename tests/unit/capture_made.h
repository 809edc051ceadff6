/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capture files made by tests: octets put together in memory, written to a folder of the
 * test's own. Numbers are written in either byte order.
 */
#ifndef CAPTURE_MADE_H
#define CAPTURE_MADE_H

#include "feed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

struct made {
	uint8_t at[1 << 17];
	size_t len;
	bool big; /* big-endian */
};

static inline void
made_number(struct made *m, uint64_t v, size_t octets)
{
	for (size_t i = 0; i < octets; i++) {
		size_t shift = m->big ? octets - 1 - i : i;

		assert_true(m->len < sizeof(m->at));
		m->at[m->len++] = (uint8_t)(v >> (8 * shift));
	}
}

static inline void
made_octets(struct made *m, const void *from, size_t n)
{
	assert_true(m->len + n <= sizeof(m->at));
	memcpy(m->at + m->len, from, n);
	m->len += n;
}

static inline struct span
made_span(const struct made *m)
{
	return span_of(m->at, m->len);
}

/* --- pcap ----------------------------------------------------------------------------
 */

static inline void
made_pcap(struct made *m, uint32_t magic, uint32_t linktype)
{
	made_number(m, magic, 4);
	made_number(m, 2, 2);
	made_number(m, 4, 2);
	made_number(m, 0, 8);
	made_number(m, 65535, 4);
	made_number(m, linktype, 4);
}

/* A record of n octets, all of them fill. */
static inline void
made_record(struct made *m, uint32_t s, uint32_t fraction, uint32_t n, char fill)
{
	made_number(m, s, 4);
	made_number(m, fraction, 4);
	made_number(m, n, 4);
	made_number(m, n, 4);
	for (uint32_t i = 0; i < n; i++)
		made_octets(m, &fill, 1);
}

/* --- pcapng --------------------------------------------------------------------------
 */

static inline void
made_block(struct made *m, uint32_t type, const struct made *body)
{
	uint32_t total = (uint32_t)(12 + (body->len + 3) / 4 * 4);

	made_number(m, type, 4);
	made_number(m, total, 4);
	made_octets(m, body->at, body->len);
	made_octets(m, "\0\0\0", (4 - body->len % 4) % 4);
	made_number(m, total, 4);
}

static inline void
made_section(struct made *m, uint64_t length)
{
	struct made body = {.big = m->big};

	made_number(&body, 0x1a2b3c4d, 4);
	made_number(&body, 1, 2);
	made_number(&body, 0, 2);
	made_number(&body, length, 8);
	made_block(m, 0x0a0d0d0a, &body);
}

static inline void
made_option(struct made *body, uint16_t code, const void *value, uint16_t n)
{
	made_number(body, code, 2);
	made_number(body, n, 2);
	made_octets(body, value, n);
	made_octets(body, "\0\0\0", (4u - n % 4u) % 4u);
}

/* tsresol 0: no such option. */
static inline void
made_interface(struct made *m, uint16_t linktype, uint32_t snaplen, uint8_t tsresol)
{
	struct made body = {.big = m->big};

	made_number(&body, linktype, 2);
	made_number(&body, 0, 2);
	made_number(&body, snaplen, 4);
	if (tsresol) {
		made_option(&body, 9, &tsresol, 1);
		made_option(&body, 0, "", 0);
	}
	made_block(m, 1, &body);
}

static inline void
made_enhanced(struct made *m, uint32_t interface, uint64_t units, const char *text)
{
	struct made body = {.big = m->big};

	made_number(&body, interface, 4);
	made_number(&body, units >> 32, 4);
	made_number(&body, units & 0xffffffff, 4);
	made_number(&body, strlen(text), 4);
	made_number(&body, strlen(text) + 2, 4);
	made_octets(&body, text, strlen(text));
	made_octets(&body, "\0\0\0", (4 - strlen(text) % 4) % 4);
	made_block(m, 6, &body);
}

/* --- compressed ----------------------------------------------------------------------
 */

/* Appends from as one gzip member. */
static inline void
made_gzip(struct made *m, struct span from)
{
	z_stream z = {0};

	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (z_const Bytef *)from.at;
	z.avail_in = (uInt)from.len;
	z.next_out = m->at + m->len;
	z.avail_out = (uInt)(sizeof(m->at) - m->len);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	m->len = sizeof(m->at) - z.avail_out;
	deflateEnd(&z);
}

/* Appends from as one zstd frame. */
static inline void
made_zstd(struct made *m, struct span from)
{
	size_t n = ZSTD_compress(
		m->at + m->len, sizeof(m->at) - m->len, from.at, from.len, 3);

	assert_false(ZSTD_isError(n));
	m->len += n;
}

/* --- files ---------------------------------------------------------------------------
 */

static inline void
made_write(const char *path, struct span octets)
{
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	if (octets.len)
		assert_int_equal(fwrite(octets.at, 1, octets.len, f), octets.len);
	assert_int_equal(fclose(f), 0);
}

#endif
