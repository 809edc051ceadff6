/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sensor has learned, out of its database: all of it, or as much as the verdict on
 * one server rests on. What is said of that server must be the same, to the octet.
 */
#include "relay_scene.h"
#include "state_rig.h"
#include "store_rig.h"

#include "sensor/command/command_state.h"

#define S6    "2001:db8:11::25"
#define OTHER "203.0.113.1"
#define SHORT "203.0.113.111"

struct hall {
	struct scene scene;
	struct rig rig;
	struct record_files files;
	struct command_options o;
};

static void
hall_init(struct hall *h)
{
	memset(h, 0, sizeof(*h));
	scene_init(&h->scene);
	rig_init(&h->rig);
	record_files_init(&h->files);
	record_files_add(&h->files, SPAN_LITERAL("eth0"));
	h->o.config = h->scene.config;
}

static void
hall_free(struct hall *h)
{
	record_files_free(&h->files);
	scene_free(&h->scene);
	rig_free(&h->rig);
}

static void
save(struct hall *h)
{
	struct json_out key, body;
	struct infer_row r;

	json_out_init(&key);
	json_out_init(&body);
	while (infer_state_next(h->scene.in, &h->files, &key, &body, &r))
		store_batch_state(h->rig.batch, r.table, r.key, r.body);
	json_out_free(&key);
	json_out_free(&body);
	/* The gate's, which is none of ours. */
	store_batch_state(h->rig.batch, "gate", SPAN_LITERAL("x"), SPAN_LITERAL("y"));
	rig_commit(&h->rig);
}

/* A server of that name relays for a stranger, another time it refuses one. */
static void
serve(struct scene *s, const char *server, const char *name, bool open)
{
	scene_mail(s, (struct scene_mail){.client = OUT1,
			      .server = server,
			      .name = name,
			      .helo = "client.attacker.test",
			      .from = "<x@shop.test>",
			      .rcpt = {{"<a@victim.test>", open ? 250 : 554, NULL}},
			      .data = open ? 250 : 0,
			      .queue_id = "Q9"});
}

static void
live(struct scene *s)
{
	scene_mx(s, "198.51.100.77", "victim.test", "mx1.victim.test", MX_V);
	taken(s, OUT1, "<x@shop.test>", "<a@victim.test>", "Q1");
	sent_on(s, MX_V, "<x@shop.test>", "<a@victim.test>",
		BY_S(OUT1, "ESMTP", "Q1", "<a@victim.test>"));
	denied(s, OUT2, "<x@corp.test>", "<a%victim.test@corp.test>");
	denied(s, OUT3, "<antispam@test.test>", "<a%victim.test@corp.test>");
	denied(s, OUT3, "<antispam@test.test>", "<victim.test!a@corp.test>");
	denied(s, OUT3, "<antispam@test.test>", "<@corp.test:a@victim.test>");
	/* Addresses that begin like the one above, and end like it. */
	serve(s, OTHER, "other.test", true);
	serve(s, SHORT, "short.test", false);
	serve(s, S6, "six.test", true);
	/* A host of two names, and a name of two hosts. */
	serve(s, OTHER, "second.test", false);
	serve(s, "203.0.113.60", "twin.test", true);
	serve(s, "203.0.113.61", "twin.test", false);
	serve(s, "203.0.113.62", "not-twin.test", true);
	/* Names that are not written as they are. */
	serve(s, "203.0.113.63", "o\xc3\xa4.test", true);
	serve(s, "203.0.113.64", "quo\"te\\.test", false);
	serve(s, "203.0.113.65", NULL, true);
}

/* By any name that it greets with. */
static bool
is_wanted(const struct command_server *w, const struct server *server)
{
	for (const struct identity *id = server->identities; id; id = id->next)
		if (command_server_is(
			    w, &server->key.addr, server->key.port, word_span(id->name)))
			return true;
	return false;
}

/* All that is told of the servers that w is, with their findings. */
static char *
told_of(struct command_input *i, const struct command_server *w, size_t *servers)
{
	struct server_text_style style = {.width = 0};
	struct json_out j;
	struct ranking r;
	char *text;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	json_out_init(&j);
	ranking_fill(&r, i->infer);
	for (size_t k = 0; k < r.count; k++) {
		const struct verdict *v = &r.at[k];

		if (!is_wanted(w, v->server))
			continue;
		++*servers;
		server_json_write(v, &i->files, &j);
		json_out_line(&j, to);
		server_text_detail(v, &i->files, &style, to);
		finding_text_detail(i->infer, v->server, &i->files, &style, to);
		portrait_examples(v->identity, &i->files, to);
	}
	portrait_findings(i->infer, &i->files, to);
	ranking_free(&r);
	json_out_free(&j);
	fclose(to);
	return text;
}

static void
assert_same_of(struct hall *h, const char *name, size_t servers)
{
	struct command_input all, some;
	struct command_server w;
	size_t of_all = 0, of_some = 0;
	char *left, *right;

	command_server_parse(span_of_text(name), &w);
	assert_int_equal(command_input_state(&all, &h->o, h->rig.store), COMMAND_GOOD);
	assert_int_equal(
		command_input_server(&some, &h->o, h->rig.store, &w), COMMAND_GOOD);
	assert_false(all.damaged || some.damaged);
	left = told_of(&all, &w, &of_all);
	right = told_of(&some, &w, &of_some);
	assert_string_equal(left, right);
	if (of_all != servers || of_some != servers)
		fail_msg("%s: %zu and %zu servers, not %zu", name, of_all, of_some,
			servers);
	free(left);
	free(right);
	command_input_free(&all);
	command_input_free(&some);
}

static void
of_one_server_is_said_what_is_said_when_all_are_known(void **state)
{
	static const struct {
		const char *name;
		size_t servers;
	} all[] = {
		{S, 1},
		{S ":25", 1},
		{S ":587", 0},
		{OTHER, 1},
		{OTHER ":25", 1},
		{SHORT, 1},
		{S6, 1},
		{"[" S6 "]:25", 1},
		{"2001:DB8:11:0::25", 1},
		{"203.0.113.65", 1},
		{S_NAME, 1},
		{"MAIL.Corp.TEST", 1},
		{"second.test", 1},
		{"other.test:25", 1},
		{"other.test:26", 0},
		{"twin.test", 2},
		{"win.test", 0},
		{"o\xc3\xa4.test", 1},
		{"quo\"te\\.test", 1},
		{"nobody.test", 0},
		{"203.0.113.99", 0},
		{"", 0},
	};
	struct hall h;

	(void)state;
	hall_init(&h);
	live(&h.scene);
	save(&h);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_same_of(&h, all[i].name, all[i].servers);
	hall_free(&h);
}

/* What is not asked for is not loaded: that is what it is for. */
static void
of_others_nothing_is_loaded(void **state)
{
	struct command_input some;
	struct command_server w;
	struct hall h;

	(void)state;
	hall_init(&h);
	live(&h.scene);
	save(&h);
	command_server_parse(SPAN_LITERAL(S), &w);
	assert_int_equal(
		command_input_server(&some, &h.o, h.rig.store, &w), COMMAND_GOOD);
	assert_int_equal(HASH_COUNT(some.infer->servers.table), 1);
	assert_int_equal(HASH_COUNT(some.infer->servers.hosts), 1);
	command_input_free(&some);
	/* But with --fail-on, which asks for all of them. */
	h.o.fail_on = true;
	h.o.fail_kind = VERDICT_OPEN_RELAY;
	assert_int_equal(
		command_input_server(&some, &h.o, h.rig.store, &w), COMMAND_GOOD);
	assert_int_equal(HASH_COUNT(some.infer->servers.table),
		HASH_COUNT(h.scene.in->servers.table));
	command_input_free(&some);
	hall_free(&h);
}

/* Rather all than a part of them. */
static void
very_many_of_one_name_are_all_told(void **state)
{
	struct hall h;

	(void)state;
	hall_init(&h);
	h.scene.config.limits.servers = h.o.config.limits.servers = 200;
	infer_set_config(h.scene.in, &h.scene.config);
	for (unsigned i = 0; i < 70; i++) {
		char server[32];

		snprintf(server, sizeof(server), "203.0.113.%u", 100 + i);
		serve(&h.scene, server, i < 66 ? "many.test" : "few.test", i % 2);
	}
	save(&h);
	assert_same_of(&h, "many.test", 66);
	assert_same_of(&h, "few.test", 4);
	hall_free(&h);
}

static void
findings_alone_are_those_that_all_of_it_has(void **state)
{
	struct command_input all, some;
	const struct finding **left, **right;
	size_t count, same;
	struct hall h;

	(void)state;
	hall_init(&h);
	for (int i = 0; i < 5; i++)
		live(&h.scene);
	save(&h);
	h.o.json = true;
	assert_int_equal(command_input_state(&all, &h.o, h.rig.store), COMMAND_GOOD);
	assert_int_equal(command_input_findings(&some, &h.o, h.rig.store), COMMAND_GOOD);
	left = findings_list(all.infer, &count);
	right = findings_list(some.infer, &same);
	assert_true(count > 0);
	assert_int_equal(count, same);
	assert_null(some.infer->servers.table);
	/* The counters are the same, though nothing but them was loaded. */
	assert_int_equal(all.stats.used, some.stats.used);
	assert_memory_equal(all.stats.at, some.stats.at, all.stats.used);
	free(left);
	free(right);
	command_input_free(&all);
	command_input_free(&some);
	hall_free(&h);
}

/* One line for all of them; what is left is used. */
static void
rows_that_are_none_are_counted_and_left_out(void **state)
{
	struct command_input all;
	struct command_server w;
	struct hall h;

	(void)state;
	hall_init(&h);
	live(&h.scene);
	save(&h);
	rig_do(&h.rig, "UPDATE state SET body = '{}' WHERE tbl = 'attempt'");
	assert_int_equal(command_input_state(&all, &h.o, h.rig.store), COMMAND_GOOD);
	assert_true(all.damaged);
	assert_non_null(all.infer->servers.table);
	command_input_free(&all);
	command_server_parse(SPAN_LITERAL(S), &w);
	/* None of them can be known to be this server's. */
	assert_int_equal(command_input_server(&all, &h.o, h.rig.store, &w), COMMAND_GOOD);
	assert_int_equal(HASH_COUNT(all.infer->servers.table), 1);
	command_input_free(&all);
	hall_free(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_one_server_is_said_what_is_said_when_all_are_known),
		cmocka_unit_test(of_others_nothing_is_loaded),
		cmocka_unit_test(very_many_of_one_name_are_all_told),
		cmocka_unit_test(findings_alone_are_those_that_all_of_it_has),
		cmocka_unit_test(rows_that_are_none_are_counted_and_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
