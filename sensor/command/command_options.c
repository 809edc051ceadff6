/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/base/log.h"

enum long_option {
	OPTION_ALERTS = 256,
	OPTION_ANY_PORT,
	OPTION_COLOUR,
	OPTION_EXPLAIN,
	OPTION_FAIL_ON,
	OPTION_FILTER,
	OPTION_FORMAT,
	OPTION_HOME,
	OPTION_HOSTED,
	OPTION_JSON,
	OPTION_LIMIT,
	OPTION_MINIMUM,
	OPTION_NO_ANY_PORT,
	OPTION_SERVER,
	OPTION_SINCE,
	OPTION_STATE,
	OPTION_TRANSACTIONS,
	OPTION_TRUSTED,
	OPTION_UNTIL
};

static const struct option long_options[] = {
	{"alerts", required_argument, NULL, OPTION_ALERTS},
	{"any-port", no_argument, NULL, OPTION_ANY_PORT},
	{"color", required_argument, NULL, OPTION_COLOUR},
	{"config", required_argument, NULL, 'c'},
	{"explain", no_argument, NULL, OPTION_EXPLAIN},
	{"fail-on", required_argument, NULL, OPTION_FAIL_ON},
	{"filter", required_argument, NULL, OPTION_FILTER},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"help", no_argument, NULL, 'h'},
	{"home", required_argument, NULL, OPTION_HOME},
	{"hosted", required_argument, NULL, OPTION_HOSTED},
	{"json", no_argument, NULL, OPTION_JSON},
	{"limit", required_argument, NULL, OPTION_LIMIT},
	{"minimum", required_argument, NULL, OPTION_MINIMUM},
	{"no-any-port", no_argument, NULL, OPTION_NO_ANY_PORT},
	{"output", required_argument, NULL, 'o'},
	{"quiet", no_argument, NULL, 'q'},
	{"server", required_argument, NULL, OPTION_SERVER},
	{"since", required_argument, NULL, OPTION_SINCE},
	{"state", required_argument, NULL, OPTION_STATE},
	{"transactions", required_argument, NULL, OPTION_TRANSACTIONS},
	{"trusted", required_argument, NULL, OPTION_TRUSTED},
	{"until", required_argument, NULL, OPTION_UNTIL},
	{"verbose", no_argument, NULL, 'v'},
	{NULL, 0, NULL, 0},
};

void
command_usage(const struct command *c, FILE *to)
{
	fprintf(to, "usage: relaytap %s %s\n%s", c->name, c->usage, c->help);
}

/* The configuration comes first, whatever its place: single options then add to it. */
static int
read_config_first(struct command_options *o, int argc, char **argv)
{
	char error[512];
	int c, status = COMMAND_GOOD;

	opterr = 0;
	optind = 1;
	while ((c = getopt_long(argc, argv, "c:ho:qv", long_options, NULL)) != -1)
		if (c == 'c' && config_read(&o->config, optarg, error, sizeof(error)) < 0) {
			log_warnx("%s", error);
			status = COMMAND_FAILED;
		}
	opterr = 1;
	optind = 1;
	return status;
}

static int
add_prefix(struct config_prefixes *p, const char *option, const char *text)
{
	struct ip_prefix prefix;
	struct ip_prefix *at;

	if (!ip_prefix_parse(span_of_text(text), &prefix)) {
		log_warnx("--%s: not an address or prefix; write 192.0.2.0/24 or 2001:db8::/32",
			option);
		return COMMAND_FAILED;
	}
	at = realloc(p->at, (p->count + 1) * sizeof(*at));
	if (!at)
		abort();
	p->at = at;
	p->at[p->count++] = prefix;
	return COMMAND_GOOD;
}

/* What is no domain would be among no server's, and leave it without any of its own. */
static int
add_hosted(struct command_options *o, const char *domain)
{
	char error[CONFIG_ERROR];

	if (config_add_hosted(&o->config, domain, error, sizeof(error)) == 0)
		return COMMAND_GOOD;
	log_warnx("--hosted: %s", error);
	return COMMAND_FAILED;
}

static int
set_colour(struct command_options *o, const char *when)
{
	static const char *const names[] = {"never", "always", "auto"};
	static const int values[] = {0, 1, -1};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(when, names[i]) == 0) {
			o->colour = values[i];
			return COMMAND_GOOD;
		}
	log_warnx("--color: write auto, always or never");
	return COMMAND_FAILED;
}

static int
set_fail_on(struct command_options *o, const char *name)
{
	o->fail_on = verdict_kind_of_name(name, &o->fail_kind);
	if (o->fail_on)
		return COMMAND_GOOD;
	log_warnx("--fail-on: no such verdict; write open-relay, partial-relay, "
		  "open-submission, accepts-then-drops, remediated, restricted or unknown");
	return COMMAND_FAILED;
}

/* The line of the configuration that the option stands for. */
static int
add_alerts(struct command_options *o, const char *format)
{
	char line[128], error[CONFIG_ERROR];
	int n = snprintf(line, sizeof(line), "{to: stdout, format: %s}", format);

	o->alerts = true;
	if (n > 0 && (size_t)n < sizeof(line) &&
		config_add_output(&o->config, line, error, sizeof(error)) == 0)
		return COMMAND_GOOD;
	log_warnx("--alerts: write ecs, ocsf, cef, leef, eve or relaytap");
	return COMMAND_FAILED;
}

/* Groups of options that only some commands have. */
enum takes {
	TAKES_STATE = 1,  /* --state */
	TAKES_QUERY = 2,  /* --server, --since, --until, --limit */
	TAKES_ALERTS = 4, /* --minimum, --format */
	TAKES_REPORT = 16, /* --output, and a format of its own */
	TAKES_TELLING = 8, /* --alerts: it tells outputs, and keeps what it learns */
	TAKES_FAIL_ON = 32, /* --fail-on */
	TAKES_FILTER = 64, /* --filter; where no capture is read: command_state_open() */
	TAKES_JSON = 128   /* --json */
};

static unsigned
takes_of(const struct command *c)
{
	if (c == &command_alerts)
		return TAKES_STATE | TAKES_QUERY | TAKES_ALERTS | TAKES_JSON;
	if (c == &command_transactions)
		return TAKES_STATE | TAKES_QUERY | TAKES_JSON;
	if (c == &command_read)
		return TAKES_STATE | TAKES_TELLING | TAKES_FAIL_ON | TAKES_FILTER |
		       TAKES_JSON;
	if (c == &command_infer)
		return TAKES_STATE | TAKES_TELLING | TAKES_FAIL_ON | TAKES_JSON;
	if (c == &command_write_report)
		return TAKES_STATE | TAKES_REPORT | TAKES_FAIL_ON | TAKES_FILTER;
	if (c == &command_show)
		return TAKES_STATE | TAKES_FAIL_ON | TAKES_FILTER | TAKES_JSON;
	return c == &command_servers ? TAKES_STATE | TAKES_FAIL_ON | TAKES_JSON : 0;
}

static int
take_state_option(struct command_options *o, int option)
{
	switch (option) {
	case OPTION_STATE:
		o->given |= TAKES_STATE;
		o->state = optarg;
		return COMMAND_GOOD;
	case 'o':
		o->given |= TAKES_REPORT;
		o->output = optarg;
		return COMMAND_GOOD;
	case OPTION_FORMAT:
		if (report_format_of_name(optarg, &o->report_format)) {
			o->given |= TAKES_REPORT;
			return COMMAND_GOOD;
		}
		o->given |= TAKES_ALERTS;
		return command_state_format(o, optarg);
	case OPTION_MINIMUM:
		o->given |= TAKES_ALERTS;
		return command_state_minimum(o, optarg);
	case OPTION_LIMIT:
		o->given |= TAKES_QUERY;
		return command_state_limit(o, optarg);
	case OPTION_SERVER:
		o->given |= TAKES_QUERY;
		return command_state_server(o, optarg);
	case OPTION_SINCE:
		o->given |= TAKES_QUERY;
		return command_state_since(o, optarg);
	case OPTION_UNTIL:
		o->given |= TAKES_QUERY;
		return command_state_until(o, optarg);
	default:
		return COMMAND_FAILED;
	}
}

static int
take_option(struct command_options *o, int option)
{
	switch (option) {
	case OPTION_ALERTS:
		o->given |= TAKES_TELLING;
		return add_alerts(o, optarg);
	case OPTION_ANY_PORT:
	case OPTION_NO_ANY_PORT:
		o->config.any_port = option == OPTION_ANY_PORT;
		return COMMAND_GOOD;
	case OPTION_COLOUR:
		return set_colour(o, optarg);
	case OPTION_EXPLAIN:
		o->explain = true;
		return COMMAND_GOOD;
	case OPTION_FAIL_ON:
		o->given |= TAKES_FAIL_ON;
		return set_fail_on(o, optarg);
	case OPTION_FILTER:
		o->given |= TAKES_FILTER;
		o->filter = optarg;
		return COMMAND_GOOD;
	case OPTION_HOME:
		return add_prefix(&o->config.home, "home", optarg);
	case OPTION_TRUSTED:
		return add_prefix(&o->config.trusted, "trusted", optarg);
	case OPTION_HOSTED:
		return add_hosted(o, optarg);
	case OPTION_JSON:
		o->given |= TAKES_JSON;
		o->json = true;
		return COMMAND_GOOD;
	case OPTION_TRANSACTIONS:
		o->transactions = optarg;
		return COMMAND_GOOD;
	case 'c':
		return COMMAND_GOOD;
	case 'q':
		o->quiet = true;
		log_init(LOG_QUIET, COMMAND_FAILED);
		return COMMAND_GOOD;
	case 'v':
		log_init(LOG_VERBOSE, COMMAND_FAILED);
		return COMMAND_GOOD;
	default:
		return take_state_option(o, option);
	}
}

/* Rather refused than passed over: the answer would be another than was asked for. */
static int
refuse_others(const struct command_options *o, const struct command *command)
{
	unsigned others = o->given & ~takes_of(command);

	if (!others)
		return COMMAND_GOOD;
	log_warnx("%s: has no option %s; relaytap %s --help shows the options", command->name,
		others & TAKES_STATE     ? "--state"
		: others & TAKES_FAIL_ON ? "--fail-on"
		: others & TAKES_FILTER	 ? "--filter"
		: others & TAKES_JSON	 ? "--json"
		: others & TAKES_TELLING ? "--alerts"
		: others & TAKES_REPORT	 ? "--output, and no such --format"
		: others & TAKES_QUERY ? "--server, --since, --until or --limit"
					       : "--minimum or --format",
		command->name);
	return COMMAND_FAILED;
}

/* Written to, a capture or a file of records would be lost before it is read. */
static int
refuse_own_input(const struct command_options *o, const char *option, const char *path)
{
	struct stat to, from;

	if (!path || stat(path, &to) != 0 || !S_ISREG(to.st_mode))
		return COMMAND_GOOD;
	for (size_t i = 0; i < o->file_count; i++)
		if (stat(o->files[i], &from) == 0 && from.st_dev == to.st_dev &&
			from.st_ino == to.st_ino) {
			log_warnx("%s %s: that file is to be read; name another one",
				option, path);
			return COMMAND_FAILED;
		}
	return COMMAND_GOOD;
}

/*
 * A folder in the configuration is the running sensor's: what a command learns from
 * captures goes into a database only where it was asked for.
 */
static void
settle_state(struct command_options *o, const struct command *command)
{
	o->tells = takes_of(command) & TAKES_TELLING;
	if (!o->tells)
		return;
	free(o->config.state.directory);
	o->config.state.directory = o->state ? strdup(o->state) : NULL;
	if (o->state && !o->config.state.directory)
		abort();
}

int
command_options_parse(
	struct command_options *o, const struct command *command, int argc, char **argv)
{
	int c;

	memset(o, 0, sizeof(*o));
	o->colour = -1;
	config_init(&o->config);
	if (read_config_first(o, argc, argv) != COMMAND_GOOD)
		return COMMAND_FAILED;
	while ((c = getopt_long(argc, argv, "c:ho:qv", long_options, NULL)) != -1) {
		if (c == 'h') {
			command_usage(command, stdout);
			command_options_free(o);
			exit(COMMAND_GOOD);
		}
		if (take_option(o, c) == COMMAND_GOOD)
			continue;
		if (c == '?')
			log_warnx("relaytap %s --help shows the options", command->name);
		return COMMAND_FAILED;
	}
	if (refuse_others(o, command) != COMMAND_GOOD)
		return COMMAND_FAILED;
	settle_state(o, command);
	o->files = argv + optind;
	o->file_count = (size_t)(argc - optind);
	if (o->colour < 0)
		o->colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
	if (refuse_own_input(o, "--transactions", o->transactions) != COMMAND_GOOD)
		return COMMAND_FAILED;
	return refuse_own_input(o, "--output", o->output);
}

void
command_options_free(struct command_options *o)
{
	config_free(&o->config);
}
