/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <getopt.h>

#include "sensor/base/log.h"
#include "sensor/command/command_top.h"
#include "sensor/control/control.h"

static const struct option long_options[] = {
	{"help", no_argument, NULL, 'h'},
	{"socket", required_argument, NULL, 's'},
	{NULL, 0, NULL, 0},
};

static int
ask(const char *socket, char **words, size_t count)
{
	struct text_out line, out;
	int status;

	text_out_init(&line);
	text_out_init(&out);
	for (size_t i = 0; i < count; i++)
		text_out_format(&line, "%s%s", i ? " " : "", words[i]);
	status = control_ask(socket, line.at, &out) == 0 ? COMMAND_GOOD : COMMAND_FAILED;
	if ((out.used && fwrite(out.at, 1, out.used, stdout) != out.used) ||
		fflush(stdout) != 0) {
		log_warn("standard output");
		status = COMMAND_FAILED;
	}
	text_out_free(&line);
	text_out_free(&out);
	return status;
}

static int
run_ctl(int argc, char **argv)
{
	const char *socket = COMMAND_CONTROL_SOCKET;
	int option;

	/* "+": what follows the command is the command's. */
	while ((option = getopt_long(argc, argv, "+hs:", long_options, NULL)) != -1) {
		if (option == 'h') {
			command_usage(&command_ctl, stdout);
			return COMMAND_GOOD;
		}
		if (option != 's') {
			log_warnx("relaytap ctl --help shows the options");
			return COMMAND_FAILED;
		}
		socket = optarg;
	}
	if (optind == argc) {
		log_warnx("ctl: name a command; relaytap ctl --help lists them");
		return COMMAND_FAILED;
	}
	return ask(socket, argv + optind, (size_t)(argc - optind));
}

const struct command command_ctl = {
	"ctl",
	"[-s FILE] COMMAND [WORD...]",
	"Asks a running sensor, or tells it to do something; the answer is JSON, one "
	"object a\n"
	"line (relaytap-events(7)). The commands are the sensor's:\n"
	"  stats             all counters\n"
	"  servers           each server with its verdict, the most serious first\n"
	"  show SERVER       one server: address, address:port or name\n"
	"  why SERVER        the evidence for its verdict\n"
	"  flows             the connections followed now\n"
	"  top               what relaytap top shows\n"
	"  reload            read the configuration anew\n"
	"  rotate            open output files anew, after logrotate\n"
	"  help              the list that this sensor has\n"
	"Options:\n"
	"  -s, --socket FILE  the sensor's control socket (" COMMAND_CONTROL_SOCKET ")\n",
	run_ctl,
};
