/* SPDX-License-Identifier: Apache-2.0 */
/* One server's section: the same as on the page, nothing of a peer's as markup. */
#include "report_rig.h"

#include "sensor/report/report_markdown.h"
#include "sensor/report/report_users.h"

#define HOSTILE "<b>x</b>|[a](b)`c`\n# d"

static const char *
draw_with(struct report_rig *r, size_t index, enum config_redact redact)
{
	struct markdown d = {.m = &r->model};
	FILE *to;

	free(r->text);
	r->text = NULL;
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	r->input.redact = redact;
	markdown_out_init(&d.out, to, redact);
	report_markdown_server(&d, &r->ranking.at[index]);
	markdown_out_free(&d.out);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static const char *
draw(struct report_rig *r)
{
	return draw_with(r, 0, CONFIG_REDACT_NONE);
}

/* As many cells in each row of a table as in its head, and a blank line before it. */
static void
assert_tables_are_whole(const char *text)
{
	size_t cells = 0, before = 1;

	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n"), n = 0;

		for (size_t i = 0; line[0] == '|' && i < len; i++)
			n += line[i] == '|' && line[i - 1] != '\\';
		if (n && cells)
			assert_int_equal(n, cells);
		else if (n)
			assert_int_equal(before, 0);
		cells = n;
		before = len;
		line += len + (line[len] == '\n');
	}
}

static void
a_section_says_who_where_and_how_bad_and_what_to_do(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 2);
	report_rig_refusal(&r, "203.0.113.99", "good.other.test");
	report_rig_rank(&r);
	draw(&r);
	assert_ptr_equal(
		strstr(r.text, "\n### 203.0.113.11:25 mail\\.corp\\.test: "), r.text);
	assert_tables_are_whole(r.text);
	assert_in(r.text, "\nContain it now:\n\n");
	assert_in(r.text, "\nSeen open ");
	assert_in(r.text, "\nStrangers, and the domains they wrote to:\n\n| Client |");
	assert_in(r.text, "\n| 198.51.100.66 | victim\\.test | 2 | 0 | 0 |\n");
	assert_in(r.text, "\nEvidence:\n\n- 2023-11-14 ");
	assert_in(r.text, "\nMend it for good:\n\n");
	assert_in(r.text, "\nConfirm from outside:\n\n");
	assert_not_in(r.text, "good\\.other");
	assert_not_in(r.text, "History");
	/* The other one is in order: nothing to contain. */
	draw_with(&r, 1, CONFIG_REDACT_NONE);
	assert_in(r.text, "### 203.0.113.99:25 good\\.other\\.test: Restricted\n");
	assert_not_in(r.text, "Contain it now");
	assert_not_in(r.text, "Seen open");
	report_rig_free(&r);
}

/* A message for two domains is half a message of each: the page says 1, too. */
static void
halves_of_messages_are_rounded_as_on_the_page(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	scene_mail(&r.scene, (struct scene_mail){.client = "198.51.100.66",
				     .server = REPORT_RIG_SERVER,
				     .name = "mail.corp.test",
				     .from = "<offers@shop.test>",
				     .rcpt = {{"<a@one.test>", 250, NULL},
					     {"<b@two.test>", 250, NULL}},
				     .data = 250});
	report_rig_rank(&r);
	assert_in(draw(&r), "\n| 198.51.100.66 | one\\.test | 1 | 0 | 0 |\n");
	assert_in(r.text, "\n| 198.51.100.66 | two\\.test | 1 | 0 | 0 |\n");
	report_rig_free(&r);
}

/* Whose mail is not in the table is said below it. */
static void
what_is_left_out_of_the_table_is_told(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	for (unsigned i = 0; i < REPORT_USERS_SHOWN + 4; i++) {
		char client[32];

		snprintf(client, sizeof(client), "198.51.100.%u", 100 + i);
		scene_mail(&r.scene, (struct scene_mail){.client = client,
					     .server = REPORT_RIG_SERVER,
					     .name = "mail.corp.test",
					     .from = "<offers@shop.test>",
					     .rcpt = {{"<b@victim.test>", 250, NULL}},
					     .data = 250});
	}
	scene_mail(&r.scene, (struct scene_mail){.client = "198.51.100.66",
				     .server = REPORT_RIG_SERVER,
				     .name = "mail.corp.test",
				     .auth = RECORD_AUTH_OK,
				     .from = "<joe@corp.test>",
				     .rcpt = {{"<b@victim.test>", 250, NULL}},
				     .data = 250});
	report_rig_rank(&r);
	assert_int_equal(count_in(draw(&r), " | victim\\.test | "), REPORT_USERS_SHOWN);
	assert_in(r.text,
		"\n\nAnd 5 more; in all 25 clients and 1 domain. Not listed: 1 message "
		"of clients that had logged in or are inside.\n");
	assert_tables_are_whole(r.text);
	report_rig_free(&r);
}

static void
nothing_of_a_peers_is_markup(void **state)
{
	struct report_event event = {
		.time = UINT64_C(1700000000000000000), .kind = HOSTILE, .text = HOSTILE};
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	scene_mail(&r.scene, (struct scene_mail){.client = "198.51.100.66",
				     .server = REPORT_RIG_SERVER,
				     .name = HOSTILE,
				     .helo = HOSTILE,
				     .from = "<offers@shop.test>",
				     .rcpt = {{"<bob@victim.test>", 250, HOSTILE}},
				     .data = 250,
				     .queue_id = HOSTILE,
				     .message_id = "<" HOSTILE ">"});
	report_rig_rank(&r);
	event.server = scene_addr(REPORT_RIG_SERVER);
	r.input.events = &event;
	r.input.event_count = 1;
	draw(&r);
	assert_tables_are_whole(r.text);
	assert_in(r.text, "&lt;b&gt;x&lt;/b&gt;\\|\\[a\\]\\(b)\\`c\\`");
	assert_not_in(r.text, "<b>");
	assert_not_in(r.text, "](");
	assert_not_in(r.text, "\n# d");
	/* The event: both its texts, on one line. */
	assert_in(r.text, "\n- 2023-11-14 22:13:20 UTC: &lt;b&gt;");
	assert_int_equal(count_in(r.text, "\\\\x0a`#` d (&lt;b&gt;"), 1);
	report_rig_free(&r);
}

static void
what_is_private_is_left_out_when_all_is_redacted(void **state)
{
	struct report_event event = {.time = UINT64_C(1700000000000000000),
		.kind = "alert, high, opened",
		.text = "took mail of joe.doe@corp.test"};
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	event.server = scene_addr(REPORT_RIG_SERVER);
	r.input.events = &event;
	r.input.event_count = 1;
	assert_in(draw(&r), "joe");
	draw_with(&r, 0, CONFIG_REDACT_ALL);
	assert_not_in(r.text, "joe");
	assert_not_in(r.text, "bob");
	assert_not_in(r.text, "offers");
	assert_in(r.text, "took mail of");
	report_rig_free(&r);
}

/* With the kind of each, and how many older ones there are. */
static void
expect_history(size_t count, size_t shown, const char *left_out)
{
	static char texts[REPORT_EVENTS_MAX + 8][32];
	static struct report_event events[REPORT_EVENTS_MAX + 8];
	struct report_rig r;

	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	for (size_t i = 0; i < count; i++) {
		snprintf(texts[i], sizeof(texts[i]), "event %zu", i);
		events[i] = (struct report_event){.server = scene_addr(REPORT_RIG_SERVER),
			.port = i % 2 ? 25 : 0,
			.time = 1000000000 + i,
			.kind = "alert, critical, opened",
			.text = texts[i]};
	}
	/* Of another server, and of another port. */
	events[count] = events[0];
	events[count].server = scene_addr("203.0.113.99");
	events[count + 1] = events[0];
	events[count + 1].port = 587;
	r.input.events = events;
	r.input.event_count = count + 2;
	draw(&r);
	assert_int_equal(count_in(r.text, ": event "), shown);
	assert_int_equal(count_in(r.text, "\nHistory:\n\n"), shown > 0);
	if (shown) {
		char last[96];

		snprintf(last, sizeof(last), ": event %zu (alert, critical, opened)\n",
			count - 1);
		assert_in(r.text, last);
		snprintf(last, sizeof(last), ": event %zu (", count - shown);
		assert_in(r.text, last);
	}
	if (left_out)
		assert_in(r.text, left_out);
	else
		assert_not_in(r.text, "older ones are left out");
	report_rig_free(&r);
}

static void
the_newest_of_its_events_are_told_and_the_rest_counted(void **state)
{
	(void)state;
	expect_history(0, 0, NULL);
	expect_history(1, 1, NULL);
	expect_history(REPORT_EVENTS_MAX, REPORT_EVENTS_MAX, NULL);
	expect_history(REPORT_EVENTS_MAX + 6, REPORT_EVENTS_MAX,
		")\n\n6 older ones are left out.\n");
}

static void
commands_stand_in_blocks_that_can_be_copied(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	r.ranking.at[0].server->identities->mta = SMTP_MTA_POSTFIX;
	/* Lines that follow each other, in one; a blank line before and behind it. */
	assert_in(draw(&r), "\n\n    postsuper -h ALL\n    postqueue -p\n\n");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_says_who_where_and_how_bad_and_what_to_do),
		cmocka_unit_test(halves_of_messages_are_rounded_as_on_the_page),
		cmocka_unit_test(what_is_left_out_of_the_table_is_told),
		cmocka_unit_test(nothing_of_a_peers_is_markup),
		cmocka_unit_test(what_is_private_is_left_out_when_all_is_redacted),
		cmocka_unit_test(the_newest_of_its_events_are_told_and_the_rest_counted),
		cmocka_unit_test(commands_stand_in_blocks_that_can_be_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
