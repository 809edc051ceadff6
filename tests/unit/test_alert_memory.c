/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/alert/alert_memory.h"

static struct alert_memory_key
key_of(unsigned n)
{
	struct alert_memory_key key;

	memset(&key, 0, sizeof(key));
	key.kind = ALERT_RELAY;
	key.server.at[14] = (uint8_t)(n >> 8);
	key.server.at[15] = (uint8_t)n;
	key.port = 25;
	return key;
}

static struct alert_entry *
insert(struct alert_memory *m, unsigned n)
{
	struct alert_memory_key key = key_of(n);

	return alert_memory_insert(m, &key);
}

static bool
knows(struct alert_memory *m, unsigned n)
{
	struct alert_memory_key key = key_of(n);

	return alert_memory_find(m, &key) != NULL;
}

static size_t
saved(struct alert_memory *m, size_t *empty)
{
	struct json_out body;
	struct span key;
	size_t count = 0;

	*empty = 0;
	json_out_init(&body);
	while (alert_memory_save(m, &key, &body)) {
		assert_true(key.len > 0);
		*empty += body.used == 0;
		count++;
	}
	json_out_free(&body);
	return count;
}

static void
the_one_that_was_quiet_for_longest_is_forgotten(void **state)
{
	struct alert_memory m;

	(void)state;
	alert_memory_init(&m, 3);
	for (unsigned n = 0; n < 3; n++)
		insert(&m, n);
	insert(&m, 0);
	insert(&m, 3);
	assert_true(knows(&m, 0) && knows(&m, 2) && knows(&m, 3));
	assert_false(knows(&m, 1));
	assert_int_equal(m.forgotten, 1);
	alert_memory_free(&m);
}

static void
only_what_has_changed_is_saved_and_only_once(void **state)
{
	struct alert_memory m;
	size_t empty;

	(void)state;
	alert_memory_init(&m, 10);
	insert(&m, 0);
	alert_memory_mark(&m, insert(&m, 1));
	alert_memory_mark(&m, insert(&m, 1));
	alert_memory_mark(&m, insert(&m, 2));
	assert_int_equal(saved(&m, &empty), 2);
	assert_int_equal(saved(&m, &empty), 0);
	alert_memory_mark(&m, insert(&m, 2));
	assert_int_equal(saved(&m, &empty), 1);
	assert_int_equal(empty, 0);
	alert_memory_free(&m);
}

static void
what_is_forgotten_is_saved_as_such_and_before_what_came_back(void **state)
{
	struct alert_memory m;
	struct json_out body;
	struct span key;

	(void)state;
	alert_memory_init(&m, 1);
	json_out_init(&body);
	alert_memory_mark(&m, insert(&m, 1));
	alert_memory_hold(&m, insert(&m, 1), 0, 1);
	insert(&m, 2);
	alert_memory_mark(&m, insert(&m, 1));
	assert_true(alert_memory_save(&m, &key, &body));
	assert_int_equal(body.used, 0);
	assert_true(alert_memory_save(&m, &key, &body));
	assert_int_equal(body.used, 0);
	assert_true(alert_memory_save(&m, &key, &body));
	assert_true(span_equal(key, SPAN_LITERAL("relay ::1 25")));
	assert_true(body.used > 0);
	assert_false(alert_memory_save(&m, &key, &body));
	json_out_free(&body);
	alert_memory_free(&m);
}

static void
many_are_held_and_let_go_in_any_order(void **state)
{
	struct alert_memory m;
	struct alert_entry *e[5];

	(void)state;
	alert_memory_init(&m, 10);
	for (unsigned n = 0; n < 5; n++) {
		e[n] = insert(&m, n);
		alert_memory_hold(&m, e[n], n, n + 1);
		alert_memory_hold(&m, e[n], n, n + 2);
	}
	alert_memory_unhold(&m, e[2]);
	alert_memory_unhold(&m, e[2]);
	alert_memory_unhold(&m, e[0]);
	alert_memory_unhold(&m, e[4]);
	assert_ptr_equal(m.held, e[1]);
	assert_ptr_equal(m.held->held_next, e[3]);
	assert_null(e[3]->held_next);
	alert_memory_free(&m);
}

static void
the_full_table_holds_and_counts(void **state)
{
	struct alert_memory m;
	size_t empty;

	(void)state;
	alert_memory_init(&m, 100);
	for (unsigned n = 0; n < 1000; n++)
		alert_memory_mark(&m, insert(&m, n));
	assert_int_equal(HASH_COUNT(m.table), 100);
	assert_int_equal(m.forgotten, 900);
	assert_int_equal(saved(&m, &empty), 1000);
	assert_int_equal(empty, 900);
	alert_memory_free(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_one_that_was_quiet_for_longest_is_forgotten),
		cmocka_unit_test(only_what_has_changed_is_saved_and_only_once),
		cmocka_unit_test(
			what_is_forgotten_is_saved_as_such_and_before_what_came_back),
		cmocka_unit_test(many_are_held_and_let_go_in_any_order),
		cmocka_unit_test(the_full_table_holds_and_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
