/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/base/text_out.h"
#include "sensor/capture/capture_live.h"
#include "sensor/output/format.h"
#include "sensor/watch/watch.h"

enum watch_option {
	OPTION_ALERTS = 256,
	OPTION_ANY_PORT,
	OPTION_CAPTURE,
	OPTION_CHROOT,
	OPTION_CONTROL,
	OPTION_METRICS,
	OPTION_NO_ANY_PORT,
	OPTION_RECORDS,
	OPTION_RING,
	OPTION_STATE,
	OPTION_STATS,
	OPTION_TAP,
	OPTION_THREADS,
	OPTION_USER,
	OPTION_WRITE
};

static const struct option long_options[] = {
	{"alerts", required_argument, NULL, OPTION_ALERTS},
	{"any-port", no_argument, NULL, OPTION_ANY_PORT},
	{"capture", required_argument, NULL, OPTION_CAPTURE},
	{"chroot", required_argument, NULL, OPTION_CHROOT},
	{"config", required_argument, NULL, 'c'},
	{"control", required_argument, NULL, OPTION_CONTROL},
	{"help", no_argument, NULL, 'h'},
	{"interface", required_argument, NULL, 'i'},
	{"metrics", required_argument, NULL, OPTION_METRICS},
	{"no-any-port", no_argument, NULL, OPTION_NO_ANY_PORT},
	{"quiet", no_argument, NULL, 'q'},
	{"ring", required_argument, NULL, OPTION_RING},
	{"state", required_argument, NULL, OPTION_STATE},
	{"stats", required_argument, NULL, OPTION_STATS},
	{"tap", no_argument, NULL, OPTION_TAP},
	{"threads", required_argument, NULL, OPTION_THREADS},
	{"transactions", required_argument, NULL, OPTION_RECORDS},
	{"user", required_argument, NULL, OPTION_USER},
	{"write", required_argument, NULL, OPTION_WRITE},
	{NULL, 0, NULL, 0},
};

/* Each option but -i at most once or twice: more lines than this are a mistake. */
#define LINES_MAX 32

/* The options as lines of the configuration, so that a reload can lay them over it anew.
 */
struct watch_arguments {
	struct watch_options o;
	struct watch_line line[LINES_MAX];
	struct text_out text[LINES_MAX];
	struct text_out interfaces; /* "a", "b" */
	size_t interface_count;
	struct text_out output;
};

/* A value as YAML's double quotes have it (YAML 1.2 7.3.1). */
static void
quote(struct text_out *t, const char *value)
{
	text_out_char(t, '"');
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			text_out_char(t, '\\');
		if ((unsigned char)*value < 0x20)
			text_out_format(t, "\\x%02x", (unsigned char)*value);
		else
			text_out_char(t, *value);
	}
	text_out_char(t, '"');
}

/* before: "run: {user: ", value, "}". NULL value: nothing between. */
static int
add_line(struct watch_arguments *a, const char *option, const char *before,
	const char *value, bool quoted)
{
	struct text_out *t = &a->text[a->o.line_count];

	if (a->o.line_count == LINES_MAX) {
		log_warnx("%s: too many options", option);
		return COMMAND_FAILED;
	}
	text_out_init(t);
	text_out_text(t, before);
	if (quoted)
		quote(t, value);
	else
		text_out_text(t, value);
	text_out_char(t, '}');
	a->line[a->o.line_count++] = (struct watch_line){option, t->at};
	return COMMAND_GOOD;
}

static int
add_interface(struct watch_arguments *a, const char *name)
{
	if (a->interface_count++ == CAPTURE_LIVE_INTERFACES_MAX) {
		log_warnx("-i: %d interfaces are the most", CAPTURE_LIVE_INTERFACES_MAX);
		return COMMAND_FAILED;
	}
	if (a->interfaces.used)
		text_out_text(&a->interfaces, ", ");
	quote(&a->interfaces, name);
	return COMMAND_GOOD;
}

static int
end_interfaces(struct watch_arguments *a)
{
	if (!a->interface_count)
		return COMMAND_GOOD;
	text_out_char(&a->interfaces, ']');
	return add_line(a, "-i", "capture: {interfaces: [", a->interfaces.at, false);
}

/* "127.0.0.1:9464", "[::1]:9464", or the port alone. */
static int
add_metrics(struct watch_arguments *a, const char *value)
{
	const char *colon = strrchr(value, ':');
	char address[80];
	size_t len = colon ? (size_t)(colon - value) : 0;

	if (!colon)
		return add_line(a, "--metrics", "metrics: {port: ", value, false);
	if (len > 2 && value[0] == '[' && value[len - 1] == ']') {
		value++;
		len -= 2;
	}
	if (len >= sizeof(address)) {
		log_warnx("--metrics: write ADDRESS:PORT");
		return COMMAND_FAILED;
	}
	memcpy(address, value, len);
	address[len] = '\0';
	if (add_line(a, "--metrics", "metrics: {address: ", address, true))
		return COMMAND_FAILED;
	return add_line(a, "--metrics", "metrics: {port: ", colon + 1, false);
}

static bool
is_format(const char *text)
{
	for (enum config_format f = CONFIG_FORMAT_ECS; f <= CONFIG_FORMAT_RELAYTAP; f++)
		if (strcmp(format_name(f), text) == 0)
			return true;
	return false;
}

static int
set_alerts(struct watch_arguments *a, const char *format)
{
	if (!is_format(format)) {
		log_warnx("--alerts: write ecs, ocsf, cef, leef, eve or relaytap");
		return COMMAND_FAILED;
	}
	text_out_reset(&a->output);
	text_out_text(&a->output, "{to: stdout, format: ");
	quote(&a->output, format);
	text_out_char(&a->output, '}');
	a->o.output = a->output.at;
	return COMMAND_GOOD;
}

static int
set_stats(struct watch_arguments *a, const char *text)
{
	uint64_t seconds;

	if (!span_number(span_of_text(text), 86400, &seconds)) {
		log_warnx("--stats: not a number of seconds up to 86400; 0 is at the end "
			  "only");
		return COMMAND_FAILED;
	}
	a->o.stats_seconds = (uint32_t)seconds;
	return COMMAND_GOOD;
}

/* Options that are a key of the configuration under another name. */
static const struct alias {
	int option;
	const char *name;
	const char *before;
	bool quoted;
} aliases[] = {
	{OPTION_CAPTURE, "--capture", "capture: {method: ", true},
	{OPTION_CHROOT, "--chroot", "run: {chroot: ", true},
	{OPTION_CONTROL, "--control", "run: {control: ", true},
	{OPTION_RING, "--ring", "capture: {ring: ", true},
	{OPTION_STATE, "--state", "state: {directory: ", true},
	{OPTION_THREADS, "--threads", "capture: {threads: ", false},
	{OPTION_USER, "--user", "run: {user: ", true},
	{OPTION_WRITE, "--write", "capture: {evidence: ", true},
};

static int
take_alias(struct watch_arguments *a, int option)
{
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (aliases[i].option == option)
			return add_line(a, aliases[i].name, aliases[i].before, optarg,
				aliases[i].quoted);
	log_warnx("relaytap watch --help shows the options");
	return COMMAND_FAILED;
}

static int
take_option(struct watch_arguments *a, int option)
{
	switch (option) {
	case OPTION_ALERTS:
		return set_alerts(a, optarg);
	case OPTION_ANY_PORT:
		return add_line(a, "--any-port", "{any_port: ", "true", false);
	case OPTION_NO_ANY_PORT:
		return add_line(a, "--no-any-port", "{any_port: ", "false", false);
	case OPTION_METRICS:
		return add_metrics(a, optarg);
	case OPTION_RECORDS:
		a->o.records = optarg;
		return COMMAND_GOOD;
	case OPTION_STATS:
		return set_stats(a, optarg);
	case OPTION_TAP:
		return add_line(a, "--tap", "capture: {tap: ", "true", false);
	case 'c':
		a->o.config_file = optarg;
		return COMMAND_GOOD;
	case 'i':
		return add_interface(a, optarg);
	case 'q':
		log_init(LOG_QUIET, COMMAND_FAILED);
		return COMMAND_GOOD;
	default:
		return take_alias(a, option);
	}
}

static void
arguments_free(struct watch_arguments *a)
{
	for (size_t i = 0; i < a->o.line_count; i++)
		text_out_free(&a->text[i]);
	text_out_free(&a->interfaces);
	text_out_free(&a->output);
}

static int
run_watch(int argc, char **argv)
{
	struct watch_arguments a;
	int option, status = COMMAND_GOOD;

	memset(&a, 0, sizeof(a));
	a.o.line = a.line;
	text_out_init(&a.interfaces);
	text_out_init(&a.output);
	while (status == COMMAND_GOOD &&
		(option = getopt_long(argc, argv, "c:hi:q", long_options, NULL)) != -1) {
		if (option == 'h') {
			command_usage(&command_watch, stdout);
			goto out;
		}
		status = take_option(&a, option);
	}
	if (status == COMMAND_GOOD && optind < argc) {
		log_warnx("watch: name interfaces, each with -i");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD)
		status = end_interfaces(&a);
	if (status == COMMAND_GOOD)
		status = watch_run(&a.o) < 0 ? COMMAND_FAILED : COMMAND_GOOD;
out:
	arguments_free(&a);
	return status;
}

const struct command command_watch = {
	"watch",
	"[options] [-i INTERFACE...]",
	"Listens on interfaces until SIGTERM, and writes a JSON line whenever a "
	"server's\n"
	"verdict changes; alerts go to the outputs. Needs root, or CAP_NET_RAW, CAP_BPF "
	"and\n"
	"CAP_PERFMON, to start; gives them up. SIGHUP reads the configuration anew and "
	"opens\n"
	"files anew, SIGUSR1 logs the counters.\n"
	"  -i, --interface NAME     a tap or span port; both halves of a tap, one each\n"
	"      --capture HOW        auto, afpacket, xdp or pcap\n"
	"      --tap                the port is a tap: drop what is not mail by XDP\n"
	"      --any-port           look for mail on every port\n"
	"      --no-any-port        not so, whatever the configuration says\n"
	"      --threads N          packet threads\n"
	"      --ring SIZE          memory of each interface and thread, as 64 MiB\n"
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"
	"      --alerts FORMAT      alerts to stdout: ecs, ocsf, cef, leef, eve, "
	"relaytap\n"
	"      --state DIR          keep what was learned in a database there\n"
	"      --write FILE         pcapng of the connections that led to an alert\n"
	"      --transactions FILE  append all records as JSON lines; - for stdout\n"
	"      --control PATH       socket for relaytap ctl and top\n"
	"      --metrics [ADDR:]PORT  counters for Prometheus\n"
	"      --stats SECONDS      log the counters so often\n"
	"      --user NAME          become this user when all is open (nobody)\n"
	"      --chroot DIR         and be confined to that folder\n"
	"  -q, --quiet              no notes\n",
	run_watch,
};
