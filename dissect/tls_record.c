/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_record.h"

#define HEADER_SIZE	    5
#define MESSAGE_HEADER_SIZE 4
#define ALERT_SIZE	    2
/* RFC 5246 E.2: the shortest body has type, version and three lengths. */
#define SSLV2_HELLO_MIN 9

void
tls_record_reset(struct tls_record_reader *r)
{
	*r = (struct tls_record_reader){.started = false};
}

void
tls_record_lend(struct tls_record_reader *r, uint8_t *room, uint32_t size)
{
	if (r->seen > 0)
		r->damaged = true;
	r->kept = 0;
	r->room = room;
	r->room_size = room ? size : 0;
}

bool
tls_record_needs_room(const struct tls_record_reader *r)
{
	return !r->encrypted && r->framing != TLS_FRAMING_LOST;
}

static void
framing_enter(struct tls_record_reader *r, enum tls_framing framing)
{
	r->framing = framing;
}

static void
message_reset(struct tls_record_reader *r)
{
	r->part_used = 0;
	r->seen = 0;
	r->kept = 0;
	r->damaged = false;
}

static void
advance(struct span *in, size_t n)
{
	if (n == 0)
		return;
	in->at += n;
	in->len -= n;
}

/* n octets of the body, at most all of it, were dealt with. */
static void
body_done(struct tls_record_reader *r, struct span *in, size_t n)
{
	advance(in, n);
	r->left = (uint16_t)(r->left - n);
	if (r->left == 0)
		framing_enter(r, TLS_FRAMING_HEADER);
}

/* Fills part up to want octets from the body. False: there were not enough. */
static bool
part_fill(struct tls_record_reader *r, struct span *in, uint8_t want)
{
	struct span body = span_slice(*in, 0, r->left);
	size_t n = (size_t)(want - r->part_used);

	if (n > body.len)
		n = body.len;
	if (n > 0) {
		memcpy(r->part + r->part_used, body.at, n);
		r->part_used = (uint8_t)(r->part_used + n);
		body_done(r, in, n);
	}
	return r->part_used == want;
}

static uint32_t
message_length(const struct tls_record_reader *r)
{
	return (uint32_t)r->part[1] << 16 | (uint32_t)r->part[2] << 8 | r->part[3];
}

static void
message_tell(struct tls_record_reader *r, struct span body, struct tls_event *out)
{
	out->kind = TLS_EVENT_MESSAGE;
	out->message = (struct tls_message){
		.type = r->part[0],
		.length = message_length(r),
		.cut = body.len < message_length(r),
		.body = body,
	};
	message_reset(r);
}

static void
message_keep(struct tls_record_reader *r, struct span octets)
{
	uint32_t free = r->room_size - r->kept;
	uint32_t n = octets.len < free ? (uint32_t)octets.len : free;

	r->seen += (uint32_t)octets.len;
	if (r->damaged || n == 0)
		return;
	memcpy(r->room + r->kept, octets.at, n);
	r->kept += n;
}

/*
 * RFC 8446 4: msg_type(1) length(3) body. One record may hold several, one may lie in
 * several records (5.1). True: a message has ended.
 */
static bool
handshake_take(struct tls_record_reader *r, struct span *in, struct tls_event *out)
{
	struct span part;
	uint32_t length;

	if (!part_fill(r, in, MESSAGE_HEADER_SIZE))
		return false;
	length = message_length(r);
	if (length > TLS_MESSAGE_MAX) {
		message_reset(r);
		r->skip = true;
		return false;
	}
	part = r->framing == TLS_FRAMING_BODY ? span_slice(*in, 0, r->left) : SPAN_NONE;
	if (r->seen == 0 && part.len >= length) {
		part = span_slice(part, 0, length);
		body_done(r, in, part.len);
		message_tell(r, part, out);
		return true;
	}
	part = span_slice(part, 0, length - r->seen);
	if (part.len == 0)
		return false;
	message_keep(r, part);
	body_done(r, in, part.len);
	if (r->seen < length)
		return false;
	message_tell(r, span_of(r->room, r->kept), out);
	return true;
}

/* RFC 8446 6: level(1) description(1). */
static bool
alert_take(struct tls_record_reader *r, struct span *in, struct tls_event *out)
{
	if (!part_fill(r, in, ALERT_SIZE))
		return false;
	out->kind = TLS_EVENT_ALERT;
	out->alert = (struct tls_alert){r->part[0], r->part[1]};
	message_reset(r);
	return true;
}

static bool
body_take(struct tls_record_reader *r, struct span *in, struct tls_event *out)
{
	if (r->skip) {
		body_done(r, in, span_slice(*in, 0, r->left).len);
		return false;
	}
	if (r->type == TLS_TYPE_ALERT)
		return alert_take(r, in, out);
	return handshake_take(r, in, out);
}

/*
 * RFC 5246 E.2: length with its high bit set(2) msg_type(1) version(2) …, where msg_type
 * is 1. Only ever the first thing a client says.
 */
static bool
sslv2_parse(struct tls_record_reader *r, struct tls_record *out)
{
	const uint8_t *h = r->header;
	uint16_t length = (uint16_t)((h[0] & 0x7f) << 8 | h[1]);
	bool known = h[3] == 3 || (h[3] == 0 && h[4] == 2);

	if (r->started || !(h[0] & 0x80) || h[2] != 1 || !known ||
		length < SSLV2_HELLO_MIN)
		return false;
	*out = (struct tls_record){
		.type = TLS_TYPE_HANDSHAKE,
		.version = (uint16_t)(h[3] << 8 | h[4]),
		.length = length,
		.sslv2 = true,
		.clear = true,
	};
	r->skip = true;
	r->left = (uint16_t)(length - 3);
	return true;
}

/* RFC 8446 5.1: type(1) legacy_record_version(2) length(2). */
static bool
header_parse(struct tls_record_reader *r, struct tls_record *out)
{
	struct cursor c = cursor_of(span_of(r->header, HEADER_SIZE));

	*out = (struct tls_record){.type = dis_u8(&c)};
	out->version = dis_u16(&c);
	out->length = dis_u16(&c);
	if (out->type < TLS_TYPE_CHANGE_CIPHER || out->type > TLS_TYPE_HEARTBEAT)
		return false;
	if (out->version >> 8 != 3 || (out->version & 0xff) > 4)
		return false;
	if (out->length > TLS_RECORD_MAX)
		return false;
	r->left = out->length;
	return true;
}

/* What the record in hand changes, and whether its body is of interest. */
static void
record_enter(struct tls_record_reader *r, struct tls_record *out)
{
	bool handshake = out->type == TLS_TYPE_HANDSHAKE;
	bool alert = out->type == TLS_TYPE_ALERT && out->length == ALERT_SIZE;

	/* RFC 8446 5.1: nothing comes between the fragments of a message. */
	if (!handshake)
		message_reset(r);
	out->clear = !r->encrypted && out->type != TLS_TYPE_APPLICATION;
	r->skip = r->encrypted || !(handshake || alert);
	if (out->type == TLS_TYPE_APPLICATION)
		r->encrypted = true;
	if (out->type == TLS_TYPE_CHANGE_CIPHER && !r->dummy)
		r->encrypted = true;
}

static enum dis_status
header_take(struct tls_record_reader *r, struct span *in, struct tls_event *out)
{
	size_t n = (size_t)(HEADER_SIZE - r->used);

	if (n > in->len)
		n = in->len;
	if (n > 0)
		memcpy(r->header + r->used, in->at, n);
	r->used = (uint8_t)(r->used + n);
	advance(in, n);
	if (r->used < HEADER_SIZE)
		return DIS_MORE;
	r->used = 0;
	if (header_parse(r, &out->record)) {
		record_enter(r, &out->record);
	} else if (!sslv2_parse(r, &out->record)) {
		framing_enter(r, TLS_FRAMING_LOST);
		return DIS_BAD;
	}
	out->kind = TLS_EVENT_RECORD;
	r->type = out->record.type;
	r->started = true;
	framing_enter(r, r->left ? TLS_FRAMING_BODY : TLS_FRAMING_HEADER);
	return DIS_OK;
}

enum dis_status
tls_record_next(struct tls_record_reader *r, struct span *in, struct moment at,
	struct tls_event *out)
{
	out->at = at;
	while (r->framing == TLS_FRAMING_BODY) {
		if (in->len == 0)
			return DIS_MORE;
		if (body_take(r, in, out))
			return DIS_OK;
	}
	if (r->framing == TLS_FRAMING_HEADER) {
		enum dis_status status = header_take(r, in, out);

		if (status != DIS_BAD)
			return status;
	}
	*in = SPAN_NONE;
	return DIS_BAD;
}

/* A hole of so many octets inside the body of a handshake record in clear. */
static void
message_gap(struct tls_record_reader *r, uint32_t octets)
{
	bool inside = r->part_used == MESSAGE_HEADER_SIZE;

	if (inside && octets < message_length(r) - r->seen) {
		r->seen += octets;
		r->damaged = true;
		return;
	}
	/* Where the next message begins is unknown; the next record begins one, mostly.
	 */
	message_reset(r);
	r->skip = true;
}

bool
tls_record_gap(struct tls_record_reader *r, uint64_t octets)
{
	if (octets == 0 || r->framing != TLS_FRAMING_BODY || octets > r->left) {
		framing_enter(r, TLS_FRAMING_LOST);
		return false;
	}
	if (!r->skip)
		message_gap(r, (uint32_t)octets);
	r->left = (uint16_t)(r->left - octets);
	if (r->left == 0)
		framing_enter(r, TLS_FRAMING_HEADER);
	return true;
}

bool
tls_record_is_due(const struct tls_record_reader *r)
{
	return r->framing == TLS_FRAMING_HEADER && r->used == 0;
}

bool
tls_record_may_skip(const struct tls_record_reader *r)
{
	return r->framing != TLS_FRAMING_LOST && r->encrypted;
}

void
tls_record_retry(struct tls_record_reader *r)
{
	r->dummy = true;
	r->encrypted = false;
}
