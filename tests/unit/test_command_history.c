/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include "sensor/command/command_history.h"

/* A server, and a store that knows how its verdicts changed. */
struct bench {
	struct rig rig;
	struct words words;
	struct server server;
	struct identity id;
	struct verdict v;
	struct json_out j;
	char out[4096];
};

static void
bench_init(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	rig_init(&b->rig);
	words_init(&b->words, NULL);
	b->server.key.addr = rig_addr(1);
	b->server.key.port = 25;
	b->id.name = word_take(&b->words, SPAN_LITERAL("mail.corp.test"));
	b->v = (struct verdict){.server = &b->server, .identity = &b->id};
	json_out_init(&b->j);
}

static void
bench_free(struct bench *b)
{
	json_out_free(&b->j);
	word_drop(&b->words, b->id.name);
	words_free(&b->words);
	rig_free(&b->rig);
}

/* What the call writes to standard output. */
static const char *
written(struct bench *b, bool json, unsigned width)
{
	struct server_text_style style = {.width = width};
	FILE *f = tmpfile();
	int before, result;
	size_t n;

	fflush(stdout);
	before = dup(STDOUT_FILENO);
	dup2(fileno(f), STDOUT_FILENO);
	result = json ? command_history_json(b->rig.store, &b->v, &b->j)
		      : command_history_text(b->rig.store, &b->v, &style);
	fflush(stdout);
	dup2(before, STDOUT_FILENO);
	close(before);
	assert_int_equal(result, 0);
	rewind(f);
	n = fread(b->out, 1, sizeof(b->out) - 1, f);
	b->out[n] = '\0';
	fclose(f);
	return b->out;
}

/* Second n of the server that ends in last. */
static void
add(struct bench *b, uint8_t last, unsigned n, const char *body)
{
	rig_verdict(
		&b->rig, last, RIG_T0 + n * UINT64_C(1000000000), "any", 1, true, body);
}

static void
a_server_without_changes_gets_no_heading(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	assert_string_equal(written(&b, false, 0), "");
	assert_string_equal(written(&b, true, 0), "");
	bench_free(&b);
}

static void
changes_are_told_the_oldest_first(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	add(&b, 1, 0,
		"{\"verdict\":\"open\",\"grade\":\"confirmed\","
		"\"confidence\":0.9912,\"short\":\"It relays.\"}");
	add(&b, 1, 60, "{\"verdict\":\"closed\"}");
	rig_commit(&b.rig);
	/* RIG_T0 is 2026-11-23 20:22:53. */
	assert_string_equal(written(&b, false, 0),
		"\nHistory\n"
		"  2026-11-23 20:22:53  open, confirmed: It relays.\n"
		"  2026-11-23 20:23:53  closed\n");
	assert_string_equal(written(&b, true, 0),
		"{\"type\":\"history\",\"schema\":1,\"server\":{\"ip\":\"192.0.2.1\","
		"\"port\":25,\"name\":\"mail.corp.test\"},\"changes\":["
		"{\"time\":\"2026-11-23T20:22:53.000000000Z\",\"verdict\":\"open\","
		"\"grade\":\"confirmed\",\"confidence\":0.991,\"short\":\"It relays.\"},"
		"{\"time\":\"2026-11-23T20:23:53.000000000Z\",\"verdict\":\"closed\"}"
		"]}\n");
	bench_free(&b);
}

static void
long_reasons_are_broken_behind_the_time(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	add(&b, 1, 0, "{\"verdict\":\"open\",\"short\":\"one two three four five six\"}");
	rig_commit(&b.rig);
	assert_string_equal(written(&b, false, 44),
		"\nHistory\n"
		"  2026-11-23 20:22:53  open: one two three\n"
		"                       four five six\n");
	bench_free(&b);
}

static void
other_servers_and_ports_are_not_told_of(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	add(&b, 2, 0, "{\"verdict\":\"open\"}");
	rig_commit(&b.rig);
	assert_string_equal(written(&b, false, 0), "");
	b.server.key.addr = rig_addr(2);
	assert_non_null(strstr(written(&b, false, 0), "  open\n"));
	b.server.key.port = 587;
	assert_string_equal(written(&b, true, 0), "");
	bench_free(&b);
}

/* Of another version, or of whoever wrote to the file. */
static void
what_makes_no_sense_is_passed_over(void **state)
{
	static const char *const bad[] = {"", "nonsense", "{", "[1]", "null", "{}",
		"{\"verdict\":7}", "{\"verdict\":null}", "\"verdict\""};
	struct bench b;

	(void)state;
	bench_init(&b);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		add(&b, 1, i, bad[i]);
	rig_commit(&b.rig);
	assert_string_equal(written(&b, false, 0), "");
	assert_string_equal(written(&b, true, 0), "");
	add(&b, 1, 60,
		"{\"verdict\":\"open\",\"grade\":[],\"confidence\":\"much\","
		"\"short\":3}");
	rig_commit(&b.rig);
	assert_string_equal(written(&b, false, 0), "\nHistory\n"
						   "  2026-11-23 20:23:53  open\n");
	bench_free(&b);
}

/* For the terminal: names of peers stand in the sentence. */
static void
hostile_octets_are_escaped(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	add(&b, 1, 0,
		"{\"verdict\":\"open\\u001b[2J\",\"grade\":\"a\\nb\","
		"\"short\":\"x\\u0007y\\u202ez\"}");
	rig_commit(&b.rig);
	written(&b, false, 0);
	for (const char *c = b.out; *c; c++)
		assert_true(*c == '\n' || (*c >= ' ' && *c <= '~'));
	assert_non_null(strstr(b.out, "\\x1b[2J"));
	assert_null(strstr(written(&b, true, 0), "\x1b"));
	assert_null(strchr(b.out, '\a'));
	bench_free(&b);
}

/* U+00FC 300 times; as one octet stands before it, each even octet is in one. */
static void
a_long_reason_is_told_whole(void **state)
{
	char body[1024], want[1024];
	struct bench b;
	size_t n, m = 0;

	(void)state;
	bench_init(&b);
	n = (size_t)snprintf(body, sizeof(body), "{\"verdict\":\"open\",\"short\":\"");
	for (int i = 0; i < 300; i++) {
		n += (size_t)snprintf(body + n, sizeof(body) - n, "\xc3\xbc");
		m += (size_t)snprintf(want + m, sizeof(want) - m, "\xc3\xbc");
	}
	snprintf(body + n, sizeof(body) - n, "\"}");
	snprintf(want + m, sizeof(want) - m, "\n");
	add(&b, 1, 0, body);
	rig_commit(&b.rig);
	assert_non_null(strstr(written(&b, false, 0), want));
	bench_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_without_changes_gets_no_heading),
		cmocka_unit_test(changes_are_told_the_oldest_first),
		cmocka_unit_test(long_reasons_are_broken_behind_the_time),
		cmocka_unit_test(other_servers_and_ports_are_not_told_of),
		cmocka_unit_test(what_makes_no_sense_is_passed_over),
		cmocka_unit_test(hostile_octets_are_escaped),
		cmocka_unit_test(a_long_reason_is_told_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
