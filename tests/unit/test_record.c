/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/record/record_names.h"
#include "sensor/record/record_read_parts.h"

/* Names that are empty or shared by two values could not be read back. */
#define DISTINCT(type, last, name_of)                                                    \
	for (type a = 0; a <= (last); a++) {                                             \
		assert_true(name_of(a)[0] != '\0');                                      \
		for (type b = 0; b < a; b++)                                             \
			assert_string_not_equal(name_of(a), name_of(b));                 \
	}

static void
each_value_has_a_name_of_its_own(void **state)
{
	(void)state;
	DISTINCT(enum record_auth, RECORD_AUTH_INFERRED_NONE, record_auth_name)
	DISTINCT(enum record_tls, RECORD_TLS_STRIPPED, record_tls_name)
	DISTINCT(enum record_real, RECORD_REAL_XFORWARD, record_real_name)
	DISTINCT(enum record_sides, RECORD_SERVER_ONLY, record_sides_name)
}

static void
outcomes_and_types_read_back_and_the_unknown_is_unknown(void **state)
{
	(void)state;
	for (enum record_outcome o = 0; o <= RECORD_ABANDONED; o++)
		assert_int_equal(read_outcome(span_of_text(record_outcome_name(o))), o);
	for (enum record_rr t = 0; t <= RECORD_RR_OTHER; t++)
		assert_int_equal(read_rr(span_of_text(record_rr_name(t))), t);
	assert_int_equal(read_outcome(SPAN_LITERAL("accepte")), RECORD_UNKNOWN);
	assert_int_equal(read_rr(SPAN_LITERAL("AAAAA")), RECORD_RR_OTHER);
}

static void
the_client_is_the_real_one_where_it_is_known(void **state)
{
	const uint8_t wire[4] = {10, 0, 0, 1}, real[4] = {198, 51, 100, 66};
	struct record_conn c;

	(void)state;
	memset(&c, 0, sizeof(c));
	c.client.addr = ip_addr_v4(wire);
	assert_ptr_equal(record_client(&c), &c.client.addr);
	c.real.addr = ip_addr_v4(real);
	assert_ptr_equal(record_client(&c), &c.real.addr);
}

static void
bits_of_capabilities_and_mechanisms_read_back(void **state)
{
	const size_t caps = sizeof(record_caps) / sizeof(*record_caps);
	const size_t mechs = sizeof(record_mechs) / sizeof(*record_mechs);

	(void)state;
	for (size_t i = 0; i < caps; i++)
		assert_int_equal(record_bit_of_name(record_caps, caps,
					 span_of_text(record_caps[i].name)),
			record_caps[i].bit);
	for (size_t i = 0; i < mechs; i++)
		assert_int_equal(record_bit_of_name(record_mechs, mechs,
					 span_of_text(record_mechs[i].name)),
			record_mechs[i].bit);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_LITERAL("AUT")), 0);
	assert_int_equal(record_bit_of_name(record_caps, caps, SPAN_NONE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_value_has_a_name_of_its_own),
		cmocka_unit_test(outcomes_and_types_read_back_and_the_unknown_is_unknown),
		cmocka_unit_test(the_client_is_the_real_one_where_it_is_known),
		cmocka_unit_test(bits_of_capabilities_and_mechanisms_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
