/* SPDX-License-Identifier: Apache-2.0 */
#include "server_text.h"

#include <string.h>

#include "sensor/infer/explain.h"
#include "sensor/infer/prose.h"
#include "server_text_part.h"

/* Below this many columns left, the reason goes on lines of its own. */
#define WHY_MIN 72u
#define INDENT	4u

/* Columns of a row, but for the reason; "[…]:65535" is the longest server. */
struct columns {
	unsigned server;
	unsigned verdict;
	unsigned before_why; /* all of the row's columns and the gaps between them */
	unsigned width;
	bool why_beside;
};

#define CELL 64
/* "CONF  MAIL  FROM   FOR  " */
#define NUMBERS 24u

static void
server_cell(const struct verdict *v, char cell[CELL])
{
	struct prose p;

	prose_init(&p, cell, CELL);
	prose_endpoint(&p, &v->server->key);
}

static void
verdict_cell(const struct verdict *v, char cell[CELL])
{
	const char *grade = v->grade == GRADE_SUSPECTED ? ", suspected"
			    : v->grade == GRADE_CONFIRMED && verdict_is_relay(v->kind)
				    ? ", confirmed"
				    : "";

	snprintf(cell, CELL, "%s%s", verdict_name(v->kind), grade);
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

static void
columns_measure(
	struct columns *c, const struct ranking *r, const struct server_text_style *style)
{
	char cell[CELL];

	*c = (struct columns){.server = 6, .verdict = 7, .width = style->width};
	for (size_t i = 0; i < r->count; i++) {
		server_cell(&r->at[i], cell);
		c->server = wider(c->server, cell);
		verdict_cell(&r->at[i], cell);
		c->verdict = wider(c->verdict, cell);
	}
	/* Rather a long server on a line of its own than every row broken. */
	if (c->width && c->server + 2 + c->verdict + 2 + NUMBERS > c->width + 2) {
		unsigned rest = c->verdict + 2 + NUMBERS;

		c->server = c->width > rest + 21 ? c->width - rest : 21;
	}
	c->before_why = c->server + 2 + c->verdict + 2 + NUMBERS;
	c->why_beside = c->width == 0 || c->width >= c->before_why + WHY_MIN;
}

static void
write_header(const struct columns *c, const struct server_text_style *style, FILE *to)
{
	server_text_bold(style, to);
	fprintf(to, "%-*s  %-*s  CONF  MAIL  FROM   FOR%s", (int)c->server, "SERVER",
		(int)c->verdict, "VERDICT", c->why_beside ? "  WHY" : "");
	server_text_plain(style, to);
	fputc('\n', to);
}

static void
write_server(const struct columns *c, const struct verdict *v, FILE *to)
{
	char cell[CELL];

	server_cell(v, cell);
	if (strlen(cell) > c->server)
		fprintf(to, "%s\n%*s  ", cell, (int)c->server, "");
	else
		fprintf(to, "%-*s  ", (int)c->server, cell);
}

static void
write_verdict(const struct columns *c, const struct verdict *v,
	const struct server_text_style *style, FILE *to)
{
	char cell[CELL];

	verdict_cell(v, cell);
	server_text_colour(style, v->kind, to);
	fputs(cell, to);
	server_text_plain(style, to);
	fprintf(to, "%*s  ", (int)(c->verdict - strlen(cell)), "");
}

static void
write_numbers(const struct verdict *v, FILE *to)
{
	bool exposed = v->exposure.from != 0;
	char mail[CELL], from[CELL], domains[CELL];

	count_cell(v->exposure.messages, exposed, mail);
	count_cell(v->exposure.clients, exposed, from);
	count_cell(v->exposure.domains, exposed, domains);
	if (v->confidence > 0)
		fprintf(to, "%4.2f", server_text_confidence(v));
	else
		fprintf(to, "%4s", "-");
	fprintf(to, "  %4s  %4s  %4s", mail, from, domains);
}

/* "mail.corp.test (Postfix): Relays for strangers: …" */
static void
why_of(const struct verdict *v, char *out, size_t room)
{
	const struct word *name = v->identity->name;
	const char *mta = smtp_mta_name(v->identity->mta);
	char why[EXPLAIN_SHORT_MAX];
	struct prose p;

	prose_init(&p, out, room);
	prose_word(&p, name);
	if (mta)
		prose_add(&p, name && name->len ? " (%s)" : "%s", mta);
	explain_short(v, why, sizeof(why));
	prose_add(&p, "%s%s", p.used ? ": " : "", why);
}

static void
write_why(const struct columns *c, const struct verdict *v, FILE *to)
{
	char why[2 * EXPLAIN_SHORT_MAX + PROSE_PEER_MAX];
	unsigned at = c->why_beside ? c->before_why : INDENT;

	why_of(v, why, sizeof(why));
	fprintf(to, c->why_beside ? "  " : "\n%*s", (int)INDENT, "");
	server_text_wrap(to, why, at, at, c->width);
}

static void
write_legend(size_t servers, unsigned width, FILE *to)
{
	char legend[EXPLAIN_SHORT_MAX];
	struct prose p;

	prose_init(&p, legend, sizeof(legend));
	prose_count(&p, servers, "server");
	prose_add(&p, ". MAIL: messages taken from strangers, FROM so many clients, FOR "
		      "so many "
		      "domains. CONF: confidence, from 0 to 1.");
	fputc('\n', to);
	server_text_wrap(to, legend, 0, 0, width);
}

void
server_text_table(
	const struct ranking *r, const struct server_text_style *style, FILE *to)
{
	struct columns c;

	if (r->count == 0) {
		fputs("No mail server was seen.\n", to);
		return;
	}
	columns_measure(&c, r, style);
	write_header(&c, style, to);
	for (size_t i = 0; i < r->count; i++) {
		write_server(&c, &r->at[i], to);
		write_verdict(&c, &r->at[i], style, to);
		write_numbers(&r->at[i], to);
		write_why(&c, &r->at[i], to);
	}
	write_legend(r->count, style->width, to);
}
