/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_make.h"

#include "alert_parts.h"
#include "sensor/infer/finding_words.h"

static void
keep_words(struct alert *a, const struct finding *f)
{
	char text[FINDING_EXPLAIN_MAX];
	size_t n = finding_detail(f, text, sizeof(text));

	a->detail = alert_words_of_server(a, span_of(text, n), false);
	n = finding_explain(f, text, sizeof(text));
	a->explanation = alert_keep(a, span_of(text, n));
	a->mend = alert_keep_text(a, finding_advice(f));
}

static void
keep_clients(struct alert *a, const struct finding *f)
{
	size_t count =
		f->client_count < ALERT_CLIENTS_MAX ? f->client_count : ALERT_CLIENTS_MAX;

	for (size_t i = 0; i < count; i++)
		a->clients[i] = f->clients[i];
	a->client_count = count;
	a->client_total = f->client_count + (uint64_t)f->more_clients;
	a->client = f->key.client;
	if (ip_addr_is_none(&a->client) && count)
		a->client = f->clients[0];
	if (count == 0 && !ip_addr_is_none(&a->client)) {
		a->clients[0] = a->client;
		a->client_count = a->client_total = 1;
	}
}

static void
keep_evidence(struct alert *a, const struct finding *f, const struct record_files *files)
{
	for (uint32_t i = 0; i < f->evidence_count; i++) {
		const struct finding_evidence *from = &f->evidence[i];
		struct alert_evidence *e = &a->evidence[a->evidence_count++];

		e->what = alert_keep_text(a, from->what);
		e->time = from->at.ns;
		if (!from->at.frame)
			continue;
		e->file = alert_keep_text(a, record_files_name(files, from->at.file));
		e->frame = from->at.frame;
	}
}

struct alert *
alert_of_finding(const struct finding *f, const struct record_files *files, uint64_t time)
{
	enum finding_kind kind = (enum finding_kind)f->key.kind;
	struct alert *a = alert_new();

	a->kind = ALERT_FINDING;
	a->severity = (enum alert_severity)f->severity;
	a->rule = alert_keep_text(a, finding_kind_name(kind));
	a->title = alert_keep_text(a, finding_kind_title(kind));
	a->time = time;
	a->first = f->first;
	a->last = f->last > f->first ? f->last : f->first;
	a->count = f->count;
	a->server = f->key.server;
	a->port = (uint16_t)f->key.port;
	a->server_name = alert_keep(a, word_span(f->name));
	keep_words(a, f);
	keep_clients(a, f);
	keep_evidence(a, f, files);
	return a;
}
