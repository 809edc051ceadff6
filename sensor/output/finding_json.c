/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_json.h"

#include "sensor/infer/finding_tester.h"
#include "sensor/infer/finding_words.h"

static void
write_moment(struct json_out *j, struct moment at, const struct record_files *files)
{
	if (at.ns)
		json_out_time(j, "time", at.ns);
	if (!at.frame)
		return;
	json_out_text_if(j, "file", record_files_name(files, at.file));
	json_out_uint(j, "frame", at.frame);
}

static void
write_server(struct json_out *j, const struct finding *f)
{
	json_out_object(j, "server");
	json_out_addr(j, "ip", &f->key.server);
	json_out_uint_if(j, "port", f->key.port);
	json_out_span_if(j, "name", word_span(f->name));
	json_out_object_end(j);
}

/* One client, or how many. */
static void
write_clients(struct json_out *j, const struct finding *f)
{
	const struct ip_addr *one = !ip_addr_is_none(&f->key.client) ? &f->key.client
				    : f->client_count == 1	     ? &f->clients[0]
								     : NULL;

	if (one) {
		json_out_object(j, "client");
		json_out_addr(j, "ip", one);
		json_out_object_end(j);
		return;
	}
	if (!f->client_count)
		return;
	json_out_array(j, "clients");
	for (uint32_t i = 0; i < f->client_count; i++)
		json_out_addr(j, NULL, &f->clients[i]);
	json_out_array_end(j);
	json_out_bool_if(j, "more_clients", f->more_clients);
}

static void
write_testers(struct json_out *j, unsigned testers)
{
	json_out_array(j, "testers");
	for (unsigned i = 0; i < TESTER_COUNT; i++)
		if (testers >> i & 1)
			json_out_text(j, NULL, tester_name(1u << i));
	json_out_array_end(j);
}

static void
write_tests(struct json_out *j, const struct finding_test *tests,
	const struct record_files *files)
{
	json_out_array(j, "tests");
	for (unsigned i = 0; i < FINDING_TESTS; i++) {
		const struct finding_test *t = &tests[i];

		if (!t->at.ns)
			continue;
		json_out_object(j, NULL);
		json_out_uint(j, "number", i + 1);
		json_out_text(j, "what", tester_test_name(i + 1));
		json_out_text_if(j, "mail_from", t->from);
		json_out_text_if(j, "rcpt_to", t->to);
		json_out_text(j, "answer", finding_answer_name(t->answer));
		json_out_uint_if(j, "code", t->code);
		write_moment(j, t->at, files);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

static void
write_evidence(
	struct json_out *j, const struct finding *f, const struct record_files *files)
{
	json_out_array(j, "evidence");
	for (uint32_t i = 0; i < f->evidence_count; i++) {
		json_out_object(j, NULL);
		json_out_text(j, "what", f->evidence[i].what);
		write_moment(j, f->evidence[i].at, files);
		json_out_object_end(j);
	}
	json_out_array_end(j);
}

void
finding_json_write(
	const struct finding *f, const struct record_files *files, struct json_out *j)
{
	char text[FINDING_EXPLAIN_MAX];

	json_out_object(j, NULL);
	json_out_text(j, "type", "finding");
	json_out_uint(j, "schema", RECORD_SCHEMA);
	json_out_text(j, "kind", finding_kind_name((enum finding_kind)f->key.kind));
	json_out_text(j, "severity", finding_severity_name(f->severity));
	json_out_text(j, "title", finding_kind_title((enum finding_kind)f->key.kind));
	json_out_time(j, "time", f->first);
	json_out_time(j, "last", f->last > f->first ? f->last : f->first);
	json_out_uint(j, "count", f->count);
	write_server(j, f);
	write_clients(j, f);
	finding_detail(f, text, sizeof(text));
	json_out_text(j, "detail", text);
	if (f->key.kind == FINDING_RELAY_PROBE) {
		write_testers(j, f->of.probe.testers);
		if (f->of.probe.tests)
			write_tests(j, f->of.probe.tests, files);
	}
	write_evidence(j, f, files);
	finding_explain(f, text, sizeof(text));
	json_out_text(j, "explanation", text);
	json_out_text(j, "advice", finding_advice(f));
	json_out_object_end(j);
}
