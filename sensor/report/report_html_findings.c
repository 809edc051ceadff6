/* SPDX-License-Identifier: Apache-2.0 */
#include "report_html.h"

#include "report_words.h"
#include "sensor/infer/finding_tester.h"
#include "sensor/infer/finding_words.h"

static void
write_tests(struct html_out *h, const struct finding_test *tests)
{
	html_out_markup(h, "<table class=\"cards\"><thead><tr><th class=\"n\">Test</th>"
			   "<th>Form</th><th>From</th><th>To</th><th>Answer</th></tr>"
			   "</thead><tbody>\n");
	for (unsigned i = 0; i < FINDING_TESTS; i++) {
		const struct finding_test *t = &tests[i];

		if (!t->at.ns)
			continue;
		html_out_format(h,
			"<tr><td class=\"n\" data-l=\"Test\">%u</td>"
			"<td data-l=\"Form\">",
			i + 1);
		html_out_ours(h, span_of_text(tester_test_name(i + 1)));
		html_out_markup(h, "</td><td data-l=\"From\">");
		html_out_address(h, span_of_text(t->from));
		html_out_markup(h, "</td><td data-l=\"To\">");
		html_out_address(h, span_of_text(t->to));
		html_out_format(h, "</td><td data-l=\"Answer\">%u %s</td></tr>\n",
			t->code, finding_answer_name(t->answer));
	}
	html_out_markup(h, "</tbody></table>\n");
}

static void
write_where(struct html_out *h, const struct report_model *m, const struct finding *f)
{
	size_t server = report_model_server_of(m, f);
	char endpoint[IP_ADDR_TEXT + 16];
	struct prose p;

	prose_init(&p, endpoint, sizeof(endpoint));
	if (f->key.port)
		prose_endpoint(&p, &(struct server_key){f->key.server, f->key.port});
	else
		prose_addr(&p, &f->key.server);
	if (f->name && f->name->len) {
		html_out_peer(h, word_span(f->name));
		html_out_markup(h, " ");
	}
	if (server < m->sections)
		html_out_format(h, "<a class=\"addr\" href=\"#s%zu\">%s</a>", server + 1,
			endpoint);
	else
		html_out_format(h, "<span class=\"addr\">%s</span>", endpoint);
}

static void
write_finding(struct html_out *h, const struct report_model *m, size_t index)
{
	const struct finding *f = m->findings[index];
	char text[FINDING_EXPLAIN_MAX];

	html_out_format(h,
		"<section id=\"f%zu\" class=\"finding\">\n<h3>%s "
		"<span class=\"badge w%u\">%s</span></h3>\n<p>",
		index + 1, finding_kind_title((enum finding_kind)f->key.kind),
		(unsigned)f->severity, finding_severity_name(f->severity));
	write_where(h, m, f);
	finding_detail(f, text, sizeof(text));
	html_out_markup(h, ": ");
	html_out_prose(h, text);
	html_out_markup(h, ".</p>\n");
	finding_explain(f, text, sizeof(text));
	report_html_paragraph(h, "", text);
	if (f->key.kind == FINDING_RELAY_PROBE && f->of.probe.tests)
		write_tests(h, f->of.probe.tests);
	if (f->evidence_count) {
		html_out_markup(h, "<ol class=\"items\">\n");
		for (uint32_t i = 0; i < f->evidence_count; i++)
			report_html_item(h, m, f->evidence[i].at, f->evidence[i].what, 0);
		html_out_markup(h, "</ol>\n");
	}
	html_out_markup(h, "<p><strong>What to do:</strong> ");
	html_out_ours(h, span_of_text(finding_advice(f)));
	html_out_markup(h, "</p>\n</section>\n");
}

void
report_html_findings(struct html_out *h, const struct report_model *m)
{
	if (!m->finding_count)
		return;
	html_out_markup(h, "<h2 id=\"also\">Also seen</h2>\n");
	for (size_t i = 0; i < m->finding_count && i < REPORT_FINDINGS_MAX; i++)
		write_finding(h, m, i);
	if (m->finding_count > REPORT_FINDINGS_MAX)
		html_out_format(h,
			"<p class=\"quiet\">And %zu more; relaytap read --json has them "
			"all.</p>\n",
			m->finding_count - REPORT_FINDINGS_MAX);
}
