/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_tls_fault.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "sensor/base/escape.h"

/* --- what a certificate says of itself ---------------------------------------------- */

/* The common name, or the whole name where there is none. */
static void
write_name(X509_NAME *name, char *out, size_t room)
{
	char text[256];

	if (X509_NAME_get_text_by_NID(name, NID_commonName, text, sizeof(text)) <= 0)
		X509_NAME_oneline(name, text, sizeof(text));
	escape_text(span_of_text(text), out, room);
}

static size_t
write_alternative(const GENERAL_NAME *g, char *out, size_t room)
{
	char address[INET6_ADDRSTRLEN];
	const ASN1_STRING *v;
	int type, size;

	v = GENERAL_NAME_get0_value(g, &type);
	size = type == GEN_DNS || type == GEN_IPADD ? ASN1_STRING_length(v) : 0;
	if (type == GEN_DNS)
		return escape_text(
			span_of(ASN1_STRING_get0_data(v), (size_t)size), out, room);
	if (type != GEN_IPADD || (size != 4 && size != 16))
		return 0;
	inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(v), address,
		sizeof(address));
	return escape_text(span_of_text(address), out, room);
}

/* "a.example, b.example": as many as there is room for. */
static void
write_alternatives(X509 *x, char *out, size_t room)
{
	GENERAL_NAMES *all = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	size_t at = 0, n;

	out[0] = '\0';
	for (int i = 0; i < sk_GENERAL_NAME_num(all) && at + 3 < room; i++) {
		size_t comma = at ? 2 : 0;

		n = write_alternative(sk_GENERAL_NAME_value(all, i), out + at + comma,
			room - at - comma);
		if (n && comma)
			memcpy(out + at, ", ", 2);
		at += n ? n + comma : 0;
		out[at] = '\0';
	}
	GENERAL_NAMES_free(all);
}

static void
write_date(const ASN1_TIME *t, char *out, size_t room)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1 || !strftime(out, room, "%Y-%m-%d", &tm))
		snprintf(out, room, "unknown");
}

int
sink_tls_fault_note(int ok, X509_STORE_CTX *x)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(x, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct sink_tls_fault *f = ssl ? SSL_get_app_data(ssl) : NULL;
	X509 *at = X509_STORE_CTX_get_current_cert(x);

	if (ok || !f || f->code)
		return ok;
	f->code = X509_STORE_CTX_get_error(x);
	if (!at)
		return ok;
	write_name(X509_get_subject_name(at), f->subject, sizeof(f->subject));
	write_name(X509_get_issuer_name(at), f->issuer, sizeof(f->issuer));
	write_alternatives(at, f->names, sizeof(f->names));
	write_date(f->code == X509_V_ERR_CERT_NOT_YET_VALID ? X509_get0_notBefore(at)
							    : X509_get0_notAfter(at),
		f->until, sizeof(f->until));
	return ok;
}

/* --- the lines ---------------------------------------------------------------------- */

int
sink_tls_fault_file(struct sink *s, const char *key, const char *file)
{
	unsigned long e = ERR_peek_last_error();
	const char *why = ERR_reason_error_string(e);
	char text[100];

	escape_text(span_of_text(file ? file : "the system's"), text, sizeof(text));
	if (ERR_SYSTEM_ERROR(ERR_peek_error()))
		return sink_fail(s, "cannot read %s %s: %s", key, text,
			strerror(ERR_GET_REASON(ERR_peek_error())));
	if (ERR_GET_REASON(e) == X509_R_KEY_VALUES_MISMATCH)
		return sink_fail(s, "key %s does not belong to certificate", text);
	if (ERR_GET_LIB(e) == ERR_LIB_PEM || ERR_GET_LIB(e) == ERR_LIB_X509 ||
		ERR_GET_REASON(e) == ERR_R_PEM_LIB)
		return sink_fail(s,
			"no usable PEM in %s %s; a key may have no pass phrase", key,
			text);
	return sink_fail(s, "%s %s: %s", key, text, why ? why : "cannot be used");
}

static int
tell_certificate(struct sink *s, const struct sink_tls_fault *f, const char *name)
{
	char wanted[100];

	escape_text(span_of_text(name), wanted, sizeof(wanted));
	switch (f->code) {
	case X509_V_ERR_HOSTNAME_MISMATCH:
	case X509_V_ERR_IP_ADDRESS_MISMATCH:
		return sink_fail(s,
			"its certificate is for %s, not for %s; mend it, or set "
			"server_name",
			f->names[0] ? f->names : f->subject, wanted);
	case X509_V_ERR_CERT_HAS_EXPIRED:
		return sink_fail(s, "certificate %s expired on %s; renew it", f->subject,
			f->until);
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return sink_fail(s,
			"certificate %s is valid only from %s; mend it or the "
			"clock here",
			f->subject, f->until);
	case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
	case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
	case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
	case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
		return sink_fail(s,
			"certificate %s by %s is not trusted; set ca to a file "
			"with that authority",
			f->subject, f->issuer);
	default:
		return sink_fail(s, "certificate %s: %s", f->subject,
			X509_verify_cert_error_string(f->code));
	}
}

/* What the peer's alert means for the operator, or NULL. */
static const char *
mend_of(unsigned long e)
{
	switch (ERR_GET_REASON(e)) {
	case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
	case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
		return "; it may want certificate and key";
	case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
	case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
	case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
	case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
		return "; it does not accept our certificate";
	case SSL_R_WRONG_VERSION_NUMBER:
	case SSL_R_HTTP_REQUEST:
		return "; it does not seem to speak TLS at this port";
	case SSL_R_UNSUPPORTED_PROTOCOL:
	case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
		return "; it has to offer TLS 1.2 or later";
	default:
		return "";
	}
}

int
sink_tls_fault_tell(struct sink *s, const struct sink_tls_fault *f, const char *name)
{
	unsigned long e = ERR_peek_last_error();
	int error = errno;
	const char *why;

	if (f->code)
		return tell_certificate(s, f, name);
	why = ERR_reason_error_string(e);
	if (e)
		return sink_fail(s, "TLS handshake failed: %s%s",
			why ? why : "unknown reason", mend_of(e));
	return sink_fail(s, "TLS handshake failed: %s",
		error == ETIMEDOUT ? "no answer; is TLS spoken at this port?"
		: error == ECONNRESET
			? "the collector closed; it may not speak TLS, or refuse us"
			: strerror(error));
}

int
sink_tls_fault_refused(struct sink *s)
{
	unsigned long e = ERR_peek_last_error();
	const char *why = e ? ERR_reason_error_string(e) : NULL;

	return sink_fail(s, "closed right after the TLS handshake%s%s%s", why ? ": " : "",
		why ? why : "",
		why && *mend_of(e) ? mend_of(e)
				   : "; does it permit our certificate's name?");
}
