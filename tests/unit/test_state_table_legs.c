/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of messages that may be met again, and of headers that wait, which no sensor has
 * written: what leads nowhere is refused, and what is taken ties nothing that it should
 * not.
 */
#include "relay_scene.h"
#include "state_rig.h"

#define WAITS "\"by\":\"" S_NAME "\",\"domain\":\"victim.test\""

static void
what_there_is_not_is_refused(void **state)
{
	static const struct row_bound bounds[] = {
		{"leg", "", "serial", UINT64_MAX / 4},
		/* REACH_COUNT: one that ended in none of the ways. */
		{"leg", "", "reach", REACH_COUNT},
		{"leg", "", "port", 65535},
		{"leg", "", "peer_port", 65535},
		{"told", WAITS, "reach", REACH_COUNT - 1},
		{"told", WAITS, "form", SMTP_FORM_COUNT - 1},
		{"told", WAITS, "sender_kind", SENDER_BARE},
		{"told", WAITS, "auth", RECORD_AUTH_INFERRED_NONE},
		{"told", WAITS, "told", TOLD_WITHOUT_FOR},
	};
	static const struct row_list lists[] = {
		{"leg", "", "ids", "1", LEG_IDS},
		{"leg", "", "rcpts", "{\"address\":1,\"key_domain\":\"a.test\"}",
			LEG_RCPTS_MAX},
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(bounds) / sizeof(*bounds); i++)
		assert_row_bound(s->in, &files, &bounds[i]);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		assert_row_list(s->in, &files, &lists[i]);
	record_files_free(&files);
}

/* A number of recipients is no list, and what is in it is held to the same bounds. */
static void
recipients_that_are_none_take_their_message_along(void **state)
{
	static const char *const bad[] = {"7", "{}", "[7]", "[[]]", "[{},{\"form\":99}]",
		"[{\"auth\":6}]", "[{\"told\":3}]", "[{\"client\":\"x\"}]",
		"[{\"domain\":{}}]", "[{\"address\":-1}]", "[null]"};
	struct scene *s = *state;
	struct record_files files;
	char members[128];

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(members, sizeof(members), "\"serial\":1,\"rcpts\":%s", bad[i]);
		if (row_load(s->in, &files, "leg", members))
			fail_msg("taken: %s", members);
	}
	infer_state_loaded(s->in);
	assert_int_equal(s->in->legs.serial, 0);
	record_files_free(&files);
}

static struct leg *
loaded_leg(struct scene *s, uint64_t serial)
{
	struct leg *leg = legs_by_serial(&s->in->legs, serial);

	assert_non_null(leg);
	return leg;
}

/* The inbound leg of a message that S took, as a row with members beside. */
static void
load_inbound(struct scene *s, struct record_files *files, const char *members)
{
	struct ip_addr host = scene_addr(S);
	char row[512];

	snprintf(row, sizeof(row),
		"\"serial\":1,\"host\":\"" S "\",\"port\":25,\"name\":\"" S_NAME
		"\",\"peer\":\"" OUT1 "\",\"at\":[1700000000000000000,1,\"a\"],"
		"\"ids\":[%llu]%s",
		(unsigned long long)leg_id_of(&host, LEG_QUEUE_ID, SPAN_LITERAL("Q1")),
		members);
	assert_true(row_load(s->in, files, "leg", row));
	infer_state_loaded(s->in);
}

static void
leave(struct scene *s)
{
	scene_hello(s, OUT2, S, S_NAME, "c.test");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	free(portrait(s->in, &(struct record_files){0}));
}

/* The same key in both: so it is that a message finds its attempt again. */
static void
a_message_with_its_attempt_is_tied_when_it_leaves(void **state)
{
	struct scene *s = *state;
	const struct attempt *a;
	struct record_files files;
	struct infer_row rows[] = {
		{"server", SPAN_LITERAL("2"),
			SPAN_LITERAL("{\"v\":1,\"ip\":\"" S "\",\"port\":25}"), NULL},
		{"identity", SPAN_LITERAL("3"),
			SPAN_LITERAL("{\"v\":1,\"of\":2,\"name\":\"" S_NAME "\"}"), NULL},
		{"attempt", SPAN_LITERAL("4"),
			SPAN_LITERAL("{\"v\":1,\"of\":3,\"domain\":\"victim.test\","
				     "\"client\":\"" OUT1 "\"}"),
			NULL},
	};
	char members[200];

	record_files_init(&files);
	assert_true(row_load(s->in, &files, "host", "\"ip\":\"" S "\""));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_true(infer_state_load(s->in, &files, &rows[i]));
	snprintf(members, sizeof(members),
		",\"rcpts\":[{\"address\":%llu,\"key_domain\":\"victim.test\","
		"\"client\":\"" OUT1 "\"}]",
		(unsigned long long)leg_address_of(SPAN_LITERAL("a@victim.test")));
	load_inbound(s, &files, members);
	a = s->in->servers.table->identities->attempts;
	assert_non_null(a);
	assert_int_equal(a->count[REACH_SENT], 0);
	leave(s);
	assert_int_equal(a->count[REACH_SENT], 1);
	assert_int_equal(a->tie, TIE_QUEUE_ID);
	record_files_free(&files);
}

/* Without recipients, or with such as belong to no attempt, nothing was relayed. */
static void
a_message_without_recipients_ties_nothing(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct verdict v;

	record_files_init(&files);
	load_inbound(s, &files, "");
	assert_int_equal(loaded_leg(s, 1)->rcpt_count, 0);
	leave(s);
	v = scene_verdict(s, S, 25);
	assert_int_not_equal(v.grade, GRADE_CONFIRMED);
	record_files_free(&files);
}

static void
a_message_whose_attempt_is_gone_ties_nothing(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	char members[128];

	record_files_init(&files);
	snprintf(members, sizeof(members), ",\"rcpts\":[{\"address\":%llu}]",
		(unsigned long long)leg_address_of(SPAN_LITERAL("a@victim.test")));
	load_inbound(s, &files, members);
	assert_int_equal(loaded_leg(s, 1)->rcpt_count, 1);
	leave(s);
	assert_int_not_equal(scene_verdict(s, S, 25).grade, GRADE_CONFIRMED);
	record_files_free(&files);
}

/* Parents lead from hop to hop; one that leads back is followed for a while only. */
static void
messages_that_came_of_themselves_end(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	char members[160];

	record_files_init(&files);
	snprintf(members, sizeof(members), ",\"parent\":1,\"rcpts\":[{\"address\":%llu}]",
		(unsigned long long)leg_address_of(SPAN_LITERAL("a@victim.test")));
	load_inbound(s, &files, members);
	leave(s);
	assert_int_equal(loaded_leg(s, 1)->parent, 1);
	record_files_free(&files);
}

/* Five ids that fall into one chain: each search ends, and finds its own. */
static void
ids_of_one_chain_are_told_apart(void **state)
{
	struct scene *s = *state;
	struct record_files files;
	struct leg *found;

	record_files_init(&files);
	/* The ring has 1024 places: these are one apart from each other's chain. */
	assert_true(row_load(
		s->in, &files, "leg", "\"serial\":1,\"ids\":[1025,2049,3073,4097,5121]"));
	assert_true(row_load(s->in, &files, "leg", "\"serial\":2,\"ids\":[0,0,0,4097]"));
	assert_true(row_load(s->in, &files, "leg", "\"serial\":3,\"ids\":[0,0,0,1]"));
	infer_state_loaded(s->in);
	found = legs_find(&s->in->legs, LEG_MESSAGE_ID, 4097, NULL);
	assert_ptr_equal(found, loaded_leg(s, 2));
	found = legs_find(&s->in->legs, LEG_MESSAGE_ID, 4097, found);
	assert_ptr_equal(found, loaded_leg(s, 1));
	assert_null(legs_find(&s->in->legs, LEG_MESSAGE_ID, 4097, found));
	assert_ptr_equal(
		legs_find(&s->in->legs, LEG_FINGERPRINT, 5121, NULL), loaded_leg(s, 1));
	assert_null(legs_find(&s->in->legs, LEG_FINGERPRINT, 4097, NULL));
	assert_null(legs_find(&s->in->legs, LEG_MESSAGE_ID, 0, NULL));
	record_files_free(&files);
}

/* What waits needs the name that it waits for, and whose mail it was. */
static void
a_header_that_waits_for_nobody_is_refused(void **state)
{
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	assert_false(row_load(s->in, &files, "told", "\"by\":\"a\""));
	assert_false(row_load(s->in, &files, "told", "\"domain\":\"a\""));
	assert_false(
		row_load(s->in, &files, "told", WAITS ",\"example\":{\"reach\":12}"));
	assert_false(row_load(s->in, &files, "told", WAITS ",\"next_hop\":1"));
	assert_true(row_load(s->in, &files, "told", WAITS ",\"host\":\"" S "\""));
	infer_state_loaded(s->in);
	assert_int_equal(s->in->told.waiting, 1);
	/* Its server greets: it is placed, and judged as one that was refused. */
	scene_hello(s, OUT2, S, S_NAME, "c.test");
	assert_int_equal(s->in->told.waiting, 0);
	free(portrait(s->in, &files));
	record_files_free(&files);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_there_is_not_is_refused),
		T(recipients_that_are_none_take_their_message_along),
		T(a_message_with_its_attempt_is_tied_when_it_leaves),
		T(a_message_without_recipients_ties_nothing),
		T(a_message_whose_attempt_is_gone_ties_nothing),
		T(messages_that_came_of_themselves_end),
		T(ids_of_one_chain_are_told_apart),
		T(a_header_that_waits_for_nobody_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
