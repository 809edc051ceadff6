/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/dns_message.h"

/*
 * Response to MX of example.org: AA, RD, RA; two answers, one authority, an address and
 * OPT with the extended response code 1 (16 in all) in the additional section.
 */
static const char reply[] = "\x12\x34\x85\x80\0\1\0\2\0\1\0\2"
			    "\7Example\3org\0\0\x0f\0\1"
			    "\xc0\x0c\0\x0f\0\1\0\0\x0e\x10\0\6\0\x0a\1a\xc0\x0c"
			    "\xc0\x0c\0\x0f\0\1\x80\0\0\0\0\6\0\x14\1b\xc0\x0c"
			    "\xc0\x14\0\2\0\1\0\0\0\1\0\5\2ns\xc0\x14"
			    "\1a\xc0\x0c\0\1\0\1\0\0\0\2\0\4\xc0\0\2\x19"
			    "\0\0\x29\4\xd0\1\0\0\0\0\0";

#define REPLY_LEN (sizeof(reply) - 1)

static const struct {
	const char *name;
	enum dns_section section;
	uint16_t type;
	uint32_t ttl;
	size_t data;
} want[] = {
	{"example.org", DNS_SECTION_QUESTION, DNS_TYPE_MX, 0, 0},
	{"example.org", DNS_SECTION_ANSWER, DNS_TYPE_MX, 3600, 6},
	{"example.org", DNS_SECTION_ANSWER, DNS_TYPE_MX, 0, 6}, /* RFC 2181 8 */
	{"org", DNS_SECTION_AUTHORITY, DNS_TYPE_NS, 1, 5},
	{"a.example.org", DNS_SECTION_ADDITIONAL, DNS_TYPE_A, 2, 4},
};

#define WANT (sizeof(want) / sizeof(want[0]))

/* Walks the first n octets; returns the records seen. */
static size_t
walk(size_t n, struct dns_message *m)
{
	struct guarded g = guarded_new(reply, n);
	struct dns_record r;
	enum dis_status status = dns_message_open(m, guarded_span(&g));
	size_t count = 0;

	assert_int_equal(status, n < 12 ? DIS_MORE : DIS_OK);
	while (status == DIS_OK && (status = dns_message_next(m, &r)) == DIS_OK) {
		assert_in_range(count, 0, WANT - 1);
		assert_string_equal(r.name.text, want[count].name);
		assert_int_equal(r.section, want[count].section);
		assert_int_equal(r.type, want[count].type);
		assert_int_equal(r.class, DNS_CLASS_IN);
		assert_int_equal(r.ttl, want[count].ttl);
		assert_int_equal(r.data.len, want[count].data);
		count++;
	}
	assert_int_equal(status, DIS_MORE);
	guarded_free(&g);
	return count;
}

static void
a_reply_is_walked_to_its_end(void **state)
{
	struct dns_message m;

	(void)state;
	assert_int_equal(walk(REPLY_LEN, &m), WANT);
	assert_true(dns_message_is_whole(&m));
	assert_int_equal(m.header.id, 0x1234);
	assert_true(m.header.response);
	assert_true(m.header.authoritative);
	assert_false(m.header.truncated);
	assert_true(m.header.recursion_desired);
	assert_true(m.header.recursion_available);
	assert_int_equal(m.header.opcode, 0);
	assert_int_equal(m.header.rcode, 16);
	assert_int_equal(m.header.counts[DNS_SECTION_ANSWER], 2);
}

static void
a_message_cut_anywhere_gives_what_is_there(void **state)
{
	/* Where question and records end. */
	static const size_t ends[WANT] = {29, 47, 65, 82, 100};

	(void)state;
	for (size_t n = 0; n < REPLY_LEN; n++) {
		struct dns_message m;
		size_t records = 0;

		while (records < WANT && ends[records] <= n)
			records++;
		assert_int_equal(walk(n, &m), records);
		assert_false(dns_message_is_whole(&m));
	}
}

static void
flags_are_told_apart(void **state)
{
	struct dns_message m;

	(void)state;
	assert_int_equal(
		dns_message_open(&m, SPAN_LITERAL("\0\1\1\0\0\0\0\0\0\0\0\0")), DIS_OK);
	assert_false(m.header.response);
	assert_true(m.header.recursion_desired);
	assert_int_equal(
		dns_message_open(&m, SPAN_LITERAL("\0\1\x82\3\0\0\0\0\0\0\0\0")), DIS_OK);
	assert_true(m.header.response);
	assert_true(m.header.truncated);
	assert_false(m.header.authoritative);
	assert_int_equal(m.header.rcode, 3);
	assert_int_equal(
		dns_message_open(&m, SPAN_LITERAL("\0\1\x28\0\0\0\0\0\0\0\0\0")), DIS_OK);
	assert_int_equal(m.header.opcode, 5);
}

static void
what_no_resolver_sends_is_bad(void **state)
{
	struct dns_message m;
	struct dns_record r;

	(void)state;
	/* Opcode 15; 8192 questions. */
	assert_int_equal(dns_message_open(&m, SPAN_LITERAL("\0\1\x78\0\0\1\0\0\0\0\0\0")),
		DIS_BAD);
	assert_int_equal(dns_message_next(&m, &r), DIS_BAD);
	assert_int_equal(dns_message_open(&m, SPAN_LITERAL("\0\1\1\0\x20\0\0\0\0\0\0\0")),
		DIS_BAD);
	/* A name that points to itself: bad, and stays so. */
	assert_int_equal(
		dns_message_open(
			&m, SPAN_LITERAL("\0\1\1\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1")),
		DIS_OK);
	assert_int_equal(dns_message_next(&m, &r), DIS_BAD);
	assert_int_equal(dns_message_next(&m, &r), DIS_BAD);
	assert_false(dns_message_is_whole(&m));
}

static void
counts_that_lie_end_with_the_octets(void **state)
{
	struct dns_message m;
	struct dns_record r;

	(void)state;
	assert_int_equal(dns_message_open(&m,
				 SPAN_LITERAL("\0\1\x81\x80\0\1\xff\xff\xff\xff\xff\xff"
					      "\1a\0\0\1\0\1")),
		DIS_OK);
	assert_int_equal(dns_message_next(&m, &r), DIS_OK);
	assert_int_equal(dns_message_next(&m, &r), DIS_MORE);
	assert_int_equal(dns_message_next(&m, &r), DIS_MORE);
	assert_false(dns_message_is_whole(&m));
}

static void
types_have_names(void **state)
{
	(void)state;
	assert_string_equal(dns_type_name(15), "MX");
	assert_string_equal(dns_type_name(28), "AAAA");
	assert_string_equal(dns_type_name(52), "TLSA");
	assert_string_equal(dns_type_name(65280), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reply_is_walked_to_its_end),
		cmocka_unit_test(a_message_cut_anywhere_gives_what_is_there),
		cmocka_unit_test(flags_are_told_apart),
		cmocka_unit_test(what_no_resolver_sends_is_bad),
		cmocka_unit_test(counts_that_lie_end_with_the_octets),
		cmocka_unit_test(types_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
