/* SPDX-License-Identifier: Apache-2.0 */
/* Taken here, denied there: each time the one difference that an administrator would see.
 */
#include "feed.h"

#include "sensor/infer/separate.h"

#define EACH 12

struct made {
	struct attempt a[2 * EACH];
	struct weighed taken[EACH], denied[EACH];
	struct cases c;
	size_t used;
};

static int
setup(void **state)
{
	static struct made m;

	memset(&m, 0, sizeof(m));
	m.c.taken.at = m.taken;
	m.c.denied.at = m.denied;
	*state = &m;
	return 0;
}

static struct weighed *
add(struct made *m, struct case_list *l, const char *client, unsigned tricks, uint64_t ns)
{
	struct attempt *a = &m->a[m->used++];
	struct weighed *w = &l->at[l->count++];

	assert_true(ip_addr_parse(span_of_text(client), &a->key.client));
	*w = (struct weighed){.a = a,
		.tricks = tricks,
		.reach = l == &m->c.denied ? REACH_REFUSED : REACH_MESSAGE,
		.taken = {ns, 0, 1},
		.taken_first = {ns, 0, 1}};
	a->count[w->reach] = 1;
	return w;
}

static void
took(struct made *m, const char *client, unsigned tricks, uint64_t ns)
{
	add(m, &m->c.taken, client, tricks, ns);
}

static void
denied(struct made *m, const char *client, unsigned tricks, uint64_t ns)
{
	add(m, &m->c.denied, client, tricks, ns);
}

static void
expect(struct made *m, enum difference by)
{
	assert_int_equal(separate(&m->c, 2).by, by);
}

static void
expect_trick(struct made *m, unsigned tricks)
{
	struct separation s = separate(&m->c, 2);

	assert_int_equal(s.by, DIFFERENCE_TRICK);
	assert_int_equal(s.tricks, tricks);
}

static void
where_nothing_was_taken_there_is_nothing_to_tell_apart(void **state)
{
	struct made *m = *state;

	expect(m, DIFFERENCE_NONE);
	denied(m, "198.51.100.66", TRICK_PERCENT, 10);
	expect(m, DIFFERENCE_NONE);
}

static void
where_nothing_was_denied_neither_client_nor_sender_is_the_difference(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", 0, 10);
	expect(m, DIFFERENCE_NONE);
	m->c.taken.at[0].tricks = TRICK_NULL_SENDER;
	expect(m, DIFFERENCE_NONE);
	/* But the way in which the recipient is written is. */
	m->c.taken.at[0].tricks = TRICK_PERCENT;
	expect_trick(m, TRICK_PERCENT);
}

static void
a_form_that_only_the_taken_ones_have_is_the_trick(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", TRICK_PERCENT | TRICK_NULL_SENDER, 10);
	denied(m, "198.51.100.66", TRICK_NULL_SENDER, 11);
	expect_trick(m, TRICK_PERCENT);
}

static void
a_trick_that_was_denied_as_well_is_no_difference(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", TRICK_PERCENT, 20);
	denied(m, "198.51.100.66", TRICK_PERCENT, 10);
	expect(m, DIFFERENCE_NONE);
}

static void
every_taken_one_needs_a_trick_and_the_fewest_are_named(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", TRICK_PERCENT, 10);
	took(m, "198.51.100.66", TRICK_PERCENT | TRICK_QUOTED, 11);
	took(m, "198.51.100.66", TRICK_BANG, 12);
	denied(m, "198.51.100.66", 0, 9);
	/* QUOTED works too, but PERCENT has it covered. */
	expect_trick(m, TRICK_PERCENT | TRICK_BANG);
	took(m, "198.51.100.66", 0, 13);
	expect(m, DIFFERENCE_NONE);
}

static void
two_clients_that_were_never_denied_are_trusted(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", 0, 10);
	took(m, "192.0.2.7", 0, 12);
	denied(m, "203.0.113.99", 0, 11);
	expect(m, DIFFERENCE_CLIENT);
	/* The same client denied once: it is not the client. */
	denied(m, "192.0.2.7", 0, 11);
	expect(m, DIFFERENCE_NONE);
}

static void
many_clients_of_one_network_are_a_providers_customers(void **state)
{
	struct made *m = *state;

	took(m, "198.51.1.1", 0, 10);
	took(m, "198.51.2.2", 0, 10);
	took(m, "198.51.3.3", 0, 10);
	denied(m, "203.0.113.99", 0, 9);
	/* One denied stranger may be chance. */
	expect(m, DIFFERENCE_NONE);
	denied(m, "192.0.2.99", 0, 9);
	expect(m, DIFFERENCE_CLIENT);
	denied(m, "198.51.9.9", 0, 9);
	expect(m, DIFFERENCE_NONE);
}

static void
many_clients_of_three_networks_are_strangers(void **state)
{
	struct made *m = *state;

	took(m, "198.51.1.1", 0, 10);
	took(m, "192.0.2.2", 0, 10);
	took(m, "2001:db8::1", 0, 10);
	denied(m, "203.0.113.99", 0, 9);
	denied(m, "203.0.113.98", 0, 9);
	expect(m, DIFFERENCE_NONE);
}

static void
a_branch_office_with_the_head_offices_domain_is_a_trusted_client(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", TRICK_SENDER_DOMAIN, 10);
	denied(m, "203.0.113.99", 0, 11);
	expect(m, DIFFERENCE_CLIENT);
	/* From three unrelated places it is forged. */
	took(m, "192.0.2.66", TRICK_SENDER_DOMAIN, 10);
	took(m, "100.64.0.66", TRICK_SENDER_DOMAIN, 10);
	expect_trick(m, TRICK_SENDER_DOMAIN);
}

static void
a_greeting_as_the_server_itself_is_a_trick_even_of_a_single_client(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", TRICK_HELO, 10);
	denied(m, "203.0.113.99", 0, 11);
	expect_trick(m, TRICK_HELO);
}

static void
enough_denials_after_the_last_acceptance_end_it(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", 0, 10);
	denied(m, "198.51.100.66", 0, 20);
	/* One, of another attempt: it takes two. */
	expect(m, DIFFERENCE_NONE);
	denied(m, "198.51.100.66", 0, 21);
	expect(m, DIFFERENCE_TIME);
	/* And the next acceptance opens it again. */
	took(m, "198.51.100.66", 0, 30);
	expect(m, DIFFERENCE_NONE);
}

static void
the_very_attempt_that_was_taken_needs_one_denial_only(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", 0, 10);
	denied(m, "198.51.100.66", 0, 20);
	m->c.denied.at[0].a = m->c.taken.at[0].a;
	m->a[0].count[REACH_REFUSED] = 1;
	expect(m, DIFFERENCE_TIME);
	/* Before the acceptance it says nothing. */
	m->c.denied.at[0].taken.ns = 5;
	m->c.denied.at[0].taken_first.ns = 5;
	expect(m, DIFFERENCE_NONE);
}

static void
hosts_in_turn_behind_one_address_are_not_remediated(void **state)
{
	struct made *m = *state;

	took(m, "198.51.100.66", 0, 10);
	took(m, "198.51.100.66", 0, 30);
	denied(m, "198.51.100.66", 0, 15);
	denied(m, "198.51.100.66", 0, 20);
	denied(m, "198.51.100.66", 0, 25);
	denied(m, "198.51.100.66", 0, 40);
	denied(m, "198.51.100.66", 0, 41);
	expect(m, DIFFERENCE_NONE);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {
		T(where_nothing_was_taken_there_is_nothing_to_tell_apart),
		T(where_nothing_was_denied_neither_client_nor_sender_is_the_difference),
		T(a_form_that_only_the_taken_ones_have_is_the_trick),
		T(a_trick_that_was_denied_as_well_is_no_difference),
		T(every_taken_one_needs_a_trick_and_the_fewest_are_named),
		T(two_clients_that_were_never_denied_are_trusted),
		T(many_clients_of_one_network_are_a_providers_customers),
		T(many_clients_of_three_networks_are_strangers),
		T(a_branch_office_with_the_head_offices_domain_is_a_trusted_client),
		T(a_greeting_as_the_server_itself_is_a_trick_even_of_a_single_client),
		T(enough_denials_after_the_last_acceptance_end_it),
		T(the_very_attempt_that_was_taken_needs_one_denial_only),
		T(hosts_in_turn_behind_one_address_are_not_remediated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
