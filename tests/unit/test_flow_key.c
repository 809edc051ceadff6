/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_key.h"

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

/* Whatever stood in the memory before. */
static unsigned
make(struct flow_key *key, const char *src, uint16_t src_port, const char *dst,
	uint16_t dst_port, uint32_t path)
{
	struct ip_addr from = addr(src), to = addr(dst);

	memset(key, 0xa5, sizeof(*key));
	return flow_key_make(key, &from, src_port, &to, dst_port, path);
}

static void
both_ways_have_one_key_and_opposite_ends(void **state)
{
	static const struct {
		const char *a, *b;
		uint16_t a_port, b_port;
	} cases[] = {
		{"10.0.0.1", "10.0.0.2", 40000, 25},
		{"10.0.0.1", "10.0.0.2", 25, 40000},
		{"2001:db8::1", "10.0.0.2", 1, 2},
		{"2001:db8::1", "2001:db8::2", 1, 1},
		/* One host talks to itself. */
		{"127.0.0.1", "127.0.0.1", 25, 40000},
		{"127.0.0.1", "127.0.0.1", 0, UINT16_MAX},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow_key there, back;
		unsigned end = make(&there, cases[i].a, cases[i].a_port, cases[i].b,
			cases[i].b_port, 7);
		unsigned other = make(&back, cases[i].b, cases[i].b_port, cases[i].a,
			cases[i].a_port, 7);
		struct ip_addr a = addr(cases[i].a);

		assert_true(flow_key_equal(&there, &back));
		assert_true(end <= 1);
		assert_int_equal(other, 1 - end);
		assert_true(ip_addr_equal(&there.addr[end], &a));
		assert_int_equal(there.port[end], cases[i].a_port);
		assert_int_equal(there.port[other], cases[i].b_port);
		/* End 0 is the lower one. */
		assert_true(ip_addr_compare(&there.addr[0], &there.addr[1]) <= 0);
	}
}

static void
equal_ends_are_end_0(void **state)
{
	struct flow_key key;

	(void)state;
	assert_int_equal(make(&key, "127.0.0.1", 25, "127.0.0.1", 25, 0), 0);
}

static void
everything_that_differs_makes_another_key(void **state)
{
	struct flow_key base, other;

	(void)state;
	make(&base, "10.0.0.1", 40000, "10.0.0.2", 25, 7);
	make(&other, "10.0.0.1", 40001, "10.0.0.2", 25, 7);
	assert_false(flow_key_equal(&base, &other));
	make(&other, "10.0.0.1", 40000, "10.0.0.2", 26, 7);
	assert_false(flow_key_equal(&base, &other));
	make(&other, "10.0.0.3", 40000, "10.0.0.2", 25, 7);
	assert_false(flow_key_equal(&base, &other));
	make(&other, "10.0.0.1", 40000, "10.0.0.3", 25, 7);
	assert_false(flow_key_equal(&base, &other));
	make(&other, "10.0.0.1", 40000, "10.0.0.2", 25, 8);
	assert_false(flow_key_equal(&base, &other));
	/* The same two ports, changed over. */
	make(&other, "10.0.0.1", 25, "10.0.0.2", 40000, 7);
	assert_false(flow_key_equal(&base, &other));
	/* An address of IPv6 whose last octets are those of one of IPv4. */
	make(&other, "::a00:1", 40000, "10.0.0.2", 25, 7);
	assert_false(flow_key_equal(&base, &other));
}

/*
 * Computed with another implementation, which gives the published value for no octets:
 * key octets 00 … 0f, text octets 00 … 27, words of a little-endian machine.
 */
static void
the_hash_is_siphash_1_3(void **state)
{
	const uint64_t seed[2] = {
		UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
	struct flow_key key;
	uint8_t octets[sizeof(key)];

	(void)state;
	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)i;
	memcpy(&key, octets, sizeof(key));
	assert_true(flow_key_hash(&key, seed) == UINT64_C(0xc1d2363299e41531));
}

static void
every_bit_of_key_and_seed_changes_the_hash(void **state)
{
	uint64_t seed[2] = {1, 2}, was;
	struct flow_key key;
	uint8_t octets[sizeof(key)];

	(void)state;
	make(&key, "10.0.0.1", 40000, "10.0.0.2", 25, 7);
	was = flow_key_hash(&key, seed);
	assert_true(flow_key_hash(&key, seed) == was);
	for (size_t bit = 0; bit < 8 * sizeof(key); bit++) {
		struct flow_key other;

		memcpy(octets, &key, sizeof(key));
		octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
		memcpy(&other, octets, sizeof(other));
		assert_true(flow_key_hash(&other, seed) != was);
	}
	for (size_t bit = 0; bit < 128; bit++) {
		seed[bit / 64] ^= UINT64_C(1) << bit % 64;
		assert_true(flow_key_hash(&key, seed) != was);
		seed[bit / 64] ^= UINT64_C(1) << bit % 64;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_have_one_key_and_opposite_ends),
		cmocka_unit_test(equal_ends_are_end_0),
		cmocka_unit_test(everything_that_differs_makes_another_key),
		cmocka_unit_test(the_hash_is_siphash_1_3),
		cmocka_unit_test(every_bit_of_key_and_seed_changes_the_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
