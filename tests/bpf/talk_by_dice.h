/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what is withheld: a conversation by dice, as segments, with messages of
 * all kinds and what looks like their end; and a pipeline that reads it.
 */
#ifndef TALK_BY_DICE_H
#define TALK_BY_DICE_H

#include <stdio.h>
#include <stdlib.h>

#include "sensor/pipeline.h"
#include "tests/unit/feed.h"
#include "tests/unit/frames.h"

#define SEGMENTS_MAX 6000u
#define OCTETS_MAX   (4u << 20)

#define FIN 0x01
#define SYN 0x02
#define ACK 0x10
#define PSH 0x18

struct segment {
	uint64_t ns;
	uint32_t seq, ack;
	uint32_t at, len; /* in octets */
	uint8_t flags;
	uint8_t dir;
	uint8_t words; /* of 32 bits, of TCP's header, where it lies; 0: it does not */
};

static struct segment segment[SEGMENTS_MAX];
static size_t segments;
static uint8_t octets[OCTETS_MAX];
static size_t used;
static uint32_t next_seq[2];
static uint64_t now;
static uint64_t seed;
static struct frame frame;
static unsigned server_port = 25;

static inline uint32_t
dice(uint32_t sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % sides;
}

/* --- a conversation ---------------------------------------------------------------- */

static inline void
add(unsigned dir, size_t at, size_t len, uint8_t flags)
{
	assert_true(segments < SEGMENTS_MAX);
	now += 1000u * dice(900);
	segment[segments++] = (struct segment){.ns = now,
		.seq = next_seq[dir],
		.ack = flags == SYN ? 0 : next_seq[!dir],
		.at = (uint32_t)at,
		.len = (uint32_t)len,
		.flags = flags,
		.dir = (uint8_t)dir};
	next_seq[dir] += (uint32_t)len + ((flags & (SYN | FIN)) != 0);
}

static inline size_t
keep(const void *text, size_t len)
{
	assert_true(used + len <= OCTETS_MAX);
	memcpy(octets + used, text, len);
	used += len;
	return used - len;
}

static inline void
says(unsigned dir, const char *text)
{
	add(dir, keep(text, strlen(text)), strlen(text), PSH);
}

/* What stands from..used goes out of the client in segments, acknowledged now and then.
 */
static inline void
send_from(size_t from, uint32_t size)
{
	while (from < used) {
		uint32_t n = dice(8) ? size : 1 + dice(size);

		n = n < used - from ? n : (uint32_t)(used - from);
		add(DIS_CLIENT, from, n, ACK);
		from += n;
		if (dice(2))
			add(DIS_SERVER, 0, 0, ACK);
	}
}

static inline void
put(const char *text)
{
	keep(text, strlen(text));
}

static inline void
put_base64(size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[dice(52)];

		if (i % 78 == 76)
			c = '\r';
		if (i % 78 == 77)
			c = '\n';
		keep(&c, 1);
	}
	put("\r\n");
}

static inline void
put_text(size_t len)
{
	while (len-- > 0)
		switch (dice(400)) {
		case 0:
			put("\r\n..stuffed ");
			break;
		case 1:
			put("\r\n.one dot ");
			break;
		case 2:
		case 3:
		case 4:
		case 5:
			put("\r\n");
			break;
		case 6:
		case 7:
			put(". ");
			break;
		case 8:
			put(dice(40) ? "a" : "\n.\n");
			break;
		default:
			put("a");
			break;
		}
	put("\r\n");
}

static inline void
put_nasty(size_t len)
{
	static const char of[] = {'.', '\r', '\n', '\0', 'a', 'b'};

	while (len-- > 0) {
		char c = dice(200) ? 'x' : of[dice(6)];

		keep(&c, 1);
		if (c == '\r' && dice(2))
			put("\n.");
		if (c == '\n' && dice(2))
			put(dice(2) ? ".\n" : ".\r");
	}
	put("\r\n");
}

static const char *const alike[] = {
	"\n.\n", "\n.\r\n", "\r\n.\n", "\r.\r", "\r\n.\r", "\r\n\0.\r\n"};

static inline void
put_body(void)
{
	size_t len = 200u + dice(dice(3) ? 120000 : 9000);

	put("Message-ID: <1@shop.test>\r\nSubject: s\r\n\r\n");
	switch (dice(4)) {
	case 0:
		put_text(len / 4);
		break;
	case 1:
		put_nasty(len / 4);
		break;
	case 2:
		put_base64(len);
		put(alike[dice(6)]);
		put("MAIL FROM:<smuggled@shop.test>\r\nRCPT "
		    "TO:<v@victim.test>\r\nDATA\r\n");
		put_base64(len / 2);
		break;
	default:
		put_base64(len);
		break;
	}
}

static inline uint32_t
segment_size(void)
{
	static const uint32_t sizes[] = {1448, 1448, 1200, 536, 97};

	return sizes[dice(5)];
}

static inline void
message_by_data(void)
{
	size_t from;

	says(DIS_CLIENT, "MAIL FROM:<x@shop.test>\r\n");
	says(DIS_SERVER, "250 2.1.0 Ok\r\n");
	says(DIS_CLIENT, "RCPT TO:<a@victim.test>\r\n");
	says(DIS_SERVER, "250 2.1.5 Ok\r\n");
	says(DIS_CLIENT, "DATA\r\n");
	says(DIS_SERVER, "354 go\r\n");
	from = used;
	put_body();
	if (!dice(6)) {
		/* The server has had enough, and says so amid the message. */
		send_from(from, segment_size());
		says(DIS_SERVER, "452 4.3.1 Disk full\r\n");
		from = used;
		put_base64(dice(20000));
	}
	put(".\r\n");
	/* The next command may follow at once (RFC 2920 3.1). */
	if (dice(2))
		put("RSET\r\n");
	send_from(from, segment_size());
	says(DIS_SERVER, "250 2.0.0 Ok: queued as 4XyZ\r\n");
}

static inline void
message_by_chunks(void)
{
	char line[64];
	size_t from;

	says(DIS_CLIENT, "MAIL FROM:<x@shop.test>\r\n");
	says(DIS_SERVER, "250 2.1.0 Ok\r\n");
	says(DIS_CLIENT, "RCPT TO:<a@victim.test>\r\n");
	says(DIS_SERVER, "250 2.1.5 Ok\r\n");
	for (unsigned left = 1 + dice(4); left-- > 0;) {
		size_t size;

		from = used;
		put_body();
		size = used - from;
		used = from;
		snprintf(line, sizeof(line), "BDAT %zu%s\r\n", size, left ? "" : " LAST");
		memmove(octets + from + strlen(line), octets + from, size);
		memcpy(octets + from, line, strlen(line));
		used = from + strlen(line) + size;
		send_from(from, segment_size());
		says(DIS_SERVER, "250 2.0.0 Ok: queued as 5AbC\r\n");
	}
}

static inline void
make_conversation(void)
{
	segments = 0;
	used = 0;
	now = UINT64_C(1700000000) * 1000000000;
	/* Sequence numbers wrap in some. */
	next_seq[DIS_CLIENT] = dice(2) ? 0u - dice(100000) : dice(1u << 30);
	next_seq[DIS_SERVER] = dice(1u << 30);
	add(DIS_CLIENT, 0, 0, SYN);
	add(DIS_SERVER, 0, 0, SYN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
	says(DIS_SERVER, "220 mail.corp.test ESMTP Postfix\r\n");
	says(DIS_CLIENT, "EHLO c.test\r\n");
	says(DIS_SERVER, "250-mail.corp.test\r\n250-CHUNKING\r\n250 PIPELINING\r\n");
	for (unsigned left = 1 + dice(3); left-- > 0;) {
		if (dice(3))
			message_by_data();
		else
			message_by_chunks();
	}
	says(DIS_CLIENT, "QUIT\r\n");
	says(DIS_SERVER, "221 bye\r\n");
	add(DIS_CLIENT, 0, 0, FIN | ACK);
	add(DIS_SERVER, 0, 0, FIN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
}

static inline void
swap(size_t i)
{
	struct segment s = segment[i];
	uint64_t ns = segment[i].ns;

	segment[i] = segment[i + 1];
	segment[i].ns = ns;
	s.ns = segment[i + 1].ns;
	segment[i + 1] = s;
}

static inline void
insert_copy(size_t of, size_t at)
{
	if (segments == SEGMENTS_MAX)
		return;
	memmove(&segment[at + 1], &segment[at], (segments - at) * sizeof(*segment));
	segments++;
	segment[at] = segment[of];
	segment[at].ns = segment[at - 1].ns + 1;
}

/* Client's segments with payload, one in so many. */
static inline void
disturb(uint32_t swaps, uint32_t copies, uint32_t losses)
{
	for (size_t i = 8; i + 12 < segments; i++) {
		if (segment[i].dir != DIS_CLIENT || !segment[i].len)
			continue;
		if (swaps && !dice(swaps) && segment[i + 1].dir == DIS_CLIENT)
			swap(i);
		if (copies && !dice(copies))
			insert_copy(i, i + 1 + dice(10));
		if (losses && !dice(losses)) {
			memmove(&segment[i], &segment[i + 1],
				(segments - i - 1) * sizeof(*segment));
			segments--;
		}
	}
}

/* --- a reader ---------------------------------------------------------------------- */

struct reader {
	struct config config;
	struct record_files files;
	struct pipeline *p;
	FILE *records;
	char *text;
	size_t len;
};

static inline void
reader_open(struct reader *r)
{
	memset(r, 0, sizeof(*r));
	config_init(&r->config);
	record_files_init(&r->files);
	record_files_add(&r->files, SPAN_LITERAL("b0"));
	r->records = open_memstream(&r->text, &r->len);
	assert_non_null(r->records);
	r->p = pipeline_new(&r->config, &r->files, NULL, r->records);
}

static inline void
reader_end(struct reader *r)
{
	pipeline_drain(r->p);
	fflush(r->records);
}

static inline void
reader_close(struct reader *r)
{
	pipeline_free(r->p);
	fclose(r->records);
	free(r->text);
	record_files_free(&r->files);
	config_free(&r->config);
}

static inline void
build(const struct segment *s)
{
	uint8_t *tcp;

	frame_start(&frame, octets + s->at, s->len);
	tcp = frame_tcp(&frame, s->dir == DIS_CLIENT ? 40000 : server_port,
		s->dir == DIS_CLIENT ? server_port : 40000, s->seq, s->ack, s->flags);
	if (s->words)
		tcp[12] = (uint8_t)(s->words << 4);
	if (s->dir == DIS_CLIENT) {
		frame_ipv4(&frame, 1, 2, 6);
	} else {
		static const uint8_t back[8] = {198, 51, 100, 2, 192, 0, 2, 1};

		memcpy(frame_ipv4(&frame, 0, 0, 6) + 12, back, sizeof(back));
	}
	frame_ethernet(&frame, 0x0800);
}

/* As much of it as passed: passed octets at most. */
static inline void
reader_take_cut(struct reader *r, size_t i, uint32_t passed)
{
	struct capture_frame c = {.linktype = 1};

	build(&segment[i]);
	c.octets = span_slice(frame_span(&frame), 0, passed);
	c.wire_len = (uint32_t)frame.len;
	c.trimmed = passed < frame.len;
	c.at = (struct moment){segment[i].ns, 0, (uint32_t)i + 1};
	pipeline_frame(r->p, &c);
}

static inline void
reader_take(struct reader *r, size_t i)
{
	reader_take_cut(r, i, UINT32_MAX);
}

/*
 * When a message is cut off amid what is withheld, the time and frame of its last segment
 * are not known; those before it stand in the record then.
 */
static inline void
leave_out(char *text, const char *from, char end)
{
	for (char *at = text; (at = strstr(at, from));) {
		char *to;

		at += strlen(from);
		to = strchr(at, end);
		assert_non_null(to);
		memmove(at, to, strlen(to) + 1);
	}
}

#endif
