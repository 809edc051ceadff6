/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include "sensor/base/log.h"

#define SHARED_HELP                                                                      \
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"         \
	"      --home PREFIX        one of our own networks; may be repeated\n"          \
	"      --trusted PREFIX     clients that may relay; may be repeated\n"           \
	"      --hosted DOMAIN      a domain that our servers take mail for\n"           \
	"      --json               one JSON object a server, then the counters\n"       \
	"      --explain            each server in detail, with its evidence\n"          \
	"      --alerts FORMAT      print alerts only: ecs, ocsf, cef, leef, eve, relaytap\n"   \
	"      --state DIR          keep what is learned, and alerts, in a database there\n"   \
	"      --transactions FILE  write all records as JSON lines; - for stdout\n"     \
	"      --fail-on VERDICT    exit with 2 if a server is as bad as that\n"         \
	"      --color WHEN         auto, always or never\n"                             \
	"  -q, --quiet              no progress, no notes\n"                             \
	"  -v, --verbose            more notes\n"

static int
run(const struct command *c, int argc, char **argv,
	int (*input_of)(struct command_input *, const struct command_options *))
{
	struct command_options o;
	struct command_input input;
	int status = command_options_parse(&o, c, argc, argv);

	if (status == COMMAND_GOOD && o.file_count == 0) {
		log_warnx("%s: no file given; - is standard input", c->name);
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD) {
		status = input_of(&input, &o);
		if (status == COMMAND_GOOD)
			status = command_report(&o, &input);
		command_input_free(&input);
	}
	command_options_free(&o);
	return status;
}

static int
run_read(int argc, char **argv)
{
	return run(&command_read, argc, argv, command_input_read);
}

static int
run_infer(int argc, char **argv)
{
	return run(&command_infer, argc, argv, command_input_records);
}

const struct command command_read = {
	"read",
	"[options] FILE...",
	"Reads capture files (pcap, pcapng, also compressed), folders of them, or - for\n"
	"standard input, and tells which mail servers relay for strangers.\n"
	"      --filter EXPR        only frames that this tcpdump expression matches\n"
	"      --no-any-port        look for mail on its own ports only\n" SHARED_HELP,
	run_read,
};

const struct command command_infer = {
	"infer",
	"[options] FILE...",
	"Reasons over records that relaytap read --transactions has written.\n" SHARED_HELP,
	run_infer,
};
