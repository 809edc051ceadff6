/* SPDX-License-Identifier: Apache-2.0 */
#include "report_markdown.h"

#include "report_users.h"
#include "report_words.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"

void
report_markdown_endpoint(struct markdown *d, const struct verdict *v)
{
	char endpoint[IP_ADDR_TEXT + 16];
	struct prose p;

	prose_init(&p, endpoint, sizeof(endpoint));
	prose_endpoint(&p, &v->server->key);
	markdown_out_ours(&d->out, endpoint);
	if (!v->identity->name || !v->identity->name->len)
		return;
	markdown_out_markup(&d->out, " ");
	markdown_out_peer(&d->out, word_span(v->identity->name));
}

void
report_markdown_verdict(struct markdown *d, const struct verdict *v)
{
	const char *grade = report_words_grade(v);

	markdown_out_format(&d->out, "%s%s%s", report_words_verdict(v->kind),
		*grade ? ", " : "", grade);
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
	markdown_out_markup(&d->out, " (");
	markdown_out_ours(&d->out, place);
	markdown_out_markup(&d->out, ")");
}

static void
begin_item(struct markdown *d, uint64_t ns)
{
	markdown_out_markup(&d->out, "- ");
	if (!ns)
		return;
	markdown_out_time(&d->out, ns);
	markdown_out_markup(&d->out, ": ");
}

void
report_markdown_item(struct markdown *d, struct moment at, const char *text)
{
	begin_item(d, at.ns);
	markdown_out_evidence(&d->out, text);
	write_place(d, at);
	markdown_out_markup(&d->out, "\n");
}

/* Rows that so many buckets make: sixteen at most. */
#define ACTIVITY_ROWS 16u

static uint64_t
taken_in(const struct activity *a, enum activity_series series, size_t from, size_t step)
{
	uint64_t n = 0;

	for (size_t b = from; b < from + step && b < activity_buckets(a); b++)
		n += activity_count(a, series, b);
	return n;
}

static void
write_activity_row(
	struct markdown *d, const struct activity *a, size_t bucket, size_t step)
{
	uint64_t n[ACTIVITY_SERIES], all = 0;

	for (size_t s = 0; s < ACTIVITY_SERIES; s++)
		all += n[s] = taken_in(a, (enum activity_series)s, bucket, step);
	if (!all)
		return;
	markdown_out_markup(&d->out, "| ");
	markdown_out_time(&d->out, activity_start(a) + bucket * activity_width(a));
	for (size_t s = 0; s < ACTIVITY_SERIES; s++) {
		markdown_out_markup(&d->out, " | ");
		markdown_out_number(&d->out, n[s]);
	}
	markdown_out_markup(&d->out, " |\n");
}

/* What the page shows as a picture. */
static void
write_activity(struct markdown *d, const struct verdict *v)
{
	const struct activity *a = &v->identity->activity;
	char text[REPORT_WORDS_MAX];
	struct prose p;
	size_t step = 1;

	if (!report_words_activity_peak(a))
		return;
	while ((activity_buckets(a) + step - 1) / step > ACTIVITY_ROWS)
		step *= 2;
	prose_init(&p, text, sizeof(text));
	prose_add(&p, "Messages over time: ");
	report_words_activity(&p, a);
	prose_add(&p, " A row is ");
	report_words_duration(&p, step * activity_width(a));
	prose_add(&p, "; rows without any are left out.");
	markdown_out_markup(&d->out, "\n");
	markdown_out_ours(&d->out, text);
	markdown_out_markup(&d->out, "\n\n| From |");
	for (size_t s = 0; s < ACTIVITY_SERIES; s++)
		markdown_out_format(
			&d->out, " %s |", report_words_series((enum activity_series)s));
	markdown_out_markup(&d->out, "\n|---|---:|---:|---:|\n");
	for (size_t b = 0; b < activity_buckets(a); b += step)
		write_activity_row(d, a, b, step);
}

static void
write_evidence(struct markdown *d, const struct verdict *v)
{
	char text[EXPLAIN_MAX];

	if (!v->evidence_count)
		return;
	markdown_out_markup(&d->out, "\nEvidence:\n\n");
	for (size_t i = 0; i < v->evidence_count; i++) {
		explain_evidence(v, &v->evidence[i], text, sizeof(text));
		report_markdown_item(d, v->evidence[i].at, text);
	}
}

static void
write_user(struct markdown *d, const struct report_user *u)
{
	char client[IP_ADDR_TEXT];

	ip_addr_write(&u->client, client);
	markdown_out_markup(&d->out, "| ");
	markdown_out_ours(&d->out, client);
	markdown_out_markup(&d->out, " | ");
	if (u->domain && u->domain->len)
		markdown_out_peer(&d->out, word_span(u->domain));
	else
		markdown_out_markup(&d->out, "(none)");
	markdown_out_markup(&d->out, " | ");
	markdown_out_number(&d->out, (uint64_t)(u->messages + 0.5));
	markdown_out_markup(&d->out, " | ");
	markdown_out_number(&d->out, u->sent);
	markdown_out_markup(&d->out, " | ");
	markdown_out_number(&d->out, u->refused);
	markdown_out_markup(&d->out, " |\n");
}

static void
write_users(struct markdown *d, const struct verdict *v)
{
	char text[REPORT_WORDS_MAX];
	struct report_users u;
	struct prose p;

	report_users_fill(&u, d->m->in->infer, v);
	if (u.count)
		markdown_out_markup(&d->out,
			"\nStrangers, and the domains they wrote to:\n\n"
			"| Client | Domain | Messages | Sent on | Refused |\n"
			"|---|---|---:|---:|---:|\n");
	for (size_t i = 0; i < u.count && i < REPORT_USERS_SHOWN; i++)
		write_user(d, &u.at[i]);
	prose_init(&p, text, sizeof(text));
	report_words_users(&p, &u);
	if (p.used) {
		markdown_out_markup(&d->out, "\n");
		markdown_out_prose(&d->out, text);
		markdown_out_markup(&d->out, "\n");
	}
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
	markdown_out_format(&d->out, "\n%s:\n", heading);
	while (*line) {
		size_t len = strcspn(line, "\n");
		bool copied = len && line[0] == ' ';
		struct span here = span_of(line, len);

		if (!copied || !code)
			markdown_out_markup(&d->out, "\n");
		if (copied) {
			markdown_out_code(&d->out, span_slice(here, 2, len));
		} else {
			markdown_out_line(&d->out, here);
			markdown_out_markup(&d->out, "\n");
		}
		code = copied;
		line += len + (line[len] == '\n');
	}
}

static void
write_missing(struct markdown *d, const struct verdict *v)
{
	if (!v->missing)
		return;
	markdown_out_markup(&d->out, "\nNot seen:\n\n");
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit) {
			markdown_out_markup(&d->out, "- ");
			markdown_out_ours(&d->out, explain_missing(bit));
			markdown_out_markup(&d->out, "\n");
		}
}

static void
write_event(struct markdown *d, const struct report_event *e)
{
	begin_item(d, e->time);
	markdown_out_prose(&d->out, e->text);
	markdown_out_markup(&d->out, " (");
	markdown_out_prose(&d->out, e->kind);
	markdown_out_markup(&d->out, ")\n");
}

/* The newest. */
static void
write_events(struct markdown *d, const struct verdict *v)
{
	size_t count = report_model_events(d->m, v->server);
	size_t skip = count > REPORT_EVENTS_MAX ? count - REPORT_EVENTS_MAX : 0;
	size_t at = 0;

	if (count)
		markdown_out_markup(&d->out, "\nHistory:\n\n");
	for (size_t n = 0; n < count; n++, at++) {
		at = report_model_next_event(d->m, v->server, at);
		if (n >= skip)
			write_event(d, &d->m->in->events[at]);
	}
	if (skip)
		markdown_out_format(&d->out, "\n%zu older ones are left out.\n", skip);
}

void
report_markdown_server(struct markdown *d, const struct verdict *v)
{
	char text[EXPLAIN_MAX];
	struct prose p;

	markdown_out_markup(&d->out, "\n### ");
	report_markdown_endpoint(d, v);
	markdown_out_markup(&d->out, ": ");
	report_markdown_verdict(d, v);
	markdown_out_markup(&d->out, "\n\n");
	explain_long(v, text, sizeof(text));
	markdown_out_prose(&d->out, text);
	markdown_out_markup(&d->out, "\n");
	prose_init(&p, text, sizeof(text));
	report_words_exposure(&p, v);
	if (p.used) {
		markdown_out_markup(&d->out, "\n");
		markdown_out_prose(&d->out, text);
		markdown_out_markup(&d->out, "\n");
	}
	write_advice(d, "Contain it now", advice_contain, v);
	write_activity(d, v);
	write_users(d, v);
	write_evidence(d, v);
	write_missing(d, v);
	write_advice(d, "Mend it for good", advice_mend, v);
	write_advice(d, "Confirm from outside", advice_confirm, v);
	write_events(d, v);
}
