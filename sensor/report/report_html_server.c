/* SPDX-License-Identifier: Apache-2.0 */
#include "report_html.h"

#include "report_svg.h"
#include "report_words.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/explain_parts.h"

void
report_html_badge(struct html_out *h, const struct verdict *v)
{
	const char *grade = report_words_grade(v);

	html_out_format(h, "<span class=\"badge v%u\">%s%s%s</span>", (unsigned)v->kind,
		report_words_verdict(v->kind), *grade ? ", " : "", grade);
}

void
report_html_paragraph(struct html_out *h, const char *class, const char *text)
{
	if (!*text)
		return;
	html_out_format(
		h, "<p%s%s%s>", *class ? " class=\"" : "", class, *class ? "\"" : "");
	html_out_prose(h, text);
	html_out_markup(h, "</p>\n");
}

void
report_html_item(struct html_out *h, const struct report_model *m, struct moment at,
	const char *text, double weight)
{
	char place[REPORT_WORDS_MAX];
	struct prose p;

	prose_init(&p, place, sizeof(place));
	report_words_place(&p, at, m->in->files);
	html_out_markup(h, "<li>");
	if (at.ns)
		html_out_time(h, at.ns);
	html_out_markup(h, " <span class=\"what\">");
	html_out_evidence(h, text);
	html_out_markup(h, "</span>");
	if (p.used || weight > 0)
		html_out_markup(h, " <span class=\"place\">");
	html_out_ours(h, span_of_text(place));
	if (weight > 0)
		html_out_format(h, "%sweight %.1f", p.used ? ", " : "", weight);
	html_out_markup(h, p.used || weight > 0 ? "</span></li>\n" : "</li>\n");
}

static void
write_title(struct html_out *h, const struct verdict *v, size_t index)
{
	const struct word *name = v->identity->name;
	const char *mta = smtp_mta_name(v->identity->mta);
	char endpoint[IP_ADDR_TEXT + 16];
	struct prose p;

	prose_init(&p, endpoint, sizeof(endpoint));
	prose_endpoint(&p, &v->server->key);
	html_out_format(h,
		"<section id=\"s%zu\" class=\"server\">\n<details open>\n<summary><h3>",
		index + 1);
	if (name && name->len) {
		html_out_peer(h, word_span(name));
		html_out_markup(h, " ");
	}
	html_out_format(h, "<span class=\"addr\">%s</span></h3> ", endpoint);
	report_html_badge(h, v);
	if (v->confidence > 0)
		html_out_format(h, " <span class=\"sure\">confidence %.2f</span>",
			(double)(int)(v->confidence * 100 + 1e-9) / 100);
	if (mta)
		html_out_format(h, " <span class=\"sure\">&middot; %s</span>", mta);
	html_out_markup(h, "</summary>\n");
}

static void
write_exposure(struct html_out *h, const struct verdict *v)
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	if (v->exposure.from) {
		html_out_markup(h, "<h4>Exposure</h4>\n");
		prose_init(&p, text, sizeof(text));
		report_words_exposure(&p, v);
		report_html_paragraph(h, "", text);
		report_svg_exposure(h, v);
	}
	prose_init(&p, text, sizeof(text));
	report_words_seen(&p, v);
	report_html_paragraph(h, "quiet", text);
}

static void
write_user(struct html_out *h, const struct report_user *u)
{
	html_out_markup(h, "<tr><td data-l=\"Client\" class=\"addr\">");
	html_out_addr(h, &u->client);
	html_out_markup(h, "</td><td data-l=\"Domain\">");
	if (u->domain && u->domain->len)
		html_out_peer(h, word_span(u->domain));
	else
		html_out_markup(h, "(none)");
	html_out_markup(h, "</td><td class=\"n\" data-l=\"Messages\">");
	html_out_number(h, (uint64_t)(u->messages + 0.5));
	html_out_markup(h, "</td><td class=\"n\" data-l=\"Recipients\">");
	html_out_number(h, u->taken);
	html_out_markup(h, "</td><td class=\"n\" data-l=\"Sent on\">");
	html_out_number(h, u->sent);
	html_out_markup(h, "</td><td class=\"n\" data-l=\"Refused\">");
	html_out_number(h, u->refused);
	html_out_markup(h, "</td><td data-l=\"Last\">");
	if (u->last)
		html_out_time(h, u->last);
	html_out_markup(h, "</td></tr>\n");
}

static void
write_users(struct html_out *h, const struct report_model *m, const struct verdict *v)
{
	char text[REPORT_WORDS_MAX];
	struct report_users u;
	struct prose p;

	report_users_fill(&u, m->in->infer, v);
	if (u.count) {
		html_out_markup(h,
			"<h4>Strangers, and the domains they wrote to</h4>\n"
			"<table class=\"cards\"><thead><tr><th>Client</th><th>Domain</th>"
			"<th class=\"n\">Messages</th><th class=\"n\">Recipients</th>"
			"<th class=\"n\">Sent on</th><th class=\"n\">Refused</th>"
			"<th>Last</th></tr></thead><tbody>\n");
		for (size_t i = 0; i < u.count && i < REPORT_USERS_SHOWN; i++)
			write_user(h, &u.at[i]);
		html_out_markup(h, "</tbody></table>\n");
	}
	prose_init(&p, text, sizeof(text));
	report_words_users(&p, &u);
	report_html_paragraph(h, "quiet", text);
	report_users_free(&u);
}

static void
write_evidence(struct html_out *h, const struct report_model *m, const struct verdict *v)
{
	char text[EXPLAIN_MAX];

	if (!v->evidence_count)
		return;
	html_out_markup(h, "<h4>Evidence</h4>\n<ol class=\"items\">\n");
	for (size_t i = 0; i < v->evidence_count; i++) {
		const struct evidence *e = &v->evidence[i];

		explain_evidence(v, e, text, sizeof(text));
		report_html_item(h, m, e->at, text, e->weight);
	}
	html_out_markup(h, "</ol>\n");
}

static void
example_row(struct html_out *h, const char *name, const char *value, bool address)
{
	struct span s = span_of_text(value);

	if (!s.len)
		return;
	html_out_format(h, "<dt>%s</dt><dd>", name);
	if (address)
		html_out_address(h, s);
	else
		html_out_peer(h, s);
	html_out_markup(h, "</dd>\n");
}

/* The message that went furthest: what its owner may recognise. */
static void
write_example(struct html_out *h, const struct report_model *m, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);
	const struct example *e = best ? best->a->example : NULL;
	bool private = m->in->redact == CONFIG_REDACT_ALL;

	if (!e)
		return;
	html_out_markup(h, "<h4>One of the messages</h4>\n<dl>\n");
	example_row(h, "From", e->from[0] ? e->from : "<>", true);
	example_row(h, "To", e->to, true);
	if (!private)
		example_row(h, "Subject", e->subject, false);
	example_row(h, "Message-ID", e->message_id, true);
	example_row(h, "HELO", e->helo, false);
	example_row(h, "Queue id", best->a->queue_id, false);
	if (best->a->reply_code && !private) {
		html_out_format(h, "<dt>Reply</dt><dd>%u ", best->a->reply_code);
		html_out_peer(h, span_of_text(best->a->reply));
		html_out_markup(h, "</dd>\n");
	}
	html_out_markup(h, "</dl>\n");
}

static void
write_missing(struct html_out *h, const struct verdict *v)
{
	if (!v->missing || v->kind == VERDICT_UNKNOWN)
		return;
	html_out_markup(h, "<h4>Not seen</h4>\n<ul>\n");
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit) {
			html_out_markup(h, "<li>");
			html_out_ours(h, span_of_text(explain_missing(bit)));
			html_out_markup(h, "</li>\n");
		}
	html_out_markup(h, "</ul>\n");
}

/* Lines that begin with two blanks are to be copied; those that follow each other stand
 * in one block. */
static void
write_advice(struct html_out *h, const char *heading,
	size_t (*advice)(const struct verdict *, char *, size_t), const struct verdict *v)
{
	char text[ADVICE_MAX];
	const char *line = text;
	bool code = false;

	if (advice(v, text, sizeof(text)) == 0)
		return;
	html_out_format(h, "<h4>%s</h4>\n", heading);
	while (*line) {
		size_t len = strcspn(line, "\n");
		bool copied = len && line[0] == ' ';

		if (code && !copied)
			html_out_markup(h, "</code></pre>\n");
		if (copied)
			html_out_markup(h, code ? "\n" : "<pre><code>");
		else
			html_out_markup(h, "<p>");
		html_out_ours(
			h, span_of(line + (copied ? 2 : 0), len - (copied ? 2 : 0)));
		if (!copied)
			html_out_markup(h, "</p>\n");
		code = copied;
		line += len + (line[len] == '\n');
	}
	html_out_markup(h, code ? "</code></pre>\n" : "");
}

static void
write_findings(struct html_out *h, const struct report_model *m, const struct verdict *v)
{
	bool any = false;

	for (size_t i = 0; i < m->finding_count && i < REPORT_FINDINGS_MAX; i++) {
		const struct finding *f = m->findings[i];

		if (!report_model_is_about(f, v->server))
			continue;
		html_out_markup(h, any ? "" : "<h4>Also seen here</h4>\n<ul>\n");
		html_out_format(h, "<li><a href=\"#f%zu\">%s</a> (%s)</li>\n", i + 1,
			finding_kind_title((enum finding_kind)f->key.kind),
			finding_severity_name(f->severity));
		any = true;
	}
	html_out_markup(h, any ? "</ul>\n" : "");
}

static void
write_events(struct html_out *h, const struct report_model *m, const struct verdict *v)
{
	size_t count = report_model_events(m, v->server);
	size_t skip = count > REPORT_EVENTS_MAX ? count - REPORT_EVENTS_MAX : 0;
	size_t at = 0;

	if (!count)
		return;
	html_out_markup(h, "<h4>History</h4>\n");
	if (skip)
		html_out_format(
			h, "<p class=\"quiet\">%zu older ones are left out.</p>\n", skip);
	html_out_markup(h, "<ol class=\"items\">\n");
	for (size_t n = 0; n < count; n++, at++) {
		const struct report_event *e;

		at = report_model_next_event(m, v->server, at);
		e = &m->in->events[at];
		if (n < skip)
			continue;
		html_out_markup(h, "<li>");
		html_out_time(h, e->time);
		html_out_markup(h, " <span class=\"what\">");
		html_out_prose(h, e->text);
		html_out_markup(h, "</span> <span class=\"place\">");
		html_out_prose(h, e->kind);
		html_out_markup(h, "</span></li>\n");
	}
	html_out_markup(h, "</ol>\n");
}

void
report_html_server(struct html_out *h, const struct report_model *m, size_t index)
{
	const struct verdict *v = &m->in->ranking->at[index];
	char text[EXPLAIN_MAX];

	write_title(h, v, index);
	explain_long(v, text, sizeof(text));
	report_html_paragraph(h, "why", text);
	report_svg_legs(h, v);
	write_advice(h, "Contain it now", advice_contain, v);
	write_exposure(h, v);
	report_svg_activity(h, v);
	write_users(h, m, v);
	write_evidence(h, m, v);
	write_example(h, m, v);
	write_missing(h, v);
	write_advice(h, "Mend it for good", advice_mend, v);
	write_advice(h, "Confirm from outside", advice_confirm, v);
	write_findings(h, m, v);
	write_events(h, m, v);
	html_out_markup(h, "<p class=\"up\"><a href=\"#servers\">All servers</a></p>\n"
			   "</details>\n</section>\n");
}
