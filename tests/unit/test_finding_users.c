/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

static void
unknown(struct scene *s, const char *client)
{
	odd_feed(s, (struct odd_txn){.client = client,
			    .to = "<guess@corp.test>",
			    .code = 550,
			    .text = "5.1.1 <guess@corp.test>: User unknown"});
}

static void
twenty_unknown_mailboxes_in_an_hour_are_a_search(void **state)
{
	const struct finding *f;

	for (int i = 0; i < 19; i++)
		unknown(*state, OUT1);
	assert_int_equal(odd_count(*state), 0);
	unknown(*state, OUT1);
	f = odd_only(*state, FINDING_USER_PROBING);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_int_equal(f->of.users.unknown, 20);
	/* Having found one makes it worse. */
	odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>"});
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
}

static void
a_slow_trickle_is_only_an_old_address_book(void **state)
{
	for (int i = 0; i < 60; i++) {
		unknown(*state, OUT1);
		scene_wait(*state, 300);
	}
	assert_int_equal(odd_count(*state), 0);
}

static void
a_list_with_some_dead_addresses_is_no_search(void **state)
{
	for (int i = 0; i < 30; i++) {
		unknown(*state, OUT1);
		odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>", .data = 250});
		odd_feed(*state, (struct odd_txn){.to = "<eve@corp.test>", .data = 250});
	}
	assert_int_equal(odd_count(*state), 0);
}

static void
twenty_clients_with_one_each_are_no_search(void **state)
{
	char client[IP_ADDR_TEXT];

	for (int i = 0; i < 25; i++) {
		snprintf(client, sizeof(client), "198.51.100.%d", 100 + i);
		unknown(*state, client);
	}
	assert_int_equal(odd_count(*state), 0);
}

static void
other_refusals_say_nothing_about_mailboxes(void **state)
{
	for (int i = 0; i < 40; i++)
		odd_feed(*state, (struct odd_txn){.to = "<bob@corp.test>",
					 .code = 450,
					 .text = "4.2.0 Greylisted"});
	assert_int_equal(odd_count(*state), 0);
}

static void
vrfy_is_a_search_from_the_third_on(void **state)
{
	const struct finding *f;

	odd_connect(*state, (struct odd_conn){.vrfy = 2});
	assert_int_equal(odd_count(*state), 0);
	odd_connect(*state, (struct odd_conn){.expn = 1});
	f = odd_only(*state, FINDING_USER_PROBING);
	assert_int_equal(f->of.users.verified, 3);
	assert_int_equal(f->count, 3);
}

static void
more_vrfy_than_can_be_are_counted_at_once(void **state)
{
	const struct finding *f;

	/* As a record of somebody else may have it; the sum of 32 bits would be 2. */
	odd_connect(*state, (struct odd_conn){.vrfy = UINT32_MAX, .expn = 3});
	f = odd_only(*state, FINDING_USER_PROBING);
	assert_true(f->of.users.verified == UINT32_MAX);
	assert_true(f->count == UINT64_C(4294967298));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(twenty_unknown_mailboxes_in_an_hour_are_a_search),
		ODD(a_slow_trickle_is_only_an_old_address_book),
		ODD(a_list_with_some_dead_addresses_is_no_search),
		ODD(twenty_clients_with_one_each_are_no_search),
		ODD(other_refusals_say_nothing_about_mailboxes),
		ODD(vrfy_is_a_search_from_the_third_on),
		ODD(more_vrfy_than_can_be_are_counted_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
