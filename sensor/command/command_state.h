/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that read what a sensor keeps in its state.directory, also while it runs, and
 * the options that are theirs alone.
 */
#ifndef COMMAND_STATE_H
#define COMMAND_STATE_H

#include "command.h"
#include "command_server.h"
#include "sensor/store/store.h"

/* Each takes one option's text; COMMAND_GOOD, or COMMAND_FAILED with the reason logged.
 */
int command_state_format(struct command_options *o, const char *text);
int command_state_limit(struct command_options *o, const char *text);
int command_state_minimum(struct command_options *o, const char *text);
int command_state_server(struct command_options *o, const char *text);
/* "2026-11-24", "2026-11-24T20:22:53Z", or a time ago: "90s", "30m", "12h", "7d", "2w".
 */
int command_state_since(struct command_options *o, const char *text);
int command_state_until(struct command_options *o, const char *text);

/*
 * The folder of --state, of the configuration, or the usual one: opened for reading.
 * NULL with the reason logged; so it is where an option asks for frames or records.
 */
struct store *command_state_open(struct command_options *o, const char *command);

/* What the inference of that sensor has learned, as if its packets had been read. */
int command_input_state(
	struct command_input *i, const struct command_options *o, struct store *s);

/* Of that the findings and counters alone: no servers. */
int command_input_findings(
	struct command_input *i, const struct command_options *o, struct store *s);

/*
 * Of that what the verdict on one server rests on, and all findings; of other servers
 * nothing, or as much as it pleases. No counters.
 */
int command_input_server(struct command_input *i, const struct command_options *o,
	struct store *s, const struct command_server *w);

/* Columns of the terminal; 120 where there is none. */
unsigned command_terminal_width(void);

/* Of alerts and transactions: their common run. */
struct command_rows {
	const struct command_options *o;
	struct command_server server; /* .name: rows of others are passed over */
	bool by_name;
	bool damaged; /* a row could not be understood */
	bool failed;
	size_t shown;
	/* The newest so many of a name: counted first, then the older ones skipped. */
	bool counting;
	size_t skip;
	const char *observer; /* this sensor's name, or this host's */
	char host[256];
};

/*
 * Parses options, opens, asks, ends: the whole command but for one row. start is called
 * before the first row, stop behind the last; either may be NULL.
 */
struct command_rows_of {
	const struct command *command;
	int (*ask)(struct store *, const struct store_query *, store_visit_row *, void *);
	store_visit_row *row; /* its ctx: struct command_rows, first in ctx */
	void (*start)(void *ctx);
	void (*stop)(void *ctx);
};
int command_rows_run(const struct command_rows_of *of, struct command_rows *ctx, int argc,
	char **argv);

/* Is this row about the server that was asked for, and to be shown? It is counted. */
bool command_rows_take(struct command_rows *r, const struct ip_addr *server,
	uint16_t port, struct span name);
void command_rows_refuse(struct command_rows *r, const char *what, const char *reason);
/* A line to standard output. False: no more is wanted there. */
bool command_rows_line(struct command_rows *r, struct span line);

#endif
