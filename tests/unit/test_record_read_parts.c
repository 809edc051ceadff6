/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Members of records out of somebody's file. What is missing or of another type is
 * absent; what a peer once said is read back as it was, also what makes no sense.
 */
#include "feed.h"

#include <stdio.h>

#include "sensor/record/record_read_parts.h"

struct desk {
	struct json_object *o;
	struct arena_pool *pool;
	struct arena arena;
};

static int
setup(void **state)
{
	static struct desk d;

	d.o = NULL;
	d.pool = arena_pool_new(1u * MiB);
	arena_init(&d.arena, d.pool);
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	json_object_put(d->o);
	arena_pool_free(d->pool);
	return 0;
}

/* Lives until the next. */
static struct json_object *
parsed(struct desk *d, const char *json)
{
	json_object_put(d->o);
	d->o = json_tokener_parse(json);
	assert_non_null(d->o);
	return d->o;
}

#define IS(span, text) assert_true(span_equal((span), SPAN_LITERAL(text)))

static void
a_member_of_another_type_is_absent(void **state)
{
	struct desk *d = *state;
	struct json_object *o = parsed(d,
		"{\"t\":\"x\\u0000y\",\"n\":7,\"big\":18446744073709551615,"
		"\"neg\":-1,\"half\":0.5,\"yes\":true,\"no\":false,\"null\":null,"
		"\"list\":[],\"o\":{}}");

	IS(read_text(o, "t"), "x\0y");
	assert_int_equal(read_text(o, "n").len, 0);
	assert_int_equal(read_text(o, "list").len, 0);
	assert_int_equal(read_text(o, "null").len, 0);
	assert_int_equal(read_text(o, "missing").len, 0);
	assert_int_equal(read_uint(o, "n"), 7);
	assert_true(read_uint(o, "big") == UINT64_MAX);
	assert_int_equal(read_uint(o, "neg"), 0);
	assert_int_equal(read_uint(o, "half"), 0);
	assert_int_equal(read_uint(o, "t"), 0);
	assert_int_equal(read_uint(o, "yes"), 0);
	assert_true(read_bool(o, "yes"));
	assert_false(read_bool(o, "no"));
	assert_false(read_bool(o, "n"));
	assert_false(read_bool(o, "t"));
	assert_non_null(read_member(o, "o", json_type_object));
	assert_null(read_member(o, "o", json_type_array));
	assert_null(read_member(o, "null", json_type_object));
}

static void
a_number_beyond_its_field_is_not_cut_to_another(void **state)
{
	struct desk *d = *state;
	struct json_object *o = parsed(d, "{\"n\":4294967297,\"m\":4294967295}");

	assert_true(read_amount(o, "n", UINT32_MAX) == UINT32_MAX);
	assert_true(read_amount(o, "m", UINT32_MAX) == UINT32_MAX);
	assert_true(read_amount(o, "m", UINT64_MAX) == UINT32_MAX);
	assert_int_equal(read_amount(o, "missing", UINT32_MAX), 0);
	assert_int_equal(read_number(o, "n", UINT32_MAX), 0);
	assert_true(read_number(o, "m", UINT32_MAX) == UINT32_MAX);
	assert_int_equal(read_number(o, "missing", UINT32_MAX), 0);
}

static void
of_no_object_everything_is_absent(void **state)
{
	struct desk *d = *state;
	struct record_reply reply = {.code = 7};
	struct record_path_arg path;
	struct record_message m;
	struct record_txn t;
	struct record_connection c;
	struct record_notes notes = {{0}};
	uint64_t ns = 5;

	memset(&path, 0, sizeof(path));
	memset(&m, 0, sizeof(m));
	memset(&t, 0, sizeof(t));
	memset(&c, 0, sizeof(c));
	assert_null(read_member(NULL, "x", json_type_object));
	assert_int_equal(read_text(NULL, "x").len, 0);
	assert_int_equal(read_uint(NULL, "x"), 0);
	assert_false(read_bool(NULL, "x"));
	assert_false(read_time(NULL, "x", &ns));
	read_reply(NULL, 1, &reply);
	assert_int_equal(reply.code, 0);
	read_path(NULL, "TO", 1, &path, &d->arena);
	assert_int_equal(path.raw.len, 0);
	read_message(NULL, 1, &m, &d->arena);
	assert_false(m.seen || m.dsn.is);
	read_rcpts(NULL, &t, &d->arena);
	assert_int_equal(t.rcpt_count, 0);
	read_tls_runs(NULL, &c, &d->arena);
	assert_null(c.tls_runs);
	assert_null(read_answers(NULL, &d->arena));
	read_notes(NULL, &notes);
	assert_int_equal(notes.bits[0], 0);
}

#define ENDS                                                                             \
	"\"client\":{\"ip\":\"192.0.2.1\",\"port\":40000,\"helo\":\"c\",\"hello\":"      \
	"\"LHLO\",\"real_ip\":\"198.51.100.66\",\"real_port\":5,\"real_by\":"            \
	"\"xclient\"},\"server\":{\"ip\":\"2001:db8::2\",\"port\":25,\"mta\":"           \
	"\"Exim\"}"

static void
a_connection_has_both_its_ends_or_is_none(void **state)
{
	struct desk *d = *state;
	struct record_conn c;

	memset(&c, 0, sizeof(c));
	assert_true(read_conn(parsed(d, "{" ENDS "}"), &c, &d->arena));
	assert_int_equal(c.client.port, 40000);
	assert_int_equal(c.hello, SMTP_VERB_LHLO);
	assert_int_equal(c.real_by, RECORD_REAL_XCLIENT);
	assert_int_equal(c.real.port, 5);
	assert_int_equal(c.mta, SMTP_MTA_EXIM);
	/* Absent: its start was seen, and whether it authenticated is not known. */
	assert_true(c.whole);
	assert_false(c.ehlo_seen);
	assert_int_equal(c.auth.state, RECORD_AUTH_UNKNOWN);
	assert_int_equal(c.sides, RECORD_BOTH_SIDES);
	assert_false(read_conn(parsed(d, "{}"), &c, &d->arena));
	assert_false(read_conn(
		parsed(d, "{\"client\":{\"ip\":\"192.0.2.1\"}}"), &c, &d->arena));
	assert_false(read_conn(parsed(d, "{\"client\":{\"ip\":\"192.0.2.1\"},"
					 "\"server\":{\"ip\":\"\"}}"),
		&c, &d->arena));
	assert_false(read_conn(parsed(d, "{\"client\":{\"ip\":\"192.0.2.1\\u0000\"},"
					 "\"server\":{\"ip\":\"192.0.2.2\"}}"),
		&c, &d->arena));
}

static void
more_tags_and_tunnels_than_there_is_room_for_are_left(void **state)
{
	struct desk *d = *state;
	struct record_conn c;

	memset(&c, 0, sizeof(c));
	assert_true(read_conn(parsed(d, "{" ENDS ",\"path\":{\"vlan\":[1,2,3,4,5,6],"
					"\"tunnel\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}}"),
		&c, &d->arena));
	assert_int_equal(c.path.vlans, PACKET_VLANS_MAX);
	assert_int_equal(c.path.vlan[3], 4);
	assert_int_equal(c.path.tunnels, RECORD_TUNNELS_MAX);
	IS(c.path.tunnel[3], "d");
}

static void
a_tag_that_is_no_number_of_16_bits_is_left(void **state)
{
	struct desk *d = *state;
	struct record_conn c;

	memset(&c, 0, sizeof(c));
	assert_true(read_conn(
		parsed(d, "{" ENDS ",\"path\":{\"vlan\":[65543,-1,\"7\",null,7]}}"), &c,
		&d->arena));
	assert_int_equal(c.path.vlans, 1);
	assert_int_equal(c.path.vlan[0], 7);
}

static void
a_port_beyond_16_bits_is_none(void **state)
{
	struct desk *d = *state;
	struct record_conn c;

	memset(&c, 0, sizeof(c));
	/* 65561 is 25 in 16 bits. */
	assert_false(read_conn(parsed(d, "{\"client\":{\"ip\":\"192.0.2.1\",\"port\":5},"
					 "\"server\":{\"ip\":\"192.0.2.2\","
					 "\"port\":65561}}"),
		&c, &d->arena));
	assert_true(read_conn(parsed(d, "{\"client\":{\"ip\":\"192.0.2.1\","
					"\"real_ip\":\"192.0.2.3\",\"real_port\":65561},"
					"\"server\":{\"ip\":\"192.0.2.2\","
					"\"port\":65535}}"),
		&c, &d->arena));
	assert_int_equal(c.server.port, 65535);
	assert_int_equal(c.real.port, 0);
}

static void
a_certificate_may_be_older_than_unix(void **state)
{
	struct desk *d = *state;
	struct record_conn c;

	memset(&c, 0, sizeof(c));
	assert_true(
		read_conn(parsed(d, "{" ENDS ",\"tls\":{\"state\":\"implicit\","
				    "\"cert_from\":-86400,\"cert_to\":253402300799}}"),
			&c, &d->arena));
	assert_int_equal(c.tls.state, RECORD_TLS_IMPLICIT);
	assert_true(c.tls.cert_from == -86400);
	assert_true(c.tls.cert_to == INT64_C(253402300799));
}

static void
a_code_or_a_frame_beyond_its_width_is_none(void **state)
{
	struct desk *d = *state;
	struct record_reply r;

	/* 250 in 16 bits. */
	read_reply(parsed(d, "{\"code\":65786,\"text\":\"Ok\"}"), 4, &r);
	assert_int_equal(r.code, 0);
	assert_int_equal(r.result, SMTP_RESULT_UNKNOWN);
	read_reply(parsed(d, "{\"code\":250,\"frame\":4294967305}"), 4, &r);
	assert_int_equal(r.code, 250);
	assert_int_equal(r.at.frame, 0);
}

static void
a_replys_meaning_is_taken_from_its_words(void **state)
{
	struct desk *d = *state;
	struct record_reply r;

	read_reply(
		parsed(d, "{\"code\":554,\"enhanced\":\"5.7.1\",\"text\":\"Relay access "
			  "denied\",\"result\":\"accepted\",\"frame\":9,"
			  "\"time\":\"1970-01-01T00:00:01.000000000Z\"}"),
		4, &r);
	assert_int_equal(r.code, 554);
	assert_int_equal(r.enhanced.class, 5);
	assert_int_equal(r.enhanced.subject, 7);
	assert_int_equal(r.result, SMTP_RESULT_REFUSED_RELAY);
	assert_int_equal(r.at.file, 4);
	assert_int_equal(r.at.frame, 9);
	assert_int_equal(r.at.ns, 1000000000);
	/* Without a code there is no reply, whatever else there is. */
	read_reply(parsed(d, "{\"text\":\"Relay access denied\",\"frame\":9}"), 4, &r);
	assert_int_equal(r.code + r.text.len + r.at.frame + r.at.file, 0);
	assert_int_equal(r.result, SMTP_RESULT_UNKNOWN);
	/* Words that are no status, and no time. */
	read_reply(
		parsed(d, "{\"code\":250,\"enhanced\":\"x\",\"time\":\"now\"}"), 0, &r);
	assert_int_equal(r.enhanced.class, 0);
	assert_int_equal(r.at.ns, 0);
	assert_int_equal(r.result, SMTP_RESULT_ACCEPTED);
}

static struct record_path_arg
path_of(struct desk *d, const char *json)
{
	struct record_path_arg p;

	memset(&p, 0, sizeof(p));
	read_path(parsed(d, json), "TO", 2, &p, &d->arena);
	return p;
}

static void
an_addresss_form_is_taken_from_its_text(void **state)
{
	struct desk *d = *state;
	struct record_path_arg p = path_of(d,
		"{\"raw\":\"<a%v.test@c.test>\",\"form\":\"plain\",\"params\":"
		"\"NOTIFY=NEVER ORCPT=rfc822;x\",\"command_frame\":8,\"code\":250}");

	IS(p.raw, "<a%v.test@c.test>");
	IS(p.target_domain, "v.test");
	IS(p.params, "NOTIFY=NEVER ORCPT=rfc822;x");
	assert_int_equal(p.form, SMTP_FORM_PERCENT);
	assert_int_equal(p.at.frame, 8);
	assert_int_equal(p.at.file, 2);
	assert_int_equal(p.reply.code, 250);
	/* A reply to a command that was not seen. */
	p = path_of(d, "{\"code\":250,\"command_frame\":8}");
	assert_int_equal(p.raw.len, 0);
	assert_int_equal(p.at.frame, 0);
	assert_int_equal(p.reply.code, 250);
}

static void
an_address_with_a_nul_inside_is_read_to_its_end(void **state)
{
	struct desk *d = *state;
	struct record_path_arg p =
		path_of(d, "{\"raw\":\"TO:<a\\u0000b@v.test>\",\"form\":\"malformed\"}");

	IS(p.raw, "TO:<a\0b@v.test>");
	p = path_of(d, "{\"raw\":\"<b@v.test>\",\"params\":\"X=\\u0000Y Z\"}");
	IS(p.raw, "<b@v.test>");
	IS(p.params, "X=\0Y Z");
}

static void
an_address_longer_than_any_command_is_cut(void **state)
{
	static char json[20000];
	struct desk *d = *state;
	struct record_path_arg p;
	size_t n;

	for (size_t size = 3000; size < 3200; size++) {
		n = (size_t)snprintf(json, sizeof(json), "{\"raw\":\"<");
		memset(json + n, 'a', size);
		snprintf(json + n + size, sizeof(json) - n - size,
			"@v.test>\",\"params\":\"A=B\"}");
		p = path_of(d, json);
		assert_true(p.raw.len >= 3000 &&
			    p.raw.len <= 2 * SMTP_PATH_MAX + SMTP_COMMAND_MAX);
		arena_reset(&d->arena);
	}
	memset(json + n, 'a', 19000);
	snprintf(json + n + 19000, sizeof(json) - n - 19000, "@v.test>\"}");
	p = path_of(d, json);
	assert_true(p.raw.len <= 2 * SMTP_PATH_MAX + SMTP_COMMAND_MAX);
}

static void
recipients_keep_their_order_and_their_last_word(void **state)
{
	struct desk *d = *state;
	struct record_txn t;

	memset(&t, 0, sizeof(t));
	read_rcpts(
		parsed(d,
			"[{\"raw\":\"<a@v.test>\",\"code\":250,\"final\":{\"code\":552}},"
			"7,{\"raw\":\"<b@v.test>\"}]"),
		&t, &d->arena);
	assert_int_equal(t.rcpt_count, 3);
	IS(t.rcpts->path.raw, "<a@v.test>");
	assert_int_equal(t.rcpts->path.reply.code, 250);
	assert_int_equal(t.rcpts->final.code, 552);
	assert_int_equal(t.rcpts->next->path.raw.len, 0);
	IS(t.rcpts->next->next->path.raw, "<b@v.test>");
	assert_null(t.rcpts->next->next->next);
}

static struct record_message
message_of(struct desk *d, const char *json)
{
	struct record_message m;

	memset(&m, 0, sizeof(m));
	read_message(parsed(d, json), 1, &m, &d->arena);
	return m;
}

static void
a_message_was_seen_if_it_says_how_it_came(void **state)
{
	struct desk *d = *state;
	struct record_message m = message_of(d,
		"{\"code\":250,\"queue_id\":\"Q\",\"go\":{\"code\":354},\"octets\":5,"
		"\"received\":[\"a\",7,\"b\"],\"received_count\":9,"
		"\"dsn\":{\"status\":\"5.1.1\"},\"how\":\"bdat\"}");

	assert_true(m.seen && m.complete && m.bdat && m.dsn.is);
	assert_int_equal(m.reply.code, 250);
	assert_int_equal(m.go.code, 354);
	IS(m.received->raw, "a");
	assert_int_equal(m.received->next->raw.len, 0);
	IS(m.received->next->next->raw, "b");
	IS(m.dsn.status, "5.1.1");
	m = message_of(d, "{\"how\":\"data\",\"incomplete\":true}");
	assert_true(m.seen && !m.complete && !m.bdat && !m.dsn.is);
	m = message_of(d, "{\"octets\":5}");
	assert_false(m.seen || m.complete);
}

static void
a_fingerprint_is_sixteen_digits_or_none(void **state)
{
	struct desk *d = *state;

	assert_true(message_of(d, "{\"fingerprint\":\"fedcba9876543210\"}").fingerprint ==
		    UINT64_C(0xfedcba9876543210));
	assert_true(message_of(d, "{\"fingerprint\":\"00000000000000ff\"}").fingerprint ==
		    255);
	/* Anything else would make mails alike that are not. */
	assert_true(
		message_of(d, "{\"fingerprint\":\"00000000000000zz\"}").fingerprint == 0);
	assert_true(
		message_of(d, "{\"fingerprint\":\"no fingerprint!!\"}").fingerprint == 0);
	assert_true(message_of(d, "{\"fingerprint\":\"\"}").fingerprint == 0);
	assert_true(message_of(d, "{\"fingerprint\":255}").fingerprint == 0);
}

static void
answers_keep_their_order_and_unknown_types_are_other(void **state)
{
	struct desk *d = *state;
	struct record_answer *a = read_answers(
		parsed(d, "[{\"name\":\"v.test\",\"type\":\"MX\",\"ttl\":60,\"target\":"
			  "\"mx.v.test\",\"preference\":10},{\"type\":\"A\",\"address\":"
			  "\"192.0.2.9\"},{\"type\":\"HINFO\"},[]]"),
		&d->arena);
	struct ip_addr want;

	assert_true(ip_addr_parse(SPAN_LITERAL("192.0.2.9"), &want));
	assert_int_equal(a->type, RECORD_RR_MX);
	assert_int_equal(a->preference, 10);
	assert_int_equal(a->ttl, 60);
	IS(a->target, "mx.v.test");
	assert_int_equal(a->next->type, RECORD_RR_A);
	assert_true(ip_addr_equal(&a->next->addr, &want));
	assert_int_equal(a->next->next->type, RECORD_RR_OTHER);
	assert_non_null(a->next->next->next);
	assert_null(a->next->next->next->next);
}

static void
notes_that_nobody_knows_are_passed_over(void **state)
{
	struct desk *d = *state;
	struct record_notes n = {{0}}, want = {{0}};
	char json[256];

	snprintf(json, sizeof(json), "{\"notes\":[\"from-the-future\",\"\",7,\"%s\"]}",
		smtp_note_name(SMTP_NOTE_TLS_REFUSED));
	read_notes(parsed(d, json), &n);
	record_note(&want, SMTP_NOTE_TLS_REFUSED);
	assert_memory_equal(&n, &want, sizeof(n));
}

static void
more_runs_than_there_are_kept_are_left(void **state)
{
	struct desk *d = *state;
	struct record_connection c;
	char json[4096];
	size_t n = 0;

	memset(&c, 0, sizeof(c));
	json[n++] = '[';
	for (int i = 0; i < TLS_TRACE_MAX + 1; i++, n += 6)
		memcpy(json + n, "\"ch1\",", 6);
	memcpy(json + n - 1, "]", 2);
	read_tls_runs(parsed(d, json), &c, &d->arena);
	assert_int_equal(c.tls_run_count, TLS_TRACE_MAX);
}

/* One run of that text; false: it is none. */
static bool
run_of(struct desk *d, const char *text, struct tls_run *out)
{
	struct record_connection c;
	char json[128];

	memset(&c, 0, sizeof(c));
	snprintf(json, sizeof(json), "[\"%s\"]", text);
	read_tls_runs(parsed(d, json), &c, &d->arena);
	if (c.tls_run_count == 0)
		return false;
	assert_int_equal(c.tls_run_count, 1);
	*out = c.tls_runs[0];
	return true;
}

static void
a_run_of_tls_records_is_read_whole_or_not_at_all(void **state)
{
	static const char *const none[] = {"", "c", "ch", "ch!", "ch*", "ch*2", "chx",
		"ch5x", "ch5*", "ch5*x", "ch5*65536", "ch4294967296", "ch-1", "ch5!!",
		"ch 5", "ch5*2*2"};
	struct desk *d = *state;
	struct tls_run r;

	assert_true(run_of(d, "ch517!", &r));
	assert_int_equal(r.dir, DIS_CLIENT);
	assert_int_equal(r.type, 22);
	assert_int_equal(r.octets, 517);
	assert_int_equal(r.records, 1);
	assert_true(r.clear && !r.bulk);
	assert_true(run_of(d, "sa4294967295*65535", &r));
	assert_int_equal(r.dir, DIS_SERVER);
	assert_int_equal(r.type, 23);
	assert_true(r.octets == UINT32_MAX);
	assert_int_equal(r.records, UINT16_MAX);
	assert_true(!r.clear && r.bulk);
	assert_true(run_of(d, "cx1", &r));
	assert_int_equal(r.type, 20);
	assert_true(run_of(d, "cl0*2!", &r));
	assert_int_equal(r.type, 21);
	assert_true(r.clear && r.bulk);
	/* A type that has no letter, and a NUL in its place. */
	assert_true(run_of(d, "s?1", &r));
	assert_int_equal(r.type, 0);
	assert_true(run_of(d, "s\\u00001", &r));
	assert_int_equal(r.type, 0);
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
		if (run_of(d, none[i], &r))
			fail_msg("taken: %s", none[i]);
}

static void
runs_that_are_none_are_passed_over(void **state)
{
	struct desk *d = *state;
	struct record_connection c;

	memset(&c, 0, sizeof(c));
	read_tls_runs(parsed(d, "[7,\"ch1\",null,\"bad\",{},\"sa2\"]"), &c, &d->arena);
	assert_int_equal(c.tls_run_count, 2);
	assert_int_equal(c.tls_runs[0].octets, 1);
	assert_int_equal(c.tls_runs[1].octets, 2);
}

static void
without_memory_lists_are_short_and_nothing_breaks(void **state)
{
	struct desk *d = *state;
	struct record_connection c;
	struct record_txn t;

	memset(&c, 0, sizeof(c));
	memset(&t, 0, sizeof(t));
	while (arena_alloc(&d->arena, ARENA_CHUNK))
		;
	while (arena_alloc(&d->arena, 16))
		;
	read_tls_runs(parsed(d, "[\"ch1\"]"), &c, &d->arena);
	assert_int_equal(c.tls_run_count, 0);
	assert_null(c.tls_runs);
	read_rcpts(parsed(d, "[{},{}]"), &t, &d->arena);
	assert_int_equal(t.rcpt_count, 0);
	assert_null(t.rcpts);
	assert_null(read_answers(parsed(d, "[{}]"), &d->arena));
	assert_null(message_of(d, "{\"received\":[\"a\"],\"how\":\"data\"}").received);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_member_of_another_type_is_absent),
		T(a_number_beyond_its_field_is_not_cut_to_another),
		T(of_no_object_everything_is_absent),
		T(a_connection_has_both_its_ends_or_is_none),
		T(more_tags_and_tunnels_than_there_is_room_for_are_left),
		T(a_tag_that_is_no_number_of_16_bits_is_left),
		T(a_port_beyond_16_bits_is_none),
		T(a_certificate_may_be_older_than_unix),
		T(a_code_or_a_frame_beyond_its_width_is_none),
		T(a_replys_meaning_is_taken_from_its_words),
		T(an_addresss_form_is_taken_from_its_text),
		T(an_address_with_a_nul_inside_is_read_to_its_end),
		T(an_address_longer_than_any_command_is_cut),
		T(recipients_keep_their_order_and_their_last_word),
		T(a_message_was_seen_if_it_says_how_it_came),
		T(a_fingerprint_is_sixteen_digits_or_none),
		T(answers_keep_their_order_and_unknown_types_are_other),
		T(notes_that_nobody_knows_are_passed_over),
		T(a_run_of_tls_records_is_read_whole_or_not_at_all),
		T(more_runs_than_there_are_kept_are_left),
		T(runs_that_are_none_are_passed_over),
		T(without_memory_lists_are_short_and_nothing_breaks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
