/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/base/siphash.h"

/* The test vectors of the paper's reference: key 00..0f, input 00..(n-1). */
static void
the_papers_vectors_come_out(void **state)
{
	static const struct {
		size_t n;
		uint64_t hash;
	} cases[] = {
		{0, UINT64_C(0x726fdb47dd0e0e31)},
		{1, UINT64_C(0x74f839c593dc67fd)},
		{7, UINT64_C(0xab0200f58b01d137)},
		{8, UINT64_C(0x93f5f5799a932462)},
		{15, UINT64_C(0xa129ca6149be45e5)},
	};
	uint8_t key[16], in[16];

	(void)state;
	for (uint8_t i = 0; i < 16; i++)
		key[i] = in[i] = i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guarded g = guarded_new(in, cases[i].n);

		assert_true(siphash(key, guarded_span(&g)) == cases[i].hash);
		guarded_free(&g);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_papers_vectors_come_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
