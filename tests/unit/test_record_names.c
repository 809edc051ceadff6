/* SPDX-License-Identifier: Apache-2.0 */
/* What is written by name must be read back as the same bit, and as no other. */
#include "feed.h"

#include "dissect/smtp_reply.h"
#include "sensor/record/record_names.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static void
check_list(const struct record_bit *list, size_t count)
{
	uint32_t all = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t bit = list[i].bit;

		/* One bit each, and none twice. */
		assert_true(bit && (bit & (bit - 1)) == 0);
		assert_int_equal(all & bit, 0);
		all |= bit;
		assert_true(strlen(list[i].name) > 0);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(list[i].name, list[j].name);
		assert_int_equal(
			record_bit_of_name(list, count, span_of_text(list[i].name)), bit);
	}
}

static void
each_bit_has_one_name_and_each_name_one_bit(void **state)
{
	(void)state;
	check_list(record_caps, COUNT(record_caps));
	check_list(record_mechs, COUNT(record_mechs));
}

static void
names_are_those_of_the_protocol(void **state)
{
	const size_t caps = COUNT(record_caps), mechs = COUNT(record_mechs);

	(void)state;
	/* RFC 2920, 3207, 4954, 1870, 3030, 2034. */
	assert_int_equal(
		record_bit_of_name(record_caps, caps, SPAN_LITERAL("PIPELINING")),
		SMTP_CAP_PIPELINING);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("STARTTLS")),
		SMTP_CAP_STARTTLS);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("AUTH")),
		SMTP_CAP_AUTH);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("SIZE")),
		SMTP_CAP_SIZE);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("CHUNKING")),
		SMTP_CAP_CHUNKING);
	assert_int_equal(record_bit_of_name(
				 record_caps, caps, SPAN_LITERAL("ENHANCEDSTATUSCODES")),
		SMTP_CAP_ENHANCED);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("(blanked)")),
		SMTP_CAP_BLANKED);
	assert_int_equal(record_bit_of_name(record_mechs, mechs, SPAN_LITERAL("PLAIN")),
		SMTP_MECH_PLAIN);
	assert_int_equal(record_bit_of_name(record_mechs, mechs, SPAN_LITERAL("LOGIN")),
		SMTP_MECH_LOGIN);
	assert_int_equal(
		record_bit_of_name(record_mechs, mechs, SPAN_LITERAL("CRAM-MD5")),
		SMTP_MECH_CRAM_MD5);
}

static void
any_other_word_is_no_bit(void **state)
{
	static const struct span other[] = {SPAN_LITERAL(""), SPAN_LITERAL("AUT"),
		SPAN_LITERAL("AUTHX"), SPAN_LITERAL("auth"), SPAN_LITERAL("AUTH\0"),
		SPAN_LITERAL(" AUTH"), SPAN_LITERAL("PLAIN")};

	(void)state;
	for (size_t i = 0; i < COUNT(other); i++)
		assert_int_equal(
			record_bit_of_name(record_caps, COUNT(record_caps), other[i]), 0);
	assert_int_equal(
		record_bit_of_name(record_caps, COUNT(record_caps), SPAN_NONE), 0);
	/* Only among as many as are given. */
	assert_int_equal(
		record_bit_of_name(record_caps, 2, span_of_text(record_caps[2].name)), 0);
	assert_int_equal(
		record_bit_of_name(record_caps, 0, span_of_text(record_caps[0].name)), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bit_has_one_name_and_each_name_one_bit),
		cmocka_unit_test(names_are_those_of_the_protocol),
		cmocka_unit_test(any_other_word_is_no_bit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
