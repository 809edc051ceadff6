/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#include "sensor/output/finding_text.h"

static const struct server_text_style plain = {.width = 0};

static char *
table(struct scene *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	finding_text_table(s->in, &plain, f);
	fclose(f);
	return text;
}

static char *
detail(struct scene *s, const char *addr, uint16_t port)
{
	struct server server = {.key = {scene_addr(addr), port}};
	struct record_files files;
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	record_files_init(&files);
	record_files_add(&files, SPAN_LITERAL("x.pcap"));
	finding_text_detail(s->in, &server, &files, &plain, f);
	fclose(f);
	record_files_free(&files);
	return text;
}

static void
nothing_seen_is_nothing_written(void **state)
{
	char *text = table(*state);

	assert_string_equal(text, "");
	free(text);
}

static void
each_finding_is_a_row(void **state)
{
	char *text;

	odd_connect(*state, (struct odd_conn){.clear_password = true, .ok = 1});
	text = table(*state);
	assert_string_equal(text,
		"\nAlso seen\n"
		"  high      203.0.113.11:25 (mail.corp.test): Passwords "
		"sent in clear: 1 connection of 198.51.100.66; 1 right "
		"login, 0 wrong\n");
	free(text);
}

static void
the_view_of_a_server_has_only_its_own(void **state)
{
	char *text;

	odd_connect(*state, (struct odd_conn){.clear_password = true, .ok = 1});
	text = detail(*state, S, 587);
	assert_string_equal(text, "");
	free(text);
	text = detail(*state, MX_V, 25);
	assert_string_equal(text, "");
	free(text);
	text = detail(*state, S, 25);
	assert_non_null(strstr(text, "Also seen: Passwords sent in clear (high)"));
	assert_non_null(strstr(text, "x.pcap frame 1"));
	assert_non_null(strstr(text, "Offer AUTH only inside TLS"));
	free(text);
}

static void
a_finding_without_a_port_is_about_every_port_there(void **state)
{
	struct finding f = {
		.key = {.server = scene_addr(S), .kind = FINDING_BLOCKLISTED}};
	struct server server = {.key = {scene_addr(S), 587}};

	(void)state;
	assert_true(finding_text_is_about(&f, &server));
	f.key.port = 25;
	assert_false(finding_text_is_about(&f, &server));
}

static void
no_octet_of_a_peer_reaches_the_terminal_raw(void **state)
{
	char *rows, *view;

	odd_feed(*state, (struct odd_txn){.from = "<antispam@a.test>",
				 .to = "<relaytest@a.test>",
				 .name = "m\x1b[31mail.test",
				 .code = 550,
				 .text = "5.7.1 \x1b[2J no"});
	rows = table(*state);
	view = detail(*state, S, 25);
	assert_null(strchr(rows, '\x1b'));
	assert_null(strchr(view, '\x1b'));
	assert_non_null(strstr(view, "\\x1b[2J no"));
	free(rows);
	free(view);
}

static void
a_long_list_is_cut_and_says_so(void **state)
{
	struct odd_conn o = {.clear_password = true};
	char server[IP_ADDR_TEXT], *text;

	o.server = server;
	for (unsigned i = 1; i <= 55; i++) {
		snprintf(server, sizeof(server), "203.0.113.%u", i);
		odd_connect(*state, o);
	}
	text = table(*state);
	assert_non_null(strstr(text, "and 5 more; --json has them all"));
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(nothing_seen_is_nothing_written),
		ODD(each_finding_is_a_row),
		ODD(the_view_of_a_server_has_only_its_own),
		ODD(a_finding_without_a_port_is_about_every_port_there),
		ODD(no_octet_of_a_peer_reaches_the_terminal_raw),
		ODD(a_long_list_is_cut_and_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
