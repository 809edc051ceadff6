/* SPDX-License-Identifier: Apache-2.0 */
#include "scene.h"

#define US "203.0.113.11"

static int
setup(void **state)
{
	static struct scene s;

	scene_init(&s);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	scene_free(*state);
	return 0;
}

static enum names_mx
mx_of(struct scene *s, const char *domain, const char *server, const char *name)
{
	struct word *d = word_take(&s->in->words, span_of_text(domain));
	struct word *n = name ? word_take(&s->in->words, span_of_text(name)) : NULL;
	struct ip_addr addr = scene_addr(server);
	struct moment at = {0};
	enum names_mx mx = names_mx_of(&s->in->names, d, &addr, n, &at);

	if (mx != NAMES_MX_UNKNOWN)
		assert_int_not_equal(at.frame, 0);
	word_drop(&s->in->words, d);
	word_drop(&s->in->words, n);
	return mx;
}

static void
what_was_not_heard_is_unknown(void **state)
{
	assert_int_equal(mx_of(*state, "corp.test", US, NULL), NAMES_MX_UNKNOWN);
}

static void
an_exchanger_is_known_by_address_or_by_name(void **state)
{
	struct scene *s = *state;

	scene_mx(s, US, "corp.test", "mx.corp.test", US);
	assert_int_equal(mx_of(s, "corp.test", US, NULL), NAMES_MX_IS);
	assert_int_equal(mx_of(s, "CORP.test.", US, NULL), NAMES_MX_IS);
	assert_int_equal(mx_of(s, "corp.test", "192.0.2.9", "mx.corp.test"), NAMES_MX_IS);
	assert_int_equal(
		mx_of(s, "corp.test", "192.0.2.9", "mx2.corp.test"), NAMES_MX_SIBLING);
	assert_int_equal(mx_of(s, "corp.test", "192.0.2.9", "a.b.test"), NAMES_MX_IS_NOT);
}

static void
a_private_address_or_unresolved_exchanger_makes_no_only_by_name(void **state)
{
	struct scene *s = *state;

	scene_mx(s, US, "corp.test", "mx.corp.test", "192.0.2.1");
	assert_int_equal(
		mx_of(s, "corp.test", "10.0.0.1", "a.b.test"), NAMES_MX_IS_NOT_BY_NAME);
	scene_mx(s, US, "other.test", "mx.other.test", NULL);
	assert_int_equal(mx_of(s, "other.test", US, "a.b.test"), NAMES_MX_IS_NOT_BY_NAME);
}

static void
a_null_exchanger_takes_no_mail(void **state)
{
	struct scene *s = *state;

	scene_mx(s, US, "none.test", NULL, NULL);
	assert_int_equal(mx_of(s, "none.test", US, NULL), NAMES_MX_NULL);
}

static void
a_newer_answer_replaces_the_older(void **state)
{
	struct scene *s = *state;

	scene_mx(s, US, "corp.test", "mx.moved.test", "192.0.2.1");
	assert_int_equal(mx_of(s, "corp.test", US, "a.b.test"), NAMES_MX_IS_NOT);
	scene_mx(s, US, "corp.test", "mx.corp.test", US);
	assert_int_equal(mx_of(s, "corp.test", US, "a.b.test"), NAMES_MX_IS);
}

static void
who_was_an_exchanger_before_a_move_took_that_mail_by_right(void **state)
{
	struct scene *s = *state;

	scene_mx(s, US, "corp.test", "mx.corp.test", US);
	scene_mx(s, US, "corp.test", "mx.moved.test", "192.0.2.1");
	scene_mx(s, US, "corp.test", "mx.moved.test", "192.0.2.1");
	assert_int_equal(mx_of(s, "corp.test", US, "a.b.test"), NAMES_MX_IS);
}

static void
who_asked_for_what_and_when_is_known(void **state)
{
	struct scene *s = *state;
	struct ip_addr us = scene_addr(US), other = scene_addr("192.0.2.9");
	struct word *d;
	uint64_t before = s->now;

	scene_mx(s, US, "corp.test", "mx.corp.test", US);
	d = word_take(&s->in->words, SPAN_LITERAL("corp.test"));
	assert_true(names_asked_for(&s->in->names, &us, d, before));
	assert_false(names_asked_for(&s->in->names, &us, d, s->now + 1));
	assert_false(names_asked_for(&s->in->names, &other, d, before));
	assert_true(names_last_asked(&s->in->names, &us) == s->now);
	assert_true(names_last_asked(&s->in->names, &other) == 0);
	word_drop(&s->in->words, d);
}

static void
a_full_table_forgets_the_oldest(void **state)
{
	struct scene *s = *state;
	char name[32];

	scene_mx(s, US, "first.test", "mx.first.test", US);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "d%d.test", i);
		scene_mx(s, US, name, NULL, NULL);
	}
	assert_int_equal(mx_of(s, "first.test", US, NULL), NAMES_MX_UNKNOWN);
	assert_int_equal(mx_of(s, "d999.test", US, NULL), NAMES_MX_NULL);
	assert_true(s->in->names.evicted > 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(what_was_not_heard_is_unknown),
		CASE(an_exchanger_is_known_by_address_or_by_name),
		CASE(a_private_address_or_unresolved_exchanger_makes_no_only_by_name),
		CASE(a_null_exchanger_takes_no_mail),
		CASE(a_newer_answer_replaces_the_older),
		CASE(who_was_an_exchanger_before_a_move_took_that_mail_by_right),
		CASE(who_asked_for_what_and_when_is_known),
		CASE(a_full_table_forgets_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
