/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

static struct finding_key
key_of(unsigned n)
{
	struct finding_key key;

	memset(&key, 0, sizeof(key));
	key.server = scene_addr(S);
	key.client = scene_addr(OUT1);
	key.client.at[14] = (uint8_t)(n >> 8);
	key.client.at[15] = (uint8_t)n;
	key.kind = FINDING_USER_PROBING;
	return key;
}

static struct finding *
touch(struct scene *s, unsigned n)
{
	struct finding_key key = key_of(n);

	return finding_insert(&s->in->findings, &key, SPAN_LITERAL(NAME), s->now);
}

static bool
is_there(struct scene *s, unsigned n)
{
	struct finding_key key = key_of(n);

	return finding_find(&s->in->findings, &key) != NULL;
}

static void
what_is_only_watched_is_not_told(void **state)
{
	touch(*state, 1);
	assert_int_equal(odd_count(*state), 0);
}

static void
the_one_watched_that_was_quiet_longest_goes(void **state)
{
	struct scene *s = *state;

	s->in->findings.max_watched = 3;
	touch(s, 1);
	touch(s, 2);
	touch(s, 3);
	touch(s, 1);
	touch(s, 4);
	assert_false(is_there(s, 2));
	assert_true(is_there(s, 1));
	assert_int_equal(s->in->findings.watch_forgotten, 1);
	assert_int_equal(s->in->findings.forgotten, 0);
}

static void
suspicions_do_not_push_findings_out(void **state)
{
	struct scene *s = *state;
	struct findings *fs = &s->in->findings;

	fs->max_watched = 2;
	fs->max_raised = 2;
	finding_raise(fs, touch(s, 1), SEVERITY_LOW);
	finding_raise(fs, touch(s, 2), SEVERITY_LOW);
	for (unsigned n = 10; n < 20; n++)
		touch(s, n);
	assert_int_equal(odd_count(s), 2);
	finding_raise(fs, touch(s, 3), SEVERITY_LOW);
	assert_int_equal(odd_count(s), 2);
	assert_false(is_there(s, 1));
	assert_int_equal(fs->forgotten, 1);
}

static void
severity_only_grows(void **state)
{
	struct scene *s = *state;
	struct finding *f = touch(s, 1);

	finding_raise(&s->in->findings, f, SEVERITY_HIGH);
	finding_raise(&s->in->findings, f, SEVERITY_LOW);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	finding_raise(&s->in->findings, f, SEVERITY_CRITICAL);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
}

static void
the_list_is_ordered_by_severity_then_by_time(void **state)
{
	struct scene *s = *state;
	const struct finding **list;
	size_t count;

	finding_raise(&s->in->findings, touch(s, 1), SEVERITY_LOW);
	scene_wait(s, 1);
	finding_raise(&s->in->findings, touch(s, 3), SEVERITY_HIGH);
	finding_raise(&s->in->findings, touch(s, 2), SEVERITY_HIGH);
	scene_wait(s, 1);
	finding_raise(&s->in->findings, touch(s, 4), SEVERITY_HIGH);
	list = findings_list(s->in, &count);
	assert_int_equal(count, 4);
	assert_int_equal(list[0]->key.client.at[15], 2);
	assert_int_equal(list[1]->key.client.at[15], 3);
	assert_int_equal(list[2]->key.client.at[15], 4);
	assert_int_equal(list[3]->key.client.at[15], 1);
	free(list);
}

static void
evidence_keeps_the_first_and_the_newest(void **state)
{
	struct finding *f = touch(*state, 1);
	struct moment at = {1, 0, 0};

	for (at.frame = 1; at.frame <= 100; at.frame++)
		finding_add_evidence(f, at, "item %u", at.frame);
	assert_int_equal(f->evidence_count, FINDING_EVIDENCE_MAX);
	assert_int_equal(f->evidence[0].at.frame, 1);
	assert_int_equal(
		f->evidence[FINDING_EVIDENCE_MAX - 2].at.frame, FINDING_EVIDENCE_MAX - 1);
	assert_string_equal(f->evidence[FINDING_EVIDENCE_MAX - 1].what, "item 100");
}

static void
clients_are_told_apart_up_to_a_bound(void **state)
{
	struct finding *f = touch(*state, 1);
	struct ip_addr a = scene_addr(OUT1);

	for (unsigned i = 0; i < 40; i++) {
		a.at[15] = (uint8_t)(i / 2);
		finding_note_client(f, &a);
	}
	assert_int_equal(f->client_count, FINDING_CLIENTS_MAX);
	assert_true(f->more_clients);
}

static void
a_peers_text_is_cut_and_stays_on_one_line(void **state)
{
	char out[FINDING_LIST], longer[200];

	(void)state;
	assert_string_equal(finding_peer(SPAN_LITERAL("a\nb\rc\0d"), out), "a b c d");
	assert_string_equal(finding_peer(SPAN_NONE, out), "");
	memset(longer, 'x', sizeof(longer));
	finding_peer(span_of(longer, sizeof(longer)), out);
	assert_int_equal(strlen(out), FINDING_LIST - 1);
	assert_string_equal(out + FINDING_LIST - 4, "...");
}

static void
a_finding_is_asked_for_once_after_each_change_and_never_while_watched(void **state)
{
	struct scene *s = *state;
	struct findings *fs = &s->in->findings;
	struct finding *one, *two;

	one = touch(s, 1);
	finding_count(one, (struct moment){5, 0, 1});
	assert_null(findings_changed_next(s->in));
	two = touch(s, 2);
	finding_raise(fs, two, SEVERITY_LOW);
	finding_raise(fs, one, SEVERITY_LOW);
	assert_ptr_equal(findings_changed_next(s->in), two);
	assert_ptr_equal(findings_changed_next(s->in), one);
	assert_null(findings_changed_next(s->in));
	/* Raised again, no worse, and nothing counted: it is as it was. */
	finding_raise(fs, one, SEVERITY_LOW);
	assert_null(findings_changed_next(s->in));
	finding_count(one, (struct moment){6, 0, 2});
	finding_raise(fs, one, SEVERITY_HIGH);
	assert_ptr_equal(findings_changed_next(s->in), one);
	assert_null(findings_changed_next(s->in));
	/* One that had to go is not asked for. */
	finding_count(two, (struct moment){7, 0, 3});
	fs->max_raised = 2;
	finding_raise(fs, touch(s, 3), SEVERITY_LOW);
	assert_false(is_there(s, 2));
	assert_non_null(findings_changed_next(s->in));
	assert_null(findings_changed_next(s->in));
}

static void
every_kind_and_severity_has_its_name(void **state)
{
	(void)state;
	for (unsigned k = 0; k < FINDING_KINDS; k++) {
		assert_non_null(finding_kind_name((enum finding_kind)k));
		assert_non_null(finding_kind_title((enum finding_kind)k));
	}
	assert_string_equal(finding_severity_name(SEVERITY_CRITICAL), "critical");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(what_is_only_watched_is_not_told),
		ODD(the_one_watched_that_was_quiet_longest_goes),
		ODD(suspicions_do_not_push_findings_out),
		ODD(severity_only_grows),
		ODD(the_list_is_ordered_by_severity_then_by_time),
		ODD(evidence_keeps_the_first_and_the_newest),
		ODD(clients_are_told_apart_up_to_a_bound),
		ODD(a_peers_text_is_cut_and_stays_on_one_line),
		ODD(a_finding_is_asked_for_once_after_each_change_and_never_while_watched),
		ODD(every_kind_and_severity_has_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
