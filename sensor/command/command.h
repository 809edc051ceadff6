/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's commands, and what their options have in common.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdio.h>

#include "sensor/base/json_out.h"
#include "sensor/command/command_desk.h"
#include "sensor/config/config.h"
#include "sensor/infer/ranking.h"
#include "sensor/record/record_files.h"
#include "sensor/report/report.h"
#include "sensor/store/store.h"

/* Exit statuses, documented in relaytap(8). */
enum command_status {
	COMMAND_GOOD = 0,
	COMMAND_FAILED = 1, /* usage, configuration, output: nothing or not all was done */
	COMMAND_FOUND = 2,  /* a verdict as serious as --fail-on asks for */
	COMMAND_DAMAGED = 3 /* some input was damaged or unreadable; the rest was used */
};

struct command_options {
	struct config config;
	bool json;
	bool explain;
	bool quiet;
	bool fail_on;
	enum verdict_kind fail_kind;
	bool tells;		  /* to outputs and a database, where there are any */
	bool alerts;		  /* alert lines go to standard output in place of a table */
	const char *transactions; /* file, "-", or NULL */
	const char *filter;	  /* tcpdump expression, or NULL */
	int colour;		  /* -1: if standard output is a terminal */
	/* What of a sensor's state is to be shown: command_state.h. */
	const char *state;  /* folder, or NULL */
	const char *server; /* as given, or NULL; an address is also in query */
	struct store_query query;
	/* Of report: where to (NULL: standard output), and as what. */
	const char *output;
	enum report_format report_format;
	bool formatted;
	enum config_format format;
	unsigned given; /* which of these options were: bits of command_options.c's */
	char **files;
	size_t file_count;
};

struct command {
	const char *name;
	const char *usage; /* what follows the name */
	const char *help;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};

extern const struct command command_read;
extern const struct command command_infer;
extern const struct command command_show;
extern const struct command command_check_config;
extern const struct command command_servers;
extern const struct command command_alerts;
extern const struct command command_transactions;
extern const struct command command_write_report;
extern const struct command command_watch;
extern const struct command command_ctl;
extern const struct command command_top;

/*
 * Parses options; what is left are the files. COMMAND_GOOD, or COMMAND_FAILED with the
 * reason logged. command_options_free in either case.
 */
int command_options_parse(
	struct command_options *o, const struct command *c, int argc, char **argv);
void command_options_free(struct command_options *o);
void command_usage(const struct command *c, FILE *to);

/*
 * What a reading of captures or records has learned, and how it went. Records are also
 * written where the options say.
 */
struct command_input {
	struct record_files files;
	struct infer *infer;
	struct command_desk desk;
	bool damaged;
	bool failed; /* of output */
	/* The "stats" object of the run, made before its stages were given up. */
	struct json_out stats;
	char losses[1024]; /* what a person should know was not seen; lines */
};

/* Captures, or records where the first file holds JSON. */
int command_input_read(struct command_input *i, const struct command_options *o);
/* Only records, from files of JSON lines. */
int command_input_records(struct command_input *i, const struct command_options *o);
void command_input_free(struct command_input *i);

/* The exit status that input, output and --fail-on call for. */
int command_status(const struct command_options *o, const struct command_input *i,
	const struct ranking *r);

/* Table or JSON of all servers, as the options say. */
int command_report(const struct command_options *o, struct command_input *i);
/* Its parts: a line of JSON for each finding; all is out, or the fault is logged. */
void command_report_findings(struct command_input *i);
void command_report_flush(struct command_input *i);

#endif
