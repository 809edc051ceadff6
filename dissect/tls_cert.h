/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and dates of the certificate that a server shows in clear (TLS 1.2 and older; RFC
 * 5246 7.4.2, RFC 5280 4.1). Nothing is verified: no signature, no chain, no name. All
 * names are the sender's own words, raw, and may hold any octet, NUL too.
 */
#ifndef TLS_CERT_H
#define TLS_CERT_H

#include "dissect.h"

struct tls_cert {
	struct span subject_cn; /* the last, most specific one; empty if none */
	struct span issuer_cn;
	struct span issuer_o;
	struct span names; /* subjectAltName, see tls_cert_name_next */
	bool has_dates;
	int64_t not_before; /* seconds since 1970-01-01 UTC */
	int64_t not_after;
	bool self_signed; /* issuer and subject are the same octets (RFC 5280 6.1:
			     self-issued) */
};

/*
 * The first certificate in the body of a Certificate message. DIS_OK: *der holds it.
 * DIS_MORE: the body was cut; *der holds its head. DIS_BAD: there is none.
 */
enum dis_status tls_cert_find(struct span body, struct span *der);

/*
 * DIS_OK: read to the end of what is of interest. DIS_MORE: der was cut, what stood
 * before is set. DIS_BAD: not a certificate, or broken inside; what stood before is set.
 */
enum dis_status tls_cert_parse(struct span der, struct tls_cert *out);

/* Takes the next dNSName off *left (first: cert.names). False: no more. */
bool tls_cert_name_next(struct span *left, struct span *name);

#endif
