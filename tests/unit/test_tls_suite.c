/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_suite.h"

static void
suites_have_their_iana_names(void **state)
{
	static const struct {
		uint16_t id;
		const char *name;
		enum tls_suite_kind kind;
		uint8_t overhead;
	} cases[] = {
		{0x1301, "TLS_AES_128_GCM_SHA256", TLS_SUITE_TLS13, 17},
		{0x1302, "TLS_AES_256_GCM_SHA384", TLS_SUITE_TLS13, 17},
		{0x1305, "TLS_AES_128_CCM_8_SHA256", TLS_SUITE_TLS13, 9},
		{0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", TLS_SUITE_AEAD, 24},
		{0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", TLS_SUITE_AEAD, 24},
		{0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", TLS_SUITE_AEAD,
			16},
		{0xc0a0, "TLS_RSA_WITH_AES_128_CCM_8", TLS_SUITE_AEAD, 16},
		{0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA", TLS_SUITE_CBC, 20},
		{0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", TLS_SUITE_CBC, 48},
		{0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA", TLS_SUITE_CBC, 20},
		{0x0004, "TLS_RSA_WITH_RC4_128_MD5", TLS_SUITE_STREAM, 16},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct tls_suite *s = tls_suite_find(cases[i].id);

		assert_non_null(s);
		assert_string_equal(s->name, cases[i].name);
		assert_int_equal(s->kind, cases[i].kind);
		assert_int_equal(s->overhead, cases[i].overhead);
	}
	assert_null(tls_suite_find(0x0a0a));
	assert_null(tls_suite_find(0x00ff)); /* a signal, not a suite: RFC 5746 3.3 */
}

/* Lengths as OpenSSL 3.0 sent them for "EHLO client.example.com" CRLF, 25 octets. */
static void
the_plaintexts_length_follows_from_the_records(void **state)
{
	static const struct {
		uint16_t suite, version;
		uint32_t length, least, most;
	} cases[] = {
		{0xc02b, 0x0303, 49, 25, 25},
		{0x1302, 0x0304, 42, 25, 25},
		{0xcca8, 0x0303, 41, 25, 25},
		/* 16 IV + 25 + 20 MAC + 3 padding */
		{0xc00a, 0x0303, 64, 12, 27},
		/* the same without an IV: 48 holds 12 to 27 too */
		{0xc00a, 0x0301, 48, 12, 27},
		/* 8 IV + 25 + 20 MAC + 3 padding */
		{0x000a, 0x0303, 56, 20, 27},
		{0x0005, 0x0303, 45, 25, 25},
		/* the shortest of each */
		{0xc02b, 0x0303, 24, 0, 0},
		{0x002f, 0x0303, 48, 0, 11},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t least = 99, most = 99;

		assert_true(tls_suite_plain(tls_suite_find(cases[i].suite),
			cases[i].version, cases[i].length, &least, &most));
		assert_int_equal(least, cases[i].least);
		assert_int_equal(most, cases[i].most);
	}
}

static void
a_record_shorter_than_its_overhead_has_no_plaintext(void **state)
{
	uint32_t least, most;

	(void)state;
	assert_false(tls_suite_plain(tls_suite_find(0xc02b), 0x0303, 23, &least, &most));
	assert_false(tls_suite_plain(tls_suite_find(0x1301), 0x0304, 16, &least, &most));
	assert_false(tls_suite_plain(tls_suite_find(0x002f), 0x0303, 36, &least, &most));
	assert_false(tls_suite_plain(tls_suite_find(0x0005), 0x0303, 19, &least, &most));
}

static void
versions_have_short_names(void **state)
{
	(void)state;
	assert_string_equal(tls_version_name(0x0002), "ssl2");
	assert_string_equal(tls_version_name(0x0300), "ssl3");
	assert_string_equal(tls_version_name(0x0301), "1.0");
	assert_string_equal(tls_version_name(0x0302), "1.1");
	assert_string_equal(tls_version_name(0x0303), "1.2");
	assert_string_equal(tls_version_name(0x0304), "1.3");
	assert_string_equal(tls_version_name(0x0a0a), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(suites_have_their_iana_names),
		cmocka_unit_test(the_plaintexts_length_follows_from_the_records),
		cmocka_unit_test(a_record_shorter_than_its_overhead_has_no_plaintext),
		cmocka_unit_test(versions_have_short_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
