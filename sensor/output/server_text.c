/* SPDX-License-Identifier: Apache-2.0 */
#include "server_text.h"

#include <string.h>

#include "sensor/base/escape.h"
#include "sensor/base/time_text.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/prose.h"
#include "server_text_part.h"

/* Sentences are no easier to read on a line that has no end. */
#define SENTENCE_WIDTH 100u
#define INDENT	       2u

static unsigned
sentence_width(const struct server_text_style *style)
{
	return style->width && style->width < SENTENCE_WIDTH ? style->width
							     : SENTENCE_WIDTH;
}

static void
write_heading(const char *text, const struct server_text_style *style, FILE *to)
{
	fputc('\n', to);
	server_text_bold(style, to);
	fputs(text, to);
	server_text_plain(style, to);
	fputc('\n', to);
}

static void
write_sentences(const char *text, const struct server_text_style *style, FILE *to)
{
	fprintf(to, "%*s", (int)INDENT, "");
	server_text_wrap(to, text, INDENT, INDENT, sentence_width(style));
}

static void
write_title(const struct verdict *v, const struct server_text_style *style, FILE *to)
{
	const char *grade = verdict_grade_name(v->grade);
	char title[EXPLAIN_SHORT_MAX + PROSE_PEER_MAX];
	struct prose p;

	prose_init(&p, title, sizeof(title));
	prose_server(&p, v);
	server_text_bold(style, to);
	escape_write(to, span_of_text(title));
	server_text_plain(style, to);
	fputs("\n  ", to);
	server_text_colour(style, v->kind, to);
	fputs(verdict_name(v->kind), to);
	server_text_plain(style, to);
	if (*grade)
		fprintf(to, ", %s", grade);
	if (v->confidence > 0)
		fprintf(to, ", confidence %.2f", server_text_confidence(v->confidence));
	if (v->cause != CAUSE_NONE)
		fprintf(to, ", cause: %s", verdict_cause_name(v->cause));
	fputc('\n', to);
}

/* "2 h 5 min", "3 days 4 h": the two largest units. */
static void
duration(struct prose *p, uint64_t ns)
{
	uint64_t s = ns / 1000000000;

	if (s < 60)
		prose_add(p, "%u s", (unsigned)s);
	else if (s < 3600)
		prose_add(p, "%u min %u s", (unsigned)(s / 60), (unsigned)(s % 60));
	else if (s < 86400)
		prose_add(p, "%u h %u min", (unsigned)(s / 3600),
			(unsigned)(s % 3600 / 60));
	else {
		prose_count(p, s / 86400, "day");
		prose_add(p, " %u h", (unsigned)(s % 86400 / 3600));
	}
}

/* "2026-11-23 20:22:53 UTC to 2026-11-23 20:25:12 UTC (2 min 19 s): " */
static void
period(struct prose *p, uint64_t from, uint64_t to)
{
	prose_time(p, from);
	if (from / 1000000000 != to / 1000000000) {
		prose_add(p, " to ");
		prose_time(p, to);
		prose_add(p, " (");
		duration(p, to - from);
		prose_add(p, ")");
	}
	prose_add(p, ": ");
}

static void
write_exposure(const struct verdict *v, const struct server_text_style *style, FILE *to)
{
	const struct exposure *e = &v->exposure;
	char text[EXPLAIN_SHORT_MAX];
	struct prose p;

	if (e->from == 0)
		return;
	write_heading("Exposure", style, to);
	prose_init(&p, text, sizeof(text));
	period(&p, e->from, e->to);
	prose_count(&p, e->messages, "message");
	prose_add(&p, ", ");
	prose_count(&p, e->clients, "client");
	prose_add(&p, ", ");
	prose_count(&p, e->domains, "domain");
	write_sentences(text, style, to);
}

static void
write_seen(const struct verdict *v, const struct server_text_style *style, FILE *to)
{
	const struct identity *id = v->identity;
	char text[EXPLAIN_SHORT_MAX];
	struct prose p;

	write_heading("Seen of this server", style, to);
	prose_init(&p, text, sizeof(text));
	if (id->first)
		period(&p, id->first, id->last);
	prose_count(&p, id->transactions, "transaction");
	prose_add(&p, ", ");
	prose_count(&p, id->connections, "connection");
	prose_add(&p, " (%llu encrypted, %llu in one direction only)",
		(unsigned long long)id->encrypted, (unsigned long long)id->one_sided);
	write_sentences(text, style, to);
}

/* Time, place in a capture, and what; the place on its own line where it is narrow. */
static void
write_evidence(const struct verdict *v, const struct evidence *e,
	const struct record_files *files, const struct server_text_style *style, FILE *to)
{
	char text[EXPLAIN_MAX], when[TIME_TEXT_SHORT] = "time not known";
	const char *file = record_files_name(files, e->at.file);

	if (e->at.ns)
		time_text_write_short(e->at.ns, when);
	fprintf(to, "%*s%-19s  ", (int)INDENT, "", when);
	explain_evidence(v, e, text, sizeof(text));
	server_text_wrap(to, text, INDENT + 21, INDENT + 21, sentence_width(style));
	if (!e->at.frame && !(e->weight > 0))
		return;
	fprintf(to, "%*s", (int)INDENT + 21, "");
	if (e->at.frame) {
		escape_write(to, span_of_text(file));
		fprintf(to, "%sframe %u", *file ? " " : "", (unsigned)e->at.frame);
	}
	if (e->weight > 0)
		fprintf(to, "%sweight %.1f", e->at.frame ? ", " : "", e->weight);
	fputc('\n', to);
}

static void
write_missing(const struct verdict *v, const struct server_text_style *style, FILE *to)
{
	/* The explanation of "unknown" has said it all. */
	if (!v->missing || v->kind == VERDICT_UNKNOWN)
		return;
	write_heading("Not seen", style, to);
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit)
			write_sentences(explain_missing(bit), style, to);
}

/* Lines that begin with two blanks are to be copied: they are not broken. */
static void
write_advice_line(
	const char *line, size_t len, const struct server_text_style *style, FILE *to)
{
	char copy[ADVICE_MAX];

	memcpy(copy, line, len);
	copy[len] = '\0';
	if (len && line[0] == ' ')
		fprintf(to, "  %s\n", copy);
	else
		write_sentences(copy, style, to);
}

static void
write_advice(const char *heading,
	size_t (*advice)(const struct verdict *, char *, size_t), const struct verdict *v,
	const struct server_text_style *style, FILE *to)
{
	char text[ADVICE_MAX];
	const char *line = text;

	if (advice(v, text, sizeof(text)) == 0)
		return;
	write_heading(heading, style, to);
	while (*line) {
		size_t len = strcspn(line, "\n");

		write_advice_line(line, len, style, to);
		line += len + (line[len] == '\n');
	}
}

void
server_text_detail(const struct verdict *v, const struct record_files *files,
	const struct server_text_style *style, FILE *to)
{
	char text[EXPLAIN_MAX];

	write_title(v, style, to);
	fputc('\n', to);
	explain_long(v, text, sizeof(text));
	write_sentences(text, style, to);
	write_exposure(v, style, to);
	write_seen(v, style, to);
	if (v->evidence_count)
		write_heading("Evidence", style, to);
	for (size_t i = 0; i < v->evidence_count; i++)
		write_evidence(v, &v->evidence[i], files, style, to);
	write_missing(v, style, to);
	write_advice("Contain it now", advice_contain, v, style, to);
	write_advice("Mend it for good", advice_mend, v, style, to);
	write_advice("Confirm from outside", advice_confirm, v, style, to);
}
