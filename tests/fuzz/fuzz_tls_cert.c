/* SPDX-License-Identifier: Apache-2.0 */
/* A certificate: every span inside the input; a head of it shows nothing else. */
#include <stdlib.h>

#include "dissect/tls_cert.h"
#include "dissect/tls_der.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(truth)                                                                     \
	do {                                                                             \
		if (!(truth))                                                            \
			abort();                                                         \
	} while (0)

static void
check_inside(struct span part, const uint8_t *data, size_t size)
{
	CHECK(part.len == 0 || (part.at >= data && part.at + part.len <= data + size));
}

static void
check_cert(const uint8_t *data, size_t size, struct tls_cert *cert)
{
	struct span left, name;

	(void)tls_cert_parse(span_of(data, size), cert);
	check_inside(cert->subject_cn, data, size);
	check_inside(cert->issuer_cn, data, size);
	check_inside(cert->issuer_o, data, size);
	check_inside(cert->names, data, size);
	left = cert->names;
	while (tls_cert_name_next(&left, &name))
		check_inside(name, data, size);
}

/* What a head of the certificate shows is shown by the whole, too. */
static void
check_head(const uint8_t *data, size_t size, const struct tls_cert *whole)
{
	uint8_t *head = malloc(size ? size : 1);
	struct tls_cert cert;

	CHECK(head);
	if (size)
		memcpy(head, data, size);
	check_cert(head, size, &cert);
	if (cert.issuer_cn.len)
		CHECK(span_equal(cert.issuer_cn, whole->issuer_cn));
	if (cert.subject_cn.len)
		CHECK(span_equal(cert.subject_cn, whole->subject_cn));
	if (cert.has_dates)
		CHECK(whole->has_dates && cert.not_after == whole->not_after);
	free(head);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tls_cert whole, other;
	struct span der;

	check_cert(data, size, &whole);
	for (size_t n = 0; n < size; n += 1 + size / 64)
		check_head(data, n, &whole);
	if (tls_cert_find(span_of(data, size), &der) != DIS_BAD) {
		check_inside(der, data, size);
		check_cert(der.at, der.len, &other);
	}
	return 0;
}
