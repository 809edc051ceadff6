/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_text.h"

#include <stdlib.h>

#include "sensor/base/escape.h"
#include "sensor/base/time_text.h"
#include "sensor/infer/finding_tester.h"
#include "sensor/infer/finding_words.h"
#include "sensor/infer/prose.h"
#include "server_text_part.h"

#define SENTENCE_WIDTH 100u
#define INDENT	       2u
/* Lines of the table; a scanned network has hundreds. */
#define ROWS_MAX 50u

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
write_row(const struct finding *f, const struct server_text_style *style, FILE *to)
{
	char text[FINDING_DETAIL_MAX + PROSE_PEER_MAX + 160];
	struct prose p;

	prose_init(&p, text, sizeof(text));
	if (f->key.port)
		prose_endpoint(&p, &(struct server_key){f->key.server, f->key.port});
	else
		prose_addr(&p, &f->key.server);
	if (f->name && f->name->len) {
		prose_add(&p, " (");
		prose_word(&p, f->name);
		prose_add(&p, ")");
	}
	prose_add(&p, ": %s: ", finding_kind_title((enum finding_kind)f->key.kind));
	p.used += finding_detail(f, p.at + p.used, p.room - p.used);
	fprintf(to, "%*s%-9s ", (int)INDENT, "", finding_severity_name(f->severity));
	server_text_wrap(to, text, INDENT + 10, INDENT + 10, style->width);
}

void
finding_text_table(
	const struct infer *in, const struct server_text_style *style, FILE *to)
{
	size_t count;
	const struct finding **list = findings_list(in, &count);

	if (!list)
		return;
	write_heading("Also seen", style, to);
	for (size_t i = 0; i < count && i < ROWS_MAX; i++)
		write_row(list[i], style, to);
	if (count > ROWS_MAX)
		fprintf(to, "  and %zu more; --json has them all\n", count - ROWS_MAX);
	free(list);
}

static void
write_sentences(const char *text, const struct server_text_style *style, FILE *to)
{
	fprintf(to, "%*s", (int)INDENT, "");
	server_text_wrap(to, text, INDENT, INDENT, sentence_width(style));
}

/* Time, file and frame; then what was seen there. */
static void
write_item(struct moment at, const char *what, const struct record_files *files,
	const struct server_text_style *style, FILE *to)
{
	char when[TIME_TEXT_SHORT] = "time not known";
	const char *file = record_files_name(files, at.file);

	if (at.ns)
		time_text_write_short(at.ns, when);
	fprintf(to, "%*s%-19s  ", (int)INDENT, "", when);
	server_text_wrap(to, what, INDENT + 21, INDENT + 21, sentence_width(style));
	if (!at.frame)
		return;
	fprintf(to, "%*s", (int)INDENT + 21, "");
	escape_write(to, span_of_text(file));
	fprintf(to, "%sframe %u\n", *file ? " " : "", (unsigned)at.frame);
}

static void
write_tests(
	const struct finding_test *tests, const struct server_text_style *style, FILE *to)
{
	char text[FINDING_WHAT + 64];
	struct prose p;

	for (unsigned i = 0; i < FINDING_TESTS; i++) {
		const struct finding_test *t = &tests[i];

		if (!t->at.ns)
			continue;
		prose_init(&p, text, sizeof(text));
		prose_add(&p, "%s: %s %s: %u %s", tester_test_name(i + 1), t->from, t->to,
			t->code, finding_answer_name(t->answer));
		fprintf(to, "%*s%2u  ", (int)INDENT, "", i + 1);
		server_text_wrap(to, text, INDENT + 4, INDENT + 4, sentence_width(style));
	}
}

static void
write_detail(const struct finding *f, const struct record_files *files,
	const struct server_text_style *style, FILE *to)
{
	char text[FINDING_EXPLAIN_MAX];

	snprintf(text, sizeof(text), "Also seen: %s (%s)",
		finding_kind_title((enum finding_kind)f->key.kind),
		finding_severity_name(f->severity));
	write_heading(text, style, to);
	finding_explain(f, text, sizeof(text));
	write_sentences(text, style, to);
	if (f->key.kind == FINDING_RELAY_PROBE && f->of.probe.tests)
		write_tests(f->of.probe.tests, style, to);
	for (uint32_t i = 0; i < f->evidence_count; i++)
		write_item(f->evidence[i].at, f->evidence[i].what, files, style, to);
	write_sentences(finding_advice(f), style, to);
}

bool
finding_text_is_about(const struct finding *f, const struct server *server)
{
	return ip_addr_equal(&f->key.server, &server->key.addr) &&
	       (f->key.port == 0 || f->key.port == server->key.port);
}

void
finding_text_detail(const struct infer *in, const struct server *server,
	const struct record_files *files, const struct server_text_style *style, FILE *to)
{
	size_t count;
	const struct finding **list = findings_list(in, &count);

	for (size_t i = 0; list && i < count; i++)
		if (finding_text_is_about(list[i], server))
			write_detail(list[i], files, style, to);
	free(list);
}
