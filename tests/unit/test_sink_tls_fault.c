/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates are made here, so that they can say of themselves whatever they want. */
#include "sink_rig.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "sensor/output/sink_tls_fault.h"

static struct config_output output = {
	.name = "test", .to = CONFIG_TO_TLS, .host = "siem.example", .port = "6514"};
static struct sink sink = {.output = &output};

static void
assert_says(const char *want)
{
	static const char place[] = "tls to siem.example:6514: ";

	assert_int_equal(strncmp(sink.error, place, sizeof(place) - 1), 0);
	assert_string_equal(sink.error + sizeof(place) - 1, want);
}

/* --- what a certificate says ---------------------------------------------------------
 */

static X509 *
certificate(const char *field, const char *name)
{
	X509 *x = X509_new();

	if (name) {
		X509_NAME_add_entry_by_txt(X509_get_subject_name(x), field, MBSTRING_UTF8,
			(const uint8_t *)name, -1, -1, 0);
		X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN", MBSTRING_UTF8,
			(const uint8_t *)"an authority", -1, -1, 0);
	}
	ASN1_TIME_set_string(X509_getm_notBefore(x), "20310203040506Z");
	ASN1_TIME_set_string(X509_getm_notAfter(x), "20320405060708Z");
	return x;
}

struct alternative {
	int type; /* GEN_DNS, GEN_IPADD, GEN_EMAIL */
	const char *octets;
	int len; /* -1: a text */
};

static void
add_alternatives(X509 *x, const struct alternative *a, size_t count)
{
	GENERAL_NAMES *all = GENERAL_NAMES_new();

	for (size_t i = 0; i < count; i++) {
		GENERAL_NAME *g = GENERAL_NAME_new();
		ASN1_STRING *text = a[i].type == GEN_IPADD
					    ? (ASN1_STRING *)ASN1_OCTET_STRING_new()
					    : (ASN1_STRING *)ASN1_IA5STRING_new();

		ASN1_STRING_set(text, a[i].octets, a[i].len);
		GENERAL_NAME_set0_value(g, a[i].type, text);
		sk_GENERAL_NAME_push(all, g);
	}
	assert_int_equal(X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0), 1);
	GENERAL_NAMES_free(all);
}

/* The verification has come to x and found code. What the callback answers. */
static int
note(struct sink_tls_fault *f, int ok, int code, X509 *x)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(tls);
	X509_STORE_CTX *c = X509_STORE_CTX_new();
	int answer;

	SSL_set_app_data(ssl, f);
	assert_int_equal(X509_STORE_CTX_init(c, NULL, NULL, NULL), 1);
	X509_STORE_CTX_set_ex_data(c, SSL_get_ex_data_X509_STORE_CTX_idx(), ssl);
	X509_STORE_CTX_set_error(c, code);
	X509_STORE_CTX_set_current_cert(c, x);
	answer = sink_tls_fault_note(ok, c);
	X509_STORE_CTX_free(c);
	SSL_free(ssl);
	SSL_CTX_free(tls);
	return answer;
}

static struct sink_tls_fault
fault_of(int code, X509 *x)
{
	struct sink_tls_fault f = {0};

	assert_int_equal(note(&f, 0, code, x), 0);
	X509_free(x);
	return f;
}

static void
the_first_fault_is_noted_and_nothing_is_let_through(void **state)
{
	X509 *first = certificate("CN", "first"), *second = certificate("CN", "second");
	struct sink_tls_fault f = {0};

	(void)state;
	assert_int_equal(note(&f, 1, X509_V_OK, first), 1);
	assert_int_equal(f.code, 0);
	assert_int_equal(note(&f, 0, X509_V_ERR_CERT_HAS_EXPIRED, first), 0);
	assert_int_equal(note(&f, 0, X509_V_ERR_CERT_REVOKED, second), 0);
	assert_int_equal(f.code, X509_V_ERR_CERT_HAS_EXPIRED);
	assert_string_equal(f.subject, "first");
	assert_string_equal(f.issuer, "an authority");
	assert_string_equal(f.until, "2032-04-05");
	assert_string_equal(f.names, "");
	/* Nobody who takes notes, or no certificate: refused all the same. */
	assert_int_equal(note(NULL, 0, X509_V_ERR_CERT_REVOKED, second), 0);
	f = (struct sink_tls_fault){0};
	assert_int_equal(note(&f, 0, X509_V_ERR_UNSPECIFIED, NULL), 0);
	assert_int_equal(f.code, X509_V_ERR_UNSPECIFIED);
	assert_string_equal(f.subject, "");
	X509_free(first);
	X509_free(second);
}

static void
a_name_without_a_common_name_is_told_whole(void **state)
{
	struct sink_tls_fault f =
		fault_of(X509_V_ERR_CERT_HAS_EXPIRED, certificate("O", "A Company"));

	(void)state;
	assert_string_equal(f.subject, "/O=A Company");
	f = fault_of(X509_V_ERR_CERT_HAS_EXPIRED, certificate("CN", NULL));
	assert_string_equal(f.subject, "");
}

/* For the terminal of whoever reads the log. */
static void
hostile_names_are_escaped_and_cut(void **state)
{
	struct sink_tls_fault f =
		fault_of(X509_V_ERR_CERT_HAS_EXPIRED, certificate("CN", "a\x1b[2J\nb"));
	char text[65];

	(void)state;
	assert_string_equal(f.subject, "a\\x1b[2J\\x0ab");
	memset(text, 'n', 64);
	text[64] = '\0';
	f = fault_of(X509_V_ERR_CERT_HAS_EXPIRED, certificate("CN", text));
	assert_in_range(strlen(f.subject), 50, 63);
	assert_int_equal(strspn(f.subject, "n."), strlen(f.subject));
}

static void
alternative_names_are_those_of_hosts(void **state)
{
	static const struct alternative all[] = {
		{GEN_EMAIL, "root@a.example", -1},
		{GEN_DNS, "a.example", -1},
		{GEN_IPADD, "\xc0\x00\x02\x01", 4},
		{GEN_IPADD, "\xc0\x00\x02\x01\x05", 5},
		{GEN_IPADD, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16},
		{GEN_DNS, "", 0},
		{GEN_DNS, "b\n\0.example", 11},
	};
	X509 *x = certificate("CN", "x");

	(void)state;
	add_alternatives(x, all, sizeof(all) / sizeof(*all));
	assert_string_equal(fault_of(X509_V_ERR_HOSTNAME_MISMATCH, x).names,
		"a.example, 192.0.2.1, 2001:db8::1, b\\x0a\\x00.example");
}

/* As many as there is room for, of any length, and no loose comma at the end. */
static void
too_many_alternative_names_end_within_the_room(void **state)
{
	struct alternative all[20];
	char name[100];

	(void)state;
	for (int len = 1; len < 100; len++) {
		X509 *x = certificate("CN", "x");
		struct sink_tls_fault f;
		size_t n;

		memset(name, 'n', sizeof(name));
		for (size_t i = 0; i < 20; i++)
			all[i] = (struct alternative){GEN_DNS, name, len};
		add_alternatives(x, all, 20);
		f = fault_of(X509_V_ERR_HOSTNAME_MISMATCH, x);
		n = strlen(f.names);
		assert_in_range(n, 20, sizeof(f.names) - 1);
		assert_int_equal(strspn(f.names, "n, ."), n);
		assert_int_not_equal(f.names[n - 1], ',');
		assert_int_not_equal(f.names[n - 1], ' ');
		assert_null(strstr(f.names, ", ,"));
	}
}

/* --- the lines -----------------------------------------------------------------------
 */

static void
each_fault_of_a_certificate_is_told_with_its_mend(void **state)
{
	static const struct {
		int code;
		const char *want;
	} cases[] = {
		{X509_V_ERR_HOSTNAME_MISMATCH,
			"its certificate is for a.example, not for mail\\x09.example; "
			"mend it, or set server_name"},
		{X509_V_ERR_IP_ADDRESS_MISMATCH,
			"its certificate is for a.example, not for mail\\x09.example; "
			"mend it, or set server_name"},
		{X509_V_ERR_CERT_HAS_EXPIRED,
			"certificate a.example expired on 2032-04-05; renew it"},
		{X509_V_ERR_CERT_NOT_YET_VALID,
			"certificate a.example is valid only from 2031-02-03; mend it or "
			"the clock here"},
		{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
			"certificate a.example by an authority is not trusted; set ca to "
			"a file with that authority"},
		{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
			"certificate a.example by an authority is not trusted; set ca to "
			"a file with that authority"},
		{X509_V_ERR_CERT_REVOKED, "certificate a.example: certificate revoked"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct sink_tls_fault f =
			fault_of(cases[i].code, certificate("CN", "a.example"));

		assert_int_equal(sink_tls_fault_tell(&sink, &f, "mail\t.example"), -1);
		assert_says(cases[i].want);
	}
}

static void
a_handshake_without_a_word_is_told_by_what_the_system_says(void **state)
{
	static const struct {
		int error;
		const char *want;
	} cases[] = {
		{ETIMEDOUT, "no answer; is TLS spoken at this port?"},
		{ECONNRESET, "the collector closed; it may not speak TLS, or refuse us"},
		{EPIPE, "Broken pipe"},
	};
	struct sink_tls_fault none = {0};
	char want[100];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ERR_clear_error();
		errno = cases[i].error;
		assert_int_equal(sink_tls_fault_tell(&sink, &none, "x"), -1);
		snprintf(want, sizeof(want), "TLS handshake failed: %s", cases[i].want);
		assert_says(want);
	}
}

static void
each_alert_of_the_peer_is_told_with_its_mend(void **state)
{
	static const struct {
		int reason;
		const char *mend;
	} cases[] = {
		{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
			"; it may want certificate and key"},
		{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
			"; it does not accept our certificate"},
		{SSL_R_TLSV1_ALERT_UNKNOWN_CA, "; it does not accept our certificate"},
		{SSL_R_WRONG_VERSION_NUMBER,
			"; it does not seem to speak TLS at this port"},
		{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
			"; it has to offer TLS 1.2 or later"},
		{SSL_R_TLSV1_ALERT_INTERNAL_ERROR, ""},
	};
	struct sink_tls_fault none = {0};
	char want[200];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ERR_clear_error();
		ERR_raise(ERR_LIB_SSL, cases[i].reason);
		assert_int_equal(sink_tls_fault_tell(&sink, &none, "x"), -1);
		snprintf(want, sizeof(want), "TLS handshake failed: %s%s",
			ERR_reason_error_string(ERR_peek_last_error()), cases[i].mend);
		assert_says(want);
		assert_int_equal(sink_tls_fault_refused(&sink), -1);
		snprintf(want, sizeof(want), "closed right after the TLS handshake: %s%s",
			ERR_reason_error_string(ERR_peek_last_error()),
			*cases[i].mend ? cases[i].mend
				       : "; does it permit our certificate's name?");
		assert_says(want);
	}
	ERR_clear_error();
	sink_tls_fault_refused(&sink);
	assert_says("closed right after the TLS handshake; does it permit our "
		    "certificate's name?");
}

/* --- files ---------------------------------------------------------------------------
 */

static void
what_is_wrong_with_a_file_is_told(void **state)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_client_method());
	char want[400], *path = rig_path("no.pem");
	FILE *f;

	(void)state;
	ERR_clear_error();
	assert_int_equal(SSL_CTX_use_certificate_chain_file(tls, path), 0);
	assert_int_equal(sink_tls_fault_file(&sink, "certificate", path), -1);
	snprintf(want, sizeof(want),
		"cannot read certificate %s: No such file or "
		"directory",
		path);
	assert_says(want);

	f = fopen(path, "w");
	fputs("no PEM\n", f);
	fclose(f);
	ERR_clear_error();
	assert_int_equal(SSL_CTX_use_certificate_chain_file(tls, path), 0);
	sink_tls_fault_file(&sink, "certificate", path);
	snprintf(want, sizeof(want),
		"no usable PEM in certificate %s; a key may have no "
		"pass phrase",
		path);
	assert_says(want);

	ERR_clear_error();
	ERR_raise(ERR_LIB_X509, X509_R_KEY_VALUES_MISMATCH);
	sink_tls_fault_file(&sink, "key", "/a\nb");
	assert_says("key /a\\x0ab does not belong to certificate");
	ERR_clear_error();
	sink_tls_fault_file(&sink, "ca", NULL);
	assert_says("ca the system's: cannot be used");
	SSL_CTX_free(tls);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_fault_is_noted_and_nothing_is_let_through),
		cmocka_unit_test(a_name_without_a_common_name_is_told_whole),
		cmocka_unit_test(hostile_names_are_escaped_and_cut),
		cmocka_unit_test(alternative_names_are_those_of_hosts),
		cmocka_unit_test(too_many_alternative_names_end_within_the_room),
		cmocka_unit_test(each_fault_of_a_certificate_is_told_with_its_mend),
		cmocka_unit_test(
			a_handshake_without_a_word_is_told_by_what_the_system_says),
		cmocka_unit_test(each_alert_of_the_peer_is_told_with_its_mend),
		cmocka_unit_test(what_is_wrong_with_a_file_is_told),
	};

	return cmocka_run_group_tests(tests, rig_begin, rig_end);
}
