/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello and ServerHello (RFC 8446 4.1, RFC 5246 7.4.1): what was offered, what was
 * chosen. Key shares and randoms are not looked at, but for the one random that means
 * HelloRetryRequest. All spans point into the message body that was handed in.
 */
#ifndef TLS_HELLO_H
#define TLS_HELLO_H

#include "dissect.h"

struct tls_client_hello {
	uint16_t legacy_version;
	uint16_t version;	/* the highest offered, by supported_versions if there */
	struct span session_id; /* at most 32 octets */
	struct span suites;	/* two octets each, big-endian, GREASE included */
	struct span extensions; /* see tls_extension_next */
	struct span sni;	/* first host_name, as sent (RFC 6066 3) */
	struct span alpn;	/* see tls_alpn_next */
	bool ticket;		/* a session ticket is presented (RFC 5077 3.2) */
	bool psk;		/* pre_shared_key (RFC 8446 4.2.11): wants to resume */
	bool early_data;
};

struct tls_server_hello {
	uint16_t version; /* by supported_versions if there */
	uint16_t suite;
	struct span session_id;
	struct span extensions;
	struct span alpn; /* the one protocol chosen; TLS 1.3 hides it */
	bool retry;	  /* it is a HelloRetryRequest */
	bool psk;	  /* a pre-shared key was chosen (RFC 8446 4.2.11): resumed */
	bool encrypt_then_mac; /* RFC 7366 */
};

struct tls_extension {
	uint16_t type;
	struct span data;
};

/*
 * body: a handshake message of that type, without its four octets of header. DIS_OK: it
 * was well formed. DIS_MORE: it ended before its structure did. DIS_BAD: a length in it
 * lies. In the last two cases what stood before is set, the rest is zero.
 */
enum dis_status tls_client_hello_parse(struct span body, struct tls_client_hello *out);
enum dis_status tls_server_hello_parse(struct span body, struct tls_server_hello *out);

/* Takes one extension off the front of *left. False: the end, or what is left is broken.
 */
bool tls_extension_next(struct span *left, struct tls_extension *out);
/* The same for one protocol's name. */
bool tls_alpn_next(struct span *left, struct span *name);
/* The same for one cipher suite. */
bool tls_offered_suite_next(struct span *left, uint16_t *suite);

/* RFC 8701: values that mean nothing and change at random. */
bool tls_hello_is_grease(uint16_t value);

/*
 * A number that is equal for equal client software and settings: FNV-1a over the legacy
 * version, the suites, the extensions' types in the order sent, and ALPN; not over
 * GREASE, nor over what depends on the server called or on a session to resume. It is no
 * defence against who wants to look alike.
 */
uint64_t tls_hello_fingerprint(const struct tls_client_hello *hello);

#endif
