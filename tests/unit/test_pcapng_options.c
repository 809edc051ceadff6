/* SPDX-License-Identifier: Apache-2.0 */
#include "capture_made.h"

#include "sensor/capture/pcapng_options.h"

enum {
	IF_NAME = 2,
	IF_TSRESOL = 9,
	IF_FCSLEN = 13,
	IF_TSOFFSET = 14
};

/* The order of this machine is that of the lists that are not big or are, as it is. */
static bool
other_order(const struct made *list)
{
	const uint16_t one = 1;

	return list->big == (*(const uint8_t *)&one == 1);
}

/* What the list says, read from octets that end at an unreadable page. */
static bool
take(const struct made *list, size_t len, struct pcapng_interface *i)
{
	struct guarded g = guarded_new(list->at, len);
	bool good;

	memset(i, 0, sizeof(*i));
	pcapng_time_init(&i->clock);
	good = pcapng_options_interface(i, guarded_span(&g), other_order(list));
	guarded_free(&g);
	return good;
}

/* comment(3), name(4), speed(8), resolution(1), offset(8), end */
static void
make_list(struct made *list, bool big, int64_t offset)
{
	struct made value = {.big = big};

	*list = (struct made){.big = big};
	made_option(list, 1, "abc", 3);
	made_option(list, IF_NAME, "eth7", 4);
	made_option(list, 8, "\0\0\0\0\x3b\x9a\xca\0", 8);
	made_option(list, IF_TSRESOL, "\x09", 1);
	made_number(&value, (uint64_t)offset, 8);
	made_option(list, IF_TSOFFSET, value.at, 8);
	made_option(list, 0, "", 0);
}

static void
name_and_clock_are_read_in_either_order(void **state)
{
	static const int64_t offsets[] = {
		0, 1, -1, 0x0102030405060708, INT64_MIN, INT64_MAX};

	(void)state;
	for (int big = 0; big < 2; big++)
		for (size_t k = 0; k < sizeof(offsets) / sizeof(*offsets); k++) {
			struct pcapng_interface i;
			struct made list;

			make_list(&list, big, offsets[k]);
			assert_true(take(&list, list.len, &i));
			assert_string_equal(i.name, "eth7");
			assert_true(i.clock.per_second == 1000000000u);
			assert_int_equal(i.clock.ns, 1);
			assert_true(i.clock.offset == offsets[k]);
		}
}

static void
no_options_leave_microseconds_without_an_offset(void **state)
{
	struct pcapng_interface i;
	struct made list = {0};

	(void)state;
	assert_true(take(&list, 0, &i));
	assert_string_equal(i.name, "");
	assert_int_equal(i.clock.per_second, 1000000);
	assert_true(i.clock.offset == 0);
	/* And nothing behind the end counts, be it what it may. */
	made_option(&list, 0, "", 0);
	made_option(&list, IF_NAME, "late", 4);
	made_octets(&list, "\xff", 1);
	assert_true(take(&list, list.len, &i));
	assert_string_equal(i.name, "");
}

/* Sound where an option ends; and what was whole before the cut has been taken. */
static void
a_list_cut_at_any_octet_gives_what_is_whole(void **state)
{
	/* Offsets of the options' ends: comment, name, speed, resolution, offset, end. */
	static const size_t ends[] = {0, 8, 16, 28, 36, 48, 52};

	(void)state;
	for (int big = 0; big < 2; big++)
		for (size_t cut = 0; cut <= 52; cut++) {
			struct pcapng_interface i;
			struct made list;
			bool whole = false;

			make_list(&list, big, 5);
			assert_int_equal(list.len, 52);
			for (size_t k = 0; k < 7; k++)
				whole |= cut == ends[k];
			assert_int_equal(take(&list, cut, &i), whole);
			assert_string_equal(i.name, cut >= 16 ? "eth7" : "");
			assert_int_equal(i.clock.ns, cut >= 36 ? 1 : 1000);
			assert_true(i.clock.offset == (cut >= 48 ? 5 : 0));
		}
}

/* The longest name that is kept has a NUL behind it. */
static void
a_name_of_any_length_stays_in_its_room(void **state)
{
	char name[CAPTURE_INTERFACE_NAME_MAX + 80];

	(void)state;
	for (uint16_t n = 0; n < sizeof(name); n++) {
		struct pcapng_interface i;
		struct made list = {0};
		size_t kept = n < CAPTURE_INTERFACE_NAME_MAX
				      ? n
				      : CAPTURE_INTERFACE_NAME_MAX - 1;

		memset(name, 'n', sizeof(name));
		made_option(&list, IF_NAME, name, n);
		assert_true(take(&list, list.len, &i));
		assert_int_equal(strlen(i.name), kept);
		assert_true(i.clock.ns == 1000);
	}
}

/* Each of them costs only itself: the name behind it is taken. */
static void
a_clock_that_cannot_be_is_told_and_left_out(void **state)
{
	static const struct {
		uint16_t code, len;
		const char *value;
	} cases[] = {
		{IF_TSRESOL, 0, ""},
		{IF_TSRESOL, 2, "\x09\x09"},
		{IF_TSRESOL, 1, "\x14"}, /* 10^-20 s */
		{IF_TSRESOL, 1, "\xc0"}, /* 2^-64 s */
		{IF_TSOFFSET, 0, ""},
		{IF_TSOFFSET, 4, "\1\1\1\1"},
		{IF_TSOFFSET, 9, "\1\1\1\1\1\1\1\1\1"},
	};

	(void)state;
	for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++) {
		struct pcapng_interface i;
		struct made list = {0};

		made_option(&list, cases[k].code, cases[k].value, cases[k].len);
		made_option(&list, IF_NAME, "eth7", 4);
		made_option(&list, 0, "", 0);
		assert_false(take(&list, list.len, &i));
		assert_string_equal(i.name, "eth7");
		assert_int_equal(i.clock.per_second, 1000000);
		assert_true(i.clock.offset == 0);
	}
}

static void
a_length_past_the_block_is_told_and_not_followed(void **state)
{
	static const uint16_t lengths[] = {5, 8, 0x7fff, 0xfffc, 0xfffd, 0xffff};

	(void)state;
	for (size_t k = 0; k < sizeof(lengths) / sizeof(*lengths); k++) {
		struct pcapng_interface i;
		struct made list = {0};

		made_option(&list, IF_TSRESOL, "\x09", 1);
		made_number(&list, IF_NAME, 2);
		made_number(&list, lengths[k], 2);
		made_octets(&list, "eth7", 4);
		assert_false(take(&list, list.len, &i));
		assert_string_equal(i.name, "");
		assert_int_equal(i.clock.ns, 1);
	}
}

/* Told twice: the last one is what holds. */
static void
the_last_of_two_holds(void **state)
{
	struct pcapng_interface i;
	struct made list = {0};

	(void)state;
	made_option(&list, IF_NAME, "a-long-name", 11);
	made_option(&list, IF_TSRESOL, "\x8a", 1);
	made_option(&list, IF_FCSLEN, "\x04", 1);
	made_option(&list, IF_NAME, "short", 5);
	made_option(&list, IF_TSRESOL, "\x03", 1);
	assert_true(take(&list, list.len, &i));
	assert_string_equal(i.name, "short");
	assert_int_equal(i.clock.per_second, 1000);
	assert_int_equal(i.clock.ns, 1000000);
	assert_int_equal(i.clock.power, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_and_clock_are_read_in_either_order),
		cmocka_unit_test(no_options_leave_microseconds_without_an_offset),
		cmocka_unit_test(a_list_cut_at_any_octet_gives_what_is_whole),
		cmocka_unit_test(a_name_of_any_length_stays_in_its_room),
		cmocka_unit_test(a_clock_that_cannot_be_is_told_and_left_out),
		cmocka_unit_test(a_length_past_the_block_is_told_and_not_followed),
		cmocka_unit_test(the_last_of_two_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
