/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/base/text_out.h"

static void
what_is_put_in_comes_out_in_order(void **state)
{
	const uint8_t four[4] = {192, 0, 2, 1};
	struct ip_addr a = ip_addr_v4(four);
	struct text_out t;

	(void)state;
	text_out_init(&t);
	assert_int_equal(text_out_all(&t).len, 0);
	text_out_text(&t, "a=");
	text_out_addr(&t, &a);
	text_out_char(&t, ' ');
	text_out_span(&t, SPAN_LITERAL("b\0c"));
	text_out_format(&t, " %d%s", 42, "!");
	assert_int_equal(text_out_all(&t).len, 19);
	assert_memory_equal(t.at, "a=192.0.2.1 b\0c 42!", 20);
	text_out_reset(&t);
	assert_int_equal(text_out_all(&t).len, 0);
	text_out_span(&t, SPAN_NONE);
	assert_string_equal(t.at, "");
	text_out_free(&t);
	assert_null(t.at);
}

static void
it_grows_over_any_size_and_stays_terminated(void **state)
{
	struct text_out t;

	(void)state;
	text_out_init(&t);
	for (int i = 0; i < 5000; i++) {
		text_out_char(&t, 'x');
		assert_int_equal(t.at[t.used], 0);
	}
	text_out_format(&t, "%3000d", 7);
	assert_int_equal(text_out_all(&t).len, 8000);
	assert_int_equal(t.at[7999], '7');
	assert_int_equal(t.at[8000], 0);
	text_out_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_put_in_comes_out_in_order),
		cmocka_unit_test(it_grows_over_any_size_and_stays_terminated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
