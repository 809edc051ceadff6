/* SPDX-License-Identifier: Apache-2.0 */
#include "command_row.h"
#include "command_state.h"

#include <stdio.h>

#include "sensor/base/log.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_text.h"

/*
 * The table and the lines are answered out of the servers' kept records, one after the
 * other: a sensor may know very many. Only of findings and counters what was learned is
 * loaded. --explain needs all of it, and judges anew.
 */
struct telling {
	const struct command_options *o;
	struct command_input *input;
	struct server_text_table table;
};

static bool
output_fails(struct command_input *i)
{
	if (!ferror(stdout))
		return false;
	i->failed = true;
	return true;
}

static void
refuse(struct command_input *i, const struct store_server *server)
{
	char addr[IP_ADDR_TEXT];

	ip_addr_write(&server->addr, addr);
	log_warnx("the record of the server %s, port %u, is not understood, and left out",
		addr, server->port);
	i->damaged = true;
}

/* The verdict is one of ours: the column is a number, and a file may be damaged. */
static bool
is_known(const struct store_server *server)
{
	return server->rank >= VERDICT_OPEN_RELAY && server->rank <= VERDICT_UNKNOWN;
}

/* Ours are one line, and an object. */
static bool
is_line(struct span body)
{
	return body.len > 1 && body.at[0] == '{' && body.at[body.len - 1] == '}' &&
	       span_find(body, '\n') == body.len;
}

static bool
see_line(void *ctx, const struct store_row *row)
{
	struct telling *t = ctx;

	if (!is_line(row->body)) {
		refuse(t->input, row->server);
		return true;
	}
	fwrite(row->body.at, 1, row->body.len, stdout);
	putchar('\n');
	return !output_fails(t->input);
}

static bool
see_row(void *ctx, const struct store_row *row)
{
	struct telling *t = ctx;
	struct server_row shown = {
		.key = {row->server->addr, row->server->port},
		.kind = (enum verdict_kind)row->server->rank,
		.grade = (enum verdict_grade)row->server->grade,
		.confidence = row->server->confidence,
	};

	if (!is_known(row->server) || !command_row_read(row->body, &shown)) {
		refuse(t->input, row->server);
		return true;
	}
	server_text_table_row(&t->table, &shown, stdout);
	return !output_fails(t->input);
}

static int
tell_table(struct telling *t, struct store *s, const struct store_servers *l)
{
	struct server_text_style style = {
		.colour = t->o->colour > 0, .width = command_terminal_width()};

	server_text_table_init(&t->table, &style);
	for (size_t i = 0; i < l->count; i++)
		if (is_known(&l->at[i]))
			server_text_table_measure(&t->table,
				&(struct server_key){l->at[i].addr, l->at[i].port},
				(enum verdict_kind)l->at[i].rank,
				(enum verdict_grade)l->at[i].grade);
	server_text_table_begin(&t->table, stdout);
	if (store_servers_read(s, l, see_row, t) < 0)
		return -1;
	server_text_table_end(&t->table, stdout);
	finding_text_table(t->input->infer, &style, stdout);
	return 0;
}

static int
tell_lines(struct telling *t, struct store *s, const struct store_servers *l)
{
	if (store_servers_read(s, l, see_line, t) < 0)
		return -1;
	command_report_findings(t->input);
	if (json_out_line(&t->input->stats, stdout) < 0)
		t->input->failed = true;
	return 0;
}

static int
status_of(const struct telling *t, const struct store_servers *l)
{
	if (t->input->failed)
		return COMMAND_FAILED;
	for (size_t i = 0; t->o->fail_on && i < l->count; i++)
		if (is_known(&l->at[i]) && l->at[i].rank <= (int)t->o->fail_kind)
			return COMMAND_FOUND;
	return t->input->damaged ? COMMAND_DAMAGED : COMMAND_GOOD;
}

static int
tell(struct command_options *o, struct store *s)
{
	struct command_input input;
	struct telling t = {.o = o, .input = &input};
	struct store_servers l = {0};
	int status = command_input_findings(&input, o, s);

	if (status == COMMAND_GOOD && store_servers_list(s, &l) < 0)
		status = COMMAND_FAILED;
	if (status == COMMAND_GOOD &&
		(o->json ? tell_lines(&t, s, &l) : tell_table(&t, s, &l)) < 0)
		status = COMMAND_FAILED;
	command_report_flush(&input);
	if (status == COMMAND_GOOD)
		status = status_of(&t, &l);
	store_servers_free(&l);
	command_input_free(&input);
	return status;
}

static int
explain(struct command_options *o, struct store *s)
{
	struct command_input input;
	int status = command_input_state(&input, o, s);

	if (status == COMMAND_GOOD)
		status = command_report(o, &input);
	command_input_free(&input);
	return status;
}

static int
report(struct command_options *o)
{
	struct store *s = command_state_open(o, command_servers.name);
	int status;

	if (!s)
		return COMMAND_FAILED;
	status = o->explain && !o->json ? explain(o, s) : tell(o, s);
	store_close(s);
	return status;
}

static int
run_servers(int argc, char **argv)
{
	struct command_options o;
	int status = command_options_parse(&o, &command_servers, argc, argv);

	if (status == COMMAND_GOOD && o.file_count) {
		log_warnx("servers: takes no files; --state names the sensor's folder");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD)
		status = report(&o);
	command_options_free(&o);
	return status;
}

const struct command command_servers = {
	"servers",
	"[options]",
	"Shows the verdicts on all servers that a sensor knows, also while it runs.\n"
	"      --state DIR          its state.directory\n"
	"  -c, --config FILE        its configuration, for state.directory and "
	"--explain\n"
	"      --json               one JSON object a server, then the counters\n"
	"      --explain            each server in detail, with its evidence, judged "
	"anew\n"
	"      --fail-on VERDICT    exit with 2 if a server is as bad as that\n"
	"      --color WHEN         auto, always or never\n",
	run_servers,
};
