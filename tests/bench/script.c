/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- numbers ----------------------------------------------------------------------- */

/* splitmix64, of public domain: Steele, Lea, Flood, OOPSLA 2014. */
uint64_t
random_next(struct random *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
random_between(struct random *r, uint32_t from, uint32_t to)
{
	return from + (uint32_t)(random_next(r) % ((uint64_t)to - from + 1));
}

bool
random_once_in(struct random *r, uint32_t n)
{
	return random_next(r) % n == 0;
}

uint32_t
random_size(struct random *r, uint32_t from, unsigned doublings)
{
	uint32_t base = from << random_between(r, 0, doublings - 1);

	return random_between(r, base, 2 * base);
}

uint32_t
random_rank(struct random *r, unsigned doublings)
{
	uint32_t base = UINT32_C(1) << random_between(r, 0, doublings - 1);

	return random_between(r, base, 2 * base - 1);
}

/* --- the script -------------------------------------------------------------------- */

static void *
grown(void *at, size_t octets)
{
	at = realloc(at, octets);
	if (!at) {
		perror("make_capture");
		exit(1);
	}
	return at;
}

void
script_reset(struct script *s)
{
	s->len = 0;
	s->turns = 0;
}

void
script_free(struct script *s)
{
	free(s->at);
	free(s->turn);
}

static void
begin_turn(struct script *s, enum side side)
{
	if (s->turns == s->turn_room) {
		s->turn_room = s->turn_room ? 2 * s->turn_room : 32;
		s->turn = grown(s->turn, s->turn_room * sizeof(*s->turn));
	}
	s->turn[s->turns++] = (struct turn){side, s->len};
}

void
script_pause(struct script *s)
{
	if (s->turns)
		begin_turn(s, s->turn[s->turns - 1].side);
}

/* Room for n octets more of that side. */
static uint8_t *
room_for(struct script *s, enum side side, size_t n)
{
	uint8_t *at;

	if (s->turns == 0 || s->turn[s->turns - 1].side != side)
		begin_turn(s, side);
	if (s->len + n > s->room) {
		s->room = 2 * (s->len + n) + 4096;
		s->at = grown(s->at, s->room);
	}
	at = s->at + s->len;
	s->len += n;
	s->turn[s->turns - 1].end = s->len;
	return at;
}

void
script_octets(struct script *s, enum side side, const void *at, size_t n)
{
	memcpy(room_for(s, side, n), at, n);
}

void
script_say(struct script *s, enum side side, const char *format, ...)
{
	char text[2048];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (n > 0)
		script_octets(s, side, text,
			(size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void
script_opaque(struct script *s, enum side side, size_t n, struct random *r)
{
	uint8_t *at = room_for(s, side, n);
	uint64_t word;

	for (; n >= 8; n -= 8, at += 8) {
		word = random_next(r);
		memcpy(at, &word, 8);
	}
	word = random_next(r);
	memcpy(at, &word, n);
}

/* --- TLS --------------------------------------------------------------------------- */

/* RFC 8446 5.1 */
static void
record_head(struct script *s, enum side side, uint8_t type, size_t n)
{
	const uint8_t head[5] = {type, 3, 3, (uint8_t)(n >> 8), (uint8_t)n};

	script_octets(s, side, head, sizeof(head));
}

static void
records(struct script *s, enum side side, size_t n, struct random *r)
{
	while (n) {
		size_t part = n < 16401 ? n : 16401;

		record_head(s, side, 23, part);
		script_opaque(s, side, part, r);
		n -= part;
	}
}

/* RFC 8446 4.1.2, with one suite, server_name and supported_versions. */
static void
client_hello(struct script *s, const char *name, struct random *r)
{
	size_t n = strlen(name), extensions = 9 + n + 7;
	size_t body = 2 + 32 + 1 + 4 + 2 + 2 + extensions;
	const uint8_t head[6] = {1, 0, (uint8_t)(body >> 8), (uint8_t)body, 3, 3};
	const uint8_t middle[11] = {0, 0, 4, 0x13, 1, 0x13, 2, 1, 0,
		(uint8_t)(extensions >> 8), (uint8_t)extensions};
	const uint8_t sni[9] = {
		0, 0, 0, (uint8_t)(n + 5), 0, (uint8_t)(n + 3), 0, 0, (uint8_t)n};
	const uint8_t versions[7] = {0, 43, 0, 3, 2, 3, 4};

	record_head(s, SIDE_CLIENT, 22, body + 4);
	script_octets(s, SIDE_CLIENT, head, sizeof(head));
	script_opaque(s, SIDE_CLIENT, 32, r);
	script_octets(s, SIDE_CLIENT, middle, sizeof(middle));
	script_octets(s, SIDE_CLIENT, sni, sizeof(sni));
	script_octets(s, SIDE_CLIENT, name, n);
	script_octets(s, SIDE_CLIENT, versions, sizeof(versions));
}

/* RFC 8446 4.1.3, choosing TLS 1.3. */
static void
server_hello(struct script *s, struct random *r)
{
	const uint8_t head[6] = {2, 0, 0, 46, 3, 3};
	const uint8_t tail[12] = {0, 0x13, 2, 0, 0, 6, 0, 43, 0, 2, 3, 4};

	record_head(s, SIDE_SERVER, 22, 50);
	script_octets(s, SIDE_SERVER, head, sizeof(head));
	script_opaque(s, SIDE_SERVER, 32, r);
	script_octets(s, SIDE_SERVER, tail, sizeof(tail));
}

void
script_tls(struct script *s, const char *name, size_t up, size_t down, struct random *r)
{
	client_hello(s, name, r);
	server_hello(s, r);
	records(s, SIDE_SERVER, random_between(r, 1500, 4500), r);
	records(s, SIDE_CLIENT, 74, r);
	records(s, SIDE_CLIENT, up, r);
	records(s, SIDE_SERVER, down, r);
}
