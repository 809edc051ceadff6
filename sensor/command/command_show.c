/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"
#include "sensor/infer/wanted.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

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

static size_t
show(const struct command_options *o, struct command_input *i, const struct ranking *r,
	const struct wanted *w)
{
	struct server_text_style style = {.colour = o->colour > 0, .width = 0};
	struct json_out j;
	size_t shown = 0;

	json_out_init(&j);
	for (size_t k = 0; k < r->count; k++) {
		if (!wanted_is(w, &r->at[k]))
			continue;
		if (o->json) {
			server_json_write(&r->at[k], &i->files, &j);
			if (json_out_line(&j, stdout) < 0)
				i->failed = true;
			show_findings(i, r->at[k].server, &j);
		} else {
			if (shown)
				putchar('\n');
			server_text_detail(&r->at[k], &i->files, &style, stdout);
			finding_text_detail(
				i->infer, r->at[k].server, &i->files, &style, stdout);
		}
		shown++;
	}
	json_out_free(&j);
	return shown;
}

static int
show_input(struct command_options *o, struct span server)
{
	struct command_input input;
	struct ranking r;
	struct wanted w;
	char name[256];
	int status = command_input_read(&input, o);

	wanted_parse(server, &w);
	if (status == COMMAND_GOOD) {
		ranking_fill(&r, input.infer);
		if (show(o, &input, &r, &w) == 0) {
			escape_text(server, name, sizeof(name));
			log_warnx("show: no server %s in this input; relaytap read lists them",
				name);
			input.failed = true;
		}
		if (fflush(stdout) != 0)
			input.failed = true;
		status = command_status(o, &input, &r);
		ranking_free(&r);
	}
	command_input_free(&input);
	return status;
}

static int
run_show(int argc, char **argv)
{
	struct command_options o;
	struct span server;
	int status = command_options_parse(&o, &command_show, argc, argv);

	if (status == COMMAND_GOOD && o.file_count < 2) {
		log_warnx("show: a server and at least one file are needed");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD) {
		server = span_of_text(o.files[0]);
		o.files++;
		o.file_count--;
		status = show_input(&o, server);
	}
	command_options_free(&o);
	return status;
}

const struct command command_show = {
	"show",
	"[options] SERVER FILE...",
	"Shows one server (address, address:port or name) in detail: verdict, exposure,\n"
	"evidence with time, file and frame, what to do. FILE: captures or records.\n"
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"
	"      --json               as JSON\n",
	run_show,
};
