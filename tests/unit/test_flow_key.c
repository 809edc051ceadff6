/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/flow/flow_key.h"

static const uint64_t seed[2] = {1, 2};

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static unsigned
make(struct flow_key *k, const char *src, uint16_t src_port, const char *dst,
	uint16_t dst_port, uint32_t path)
{
	struct ip_addr from = addr(src), to = addr(dst);

	/* No octet of what was there before may count. */
	memset(k, 0xaa, sizeof(*k));
	return flow_key_make(k, &from, src_port, &to, dst_port, path);
}

static void
both_directions_have_one_key_and_are_told_apart(void **state)
{
	static const struct {
		const char *src, *dst;
		uint16_t src_port, dst_port;
	} cases[] = {
		{"192.0.2.1", "192.0.2.2", 40000, 25},
		{"192.0.2.1", "192.0.2.2", 25, 40000},
		{"192.0.2.1", "192.0.2.1", 40000, 25}, /* a host to itself */
		{"2001:db8::1", "2001:db8::2", 40000, 25},
		{"192.0.2.1", "2001:db8::2", 1, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct flow_key there, back;
		unsigned end = make(&there, cases[i].src, cases[i].src_port, cases[i].dst,
			cases[i].dst_port, 7);
		struct ip_addr src = addr(cases[i].src);

		assert_int_equal(make(&back, cases[i].dst, cases[i].dst_port,
					 cases[i].src, cases[i].src_port, 7),
			!end);
		assert_true(flow_key_equal(&there, &back));
		assert_true(flow_key_hash(&there, seed) == flow_key_hash(&back, seed));
		/* The end that is given is that of the source. */
		assert_memory_equal(&there.addr[end], &src, sizeof(src));
		assert_int_equal(there.port[end], cases[i].src_port);
		assert_int_equal(there.port[!end], cases[i].dst_port);
	}
}

static void
equal_ends_are_end_0(void **state)
{
	struct flow_key k;

	(void)state;
	assert_int_equal(make(&k, "192.0.2.1", 25, "192.0.2.1", 25, 0), 0);
}

/* Also where only the ports are exchanged: that is another connection. */
static void
what_differs_in_anything_has_another_key(void **state)
{
	struct flow_key keys[7];

	(void)state;
	make(&keys[0], "192.0.2.1", 40000, "192.0.2.2", 25, 0);
	make(&keys[1], "192.0.2.1", 40001, "192.0.2.2", 25, 0);
	make(&keys[2], "192.0.2.1", 40000, "192.0.2.2", 26, 0);
	make(&keys[3], "192.0.2.3", 40000, "192.0.2.2", 25, 0);
	make(&keys[4], "192.0.2.1", 40000, "192.0.2.3", 25, 0);
	make(&keys[5], "192.0.2.1", 40000, "192.0.2.2", 25, 1);
	make(&keys[6], "192.0.2.1", 25, "192.0.2.2", 40000, 0);
	for (size_t i = 0; i < 7; i++)
		for (size_t k = 0; k < i; k++) {
			assert_false(flow_key_equal(&keys[i], &keys[k]));
			assert_true(flow_key_hash(&keys[i], seed) !=
				    flow_key_hash(&keys[k], seed));
		}
}

/* Whoever sends packets cannot know who shares a slot. */
static void
each_half_of_the_seed_changes_the_hash(void **state)
{
	static const uint64_t other[][2] = {{0, 2}, {1, 0}, {2, 1}};
	struct flow_key k;

	(void)state;
	make(&k, "192.0.2.1", 40000, "192.0.2.2", 25, 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(flow_key_hash(&k, seed) != flow_key_hash(&k, other[i]));
}

/* All bits of the hash are used: of 4096 neighbours hardly any share 16 low bits. */
static void
neighbours_are_scattered(void **state)
{
	static uint8_t used[65536];
	unsigned shared = 0;
	struct flow_key k;

	(void)state;
	for (unsigned port = 0; port < 4096; port++) {
		uint16_t low;

		make(&k, "192.0.2.1", (uint16_t)(1024 + port), "192.0.2.2", 25, 0);
		low = (uint16_t)flow_key_hash(&k, seed);
		shared += used[low]++ > 0;
	}
	/* By chance 4096^2 / 2 / 65536 = 128; the hash is the same in each run. */
	assert_in_range(shared, 64, 256);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_directions_have_one_key_and_are_told_apart),
		cmocka_unit_test(equal_ends_are_end_0),
		cmocka_unit_test(what_differs_in_anything_has_another_key),
		cmocka_unit_test(each_half_of_the_seed_changes_the_hash),
		cmocka_unit_test(neighbours_are_scattered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
