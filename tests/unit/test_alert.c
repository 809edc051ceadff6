/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "sensor/alert/alert.h"

/* The example of the ULID specification: 01ARYZ6S41 */
#define EXAMPLE_TIME (UINT64_C(1469918176385) * 1000000)

static struct alert *
some_alert(void)
{
	struct alert *a = alert_new();

	a->time = EXAMPLE_TIME + 999999;
	a->last = EXAMPLE_TIME;
	a->rule = alert_keep_text(a, "open-relay");
	assert_true(ip_addr_parse(SPAN_LITERAL("203.0.113.11"), &a->server));
	assert_true(ip_addr_parse(SPAN_LITERAL("198.51.100.66"), &a->client));
	a->port = 25;
	return a;
}

static void
texts_are_copies_and_stay_where_they_are(void **state)
{
	enum {
		TEXTS = 500
	};
	struct span kept[TEXTS];
	struct alert *a = alert_new();
	char text[300], large[10000];

	(void)state;
	memset(large, 'x', sizeof(large));
	for (int i = 0; i < TEXTS; i++) {
		memset(text, 'a' + i % 26, sizeof(text));
		kept[i] = i % 50 == 7
				  ? alert_keep(a, span_of(large, sizeof(large)))
				  : alert_keep(a, span_of(text, (size_t)(i % 299) + 1));
	}
	memset(text, 0, sizeof(text));
	for (int i = 0; i < TEXTS; i++) {
		size_t len = i % 50 == 7 ? sizeof(large) : (size_t)(i % 299) + 1;
		uint8_t c = (uint8_t)(i % 50 == 7 ? 'x' : 'a' + i % 26);

		assert_int_equal(kept[i].len, len);
		assert_int_equal(kept[i].at[0], c);
		assert_int_equal(kept[i].at[len - 1], c);
	}
	alert_free(a);
}

static void
no_text_is_kept_as_no_text(void **state)
{
	struct alert *a = alert_new();

	(void)state;
	assert_int_equal(alert_keep(a, SPAN_NONE).len, 0);
	assert_int_equal(alert_keep_text(a, NULL).len, 0);
	assert_int_equal(alert_keep_text(a, "").len, 0);
	assert_null(a->texts);
	alert_free(a);
	alert_free(NULL);
}

static void
an_id_begins_with_its_time_and_is_in_crockfords_digits(void **state)
{
	struct alert *a = some_alert();

	(void)state;
	alert_identify(a);
	/* 1469918176385 in base 32, as the specification's own example has it. */
	assert_memory_equal(a->id, "01ARYZ6S41", 10);
	assert_int_equal(strlen(a->id), 26);
	assert_int_equal(strspn(a->id, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 26);
	alert_free(a);
}

static void
ids_sort_by_time(void **state)
{
	struct alert *a = some_alert(), *b = some_alert();

	(void)state;
	b->time += UINT64_C(1000000);
	alert_identify(a);
	alert_identify(b);
	assert_true(strcmp(a->id, b->id) < 0);
	alert_free(a);
	alert_free(b);
}

static void
the_first_alert_is_its_own_incident_and_later_ones_keep_theirs(void **state)
{
	struct alert *a = some_alert(), *b = some_alert();

	(void)state;
	alert_identify(a);
	assert_string_equal(a->incident, a->id);
	memcpy(b->incident, a->id, sizeof(a->id));
	b->action = ALERT_CLOSED;
	alert_identify(b);
	assert_string_equal(b->incident, a->id);
	assert_string_not_equal(b->id, a->id);
	alert_free(a);
	alert_free(b);
}

static void
id_of(struct alert *a, char out[ALERT_ID])
{
	a->incident[0] = '\0';
	alert_identify(a);
	memcpy(out, a->id, ALERT_ID);
}

static void
the_same_alert_has_the_same_id_and_any_other_has_another(void **state)
{
	struct alert *a = some_alert();
	char ids[8][ALERT_ID];

	(void)state;
	id_of(a, ids[0]);
	id_of(a, ids[1]);
	assert_string_equal(ids[0], ids[1]);
	a->last++;
	id_of(a, ids[1]);
	a->action = ALERT_REPEATED;
	id_of(a, ids[2]);
	a->port = 587;
	id_of(a, ids[3]);
	a->server.at[15] ^= 1;
	id_of(a, ids[4]);
	a->rule = alert_keep_text(a, "partial-relay");
	id_of(a, ids[5]);
	a->kind = ALERT_FINDING;
	id_of(a, ids[6]);
	a->client.at[15] ^= 1;
	id_of(a, ids[7]);
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(ids[i], ids[k]);
	alert_free(a);
}

static void
the_client_of_a_relay_alert_does_not_change_its_id(void **state)
{
	struct alert *a = some_alert();
	char one[ALERT_ID], two[ALERT_ID];

	(void)state;
	id_of(a, one);
	a->client.at[15] ^= 1;
	id_of(a, two);
	assert_string_equal(one, two);
	alert_free(a);
}

static void
names_and_their_values_are_each_others_inverse(void **state)
{
	enum alert_kind kind;
	enum alert_action action;
	enum alert_severity severity;

	(void)state;
	for (unsigned i = 0; i <= ALERT_SENSOR; i++) {
		assert_true(alert_kind_of_name(
			span_of_text(alert_kind_name((enum alert_kind)i)), &kind));
		assert_int_equal(kind, i);
	}
	for (unsigned i = 0; i <= ALERT_CLOSED; i++) {
		assert_true(alert_action_of_name(
			span_of_text(alert_action_name((enum alert_action)i)), &action));
		assert_int_equal(action, i);
	}
	for (unsigned i = 0; i <= ALERT_SEVERITY_CRITICAL; i++) {
		assert_true(alert_severity_of_name(
			span_of_text(alert_severity_name((enum alert_severity)i)),
			&severity));
		assert_int_equal(severity, i);
	}
}

static void
what_is_no_name_is_refused(void **state)
{
	static const struct span bad[] = {SPAN_NONE, SPAN_LITERAL("lo"),
		SPAN_LITERAL("lowe"), SPAN_LITERAL("Low"), SPAN_LITERAL("low\0"),
		SPAN_LITERAL("opened ")};
	enum alert_kind kind;
	enum alert_action action;
	enum alert_severity severity;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_false(alert_kind_of_name(bad[i], &kind));
		assert_false(alert_action_of_name(bad[i], &action));
		assert_false(alert_severity_of_name(bad[i], &severity));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_copies_and_stay_where_they_are),
		cmocka_unit_test(no_text_is_kept_as_no_text),
		cmocka_unit_test(an_id_begins_with_its_time_and_is_in_crockfords_digits),
		cmocka_unit_test(ids_sort_by_time),
		cmocka_unit_test(
			the_first_alert_is_its_own_incident_and_later_ones_keep_theirs),
		cmocka_unit_test(
			the_same_alert_has_the_same_id_and_any_other_has_another),
		cmocka_unit_test(the_client_of_a_relay_alert_does_not_change_its_id),
		cmocka_unit_test(names_and_their_values_are_each_others_inverse),
		cmocka_unit_test(what_is_no_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
