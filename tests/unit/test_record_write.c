/* SPDX-License-Identifier: Apache-2.0 */
/* Records as JSON: what each member is called, when it is left out, and what is escaped.
 */
#include "feed.h"

#include "sensor/record/record_write.h"

struct desk {
	struct record r;
	struct record_files files;
	struct json_out json;
	char text[8192];
};

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static int
setup(void **state)
{
	static struct desk d;

	memset(&d, 0, sizeof(d));
	record_files_init(&d.files);
	json_out_init(&d.json);
	d.r.conn.id = 42;
	d.r.conn.client = (struct record_end){addr("192.0.2.1"), 40000};
	d.r.conn.server = (struct record_end){addr("2001:db8::2"), 25};
	d.r.conn.whole = true;
	d.r.conn.mta = SMTP_MTA_UNKNOWN;
	*state = &d;
	return 0;
}

static int
teardown(void **state)
{
	struct desk *d = *state;

	record_files_free(&d->files);
	json_out_free(&d->json);
	return 0;
}

static const char *
written(struct desk *d)
{
	record_write(&d->r, &d->files, &d->json);
	assert_true(d->json.used < sizeof(d->text));
	memcpy(d->text, d->json.at, d->json.used);
	d->text[d->json.used] = '\0';
	/* One line, whatever stands in it. */
	assert_null(strpbrk(d->text, "\r\n"));
	assert_int_equal(strlen(d->text), d->json.used);
	json_out_reset(&d->json);
	return d->text;
}

static void
says(struct desk *d, const char *part)
{
	if (!strstr(written(d), part))
		fail_msg("not in it: %s\nin: %s", part, d->text);
}

static void
says_not(struct desk *d, const char *part)
{
	if (strstr(written(d), part))
		fail_msg("in it: %s\nin: %s", part, d->text);
}

#define ENDS                                                                             \
	"\"client\":{\"ip\":\"192.0.2.1\",\"port\":40000},"                              \
	"\"server\":{\"ip\":\"2001:db8::2\",\"port\":25},"

static void
what_is_not_known_is_left_out_of_a_transaction(void **state)
{
	struct desk *d = *state;

	d->r.kind = RECORD_TRANSACTION;
	d->r.txn.index = 3;
	d->r.txn.time = UINT64_C(1000000002);
	d->r.txn.end = UINT64_C(2000000000);
	assert_string_equal(written(d),
		"{\"type\":\"transaction\",\"schema\":1,\"id\":\"000000000000002a-3\","
		"\"time\":\"1970-01-01T00:00:01.000000002Z\","
		"\"end\":\"1970-01-01T00:00:02.000000000Z\"," ENDS
		"\"tls\":{\"state\":\"none\"},\"auth\":{\"state\":\"none\"},"
		"\"rcpt\":[],\"outcome\":\"unknown\",\"gaps\":0}");
}

static void
what_is_not_known_is_left_out_of_a_connection(void **state)
{
	struct desk *d = *state;

	d->r.kind = RECORD_CONNECTION;
	d->r.conn.id = UINT64_MAX;
	assert_string_equal(written(d),
		"{\"type\":\"connection\",\"schema\":1,\"id\":\"ffffffffffffffff\","
		"\"time\":\"1970-01-01T00:00:00.000000000Z\","
		"\"end\":\"1970-01-01T00:00:00.000000000Z\"," ENDS
		"\"tls\":{\"state\":\"none\"},\"auth\":{\"state\":\"none\"},"
		"\"transactions\":0,\"client_packets\":0,\"server_packets\":0,"
		"\"client_octets\":0,\"server_octets\":0,\"gaps\":0}");
}

static void
an_answer_has_an_address_or_a_target(void **state)
{
	struct desk *d = *state;
	struct record_answer txt = {.name = SPAN_LITERAL("v.test"),
		.type = RECORD_RR_TXT,
		.target = SPAN_LITERAL("v=spf1 \"x\"")};
	struct record_answer null_mx = {.name = SPAN_LITERAL("v.test"),
		.type = RECORD_RR_MX,
		.ttl = 60,
		.next = &txt};
	struct record_answer a = {.name = SPAN_LITERAL("mx.v.test"),
		.type = RECORD_RR_A,
		.ttl = 300,
		.addr = addr("198.51.100.10"),
		.next = &null_mx};

	memset(&d->r, 0, sizeof(d->r));
	d->r.kind = RECORD_DNS;
	d->r.dns = (struct record_dns){.frame = 7,
		.client = addr("192.0.2.1"),
		.server = addr("192.0.2.53"),
		.name = SPAN_LITERAL("v.test"),
		.type = RECORD_RR_MX,
		.rcode = 3,
		.answers = &a};
	assert_string_equal(written(d),
		"{\"type\":\"dns\",\"schema\":1,\"time\":\"1970-01-01T00:00:00."
		"000000000Z\","
		"\"frame\":7,\"client\":\"192.0.2.1\",\"server\":\"192.0.2.53\","
		"\"query\":{\"name\":\"v.test\",\"type\":\"MX\"},\"rcode\":3,\"answers\":"
		"["
		"{\"name\":\"mx.v.test\",\"type\":\"A\",\"ttl\":300,"
		"\"address\":\"198.51.100.10\"},"
		"{\"name\":\"v.test\",\"type\":\"MX\",\"ttl\":60,\"target\":\"\","
		"\"preference\":0},"
		"{\"name\":\"v.test\",\"type\":\"TXT\",\"ttl\":0,"
		"\"target\":\"v=spf1 \\\"x\\\"\"}]}");
}

static void
a_recipient_has_its_reply_and_what_it_means(void **state)
{
	struct desk *d = *state;
	struct record_rcpt second = {.path.raw = SPAN_LITERAL("<d@e.test>"),
		.path.address = SPAN_LITERAL("d@e.test"),
		.path.target = SPAN_LITERAL("d@e.test"),
		.path.form = SMTP_FORM_PLAIN,
		.path.inner = SMTP_FORM_PLAIN};
	struct record_rcpt first = {.next = &second};

	first.path = (struct record_path_arg){.raw = SPAN_LITERAL("<a%v.test@c.test>"),
		.address = SPAN_LITERAL("a%v.test@c.test"),
		.target = SPAN_LITERAL("a@v.test"),
		.params = SPAN_LITERAL("NOTIFY=NEVER"),
		.form = SMTP_FORM_PERCENT,
		.inner = SMTP_FORM_PERCENT,
		.at = {.frame = 8}};
	first.path.reply = (struct record_reply){.code = 554,
		.enhanced = {5, 7, 1},
		.text = SPAN_LITERAL("Relay access denied"),
		.result = SMTP_RESULT_REFUSED_RELAY,
		.at = {.frame = 9}};
	first.final = (struct record_reply){
		.code = 250, .result = SMTP_RESULT_ACCEPTED, .at = {.ns = 1}};
	d->r.kind = RECORD_TRANSACTION;
	d->r.txn.rcpts = &first;
	d->r.txn.rcpt_unkept = 5;
	says(d, "\"rcpt\":[{\"raw\":\"<a%v.test@c.test>\",\"address\":\"a%v.test@c."
		"test\","
		"\"form\":\"percent\",\"target\":\"a@v.test\",\"params\":\"NOTIFY="
		"NEVER\","
		"\"command_frame\":8,\"code\":554,\"enhanced\":\"5.7.1\","
		"\"text\":\"Relay access denied\",\"result\":\"refused-relay\","
		"\"reason\":\"refused-relay\",\"frame\":9,"
		"\"time\":\"1970-01-01T00:00:00.000000000Z\","
		"\"final\":{\"code\":250,\"result\":\"accepted\","
		"\"time\":\"1970-01-01T00:00:00.000000001Z\"}},"
		/* No reply was seen: no code, no frame, no time. */
		"{\"raw\":\"<d@e.test>\",\"address\":\"d@e.test\",\"form\":\"plain\","
		"\"result\":\"unknown\"}],\"rcpt_unkept\":5,");
}

static void
a_message_that_was_not_transferred_has_its_replies_alone(void **state)
{
	struct desk *d = *state;
	struct record_message *m = &d->r.txn.message;

	d->r.kind = RECORD_TRANSACTION;
	m->subject = SPAN_LITERAL("never sent");
	says_not(d, "\"message\"");
	m->go = (struct record_reply){.code = 354, .result = SMTP_RESULT_ACCEPTED};
	says(d, "\"message\":{\"go\":{\"code\":354,\"result\":\"accepted\","
		"\"time\":\"1970-01-01T00:00:00.000000000Z\"}},\"outcome\"");
	says_not(d, "never sent");
	says_not(d, "\"how\"");
}

static void
a_message_tells_what_was_read_of_it(void **state)
{
	struct desk *d = *state;
	struct record_message *m = &d->r.txn.message;
	struct record_received older = {.raw = SPAN_LITERAL("from b")};
	struct record_received newer = {.raw = SPAN_LITERAL("from a"), .next = &older};

	d->r.kind = RECORD_TRANSACTION;
	m->seen = true;
	m->octets = 0;
	says(d, "\"message\":{\"octets\":0,\"incomplete\":true,\"how\":\"data\"}");
	m->complete = m->bdat = m->auto_submitted = m->names_server = true;
	m->octets = 512;
	m->message_id = SPAN_LITERAL("<1@a>");
	m->received = &newer;
	m->received_count = 9;
	m->fingerprint = 255;
	m->body_octets = 6;
	m->dsn = (struct record_dsn){.is = true, .status = SPAN_LITERAL("5.7.1")};
	says(d, "\"message\":{\"octets\":512,\"message_id\":\"<1@a>\","
		"\"auto_submitted\":true,\"received\":[\"from a\",\"from b\"],"
		"\"received_count\":9,\"fingerprint\":\"00000000000000ff\","
		"\"body_octets\":6,\"names_server\":true,\"dsn\":{\"status\":\"5.7.1\"},"
		"\"how\":\"bdat\"}");
}

static void
capabilities_are_told_once_there_was_an_ehlo(void **state)
{
	struct desk *d = *state;

	d->r.kind = RECORD_CONNECTION;
	d->r.conn.caps = SMTP_CAP_AUTH | SMTP_CAP_PIPELINING;
	says_not(d, "capabilities");
	d->r.conn.ehlo_seen = true;
	says(d, "\"capabilities\":[\"PIPELINING\",\"AUTH\"]}");
	d->r.conn.mechs = SMTP_MECH_OTHER | SMTP_MECH_PLAIN;
	says(d, "\"mechanisms\":[\"PLAIN\",\"OTHER\"]}");
	d->r.conn.caps = 0;
	says(d, "\"capabilities\":[],");
}

static void
the_connections_own_facts_stand_in_their_places(void **state)
{
	struct desk *d = *state;
	struct record_conn *c = &d->r.conn;

	d->r.kind = RECORD_CONNECTION;
	c->helo = SPAN_LITERAL("c.test");
	c->hello = SMTP_VERB_EHLO;
	c->real_by = RECORD_REAL_PROXY;
	c->real = (struct record_end){addr("198.51.100.66"), 50000};
	says(d, "\"helo\":\"c.test\",\"hello\":\"EHLO\",\"real_ip\":\"198.51.100.66\","
		"\"real_port\":50000,\"real_by\":\"proxy\"},");
	c->path = (struct record_path){.vlan = {7, 4094},
		.vlans = 2,
		.tunnels = 1,
		.tunnel = {SPAN_LITERAL("vxlan:42")}};
	says(d, "\"path\":{\"vlan\":[7,4094],\"tunnel\":[\"vxlan:42\"]},");
	c->tls = (struct record_tls_facts){.state = RECORD_TLS_STARTTLS,
		.version = SPAN_LITERAL("1.2"),
		.cert_from = -86400,
		.cert_to = 86400};
	says(d, "\"tls\":{\"state\":\"starttls\",\"version\":\"1.2\",\"cert_from\":-"
		"86400,"
		"\"cert_to\":86400},");
	c->sides = RECORD_CLIENT_ONLY;
	c->whole = false;
	c->any_port = true;
	says(d, "\"only_side\":\"client\",\"late_start\":true,");
	says(d, "\"found_by_speech\":true}");
}

static void
tls_runs_are_a_word_each(void **state)
{
	struct desk *d = *state;
	const struct tls_run runs[] = {
		{.octets = 517, .records = 1, .type = 22, .dir = DIS_CLIENT, .clear = 1},
		{.octets = UINT32_MAX,
			.records = UINT16_MAX,
			.type = 23,
			.dir = DIS_SERVER},
		{.octets = 0, .records = 2, .type = 21, .dir = DIS_CLIENT, .clear = 1},
		{.octets = 1, .records = 1, .type = 20, .dir = DIS_SERVER},
		{.octets = 1, .records = 1, .type = 19, .dir = DIS_SERVER},
		{.octets = 1, .records = 1, .type = 24, .dir = DIS_SERVER},
	};

	d->r.kind = RECORD_CONNECTION;
	d->r.connection.tls_beyond = 7;
	says_not(d, "tls_records");
	d->r.connection.tls_runs = runs;
	d->r.connection.tls_run_count = sizeof(runs) / sizeof(*runs);
	says(d, "\"tls_records\":[\"ch517!\",\"sa4294967295*65535\",\"cl0*2!\",\"sx1\","
		"\"s?1\",\"s?1\"],\"tls_records_beyond\":7");
}

static void
a_peers_octets_are_escaped(void **state)
{
	struct desk *d = *state;

	d->r.kind = RECORD_CONNECTION;
	d->r.conn.banner = SPAN_LITERAL("a\"b\\c\r\nd\0e\x1b[2J\xff");
	/* What is no UTF-8 stands as text for the reader: \xff. */
	says(d, "\"banner\":\"a\\\"b\\\\c\\u000d\\nd\\u0000e\\u001b[2J\\\\xff\"");
	record_files_add(&d->files, SPAN_LITERAL("evil\n\".pcap"));
	d->r.connection.frames[0] = 1;
	d->r.connection.frames[1] = UINT32_MAX;
	says(d, "\"file\":\"evil\\n\\\".pcap\",\"frames\":[1,4294967295],");
}

static void
notes_and_counters_are_told_when_there_are_any(void **state)
{
	struct desk *d = *state;
	struct record_connection *c = &d->r.connection;

	d->r.kind = RECORD_CONNECTION;
	record_note(&c->notes, (enum smtp_note)0);
	record_note(&c->notes, (enum smtp_note)(SMTP_NOTE_COUNT - 1));
	c->auths = (struct record_auth_count){1, 2, 3};
	c->clear_password = true;
	c->conflicts = 4;
	c->vrfy = 5;
	c->banner_reply = (struct record_reply){.code = 554, .text = SPAN_LITERAL("no")};
	says(d, "\"auth_ok\":1,\"auth_failed\":2,\"auth_cancelled\":3,\"clear_password\":"
		"true,");
	says(d, "\"overlap_conflicts\":4,\"vrfy\":5,");
	says(d, "\"greeting\":{\"code\":554,\"text\":\"no\"},\"notes\":[\"");
	says(d, smtp_note_name((enum smtp_note)0));
	says(d, smtp_note_name((enum smtp_note)(SMTP_NOTE_COUNT - 1)));
	d->r.kind = RECORD_TRANSACTION;
	memset(&d->r.txn, 0, sizeof(d->r.txn));
	d->r.txn.inferred_reply = true;
	says(d, "\"gaps\":0,\"inferred\":[\"outcome\"]}");
}

static void
results_are_one_of_five_words(void **state)
{
	static const struct {
		enum smtp_result result;
		const char *word;
	} all[] = {
		{SMTP_RESULT_UNKNOWN, "unknown"},
		{SMTP_RESULT_ACCEPTED, "accepted"},
		{SMTP_RESULT_WEAK, "accepted"},
		{SMTP_RESULT_REFUSED_RELAY, "refused-relay"},
		{SMTP_RESULT_REFUSED_AUTH, "refused-relay"},
		{SMTP_RESULT_REFUSED_USER, "refused-other"},
		{SMTP_RESULT_REFUSED_POLICY, "refused-other"},
		{SMTP_RESULT_REFUSED_SYNTAX, "refused-other"},
		{SMTP_RESULT_REFUSED_OTHER, "refused-other"},
		{SMTP_RESULT_DEFERRED_GREYLIST, "deferred"},
		{SMTP_RESULT_DEFERRED, "deferred"},
		{SMTP_RESULT_COUNT, "unknown"},
	};

	(void)state;
	assert_int_equal(sizeof(all) / sizeof(*all), SMTP_RESULT_COUNT + 1);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		assert_string_equal(record_result_word(all[i].result), all[i].word);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(what_is_not_known_is_left_out_of_a_transaction),
		T(what_is_not_known_is_left_out_of_a_connection),
		T(an_answer_has_an_address_or_a_target),
		T(a_recipient_has_its_reply_and_what_it_means),
		T(a_message_that_was_not_transferred_has_its_replies_alone),
		T(a_message_tells_what_was_read_of_it),
		T(capabilities_are_told_once_there_was_an_ehlo),
		T(the_connections_own_facts_stand_in_their_places),
		T(tls_runs_are_a_word_each),
		T(a_peers_octets_are_escaped),
		T(notes_and_counters_are_told_when_there_are_any),
		T(results_are_one_of_five_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
