/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of DNS over TCP to messages: each has its length before it (RFC 1035
 * 4.2.2, RFC 7766 8).
 *
 * A message that lies whole in the input is lent from there; one that is cut is kept in
 * the room that the caller has lent. One longer than the room is given with its head,
 * which dns_message reads as far as it goes.
 */
#ifndef DNS_STREAM_H
#define DNS_STREAM_H

#include "dissect.h"

struct dns_stream {
	uint8_t header_used;
	uint8_t header[2];
	bool lost;	 /* where a message begins is no longer known */
	bool damaged;	 /* a hole lies inside the message in hand */
	uint16_t length; /* of the message in hand */
	uint16_t seen;	 /* octets of it so far */
	uint16_t kept;	 /* of these in room */
	uint16_t room_size;
	uint8_t *room;
};

/* size octets at room (may be NULL and 0) are the stream's from now on. */
void dns_stream_reset(struct dns_stream *s, uint8_t *room, uint16_t size);

/*
 * Takes one message off the front of *in. DIS_OK: *message is set, valid until the next
 * call, and *length is what it should have: larger when it is cut. DIS_MORE: all of *in
 * was taken. DIS_BAD: the stream is lost, *in is taken.
 */
enum dis_status dns_stream_next(
	struct dns_stream *s, struct span *in, struct span *message, uint16_t *length);

/*
 * octets are missing here (0: unknown how many). True: they lie inside one message, which
 * is cut there, or lost if it ends there. False: the stream is lost until its end.
 */
bool dns_stream_gap(struct dns_stream *s, uint64_t octets);

#endif
