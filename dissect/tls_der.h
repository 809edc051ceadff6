/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much of DER (X.690 8.1, 10.1) as a certificate needs: one element after the other,
 * and times. No recursion, no copy: an element's body is part of what was handed in.
 * Refuses tags above 30, the indefinite form, and lengths of more than four octets.
 */
#ifndef TLS_DER_H
#define TLS_DER_H

#include "dissect.h"

/* Identifier octets that occur in certificates (RFC 5280 appendix A). */
enum tls_der_tag {
	TLS_DER_BOOLEAN = 0x01,
	TLS_DER_INTEGER = 0x02,
	TLS_DER_OCTETS = 0x04,
	TLS_DER_OID = 0x06,
	TLS_DER_UTC_TIME = 0x17,
	TLS_DER_TIME = 0x18,
	TLS_DER_SEQUENCE = 0x30,
	TLS_DER_SET = 0x31,
	TLS_DER_CONTEXT_2 = 0x82,	      /* [2] IMPLICIT of a primitive type */
	TLS_DER_CONTEXT_CONSTRUCTED_0 = 0xa0, /* [0] EXPLICIT */
	TLS_DER_CONTEXT_CONSTRUCTED_3 = 0xa3  /* [3] EXPLICIT */
};

struct tls_der {
	uint8_t tag;
	bool cut; /* body is the head of an element that goes on beyond the input */
	struct span body;
	struct span whole; /* tag and length octets too */
};

/*
 * The next element of c. False: there is none, or what stands there is none; c->overrun
 * is set then. An element longer than what is left is given with its head and cut set.
 */
bool tls_der_next(struct cursor *c, struct tls_der *out);

/* The same, but false for any other tag, and for an element that is cut. */
bool tls_der_expect(struct cursor *c, enum tls_der_tag tag, struct span *body);

/*
 * UTCTime or GeneralizedTime in the forms of RFC 5280 4.1.2.5 to seconds since
 * 1970-01-01 UTC. False for any other form or tag.
 */
bool tls_der_time(const struct tls_der *element, int64_t *out);

#endif
