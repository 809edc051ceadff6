/* SPDX-License-Identifier: Apache-2.0 */
#include "dissect/ip_addr.h"

#include "feed.h"

#include <arpa/inet.h>

static bool
parse(const char *text, struct ip_addr *out)
{
	struct guarded g = guarded_new(text, strlen(text));
	bool ok = ip_addr_parse(guarded_span(&g), out);

	guarded_free(&g);
	return ok;
}

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(parse(text, &a));
	return a;
}

static void
assert_writes(const struct ip_addr *a, const char *want)
{
	char text[IP_ADDR_TEXT];

	assert_int_equal(ip_addr_write(a, text), strlen(want));
	assert_string_equal(text, want);
}

/* {read, written}: RFC 5952 4 and 5, RFC 4291 2.2. */
static const char *const pairs[][2] = {
	{"192.0.2.1", "192.0.2.1"},
	{"0.0.0.0", "0.0.0.0"},
	{"255.255.255.255", "255.255.255.255"},
	{"::", "::"},
	{"::1", "::1"},
	{"1::", "1::"},
	{"0:0:0:0:0:0:0:0", "::"},
	{"2001:0db8::0001", "2001:db8::1"},
	{"2001:DB8::A", "2001:db8::a"},
	{"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
	{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
	{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
	{"1:0:0:4:5:6:0:0", "1::4:5:6:0:0"},
	{"::ffff:192.0.2.1", "192.0.2.1"},
	{"::ffff:c000:201", "192.0.2.1"},
	{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
	{"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
};

static void
addresses_are_read_and_written_in_canonical_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ip_addr a = addr(pairs[i][0]);

		assert_writes(&a, pairs[i][1]);
	}
}

static const char *const refused[] = {"", " ", ".", "1", "1.2.3", "1.2.3.", ".1.2.3",
	"1.2.3.4.", "1.2.3.4.5", "1..3.4", "256.1.1.1", "1.1.1.256", "01.2.3.4",
	"1.2.3.00", "1.2.3.0x4", "1.2.3.4 ", " 1.2.3.4", "1.2.3.+4", "1.2.3.1000", ":",
	":::", "1:", ":1", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
	"1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "::1%eth0", "[::1]",
	"::1/64", "1.2.3.4:25", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
	"1.2.3.4::", "::01.2.3.4", "1:2:3:4:5:1.2.3.4", "1::2:", "0x1::"};

static void
what_is_not_exactly_one_address_is_refused(void **state)
{
	struct ip_addr before, a;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		a = before;
		if (parse(refused[i], &a))
			fail_msg("accepted \"%s\"", refused[i]);
		assert_true(ip_addr_equal(&a, &before));
	}
}

static uint64_t
next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return *seed >> 33;
}

/* Zero groups must be frequent, or "::" is never tried. */
static void
random_addr(uint64_t *seed, uint8_t at[16])
{
	for (size_t i = 0; i < 16; i += 2) {
		uint64_t r = next_random(seed);

		at[i] = r & 0x300 ? 0 : (uint8_t)next_random(seed);
		at[i + 1] = r & 0x400 ? 0 : (uint8_t)r;
	}
	at[0] = 0x20; /* neither mapped nor compatible: libc writes those its own way */
}

static void
libc_writes_and_reads_the_same_text(void **state)
{
	uint64_t seed = 1;
	char want[INET6_ADDRSTRLEN];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint8_t at[16];
		struct ip_addr a, back;

		random_addr(&seed, at);
		a = i & 1 ? ip_addr_v6(at) : ip_addr_v4(at + 12);
		assert_non_null(i & 1 ? inet_ntop(AF_INET6, at, want, sizeof(want))
				      : inet_ntop(AF_INET, at + 12, want, sizeof(want)));
		assert_writes(&a, want);
		assert_true(parse(want, &back));
		assert_true(ip_addr_equal(&a, &back));
	}
}

/* Random text over the letters that matter: libc must give the same yes or no. */
static void
libc_accepts_and_refuses_the_same_text(void **state)
{
	static const char letters[] = ":::::...0012fF";
	uint64_t seed = 2;
	int accepted = 0;

	(void)state;
	for (int i = 0; i < 300000; i++) {
		char text[24];
		uint8_t want[16];
		struct ip_addr got;
		size_t len = 2 + next_random(&seed) % 18;

		for (size_t k = 0; k < len; k++)
			text[k] = letters[next_random(&seed) % (sizeof(letters) - 1)];
		text[len] = '\0';
		if (!strchr(text, ':'))
			continue;
		bool ok = inet_pton(AF_INET6, text, want) == 1;
		if (ok != ip_addr_parse(span_of_text(text), &got))
			fail_msg("libc says %d of \"%s\"", ok, text);
		if (ok)
			assert_memory_equal(got.at, want, 16);
		accepted += ok;
	}
	assert_true(accepted > 500);
}

static void
an_ipv4_address_is_its_mapped_form(void **state)
{
	struct ip_addr a = addr("192.0.2.1"), b = addr("::ffff:192.0.2.1");
	struct ip_addr compatible = addr("::192.0.2.1"), none = addr("::");
	struct ip_addr any = addr("0.0.0.0");

	(void)state;
	assert_true(ip_addr_equal(&a, &b));
	assert_true(ip_addr_is_v4(&a));
	assert_false(ip_addr_is_v4(&compatible));
	assert_true(ip_addr_is_none(&none));
	assert_false(ip_addr_is_none(&any));
	assert_true(ip_addr_compare(&a, &compatible) > 0);
	assert_true(ip_addr_compare(&compatible, &a) < 0);
	assert_int_equal(ip_addr_compare(&a, &b), 0);
}

static struct ip_prefix
prefix(const char *text)
{
	struct guarded g = guarded_new(text, strlen(text));
	struct ip_prefix p;

	assert_true(ip_prefix_parse(guarded_span(&g), &p));
	guarded_free(&g);
	return p;
}

static const struct {
	const char *prefix;
	const char *addr;
	unsigned bits;
	bool held;
} nets[] = {
	{"10.0.0.0/8", "10.255.1.2", 104, true},
	{"10.0.0.0/8", "11.0.0.0", 104, false},
	{"192.0.2.128/25", "192.0.2.127", 121, false},
	{"192.0.2.128/25", "192.0.2.128", 121, true},
	{"192.0.2.1", "192.0.2.1", 128, true},
	{"192.0.2.1/32", "192.0.2.0", 128, false},
	{"0.0.0.0/0", "203.0.113.9", 96, true},
	{"0.0.0.0/0", "2001:db8::1", 96, false},
	{"::/0", "2001:db8::1", 0, true},
	{"::/0", "192.0.2.1", 0, true},
	{"2001:db8::/33", "2001:db8:7fff::1", 33, true},
	{"2001:db8::/33", "2001:db8:8000::1", 33, false},
	{"::ffff:10.0.0.0/104", "10.9.9.9", 104, true},
	{"2001:db8::1/128", "2001:db8::1", 128, true},
};

static void
a_prefix_holds_the_addresses_that_share_its_bits(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(nets) / sizeof(nets[0]); i++) {
		struct ip_prefix p = prefix(nets[i].prefix);
		struct ip_addr a = addr(nets[i].addr);

		assert_int_equal(p.bits, nets[i].bits);
		assert_int_equal(ip_prefix_holds(&p, &a), nets[i].held);
	}
}

static void
a_prefix_with_host_bits_or_bad_length_is_refused(void **state)
{
	static const char *const bad[] = {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/",
		"10.0.0.0/08", "10.0.0.0/8/8", "/8", "2001:db8::1/32", "::/129", "::/999",
		"10.0.0.0/-1", "10.0.0.0 /8", "192.0.2.128/24", ""};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ip_prefix p = {.bits = 77};

		if (ip_prefix_parse(span_of_text(bad[i]), &p))
			fail_msg("accepted \"%s\"", bad[i]);
		assert_int_equal(p.bits, 77);
	}
}

static const struct {
	const char *addr;
	bool is_private, is_loopback;
} kinds[] = {
	{"9.255.255.255", false, false},
	{"10.0.0.0", true, false},
	{"10.255.255.255", true, false},
	{"11.0.0.0", false, false},
	{"172.15.255.255", false, false},
	{"172.16.0.0", true, false},
	{"172.31.255.255", true, false},
	{"172.32.0.0", false, false},
	{"192.167.255.255", false, false},
	{"192.168.0.0", true, false},
	{"192.169.0.0", false, false},
	{"100.63.255.255", false, false},
	{"100.64.0.0", true, false},
	{"100.127.255.255", true, false},
	{"100.128.0.0", false, false},
	{"169.254.1.1", true, false},
	{"169.253.1.1", false, false},
	{"127.0.0.1", false, true},
	{"127.255.255.255", false, true},
	{"128.0.0.0", false, false},
	{"::1", false, true},
	{"::2", false, false},
	{"fbff::", false, false},
	{"fc00::1", true, false},
	{"fdff::1", true, false},
	{"fe00::", false, false},
	{"fe80::1", true, false},
	{"febf::1", true, false},
	{"fec0::1", false, false},
	{"2001:db8::1", false, false},
};

static void
private_and_loopback_nets_end_where_their_rfc_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct ip_addr a = addr(kinds[i].addr);

		if (ip_addr_is_private(&a) != kinds[i].is_private ||
			ip_addr_is_loopback(&a) != kinds[i].is_loopback)
			fail_msg("%s", kinds[i].addr);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_read_and_written_in_canonical_form),
		cmocka_unit_test(what_is_not_exactly_one_address_is_refused),
		cmocka_unit_test(libc_writes_and_reads_the_same_text),
		cmocka_unit_test(libc_accepts_and_refuses_the_same_text),
		cmocka_unit_test(an_ipv4_address_is_its_mapped_form),
		cmocka_unit_test(a_prefix_holds_the_addresses_that_share_its_bits),
		cmocka_unit_test(a_prefix_with_host_bits_or_bad_length_is_refused),
		cmocka_unit_test(private_and_loopback_nets_end_where_their_rfc_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
