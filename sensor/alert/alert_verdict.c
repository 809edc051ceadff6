/* SPDX-License-Identifier: Apache-2.0 */
#include "alert_make.h"

#include "alert_parts.h"
#include "sensor/infer/advice.h"
#include "sensor/infer/example.h"
#include "sensor/infer/explain.h"
#include "sensor/infer/explain_parts.h"

void
alert_verdict_rule(struct alert *a, enum verdict_kind kind)
{
	const char *title;

	if (kind == VERDICT_OPEN_RELAY)
		title = "Open mail relay";
	else if (kind == VERDICT_PARTIAL_RELAY)
		title = "Mail server relays by a trick";
	else if (kind == VERDICT_OPEN_SUBMISSION)
		title = "Submission without authentication";
	else
		return;
	a->rule = alert_keep_text(a, verdict_name(kind));
	a->title = alert_keep_text(a, title);
}

static enum alert_severity
severity_of(const struct verdict *v)
{
	bool confirmed = v->grade == GRADE_CONFIRMED;

	if (!verdict_is_relay(v->kind))
		return ALERT_SEVERITY_LOW;
	if (v->kind == VERDICT_OPEN_RELAY)
		return confirmed ? ALERT_SEVERITY_CRITICAL : ALERT_SEVERITY_HIGH;
	return confirmed ? ALERT_SEVERITY_HIGH : ALERT_SEVERITY_MEDIUM;
}

static void
keep_answer(struct alert *a, const struct verdict *v)
{
	a->verdict = alert_keep_text(a, verdict_name(v->kind));
	a->grade = alert_keep_text(a, verdict_grade_name(v->grade));
	a->cause = alert_keep_text(a, verdict_cause_name(v->cause));
	a->masked_as = v->masked_as;
	a->confidence = v->confidence;
	for (unsigned bit = 1; bit < 1u << TRICK_COUNT; bit <<= 1)
		if (v->tricks & bit && a->trick_count < ALERT_TRICKS_MAX)
			a->tricks[a->trick_count++] = alert_keep_text(a, trick_name(bit));
}

static void
keep_place(struct alert *a, const struct verdict *v)
{
	a->server = v->server->key.addr;
	a->port = (uint16_t)v->server->key.port;
	a->server_name = alert_keep(a, word_span(v->identity->name));
	a->mta = alert_keep_text(a, smtp_mta_name(v->identity->mta));
}

static void
keep_words(struct alert *a, const struct verdict *v)
{
	char text[EXPLAIN_MAX > ADVICE_MAX ? EXPLAIN_MAX : ADVICE_MAX];
	size_t n = explain_short(v, text, sizeof(text));

	a->detail =
		alert_words_of_server(a, span_of(text, n), v->kind != VERDICT_UNKNOWN);
	a->explanation =
		alert_keep(a, span_of(text, explain_long(v, text, sizeof(text))));
	a->contain = alert_keep(a, span_of(text, advice_contain(v, text, sizeof(text))));
	a->mend = alert_keep(a, span_of(text, advice_mend(v, text, sizeof(text))));
	a->confirm = alert_keep(a, span_of(text, advice_confirm(v, text, sizeof(text))));
}

/* --- evidence ---------------------------------------------------------------------- */

/* An attempt keeps one reply and one queue id: given only where they belong to the stage.
 */
static void
keep_stage(struct alert *a, struct alert_evidence *to, const struct evidence *e)
{
	const struct attempt *from = e->a;
	bool refused = e->kind == EVIDENCE_DENIED;
	bool onward = e->kind == EVIDENCE_SENT_ON || e->kind == EVIDENCE_TRIED ||
		      e->kind == EVIDENCE_INSIDE || e->kind == EVIDENCE_INNER_REFUSED;
	bool answer = refused || e->kind == EVIDENCE_TAKEN ||
		      e->kind == EVIDENCE_RCPT_TAKEN || e->kind == EVIDENCE_TRUSTED;

	if (onward) {
		to->next_hop = from->next_hop;
		to->next_hop_name = alert_keep(a, word_span(from->next_name));
	}
	if (onward || e->kind == EVIDENCE_TAKEN)
		to->queue_id = alert_keep_text(a, from->queue_id);
	if (answer && from->reply_code && (from->reply_code >= 400) == refused) {
		to->reply_code = from->reply_code;
		to->reply = alert_keep_text(a, from->reply);
	}
}

static void
keep_evidence(struct alert *a, const struct verdict *v, const struct record_files *files)
{
	char text[EXPLAIN_MAX];

	for (size_t i = 0; i < v->evidence_count && i < ALERT_EVIDENCE_MAX; i++) {
		const struct evidence *e = &v->evidence[i];
		struct alert_evidence *to = &a->evidence[a->evidence_count++];
		size_t n = explain_evidence(v, e, text, sizeof(text));

		to->kind = alert_keep_text(a, verdict_evidence_name(e->kind));
		to->what = alert_keep(a, span_of(text, n));
		to->weight = e->weight;
		to->time = e->at.ns;
		if (e->at.frame) {
			to->file =
				alert_keep_text(a, record_files_name(files, e->at.file));
			to->frame = e->at.frame;
		}
		to->client = e->a->key.client;
		to->domain = alert_keep(a, word_span(e->a->key.domain));
		keep_stage(a, to, e);
	}
}

/* --- the message that shows it best --------------------------------------------------
 */

/* Where no message is kept: as the attempt or the client is remembered. */
static struct span
helo_of(const struct verdict *v, const struct attempt *best)
{
	struct identity *id = alert_verdict_identity(v);
	const struct patron *p;

	if (best->key.helo)
		return word_span(best->key.helo);
	p = id ? patron_find(id, &best->key.client) : NULL;
	return p && p->helo_count ? word_span(p->helos[0]) : SPAN_NONE;
}

static void
keep_mail(struct alert *a, const struct verdict *v, const struct attempt *best)
{
	const struct example *e = best->example;

	if (!e || !e->helo[0])
		a->mail.helo = alert_keep(a, helo_of(v, best));
	if (!e)
		return;
	a->client_port = e->client_port;
	a->mail.from = alert_keep_text(a, e->from);
	a->mail.message_id = alert_keep_text(a, e->message_id);
	a->mail.subject = alert_keep_text(a, e->subject);
	if (e->helo[0])
		a->mail.helo = alert_keep_text(a, e->helo);
	if (e->to[0])
		a->mail.to[a->mail.to_count++] = alert_keep_text(a, e->to);
}

static void
keep_best(struct alert *a, const struct verdict *v)
{
	const struct evidence *best = explain_furthest(v);

	if (!best)
		return;
	a->client = best->a->key.client;
	keep_mail(a, v, best->a);
}

struct alert *
alert_of_verdict(struct infer *in, const struct verdict *v,
	const struct record_files *files, uint64_t time)
{
	struct alert *a = alert_new();

	a->kind = ALERT_RELAY;
	a->severity = severity_of(v);
	a->time = time;
	a->first = v->exposure.from;
	a->last = v->exposure.to;
	a->count = v->exposure.messages;
	alert_verdict_rule(a, v->kind);
	keep_answer(a, v);
	keep_place(a, v);
	keep_words(a, v);
	keep_evidence(a, v, files);
	keep_best(a, v);
	alert_verdict_who(a, in, v);
	return a;
}
