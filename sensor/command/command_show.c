/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "sensor/base/escape.h"
#include "sensor/base/log.h"
#include "sensor/output/finding_json.h"
#include "sensor/output/finding_text.h"
#include "sensor/output/server_json.h"
#include "sensor/output/server_text.h"

/* What the user may call a server by: address, address and port, or name. */
struct wanted {
	struct ip_addr addr; /* all zero: by name */
	uint64_t port;	     /* 0: any */
	struct span name;
};

/* "203.0.113.11", "203.0.113.11:25", "[2001:db8::1]:25", "mail.example.org". */
static void
wanted_parse(struct span text, struct wanted *w)
{
	size_t colon = text.len;

	*w = (struct wanted){.name = text};
	if (ip_addr_parse(text, &w->addr))
		return;
	while (colon > 0 && text.at[colon - 1] != ':')
		colon--;
	if (colon == 0 || !span_number(span_slice(text, colon, text.len), 65535, &w->port))
		return;
	text = span_slice(text, 0, colon - 1);
	w->name = text;
	if (text.len > 2 && text.at[0] == '[' && text.at[text.len - 1] == ']')
		text = span_slice(text, 1, text.len - 1);
	ip_addr_parse(text, &w->addr);
}

static bool
is_wanted(const struct wanted *w, const struct verdict *v)
{
	if (w->port && w->port != v->server->key.port)
		return false;
	if (!ip_addr_is_none(&w->addr))
		return ip_addr_equal(&w->addr, &v->server->key.addr);
	return span_equal_nocase(w->name, word_span(v->identity->name));
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

static size_t
show(const struct command_options *o, struct command_input *i, const struct ranking *r,
	const struct wanted *w)
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
