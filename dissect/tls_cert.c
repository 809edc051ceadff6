/* SPDX-License-Identifier: Apache-2.0 */
#include "tls_cert.h"
#include "tls_der.h"

/* RFC 5280 appendix A: id-at-commonName, id-at-organizationName, id-ce-subjectAltName. */
#define OID_COMMON_NAME	 SPAN_LITERAL("\x55\x04\x03")
#define OID_ORGANIZATION SPAN_LITERAL("\x55\x04\x0a")
#define OID_ALT_NAME	 SPAN_LITERAL("\x55\x1d\x11")

/* RFC 5246 7.4.2: list length(3), then length(3) and a certificate, more than once. */
enum dis_status
tls_cert_find(struct span body, struct span *der)
{
	struct cursor c = cursor_of(body);
	uint32_t list = dis_u24(&c);
	uint32_t length = dis_u24(&c);
	size_t left = cursor_left(&c);

	*der = SPAN_NONE;
	if (c.overrun)
		return body.len >= 3 && list == 0 ? DIS_BAD : DIS_MORE;
	if (length == 0 || length > list - 3 || list < 3)
		return DIS_BAD;
	*der = cursor_take(&c, length < left ? length : left);
	return length > left ? DIS_MORE : DIS_OK;
}

/* RFC 5280 4.1.2.4: AttributeTypeAndValue ::= SEQUENCE { OID, value }. */
static void
attribute_read(struct span body, struct span *cn, struct span *o)
{
	struct cursor c = cursor_of(body);
	struct tls_der value;
	struct span oid;

	if (!tls_der_expect(&c, TLS_DER_OID, &oid) || !tls_der_next(&c, &value) ||
		value.cut)
		return;
	if (span_equal(oid, OID_COMMON_NAME))
		*cn = value.body;
	if (o && span_equal(oid, OID_ORGANIZATION))
		*o = value.body;
}

/* Name ::= SEQUENCE OF SET OF AttributeTypeAndValue; body is the outermost's. */
static void
name_read(struct span body, struct span *cn, struct span *o)
{
	struct cursor c = cursor_of(body);
	struct span set, attribute;

	while (tls_der_expect(&c, TLS_DER_SET, &set)) {
		struct cursor in_set = cursor_of(set);

		while (tls_der_expect(&in_set, TLS_DER_SEQUENCE, &attribute))
			attribute_read(attribute, cn, o);
	}
}

/* Validity ::= SEQUENCE { notBefore, notAfter }. */
static void
validity_read(struct span body, struct tls_cert *out)
{
	struct cursor c = cursor_of(body);
	struct tls_der from, to;

	if (!tls_der_next(&c, &from) || !tls_der_next(&c, &to))
		return;
	out->has_dates = tls_der_time(&from, &out->not_before) &&
			 tls_der_time(&to, &out->not_after);
}

/* Extension ::= SEQUENCE { OID, BOOLEAN DEFAULT FALSE, OCTET STRING }. */
static void
extension_read(struct span body, struct tls_cert *out)
{
	struct cursor c = cursor_of(body);
	struct tls_der value;
	struct span oid, names;

	if (!tls_der_expect(&c, TLS_DER_OID, &oid) || !span_equal(oid, OID_ALT_NAME))
		return;
	if (!tls_der_next(&c, &value))
		return;
	if (value.tag == TLS_DER_BOOLEAN && !tls_der_next(&c, &value))
		return;
	if (value.tag != TLS_DER_OCTETS || value.cut)
		return;
	c = cursor_of(value.body);
	if (tls_der_expect(&c, TLS_DER_SEQUENCE, &names))
		out->names = names;
}

/* [3] EXPLICIT SEQUENCE OF Extension; what stands before it is passed over. */
static void
extensions_read(struct cursor *c, struct tls_cert *out)
{
	struct cursor inner;
	struct tls_der e;
	struct span extension;

	do {
		if (!tls_der_next(c, &e))
			return;
	} while (e.tag != TLS_DER_CONTEXT_CONSTRUCTED_3);
	inner = cursor_of(e.body);
	if (!tls_der_next(&inner, &e) || e.tag != TLS_DER_SEQUENCE)
		return;
	inner = cursor_of(e.body);
	while (tls_der_expect(&inner, TLS_DER_SEQUENCE, &extension))
		extension_read(extension, out);
}

/*
 * TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity,
 * subject, subjectPublicKeyInfo, [1] [2] unique ids, [3] extensions }. False: it breaks
 * off before subjectPublicKeyInfo has ended.
 */
static bool
body_read(struct cursor *c, struct tls_cert *out)
{
	struct tls_der e, issuer, subject;
	struct span validity, ignored;

	if (!tls_der_next(c, &e))
		return false;
	if (e.tag == TLS_DER_CONTEXT_CONSTRUCTED_0 && !tls_der_next(c, &e))
		return false;
	if (e.tag != TLS_DER_INTEGER || !tls_der_expect(c, TLS_DER_SEQUENCE, &ignored))
		return false;
	if (!tls_der_next(c, &issuer) || issuer.tag != TLS_DER_SEQUENCE || issuer.cut)
		return false;
	name_read(issuer.body, &out->issuer_cn, &out->issuer_o);
	if (!tls_der_expect(c, TLS_DER_SEQUENCE, &validity))
		return false;
	validity_read(validity, out);
	if (!tls_der_next(c, &subject) || subject.tag != TLS_DER_SEQUENCE || subject.cut)
		return false;
	name_read(subject.body, &out->subject_cn, NULL);
	out->self_signed = span_equal(issuer.whole, subject.whole);
	return tls_der_expect(c, TLS_DER_SEQUENCE, &ignored);
}

enum dis_status
tls_cert_parse(struct span der, struct tls_cert *out)
{
	struct cursor c = cursor_of(der);
	struct tls_der outer, tbs;
	bool whole;

	*out = (struct tls_cert){.has_dates = false};
	if (!tls_der_next(&c, &outer))
		return der.len < 6 ? DIS_MORE : DIS_BAD;
	if (outer.tag != TLS_DER_SEQUENCE)
		return DIS_BAD;
	c = cursor_of(outer.body);
	if (!tls_der_next(&c, &tbs))
		return outer.cut ? DIS_MORE : DIS_BAD;
	if (tbs.tag != TLS_DER_SEQUENCE)
		return DIS_BAD;
	c = cursor_of(tbs.body);
	whole = body_read(&c, out);
	if (whole)
		extensions_read(&c, out);
	if (outer.cut)
		return DIS_MORE;
	return whole && !tbs.cut ? DIS_OK : DIS_BAD;
}

/* GeneralName: dNSName is [2] IA5String (RFC 5280 4.2.1.6); others are passed over. */
bool
tls_cert_name_next(struct span *left, struct span *name)
{
	struct cursor c = cursor_of(*left);
	struct tls_der e;

	while (tls_der_next(&c, &e)) {
		if (e.tag != TLS_DER_CONTEXT_2 || e.cut)
			continue;
		*name = e.body;
		*left = span_of(c.at, cursor_left(&c));
		return true;
	}
	*left = SPAN_NONE;
	return false;
}
