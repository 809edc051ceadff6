/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <stdio.h>

#include "sensor/record/record_files.h"

static int
setup(void **state)
{
	static struct record_files f;

	record_files_init(&f);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	record_files_free(*state);
	return 0;
}

static uint32_t
find(struct record_files *f, const char *name)
{
	/* From memory that ends where the name does. */
	struct guarded g = guarded_new(name, strlen(name));
	uint32_t index = record_files_find(f, guarded_span(&g));

	guarded_free(&g);
	return index;
}

static void
a_name_is_found_again_and_a_new_one_added(void **state)
{
	struct record_files *f = *state;

	assert_int_equal(find(f, "a.pcap"), 0);
	assert_int_equal(find(f, "b.pcap"), 1);
	assert_int_equal(find(f, "a.pcap"), 0);
	assert_int_equal(find(f, "b.pcap"), 1);
	assert_int_equal(find(f, "a.pca"), 2);
	assert_int_equal(find(f, "A.pcap"), 3);
	assert_int_equal(f->count, 4);
	assert_string_equal(record_files_name(f, 1), "b.pcap");
	assert_string_equal(record_files_name(f, 2), "a.pca");
}

static void
no_name_is_a_name(void **state)
{
	struct record_files *f = *state;

	assert_int_equal(record_files_find(f, SPAN_NONE), 0);
	assert_int_equal(find(f, "a"), 1);
	assert_int_equal(record_files_find(f, SPAN_NONE), 0);
	assert_string_equal(record_files_name(f, 0), "");
	assert_int_equal(f->count, 2);
}

static void
what_is_added_has_the_index_of_its_turn(void **state)
{
	struct record_files *f = *state;

	assert_int_equal(record_files_add(f, SPAN_LITERAL("same")), 0);
	assert_int_equal(record_files_add(f, SPAN_LITERAL("other")), 1);
	assert_int_equal(record_files_add(f, SPAN_LITERAL("same")), 2);
	/* The newest so called. */
	assert_int_equal(find(f, "same"), 2);
	assert_string_equal(record_files_name(f, 0), "same");
}

static void
an_index_beyond_all_names_nothing(void **state)
{
	struct record_files *f = *state;

	assert_string_equal(record_files_name(f, 0), "");
	find(f, "a");
	assert_string_equal(record_files_name(f, 1), "");
	assert_string_equal(record_files_name(f, UINT32_MAX), "");
}

static void
names_are_copies_of_any_length(void **state)
{
	struct record_files *f = *state;
	char name[8192];

	memset(name, 'n', sizeof(name));
	assert_int_equal(record_files_find(f, span_of(name, sizeof(name))), 0);
	assert_int_equal(record_files_find(f, span_of(name, sizeof(name) - 1)), 1);
	memset(name, 'x', sizeof(name));
	assert_int_equal(strlen(record_files_name(f, 0)), sizeof(name));
	assert_int_equal(record_files_name(f, 0)[0], 'n');
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "%d.pcap", i);
		assert_int_equal(find(f, name), i + 2);
	}
	assert_string_equal(record_files_name(f, 301), "299.pcap");
}

static void
a_name_with_a_nul_ends_there_and_is_added_once(void **state)
{
	struct record_files *f = *state;
	struct span name = SPAN_LITERAL("a.pcap\0x");

	/* Else a list of records in which each has it would grow with every line. */
	assert_int_equal(record_files_find(f, name), 0);
	assert_int_equal(record_files_find(f, name), 0);
	assert_int_equal(find(f, "a.pcap"), 0);
	assert_int_equal(f->count, 1);
	assert_string_equal(record_files_name(f, 0), "a.pcap");
}

static void
after_free_it_is_empty_and_of_use_again(void **state)
{
	struct record_files *f = *state;

	find(f, "a");
	record_files_free(f);
	assert_int_equal(f->count, 0);
	assert_string_equal(record_files_name(f, 0), "");
	assert_int_equal(find(f, "b"), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_name_is_found_again_and_a_new_one_added),
		T(no_name_is_a_name),
		T(what_is_added_has_the_index_of_its_turn),
		T(an_index_beyond_all_names_nothing),
		T(names_are_copies_of_any_length),
		T(a_name_with_a_nul_ends_there_and_is_added_once),
		T(after_free_it_is_empty_and_of_use_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
