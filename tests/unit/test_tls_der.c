/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_der.h"

static void
elements_are_taken_one_by_one(void **state)
{
	static const char text[] = "\x30\x02xy\x02\x01\x07\x05\x00";
	struct guarded g = guarded_new(text, sizeof(text) - 1);
	struct cursor c = cursor_of(guarded_span(&g));
	struct tls_der e;
	struct span body;

	(void)state;
	assert_true(tls_der_next(&c, &e));
	assert_int_equal(e.tag, TLS_DER_SEQUENCE);
	assert_int_equal(e.body.len, 2);
	assert_int_equal(e.whole.len, 4);
	assert_true(tls_der_expect(&c, TLS_DER_INTEGER, &body));
	assert_int_equal(body.at[0], 7);
	assert_true(tls_der_next(&c, &e));
	assert_int_equal(e.body.len, 0);
	assert_false(tls_der_next(&c, &e));
	guarded_free(&g);
}

static void
lengths_of_all_forms(void **state)
{
	static const struct {
		const char *at;
		size_t len;
		bool good, cut;
		size_t body;
	} cases[] = {
		{"\x04\x01x", 3, true, false, 1},
		{"\x04\x81\x01x", 4, true, false, 1},
		{"\x04\x82\x00\x01x", 5, true, false, 1},
		{"\x04\x84\x00\x00\x00\x01x", 7, true, false, 1},
		{"\x04\x84\xff\xff\xff\xffx", 7, true, true, 1},
		{"\x04\x02x", 3, true, true, 1},
		{"\x04\x80x\x00\x00", 5, false, false, 0},	       /* indefinite */
		{"\x04\x85\x00\x00\x00\x00\x01x", 8, false, false, 0}, /* five octets */
		{"\x1f\x01x", 3, false, false, 0},		       /* a long tag */
		{"\x04", 1, false, false, 0},
		{"\x04\x82\x00", 3, false, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].at, cases[i].len);
		struct cursor c = cursor_of(guarded_span(&g));
		struct tls_der e;

		assert_int_equal(tls_der_next(&c, &e), cases[i].good);
		assert_int_equal(c.overrun, !cases[i].good);
		if (cases[i].good) {
			assert_int_equal(e.cut, cases[i].cut);
			assert_int_equal(e.body.len, cases[i].body);
		}
		guarded_free(&g);
	}
}

static void
another_tag_or_a_cut_is_not_what_was_expected(void **state)
{
	struct cursor c = cursor_of(SPAN_LITERAL("\x04\x01x"));
	struct span body;

	(void)state;
	assert_false(tls_der_expect(&c, TLS_DER_OID, &body));
	assert_true(c.overrun);
	c = cursor_of(SPAN_LITERAL("\x04\x02x"));
	assert_false(tls_der_expect(&c, TLS_DER_OCTETS, &body));
}

/* Expected values by date(1). */
static void
times_are_read_in_both_forms(void **state)
{
	static const struct {
		uint8_t tag;
		const char *text;
		bool good;
		int64_t seconds;
	} cases[] = {
		{TLS_DER_UTC_TIME, "700101000000Z", true, 0},
		{TLS_DER_UTC_TIME, "491231235959Z", true, 2524607999},
		{TLS_DER_UTC_TIME, "500101000000Z", true, -631152000},
		{TLS_DER_UTC_TIME, "240229120000Z", true, 1709208000},
		{TLS_DER_TIME, "20591001233944Z", true, 2832277184},
		{TLS_DER_TIME, "99991231235959Z", true, 253402300799},
		{TLS_DER_TIME, "20000301000000Z", true, 951868800},
		{TLS_DER_TIME, "21000301000000Z", true, 4107542400},
		{TLS_DER_UTC_TIME, "7001010000Z", false, 0},	   /* no seconds */
		{TLS_DER_UTC_TIME, "700101000000", false, 0},	   /* no zone */
		{TLS_DER_UTC_TIME, "700101000000+0100", false, 0}, /* not Z */
		{TLS_DER_UTC_TIME, "701301000000Z", false, 0},	   /* month 13 */
		{TLS_DER_UTC_TIME, "700100000000Z", false, 0},	   /* day 0 */
		{TLS_DER_UTC_TIME, "700101240000Z", false, 0},	   /* hour 24 */
		{TLS_DER_UTC_TIME, "70010100 000Z", false, 0},
		{TLS_DER_TIME, "700101000000Z", false, 0},
		{TLS_DER_OCTETS, "700101000000Z", false, 0},
		{TLS_DER_UTC_TIME, "", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guarded g = guarded_new(cases[i].text, strlen(cases[i].text));
		struct tls_der e = {.tag = cases[i].tag, .body = guarded_span(&g)};
		int64_t got = 0;

		assert_int_equal(tls_der_time(&e, &got), cases[i].good);
		assert_true(got == cases[i].seconds);
		guarded_free(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_are_taken_one_by_one),
		cmocka_unit_test(lengths_of_all_forms),
		cmocka_unit_test(another_tag_or_a_cut_is_not_what_was_expected),
		cmocka_unit_test(times_are_read_in_both_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
