/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

static void
the_page_loads_and_runs_nothing(void **state)
{
	struct report_rig r;
	const char *page;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "<script>alert(1)</script>", 1);
	report_rig_rank(&r);
	page = report_rig_write(&r, REPORT_HTML);
	assert_in(page, "default-src 'none'; style-src 'unsafe-inline'");
	assert_not_in(page, "<script");
	assert_not_in(page, " src=");
	assert_not_in(page, "url(");
	assert_not_in(page, "http://");
	assert_in(page, "&lt;script&gt;alert(1)&lt;/script&gt;");
	report_rig_free(&r);
}

static void
each_known_server_has_a_section_and_each_unknown_one_a_row(void **state)
{
	struct report_rig r;
	const char *page;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 2);
	report_rig_refusal(&r, "203.0.113.12", "mx.other.test");
	scene_encrypted(&r.scene, "198.51.100.1", "203.0.113.13", "dark.test");
	report_rig_rank(&r);
	page = report_rig_write(&r, REPORT_HTML);
	assert_in(page, "<h1>1 of 3 mail servers relays for strangers");
	assert_int_equal(count_in(page, "class=\"server\""), 2);
	assert_in(page, "<section id=\"s1\"");
	assert_in(page, "href=\"#s2\"");
	assert_not_in(page, "#s3\"");
	assert_in(page, "<bdi>dark.test</bdi>");
	assert_in(page, "tap&lt;1&gt;.pcap frame");
	report_rig_free(&r);
}

/* Pictures say in words what they show, and an id is used once. */
static void
pictures_have_words(void **state)
{
	struct report_rig r;
	const char *page;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 4);
	report_rig_rank(&r);
	page = report_rig_write(&r, REPORT_HTML);
	assert_int_equal(count_in(page, "role=\"img\""), count_in(page, "<desc id="));
	assert_int_equal(count_in(page, "class=\"legs wide\""), 1);
	assert_int_equal(count_in(page, "class=\"legs tall\""), 1);
	assert_int_equal(count_in(page, "id=\"g1t\""), 1);
	assert_in(page, "4 taken without login, 0 taken with login, 0 refused; at most ");
	report_rig_free(&r);
}

static void
nobody_is_named_where_all_is_to_be_redacted(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	assert_in(report_rig_write(&r, REPORT_HTML), "bob@victim.test");
	r.input.redact = CONFIG_REDACT_ALL;
	assert_not_in(report_rig_write(&r, REPORT_HTML), "bob");
	assert_not_in(r.text, "offers@");
	report_rig_free(&r);
}

/*
 * A mailbox may be called by its bare name there, and the sentence about the server, its
 * evidence, its picture and a finding about it quote the reply.
 */
static void
no_reply_stands_in_a_sentence_where_all_is_to_be_redacted(void **state)
{
	static const enum report_format formats[] = {
		REPORT_HTML, REPORT_MARKDOWN, REPORT_CSV};
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	for (int i = 0; i < 20; i++)
		scene_mail(&r.scene,
			(struct scene_mail){.client = "198.51.100.67",
				.server = REPORT_RIG_SERVER,
				.name = "mail.corp.test",
				.from = "<offers@shop.test>",
				.rcpt = {{"<a@victim.test>", 554,
						 "5.7.1 Relay access denied, zaphod"},
					{"<b@corp.test>", 550,
						"5.1.1 zaphod: user unknown"}}});
	report_rig_rank(&r);
	assert_int_not_equal(r.model.finding_count, 0);
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		r.input.redact = CONFIG_REDACT_LOCAL_PART;
		assert_in(report_rig_write(&r, formats[i]), "zaphod");
		r.input.redact = CONFIG_REDACT_ALL;
		assert_in(report_rig_write(&r, formats[i]), "554 \xe2\x80\xa6");
		assert_not_in(r.text, "zaphod");
		assert_not_in(r.text, "Relay access");
	}
	report_rig_free(&r);
}

static void
a_full_disk_is_told(void **state)
{
	struct report_rig r;
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full) {
		print_message("SKIP: no /dev/full\n");
		skip();
	}
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	assert_int_equal(report_write(&r.input, REPORT_HTML, full), -1);
	fclose(full);
	report_rig_free(&r);
}

static void
formats_have_names(void **state)
{
	enum report_format f;

	(void)state;
	assert_true(report_format_of_name("markdown", &f));
	assert_int_equal(f, REPORT_MARKDOWN);
	assert_false(report_format_of_name("pdf", &f));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_loads_and_runs_nothing),
		cmocka_unit_test(
			each_known_server_has_a_section_and_each_unknown_one_a_row),
		cmocka_unit_test(pictures_have_words),
		cmocka_unit_test(nobody_is_named_where_all_is_to_be_redacted),
		cmocka_unit_test(
			no_reply_stands_in_a_sentence_where_all_is_to_be_redacted),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(formats_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
