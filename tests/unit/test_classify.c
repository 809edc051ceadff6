/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dialogues on a port that says nothing. A line's first octet is who sends it: '>' the
 * client, '<' the server; each line is a segment of its own and gets its CRLF here.
 */
#include "feed.h"

#include <fcntl.h>
#include <stdio.h>

#include "sensor/flow/classify.h"

#define PORT 2526

struct rig {
	struct classify *c;
	uint32_t flow;
	uint64_t ns;
	struct ip_addr client, server;
};

static struct ip_addr
addr(const char *text)
{
	struct ip_addr a;

	assert_true(ip_addr_parse(span_of_text(text), &a));
	return a;
}

static void
rig_init(struct rig *r, const char *client, const char *server)
{
	*r = (struct rig){.client = addr(client), .server = addr(server)};
	r->c = classify_new(4);
	assert_non_null(r->c);
	r->flow = classify_open(r->c);
	assert_int_not_equal(r->flow, 0);
}

static void
rig_free(struct rig *r)
{
	classify_close(r->c, r->flow);
	classify_free(r->c);
}

static enum classify_verdict
segment(struct rig *r, bool client, const void *at, size_t len)
{
	struct guarded g = guarded_new(at, len);
	enum classify_verdict v;

	r->ns += 20000000;
	if (client)
		v = classify_feed(r->c, r->flow, &r->client, 40123, &r->server, PORT,
			guarded_span(&g), r->ns);
	else
		v = classify_feed(r->c, r->flow, &r->server, PORT, &r->client, 40123,
			guarded_span(&g), r->ns);
	guarded_free(&g);
	return v;
}

/* Lines until there is a verdict; *used gets how many that took. */
static enum classify_verdict
dialogue(struct rig *r, const char *const *lines, size_t *used)
{
	enum classify_verdict v = CLASSIFY_UNDECIDED;
	char text[600];

	for (*used = 0; lines[*used] && v == CLASSIFY_UNDECIDED; ++*used) {
		const char *line = lines[*used];
		int len = snprintf(text, sizeof(text), "%s\r\n", line + 1);

		v = segment(r, line[0] == '>', text, (size_t)len);
	}
	return v;
}

static const char *const smtp[] = {"<220 mail.example.org ESMTP Postfix",
	">EHLO client.example.net",
	"<250-mail.example.org\r\n250-SIZE 10240000\r\n250 8BITMIME",
	">MAIL FROM:<a@example.net>", "<250 2.1.0 Ok", ">RCPT TO:<b@example.com>",
	"<250 2.1.5 Ok", ">DATA", "<354 End data with <CR><LF>.<CR><LF>", NULL};

static const char *const ftp[] = {"<220 ProFTPD Server (files) [192.0.2.5]", ">USER anna",
	"<331 Password required for anna", ">PASS guest", "<230 User anna logged in",
	">SYST", "<215 UNIX Type: L8", ">PASV",
	"<227 Entering Passive Mode (192,0,2,5,200,13).", NULL};

static const char *const pop3[] = {"<+OK Dovecot ready.", ">CAPA",
	"<+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nSASL PLAIN\r\n.", ">USER anna", "<+OK",
	">PASS guest", "<+OK Logged in.", ">STAT", "<+OK 0 0", ">QUIT", NULL};

static const char *const imap[] = {"<* OK [CAPABILITY IMAP4rev1 IDLE] Dovecot ready.",
	">a1 CAPABILITY", "<* CAPABILITY IMAP4rev1 IDLE\r\na1 OK done.",
	">a2 LOGIN anna guest", "<a2 OK Logged in", ">a3 SELECT INBOX",
	"<* 0 EXISTS\r\na3 OK [READ-WRITE] Select completed.", ">a4 LOGOUT", NULL};

static const char *const http[] = {
	">GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: curl/7.88\r\n",
	"<HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n", NULL};

static const char *const ssh[] = {
	"<SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u2", ">SSH-2.0-OpenSSH_9.2p1", NULL};

static void
smtp_on_any_port_is_smtp_before_its_message(void **state)
{
	struct rig r;
	size_t used;

	(void)state;
	rig_init(&r, "198.51.100.7", "192.0.2.5");
	assert_int_equal(dialogue(&r, smtp, &used), CLASSIFY_SMTP);
	assert_in_range(used, 2, 8);
	rig_free(&r);
}

static void
the_numerically_lower_side_may_be_either(void **state)
{
	struct rig r;
	size_t used;

	(void)state;
	rig_init(&r, "192.0.2.5", "198.51.100.7");
	assert_int_equal(dialogue(&r, smtp, &used), CLASSIFY_SMTP);
	rig_free(&r);
}

static void
ipv6_is_no_obstacle(void **state)
{
	struct rig r;
	size_t used;

	(void)state;
	rig_init(&r, "2001:db8::7", "2001:db8:1::25");
	assert_int_equal(dialogue(&r, smtp, &used), CLASSIFY_SMTP);
	rig_free(&r);
}

static void
decoys_that_greet_alike_are_other(void **state)
{
	static const struct {
		const char *name;
		const char *const *lines;
	} decoys[] = {{"ftp", ftp}, {"pop3", pop3}, {"imap", imap}, {"http", http},
		{"ssh", ssh}};

	(void)state;
	for (size_t i = 0; i < sizeof(decoys) / sizeof(*decoys); i++) {
		enum classify_verdict v;
		struct rig r;
		size_t used;

		rig_init(&r, "198.51.100.7", "192.0.2.5");
		v = dialogue(&r, decoys[i].lines, &used);
		if (v != CLASSIFY_OTHER)
			fail_msg("%s: %d after %zu", decoys[i].name, v, used);
		rig_free(&r);
	}
}

static void
a_verdict_stays(void **state)
{
	static const char *const later[] = {">USER anna", ">GET / HTTP/1.0\r\n", NULL};
	struct rig r;
	size_t used;

	(void)state;
	rig_init(&r, "198.51.100.7", "192.0.2.5");
	assert_int_equal(dialogue(&r, smtp, &used), CLASSIFY_SMTP);
	assert_int_equal(dialogue(&r, later, &used), CLASSIFY_SMTP);
	rig_free(&r);
}

static void
what_nobody_knows_is_given_up_soon(void **state)
{
	enum classify_verdict v = CLASSIFY_UNDECIDED;
	unsigned segments = 0;
	struct rig r;

	(void)state;
	rig_init(&r, "198.51.100.7", "192.0.2.5");
	while (v == CLASSIFY_UNDECIDED && segments < 100)
		v = segment(&r, segments++ % 2 == 0, "\x01\x02\x7f\x03\x04zz", 7);
	assert_int_equal(v, CLASSIFY_GAVE_UP);
	assert_in_range(segments, 1, 12);
	assert_int_equal(segment(&r, true, "x", 1), CLASSIFY_GAVE_UP);
	rig_free(&r);
}

static void
segments_of_any_size_are_survived(void **state)
{
	static const size_t sizes[] = {0, 1, 2, 1459, 1460, 1461, 9000, 65535, 200000};
	uint8_t *octets = malloc(200000);

	(void)state;
	assert_non_null(octets);
	for (size_t i = 0; i < 200000; i++)
		octets[i] = (uint8_t)(i * 7 + i / 256);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct rig r;

		rig_init(&r, "198.51.100.7", "192.0.2.5");
		for (unsigned n = 0; n < 12; n++)
			segment(&r, n % 2, octets, sizes[i]);
		rig_free(&r);
	}
	free(octets);
}

static void
dialogues_cut_anywhere_do_no_harm(void **state)
{
	char text[600];
	struct rig r;

	(void)state;
	rig_init(&r, "198.51.100.7", "192.0.2.5");
	for (size_t cut = 1; cut < 100; cut++) {
		for (size_t i = 0; smtp[i]; i++) {
			size_t len = (size_t)snprintf(
				text, sizeof(text), "%s\r\n", smtp[i] + 1);
			size_t first = cut < len ? cut : len;

			segment(&r, smtp[i][0] == '>', text, first);
			assert_int_not_equal(
				segment(&r, smtp[i][0] == '>', text + first, len - first),
				CLASSIFY_OTHER);
		}
		classify_close(r.c, r.flow);
		assert_int_equal(classify_open(r.c), r.flow);
	}
	rig_free(&r);
}

static void
a_full_pool_says_so_and_places_come_back(void **state)
{
	struct classify *c = classify_new(2);
	uint32_t a, b;

	(void)state;
	assert_non_null(c);
	a = classify_open(c);
	b = classify_open(c);
	assert_in_range(a, 1, 2);
	assert_in_range(b, 1, 2);
	assert_int_not_equal(a, b);
	assert_int_equal(classify_open(c), 0);
	classify_close(c, 0);
	assert_int_equal(classify_open(c), 0);
	classify_close(c, a);
	classify_close(c, a);
	assert_int_equal(classify_open(c), a);
	assert_int_equal(classify_open(c), 0);
	classify_free(c);
	classify_free(NULL);
	classify_close(NULL, 0);
}

static void
a_place_used_again_knows_nothing_of_before(void **state)
{
	static const char *const begun[] = {
		"<220 mail.example.org ESMTP Postfix", ">EHLO client.example.net", NULL};
	static const char *const rest[] = {">MAIL FROM:<a@example.net>", NULL};
	struct rig r;
	size_t used;

	(void)state;
	rig_init(&r, "198.51.100.7", "192.0.2.5");
	assert_int_equal(dialogue(&r, begun, &used), CLASSIFY_UNDECIDED);
	classify_close(r.c, r.flow);
	assert_int_equal(classify_open(r.c), r.flow);
	assert_int_equal(dialogue(&r, rest, &used), CLASSIFY_UNDECIDED);
	rig_free(&r);
}

/* --- secrets
 * ----------------------------------------------------------------------------- */

/* Every octet of it flipped, so that this program's constants do not hold it. */
#define FLIP 0x55

static bool
holds(const uint8_t *at, size_t len, const char *flipped)
{
	char plain[32];
	size_t n = strlen(flipped);
	bool found;

	assert_in_range(n, 1, sizeof(plain));
	for (size_t i = 0; i < n; i++)
		plain[i] = (char)(flipped[i] ^ FLIP);
	found = memmem(at, len, plain, n) != NULL;
	explicit_bzero(plain, sizeof(plain));
	return found;
}

/* Does any writable memory of this process but the stack hold the text? */
static bool
memory_holds(const char *flipped)
{
	static uint8_t part[1 << 20];
	FILE *maps = fopen("/proc/self/maps", "r");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[400];
	bool found = false;

	assert_non_null(maps);
	assert_true(mem >= 0);
	while (!found && fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[5];

		assert_int_equal(sscanf(line, "%lx-%lx %4s", &from, &to, mode), 3);
		/* The sanitizers' shadow holds none of our octets, and is large.
		 */
		if (mode[1] != 'w' || strstr(line, "[stack]") || to - from > 1ul << 26)
			continue;
		for (; !found && from < to; from += sizeof(part) - 64) {
			size_t want = to - from < sizeof(part) ? to - from : sizeof(part);
			ssize_t got = pread(mem, part, want, (off_t)from);

			found = got > 0 && holds(part, (size_t)got, flipped);
			explicit_bzero(part, sizeof(part));
		}
	}
	close(mem);
	fclose(maps);
	return found;
}

/* One line with the flipped text in the place of %, from a page that is gone after. */
static void
secret_segment(struct rig *r, const char *before, const char *flipped)
{
	size_t n = strlen(flipped), head = strlen(before);
	char zeros[100] = "";
	struct guarded g = guarded_new(zeros, head + n + 2);

	memcpy(g.at, before, head);
	for (size_t i = 0; i < n; i++)
		g.at[head + i] = (uint8_t)flipped[i] ^ FLIP;
	memcpy(g.at + head + n, "\r\n", 2);
	r->ns++;
	classify_feed(r->c, r->flow, &r->client, 40123, &r->server, PORT,
		guarded_span(&g), r->ns);
	guarded_free(&g);
}

/* "correct-hor", and its base64 "Y29ycmVjdC1ob3I=". */
static const char secret[] = "\x36\x3a\x27\x27\x30\x36\x21\x78\x3d\x3a\x27";
static const char secret64[] =
	"\x0c\x67\x6c\x2c\x36\x38\x03\x3f\x31\x16\x64\x3a\x37\x66\x1c\x68";

static void
the_search_finds_what_is_there(void **state)
{
	char *copy = malloc(sizeof(secret));

	(void)state;
	assert_non_null(copy);
	assert_false(memory_holds(secret));
	for (size_t i = 0; i < sizeof(secret) - 1; i++)
		copy[i] = (char)(secret[i] ^ FLIP);
	assert_true(memory_holds(secret));
	explicit_bzero(copy, sizeof(secret));
	free(copy);
	assert_false(memory_holds(secret));
}

static void
a_password_is_nowhere_after_its_connection(void **state)
{
	static const struct {
		const char *first;
		const char *before; /* the secret, in its line */
		const char *secret;
	} cases[] = {
		{">AUTH LOGIN", "", secret64},
		{">AUTH PLAIN", "", secret64},
		{"<220 mail.example.org ESMTP", "AUTH LOGIN ", secret64},
		{"<+OK ready", "PASS ", secret},
		{"<220 files", "PASS ", secret},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *lines[] = {cases[i].first, NULL};
		struct rig r;
		size_t used;

		rig_init(&r, "198.51.100.7", "192.0.2.5");
		dialogue(&r, lines, &used);
		secret_segment(&r, cases[i].before, cases[i].secret);
		/* nDPI does keep it; else this test could not fail. */
		assert_true(memory_holds(secret) || memory_holds(secret64));
		classify_close(r.c, r.flow);
		assert_false(memory_holds(secret));
		assert_false(memory_holds(secret64));
		rig_free(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(smtp_on_any_port_is_smtp_before_its_message),
		cmocka_unit_test(the_numerically_lower_side_may_be_either),
		cmocka_unit_test(ipv6_is_no_obstacle),
		cmocka_unit_test(decoys_that_greet_alike_are_other),
		cmocka_unit_test(a_verdict_stays),
		cmocka_unit_test(what_nobody_knows_is_given_up_soon),
		cmocka_unit_test(segments_of_any_size_are_survived),
		cmocka_unit_test(dialogues_cut_anywhere_do_no_harm),
		cmocka_unit_test(a_full_pool_says_so_and_places_come_back),
		cmocka_unit_test(a_place_used_again_knows_nothing_of_before),
		cmocka_unit_test(the_search_finds_what_is_there),
		cmocka_unit_test(a_password_is_nowhere_after_its_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
