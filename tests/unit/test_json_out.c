/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/base/json_out.h"

static void
assert_written(struct json_out *j, const char *want)
{
	assert_int_equal(j->used, strlen(want));
	assert_memory_equal(j->at, want, j->used);
	json_out_reset(j);
}

static void
commas_stand_between_and_never_before_or_behind(void **state)
{
	struct json_out j;

	(void)state;
	json_out_init(&j);
	json_out_object(&j, NULL);
	json_out_text(&j, "a", "x");
	json_out_array(&j, "b");
	json_out_uint(&j, NULL, 1);
	json_out_object(&j, NULL);
	json_out_object_end(&j);
	json_out_int(&j, NULL, -2);
	json_out_array_end(&j);
	json_out_object(&j, "c");
	json_out_bool(&j, "d", true);
	json_out_object_end(&j);
	json_out_object_end(&j);
	assert_written(&j, "{\"a\":\"x\",\"b\":[1,{},-2],\"c\":{\"d\":true}}");
	json_out_free(&j);
}

static void
peers_octets_cannot_leave_their_string(void **state)
{
	static const struct {
		struct span in;
		const char *want;
	} cases[] = {
		{SPAN_LITERAL("a\"b\\c"), "\"a\\\"b\\\\c\""},
		{SPAN_LITERAL("a\nb\tc\rd"), "\"a\\nb\\tc\\u000dd\""},
		{SPAN_LITERAL("\x00\x1f\x7f"), "\"\\u0000\\u001f\\u007f\""},
		{SPAN_LITERAL("gr\xc3\xbc\xc3\x9f"), "\"gr\xc3\xbc\xc3\x9f\""},
		/* RFC 3629: overlong, surrogate, above U+10FFFF, cut, lone continuation */
		{SPAN_LITERAL("\xc0\xaf"), "\"\\\\xc0\\\\xaf\""},
		{SPAN_LITERAL("\xed\xa0\x80"), "\"\\\\xed\\\\xa0\\\\x80\""},
		{SPAN_LITERAL("\xf4\x90\x80\x80"), "\"\\\\xf4\\\\x90\\\\x80\\\\x80\""},
		{SPAN_LITERAL("\xe2\x82"), "\"\\\\xe2\\\\x82\""},
		{SPAN_LITERAL("\x80"), "\"\\\\x80\""},
	};
	struct json_out j;

	(void)state;
	json_out_init(&j);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct guarded g = guarded_new(cases[i].in.at, cases[i].in.len);

		json_out_span(&j, NULL, guarded_span(&g));
		assert_written(&j, cases[i].want);
		guarded_free(&g);
	}
	json_out_free(&j);
}

static void
what_is_not_known_is_left_out(void **state)
{
	struct ip_addr none = {{0}};
	struct json_out j;

	(void)state;
	json_out_init(&j);
	json_out_object(&j, NULL);
	json_out_span_if(&j, "a", SPAN_NONE);
	json_out_text_if(&j, "b", NULL);
	json_out_text_if(&j, "c", "");
	json_out_uint_if(&j, "d", 0);
	json_out_bool_if(&j, "e", false);
	json_out_addr_if(&j, "f", &none);
	json_out_object_end(&j);
	assert_written(&j, "{}");
	json_out_free(&j);
}

static void
numbers_times_and_addresses_have_one_form(void **state)
{
	const uint8_t quad[4] = {192, 0, 2, 1};
	struct ip_addr addr = ip_addr_v4(quad);
	struct json_out j;

	(void)state;
	json_out_init(&j);
	json_out_array(&j, NULL);
	json_out_uint(&j, NULL, UINT64_MAX);
	json_out_int(&j, NULL, INT64_MIN);
	json_out_fixed(&j, NULL, 0.5, 3);
	json_out_time(&j, NULL, UINT64_C(1795465373596549000));
	json_out_addr(&j, NULL, &addr);
	json_out_hex64(&j, NULL, 0xabc);
	json_out_array_end(&j);
	assert_written(&j,
		"[18446744073709551615,-9223372036854775808,0.500,"
		"\"2026-11-23T20:22:53.596549000Z\",\"192.0.2.1\",\"0000000000000abc\"]");
	json_out_free(&j);
}

static void
a_line_that_cannot_be_written_is_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct json_out j;

	(void)state;
	assert_non_null(full);
	setvbuf(full, NULL, _IONBF, 0);
	json_out_init(&j);
	json_out_uint(&j, NULL, 1);
	assert_int_equal(json_out_line(&j, full), -1);
	assert_int_equal(j.used, 0);
	json_out_free(&j);
	fclose(full);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_and_never_before_or_behind),
		cmocka_unit_test(peers_octets_cannot_leave_their_string),
		cmocka_unit_test(what_is_not_known_is_left_out),
		cmocka_unit_test(numbers_times_and_addresses_have_one_form),
		cmocka_unit_test(a_line_that_cannot_be_written_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
