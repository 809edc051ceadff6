/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records from elsewhere: hostile text. What is no record is refused with a reason, a
 * member of a wrong type is as good as absent, and nothing crashes.
 */
#include "feed.h"

#include <stdio.h>

#include "sensor/record/record_read.h"
#include "sensor/record/record_write.h"

#define TXN                                                                              \
	"{\"type\":\"transaction\",\"schema\":1,\"id\":\"000000000000002a-1\","          \
	"\"time\":\"2026-11-23T20:22:53.000000001Z\","                                   \
	"\"end\":\"2026-11-23T20:22:54.000000000Z\",\"file\":\"x.pcap\","                \
	"\"frames\":[4,31],\"client\":{\"ip\":\"198.51.100.66\",\"port\":40000,"         \
	"\"helo\":\"c.test\",\"hello\":\"EHLO\"},\"server\":{\"ip\":\"203.0.113.11\","   \
	"\"port\":25,\"name\":\"mail.corp.test\",\"capabilities\":[\"PIPELINING\"]},"    \
	"\"path\":{\"vlan\":[7],\"tunnel\":[\"vxlan:42\"]},\"tls\":{\"state\":\"none\"}" \
	","                                                                              \
	"\"auth\":{\"state\":\"ok\",\"mechanism\":\"PLAIN\",\"frame\":9},"               \
	"\"mail_from\":{\"raw\":\"<x@shop.test>\",\"code\":250,\"text\":\"Ok\"},"        \
	"\"rcpt\":[{\"raw\":\"<a%victim.test@corp.test>\",\"code\":554,"                 \
	"\"enhanced\":\"5.7.1\",\"text\":\"Relay access denied\"}],"                     \
	"\"message\":{\"code\":250,\"queue_id\":\"Q1\",\"octets\":512,"                  \
	"\"received\":[\"from a by b\"],\"fingerprint\":\"00000000000000ff\","           \
	"\"dsn\":{\"action\":\"failed\"},\"how\":\"data\"},"                             \
	"\"outcome\":\"accepted\",\"gaps\":0,\"notes\":[]}"
#define CONN                                                                             \
	"{\"type\":\"connection\",\"schema\":1,\"id\":\"000000000000002a\","             \
	"\"time\":\"2026-11-23T20:22:53.000000000Z\","                                   \
	"\"end\":\"2026-11-23T20:22:54.000000000Z\",\"frames\":[1,40],"                  \
	"\"client\":{\"ip\":\"2001:db8::1\",\"port\":40000},"                            \
	"\"server\":{\"ip\":\"2001:db8::2\",\"port\":465},\"tls\":{\"state\":"           \
	"\"implicit\"},\"auth\":{\"state\":\"unknown\"},\"transactions\":0,"             \
	"\"client_packets\":9,\"tls_records\":[\"ch517!\",\"sa37\",\"ca262144*16\"],"    \
	"\"greeting\":{\"code\":554,\"text\":\"no\"}}"
#define DNS                                                                              \
	"{\"type\":\"dns\",\"schema\":1,\"time\":\"2026-11-23T20:22:53.000000000Z\","    \
	"\"frame\":3,\"client\":\"203.0.113.11\",\"server\":\"198.51.100.53\","          \
	"\"query\":{\"name\":\"victim.test\",\"type\":\"MX\"},\"rcode\":0,"              \
	"\"answers\":[{\"name\":\"victim.test\",\"type\":\"MX\",\"ttl\":300,"            \
	"\"target\":\"mx1.victim.test\",\"preference\":10}]}"

static const char *const lines[] = {TXN, CONN, DNS};
#define LINES (sizeof(lines) / sizeof(*lines))

struct rig {
	struct record_files files;
	struct record_reader *reader;
	struct record record;
	const char *reason;
};

static int
setup(void **state)
{
	static struct rig r;

	memset(&r, 0, sizeof(r));
	record_files_init(&r.files);
	r.reader = record_reader_new(&r.files);
	*state = &r;
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	record_reader_free(r->reader);
	record_files_free(&r->files);
	return 0;
}

/* From memory that ends where the line does. */
static enum record_read_status
reads(struct rig *r, struct span line)
{
	struct guarded g = guarded_new(line.at, line.len);
	enum record_read_status status;

	r->reason = NULL;
	status = record_read_line(r->reader, guarded_span(&g), &r->record, &r->reason);
	guarded_free(&g);
	if (status == RECORD_READ_BAD) {
		assert_non_null(r->reason);
		assert_true(r->reason[0] != '\0');
		assert_null(strchr(r->reason, '\n'));
	}
	return status;
}

static enum record_read_status
reads_text(struct rig *r, const char *text)
{
	return reads(r, span_of_text(text));
}

/* line with its first member replaced. */
static enum record_read_status
reads_with(struct rig *r, const char *line, const char *member, const char *instead)
{
	const char *at = strstr(line, member);
	char text[4096];

	assert_non_null(at);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - line), line, instead,
		at + strlen(member));
	return reads_text(r, text);
}

static void
a_transactions_members_stand_where_they_belong(void **state)
{
	struct rig *r = *state;
	const struct record_txn *t = &r->record.txn;

	assert_int_equal(reads_text(r, TXN), RECORD_READ_OK);
	assert_int_equal(r->record.kind, RECORD_TRANSACTION);
	assert_int_equal(r->record.conn.id, 42);
	assert_int_equal(t->index, 1);
	/* 2026-11-23T20:22:53Z is 1795465373 by date(1). */
	assert_int_equal(t->time, UINT64_C(1795465373000000001));
	assert_int_equal(t->frames[1], 31);
	assert_string_equal(record_files_name(&r->files, t->file), "x.pcap");
	assert_int_equal(r->record.conn.server.port, 25);
	assert_int_equal(r->record.conn.caps, SMTP_CAP_PIPELINING);
	assert_true(r->record.conn.whole);
	assert_int_equal(r->record.conn.path.vlan[0], 7);
	assert_int_equal(r->record.conn.auth.state, RECORD_AUTH_OK);
	assert_int_equal(t->rcpt_count, 1);
	/* Derived again: the form from the raw text, the result from the words. */
	assert_int_equal(t->rcpts->path.form, SMTP_FORM_PERCENT);
	assert_true(
		span_equal(t->rcpts->path.target_domain, SPAN_LITERAL("victim.test")));
	assert_int_equal(t->rcpts->path.reply.result, SMTP_RESULT_REFUSED_RELAY);
	assert_true(t->message.seen && t->message.complete && !t->message.bdat);
	assert_int_equal(t->message.fingerprint, 255);
	assert_true(t->message.dsn.is);
	assert_int_equal(t->outcome, RECORD_ACCEPTED);
}

static void
a_connections_tls_runs_are_read_letter_by_letter(void **state)
{
	struct rig *r = *state;
	const struct record_connection *c = &r->record.connection;

	assert_int_equal(reads_text(r, CONN), RECORD_READ_OK);
	assert_int_equal(r->record.conn.tls.state, RECORD_TLS_IMPLICIT);
	assert_int_equal(c->banner_reply.code, 554);
	assert_int_equal(c->tls_run_count, 3);
	assert_int_equal(c->tls_runs[0].dir, DIS_CLIENT);
	assert_int_equal(c->tls_runs[0].type, 22);
	assert_int_equal(c->tls_runs[0].octets, 517);
	assert_true(c->tls_runs[0].clear);
	assert_int_equal(c->tls_runs[1].dir, DIS_SERVER);
	assert_int_equal(c->tls_runs[1].type, 23);
	assert_false(c->tls_runs[1].clear);
	assert_int_equal(c->tls_runs[2].records, 16);
}

static void
a_line_cut_at_any_octet_is_refused(void **state)
{
	struct rig *r = *state;

	for (size_t i = 0; i < LINES; i++)
		for (size_t n = 0; n < strlen(lines[i]); n++)
			assert_int_equal(reads(r, span_of(lines[i], n)), RECORD_READ_BAD);
	assert_int_equal(reads_text(r, DNS), RECORD_READ_OK);
}

static void
an_octet_of_a_line_changed_is_never_a_crash(void **state)
{
	static const char with[] = {0, '"', '}', '-', '9', (char)0xff};
	struct rig *r = *state;
	char line[2048];

	for (size_t i = 0; i < LINES; i++)
		for (size_t n = 0; n < strlen(lines[i]); n++)
			for (size_t k = 0; k < sizeof(with); k++) {
				memcpy(line, lines[i], strlen(lines[i]));
				line[n] = with[k];
				reads(r, span_of(line, strlen(lines[i])));
			}
	assert_int_equal(reads_text(r, TXN), RECORD_READ_OK);
}

/* line with the value of the n-th "key": replaced; false: there are not so many. */
static bool
replaced(const char *line, size_t n, const char *with, char *out, size_t room)
{
	const char *at = line;
	size_t depth = 0, len;
	bool quoted = false;

	for (size_t i = 0;; i++) {
		at = strstr(at, "\":");
		if (!at)
			return false;
		at += 2;
		if (i == n)
			break;
	}
	for (len = 0; at[len]; len++) {
		if (at[len] == '"')
			quoted = !quoted;
		if (quoted)
			continue;
		if (depth == 0 && strchr(",]}", at[len]))
			break;
		depth += at[len] == '{' || at[len] == '[';
		depth -= at[len] == '}' || at[len] == ']';
	}
	assert_true((size_t)snprintf(out, room, "%.*s%s%s", (int)(at - line), line, with,
			    at + len) < room);
	return true;
}

static void
a_member_of_a_wrong_type_is_absent_or_refuses_the_line(void **state)
{
	static const char *const values[] = {"null", "true", "-1", "1e300", "\"\"", "[]",
		"{}", "[null,{},[]]", "99999999999999999999", "\"\\u0000\""};
	struct rig *r = *state;
	char line[4096];
	size_t tried = 0;

	for (size_t i = 0; i < LINES; i++)
		for (size_t k = 0; k < sizeof(values) / sizeof(*values); k++)
			for (size_t n = 0;
				replaced(lines[i], n, values[k], line, sizeof(line));
				n++, tried++)
				reads_text(r, line);
	assert_true(tried > 500);
}

static void
what_every_record_has_is_missed_and_all_else_is_not(void **state)
{
	static const struct {
		const char *line, *member, *instead;
		enum record_read_status want;
	} cases[] = {
		{TXN, "\"id\":\"000000000000002a-1\"", "\"id\":7", RECORD_READ_BAD},
		{TXN, "\"id\":\"000000000000002a-1\"", "\"id\":\"2a-1\"",
			RECORD_READ_BAD},
		{TXN, "\"end\":\"2026", "\"end\":\"x026", RECORD_READ_BAD},
		{TXN, "\"ip\":\"198.51.100.66\"", "\"ip\":\"198.51.100.666\"",
			RECORD_READ_BAD},
		{TXN, "\"server\":{", "\"serves\":{", RECORD_READ_BAD},
		{TXN, "\"rcpt\":[", "\"rcpts\":[", RECORD_READ_OK},
		{TXN, "\"message\":{", "\"massage\":{", RECORD_READ_OK},
		{TXN, "\"frames\":[4,31]", "\"frames\":[4]", RECORD_READ_OK},
		{CONN, "\"client\":{", "\"client\":[],\"x\":{", RECORD_READ_BAD},
		{DNS, "\"query\":{", "\"q\":{", RECORD_READ_BAD},
		{DNS, "\"client\":\"203.0.113.11\"", "\"client\":{}", RECORD_READ_BAD},
		{DNS, "\"answers\":[", "\"a\":[", RECORD_READ_OK},
		/* 2^32+1, and 25 in 16 bits. */
		{TXN, "2a-1\"", "2a-4294967297\"", RECORD_READ_BAD},
		{TXN, "\"port\":25", "\"port\":65561", RECORD_READ_BAD},
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(
			reads_with(r, cases[i].line, cases[i].member, cases[i].instead),
			cases[i].want);
}

static void
a_number_beyond_its_field_is_not_cut_to_another(void **state)
{
	struct rig *r = *state;

	assert_int_equal(
		reads_with(r, TXN, "\"gaps\":0", "\"gaps\":4294967297"), RECORD_READ_OK);
	assert_true(r->record.txn.gaps == UINT32_MAX);
	assert_int_equal(
		reads_with(r, TXN, "\"gaps\":0", "\"gaps\":0,\"rcpt_unkept\":4294967296"),
		RECORD_READ_OK);
	assert_true(r->record.txn.rcpt_unkept == UINT32_MAX);
	assert_int_equal(reads_with(r, CONN, "\"transactions\":0",
				 "\"transactions\":4294967297,\"auth_failed\":4294967296,"
				 "\"unknown_verbs\":18446744073709551615"),
		RECORD_READ_OK);
	assert_true(r->record.connection.transactions == UINT32_MAX);
	assert_true(r->record.connection.auths.failed == UINT32_MAX);
	assert_true(r->record.connection.unknown_verbs == UINT32_MAX);
	/* Frames are numbers of something: the wrong one is worse than none. */
	assert_int_equal(reads_with(r, TXN, "[4,31]", "[4,4294967327]"), RECORD_READ_OK);
	assert_int_equal(r->record.txn.frames[0], 0);
	assert_int_equal(r->record.txn.frames[1], 0);
	assert_int_equal(reads_with(r, TXN, "[4,31]", "[-1,31]"), RECORD_READ_OK);
	assert_int_equal(r->record.txn.frames[1], 0);
	assert_int_equal(reads_with(r, DNS, "\"frame\":3", "\"frame\":4294967299"),
		RECORD_READ_OK);
	assert_int_equal(r->record.dns.frame, 0);
	/* 256 must not become 0, which is "no error". */
	assert_int_equal(
		reads_with(r, DNS, "\"rcode\":0", "\"rcode\":256"), RECORD_READ_OK);
	assert_int_equal(r->record.dns.rcode, 255);
	assert_int_equal(
		reads_with(r, DNS, "\"ttl\":300", "\"ttl\":4294967297"), RECORD_READ_OK);
	assert_true(r->record.dns.answers->ttl == UINT32_MAX);
	assert_int_equal(reads_with(r, DNS, "\"preference\":10", "\"preference\":65536"),
		RECORD_READ_OK);
	assert_int_equal(r->record.dns.answers->preference, 65535);
}

static void
the_type_decides_who_reads_the_line(void **state)
{
	static const struct {
		const char *line;
		enum record_read_status want;
	} cases[] = {
		{"{\"type\":\"server\",\"schema\":1}", RECORD_READ_OTHER},
		{"{\"type\":\"stats\"}", RECORD_READ_OTHER},
		{"{\"type\":\"transactions\"}", RECORD_READ_OTHER},
		{"{\"type\":\"transaction\"}", RECORD_READ_BAD},
		{"{\"type\":7}", RECORD_READ_BAD},
		{"{}", RECORD_READ_BAD},
		{"[]", RECORD_READ_BAD},
		{"7", RECORD_READ_BAD},
		{"null", RECORD_READ_BAD},
		{"", RECORD_READ_BAD},
		{" ", RECORD_READ_BAD},
		{"frame 7", RECORD_READ_BAD},
	};
	struct rig *r = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(reads_text(r, cases[i].line), cases[i].want);
}

static void
a_newer_schema_is_refused_and_says_so(void **state)
{
	struct rig *r = *state;

	assert_int_equal(
		reads_text(r, "{\"type\":\"dns\",\"schema\":2}"), RECORD_READ_BAD);
	assert_non_null(strstr(r->reason, "newer"));
}

static void
two_records_on_one_line_are_not_one(void **state)
{
	struct rig *r = *state;

	/* A lost line end would lose the second record without a word. */
	assert_int_equal(reads_text(r, DNS DNS), RECORD_READ_BAD);
	assert_int_equal(reads_text(r, DNS " x"), RECORD_READ_BAD);
	assert_int_equal(reads_text(r, DNS " \t\r"), RECORD_READ_OK);
}

static void
a_bomb_of_nested_brackets_is_refused(void **state)
{
	static char bomb[200000];
	struct rig *r = *state;

	memset(bomb, '[', sizeof(bomb));
	assert_int_equal(reads(r, span_of(bomb, sizeof(bomb))), RECORD_READ_BAD);
	for (size_t i = 0; i + 5 <= sizeof(bomb); i += 5)
		memcpy(bomb + i, "{\"a\":", 5);
	assert_int_equal(reads(r, span_of(bomb, sizeof(bomb))), RECORD_READ_BAD);
	assert_int_equal(reads_text(r, TXN), RECORD_READ_OK);
}

static void
an_argument_that_makes_no_sense_reads_back_as_it_was(void **state)
{
	static const char raw[] = "\"raw\":\"<a%victim.test@corp.test>\"";
	static const char with[] = "\"raw\":\"TO:<a b@c.test\",\"form\":\"malformed\"";
	const char *at = strstr(lines[0], raw);
	struct rig *r = *state;
	char line[4096];

	snprintf(line, sizeof(line), "%.*s%s%s", (int)(at - lines[0]), lines[0], with,
		at + strlen(raw));
	assert_int_equal(reads_text(r, line), RECORD_READ_OK);
	assert_int_equal(r->record.txn.rcpts->path.form, SMTP_FORM_MALFORMED);
	/* Not "TO:TO:…", one more each time it is read. */
	assert_true(span_equal(
		r->record.txn.rcpts->path.raw, SPAN_LITERAL("TO:<a b@c.test")));
}

/* head, then item count times, then tail. */
static char *
repeated(const char *head, const char *item, size_t count, const char *tail)
{
	size_t each = strlen(item), used = strlen(head);
	char *line = malloc(used + count * each + strlen(tail) + 1);

	assert_non_null(line);
	memcpy(line, head, used);
	for (size_t i = 0; i < count; i++, used += each)
		memcpy(line + used, item, each);
	memcpy(line + used, tail, strlen(tail) + 1);
	return line;
}

static void
more_recipients_than_there_is_room_for_are_cut_and_counted_right(void **state)
{
	struct rig *r = *state;
	size_t listed = 0;
	char *line = repeated("{\"type\":\"transaction\",\"id\":\"000000000000002a-1\","
			      "\"time\":\"2026-11-23T20:22:53.000000000Z\","
			      "\"end\":\"2026-11-23T20:22:53.000000000Z\","
			      "\"client\":{\"ip\":\"192.0.2.1\"},"
			      "\"server\":{\"ip\":\"192.0.2.2\"},\"rcpt\":[",
		"{\"raw\":\"<a@b.test>\",\"code\":250},", 50000, "{}]}");

	assert_int_equal(reads_text(r, line), RECORD_READ_OK);
	for (struct record_rcpt *p = r->record.txn.rcpts; p; p = p->next)
		listed++;
	assert_true(listed > 100 && listed < 50000);
	assert_int_equal(listed, r->record.txn.rcpt_count);
	free(line);
}

static void
tls_runs_beyond_the_bound_are_left(void **state)
{
	struct rig *r = *state;
	char *line = repeated("{\"type\":\"connection\",\"id\":\"000000000000002a\","
			      "\"time\":\"2026-11-23T20:22:53.000000000Z\","
			      "\"end\":\"2026-11-23T20:22:53.000000000Z\","
			      "\"client\":{\"ip\":\"192.0.2.1\"},"
			      "\"server\":{\"ip\":\"192.0.2.2\"},\"tls_records\":[",
		"\"ca7\",", TLS_TRACE_MAX + 50, "\"\",\"ca\",\"caX\",\"!\"]}");

	assert_int_equal(reads_text(r, line), RECORD_READ_OK);
	assert_int_equal(r->record.connection.tls_run_count, TLS_TRACE_MAX);
	free(line);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(a_transactions_members_stand_where_they_belong),
		T(a_connections_tls_runs_are_read_letter_by_letter),
		T(a_line_cut_at_any_octet_is_refused),
		T(an_octet_of_a_line_changed_is_never_a_crash),
		T(a_member_of_a_wrong_type_is_absent_or_refuses_the_line),
		T(what_every_record_has_is_missed_and_all_else_is_not),
		T(a_number_beyond_its_field_is_not_cut_to_another),
		T(the_type_decides_who_reads_the_line),
		T(a_newer_schema_is_refused_and_says_so),
		T(two_records_on_one_line_are_not_one),
		T(an_argument_that_makes_no_sense_reads_back_as_it_was),
		T(a_bomb_of_nested_brackets_is_refused),
		T(more_recipients_than_there_is_room_for_are_cut_and_counted_right),
		T(tls_runs_beyond_the_bound_are_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
