/* SPDX-License-Identifier: Apache-2.0 */
/* One server's section: whole elements, nothing of a peer's as markup, and its bounds. */
#include "report_rig.h"

#include "sensor/report/report_html.h"

#define HOSTILE "<script>alert(1)</script>"

static const char *
draw_with(struct report_rig *r, size_t index, enum config_redact redact)
{
	struct html_out h;
	FILE *to;

	free(r->text);
	r->text = NULL;
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	r->input.redact = redact;
	html_out_init(&h, to, redact);
	report_html_server(&h, &r->model, index);
	html_out_free(&h);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static const char *
draw(struct report_rig *r)
{
	return draw_with(r, 0, CONFIG_REDACT_NONE);
}

/* Every element that is begun is ended, in its order. */
static void
assert_balanced(const char *text)
{
	char open[64][16];
	size_t depth = 0;

	for (const char *at = strchr(text, '<'); at; at = strchr(at, '<')) {
		const char *end = strchr(at, '>');
		bool ends = at[1] == '/';
		const char *name = at + 1 + ends;
		size_t len = strcspn(name, " />\n");

		assert_non_null(end);
		assert_true(len > 0 && len < sizeof(open[0]));
		at = end;
		if (end[-1] == '/')
			continue;
		if (!ends) {
			assert_true(depth < 64);
			snprintf(open[depth++], sizeof(open[0]), "%.*s", (int)len, name);
			continue;
		}
		assert_true(depth > 0);
		if (strlen(open[--depth]) != len || memcmp(open[depth], name, len) != 0)
			fail_msg("%s is ended by %.*s", open[depth], (int)len, name);
	}
	assert_int_equal(depth, 0);
}

static void
a_section_has_its_number_and_links_back(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 2);
	report_rig_refusal(&r, "203.0.113.99", "good.other.test");
	report_rig_rank(&r);
	assert_int_equal(r.ranking.count, 2);
	assert_balanced(draw(&r));
	assert_ptr_equal(strstr(r.text, "<section id=\"s1\" class=\"server\">"), r.text);
	assert_in(r.text, "mail.corp.test");
	assert_in(r.text, "<span class=\"addr\">203.0.113.11:25</span>");
	assert_in(r.text, "<h4>Contain it now</h4>");
	assert_in(r.text, "<h4>Exposure</h4>");
	assert_in(r.text, "<h4>Evidence</h4>");
	assert_in(r.text, "<h4>One of the messages</h4>");
	assert_in(r.text, "<h4>Mend it for good</h4>");
	assert_in(r.text, "<a href=\"#servers\">");
	assert_not_in(r.text, "good.other.test");
	assert_balanced(draw_with(&r, 1, CONFIG_REDACT_NONE));
	assert_in(r.text, "<section id=\"s2\" class=\"server\">");
	assert_in(r.text, "good.other.test");
	/* It is in order: nothing to contain, nobody to name. */
	assert_not_in(r.text, "Contain it now");
	assert_not_in(r.text, "<h4>Exposure</h4>");
	report_rig_free(&r);
}

static void
confidence_is_cut_and_left_out_where_there_is_none(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	r.ranking.at[0].confidence = 0.9999;
	assert_in(draw(&r), "confidence 0.99<");
	r.ranking.at[0].confidence = 0;
	assert_not_in(draw(&r), "class=\"sure\">confidence");
	report_rig_free(&r);
}

static void
hostile_mail(struct report_rig *r)
{
	scene_mx(&r->scene, "198.51.100.77", "victim.test", "mx.victim.test",
		"192.0.2.25");
	scene_mail(&r->scene, (struct scene_mail){.client = "198.51.100.66",
				      .server = REPORT_RIG_SERVER,
				      .name = HOSTILE,
				      .helo = HOSTILE,
				      .from = "<offers@shop.test>",
				      .rcpt = {{"<bob@victim.test>", 250, HOSTILE}},
				      .data = 250,
				      .queue_id = HOSTILE,
				      .message_id = "<" HOSTILE ">"});
}

static void
nothing_of_a_peers_is_markup(void **state)
{
	const struct evidence *e;
	struct report_event event = {.port = 0,
		.time = UINT64_C(1700000000000000000),
		.kind = HOSTILE,
		.text = "\"" HOSTILE "'"};
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	hostile_mail(&r);
	report_rig_rank(&r);
	event.server = scene_addr(REPORT_RIG_SERVER);
	r.input.events = &event;
	r.input.event_count = 1;
	e = &r.ranking.at[0].evidence[0];
	assert_non_null(e->a->example);
	snprintf(e->a->example->subject, sizeof(e->a->example->subject), HOSTILE);
	snprintf(((struct attempt *)e->a)->reply, sizeof(e->a->reply), HOSTILE);
	((struct attempt *)e->a)->reply_code = 250;
	assert_balanced(draw(&r));
	assert_not_in(r.text, "<script");
	assert_not_in(r.text, "</script");
	/* It is all there: name, subject, HELO, queue id, reply, event and its kind. */
	assert_true(count_in(r.text, "&lt;script&gt;alert(1)&lt;/script&gt;") >= 7);
	assert_in(r.text, "tap&lt;1&gt;.pcap");
	report_rig_free(&r);
}

static void
what_is_private_is_left_out_when_all_is_redacted(void **state)
{
	struct report_rig r;
	struct attempt *a;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	a = (struct attempt *)r.ranking.at[0].evidence[0].a;
	assert_non_null(a->example);
	snprintf(a->example->subject, sizeof(a->example->subject), "hush");
	snprintf(a->reply, sizeof(a->reply), "gone");
	a->reply_code = 250;
	assert_in(draw(&r), "hush");
	assert_in(r.text, "<dt>Reply</dt>");
	assert_in(r.text, "bob@victim.test");
	assert_balanced(draw_with(&r, 0, CONFIG_REDACT_ALL));
	assert_not_in(r.text, "hush");
	assert_not_in(r.text, "<dt>Reply</dt>");
	assert_not_in(r.text, "bob@victim.test");
	assert_not_in(r.text, "offers@shop.test");
	report_rig_free(&r);
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
	assert_balanced(draw(&r));
	/* Lines that follow each other, in one; without the two blanks before them. */
	assert_in(r.text, "<pre><code>postsuper -h ALL\npostqueue -p</code></pre>");
	assert_int_equal(count_in(r.text, "<pre>"), count_in(r.text, "</code></pre>"));
	assert_not_in(r.text, "<code> ");
	assert_not_in(r.text, "<p>  ");
	report_rig_free(&r);
}

/* The section with so many events, numbered in their texts. */
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
		snprintf(texts[i], sizeof(texts[i]), "event %zu.", i);
		events[i] = (struct report_event){.server = scene_addr(REPORT_RIG_SERVER),
			.port = i % 2 ? 25 : 0,
			.time = 1000000000 + i,
			.kind = "verdict",
			.text = texts[i]};
	}
	/* Of another server, and of another port. */
	events[count] = events[0];
	events[count].server = scene_addr("203.0.113.99");
	events[count + 1] = events[0];
	events[count + 1].port = 587;
	r.input.events = events;
	r.input.event_count = count + 2;
	assert_balanced(draw(&r));
	assert_int_equal(count_in(r.text, "<span class=\"what\">event "), shown);
	if (shown) {
		/* The newest are shown. */
		assert_in(r.text, texts[count - 1]);
		assert_in(r.text, texts[count - shown]);
		assert_in(r.text, "<h4>History</h4>");
	} else {
		assert_not_in(r.text, "<h4>History</h4>");
	}
	if (left_out)
		assert_in(r.text, left_out);
	else
		assert_not_in(r.text, "left out");
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
		"<p class=\"quiet\">6 older ones are left out.</p>");
}

static void
findings_of_this_server_are_linked(void **state)
{
	struct finding own = {.severity = SEVERITY_HIGH},
		       other = {.severity = SEVERITY_LOW};
	const struct finding *both[2] = {&other, &own};
	const struct finding **was;
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	own.key.kind = FINDING_BACKSCATTER;
	own.key.server = scene_addr(REPORT_RIG_SERVER);
	other.key.kind = FINDING_SMUGGLING;
	other.key.server = scene_addr("203.0.113.99");
	was = r.model.findings;
	r.model.findings = both;
	r.model.finding_count = 2;
	assert_balanced(draw(&r));
	/* The number is that of the list of all findings. */
	assert_in(r.text,
		"<h4>Also seen here</h4>\n<ul>\n<li><a href=\"#f2\">Bounces to forged "
		"senders</a> (high)</li>\n</ul>");
	assert_not_in(r.text, "#f1");
	r.model.finding_count = 1;
	assert_not_in(draw(&r), "Also seen here");
	r.model.findings = was;
	report_rig_free(&r);
}

static void
parts_write_nothing_for_nothing(void **state)
{
	struct report_rig r;
	struct html_out h;
	FILE *to;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	to = open_memstream(&r.text, &r.len);
	html_out_init(&h, to, CONFIG_REDACT_NONE);
	report_html_paragraph(&h, "why", "");
	report_html_paragraph(&h, "", "a<b");
	report_html_paragraph(&h, "why", "c");
	report_html_item(&h, &r.model, (struct moment){0}, "d&e", 0);
	report_html_item(&h, &r.model, (struct moment){0}, "f", 2.55);
	report_html_item(&h, &r.model, (struct moment){.frame = 7}, "g", 1);
	html_out_free(&h);
	fclose(to);
	assert_balanced(r.text);
	assert_ptr_equal(
		strstr(r.text, "<p>a&lt;b</p>\n<p class=\"why\">c</p>\n"
			       "<li> <span class=\"what\">d&amp;e</span></li>\n"
			       "<li> <span class=\"what\">f</span> <span class=\"place\">"
			       "weight 2."),
		r.text);
	assert_in(r.text, "tap&lt;1&gt;.pcap frame 7, weight 1.0</span></li>\n");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_section_has_its_number_and_links_back),
		cmocka_unit_test(confidence_is_cut_and_left_out_where_there_is_none),
		cmocka_unit_test(nothing_of_a_peers_is_markup),
		cmocka_unit_test(what_is_private_is_left_out_when_all_is_redacted),
		cmocka_unit_test(commands_stand_in_blocks_that_can_be_copied),
		cmocka_unit_test(the_newest_of_its_events_are_told_and_the_rest_counted),
		cmocka_unit_test(findings_of_this_server_are_linked),
		cmocka_unit_test(parts_write_nothing_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
