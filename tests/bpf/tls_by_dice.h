/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what is withheld of TLS: real handshakes, and behind them a dialogue of
 * records by dice, of all sizes, whose octets are anything, headers of records as well.
 */
#ifndef TLS_BY_DICE_H
#define TLS_BY_DICE_H

#include "tests/bpf/talk_by_dice.h"
#include "tests/unit/tls_samples.h"

static inline void
put_octets(size_t len)
{
	while (len > 0) {
		uint8_t some[64];
		size_t n = len < sizeof(some) ? len : sizeof(some);

		for (size_t i = 0; i < n; i++)
			some[i] = (uint8_t)dice(256);
		/* What looks like one. */
		if (n >= 5 && !dice(20))
			memcpy(some, (const uint8_t[]){23, 3, 3, (uint8_t)dice(70), 7},
				5);
		keep(some, n);
		len -= n;
	}
}

static inline void
put_record(size_t len)
{
	keep((const uint8_t[]){23, 3, 3, (uint8_t)(len >> 8), (uint8_t)len}, 5);
	put_octets(len);
}

/* Of a mail server's client: what is written at once, in records that are full. */
static inline void
put_records(size_t octets_left, size_t full)
{
	while (octets_left > 0) {
		size_t n = octets_left < full ? octets_left : full;

		put_record(n + 17);
		octets_left -= n;
	}
}

static inline void
server_record(size_t len)
{
	size_t from = used;

	put_record(len);
	add(DIS_SERVER, from, used - from, PSH);
}

static inline void
client_record(size_t len)
{
	size_t from = used;

	put_record(len);
	add(DIS_CLIENT, from, used - from, PSH);
}

static inline void
handshake(const uint8_t *at, size_t len)
{
	while (len > 3) {
		size_t n = (size_t)at[1] << 8 | at[2];
		unsigned dir = at[0] ? DIS_SERVER : DIS_CLIENT;
		size_t from = keep(at + 3, n);

		/* Peers send less than 1,448 octets at a time in these. */
		add(dir, from, n, PSH);
		at += 3 + n;
		len -= 3 + n;
	}
}

/* MAIL, RCPT, DATA, the message, each answered. */
static inline void
tls_message(size_t octets_of, size_t full, uint32_t size)
{
	size_t from;

	client_record(17 + 29);
	server_record(17 + 14);
	client_record(17 + 31);
	server_record(17 + 14);
	client_record(17 + 6);
	server_record(17 + 37);
	from = used;
	put_records(octets_of, full);
	/* The end of data by itself, as some write it. */
	if (dice(2))
		put_record(17 + 3);
	send_from(from, size);
	server_record(17 + 37);
}

static inline void
tls_start(bool implicit)
{
	segments = 0;
	used = 0;
	now = UINT64_C(1700000000) * 1000000000;
	next_seq[DIS_CLIENT] = dice(2) ? 0u - dice(200000) : dice(1u << 30);
	next_seq[DIS_SERVER] = dice(1u << 30);
	server_port = implicit ? 465 : 25;
	add(DIS_CLIENT, 0, 0, SYN);
	add(DIS_SERVER, 0, 0, SYN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
	if (!implicit) {
		says(DIS_SERVER, "220 mail.corp.test ESMTP Postfix\r\n");
		says(DIS_CLIENT, "EHLO c.test\r\n");
		says(DIS_SERVER,
			"250-mail.corp.test\r\n250-STARTTLS\r\n250 8BITMIME\r\n");
		says(DIS_CLIENT, "STARTTLS\r\n");
		says(DIS_SERVER, "220 2.0.0 Ready to start TLS\r\n");
	}
	if (dice(2))
		handshake(handshake_tls12, sizeof(handshake_tls12));
	else
		handshake(handshake_tls13_retry, sizeof(handshake_tls13_retry));
	client_record(17 + 13);
	server_record(17 + 90);
}

static inline void
tls_end(void)
{
	client_record(17 + 6);
	server_record(17 + 15);
	client_record(17 + 2);
	add(DIS_CLIENT, 0, 0, FIN | ACK);
	add(DIS_SERVER, 0, 0, FIN | ACK);
	add(DIS_CLIENT, 0, 0, ACK);
}

static inline void
make_tls_conversation(void)
{
	static const size_t full[] = {16384, 16384, 4096, 8192, 1400, 40};

	tls_start(dice(3) == 0);
	for (unsigned left = 1 + dice(4); left-- > 0;) {
		size_t f = full[dice(6)];
		uint32_t size = segment_size();
		uint32_t most = f < 100 ? 3000 : size * 150;

		tls_message(300 + dice(dice(3) ? most : 3000), f, size);
	}
	tls_end();
}

#endif
