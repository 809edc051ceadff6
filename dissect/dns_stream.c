/* SPDX-License-Identifier: Apache-2.0 */
#include "dns_stream.h"

#define HEADER_SIZE 2

void
dns_stream_reset(struct dns_stream *s, uint8_t *room, uint16_t size)
{
	*s = (struct dns_stream){.room = room, .room_size = room ? size : 0};
}

static struct span
take(struct span *in, size_t n)
{
	struct span front = span_slice(*in, 0, n);

	if (front.len > 0) {
		in->at += front.len;
		in->len -= front.len;
	}
	return front;
}

static bool
header_take(struct dns_stream *s, struct span *in)
{
	struct span part = take(in, (size_t)(HEADER_SIZE - s->header_used));

	if (part.len > 0)
		memcpy(s->header + s->header_used, part.at, part.len);
	s->header_used = (uint8_t)(s->header_used + part.len);
	if (s->header_used < HEADER_SIZE)
		return false;
	s->length = (uint16_t)(s->header[0] << 8 | s->header[1]);
	return true;
}

static void
keep(struct dns_stream *s, struct span part)
{
	size_t free = (size_t)(s->room_size - s->kept);
	size_t n = part.len < free ? part.len : free;

	s->seen = (uint16_t)(s->seen + part.len);
	if (s->damaged || n == 0)
		return;
	memcpy(s->room + s->kept, part.at, n);
	s->kept = (uint16_t)(s->kept + n);
}

static void
start_next(struct dns_stream *s)
{
	s->header_used = 0;
	s->seen = 0;
	s->kept = 0;
	s->damaged = false;
}

enum dis_status
dns_stream_next(
	struct dns_stream *s, struct span *in, struct span *message, uint16_t *length)
{
	if (s->lost) {
		*in = SPAN_NONE;
		return DIS_BAD;
	}
	if (!header_take(s, in))
		return DIS_MORE;
	*length = s->length;
	if (s->seen == 0 && in->len >= s->length) {
		*message = take(in, s->length);
		start_next(s);
		return DIS_OK;
	}
	keep(s, take(in, (size_t)(s->length - s->seen)));
	if (s->seen < s->length)
		return DIS_MORE;
	*message = span_of(s->room, s->kept);
	start_next(s);
	return DIS_OK;
}

bool
dns_stream_gap(struct dns_stream *s, uint64_t octets)
{
	uint64_t left = (uint64_t)(s->length - s->seen);

	if (s->lost || s->header_used < HEADER_SIZE || octets == 0 || octets > left) {
		s->lost = true;
		return false;
	}
	s->seen = (uint16_t)(s->seen + octets);
	s->damaged = true;
	if (octets == left)
		start_next(s);
	return true;
}
