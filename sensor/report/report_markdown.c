/* SPDX-License-Identifier: Apache-2.0 */
#include "report_markdown.h"

#include "report_counters.h"
#include "report_words.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/finding_words.h"

static void
put_words(struct markdown *d, void (*words)(struct prose *, const struct report_model *))
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	prose_init(&p, text, sizeof(text));
	words(&p, d->m);
	markdown_out_prose(&d->out, text);
}

static void
write_table(struct markdown *d)
{
	const struct ranking *r = d->m->in->ranking;
	char why[EXPLAIN_SHORT_MAX];

	if (!r->count)
		return;
	markdown_out_markup(&d->out,
		"\n| Server | Verdict | Messages | Clients | Domains | Why |\n"
		"|---|---|---:|---:|---:|---|\n");
	for (size_t i = 0; i < r->count; i++) {
		const struct verdict *v = &r->at[i];

		markdown_out_markup(&d->out, "| ");
		report_markdown_endpoint(d, v);
		markdown_out_markup(&d->out, " | ");
		report_markdown_verdict(d, v);
		if (v->exposure.from)
			markdown_out_format(&d->out, " | %llu | %u | %u | ",
				(unsigned long long)v->exposure.messages,
				v->exposure.clients, v->exposure.domains);
		else
			markdown_out_markup(&d->out, " | | | | ");
		explain_short(v, why, sizeof(why));
		markdown_out_prose(&d->out, why);
		markdown_out_markup(&d->out, " |\n");
	}
}

static void
write_findings(struct markdown *d)
{
	const struct report_model *m = d->m;
	char text[FINDING_EXPLAIN_MAX], server[IP_ADDR_TEXT];

	if (m->finding_count)
		markdown_out_markup(&d->out, "\n## Also seen\n");
	for (size_t i = 0; i < m->finding_count && i < REPORT_FINDINGS_MAX; i++) {
		const struct finding *f = m->findings[i];

		ip_addr_write(&f->key.server, server);
		markdown_out_format(&d->out, "\n### %s (%s)\n\n",
			finding_kind_title((enum finding_kind)f->key.kind),
			finding_severity_name(f->severity));
		markdown_out_ours(&d->out, server);
		markdown_out_markup(&d->out, ": ");
		finding_detail(f, text, sizeof(text));
		markdown_out_prose(&d->out, text);
		markdown_out_markup(&d->out, ".\n\n");
		for (uint32_t k = 0; k < f->evidence_count; k++)
			report_markdown_item(d, f->evidence[k].at, f->evidence[k].what);
		markdown_out_markup(&d->out, "\nWhat to do: ");
		markdown_out_ours(&d->out, finding_advice(f));
		markdown_out_markup(&d->out, "\n");
	}
}

/* One table of the counters that tell of losses, or of the others; nothing if none. */
static void
write_counters(struct markdown *d, const char *title, bool loss)
{
	struct report_counters c;
	struct report_counter n;
	bool any = false;

	report_counters_begin(&c, d->m->in->stats);
	while (report_counters_next(&c, &n)) {
		if (n.loss != loss)
			continue;
		if (!any)
			markdown_out_format(&d->out,
				"\n%s:\n\n| Where | What | Count |\n|---|---|---:|\n",
				title);
		any = true;
		markdown_out_format(&d->out, "| %s | ", report_counters_group(n.group));
		if (n.words)
			markdown_out_ours(&d->out, n.words);
		else
			markdown_out_peer(&d->out, n.name);
		markdown_out_markup(&d->out, " | ");
		markdown_out_number(&d->out, n.value);
		markdown_out_markup(&d->out, " |\n");
	}
}

static void
write_losses(struct markdown *d)
{
	const char *line = d->m->in->losses;

	if (!line)
		markdown_out_markup(&d->out,
			"What the sensor lost on the wire is not kept in its state.\n");
	else if (!*line)
		markdown_out_markup(&d->out, "No loss was counted in what was read.\n");
	while (line && *line) {
		size_t len = strcspn(line, "\n");

		markdown_out_markup(&d->out, "- ");
		markdown_out_peer(&d->out, span_of(line, len));
		markdown_out_markup(&d->out, "\n");
		line += len + (line[len] == '\n');
	}
}

static void
write_unseen(struct markdown *d)
{
	markdown_out_markup(&d->out, "\n## What the sensor could not see\n\n");
	write_losses(d);
	markdown_out_markup(&d->out, "\nWhat goes on inside TLS is not read, and a "
				     "server that no stranger tried is unknown, however "
				     "it is configured.\n");
	write_counters(d, "Not seen, or not used", true);
	write_counters(d, "What was read", false);
}

void
report_markdown_write(const struct report_model *m, FILE *to)
{
	struct markdown d = {.m = m};

	markdown_out_init(&d.out, to, m->in->redact);
	markdown_out_markup(&d.out, "# Mail relay report\n\n**");
	put_words(&d, report_words_headline);
	markdown_out_markup(&d.out, "**\n\n");
	put_words(&d, report_words_scope);
	markdown_out_markup(&d.out, "\n");
	write_table(&d);
	if (m->sections)
		markdown_out_markup(&d.out, "\n## Server by server\n");
	for (size_t i = 0; i < m->sections; i++)
		report_markdown_server(&d, &m->in->ranking->at[i]);
	if (m->sections < m->telling)
		markdown_out_format(
			&d.out, "\nAnd %zu more.\n", m->telling - m->sections);
	write_findings(&d);
	write_unseen(&d);
	markdown_out_free(&d.out);
}
