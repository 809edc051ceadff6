/* SPDX-License-Identifier: Apache-2.0 */
#include "server_json.h"

#include "sensor/infer/advice.h"
#include "sensor/infer/explain.h"
#include "sensor/record/record.h"

static void
write_place(struct json_out *j, const struct verdict *v)
{
	const struct identity *id = v->identity;

	json_out_object(j, "server");
	json_out_addr(j, "ip", &v->server->key.addr);
	json_out_uint(j, "port", v->server->key.port);
	json_out_span_if(j, "name", word_span(id->name));
	json_out_text_if(j, "mta", smtp_mta_name(id->mta));
	json_out_object_end(j);
	json_out_text(j, "address_family",
		ip_addr_is_v4(&v->server->key.addr) ? "ipv4" : "ipv6");
}

/* Several hosts may answer behind one address: this verdict is about one of them. */
static void
write_identities(struct json_out *j, const struct server *server)
{
	if (!server->identities || !server->identities->next)
		return;
	json_out_array(j, "identities");
	for (const struct identity *id = server->identities; id; id = id->next)
		if (id->name && id->name->len)
			json_out_span(j, NULL, word_span(id->name));
	json_out_array_end(j);
}

static void
write_tricks(struct json_out *j, unsigned tricks)
{
	if (!tricks)
		return;
	json_out_array(j, "tricks");
	for (unsigned bit = 1; bit < 1u << TRICK_COUNT; bit <<= 1)
		if (tricks & bit)
			json_out_text(j, NULL, trick_name(bit));
	json_out_array_end(j);
}

static void
write_answer(struct json_out *j, const struct verdict *v)
{
	json_out_text(j, "verdict", verdict_name(v->kind));
	json_out_text_if(j, "grade", verdict_grade_name(v->grade));
	if (v->confidence > 0)
		json_out_fixed(j, "confidence", v->confidence, 3);
	json_out_text_if(j, "cause", verdict_cause_name(v->cause));
	json_out_addr_if(j, "masked_as", &v->masked_as);
	write_tricks(j, v->tricks);
}

static void
write_time_if(struct json_out *j, const char *key, uint64_t ns)
{
	if (ns)
		json_out_time(j, key, ns);
}

static void
write_exposure(struct json_out *j, const struct exposure *e)
{
	if (e->from == 0)
		return;
	json_out_object(j, "exposure");
	json_out_time(j, "from", e->from);
	json_out_time(j, "to", e->to);
	json_out_uint(j, "messages", e->messages);
	json_out_uint(j, "clients", e->clients);
	json_out_uint(j, "domains", e->domains);
	json_out_object_end(j);
}

static void
write_seen(struct json_out *j, const struct verdict *v)
{
	const struct identity *id = v->identity;

	write_time_if(j, "first_seen", id->first);
	write_time_if(j, "last_seen", id->last);
	write_exposure(j, &v->exposure);
	json_out_object(j, "seen");
	json_out_uint(j, "transactions", id->transactions);
	json_out_uint(j, "connections", id->connections);
	json_out_uint(j, "encrypted", id->encrypted);
	json_out_uint(j, "one_sided", id->one_sided);
	json_out_object_end(j);
	json_out_addr_if(j, "trusted_client", &v->trusted);
	json_out_uint_if(j, "trusted_clients", v->trusted_count);
	json_out_uint_if(j, "denied_clients", v->denied_clients);
	write_time_if(j, "last_denied", v->last_denied);
	write_time_if(j, "last_taken", v->last_taken);
}

static void
write_words(struct json_out *j, const struct verdict *v)
{
	char text[EXPLAIN_MAX];

	explain_short(v, text, sizeof(text));
	json_out_text(j, "short", text);
	explain_long(v, text, sizeof(text));
	json_out_text(j, "explanation", text);
	if (!v->missing)
		return;
	json_out_array(j, "missing");
	for (unsigned bit = 1; bit <= MISSING_ONWARD; bit <<= 1)
		if (v->missing & bit)
			json_out_text(j, NULL, explain_missing(bit));
	json_out_array_end(j);
}

/* An attempt keeps one reply and one queue id: given only where they belong to the stage.
 */
static void
write_stage(struct json_out *j, const struct evidence *e)
{
	const struct attempt *a = e->a;
	bool refused = e->kind == EVIDENCE_DENIED;
	bool onward = e->kind == EVIDENCE_SENT_ON || e->kind == EVIDENCE_TRIED ||
		      e->kind == EVIDENCE_INSIDE || e->kind == EVIDENCE_INNER_REFUSED;
	bool answer = refused || e->kind == EVIDENCE_TAKEN ||
		      e->kind == EVIDENCE_RCPT_TAKEN || e->kind == EVIDENCE_TRUSTED;

	if (onward) {
		json_out_text_if(j, "tie", a->tie != TIE_NONE ? tie_name(a->tie) : NULL);
		json_out_addr_if(j, "next_hop", &a->next_hop);
		json_out_span_if(j, "next_hop_name", word_span(a->next_name));
	}
	if (onward || e->kind == EVIDENCE_TAKEN)
		json_out_text_if(j, "queue_id", a->queue_id);
	if (answer && a->reply_code && (a->reply_code >= 400) == refused) {
		json_out_uint(j, "reply_code", a->reply_code);
		json_out_text_if(j, "reply", a->reply);
	}
	if (e->kind == EVIDENCE_MASKED)
		json_out_addr_if(j, "masked_as", &a->masked_as);
}

static void
write_evidence(struct json_out *j, const struct verdict *v, const struct evidence *e,
	const struct record_files *files)
{
	char text[EXPLAIN_MAX];

	explain_evidence(v, e, text, sizeof(text));
	json_out_object(j, NULL);
	json_out_text(j, "kind", verdict_evidence_name(e->kind));
	json_out_text(j, "what", text);
	json_out_fixed(j, "weight", e->weight, 1);
	write_time_if(j, "time", e->at.ns);
	if (e->at.frame) {
		json_out_text_if(j, "file", record_files_name(files, e->at.file));
		json_out_uint(j, "frame", e->at.frame);
	}
	json_out_addr_if(j, "client", &e->a->key.client);
	json_out_span_if(j, "domain", word_span(e->a->key.domain));
	write_stage(j, e);
	json_out_object_end(j);
}

static void
write_advice(struct json_out *j, const struct verdict *v)
{
	char text[ADVICE_MAX];

	if (!verdict_is_relay(v->kind))
		return;
	json_out_object(j, "advice");
	advice_contain(v, text, sizeof(text));
	json_out_text_if(j, "contain", text);
	advice_mend(v, text, sizeof(text));
	json_out_text_if(j, "mend", text);
	advice_confirm(v, text, sizeof(text));
	json_out_text_if(j, "confirm", text);
	json_out_object_end(j);
}

void
server_json_write(
	const struct verdict *v, const struct record_files *files, struct json_out *j)
{
	json_out_object(j, NULL);
	json_out_text(j, "type", "server");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	write_place(j, v);
	write_identities(j, v->server);
	write_answer(j, v);
	write_seen(j, v);
	write_words(j, v);
	if (v->evidence_count) {
		json_out_array(j, "evidence");
		for (size_t i = 0; i < v->evidence_count; i++)
			write_evidence(j, v, &v->evidence[i], files);
		json_out_array_end(j);
	}
	write_advice(j, v);
	json_out_object_end(j);
}
