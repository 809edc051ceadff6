/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cipher suites and protocol versions: number to name, and how many octets a suite adds
 * to what it encrypts. From the length of a record that number gives the length of what
 * was said, exactly or within a block. Nothing is decrypted.
 */
#ifndef TLS_SUITE_H
#define TLS_SUITE_H

#include "dissect.h"

/* How a suite protects records. */
enum tls_suite_kind {
	TLS_SUITE_TLS13, /* AEAD, content type inside (RFC 8446 5.2); padding is possible
			  */
	TLS_SUITE_AEAD, /* explicit nonce, if any, and tag (RFC 5288 3, 6655 3, 7905 2) */
	TLS_SUITE_CBC,	/* IV (TLS 1.1 on), MAC and padding (RFC 5246 6.2.3.2) */
	TLS_SUITE_STREAM, /* MAC alone: RC4 and NULL (RFC 5246 6.2.3.1) */
	TLS_SUITE_COUNT
};

struct tls_suite {
	uint16_t id;
	uint8_t kind;	  /* enum tls_suite_kind */
	uint8_t overhead; /* octets added, without CBC's IV and padding */
	uint8_t block;	  /* octets of a block (and of the IV); 0 unless CBC */
	const char *name; /* IANA's */
};

/* NULL if it is none of those known here. Static. */
const struct tls_suite *tls_suite_find(uint16_t id);

/*
 * The octets of plaintext in an encrypted record with a body of length octets, under
 * version (0x0303 is TLS 1.2): at least *least and at most *most. False: no record of
 * this suite has that length. Compression is taken as absent, TLS 1.3 padding too.
 */
bool tls_suite_plain(const struct tls_suite *s, uint16_t version, uint32_t length,
	uint32_t *least, uint32_t *most);

/* "1.2", as records have it; "ssl3" for 0x0300; "" if unknown. Static. */
const char *tls_version_name(uint16_t version);

#endif
