/* SPDX-License-Identifier: Apache-2.0 */
#include "server_text.h"

#include <string.h>

#include "sensor/infer/explain.h"
#include "sensor/infer/prose.h"
#include "server_text_part.h"

/* Below this many columns left, the reason goes on lines of its own. */
#define WHY_MIN 72u
#define INDENT	4u

/* "[…]:65535" is the longest server. */
#define CELL 64
/* "CONF  MAIL  FROM   FOR  " */
#define NUMBERS 24u

static void
server_cell(const struct server_key *key, char cell[CELL])
{
	struct prose p;

	prose_init(&p, cell, CELL);
	prose_endpoint(&p, key);
}

static void
verdict_cell(enum verdict_kind kind, enum verdict_grade of, char cell[CELL])
{
	const char *grade = of == GRADE_SUSPECTED ? ", suspected"
			    : of == GRADE_CONFIRMED && verdict_is_relay(kind)
				    ? ", confirmed"
				    : "";

	snprintf(cell, CELL, "%s%s", verdict_name(kind), grade);
}

/* A count for people, four columns at most up to 10^12: 9999, 12k, 3M, 4G. */
static void
count_cell(uint64_t n, bool known, char cell[CELL])
{
	if (!known)
		snprintf(cell, CELL, "-");
	else if (n < 10000)
		snprintf(cell, CELL, "%u", (unsigned)n);
	else if (n < 1000000)
		snprintf(cell, CELL, "%uk", (unsigned)(n / 1000));
	else if (n < 1000000000)
		snprintf(cell, CELL, "%uM", (unsigned)(n / 1000000));
	else
		snprintf(cell, CELL, "%lluG", (unsigned long long)(n / 1000000000));
}

static unsigned
wider(unsigned width, const char *cell)
{
	size_t n = strlen(cell);

	return n > width ? (unsigned)n : width;
}

void
server_text_table_init(struct server_text_table *t, const struct server_text_style *style)
{
	*t = (struct server_text_table){.style = style, .server = 6, .verdict = 7};
}

void
server_text_table_measure(struct server_text_table *t, const struct server_key *key,
	enum verdict_kind kind, enum verdict_grade grade)
{
	char cell[CELL];

	server_cell(key, cell);
	t->server = wider(t->server, cell);
	verdict_cell(kind, grade, cell);
	t->verdict = wider(t->verdict, cell);
	t->measured++;
}

static void
columns_fit(struct server_text_table *t)
{
	unsigned width = t->style->width;

	/* Rather a long server on a line of its own than every row broken. */
	if (width && t->server + 2 + t->verdict + 2 + NUMBERS > width + 2) {
		unsigned rest = t->verdict + 2 + NUMBERS;

		t->server = width > rest + 21 ? width - rest : 21;
	}
	t->before_why = t->server + 2 + t->verdict + 2 + NUMBERS;
	t->why_beside = width == 0 || width >= t->before_why + WHY_MIN;
}

void
server_text_table_begin(struct server_text_table *t, FILE *to)
{
	if (t->measured == 0) {
		fputs("No mail server was seen.\n", to);
		return;
	}
	columns_fit(t);
	server_text_bold(t->style, to);
	fprintf(to, "%-*s  %-*s  CONF  MAIL  FROM   FOR%s", (int)t->server, "SERVER",
		(int)t->verdict, "VERDICT", t->why_beside ? "  WHY" : "");
	server_text_plain(t->style, to);
	fputc('\n', to);
}

static void
write_server(const struct server_text_table *t, const struct server_row *row, FILE *to)
{
	char cell[CELL];

	server_cell(&row->key, cell);
	if (strlen(cell) > t->server)
		fprintf(to, "%s\n%*s  ", cell, (int)t->server, "");
	else
		fprintf(to, "%-*s  ", (int)t->server, cell);
}

static void
write_verdict(const struct server_text_table *t, const struct server_row *row, FILE *to)
{
	char cell[CELL];
	unsigned n;

	verdict_cell(row->kind, row->grade, cell);
	n = (unsigned)strlen(cell);
	server_text_colour(t->style, row->kind, to);
	fputs(cell, to);
	server_text_plain(t->style, to);
	fprintf(to, "%*s  ", n < t->verdict ? (int)(t->verdict - n) : 0, "");
}

static void
write_numbers(const struct server_row *row, FILE *to)
{
	char mail[CELL], from[CELL], domains[CELL];

	count_cell(row->messages, row->exposed, mail);
	count_cell(row->clients, row->exposed, from);
	count_cell(row->domains, row->exposed, domains);
	if (row->confidence > 0)
		fprintf(to, "%4.2f", server_text_confidence(row->confidence));
	else
		fprintf(to, "%4s", "-");
	fprintf(to, "  %4s  %4s  %4s", mail, from, domains);
}

/* "mail.corp.test (Postfix): Relays for strangers: …" */
static void
why_of(const struct server_row *row, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room);
	prose_peer(&p, row->name);
	if (row->mta)
		prose_add(&p, row->name.len ? " (%s)" : "%s", row->mta);
	prose_add(&p, "%s%s", p.used ? ": " : "", row->why);
}

static void
write_why(const struct server_text_table *t, const struct server_row *row, FILE *to)
{
	char why[2 * EXPLAIN_SHORT_MAX + PROSE_PEER_MAX];
	unsigned at = t->why_beside ? t->before_why : INDENT;

	why_of(row, why, sizeof(why));
	fprintf(to, t->why_beside ? "  " : "\n%*s", (int)INDENT, "");
	server_text_wrap(to, why, at, at, t->style->width);
}

void
server_text_table_row(
	struct server_text_table *t, const struct server_row *row, FILE *to)
{
	write_server(t, row, to);
	write_verdict(t, row, to);
	write_numbers(row, to);
	write_why(t, row, to);
	t->rows++;
}

void
server_text_table_end(const struct server_text_table *t, FILE *to)
{
	char legend[EXPLAIN_SHORT_MAX];
	struct prose p;

	if (t->measured == 0)
		return;
	prose_init(&p, legend, sizeof(legend));
	prose_count(&p, t->rows, "server");
	prose_add(&p, ". MAIL: messages taken from strangers, FROM so many clients, FOR "
		      "so many "
		      "domains. CONF: confidence, from 0 to 1.");
	fputc('\n', to);
	server_text_wrap(to, legend, 0, 0, t->style->width);
}

void
server_text_table(
	const struct ranking *r, const struct server_text_style *style, FILE *to)
{
	struct server_text_table t;
	struct server_row row;

	server_text_table_init(&t, style);
	for (size_t i = 0; i < r->count; i++)
		server_text_table_measure(
			&t, &r->at[i].server->key, r->at[i].kind, r->at[i].grade);
	server_text_table_begin(&t, to);
	for (size_t i = 0; i < r->count; i++) {
		server_row_of(&r->at[i], &row);
		server_text_table_row(&t, &row, to);
	}
	server_text_table_end(&t, to);
}
