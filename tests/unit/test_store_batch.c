/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/store/store_part.h"

static void
all_texts_are_copied(void **state)
{
	struct store_batch *b = store_batch_new();
	char key[] = "key", body[] = "body";

	(void)state;
	assert_true(store_batch_is_empty(b));
	assert_int_equal(store_batch_octets(b), 0);
	store_batch_state(b, "table", span_of_text(key), span_of_text(body));
	memset(key, 'x', 3);
	memset(body, 'x', 4);
	assert_false(store_batch_is_empty(b));
	assert_int_equal(b->count, 1);
	assert_true(span_equal(
		store_batch_text(b, b->items[0].of.state.key), SPAN_LITERAL("key")));
	assert_true(
		span_equal(store_batch_text(b, b->items[0].body), SPAN_LITERAL("body")));
	store_batch_free(b);
}

static void
texts_stay_where_they_are_when_the_batch_grows(void **state)
{
	struct store_batch *b = store_batch_new();
	char body[32];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(body, sizeof(body), "body %u", i);
		store_batch_line(b, CONFIG_STREAM_SERVERS, i, span_of_text(body));
	}
	assert_int_equal(b->count, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		snprintf(body, sizeof(body), "body %u", i);
		assert_true(span_equal(
			store_batch_text(b, b->items[i].body), span_of_text(body)));
		assert_int_equal(b->items[i].time, i);
	}
	/* 10 times "body 0" … 900 times "body 100" …: 8,890 octets of text. */
	assert_true(store_batch_octets(b) >= 10 * 6 + 90 * 7 + 900 * 8);
	store_batch_free(b);
}

static void
an_alert_is_kept_as_its_json_form(void **state)
{
	struct rig r;
	struct span body;

	(void)state;
	rig_make(&r);
	rig_alert(&r, 1, ALERT_SEVERITY_HIGH, SPAN_LITERAL("a \"quoted\" detail"));
	body = store_batch_text(r.batch, r.batch->items[0].body);
	assert_true(body.len > 2 && body.at[0] == '{' && body.at[body.len - 1] == '}');
	assert_true(
		span_search_nocase(body, SPAN_LITERAL("\"type\":\"alert\"")) < body.len);
	assert_string_equal(r.batch->items[0].of.alert.kind, "relay");
	assert_string_equal(r.batch->items[0].of.alert.action, "opened");
	rig_free(&r);
}

static void
a_batch_of_nothing_is_committed(void **state)
{
	struct rig r;

	(void)state;
	rig_init(&r);
	rig_commit(&r);
	store_batch_free(NULL);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_texts_are_copied),
		cmocka_unit_test(texts_stay_where_they_are_when_the_batch_grows),
		cmocka_unit_test(an_alert_is_kept_as_its_json_form),
		cmocka_unit_test(a_batch_of_nothing_is_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
