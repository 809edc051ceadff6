/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/infer/leg.h"

static struct leg *
add(struct legs *l, uint64_t id)
{
	struct leg *leg = legs_add(l);

	leg->ids[LEG_MESSAGE_ID] = id;
	legs_link(l, leg);
	return leg;
}

static void
legs_of_one_id_are_found_newest_first(void **state)
{
	struct words w;
	struct legs l;
	struct leg *found;

	(void)state;
	words_init(&w, NULL);
	legs_init(&l, &w, 64);
	add(&l, 7);
	add(&l, 8);
	add(&l, 7);
	found = legs_find(&l, LEG_MESSAGE_ID, 7, NULL);
	assert_int_equal(found->serial, 3);
	found = legs_find(&l, LEG_MESSAGE_ID, 7, found);
	assert_int_equal(found->serial, 1);
	assert_null(legs_find(&l, LEG_MESSAGE_ID, 7, found));
	assert_null(legs_find(&l, LEG_MESSAGE_ID, 9, NULL));
	assert_null(legs_find(&l, LEG_MESSAGE_ID, 0, NULL));
	assert_null(legs_find(&l, LEG_FINGERPRINT, 7, NULL));
	legs_free(&l);
	words_free(&w);
}

static void
ids_that_share_a_chain_do_not_mix(void **state)
{
	struct words w;
	struct legs l;

	(void)state;
	words_init(&w, NULL);
	legs_init(&l, &w, 64);
	for (uint64_t i = 1; i <= 64; i++)
		add(&l, i * 64 + 5); /* all in chain 5 */
	for (uint64_t i = 1; i <= 64; i++)
		assert_int_equal(
			legs_find(&l, LEG_MESSAGE_ID, i * 64 + 5, NULL)->serial, i);
	legs_free(&l);
	words_free(&w);
}

static void
a_full_ring_forgets_the_oldest_and_counts(void **state)
{
	struct words w;
	struct legs l;

	(void)state;
	words_init(&w, NULL);
	legs_init(&l, &w, 64);
	for (uint64_t i = 1; i <= 100; i++)
		add(&l, 1000 + i);
	assert_int_equal(l.forgotten, 36);
	assert_null(legs_find(&l, LEG_MESSAGE_ID, 1036, NULL));
	assert_non_null(legs_find(&l, LEG_MESSAGE_ID, 1037, NULL));
	assert_null(legs_by_serial(&l, 36));
	assert_non_null(legs_by_serial(&l, 37));
	legs_free(&l);
	words_free(&w);
}

static void
addresses_differ_in_the_local_parts_case_only(void **state)
{
	(void)state;
	assert_true(leg_address_of(SPAN_LITERAL("a@B.Test")) ==
		leg_address_of(SPAN_LITERAL("a@b.test")));
	assert_true(leg_address_of(SPAN_LITERAL("A@b.test")) !=
		leg_address_of(SPAN_LITERAL("a@b.test")));
	assert_true(leg_address_of(SPAN_NONE) == 0);
}

static void
ids_belong_to_their_host_and_kind(void **state)
{
	struct ip_addr a = {{1}}, b = {{2}};
	struct span id = SPAN_LITERAL("93BAAAF82D5");

	(void)state;
	assert_true(leg_id_of(&a, LEG_QUEUE_ID, id) != leg_id_of(&b, LEG_QUEUE_ID, id));
	assert_true(leg_id_of(&a, LEG_QUEUE_ID, id) != leg_id_of(&a, LEG_MESSAGE_ID, id));
	assert_true(leg_id_of(&a, LEG_QUEUE_ID, id) == leg_id_of(&a, LEG_QUEUE_ID_BELOW, id));
	assert_true(leg_id_of(&a, LEG_QUEUE_ID, SPAN_NONE) == 0);
	assert_true(leg_fingerprint_of(&a, 1, 2, 0) == 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(legs_of_one_id_are_found_newest_first),
		cmocka_unit_test(ids_that_share_a_chain_do_not_mix),
		cmocka_unit_test(a_full_ring_forgets_the_oldest_and_counts),
		cmocka_unit_test(addresses_differ_in_the_local_parts_case_only),
		cmocka_unit_test(ids_belong_to_their_host_and_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
