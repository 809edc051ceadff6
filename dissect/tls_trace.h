/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shape of a TLS dialogue: who sent records of what type and length, in the order
 * seen. From it, and a suite's overhead, a later reader infers what was said.
 *
 * Memory is fixed. Bulk (a message's body) shares one entry, so a long mail does not push
 * out the dialogue around it; what does not fit is counted and told, never overwritten.
 */
#ifndef TLS_TRACE_H
#define TLS_TRACE_H

#include "dissect.h"
#include "limits.h"

/*
 * Records in a row of one direction and type. Mostly one; more where each had at least
 * TLS_TRACE_BULK octets, or where the turn had used up TLS_TRACE_TURN entries.
 */
struct tls_run {
	uint32_t octets;  /* sum of the bodies' lengths, as on the wire */
	uint16_t records; /* at least 1 */
	uint8_t type;	  /* enum tls_type */
	uint8_t dir : 1;  /* enum dis_dir */
	uint8_t clear : 1;
	uint8_t bulk : 1;
};

struct tls_trace {
	uint16_t used;	 /* entries of at */
	uint16_t turn;	 /* entries since the direction last changed */
	uint32_t beyond; /* records that found no place */
	struct tls_run at[TLS_TRACE_MAX];
};

void tls_trace_reset(struct tls_trace *t);
/* One record: its type, length of its body, and whether it was in clear. */
void tls_trace_insert(
	struct tls_trace *t, enum dis_dir dir, uint8_t type, uint16_t length, bool clear);

#endif
