/* SPDX-License-Identifier: Apache-2.0 */
/* relaytap(8): the commands, by name. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/command/command.h"

static const struct command *const commands[] = {
	&command_read,
	&command_show,
	&command_infer,
	&command_write_report,
	&command_watch,
	&command_ctl,
	&command_top,
	&command_servers,
	&command_alerts,
	&command_transactions,
	&command_check_config,
};

#define COMMANDS (sizeof(commands) / sizeof(*commands))

static void
usage(FILE *to)
{
	fputs("relaytap tells from the wire alone which mail servers relay for strangers.\n\n",
		to);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(to, "  relaytap %s %s\n", commands[i]->name, commands[i]->usage);
	fputs("  relaytap --version\n\nrelaytap COMMAND --help says more; so does relaytap(8).\n",
		to);
}

int
main(int argc, char **argv)
{
	log_init(LOG_NORMAL, COMMAND_FAILED);
	/* A reader of our output that goes away is an error of write, not our death. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		usage(stderr);
		return COMMAND_FAILED;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i]->name) == 0)
			return commands[i]->run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		puts("relaytap " RELAYTAP_VERSION);
		return COMMAND_GOOD;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return COMMAND_GOOD;
	}
	log_warnx("no such command; relaytap --help lists them");
	return COMMAND_FAILED;
}
