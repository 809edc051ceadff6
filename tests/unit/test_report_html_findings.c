/* SPDX-License-Identifier: Apache-2.0 */
#include "report_rig.h"

#include "sensor/report/report_html.h"

static const char *
draw(struct report_rig *r)
{
	struct html_out h;
	FILE *to;

	free(r->text);
	r->text = NULL;
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	html_out_init(&h, to, CONFIG_REDACT_NONE);
	report_html_findings(&h, &r->model);
	html_out_free(&h);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static void
no_findings_are_no_heading(void **state)
{
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "mail.corp.test", 1);
	report_rig_rank(&r);
	r.model.finding_count = 0;
	assert_string_equal(draw(&r), "");
	report_rig_free(&r);
}

/* One finding as often as told: of a server with a section, with a hostile name. */
static void
findings_link_to_their_server_and_are_told_up_to_a_bound(void **state)
{
	static const size_t counts[] = {
		1, 2, REPORT_FINDINGS_MAX, REPORT_FINDINGS_MAX + 3};
	struct finding f = {.severity = SEVERITY_HIGH};
	const struct finding *many[REPORT_FINDINGS_MAX + 3];
	const struct finding **own;
	struct report_rig r;

	(void)state;
	report_rig_init(&r);
	report_rig_relay(&r, REPORT_RIG_SERVER, "<img src=x>", 1);
	report_rig_rank(&r);
	own = r.model.findings;
	f.key.kind = FINDING_BACKSCATTER;
	f.key.server = scene_addr(REPORT_RIG_SERVER);
	f.key.port = 25;
	f.name = r.ranking.at[0].identity->name;
	for (size_t i = 0; i < REPORT_FINDINGS_MAX + 3; i++)
		many[i] = &f;
	r.model.findings = many;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		size_t told =
			counts[i] < REPORT_FINDINGS_MAX ? counts[i] : REPORT_FINDINGS_MAX;
		const char *text;

		r.model.finding_count = counts[i];
		text = draw(&r);
		assert_int_equal(count_in(text, "class=\"finding\""), told);
		assert_int_equal(count_in(text, "href=\"#s1\""), told);
		assert_int_equal(count_in(text, "What to do:"), told);
		assert_not_in(text, "<img");
		assert_in(text, "&lt;img src&#61;x&gt;");
		assert_int_equal(
			count_in(text, "And 3 more"), counts[i] > REPORT_FINDINGS_MAX);
	}
	r.model.findings = own;
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_findings_are_no_heading),
		cmocka_unit_test(
			findings_link_to_their_server_and_are_told_up_to_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
