/* SPDX-License-Identifier: Apache-2.0 */
/* What was learned goes to rows and comes back: the same is said of it, to the octet. */
#include "relay_scene.h"
#include "state_rig.h"

struct both {
	struct scene *s;
	struct record_files files;
	struct state_rows rows;
};

static void
both_init(struct both *b, struct scene *s)
{
	*b = (struct both){.s = s};
	record_files_init(&b->files);
	record_files_add(&b->files, SPAN_LITERAL("eth0"));
}

static void
both_free(struct both *b)
{
	rows_free(&b->rows);
	record_files_free(&b->files);
}

/* What is saved now, loaded into a new inference, says the same. */
static void
check(struct both *b)
{
	struct record_files files;
	struct infer *loaded;

	record_files_init(&files);
	rows_save(&b->rows, b->s->in, &b->files);
	loaded = rows_load(&b->rows, &b->s->config, &files);
	assert_same_portrait(b->s->in, &b->files, loaded, &files);
	infer_free(loaded);
	record_files_free(&files);
}

static void
probe(struct scene *s)
{
	denied(s, OUT3, "<antispam@test.test>", "<a%victim.test@corp.test>");
	denied(s, OUT3, "<antispam@test.test>", "<a@one.test>");
	denied(s, OUT3, "<antispam@test.test>", "<victim.test!a@corp.test>");
	denied(s, OUT3, "<antispam@test.test>", "<a@two.test>");
	denied(s, OUT3, "<antispam@test.test>", "<@corp.test:a@victim.test>");
}

static void
encoded(struct scene *s)
{
	scene_mail(s, (struct scene_mail){.client = OUT4,
			      .server = S,
			      .name = S_NAME,
			      .helo = "h\xe4\x01.test..",
			      .from = "<\xff@sh\xc3\xb6p.test>",
			      .rcpt = {{"<\\\"a@victim\xc3.test>", 250,
				      "2.1.5 \xe2\x82 \"ok\" \\"}},
			      .data = 250,
			      .queue_id = "\xfe\xfd",
			      .message_id = "<\xc3\xa4\xc3@x>"});
}

/* A few of everything; three turns, so that it can be saved in between. */
static void
turn(struct scene *s, int n)
{
	if (n == 0) {
		scene_hello(s, OUT1, S, NULL, "early.test");
		taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
		scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
		scene_mx(s, S, "null.test", NULL, NULL);
		sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
			BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
		probe(s);
	} else if (n == 1) {
		scene_encrypted(s, OUT2, "203.0.113.60", "mail.dark.test");
		encoded(s);
		scene_mx(s, S, "victim.test", "mx2.victim.test", MX_F);
		taken(s, "2001:db8::9", "<>", "<b@corp.test>", "Q2");
		denied(s, OUT2, "<x@corp.test>", "<b@victim.test>");
		probe(s);
	} else {
		sent_on(s, MX_F, "<y@shop.test>", "<c@third.test>",
			BY_S(OUT2, "ESMTP", "Q7", "<c@third.test>"));
		taken(s, OUT2, "<y@shop.test>", "<d@victim.test>", "Q8");
		scene_wait(s, 90000);
		denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
		denied(s, OUT2, "<x@shop.test>", "<a@victim.test>");
		denied(s, OUT1, "<x@shop.test>", "<a@victim.test>");
		scene_mail(s, (struct scene_mail){.client = OUT1,
				      .server = S,
				      .name = S_NAME,
				      .from = "<x@shop.test>",
				      .rcpt = {{"<a@one.test>", 250, NULL},
					      {"<b@two.test>", 250, NULL},
					      {"<c@three.test>", 250, NULL}},
				      .data = 250});
	}
}

static void
it_says_the_same_after_each_of_several_savings(void **state)
{
	struct scene *s = *state;
	struct both b;
	char *text;

	both_init(&b, s);
	check(&b);
	for (int n = 0; n < 3; n++) {
		turn(s, n);
		check(&b);
	}
	/* There was something to say. */
	text = portrait(s->in, &b.files);
	assert_non_null(strstr(text, "relay-probe"));
	assert_non_null(strstr(text, "eth0"));
	assert_non_null(strstr(text, "queue-id"));
	assert_non_null(strstr(text, "example 11 "));
	free(text);
	both_free(&b);
}

/* The same scene, its inference loaded in between: records that follow find all as it
 * was. */
static void
what_follows_is_learned_on_top_of_what_was_loaded(void **state)
{
	struct scene *s = *state, *other = calloc(1, sizeof(*other));
	struct record_files files;
	struct both b;

	both_init(&b, s);
	record_files_init(&files);
	scene_init(other);
	for (int n = 0; n < 3; n++) {
		turn(s, n);
		turn(other, n);
		assert_same_portrait(s->in, &b.files, other->in, &b.files);
		rows_save(&b.rows, other->in, &b.files);
		infer_free(other->in);
		/* The names of files get the same places as in the run before. */
		record_files_free(&files);
		record_files_add(&files, SPAN_LITERAL("eth0"));
		other->in = rows_load(&b.rows, &other->config, &files);
		assert_same_portrait(s->in, &b.files, other->in, &files);
	}
	both_free(&b);
	record_files_free(&files);
	scene_free(other);
	free(other);
}

static void
only_what_has_changed_is_given_again(void **state)
{
	struct scene *s = *state;
	struct both b;
	size_t first;

	both_init(&b, s);
	turn(s, 0);
	turn(s, 1);
	first = rows_save(&b.rows, s->in, &b.files);
	assert_true(first > 30);
	assert_int_equal(rows_save(&b.rows, s->in, &b.files), 0);
	/*
	 * A refusal like one before: the counters, the identity, its attempt, patron and
	 * tally, and the watched finding of that client.
	 */
	denied(s, OUT2, "<x@corp.test>", "<b@victim.test>");
	assert_in_range(rows_save(&b.rows, s->in, &b.files), 5, 6);
	both_free(&b);
}

/* As a database that is lost leaves it: none of the rows are there, and all come back. */
static void
all_rows_are_given_once_more_where_they_were_lost(void **state)
{
	struct scene *s = *state;
	struct both b;
	size_t count;

	both_init(&b, s);
	turn(s, 0);
	turn(s, 1);
	rows_save(&b.rows, s->in, &b.files);
	count = HASH_COUNT(b.rows.at);
	rows_free(&b.rows);
	b.rows = (struct state_rows){0};
	turn(s, 2);
	assert_false(infer_state_owes(s->in));
	infer_state_again(s->in);
	assert_true(infer_state_owes(s->in));
	check(&b);
	assert_false(infer_state_owes(s->in));
	assert_true(HASH_COUNT(b.rows.at) > count);
	assert_int_equal(rows_save(&b.rows, s->in, &b.files), 0);
	both_free(&b);
}

/* Two servers at most: the third makes the rows of the first go, all of them. */
static void
the_rows_of_what_is_forgotten_are_taken_back(void **state)
{
	struct scene *s = *state;
	struct state_row *row;
	struct both b;
	size_t servers = 0;

	both_init(&b, s);
	s->in->servers.max_servers = 2;
	s->config.limits.servers = 2;
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	rows_save(&b.rows, s->in, &b.files);
	scene_hello(s, OUT2, "203.0.113.60", "mail.b.test", "x.test");
	scene_hello(s, OUT2, "203.0.113.61", "mail.c.test", "x.test");
	check(&b);
	for (row = b.rows.at; row; row = row->hh.next) {
		assert_string_not_equal(row->table, "attempt");
		servers += strcmp(row->table, "server") == 0;
	}
	assert_int_equal(servers, 2);
	both_free(&b);
}

/* The sensor ends and begins again; what it had saved is all that it knows. */
static void
restart(struct both *b)
{
	rows_save(&b->rows, b->s->in, &b->files);
	infer_free(b->s->in);
	b->s->in = rows_load(&b->rows, &b->s->config, &b->files);
}

static const struct attempt *
first_attempt(struct scene *s)
{
	struct ip_addr addr = scene_addr(S);
	const struct server *server = server_find(&s->in->servers, &addr, 25);

	assert_non_null(server);
	assert_non_null(server->identities->attempts);
	return server->identities->attempts;
}

static void
a_message_taken_before_a_restart_is_tied_when_it_leaves_after_it(void **state)
{
	struct scene *s = *state;
	const struct attempt *a;
	struct verdict v;
	struct both b;
	uint32_t taken_in;

	both_init(&b, s);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	taken_in = first_attempt(s)->first[REACH_MESSAGE].frame;
	assert_int_not_equal(taken_in, 0);
	restart(&b);
	assert_int_not_equal(scene_verdict(s, S, 25).grade, GRADE_CONFIRMED);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	v = scene_verdict(s, S, 25);
	assert_int_equal(v.kind, VERDICT_OPEN_RELAY);
	assert_int_equal(v.grade, GRADE_CONFIRMED);
	/* One attempt, which rests on frames of both runs. */
	a = first_attempt(s);
	assert_null(a->hh.next);
	assert_int_equal(a->tie, TIE_QUEUE_ID);
	assert_int_equal(a->first[REACH_MESSAGE].frame, taken_in);
	assert_int_equal(a->count[REACH_SENT], 1);
	assert_true(a->first[REACH_SENT].frame > taken_in);
	assert_int_equal(a->example->at.frame, taken_in);
	assert_int_equal(a->example->reach, REACH_SENT);
	/* The message that left waits too, and the same is said after one more. */
	check(&b);
	both_free(&b);
}

/* The next hop's answer is recorded before the server's own. */
static void
a_message_that_left_before_a_restart_is_tied_when_it_is_taken_after_it(void **state)
{
	struct scene *s = *state;
	struct both b;

	both_init(&b, s);
	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	scene_hello(s, OUT1, S, S_NAME, "c.test");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>", NULL);
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = MX_V,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .message_id = "M7"});
	restart(&b);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "M7");
	assert_int_equal(first_attempt(s)->tie, TIE_MESSAGE_ID);
	assert_int_equal(first_attempt(s)->count[REACH_SENT], 1);
	both_free(&b);
}

/* Restarted between each of its hops, the relay is still the first of them. */
static void
a_chain_of_hops_is_followed_over_restarts(void **state)
{
	struct scene *s = *state;
	struct both b;

	both_init(&b, s);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	restart(&b);
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = "10.0.0.9",
			      .name = "inner.corp.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .queue_id = "I1",
			      .received = {BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>")}});
	restart(&b);
	scene_mail(s, (struct scene_mail){.client = "10.0.0.9",
			      .server = MX_V,
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", 250, NULL}},
			      .data = 250,
			      .received = {"from " S_NAME " (" S_NAME " [" S "]) by "
					   "inner.corp.test (Postfix) with ESMTP id I1"}});
	assert_int_equal(first_attempt(s)->count[REACH_SENT], 1);
	both_free(&b);
}

static void
a_header_that_waits_for_a_greeting_waits_over_a_restart(void **state)
{
	struct scene *s = *state;
	struct both b;

	both_init(&b, s);
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	assert_int_equal(s->in->told.waiting, 1);
	restart(&b);
	assert_int_equal(s->in->told.waiting, 1);
	scene_hello(s, OUT2, S, S_NAME, "c.test");
	assert_int_equal(s->in->told.waiting, 0);
	assert_int_equal(first_attempt(s)->tie, TIE_RECEIVED);
	assert_int_equal(first_attempt(s)->count[REACH_SENT], 1);
	assert_string_equal(first_attempt(s)->example->to, "a@victim.test");
	check(&b);
	for (struct state_row *row = b.rows.at; row; row = row->hh.next)
		assert_string_not_equal(row->table, "told");
	both_free(&b);
}

static size_t
rows_of(const struct state_rows *rows, const char *table)
{
	size_t n = 0;

	for (const struct state_row *row = rows->at; row; row = row->hh.next)
		n += strcmp(row->table, table) == 0;
	return n;
}

/* Each mail is two legs, one that came and one that left; the ring has 1024 places. */
static void
messages_keep_to_their_bound_in_the_rows_too(void **state)
{
	struct scene *s = *state;
	struct both b;
	uint64_t forgotten;

	both_init(&b, s);
	for (int i = 0; i < 1000; i++) {
		taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
		if (i % 100 == 0)
			rows_save(&b.rows, s->in, &b.files);
	}
	rows_save(&b.rows, s->in, &b.files);
	assert_int_equal(s->in->legs.max, 1024);
	assert_int_equal(rows_of(&b.rows, "leg"), 1024);
	forgotten = s->in->legs.forgotten;
	assert_int_equal(forgotten, 2000 - 1024);
	restart(&b);
	assert_int_equal(s->in->legs.forgotten, forgotten);
	assert_int_equal(s->in->legs.serial, 2000);
	/* The counters alone, which a new inference has anew. */
	assert_int_equal(rows_save(&b.rows, s->in, &b.files), 1);
	/* A smaller ring keeps the newest, and takes back the rows of the others. */
	s->config.limits.messages = 64;
	restart(&b);
	assert_null(legs_by_serial(&s->in->legs, 2000 - 64));
	assert_non_null(legs_by_serial(&s->in->legs, 2000 - 63));
	assert_int_equal(rows_save(&b.rows, s->in, &b.files), 1 + 1024 - 64);
	assert_int_equal(rows_of(&b.rows, "leg"), 64);
	both_free(&b);
}

static bool
load(struct infer *in, struct record_files *files, const char *table, const char *key,
	const char *body)
{
	struct infer_row r = {.table = table,
		.key = span_of_text(key),
		.body = span_of_text(body)};

	return infer_state_load(in, files, &r);
}

static void
rows_that_nobody_wrote_are_refused(void **state)
{
	static const char *const bodies[] = {
		"",
		"{",
		"null",
		"[]",
		"{}",
		"{\"v\":2}",
		"{\"v\":\"1\"}",
		"{\"v\":1} x",
		"{\"v\":1,\"port\":65536}",
		"{\"v\":1,\"port\":-1}",
		"{\"v\":1,\"port\":\"25\"}",
		"{\"v\":1,\"port\":25.5}",
		"{\"v\":1,\"told_verdict\":7}",
		"{\"v\":1,\"told\":1}",
		"{\"v\":1,\"ip\":\"300.1.1.1\"}",
		"{\"v\":1,\"ip\":7}",
		"{\"v\":1,\"of\":99999999999999999999}",
	};
	struct scene *s = *state;
	struct record_files files;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		assert_false(load(s->in, &files, "server", "9", bodies[i]));
	assert_false(load(s->in, &files, "server", "", "{\"v\":1}"));
	assert_false(load(s->in, &files, "server", "0", "{\"v\":1}"));
	assert_false(load(s->in, &files, "server", "009", "{\"v\":1}"));
	assert_false(load(s->in, &files, "server", "-1", "{\"v\":1}"));
	assert_false(load(s->in, &files, "server", "18446744073709551615", "{\"v\":1}"));
	assert_false(load(s->in, &files, "nonsense", "9", "{\"v\":1}"));
	/* An attempt without a domain, one with too many counts, and one that is no
	 * number. */
	assert_false(load(s->in, &files, "attempt", "9", "{\"v\":1,\"of\":2}"));
	assert_false(load(s->in, &files, "attempt", "9",
		"{\"v\":1,\"of\":2,\"domain\":\"a\",\"count\":[1,1,1,1,1,1,1,1,1,1,1,1,1]"
		"}"));
	assert_false(load(s->in, &files, "attempt", "9",
		"{\"v\":1,\"of\":2,\"domain\":\"a\",\"messages_bits\":"
		"9221120237041090560}"));
	infer_state_loaded(s->in);
	assert_null(s->in->servers.table);
	record_files_free(&files);
}

static void
messages_that_nobody_wrote_are_refused(void **state)
{
	static const char *const legs[] = {
		"{\"v\":1,\"serial\":4611686018427387904}",
		"{\"v\":1,\"serial\":1,\"reach\":13}",
		"{\"v\":1,\"serial\":1,\"port\":65536}",
		"{\"v\":1,\"serial\":1,\"ids\":[1,2,3,4,5,6]}",
		"{\"v\":1,\"serial\":1,\"rcpts\":{}}",
		"{\"v\":1,\"serial\":1,\"rcpts\":[1]}",
		"{\"v\":1,\"serial\":1,\"rcpts\":[{\"domain\":\"a.test\"},{\"form\":99}]}",
		"{\"v\":1,\"serial\":1,\"rcpts\":[{\"address\":\"x\"}]}",
	};
	static const char *const told[] = {
		"{\"v\":1,\"by\":\"a.test\"}",
		"{\"v\":1,\"domain\":\"a.test\"}",
		"{\"v\":1,\"by\":\"a.test\",\"domain\":\"a.test\",\"reach\":12}",
		"{\"v\":1,\"by\":\"a.test\",\"domain\":\"a.test\",\"told\":3}",
		"{\"v\":1,\"by\":\"a.test\",\"domain\":\"a.test\",\"example\":[]}",
	};
	struct scene *s = *state;
	struct record_files files;
	char many[4096];
	size_t n;

	record_files_init(&files);
	for (size_t i = 0; i < sizeof(legs) / sizeof(*legs); i++)
		assert_false(load(s->in, &files, "leg", "9", legs[i]));
	for (size_t i = 0; i < sizeof(told) / sizeof(*told); i++)
		assert_false(load(s->in, &files, "told", "9", told[i]));
	/* One recipient more than there may be. */
	n = (size_t)snprintf(many, sizeof(many), "{\"v\":1,\"serial\":1,\"rcpts\":[{}");
	for (int i = 0; i < LEG_RCPTS_MAX; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, ",{}");
	snprintf(many + n, sizeof(many) - n, "]}");
	assert_false(load(s->in, &files, "leg", "9", many));
	infer_state_loaded(s->in);
	assert_int_equal(s->in->legs.serial, 0);
	assert_int_equal(s->in->told.waiting, 0);
	record_files_free(&files);
}

/* One without a number, one twice, and one whose place in the ring a newer one has. */
static void
messages_without_a_place_are_left_out(void **state)
{
	struct scene *s = *state;
	struct both b;

	both_init(&b, s);
	assert_true(load(s->in, &b.files, "leg", "1", "{\"v\":1}"));
	assert_true(load(s->in, &b.files, "leg", "2", "{\"v\":1,\"serial\":5000}"));
	assert_true(load(s->in, &b.files, "leg", "3", "{\"v\":1,\"serial\":5000}"));
	assert_true(load(s->in, &b.files, "leg", "4", "{\"v\":1,\"serial\":3976}"));
	assert_true(load(s->in, &b.files, "leg", "5", "{\"v\":1,\"serial\":3977}"));
	infer_state_loaded(s->in);
	assert_int_equal(s->in->legs.serial, 5000);
	assert_non_null(legs_by_serial(&s->in->legs, 5000));
	assert_non_null(legs_by_serial(&s->in->legs, 3977));
	assert_null(legs_by_serial(&s->in->legs, 3976));
	/* The counters, and the three that are taken back. */
	assert_int_equal(rows_save(&b.rows, s->in, &b.files), 1 + 3);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	assert_int_equal(s->in->legs.serial, 5002);
	both_free(&b);
}

static void
another_configuration_makes_every_server_looked_at_anew(void **state)
{
	struct scene *s = *state;
	struct config changed;
	struct verdict v;

	scene_mx(s, S, "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	assert_int_equal(scene_verdict(s, S, 25).kind, VERDICT_OPEN_RELAY);
	while (server_next_learned(&s->in->servers))
		;
	changed = s->config;
	changed.trusted.at = calloc(1, sizeof(*changed.trusted.at));
	changed.trusted.count = 1;
	assert_true(ip_prefix_parse(SPAN_LITERAL(OUT1), changed.trusted.at));
	infer_set_config(s->in, &changed);
	assert_non_null(server_next_learned(&s->in->servers));
	v = scene_verdict(s, S, 25);
	assert_int_not_equal(v.kind, VERDICT_OPEN_RELAY);
	infer_set_config(s->in, &s->config);
	free(changed.trusted.at);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(it_says_the_same_after_each_of_several_savings),
		T(what_follows_is_learned_on_top_of_what_was_loaded),
		T(only_what_has_changed_is_given_again),
		T(all_rows_are_given_once_more_where_they_were_lost),
		T(the_rows_of_what_is_forgotten_are_taken_back),
		T(rows_that_nobody_wrote_are_refused),
		T(a_message_taken_before_a_restart_is_tied_when_it_leaves_after_it),
		T(a_message_that_left_before_a_restart_is_tied_when_it_is_taken_after_it),
		T(a_chain_of_hops_is_followed_over_restarts),
		T(a_header_that_waits_for_a_greeting_waits_over_a_restart),
		T(messages_keep_to_their_bound_in_the_rows_too),
		T(messages_that_nobody_wrote_are_refused),
		T(messages_without_a_place_are_left_out),
		T(another_configuration_makes_every_server_looked_at_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
