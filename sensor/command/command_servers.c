/* SPDX-License-Identifier: Apache-2.0 */
#include "command_state.h"

#include "sensor/base/log.h"

static int
report(struct command_options *o)
{
	struct store *s = command_state_open(o, command_servers.name);
	struct command_input input;
	int status;

	if (!s)
		return COMMAND_FAILED;
	status = command_input_state(&input, o, s);
	store_close(s);
	if (status == COMMAND_GOOD)
		status = command_report(o, &input);
	command_input_free(&input);
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
	"  -c, --config FILE        its configuration: servers are judged by it\n"
	"      --json               one JSON object a server, then the counters\n"
	"      --explain            each server in detail, with its evidence\n"
	"      --fail-on VERDICT    exit with 2 if a server is as bad as that\n"
	"      --color WHEN         auto, always or never\n",
	run_servers,
};
