/* SPDX-License-Identifier: Apache-2.0 */
#include "report_csv.h"

#include <inttypes.h>
#include <string.h>

#include "report_text.h"
#include "sensor/base/time_text.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/explain_parts.h"

struct csv {
	const struct report_model *m;
	FILE *to;
	struct report_text text;
};

static const char header[] = "ip,port,name,mta,verdict,grade,confidence,cause,messages,"
			     "clients,domains,open_from,"
			     "open_to,first_seen,last_seen,transactions,connections,"
			     "encrypted,short,explanation,"
			     "file,frame\r\n";

/* What a spreadsheet takes for the begin of a formula, behind blanks too. */
static bool
is_formula(const char *cooked)
{
	/* U+FF0B, U+FF0D, U+FF1D and U+FF20: their full-width forms. */
	static const char *const wide[] = {
		"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d", "\xef\xbc\xa0"};

	cooked += strspn(cooked, " ");
	for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
		if (strncmp(cooked, wide[i], 3) == 0)
			return true;
	return *cooked && strchr("=+-@\t\r", *cooked);
}

/* RFC 4180 2.5 to 2.7: quotes around all, and each quote inside twice. */
static void
put(struct csv *c, const char *cooked)
{
	fputs(is_formula(cooked) ? "\"'" : "\"", c->to);
	for (const char *p = cooked; *p; p++) {
		if (*p == '"')
			putc('"', c->to);
		putc(*p, c->to);
	}
	fputs("\",", c->to);
}

static void
put_peer(struct csv *c, struct span s)
{
	put(c, report_text_cook(&c->text, s, REPORT_TEXT_PEER));
}

static void
put_text(struct csv *c, const char *s)
{
	put(c, report_text_cook(&c->text, span_of_text(s ? s : ""), REPORT_TEXT_OURS));
}

static void
put_number(struct csv *c, uint64_t n)
{
	fprintf(c->to, "%" PRIu64 ",", n);
}

static void
put_time(struct csv *c, uint64_t ns)
{
	char text[TIME_TEXT];

	if (!ns) {
		fputs(",", c->to);
		return;
	}
	time_text_write(ns, text);
	fprintf(c->to, "%s,", text);
}

static void
put_exposure(struct csv *c, const struct exposure *e)
{
	if (!e->from) {
		fputs(",,,,,", c->to);
		return;
	}
	put_number(c, e->messages);
	put_number(c, e->clients);
	put_number(c, e->domains);
	put_time(c, e->from);
	put_time(c, e->to);
}

/* Where the packet is that shows it best; the line's end. */
static void
put_place(struct csv *c, const struct verdict *v)
{
	const struct evidence *e = explain_furthest(v);

	if (!e && v->evidence_count)
		e = &v->evidence[0];
	if (!e || !e->at.frame) {
		fputs(",\r\n", c->to);
		return;
	}
	put_text(c, record_files_name(c->m->in->files, e->at.file));
	fprintf(c->to, "%u\r\n", (unsigned)e->at.frame);
}

static void
write_server(struct csv *c, const struct verdict *v)
{
	const struct identity *id = v->identity;
	char text[EXPLAIN_MAX], ip[IP_ADDR_TEXT];

	ip_addr_write(&v->server->key.addr, ip);
	put_text(c, ip);
	put_number(c, v->server->key.port);
	put_peer(c, word_span(id->name));
	put_text(c, smtp_mta_name(id->mta));
	put_text(c, verdict_name(v->kind));
	put_text(c, verdict_grade_name(v->grade));
	if (v->confidence > 0)
		fprintf(c->to, "%.3f", v->confidence);
	fputs(",", c->to);
	put_text(c, verdict_cause_name(v->cause));
	put_exposure(c, &v->exposure);
	put_time(c, id->first);
	put_time(c, id->last);
	put_number(c, id->transactions);
	put_number(c, id->connections);
	put_number(c, id->encrypted);
	explain_short(v, text, sizeof(text));
	put_peer(c, span_of_text(text));
	explain_long(v, text, sizeof(text));
	put_peer(c, span_of_text(text));
	put_place(c, v);
}

void
report_csv_write(const struct report_model *m, FILE *to)
{
	struct csv c = {.m = m, .to = to};

	report_text_init(&c.text, m->in->redact);
	fputs(header, to);
	for (size_t i = 0; i < m->in->ranking->count; i++)
		write_server(&c, &m->in->ranking->at[i]);
	report_text_free(&c.text);
}
