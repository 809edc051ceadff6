/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_hello.h"

#define RANDOM "0123456789abcdef0123456789abcdef"

/* GREASE first in suites, extensions and versions, as browsers send it. */
static const char client[] = "\x03\x03" RANDOM "\x04"
			     "SESS"
			     "\x00\x06\x0a\x0a\x13\x01\xc0\x2f"
			     "\x01\x00"
			     "\x00\x43"
			     "\x1a\x1a\x00\x00"
			     "\x00\x00\x00\x14\x00\x12\x00\x00\x0fmx1.example.org"
			     "\x00\x10\x00\x0e\x00\x0c\x04smtp\x06submit"
			     "\x00\x23\x00\x02tk"
			     "\x00\x2b\x00\x07\x06\xfa\xfa\x03\x04\x03\x03"
			     "\x00\x2a\x00\x00";

static const char server[] = "\x03\x03" RANDOM "\x04"
			     "ECHO"
			     "\xc0\x2f\x00"
			     "\x00\x0d"
			     "\x00\x10\x00\x05\x00\x03\x02h2"
			     "\x00\x16\x00\x00";

#define CLIENT_LEN (sizeof(client) - 1)
#define SERVER_LEN (sizeof(server) - 1)

static void
assert_span(struct span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_true(span_equal(s, span_of_text(text)));
}

static void
a_client_hello_tells_what_was_offered(void **state)
{
	struct guarded g = guarded_new(client, CLIENT_LEN);
	struct tls_client_hello h;
	struct span list, name;
	uint16_t suite;

	(void)state;
	assert_int_equal(tls_client_hello_parse(guarded_span(&g), &h), DIS_OK);
	assert_int_equal(h.legacy_version, 0x0303);
	assert_int_equal(h.version, 0x0304);
	assert_span(h.session_id, "SESS");
	assert_span(h.sni, "mx1.example.org");
	assert_true(h.ticket);
	assert_false(h.psk);
	assert_true(h.early_data);
	list = h.alpn;
	assert_true(tls_alpn_next(&list, &name));
	assert_span(name, "smtp");
	assert_true(tls_alpn_next(&list, &name));
	assert_span(name, "submit");
	assert_false(tls_alpn_next(&list, &name));
	list = h.suites;
	assert_true(tls_offered_suite_next(&list, &suite));
	assert_true(tls_hello_is_grease(suite));
	assert_true(tls_offered_suite_next(&list, &suite));
	assert_int_equal(suite, 0x1301);
	assert_true(tls_offered_suite_next(&list, &suite));
	assert_false(tls_offered_suite_next(&list, &suite));
	guarded_free(&g);
}

/* Before each length or field of its own kind ends, more is wanted; nothing is made up.
 */
static void
a_client_hello_cut_anywhere_wants_more(void **state)
{
	(void)state;
	for (size_t n = 0; n < CLIENT_LEN; n++) {
		struct guarded g = guarded_new(client, n);
		struct tls_client_hello h;
		enum dis_status want = DIS_MORE;

		/* Without extensions a hello may end behind the compression methods. */
		if (n == 2 + 32 + 5 + 8 + 2)
			want = DIS_OK;
		assert_int_equal(tls_client_hello_parse(guarded_span(&g), &h), want);
		if (h.sni.len)
			assert_span(h.sni, "mx1.example.org");
		assert_int_equal(h.sni.len > 0, n >= 79);
		guarded_free(&g);
	}
}

static void
a_server_hello_tells_what_was_chosen(void **state)
{
	struct guarded g = guarded_new(server, SERVER_LEN);
	struct tls_server_hello h;

	(void)state;
	assert_int_equal(tls_server_hello_parse(guarded_span(&g), &h), DIS_OK);
	assert_int_equal(h.version, 0x0303);
	assert_int_equal(h.suite, 0xc02f);
	assert_span(h.session_id, "ECHO");
	assert_span(h.alpn, "h2");
	assert_true(h.encrypt_then_mac);
	assert_false(h.retry);
	assert_false(h.psk);
	guarded_free(&g);
	for (size_t n = 0; n < SERVER_LEN; n++) {
		g = guarded_new(server, n);
		assert_int_equal(tls_server_hello_parse(guarded_span(&g), &h),
			n == 2 + 32 + 5 + 3 ? DIS_OK : DIS_MORE);
		assert_int_equal(h.suite, n >= 2 + 32 + 5 + 2 ? 0xc02f : 0);
		guarded_free(&g);
	}
}

/* RFC 8446 4.1.3: the random that is SHA-256 of "HelloRetryRequest". */
static const char retry[] =
	"\x03\x03"
	"\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
	"\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"
	"\x00\x13\x02\x00"
	"\x00\x0c"
	"\x00\x2b\x00\x02\x03\x04"
	"\x00\x29\x00\x02\x00\x00";

static void
the_real_version_is_in_an_extension(void **state)
{
	struct tls_server_hello h;

	(void)state;
	assert_int_equal(
		tls_server_hello_parse(span_of(retry, sizeof(retry) - 1), &h), DIS_OK);
	assert_true(h.retry);
	assert_int_equal(h.version, 0x0304);
	assert_int_equal(h.suite, 0x1302);
	assert_true(h.psk);
}

static void
lengths_that_lie_are_bad(void **state)
{
	uint8_t copy[CLIENT_LEN + 1];
	struct tls_client_hello h;

	(void)state;
	/* A session id of 33 octets. */
	memcpy(copy, client, CLIENT_LEN);
	copy[34] = 33;
	assert_int_equal(tls_client_hello_parse(span_of(copy, CLIENT_LEN), &h), DIS_BAD);
	assert_int_equal(h.session_id.len, 0);
	/* An odd number of octets of suites. */
	memcpy(copy, client, CLIENT_LEN);
	copy[40] = 5;
	assert_int_equal(tls_client_hello_parse(span_of(copy, CLIENT_LEN), &h), DIS_BAD);
	/* The last extension goes on beyond the block. */
	memcpy(copy, client, CLIENT_LEN);
	copy[CLIENT_LEN - 1] = 1;
	assert_int_equal(tls_client_hello_parse(span_of(copy, CLIENT_LEN), &h), DIS_BAD);
	assert_span(h.sni, "mx1.example.org");
	/* An octet behind the extensions. */
	memcpy(copy, client, CLIENT_LEN);
	copy[CLIENT_LEN] = 0;
	assert_int_equal(
		tls_client_hello_parse(span_of(copy, CLIENT_LEN + 1), &h), DIS_BAD);
	/* A server name longer than its list. */
	memcpy(copy, client, CLIENT_LEN);
	copy[63] = 0x7f;
	assert_int_equal(tls_client_hello_parse(span_of(copy, CLIENT_LEN), &h), DIS_OK);
	assert_int_equal(h.sni.len, 0);
}

static uint64_t
fingerprint(const uint8_t *at)
{
	struct tls_client_hello h;

	(void)tls_client_hello_parse(span_of(at, CLIENT_LEN), &h);
	return tls_hello_fingerprint(&h);
}

static void
the_fingerprint_is_of_habits_alone(void **state)
{
	uint8_t copy[CLIENT_LEN];
	uint64_t was;

	(void)state;
	memcpy(copy, client, CLIENT_LEN);
	was = fingerprint(copy);
	/* Another random, another GREASE, another server: the same client. */
	copy[10] ^= 1;
	copy[41] = copy[42] = 0x2a;
	copy[51] = copy[52] = 0xca;
	copy[70] ^= 1;
	assert_true(fingerprint(copy) == was);
	/* Another suite: another client. */
	copy[44] = 0x02;
	assert_false(fingerprint(copy) == was);
}

static void
grease_is_sixteen_values(void **state)
{
	unsigned count = 0;

	(void)state;
	for (uint32_t v = 0; v <= 0xffff; v++)
		count += tls_hello_is_grease((uint16_t)v);
	assert_int_equal(count, 16);
	assert_true(tls_hello_is_grease(0x0a0a));
	assert_true(tls_hello_is_grease(0xfafa));
	assert_false(tls_hello_is_grease(0x0a1a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_client_hello_tells_what_was_offered),
		cmocka_unit_test(a_client_hello_cut_anywhere_wants_more),
		cmocka_unit_test(a_server_hello_tells_what_was_chosen),
		cmocka_unit_test(the_real_version_is_in_an_extension),
		cmocka_unit_test(lengths_that_lie_are_bad),
		cmocka_unit_test(the_fingerprint_is_of_habits_alone),
		cmocka_unit_test(grease_is_sixteen_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
