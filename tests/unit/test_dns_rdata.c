/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/dns_rdata.h"

/* A message of header, question "example.org" at 12, and one answer with that data. */
struct made {
	struct guarded g;
	struct dns_message m;
	struct dns_record r;
};

static void
make(struct made *t, uint16_t type, const char *data, size_t len)
{
	uint8_t octets[512] = "\0\1\x81\x80\0\1\0\1\0\0\0\0"
			      "\7example\3org\0\0\1\0\1"
			      "\xc0\x0c\0\0\0\1\0\0\0\1\0\0";

	octets[31] = (uint8_t)(type >> 8);
	octets[32] = (uint8_t)type;
	octets[39] = (uint8_t)(len >> 8);
	octets[40] = (uint8_t)len;
	memcpy(octets + 41, data, len);
	t->g = guarded_new(octets, 41 + len);
	assert_int_equal(dns_message_open(&t->m, guarded_span(&t->g)), DIS_OK);
	assert_int_equal(dns_message_next(&t->m, &t->r), DIS_OK);
	assert_int_equal(dns_message_next(&t->m, &t->r), DIS_OK);
	assert_int_equal(t->r.type, type);
	assert_int_equal(t->r.data.len, len);
}

static void
drop(struct made *t)
{
	guarded_free(&t->g);
}

static void
mail_exchanges(void **state)
{
	struct made t;
	struct dns_mx mx;

	(void)state;
	make(&t, DNS_TYPE_MX, "\0\x0a\3MX1\xc0\x0c", 8);
	assert_true(dns_mx_parse(&t.m, &t.r, &mx));
	assert_int_equal(mx.preference, 10);
	assert_string_equal(mx.exchange.text, "mx1.example.org");
	assert_false(mx.null);
	drop(&t);
	/* RFC 7505 3. */
	make(&t, DNS_TYPE_MX, "\0\0\0", 3);
	assert_true(dns_mx_parse(&t.m, &t.r, &mx));
	assert_true(mx.null);
	assert_string_equal(mx.exchange.text, ".");
	drop(&t);
	/* Cut anywhere, or with something behind it, it is no MX. */
	for (size_t n = 0; n < 8; n++) {
		make(&t, DNS_TYPE_MX, "\0\x0a\3MX1\xc0\x0c", n);
		assert_false(dns_mx_parse(&t.m, &t.r, &mx));
		drop(&t);
	}
	make(&t, DNS_TYPE_MX, "\0\0\0x", 4);
	assert_false(dns_mx_parse(&t.m, &t.r, &mx));
	drop(&t);
}

static void
addresses_of_both_families(void **state)
{
	struct made t;
	struct ip_addr a, want;

	(void)state;
	make(&t, DNS_TYPE_A, "\xc0\0\2\x19", 4);
	assert_true(dns_address_parse(&t.r, &a));
	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.25"), &want));
	assert_true(ip_addr_equal(&a, &want));
	drop(&t);
	make(&t, DNS_TYPE_AAAA, "\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25", 16);
	assert_true(dns_address_parse(&t.r, &a));
	assert_true(ip_addr_parse(SPAN_LITERAL("2001:db8::25"), &want));
	assert_true(ip_addr_equal(&a, &want));
	drop(&t);
	make(&t, DNS_TYPE_A, "\xc0\0\2\x19\0", 5);
	assert_false(dns_address_parse(&t.r, &a));
	drop(&t);
	make(&t, DNS_TYPE_AAAA, "\xc0\0\2\x19", 4);
	assert_false(dns_address_parse(&t.r, &a));
	drop(&t);
}

static void
one_name_alone(void **state)
{
	struct made t;
	struct dns_name name;

	(void)state;
	make(&t, DNS_TYPE_PTR, "\2mx\xc0\x0c", 5);
	assert_true(dns_target_parse(&t.m, &t.r, &name));
	assert_string_equal(name.text, "mx.example.org");
	drop(&t);
	for (size_t n = 0; n < 5; n++) {
		make(&t, DNS_TYPE_CNAME, "\2mx\xc0\x0c", n);
		assert_false(dns_target_parse(&t.m, &t.r, &name));
		drop(&t);
	}
}

static void
the_start_of_authority(void **state)
{
	static const char data[] = "\2ns\xc0\x0c\4root\xc0\x0c"
				   "\0\0\0\7"
				   "\0\0\0\1"
				   "\0\0\0\2"
				   "\0\0\0\3"
				   "\0\0\3\x84";
	struct made t;
	struct dns_soa soa;

	(void)state;
	make(&t, DNS_TYPE_SOA, data, sizeof(data) - 1);
	assert_true(dns_soa_parse(&t.m, &t.r, &soa));
	assert_string_equal(soa.primary.text, "ns.example.org");
	assert_int_equal(soa.serial, 7);
	assert_int_equal(soa.minimum, 900);
	drop(&t);
	for (size_t n = 0; n < sizeof(data) - 1; n++) {
		make(&t, DNS_TYPE_SOA, data, n);
		assert_false(dns_soa_parse(&t.m, &t.r, &soa));
		drop(&t);
	}
}

static void
text_is_joined(void **state)
{
	static const char data[] = "\6v=spf1\0\5 -all";
	struct made t;
	uint8_t out[16];
	size_t len;
	bool cut;

	(void)state;
	make(&t, DNS_TYPE_TXT, data, sizeof(data) - 1);
	assert_true(dns_text_parse(&t.r, out, sizeof(out), &len, &cut));
	assert_int_equal(len, 11);
	assert_memory_equal(out, "v=spf1 -all", 11);
	assert_false(cut);
	/* Less room than text. */
	assert_true(dns_text_parse(&t.r, out, 8, &len, &cut));
	assert_int_equal(len, 8);
	assert_true(cut);
	assert_true(dns_text_parse(&t.r, NULL, 0, &len, &cut));
	assert_true(cut);
	drop(&t);
	/* None at all, and a string longer than the data. */
	make(&t, DNS_TYPE_TXT, "", 0);
	assert_false(dns_text_parse(&t.r, out, sizeof(out), &len, &cut));
	drop(&t);
	make(&t, DNS_TYPE_TXT, "\3ab", 3);
	assert_false(dns_text_parse(&t.r, out, sizeof(out), &len, &cut));
	drop(&t);
}

static void
tlsa_fields(void **state)
{
	struct made t;
	struct dns_tlsa tlsa;

	(void)state;
	make(&t, DNS_TYPE_TLSA, "\3\1\2hash", 7);
	assert_true(dns_tlsa_parse(&t.r, &tlsa));
	assert_int_equal(tlsa.usage, 3);
	assert_int_equal(tlsa.selector, 1);
	assert_int_equal(tlsa.matching, 2);
	assert_int_equal(tlsa.data.len, 4);
	drop(&t);
	for (size_t n = 0; n < 4; n++) {
		make(&t, DNS_TYPE_TLSA, "\3\1\2hash", n);
		assert_false(dns_tlsa_parse(&t.r, &tlsa));
		drop(&t);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mail_exchanges),
		cmocka_unit_test(addresses_of_both_families),
		cmocka_unit_test(one_name_alone),
		cmocka_unit_test(the_start_of_authority),
		cmocka_unit_test(text_is_joined),
		cmocka_unit_test(tlsa_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
