/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/base64.h"

static void
the_vectors_of_rfc_4648_decode(void **state)
{
	static const char *const vectors[][2] = {
		{"", ""},
		{"Zg==", "f"},
		{"Zm8=", "fo"},
		{"Zm9v", "foo"},
		{"Zm9vYg==", "foob"},
		{"Zm9vYmE=", "fooba"},
		{"Zm9vYmFy", "foobar"},
		/* Without the padding. */
		{"Zg", "f"},
		{"Zm8", "fo"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		struct guarded g = guarded_new(vectors[i][0], strlen(vectors[i][0]));
		uint8_t out[8];
		size_t len;

		assert_true(base64_decode(guarded_span(&g), out, sizeof(out), &len));
		assert_int_equal(len, strlen(vectors[i][1]));
		assert_memory_equal(out, vectors[i][1], len);
		guarded_free(&g);
	}
}

static void
all_octets_have_their_digits(void **state)
{
	uint8_t out[3];
	size_t len;

	(void)state;
	assert_true(base64_decode(SPAN_LITERAL("+/+/"), out, sizeof(out), &len));
	assert_memory_equal(out, "\xfb\xff\xbf", 3);
}

static void
what_is_not_base64_is_told_and_its_head_kept(void **state)
{
	static const char *const bad[] = {"Zm9vY", "Zm9v=", "Zg=", "Zm8==", "Zm9v!",
		"Zm9v Zm9v", "Zg==Zg==", "*", "="};
	uint8_t out[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(base64_decode(span_of_text(bad[i]), out, sizeof(out), &len));
	assert_false(base64_decode(SPAN_LITERAL("Zm9v!"), out, sizeof(out), &len));
	assert_int_equal(len, 3);
	assert_memory_equal(out, "foo", 3);
}

static void
no_octet_is_written_past_the_room(void **state)
{
	uint8_t out[3] = {0, 0, 'x'};
	size_t len;

	(void)state;
	assert_false(base64_decode(SPAN_LITERAL("Zm9vYmFy"), out, 2, &len));
	assert_int_equal(len, 2);
	assert_memory_equal(out, "fox", 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_rfc_4648_decode),
		cmocka_unit_test(all_octets_have_their_digits),
		cmocka_unit_test(what_is_not_base64_is_told_and_its_head_kept),
		cmocka_unit_test(no_octet_is_written_past_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
