/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: fill DIR RECORDS
 *
 * Fills the state.directory DIR as a sensor would that had seen the records (JSON lines):
 * what was learned, verdicts, an alert for each relay, and the transactions. The output
 * "siem" has taken every second alert.
 */
#include <stdio.h>
#include <stdlib.h>

#include "sensor/alert/alert_make.h"
#include "sensor/base/log.h"
#include "sensor/command/command.h"
#include "sensor/infer/infer_state.h"
#include "sensor/infer/ranking.h"
#include "sensor/output/server_json.h"
#include "sensor/record/record_read.h"
#include "sensor/store/store.h"

static void
put_state(struct store_batch *b, struct command_input *i)
{
	struct json_out key, body;
	struct infer_row row;

	json_out_init(&key);
	json_out_init(&body);
	while (infer_state_next(i->infer, &i->files, &key, &body, &row))
		store_batch_state(b, row.table, row.key, row.body);
	/* Another's row, which no command may stumble over. */
	store_batch_state(b, "gate", SPAN_LITERAL("x"), SPAN_LITERAL("y"));
	json_out_free(&key);
	json_out_free(&body);
}

static void
put_alert(struct store_batch *b, struct command_input *i, const struct verdict *v)
{
	struct alert *a;

	if (!verdict_is_relay(v->kind))
		return;
	a = alert_of_verdict(i->infer, v, &i->files, i->infer->now);
	alert_identify(a);
	store_batch_alert(b, a);
	alert_free(a);
}

static void
put_verdict(struct store_batch *b, const struct verdict *v, const struct json_out *j,
	const char *name, uint64_t time)
{
	struct store_verdict out = {.server = v->server->key.addr,
		.port = (uint16_t)v->server->key.port,
		.time = time,
		.verdict = name,
		.grade = verdict_grade_name(v->grade),
		.confidence = v->confidence,
		.rank = (int)v->kind,
		.changed = true,
		.name = word_span(v->identity->name),
		.body = span_of(j->at, j->used)};

	store_batch_verdict(b, &out);
}

static void
put_verdicts(struct store_batch *b, struct command_input *i)
{
	struct ranking r;
	struct json_out j;

	json_out_init(&j);
	ranking_fill(&r, i->infer);
	for (size_t k = 0; k < r.count; k++) {
		json_out_reset(&j);
		json_out_object(&j, NULL);
		json_out_text(&j, "verdict", "unknown");
		json_out_object_end(&j);
		put_verdict(b, &r.at[k], &j, "unknown", i->infer->now - 1);
		json_out_reset(&j);
		server_json_write(&r.at[k], &i->files, &j);
		put_verdict(b, &r.at[k], &j, verdict_name(r.at[k].kind), i->infer->now);
		put_alert(b, i, &r.at[k]);
	}
	ranking_free(&r);
	json_out_free(&j);
}

/* The id is what stands between "id":" and the next quote. */
static struct span
id_of(struct span line)
{
	size_t at = span_search_nocase(line, SPAN_LITERAL("\"id\":\"")) + 6;
	struct span rest = span_slice(line, at, line.len);

	return span_slice(rest, 0, span_find(rest, '"'));
}

static void
put_transactions(struct store_batch *b, struct command_input *i, const char *path)
{
	FILE *f = fopen(path, "r");
	struct record_reader *reader = record_reader_new(&i->files);
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	if (!f)
		fatal("%s", path);
	while ((n = getline(&line, &room, f)) > 0) {
		struct span s = span_trim(span_of(line, (size_t)n));
		struct record r;
		const char *reason;

		if (record_read_line(reader, s, &r, &reason) != RECORD_READ_OK ||
			r.kind != RECORD_TRANSACTION)
			continue;
		store_batch_transaction(b, &(struct store_transaction){.id = id_of(s),
						   .time = r.txn.time,
						   .server = r.conn.server.addr,
						   .client = r.conn.client.addr,
						   .port = r.conn.server.port,
						   .body = s});
	}
	free(line);
	record_reader_free(reader);
	fclose(f);
}

static void
deliver_half(struct store *s)
{
	struct store_waiting w[64];
	uint64_t ids[64];
	size_t n = store_waiting(s, "siem", w, 64), taken = 0;

	for (size_t i = 0; i < n; i += 2)
		ids[taken++] = w[i].id;
	store_waiting_free(w, n);
	if (store_delivered(s, "siem", ids, taken) < 0)
		fatalx("not delivered");
}

int
main(int argc, char **argv)
{
	static char siem[] = "siem";
	struct config_output output = {.name = siem};
	struct config_outputs outputs = {&output, 1};
	struct command_options o = {.quiet = true, .files = argv + 2, .file_count = 1};
	struct command_input input;
	struct store_batch *b = store_batch_new();
	struct store *s;
	char error[STORE_ERROR_MAX];

	if (argc != 3)
		fatalx("usage: fill DIR RECORDS");
	config_init(&o.config);
	o.config.state.directory = argv[1];
	s = store_open(&o.config.state, STORE_WRITE, error);
	if (!s)
		fatalx("%s", error);
	if (command_input_records(&input, &o) != COMMAND_GOOD ||
		store_outputs(s, &outputs) < 0)
		return 1;
	put_state(b, &input);
	put_verdicts(b, &input);
	put_transactions(b, &input, argv[2]);
	if (store_commit(s, b) < 0)
		return 1;
	deliver_half(s);
	store_close(s);
	store_batch_free(b);
	command_input_free(&input);
	o.config.state.directory = NULL;
	config_free(&o.config);
	return 0;
}
