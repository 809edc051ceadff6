/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/record/record_files.h"

static void
each_that_is_added_has_an_index_of_its_own(void **state)
{
	struct record_files f;

	(void)state;
	record_files_init(&f);
	assert_int_equal(record_files_add(&f, SPAN_LITERAL("a")), 0);
	assert_int_equal(record_files_add(&f, SPAN_LITERAL("b")), 1);
	/* The same file named twice is read twice. */
	assert_int_equal(record_files_add(&f, SPAN_LITERAL("a")), 2);
	assert_string_equal(record_files_name(&f, 0), "a");
	assert_string_equal(record_files_name(&f, 1), "b");
	assert_string_equal(record_files_name(&f, 2), "a");
	record_files_free(&f);
	assert_int_equal(f.count, 0);
}

static void
a_name_is_found_again_and_added_only_if_it_is_new(void **state)
{
	struct record_files f;

	(void)state;
	record_files_init(&f);
	assert_int_equal(record_files_find(&f, SPAN_LITERAL("one.pcap")), 0);
	assert_int_equal(record_files_find(&f, SPAN_LITERAL("two.pcap")), 1);
	assert_int_equal(record_files_find(&f, SPAN_LITERAL("one.pcap")), 0);
	/* Neither a beginning of it, nor other letters, nor nothing. */
	assert_int_equal(record_files_find(&f, SPAN_LITERAL("one")), 2);
	assert_int_equal(record_files_find(&f, SPAN_LITERAL("ONE.pcap")), 3);
	assert_int_equal(record_files_find(&f, SPAN_NONE), 4);
	assert_int_equal(record_files_find(&f, SPAN_NONE), 4);
	assert_int_equal(f.count, 5);
	record_files_free(&f);
}

/* They come from a line that will be another one. */
static void
names_are_copied_to_their_last_octet_and_no_further(void **state)
{
	struct record_files f;
	struct guarded g = guarded_new("/tap/caf\xe9", 9);

	(void)state;
	record_files_init(&f);
	assert_int_equal(record_files_find(&f, guarded_span(&g)), 0);
	assert_int_equal(record_files_find(&f, guarded_span(&g)), 0);
	memset(g.at, 'x', g.len);
	assert_string_equal(record_files_name(&f, 0), "/tap/caf\xe9");
	guarded_free(&g);
	record_files_free(&f);
}

static void
an_index_that_is_none_has_an_empty_name(void **state)
{
	struct record_files f;

	(void)state;
	record_files_init(&f);
	assert_string_equal(record_files_name(&f, 0), "");
	record_files_add(&f, SPAN_LITERAL("a"));
	assert_string_equal(record_files_name(&f, 1), "");
	assert_string_equal(record_files_name(&f, UINT32_MAX), "");
	record_files_free(&f);
	record_files_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_that_is_added_has_an_index_of_its_own),
		cmocka_unit_test(a_name_is_found_again_and_added_only_if_it_is_new),
		cmocka_unit_test(names_are_copied_to_their_last_octet_and_no_further),
		cmocka_unit_test(an_index_that_is_none_has_an_empty_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
