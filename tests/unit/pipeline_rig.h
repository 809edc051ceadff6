/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the pump: turns of TCP between 192.0.2.1 and 198.51.100.2 as frames with
 * fitting numbers, a millisecond apart, and the records that come of them as text.
 */
#ifndef PIPELINE_RIG_H
#define PIPELINE_RIG_H

#include "feed.h"

#include <stdio.h>

#include "frames.h"
#include "sensor/pipeline.h"

struct pump {
	struct config config;
	struct record_files files;
	struct infer *infer;
	struct pipeline *p;
	FILE *records;
	char *text; /* after pump_text() */
	size_t len;
	struct frame frame;
	uint64_t now;
	uint32_t number;
};

/* One connection: client's port, server's port, and what either has sent. */
struct wire {
	unsigned port[2];
	uint32_t seq[2];
};

static inline int
pump_setup(void **state)
{
	static struct pump u;

	memset(&u, 0, sizeof(u));
	config_init(&u.config);
	record_files_init(&u.files);
	record_files_add(&u.files, SPAN_LITERAL("x.pcap"));
	u.infer = infer_new(&u.config);
	u.records = open_memstream(&u.text, &u.len);
	assert_non_null(u.records);
	u.p = pipeline_new(&u.config, &u.files, u.infer, u.records);
	u.now = UINT64_C(1700000000) * 1000000000;
	*state = &u;
	return 0;
}

static inline int
pump_teardown(void **state)
{
	struct pump *u = *state;

	pipeline_free(u->p);
	infer_free(u->infer);
	fclose(u->records);
	free(u->text);
	record_files_free(&u->files);
	config_free(&u->config);
	return 0;
}

/* The frame as built, on Ethernet. */
static inline void
pump_frame(struct pump *u)
{
	struct capture_frame c = {.linktype = 1};

	frame_ethernet(&u->frame, 0x0800);
	u->now += 1000000;
	c.octets = frame_span(&u->frame);
	c.wire_len = (uint32_t)c.octets.len;
	c.at = (struct moment){u->now, 0, ++u->number};
	pipeline_frame(u->p, &c);
}

static inline void
pump_segment(struct pump *u, struct wire *w, enum dis_dir dir, const void *text,
	size_t len, uint8_t flags)
{
	enum dis_dir peer = dir == DIS_CLIENT ? DIS_SERVER : DIS_CLIENT;

	frame_start(&u->frame, text, len);
	frame_tcp(&u->frame, w->port[dir], w->port[peer], w->seq[dir],
		flags == PACKET_TCP_SYN ? 0 : w->seq[peer], flags);
	if (dir == DIS_CLIENT)
		frame_ipv4(&u->frame, 1, 2, 6);
	else {
		uint8_t *h = frame_ipv4(&u->frame, 0, 0, 6);
		static const uint8_t back[8] = {198, 51, 100, 2, 192, 0, 2, 1};

		memcpy(h + 12, back, sizeof(back));
	}
	w->seq[dir] += (uint32_t)len + ((flags & (PACKET_TCP_SYN | PACKET_TCP_FIN)) != 0);
	pump_frame(u);
}

static inline void
pump_open(struct pump *u, struct wire *w, unsigned client, unsigned server)
{
	*w = (struct wire){{client, server}, {1000, 5000}};
	pump_segment(u, w, DIS_CLIENT, NULL, 0, PACKET_TCP_SYN);
	pump_segment(u, w, DIS_SERVER, NULL, 0, PACKET_TCP_SYN | PACKET_TCP_ACK);
	pump_segment(u, w, DIS_CLIENT, NULL, 0, PACKET_TCP_ACK);
}

static inline void
pump_says(struct pump *u, struct wire *w, enum dis_dir dir, const char *text)
{
	pump_segment(u, w, dir, text, strlen(text), PACKET_TCP_ACK | PACKET_TCP_PSH);
}

static inline void
pump_close(struct pump *u, struct wire *w)
{
	pump_segment(u, w, DIS_CLIENT, NULL, 0, PACKET_TCP_ACK | PACKET_TCP_FIN);
	pump_segment(u, w, DIS_SERVER, NULL, 0, PACKET_TCP_ACK | PACKET_TCP_FIN);
	pump_segment(u, w, DIS_CLIENT, NULL, 0, PACKET_TCP_ACK);
}

/* Turns, the server's first. */
static inline void
pump_talk(struct pump *u, struct wire *w, const char *const *turns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pump_says(u, w, i % 2 ? DIS_CLIENT : DIS_SERVER, turns[i]);
}

static const char *const pump_mail[] = {
	"220 mail.corp.test ESMTP Postfix\r\n",
	"EHLO c.test\r\n",
	"250-mail.corp.test\r\n250 PIPELINING\r\n",
	"MAIL FROM:<x@shop.test>\r\n",
	"250 2.1.0 Ok\r\n",
	"RCPT TO:<a@victim.test>\r\n",
	"250 2.1.5 Ok\r\n",
	"DATA\r\n",
	"354 go\r\n",
	"Subject: s\r\n\r\nhello\r\n.\r\n",
	"250 2.0.0 Ok: queued as 4XyZ\r\n",
	"QUIT\r\n",
	"221 bye\r\n",
};
#define PUMP_TURNS (sizeof(pump_mail) / sizeof(*pump_mail))

/* All records so far, a line each. */
static inline const char *
pump_text(struct pump *u)
{
	fflush(u->records);
	return u->text ? u->text : "";
}

static inline size_t
pump_count(struct pump *u, const char *what)
{
	size_t n = 0;

	for (const char *at = pump_text(u); (at = strstr(at, what)); at++)
		n++;
	return n;
}

#endif
