/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Nothing that is remembered is left out when it is saved. Each octet of each struct is
 * saved, or padding, or of a member that is named here as one that need not be: a member
 * that is added and forgotten elsewhere is found here. And what is saved comes back.
 */
#include "feed.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "sensor/alert/alert_memory.h"
#include "sensor/infer/names_part.h"
#include "sensor/infer/state_table.h"

#if defined(__has_builtin)
#if __has_builtin(__builtin_clear_padding)
#define KNOWS_PADDING 1
#endif
#endif

/* A member that is not saved. */
struct left_out {
	size_t at, size; /* size 0: the end */
};

#define LEFT(type, member)                                                               \
	{                                                                                \
		offsetof(type, member), sizeof(((type *)0)->member)                      \
	}
#define LEFT_END                                                                         \
	{                                                                                \
		0, 0                                                                     \
	}

/*
 * Padding between two members. Only where the compiler cannot tell: gcc 12 takes what
 * stands behind an array of structs for no padding.
 */
#define GAP(type, member, next)                                                          \
	{                                                                                \
		offsetof(type, member) + sizeof(((type *)0)->member),                    \
			offsetof(type, next) - offsetof(type, member) -                  \
				sizeof(((type *)0)->member)                              \
	}
#define GAP_AT_END(type, member)                                                         \
	{                                                                                \
		offsetof(type, member) + sizeof(((type *)0)->member),                    \
			sizeof(type) - offsetof(type, member) -                          \
				sizeof(((type *)0)->member)                              \
	}

/* Octets that are no padding are not 0 in to[], which is no place of a type's own. */
#ifdef KNOWS_PADDING
#define OCTETS_OF(type, to)                                                              \
	do {                                                                             \
		type *thing = (type *)(void *)memset(to, 0xff, sizeof(type));            \
		__builtin_clear_padding(thing);                                          \
	} while (0)
#else
#define OCTETS_OF(type, to) memset(to, 0, sizeof(type))
#endif

static void
take_out(uint8_t *octets, size_t at, size_t size)
{
	memset(octets + at, 0, size);
}

static void
take_out_fields(uint8_t *octets, const struct state_field *fields)
{
	for (const struct state_field *f = fields; f && f->name; f++) {
		size_t size =
			f->apart ? sizeof(void *) : f->size * (f->many ? f->many : 1);

		take_out(octets, f->at, size);
		if (f->count_size)
			take_out(octets, f->count_at, f->count_size);
	}
}

static void
assert_none_left(uint8_t *octets, size_t from, size_t to, const struct left_out *left,
	const char *name)
{
	for (; left->size; left++)
		take_out(octets, left->at, left->size);
	for (size_t i = from; i < to; i++)
		if (octets[i])
			fail_msg("%s: what stands at octet %zu is not saved", name, i);
}

#define CHECK(type, fields, ...)                                                         \
	do {                                                                             \
		const struct left_out left[] = {__VA_ARGS__};                            \
		uint8_t *octets = malloc(sizeof(type));                                  \
		assert_non_null(octets);                                                 \
		OCTETS_OF(type, octets);                                                 \
		take_out_fields(octets, fields);                                         \
		assert_none_left(octets, 0, sizeof(type), left, #type);                  \
		free(octets);                                                            \
	} while (0)

static const struct state_field *
fields_of(enum kept_table table)
{
	return state_table_of(table)->fields;
}

static const struct state_field *
part_of(const struct state_field *fields, const char *name)
{
	while (fields->name && strcmp(fields->name, name) != 0)
		fields++;
	assert_non_null(fields->name);
	assert_non_null(fields->part);
	return fields->part;
}

static void
servers_and_what_belongs_to_them_are_saved_whole(void **state)
{
	(void)state;
	CHECK(struct host, fields_of(KEPT_HOST), LEFT(struct host, hh),
		LEFT(struct host, kept), LEFT(struct host, servers),
		GAP_AT_END(struct host, hop_next), LEFT_END);
	CHECK(struct host_hop, part_of(fields_of(KEPT_HOST), "hops"), LEFT_END);
	/* learned, stale: all verdicts are looked at anew after loading. */
	CHECK(struct server, fields_of(KEPT_SERVER), LEFT(struct server, hh),
		LEFT(struct server, kept), LEFT(struct server, host),
		LEFT(struct server, next), LEFT(struct server, identities),
		LEFT(struct server, learned_prev), LEFT(struct server, learned_next),
		LEFT(struct server, learned), LEFT(struct server, stale_prev),
		LEFT(struct server, stale_next), LEFT(struct server, stale), LEFT_END);
	CHECK(struct identity, fields_of(KEPT_IDENTITY), LEFT(struct identity, next),
		LEFT(struct identity, kept), LEFT(struct identity, attempts),
		LEFT(struct identity, patrons), LEFT(struct identity, tallies), LEFT_END);
	CHECK(struct attempt, fields_of(KEPT_ATTEMPT), LEFT(struct attempt, hh),
		LEFT(struct attempt, kept), GAP(struct attempt, next_hop, next_name),
		GAP(struct attempt, reply_code, example), LEFT_END);
	CHECK(struct example, part_of(fields_of(KEPT_ATTEMPT), "example"), LEFT_END);
	CHECK(struct patron, fields_of(KEPT_PATRON), LEFT(struct patron, hh),
		LEFT(struct patron, kept), LEFT_END);
	CHECK(struct tally, fields_of(KEPT_TALLY), LEFT(struct tally, hh),
		LEFT(struct tally, kept), GAP(struct tally, client_count, taken),
		GAP(struct tally, messages, first_denied), LEFT_END);
}

static void
messages_that_wait_are_saved_whole(void **state)
{
	const struct state_field *leg = fields_of(KEPT_LEG);

	(void)state;
	/* older: how legs are chained follows from their ids. */
	CHECK(struct leg, leg, LEFT(struct leg, kept), LEFT(struct leg, older),
		GAP(struct leg, onward, host), GAP(struct leg, port, name),
		GAP(struct leg, peer_port, conn), GAP(struct leg, dsn, rcpts),
		GAP_AT_END(struct leg, rcpt_count), LEFT_END);
	CHECK(struct leg_rcpt, part_of(leg, "rcpts"),
		GAP(struct leg_rcpt, key.told, domain), LEFT_END);
	CHECK(struct told, fields_of(KEPT_TOLD), LEFT(struct told, kept),
		GAP(struct told, key.told, reach), GAP(struct told, reach, at), LEFT_END);
	CHECK(struct example, part_of(fields_of(KEPT_TOLD), "example"), LEFT_END);
}

static void
names_are_saved_whole(void **state)
{
	(void)state;
	CHECK(struct name_fact, fields_of(KEPT_NAME), LEFT(struct name_fact, hh),
		LEFT(struct name_fact, kept), GAP(struct name_fact, addr_count, addr_at),
		LEFT_END);
	CHECK(struct name_reverse, fields_of(KEPT_REVERSE), LEFT(struct name_reverse, hh),
		LEFT(struct name_reverse, kept), LEFT_END);
	CHECK(struct name_asker, fields_of(KEPT_ASKER), LEFT(struct name_asker, hh),
		LEFT(struct name_asker, kept), LEFT_END);
	CHECK(struct name_asked, fields_of(KEPT_ASKED), LEFT(struct name_asked, hh),
		LEFT(struct name_asked, kept), LEFT_END);
}

static void
counters_are_saved_whole(void **state)
{
	(void)state;
	/* Tables are saved row by row, and bounds are the configuration's. */
	CHECK(struct infer, fields_of(KEPT_INFER), LEFT(struct infer, config),
		LEFT(struct infer, words), LEFT(struct infer, names.words),
		LEFT(struct infer, names.facts), LEFT(struct infer, names.reverses),
		LEFT(struct infer, names.askers), LEFT(struct infer, names.asked),
		LEFT(struct infer, names.kept), LEFT(struct infer, names.max),
		LEFT(struct infer, servers.table), LEFT(struct infer, servers.hosts),
		LEFT(struct infer, servers.learned), LEFT(struct infer, servers.stale),
		LEFT(struct infer, servers.words),
		LEFT(struct infer, servers.kept), LEFT(struct infer, servers.max_servers),
		LEFT(struct infer, servers.max_attempts),
		LEFT(struct infer, servers.attempts),
		LEFT(struct infer, servers.patrons),
		LEFT(struct infer, servers.tallies), LEFT(struct infer, legs.words),
		LEFT(struct infer, legs.kept), LEFT(struct infer, legs.ring),
		LEFT(struct infer, legs.max), LEFT(struct infer, legs.heads),
		LEFT(struct infer, legs.serial), LEFT(struct infer, told.at),
		LEFT(struct infer, told.kept), LEFT(struct infer, told.next),
		LEFT(struct infer, told.waiting), LEFT(struct infer, findings.words),
		LEFT(struct infer, findings.raised), LEFT(struct infer, findings.watched),
		LEFT(struct infer, findings.changed), LEFT(struct infer, findings.kept),
		LEFT(struct infer, findings.turn),
		LEFT(struct infer, findings.max_raised),
		LEFT(struct infer, findings.max_watched), LEFT(struct infer, kept),
		LEFT(struct infer, kept_list), LEFT(struct infer, loading), LEFT_END);
}

/* Of one kind: that part of the union alone. */
static void
check_kind(enum finding_kind kind, size_t size, const struct left_out *left)
{
	struct finding *f = calloc(1, sizeof(*f));
	uint8_t *octets = malloc(sizeof(*f));
	size_t at = offsetof(struct finding, of);

	assert_non_null(f);
	assert_non_null(octets);
	f->key.kind = kind;
	/* Padding inside a union is not known: 4 octets at most, behind a bool. */
	memset(octets, 0xff, sizeof(*f));
	take_out_fields(octets, state_fields_of_kind(f));
	assert_none_left(octets, at, at + size, left, "struct finding");
	free(octets);
	free(f);
}

static void
findings_are_saved_whole(void **state)
{
	static const struct left_out none[] = {LEFT_END};
	/* A connection does not outlive the process that follows it. */
	static const struct left_out smuggling[] = {
		LEFT(struct finding, of.smuggling.carriers),
		LEFT(struct finding, of.smuggling.next), LEFT_END};

	(void)state;
	CHECK(struct finding, fields_of(KEPT_FINDING), LEFT(struct finding, hh),
		LEFT(struct finding, kept), LEFT(struct finding, home),
		LEFT(struct finding, changed_prev), LEFT(struct finding, changed_next),
		LEFT(struct finding, changed), LEFT(struct finding, of),
		GAP(struct finding, more_clients, name),
		GAP(struct finding, evidence_count, of), LEFT_END);
	CHECK(struct finding_evidence, part_of(fields_of(KEPT_FINDING), "evidence"),
		LEFT_END);
	check_kind(
		FINDING_CLEAR_CREDENTIALS, sizeof(((struct finding *)0)->of.auth), none);
	check_kind(FINDING_USER_PROBING, sizeof(((struct finding *)0)->of.users), none);
	/* Up to the first bool; behind it stands padding. */
	check_kind(FINDING_STARTTLS_STRIPPED,
		offsetof(struct finding_tls, names_vary) + 1, none);
	check_kind(FINDING_SMUGGLING,
		offsetof(struct finding, of.smuggling.all_lines) + 1 -
			offsetof(struct finding, of),
		smuggling);
	check_kind(FINDING_BLOCKLISTED,
		offsetof(struct finding, of.blocklist.named) + 1 -
			offsetof(struct finding, of),
		none);
}

static void
a_probe_is_saved_whole(void **state)
{
	struct finding f = {.key.kind = FINDING_RELAY_PROBE};
	const struct state_field *fields = state_fields_of_kind(&f);
	const size_t at = offsetof(struct finding, of.probe);
	uint8_t whole[sizeof(struct finding)];

	(void)state;
	memset(whole, 0, sizeof(whole));
	OCTETS_OF(struct finding_probe, whole + at);
	take_out_fields(whole, fields);
	assert_none_left(whole, at, at + sizeof(struct finding_probe),
		(const struct left_out[]){LEFT_END}, "struct finding_probe");
	CHECK(struct finding_test, part_of(fields, "tests"), LEFT_END);
}

/* --- there and back --------------------------------------------------------------------
 */

/* Another value for each member, as great as it may be. */
struct values {
	struct words *words;
	struct record_files *files;
	unsigned n;
};

static void fill(const struct state_field *fields, void *base, struct values *v);

static void
put_uint(const struct state_field *f, uint8_t *at, unsigned n)
{
	uint64_t most = f->most < INT64_MAX ? f->most : INT64_MAX,
		 value = most - n % (most + 1);

	/* Little-endian machines alone run these tests; the program asks by size. */
	memcpy(at, &value, f->size);
}

static void
put_moment(struct moment *m, struct values *v)
{
	char name[32];
	int n = snprintf(name, sizeof(name), "file%u.pcap", v->n);

	m->ns = UINT64_C(1700000000) * 1000000000 + v->n;
	m->frame = v->n;
	m->file = record_files_find(v->files, span_of(name, (size_t)n));
}

static void
put(const struct state_field *f, uint8_t *at, struct values *v)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%u.test", ++v->n);
	double number = v->n + 0.1;
	struct word *word;

	switch (f->sort) {
	case STATE_UINT:
		put_uint(f, at, v->n);
		return;
	case STATE_BOOL:
		*(bool *)at = true;
		return;
	case STATE_DOUBLE:
		memcpy(at, &number, sizeof(number));
		return;
	case STATE_ADDR:
		memset(at, 0x20, sizeof(struct ip_addr));
		memcpy(at + 8, &v->n, sizeof(v->n));
		return;
	case STATE_TEXT:
		memset(at, 'x', f->size - 1);
		at[f->size - 1] = '\0';
		memcpy(at, text, (size_t)n);
		return;
	case STATE_WORD:
		word = word_take(v->words, span_of(text, (size_t)n));
		memcpy(at, &word, sizeof(word));
		return;
	case STATE_MOMENT:
		put_moment((struct moment *)(void *)at, v);
		return;
	case STATE_PART:
	default:
		fill(f->part, at, v);
	}
}

static void
fill(const struct state_field *fields, void *base, struct values *v)
{
	for (const struct state_field *f = fields; f && f->name; f++) {
		uint8_t *at = (uint8_t *)base + f->at;
		size_t many = f->many ? f->many : 1;

		if (f->apart) {
			uint8_t *apart = calloc(many, f->size);

			assert_non_null(apart);
			memcpy(at, &apart, sizeof(apart));
			at = apart;
		}
		for (size_t i = 0; i < many; i++)
			put(f, at + i * f->size, v);
		if (f->count_size)
			memcpy((uint8_t *)base + f->count_at, &many, f->count_size);
	}
}

static void
assert_same(const struct state_field *fields, const void *left, const void *right)
{
	for (const struct state_field *f = fields; f && f->name; f++) {
		const uint8_t *a = (const uint8_t *)left + f->at;
		const uint8_t *b = (const uint8_t *)right + f->at;

		if (f->apart) {
			memcpy(&a, (const void *)a, sizeof(void *));
			memcpy(&b, (const void *)b, sizeof(void *));
			assert_non_null(b);
		}
		for (size_t i = 0; i < (f->many ? f->many : 1); i++) {
			const uint8_t *one = a + i * f->size, *two = b + i * f->size;

			if (f->sort == STATE_PART)
				assert_same(f->part, one, two);
			else if (f->sort == STATE_TEXT)
				assert_string_equal((const char *)one, (const char *)two);
			else if (memcmp(one, two, f->size) != 0)
				fail_msg("%s, item %zu, came back otherwise", f->name, i);
		}
	}
}

static void
check_back(const struct state_field *fields, size_t size, struct values *v)
{
	void *there = calloc(1, size), *back = calloc(1, size);
	struct json_object *o;
	struct json_out j;
	char *text;

	assert_non_null(there);
	assert_non_null(back);
	fill(fields, there, v);
	json_out_init(&j);
	json_out_object(&j, NULL);
	state_fields_write(fields, there, v->files, &j);
	json_out_object_end(&j);
	text = strndup(j.at, j.used);
	assert_non_null(text);
	o = json_tokener_parse(text);
	free(text);
	assert_non_null(o);
	assert_true(state_fields_read(fields, o, v->words, v->files, back));
	assert_same(fields, there, back);
	json_object_put(o);
	json_out_free(&j);
	state_fields_release(fields, there, v->words);
	state_fields_release(fields, back, v->words);
	free(there);
	free(back);
}

static void
every_member_of_every_table_comes_back(void **state)
{
	struct record_files files;
	struct words words;
	struct values v = {&words, &files, 0};

	(void)state;
	words_init(&words, NULL);
	record_files_init(&files);
	for (enum kept_table t = 0; t < KEPT_TABLES; t++)
		check_back(fields_of(t), state_table_of(t)->size, &v);
	for (uint32_t kind = 0; kind < FINDING_KINDS; kind++) {
		struct finding f = {.key.kind = kind};

		if (state_fields_of_kind(&f))
			check_back(state_fields_of_kind(&f), sizeof(f), &v);
	}
	record_files_free(&files);
	words_free(&words);
}

/* --- the gate's memory
 * ------------------------------------------------------------------
 */

static void
fill_entry(struct alert_entry *e)
{
	/* What is added and not named below stays so, and comes back as zero. */
	memset((uint8_t *)e + offsetof(struct alert_entry, told), 0x55,
		sizeof(*e) - offsetof(struct alert_entry, told));
	e->told = (struct alert_state){
		.open = true, .kind = VERDICT_OPEN_RELAY, .grade = GRADE_CONFIRMED};
	e->verdict = VERDICT_OPEN_RELAY;
	memcpy(e->incident, "01AAAAAAAAAAAAAAAA00000001", ALERT_ID);
	e->told_at = UINT64_C(1700000001000000000);
	e->count = 2;
	e->first = UINT64_C(1700000003000000000);
	e->last = UINT64_C(1700000004000000000);
	e->suppressed = 5;
	e->unseen = 6;
	e->unseen_at = UINT64_C(1700000007000000000);
	e->changes =
		(struct alert_bucket){.credit = 8, .last = UINT64_C(1700000009000000000)};
	e->seen = e->told; /* made anew: as it was told */
	e->opening = true;
	e->held = e->dirty = false;
	e->held_at = e->due = 0;
	e->dirty_prev = e->dirty_next = e->held_prev = e->held_next = NULL;
}

static void
what_the_gate_remembers_comes_back_whole(void **state)
{
	struct alert_memory m, other;
	struct alert_memory_key k;
	struct alert_entry *e, *back;
	struct json_out body;
	struct span key;
	uint8_t is[sizeof(struct alert_entry)];
	const size_t from = offsetof(struct alert_entry, told);

	(void)state;
	memset(&k, 0, sizeof(k));
	k.kind = ALERT_RELAY;
	k.server.at[15] = 7;
	k.port = 25;
	alert_memory_init(&m, 8);
	alert_memory_init(&other, 8);
	json_out_init(&body);
	e = alert_memory_insert(&m, &k);
	fill_entry(e);
	alert_memory_mark(&m, e);
	assert_true(alert_memory_save(&m, &key, &body));
	assert_true(alert_memory_load(&other, key, span_of(body.at, body.used)));
	back = alert_memory_find(&other, &k);
	assert_non_null(back);
	e->dirty_prev = e->dirty_next = NULL;
	OCTETS_OF(struct alert_entry, is);
	for (size_t i = from; i < sizeof(*e); i++)
		if (is[i] && ((uint8_t *)e)[i] != ((uint8_t *)back)[i])
			fail_msg("struct alert_entry: octet %zu came back otherwise", i);
	json_out_free(&body);
	alert_memory_free(&m);
	alert_memory_free(&other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers_and_what_belongs_to_them_are_saved_whole),
		cmocka_unit_test(messages_that_wait_are_saved_whole),
		cmocka_unit_test(names_are_saved_whole),
		cmocka_unit_test(counters_are_saved_whole),
		cmocka_unit_test(findings_are_saved_whole),
		cmocka_unit_test(a_probe_is_saved_whole),
		cmocka_unit_test(every_member_of_every_table_comes_back),
		cmocka_unit_test(what_the_gate_remembers_comes_back_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
