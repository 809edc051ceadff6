/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/capture/pcapng_time.h"

static const struct {
	uint8_t tsresol;
	int64_t offset;
	uint64_t units;
	uint64_t ns;
} cases[] = {
	{6, 0, 1700000000000001, 1700000000000001000},
	{0, 0, 1700000000, 1700000000000000000},
	{9, 0, 1700000000000000001, 1700000000000000001},
	{12, 0, 1700000000000, 1700000000}, /* picoseconds: 1.7 s */
	{12, 0, 1999, 1},
	{19, 0, 15000000000000000000u, 1500000000},
	{3, 100, 1500, 101500000000},
	{3, -1, 1500, 500000000},
	{3, -100, 1500, 500000000}, /* before 1970: its second is clamped to 0 */
	{3, INT64_MIN, 1000, 0},
	{0x80, 0, 3, 3000000000},
	{0x80 | 1, 0, 3, 1500000000},
	{0x80 | 32, 0, UINT64_C(5) << 32 | 0x40000000, 5250000000},
	{0x80 | 63, 0, UINT64_C(3) << 62, 1500000000},
	/* 2^64 - 1 seconds do not fit in nanoseconds */
	{0, 0, UINT64_MAX, UINT64_MAX},
	{6, 0, UINT64_MAX, UINT64_MAX},
	{6, INT64_MAX, UINT64_MAX, UINT64_MAX},
};

static void
units_and_offsets_become_nanoseconds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pcapng_clock c;

		pcapng_time_init(&c);
		assert_true(pcapng_time_resolution(&c, cases[i].tsresol));
		c.offset = cases[i].offset;
		assert_true(pcapng_time_ns(&c, cases[i].units) == cases[i].ns);
	}
}

static void
microseconds_hold_where_nothing_sound_is_said(void **state)
{
	static const uint8_t bad[] = {20, 127, 0x80 | 64, 0xff};
	struct pcapng_clock c;

	(void)state;
	pcapng_time_init(&c);
	for (size_t i = 0; i < sizeof(bad); i++) {
		assert_false(pcapng_time_resolution(&c, bad[i]));
		assert_int_equal(pcapng_time_ns(&c, 5), 5000);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(units_and_offsets_become_nanoseconds),
		cmocka_unit_test(microseconds_hold_where_nothing_sound_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
