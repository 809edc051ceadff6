/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/base/time_text.h"
#include "sensor/output/format.h"

#define USUAL_DIRECTORY "/var/lib/relaytap"
#define NS		UINT64_C(1000000000)

/* --- options --------------------------------------------------------------------------
 */

int
command_state_format(struct command_options *o, const char *text)
{
	for (enum config_format f = CONFIG_FORMAT_ECS; f <= CONFIG_FORMAT_RELAYTAP; f++)
		if (strcmp(format_name(f), text) == 0) {
			o->formatted = true;
			o->format = f;
			return COMMAND_GOOD;
		}
	log_warnx("--format: write ecs, ocsf, cef, leef, eve or relaytap");
	return COMMAND_FAILED;
}

int
command_state_limit(struct command_options *o, const char *text)
{
	uint64_t limit;

	if (!span_number(span_of_text(text), 1000000000, &limit) || limit == 0) {
		log_warnx("--limit: write a number from 1");
		return COMMAND_FAILED;
	}
	o->query.limit = limit;
	return COMMAND_GOOD;
}

int
command_state_minimum(struct command_options *o, const char *text)
{
	if (alert_severity_of_name(span_of_text(text), &o->query.minimum))
		return COMMAND_GOOD;
	log_warnx("--minimum: write low, medium, high or critical");
	return COMMAND_FAILED;
}

int
command_state_server(struct command_options *o, const char *text)
{
	struct command_server server;

	command_server_parse(span_of_text(text), &server);
	o->query.server = server.addr;
	o->query.port = server.port;
	o->server = text;
	return COMMAND_GOOD;
}

/* "12h": so long before now. The clock is asked here alone: it is the user's "now". */
static bool
ago(struct span text, uint64_t *ns)
{
	static const char units[] = "smhdw";
	static const uint64_t seconds[] = {1, 60, 3600, 86400, 7 * 86400};
	const char *unit;
	uint64_t count, now = (uint64_t)time(NULL);

	if (text.len < 2)
		return false;
	unit = strchr(units, text.at[text.len - 1]);
	if (!unit || !span_number(span_slice(text, 0, text.len - 1), 1000000000, &count))
		return false;
	count *= seconds[unit - units];
	*ns = (count < now ? now - count : 0) * NS;
	return true;
}

static int
set_time(const char *option, const char *text, uint64_t *ns)
{
	struct span s = span_of_text(text);
	char day[40];

	snprintf(day, sizeof(day), "%.10sT00:00:00Z", text);
	if (time_text_parse(s, ns) || ago(s, ns) ||
		(s.len == 10 && time_text_parse(span_of_text(day), ns)))
		return COMMAND_GOOD;
	log_warnx("--%s: write 2026-11-24, 2026-11-24T20:22:53Z, or a time ago: 30m, "
		  "12h, 7d",
		option);
	return COMMAND_FAILED;
}

int
command_state_since(struct command_options *o, const char *text)
{
	return set_time("since", text, &o->query.from);
}

int
command_state_until(struct command_options *o, const char *text)
{
	int status = set_time("until", text, &o->query.to);

	/* 0 is no end at all (store.h); nothing is as old as this. */
	if (status == COMMAND_GOOD && o->query.to == 0)
		o->query.to = 1;
	return status;
}

/* --- the folder -----------------------------------------------------------------------
 */

static const char *
directory_of(const struct command_options *o)
{
	struct stat st;

	if (o->state)
		return o->state;
	if (o->config.state.directory && *o->config.state.directory)
		return o->config.state.directory;
	return stat(USUAL_DIRECTORY, &st) == 0 ? USUAL_DIRECTORY : NULL;
}

struct store *
command_state_open(struct command_options *o, const char *command)
{
	const char *directory = directory_of(o);
	struct config_state state = o->config.state;
	char error[STORE_ERROR_MAX];
	struct store *s;
	char *copy;

	if (o->filter || o->transactions) {
		log_warnx("%s: %s is for captures and records; a sensor's state is read "
			  "as it is",
			command, o->filter ? "--filter" : "--transactions");
		return NULL;
	}
	if (!directory) {
		log_warnx("%s: where is the sensor's state? Name its folder with "
			  "--state, or "
			  "its configuration file with -c",
			command);
		return NULL;
	}
	copy = strdup(directory);
	if (!copy)
		abort();
	state.directory = copy;
	s = store_open(&state, STORE_READ, error);
	if (!s)
		log_warnx("%s", error);
	free(copy);
	return s;
}

/* --- rows ------------------------------------------------------------------------------
 */

unsigned
command_terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 120;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
		return size.ws_col;
	return 80;
}

bool
command_rows_line(struct command_rows *r, struct span line)
{
	if (fwrite(line.at, 1, line.len, stdout) != line.len || putchar('\n') == EOF) {
		r->failed = true;
		return false;
	}
	return true;
}

bool
command_rows_take(struct command_rows *r, const struct ip_addr *server, uint16_t port,
	struct span name)
{
	if (r->by_name && !command_server_is(&r->server, server, port, name))
		return false;
	r->shown++;
	return !r->counting && r->shown > r->skip;
}

void
command_rows_refuse(struct command_rows *r, const char *what, const char *reason)
{
	if (!r->counting)
		log_warnx("%s is not understood, and left out: %s", what, reason);
	r->damaged = true;
}

static void
rows_init(struct command_rows *r, const struct command_options *o)
{
	r->o = o;
	r->observer = o->config.alerts.observer;
	if (!r->observer || !*r->observer) {
		if (gethostname(r->host, sizeof(r->host) - 1) < 0)
			strcpy(r->host, "relaytap");
		r->observer = r->host;
	}
	if (o->server)
		command_server_parse(span_of_text(o->server), &r->server);
	r->by_name = o->server && ip_addr_is_none(&r->server.addr);
}

/* The store knows servers by address alone; names are looked at row by row. */
static void
rows_ask(const struct command_rows_of *of, struct command_rows *r, struct store *s)
{
	struct store_query q = r->o->query;

	if (r->by_name && q.limit) {
		size_t limit = q.limit;

		q.limit = 0;
		r->counting = true;
		if (of->ask(s, &q, of->row, r) < 0)
			r->failed = true;
		r->counting = false;
		r->skip = r->shown > limit ? r->shown - limit : 0;
		r->shown = 0;
	}
	if (of->ask(s, &q, of->row, r) < 0)
		r->failed = true;
}

static int
rows_show(const struct command_rows_of *of, struct command_rows *r, struct store *s)
{
	if (of->start)
		of->start(r);
	rows_ask(of, r, s);
	if (of->stop)
		of->stop(r);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			log_warn("standard output");
		r->failed = true;
	}
	if (r->failed)
		return COMMAND_FAILED;
	return r->damaged ? COMMAND_DAMAGED : COMMAND_GOOD;
}

int
command_rows_run(
	const struct command_rows_of *of, struct command_rows *r, int argc, char **argv)
{
	struct command_options o;
	struct store *s = NULL;
	int status = command_options_parse(&o, of->command, argc, argv);

	if (status == COMMAND_GOOD && o.file_count) {
		log_warnx(
			"%s: takes no files; --state names the sensor's folder", argv[0]);
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD) {
		rows_init(r, &o);
		s = command_state_open(&o, argv[0]);
		status = s ? rows_show(of, r, s) : COMMAND_FAILED;
	}
	store_close(s);
	command_options_free(&o);
	return status;
}
