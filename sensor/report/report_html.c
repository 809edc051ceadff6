/* SPDX-License-Identifier: Apache-2.0 */
#include "report_html.h"

#include "report_words.h"
#include "sensor/infer/explain.h"

/* A table of more servers about which nothing is known is closed at first. */
#define UNKNOWN_OPEN_MAX 100u

static void
write_head(struct html_out *h, const struct report_model *m)
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	html_out_markup(h, "<!DOCTYPE html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n"
			   "<meta charset=\"utf-8\">\n"
			   "<meta http-equiv=\"Content-Security-Policy\" "
			   "content=\"default-src 'none'; style-src 'unsafe-inline'; "
			   "img-src data:; base-uri 'none'; form-action 'none'\">\n"
			   "<meta name=\"referrer\" content=\"no-referrer\">\n"
			   "<meta name=\"viewport\" "
			   "content=\"width=device-width, initial-scale=1\">\n"
			   "<meta name=\"color-scheme\" content=\"light dark\">\n"
			   "<title>");
	prose_init(&p, text, sizeof(text));
	report_words_headline(&p, m);
	html_out_ours(h, span_of_text(text));
	html_out_markup(h, "</title>\n<style>\n");
	for (const char *const *piece = report_style(); *piece; piece++)
		html_out_markup(h, *piece);
	html_out_markup(h, "</style>\n</head>\n<body>\n<main>\n");
}

static void
write_counts(struct html_out *h, const struct report_model *m)
{
	html_out_markup(h, "<ul class=\"counts\">\n");
	for (unsigned k = 0; k <= VERDICT_UNKNOWN; k++) {
		if (!m->of_kind[k])
			continue;
		html_out_format(h, "<li class=\"v%u\"><b>", k);
		html_out_number(h, m->of_kind[k]);
		html_out_format(h, "</b> <span>%s</span> <small>%s</small></li>\n",
			report_words_verdict((enum verdict_kind)k),
			report_words_meaning((enum verdict_kind)k));
	}
	html_out_markup(h, "</ul>\n");
}

static void
write_glance(struct html_out *h, const struct report_model *m)
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	html_out_markup(h, "<header>\n<p class=\"brand\">Mail relay report</p>\n<h1>");
	prose_init(&p, text, sizeof(text));
	report_words_headline(&p, m);
	html_out_prose(h, text);
	html_out_markup(h, "</h1>\n");
	prose_init(&p, text, sizeof(text));
	report_words_scope(&p, m);
	report_html_paragraph(h, "quiet", text);
	write_counts(h, m);
	html_out_markup(h, "</header>\n");
}

static void
write_server_cell(struct html_out *h, const struct report_model *m, size_t i)
{
	const struct verdict *v = &m->in->ranking->at[i];
	const struct word *name = v->identity->name;
	char endpoint[IP_ADDR_TEXT + 16];
	struct prose p;

	prose_init(&p, endpoint, sizeof(endpoint));
	prose_endpoint(&p, &v->server->key);
	html_out_markup(h, "<tr><td data-l=\"Server\">");
	if (i < m->sections)
		html_out_format(h, "<a href=\"#s%zu\">", i + 1);
	if (name && name->len) {
		html_out_peer(h, word_span(name));
		html_out_markup(h, i < m->sections ? "</a> " : " ");
	}
	html_out_format(h, "<span class=\"addr\">%s</span>", endpoint);
	html_out_markup(
		h, i < m->sections && !(name && name->len) ? "</a></td>" : "</td>");
}

static void
write_count_cell(struct html_out *h, const char *label, uint64_t n, bool known)
{
	html_out_format(h, "<td class=\"n%s\" data-l=\"%s\">", known ? "" : " no", label);
	if (known)
		html_out_number(h, n);
	else
		html_out_markup(h, "&ndash;");
	html_out_markup(h, "</td>");
}

static void
write_row(struct html_out *h, const struct report_model *m, size_t i)
{
	const struct verdict *v = &m->in->ranking->at[i];
	const struct exposure *e = &v->exposure;
	char why[EXPLAIN_SHORT_MAX];

	write_server_cell(h, m, i);
	html_out_markup(h, "<td data-l=\"Verdict\">");
	report_html_badge(h, v);
	html_out_markup(h, "</td>");
	write_count_cell(h, "Messages", e->messages, e->from != 0);
	write_count_cell(h, "Clients", e->clients, e->from != 0);
	write_count_cell(h, "Domains", e->domains, e->from != 0);
	explain_short(v, why, sizeof(why));
	html_out_markup(h, "<td data-l=\"Why\" class=\"text\">");
	html_out_prose(h, why);
	html_out_markup(h, "</td></tr>\n");
}

static void
write_table(struct html_out *h, const struct report_model *m)
{
	if (!m->telling)
		return;
	html_out_markup(h,
		"<h2 id=\"servers\">Servers, the most serious first</h2>\n"
		"<table class=\"cards main\"><thead><tr><th>Server</th><th>Verdict</th>"
		"<th class=\"n\">Messages</th><th class=\"n\">Clients</th>"
		"<th class=\"n\">Domains</th><th>Why</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < m->telling; i++)
		write_row(h, m, i);
	html_out_markup(h, "</tbody></table>\n<p class=\"quiet\">Messages taken from "
			   "strangers, from so many clients, for so many domains.</p>\n");
}

static void
write_unknown_row(struct html_out *h, const struct report_model *m, size_t i)
{
	const struct verdict *v = &m->in->ranking->at[i];
	char why[EXPLAIN_SHORT_MAX];

	write_server_cell(h, m, i);
	write_count_cell(h, "Transactions", v->identity->transactions, true);
	write_count_cell(h, "Connections", v->identity->connections, true);
	write_count_cell(h, "Encrypted", v->identity->encrypted, true);
	explain_short(v, why, sizeof(why));
	html_out_markup(h, "<td data-l=\"Why\" class=\"text\">");
	html_out_prose(h, why);
	html_out_markup(h, "</td></tr>\n");
}

static void
write_unknown(struct html_out *h, const struct report_model *m)
{
	size_t count = m->in->ranking->count - m->telling;

	if (!count)
		return;
	html_out_format(h, "<h2 id=\"unknown\">Not known</h2>\n<details%s>\n<summary>",
		count <= UNKNOWN_OPEN_MAX ? " open" : "");
	html_out_number(h, count);
	html_out_format(h,
		" server%s about which nothing was seen that tells</summary>\n",
		count == 1 ? "" : "s");
	html_out_markup(h,
		"<table class=\"cards main\"><thead><tr><th>Server</th>"
		"<th class=\"n\">Transactions</th><th class=\"n\">Connections</th>"
		"<th class=\"n\">Encrypted</th><th>Why</th></tr></thead><tbody>\n");
	for (size_t i = m->telling; i < m->in->ranking->count; i++)
		write_unknown_row(h, m, i);
	html_out_markup(h, "</tbody></table>\n</details>\n");
}

static void
write_sections(struct html_out *h, const struct report_model *m)
{
	if (!m->sections)
		return;
	html_out_markup(h, "<h2>Server by server</h2>\n");
	if (m->sections < m->telling)
		html_out_format(h,
			"<p class=\"quiet\">The %zu most serious of %zu. relaytap show "
			"tells the same of each of the others.</p>\n",
			m->sections, m->telling);
	for (size_t i = 0; i < m->sections; i++)
		report_html_server(h, m, i);
}

void
report_html_write(const struct report_model *m, FILE *to)
{
	struct html_out h;

	html_out_init(&h, to, m->in->redact);
	write_head(&h, m);
	write_glance(&h, m);
	write_table(&h, m);
	write_sections(&h, m);
	report_html_findings(&h, m);
	write_unknown(&h, m);
	report_html_unseen(&h, m);
	html_out_markup(&h, "</main>\n<footer><p>relaytap " RELAYTAP_VERSION
			    ". All times are UTC, as the packets had them. This file "
			    "loads nothing from elsewhere; it may name people and hosts: "
			    "mind whom you send it to.</p></footer>\n</body>\n</html>\n");
	html_out_free(&h);
}
