/* SPDX-License-Identifier: Apache-2.0 */
#include "report_html.h"

#include "report_counters.h"

static void
write_losses(struct html_out *h, const struct report_model *m)
{
	const char *line = m->in->losses;

	if (!line) {
		html_out_markup(h,
			"<p>What the sensor lost on the wire is not kept in its "
			"state: see relaytap ctl stats.</p>\n");
		return;
	}
	if (!*line) {
		html_out_markup(h, "<p>No loss was counted in what was read.</p>\n");
		return;
	}
	html_out_markup(h, "<ul>\n");
	while (*line) {
		size_t len = strcspn(line, "\n");

		html_out_markup(h, "<li>");
		html_out_ours(h, span_of(line, len));
		html_out_markup(h, "</li>\n");
		line += len + (line[len] == '\n');
	}
	html_out_markup(h, "</ul>\n");
}

static void
write_counter(struct html_out *h, const struct report_counter *c)
{
	html_out_format(h, "<tr><td data-l=\"Where\">%s</td><td data-l=\"What\">",
		report_counters_group(c->group));
	html_out_ours(h, c->words ? span_of_text(c->words) : c->name);
	html_out_markup(h, "</td><td class=\"n\" data-l=\"Count\">");
	html_out_number(h, c->value);
	html_out_markup(h, "</td></tr>\n");
}

/* The counters that tell of losses, or the others; closed at first. Nothing if none. */
static void
write_counters(
	struct html_out *h, const struct report_model *m, const char *title, bool loss)
{
	struct report_counters c;
	struct report_counter n;
	bool any = false;

	report_counters_begin(&c, m->in->stats);
	while (report_counters_next(&c, &n)) {
		if (n.loss != loss)
			continue;
		if (!any)
			html_out_format(h,
				"<details%s>\n<summary>%s</summary>\n"
				"<table class=\"cards counters\"><thead><tr>"
				"<th>Where</th><th>What</th><th class=\"n\">Count</th>"
				"</tr></thead><tbody>\n",
				loss ? " open" : "", title);
		any = true;
		write_counter(h, &n);
	}
	html_out_markup(h, any ? "</tbody></table>\n</details>\n" : "");
}

void
report_html_unseen(struct html_out *h, const struct report_model *m)
{
	html_out_markup(h, "<h2 id=\"unseen\">What the sensor could not see</h2>\n");
	write_losses(h, m);
	html_out_markup(h,
		"<p>What goes on inside TLS is not read, and a server that no stranger "
		"tried is unknown, however it is configured.</p>\n");
	write_counters(h, m, "Not seen, or not used", true);
	write_counters(h, m, "What was read", false);
}
