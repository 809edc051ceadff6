/* SPDX-License-Identifier: Apache-2.0 */
#include "command_history.h"
#include "command_state.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

/*
 * By any of the names that it greets with: what is told is the verdict on the worst of
 * them.
 */
static bool
is_wanted(const struct command_server *w, const struct verdict *v)
{
	const struct server_key *key = &v->server->key;

	for (const struct identity *id = v->server->identities; id; id = id->next)
		if (command_server_is(w, &key->addr, key->port, word_span(id->name)))
			return true;
	return false;
}

static void
show_findings(struct command_input *i, const struct server *server, struct json_out *j)
{
	size_t count;
	const struct finding **list = findings_list(i->infer, &count);

	for (size_t k = 0; k < count; k++) {
		if (!finding_text_is_about(list[k], server))
			continue;
		finding_json_write(list[k], &i->files, j);
		if (json_out_line(j, stdout) < 0)
			i->failed = true;
	}
	free(list);
}

/* s: where its history is; NULL: there is none. */
static size_t
show(const struct command_options *o, struct command_input *i, const struct ranking *r,
	const struct command_server *w, struct store *s)
{
	struct server_text_style style = {.colour = o->colour > 0, .width = 0};
	struct json_out j;
	size_t shown = 0;

	json_out_init(&j);
	for (size_t k = 0; k < r->count; k++) {
		if (!is_wanted(w, &r->at[k]))
			continue;
		if (o->json) {
			server_json_write(&r->at[k], &i->files, &j);
			if (json_out_line(&j, stdout) < 0)
				i->failed = true;
			show_findings(i, r->at[k].server, &j);
			if (s && command_history_json(s, &r->at[k], &j) < 0)
				i->failed = true;
		} else {
			if (shown)
				putchar('\n');
			server_text_detail(&r->at[k], &i->files, &style, stdout);
			finding_text_detail(
				i->infer, r->at[k].server, &i->files, &style, stdout);
			if (s && command_history_text(s, &r->at[k], &style) < 0)
				i->failed = true;
		}
		shown++;
	}
	json_out_free(&j);
	return shown;
}

static int
show_input(struct command_options *o, struct command_input *input, struct span server,
	struct store *s)
{
	struct command_server w;
	struct ranking r;
	char name[256];
	int status;

	command_server_parse(server, &w);
	ranking_fill(&r, input->infer);
	if (show(o, input, &r, &w, s) == 0) {
		escape_text(server, name, sizeof(name));
		log_warnx("show: no server %s in this input; relaytap %s lists them", name,
			s ? "servers" : "read");
		input->failed = true;
	}
	command_report_flush(input);
	status = command_status(o, input, &r);
	ranking_free(&r);
	return status;
}

static int
show_files(struct command_options *o, struct span server)
{
	struct command_input input;
	int status = command_input_read(&input, o);

	if (status == COMMAND_GOOD)
		status = show_input(o, &input, server, NULL);
	command_input_free(&input);
	return status;
}

static int
show_state(struct command_options *o, struct span server)
{
	struct store *s = command_state_open(o, command_show.name);
	struct command_input input;
	struct command_server w;
	int status;

	if (!s)
		return COMMAND_FAILED;
	command_server_parse(server, &w);
	status = command_input_server(&input, o, s, &w);
	if (status == COMMAND_GOOD)
		status = show_input(o, &input, server, s);
	command_input_free(&input);
	store_close(s);
	return status;
}

static int
run_show(int argc, char **argv)
{
	struct command_options o;
	struct span server;
	int status = command_options_parse(&o, &command_show, argc, argv);

	if (status == COMMAND_GOOD && (o.file_count < 1 || (o.file_count > 1 && o.state))) {
		log_warnx("show: name a server, and either files or --state and a folder");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD) {
		server = span_of_text(o.files[0]);
		o.files++;
		o.file_count--;
		status = o.file_count ? show_files(&o, server) : show_state(&o, server);
	}
	command_options_free(&o);
	return status;
}

const struct command command_show = {
	"show",
	"[options] SERVER [FILE...]",
	"Shows one server (address, address:port or name) in detail: verdict, exposure,\n"
	"evidence with time, file and frame, what to do. FILE: captures or records; without,\n"
	"what a sensor knows, and how its verdict changed.\n"
	"      --state DIR          the sensor's state.directory\n"
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"
	"      --json               as JSON\n",
	run_show,
};
