/* SPDX-License-Identifier: Apache-2.0 */
#include "report_markdown.h"

#include <string.h>

#include "report_text.h"
#include "report_users.h"
#include "report_words.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/finding_words.h"

/* Characters of one peer's text in a cell. */
#define CELL_COLUMNS 200u

struct markdown {
	const struct report_model *m;
	FILE *to;
	struct report_text text;
};

/* Digits alone before it: "1." and "1)" would begin a list. */
static bool
numbers_a_list(const char *cooked, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (!dis_is_digit((uint8_t)cooked[i]))
			return false;
	return at > 0;
}

/*
 * Marks that mean something only at the start of a line, or with a name behind them: so
 * times, addresses and the ends of sentences stay readable before they are rendered.
 */
static bool
means_something(const char *cooked, size_t at)
{
	char c = cooked[at], next = cooked[at + 1];

	if (c == '-' || c == '+')
		return at == 0;
	if ((c == '.' || c == ')') && (next == ' ' || !next) &&
		numbers_a_list(cooked, at))
		return true;
	if (c == '(')
		return at > 0 && cooked[at - 1] == ']';
	if (c == '.' || c == ':')
		return next && next != ' ' && !dis_is_digit((uint8_t)next);
	return strchr("\\`*_{}[]#!|~=^$", c) != NULL;
}

/*
 * CommonMark 2.4: a backslash before a mark of ASCII is that mark itself. < and & are
 * entities, for renderers that pass HTML through. An at sign stands in code: GitHub's
 * reader looks for mail addresses when the backslashes are gone.
 */
static void
put_char(FILE *to, const char *cooked, size_t at)
{
	char c = cooked[at];

	if (c == '<')
		fputs("&lt;", to);
	else if (c == '>')
		fputs("&gt;", to);
	else if (c == '&')
		fputs("&amp;", to);
	else if (c == '@')
		fputs("`@`", to);
	else if (means_something(cooked, at))
		fprintf(to, "\\%c", c);
	else
		putc(c, to);
}

/* Blanks at its start are left out: four of them would begin a block of code. */
static void
put_cooked(struct markdown *d, const char *cooked, size_t len)
{
	for (size_t i = strspn(cooked, " "); i < len; i++)
		put_char(d->to, cooked, i);
}

static void
put_how(struct markdown *d, struct span s, enum report_text_how how)
{
	const char *cooked = report_text_cook(&d->text, s, how);
	size_t len = report_text_columns(cooked, CELL_COLUMNS);

	put_cooked(d, cooked, len);
	if (cooked[len])
		fputs("...", d->to);
}

/* A sentence that may hold peers' octets, however long. */
static void
put_prose(struct markdown *d, const char *text)
{
	const char *cooked =
		report_text_cook(&d->text, span_of_text(text), REPORT_TEXT_PEER);

	put_cooked(d, cooked, strlen(cooked));
}

static void
put_ours(struct markdown *d, const char *text)
{
	const char *cooked =
		report_text_cook(&d->text, span_of_text(text), REPORT_TEXT_OURS);

	put_cooked(d, cooked, strlen(cooked));
}

static void
put_words(struct markdown *d, void (*words)(struct prose *, const struct report_model *))
{
	char text[REPORT_WORDS_MAX];
	struct prose p;

	prose_init(&p, text, sizeof(text));
	words(&p, d->m);
	put_prose(d, text);
}

static void
put_endpoint(struct markdown *d, const struct verdict *v)
{
	char endpoint[IP_ADDR_TEXT + 16];
	struct prose p;

	prose_init(&p, endpoint, sizeof(endpoint));
	prose_endpoint(&p, &v->server->key);
	put_ours(d, endpoint);
	if (!v->identity->name || !v->identity->name->len)
		return;
	fputs(" ", d->to);
	put_how(d, word_span(v->identity->name), REPORT_TEXT_PEER);
}

static void
put_verdict(struct markdown *d, const struct verdict *v)
{
	const char *grade = report_words_grade(v);

	fprintf(d->to, "%s%s%s", report_words_verdict(v->kind), *grade ? ", " : "",
		grade);
}

/* --- parts ---------------------------------------------------------------------------
 */

static void
write_table(struct markdown *d)
{
	const struct ranking *r = d->m->in->ranking;
	char why[EXPLAIN_SHORT_MAX];

	if (!r->count)
		return;
	fputs("\n| Server | Verdict | Messages | Clients | Domains | Why |\n"
	      "|---|---|---:|---:|---:|---|\n",
		d->to);
	for (size_t i = 0; i < r->count; i++) {
		const struct verdict *v = &r->at[i];

		fputs("| ", d->to);
		put_endpoint(d, v);
		fputs(" | ", d->to);
		put_verdict(d, v);
		if (v->exposure.from)
			fprintf(d->to, " | %llu | %u | %u | ",
				(unsigned long long)v->exposure.messages,
				v->exposure.clients, v->exposure.domains);
		else
			fputs(" | | | | ", d->to);
		explain_short(v, why, sizeof(why));
		put_prose(d, why);
		fputs(" |\n", d->to);
	}
}

static void
write_place(struct markdown *d, struct moment at)
{
	char place[REPORT_WORDS_MAX];
	struct prose p;

	prose_init(&p, place, sizeof(place));
	report_words_place(&p, at, d->m->in->files);
	if (!p.used)
		return;
	fputs(" (", d->to);
	put_ours(d, place);
	fputs(")", d->to);
}

static void
write_item(struct markdown *d, struct moment at, const char *text)
{
	char when[64];
	struct prose p;

	fputs("- ", d->to);
	if (at.ns) {
		prose_init(&p, when, sizeof(when));
		prose_time(&p, at.ns);
		put_ours(d, when);
		fputs(": ", d->to);
	}
	put_prose(d, text);
	write_place(d, at);
	fputs("\n", d->to);
}

static void
write_evidence(struct markdown *d, const struct verdict *v)
{
	char text[EXPLAIN_MAX];

	if (!v->evidence_count)
		return;
	fputs("\nEvidence:\n\n", d->to);
	for (size_t i = 0; i < v->evidence_count; i++) {
		explain_evidence(v, &v->evidence[i], text, sizeof(text));
		write_item(d, v->evidence[i].at, text);
	}
}

static void
write_users(struct markdown *d, const struct verdict *v)
{
	struct report_users u;

	report_users_fill(&u, d->m->in->infer, v);
	if (u.count)
		fputs("\n| Client | Domain | Messages | Sent on | Refused |\n"
		      "|---|---|---:|---:|---:|\n",
			d->to);
	for (size_t i = 0; i < u.count && i < REPORT_USERS_SHOWN; i++) {
		char client[IP_ADDR_TEXT];

		ip_addr_write(&u.at[i].client, client);
		fputs("| ", d->to);
		put_ours(d, client);
		fputs(" | ", d->to);
		put_how(d, word_span(u.at[i].domain), REPORT_TEXT_PEER);
		fprintf(d->to, " | %.0f | %llu | %llu |\n", u.at[i].messages,
			(unsigned long long)u.at[i].sent,
			(unsigned long long)u.at[i].refused);
	}
	if (u.count > REPORT_USERS_SHOWN)
		fprintf(d->to, "\nAnd %zu more.\n", u.count - REPORT_USERS_SHOWN);
	report_users_free(&u);
}

/* Commands stand in blocks: indented by four, nothing in them is markup. */
static void
write_advice(struct markdown *d, const char *heading,
	size_t (*advice)(const struct verdict *, char *, size_t), const struct verdict *v)
{
	char text[ADVICE_MAX];
	const char *line = text;
	bool code = false;

	if (advice(v, text, sizeof(text)) == 0)
		return;
	fprintf(d->to, "\n%s:\n", heading);
	while (*line) {
		size_t len = strcspn(line, "\n");
		bool copied = len && line[0] == ' ';
		const char *cooked = report_text_cook(&d->text,
			span_of(line + (copied ? 2 : 0), len - (copied ? 2 : 0)),
			REPORT_TEXT_OURS);

		if (!copied || !code)
			fputs("\n", d->to);
		if (copied)
			fprintf(d->to, "    %s", cooked);
		else
			put_cooked(d, cooked, strlen(cooked));
		fputs("\n", d->to);
		code = copied;
		line += len + (line[len] == '\n');
	}
}

static void
write_missing(struct markdown *d, const struct verdict *v)
{
	if (!v->missing)
		return;
	fputs("\nNot seen:\n\n", d->to);
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit) {
			fputs("- ", d->to);
			put_ours(d, explain_missing(bit));
			fputs("\n", d->to);
		}
}

/* The newest. */
static void
write_events(struct markdown *d, const struct verdict *v)
{
	size_t count = report_model_events(d->m, v->server);
	size_t skip = count > REPORT_EVENTS_MAX ? count - REPORT_EVENTS_MAX : 0;
	size_t at = 0;

	if (count)
		fputs("\nHistory:\n\n", d->to);
	for (size_t n = 0; n < count; n++, at++) {
		const struct report_event *e;

		at = report_model_next_event(d->m, v->server, at);
		e = &d->m->in->events[at];
		if (n >= skip)
			write_item(d, (struct moment){.ns = e->time}, e->text);
	}
}

static void
write_server(struct markdown *d, const struct verdict *v)
{
	char text[EXPLAIN_MAX];
	struct prose p;

	fputs("\n### ", d->to);
	put_endpoint(d, v);
	fputs(": ", d->to);
	put_verdict(d, v);
	fputs("\n\n", d->to);
	explain_long(v, text, sizeof(text));
	put_prose(d, text);
	fputs("\n", d->to);
	prose_init(&p, text, sizeof(text));
	report_words_exposure(&p, v);
	if (p.used) {
		fputs("\n", d->to);
		put_prose(d, text);
		fputs("\n", d->to);
	}
	write_advice(d, "Contain it now", advice_contain, v);
	write_users(d, v);
	write_evidence(d, v);
	write_missing(d, v);
	write_advice(d, "Mend it for good", advice_mend, v);
	write_advice(d, "Confirm from outside", advice_confirm, v);
	write_events(d, v);
}

static void
write_findings(struct markdown *d)
{
	const struct report_model *m = d->m;
	char text[FINDING_EXPLAIN_MAX], server[IP_ADDR_TEXT];

	if (m->finding_count)
		fputs("\n## Also seen\n", d->to);
	for (size_t i = 0; i < m->finding_count && i < REPORT_FINDINGS_MAX; i++) {
		const struct finding *f = m->findings[i];

		ip_addr_write(&f->key.server, server);
		fprintf(d->to, "\n### %s (%s)\n\n",
			finding_kind_title((enum finding_kind)f->key.kind),
			finding_severity_name(f->severity));
		put_ours(d, server);
		fputs(": ", d->to);
		finding_detail(f, text, sizeof(text));
		put_prose(d, text);
		fputs(".\n\n", d->to);
		for (uint32_t k = 0; k < f->evidence_count; k++)
			write_item(d, f->evidence[k].at, f->evidence[k].what);
		fputs("\nWhat to do: ", d->to);
		put_ours(d, finding_advice(f));
		fputs("\n", d->to);
	}
}

static void
write_unseen(struct markdown *d)
{
	const char *line = d->m->in->losses;

	fputs("\n## What the sensor could not see\n\n", d->to);
	if (!line)
		fputs("What the sensor lost on the wire is not kept in its state.\n",
			d->to);
	else if (!*line)
		fputs("No loss was counted in what was read.\n", d->to);
	while (line && *line) {
		size_t len = strcspn(line, "\n");

		fputs("- ", d->to);
		put_how(d, span_of(line, len), REPORT_TEXT_OURS);
		fputs("\n", d->to);
		line += len + (line[len] == '\n');
	}
	fputs("\nWhat goes on inside TLS is not read, and a server that no stranger "
	      "tried "
	      "is unknown, however it is configured.\n",
		d->to);
}

void
report_markdown_write(const struct report_model *m, FILE *to)
{
	struct markdown d = {.m = m, .to = to};

	report_text_init(&d.text, m->in->redact);
	fputs("# Mail relay report\n\n**", to);
	put_words(&d, report_words_headline);
	fputs("**\n\n", to);
	put_words(&d, report_words_scope);
	fputs("\n", to);
	write_table(&d);
	if (m->sections)
		fputs("\n## Server by server\n", to);
	for (size_t i = 0; i < m->sections; i++)
		write_server(&d, &m->in->ranking->at[i]);
	if (m->sections < m->telling)
		fprintf(to, "\nAnd %zu more.\n", m->telling - m->sections);
	write_findings(&d);
	write_unseen(&d);
	report_text_free(&d.text);
}
