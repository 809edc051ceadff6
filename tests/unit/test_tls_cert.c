/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/tls_cert.h"

#include "tls_samples.h"

static void
assert_span(struct span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_true(span_equal(s, span_of_text(text)));
}

static void
a_self_signed_certificate_tells_names_and_dates(void **state)
{
	struct guarded g = guarded_new(cert_self_signed, sizeof(cert_self_signed));
	struct tls_cert c;
	struct span left, name;

	(void)state;
	assert_int_equal(tls_cert_parse(guarded_span(&g), &c), DIS_OK);
	assert_span(c.subject_cn, "mx1.example.org");
	assert_span(c.issuer_cn, "mx1.example.org");
	assert_span(c.issuer_o, "Example Mail");
	assert_true(c.self_signed);
	assert_true(c.has_dates);
	assert_true(c.not_before == 1795477184); /* 2026-11-23 23:39:44 */
	assert_true(c.not_after == 2110837184);	 /* 2036-11-20 23:39:44 */
	left = c.names;
	assert_true(tls_cert_name_next(&left, &name));
	assert_span(name, "mx1.example.org");
	assert_true(tls_cert_name_next(&left, &name));
	assert_span(name, "mail.example.org");
	/* An address stands between. */
	assert_true(tls_cert_name_next(&left, &name));
	assert_span(name, "*.example.net");
	assert_false(tls_cert_name_next(&left, &name));
	assert_false(tls_cert_name_next(&left, &name));
	guarded_free(&g);
}

static void
a_leaf_tells_its_issuer_and_a_date_after_2049(void **state)
{
	struct guarded g = guarded_new(cert_leaf, sizeof(cert_leaf));
	struct tls_cert c;
	struct span left, name;

	(void)state;
	assert_int_equal(tls_cert_parse(guarded_span(&g), &c), DIS_OK);
	assert_span(c.subject_cn, "mx.example.com"); /* the second of two */
	assert_span(c.issuer_cn, "Example Root X1");
	assert_span(c.issuer_o, "Example Trust");
	assert_false(c.self_signed);
	assert_true(c.not_after == 2832277184); /* 2059-10-01 23:39:44, GeneralizedTime */
	left = c.names;				/* its extension is marked critical */
	assert_true(tls_cert_name_next(&left, &name));
	assert_span(name, "mx.example.com");
	assert_false(tls_cert_name_next(&left, &name));
	guarded_free(&g);
}

static void
a_certificate_cut_anywhere_shows_its_head(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(cert_leaf); n++) {
		struct guarded g = guarded_new(cert_leaf, n);
		struct tls_cert c;

		assert_int_equal(tls_cert_parse(guarded_span(&g), &c), DIS_MORE);
		if (c.issuer_cn.len)
			assert_span(c.issuer_cn, "Example Root X1");
		if (c.subject_cn.len)
			assert_span(c.subject_cn, "mx.example.com");
		if (c.has_dates)
			assert_true(c.not_after == 2832277184);
		guarded_free(&g);
	}
}

/* Whatever one octet is changed to, the answer stays within the certificate. */
static void
no_changed_octet_leads_out(void **state)
{
	struct guarded g = guarded_new(cert_leaf, sizeof(cert_leaf));

	(void)state;
	for (size_t i = 0; i < g.len; i++) {
		uint8_t was = g.at[i];

		for (unsigned v = 0; v < 256; v += 5) {
			struct tls_cert c;
			struct span left, name;

			g.at[i] = (uint8_t)v;
			(void)tls_cert_parse(guarded_span(&g), &c);
			left = c.names;
			while (tls_cert_name_next(&left, &name))
				assert_true(name.at + name.len <= g.at + g.len);
		}
		g.at[i] = was;
	}
	guarded_free(&g);
}

static void
what_is_no_certificate_is_bad(void **state)
{
	struct tls_cert c;

	(void)state;
	assert_int_equal(
		tls_cert_parse(SPAN_LITERAL("\x31\x03\x02\x01\x01"), &c), DIS_BAD);
	assert_int_equal(tls_cert_parse(SPAN_LITERAL("\x30\x05\x31\x03\x02\x01\x01"), &c),
		DIS_BAD);
	assert_int_equal(tls_cert_parse(SPAN_LITERAL("\x30\x80\x30\x80\x02\x01\x01"), &c),
		DIS_BAD);
	assert_int_equal(tls_cert_parse(SPAN_LITERAL("\x30\x05\x30\x03\x02\x01\x01"), &c),
		DIS_BAD);
	assert_int_equal(tls_cert_parse(SPAN_NONE, &c), DIS_MORE);
}

static void
the_first_of_a_message_is_found(void **state)
{
	struct span der;

	(void)state;
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x0a\0\0\x03"
						    "abc\0\0\x01z"),
				 &der),
		DIS_OK);
	assert_span(der, "abc");
	/* Cut inside it. */
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x0a\0\0\x03"
						    "ab"),
				 &der),
		DIS_MORE);
	assert_span(der, "ab");
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x0a\0"), &der), DIS_MORE);
	assert_int_equal(der.len, 0);
	/* No certificate at all (a client may say so), an empty one, one beyond the list.
	 */
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\0"), &der), DIS_BAD);
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x03\0\0\0"), &der), DIS_BAD);
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x05\0\0\x03"
						    "abc"),
				 &der),
		DIS_BAD);
	assert_int_equal(tls_cert_find(SPAN_LITERAL("\0\0\x02\0\0\x03"
						    "abc"),
				 &der),
		DIS_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_self_signed_certificate_tells_names_and_dates),
		cmocka_unit_test(a_leaf_tells_its_issuer_and_a_date_after_2049),
		cmocka_unit_test(a_certificate_cut_anywhere_shows_its_head),
		cmocka_unit_test(no_changed_octet_leads_out),
		cmocka_unit_test(what_is_no_certificate_is_bad),
		cmocka_unit_test(the_first_of_a_message_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
