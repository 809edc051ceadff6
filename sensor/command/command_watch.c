/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "sensor/base/log.h"
#include "sensor/watch/watch.h"

enum watch_option { OPTION_CAPTURE = 256, OPTION_STATS, OPTION_TAP, OPTION_USER, OPTION_RECORDS };

static const struct option long_options[] = {
	{"capture", required_argument, NULL, OPTION_CAPTURE},
	{"config", required_argument, NULL, 'c'},
	{"help", no_argument, NULL, 'h'},
	{"interface", required_argument, NULL, 'i'},
	{"quiet", no_argument, NULL, 'q'},
	{"stats", required_argument, NULL, OPTION_STATS},
	{"tap", no_argument, NULL, OPTION_TAP},
	{"transactions", required_argument, NULL, OPTION_RECORDS},
	{"user", required_argument, NULL, OPTION_USER},
	{NULL, 0, NULL, 0},
};

struct watch_arguments {
	struct config config;
	struct watch_options o;
	const char *interfaces[CAPTURE_LIVE_INTERFACES_MAX];
	uint16_t *ports;
	const char *records;
};

static int
set_method(struct watch_arguments *a, const char *name)
{
	static const char *const names[] = {"auto", "afpacket", "xdp", "pcap"};

	for (enum capture_live_method m = CAPTURE_LIVE_AUTO; m <= CAPTURE_LIVE_PCAP; m++)
		if (strcmp(name, names[m]) == 0) {
			a->o.live.method = m;
			return COMMAND_GOOD;
		}
	log_warnx("--capture: write auto, afpacket, xdp or pcap");
	return COMMAND_FAILED;
}

static int
add_interface(struct watch_arguments *a, const char *name)
{
	if (a->o.live.interfaces == CAPTURE_LIVE_INTERFACES_MAX) {
		log_warnx("-i: %d interfaces are the most", CAPTURE_LIVE_INTERFACES_MAX);
		return COMMAND_FAILED;
	}
	a->interfaces[a->o.live.interfaces++] = name;
	return COMMAND_GOOD;
}

static int
set_config(struct watch_arguments *a, const char *file)
{
	char error[512];

	if (config_read(&a->config, file, error, sizeof(error)) == 0)
		return COMMAND_GOOD;
	log_warnx("%s", error);
	return COMMAND_FAILED;
}

static int
set_stats(struct watch_arguments *a, const char *text)
{
	uint64_t seconds;

	if (!span_number(span_of_text(text), 86400, &seconds)) {
		log_warnx("--stats: not a number of seconds up to 86400; 0 is at the end only");
		return COMMAND_FAILED;
	}
	a->o.stats_seconds = (uint32_t)seconds;
	return COMMAND_GOOD;
}

static int
take_option(struct watch_arguments *a, int option)
{
	switch (option) {
	case OPTION_CAPTURE:
		return set_method(a, optarg);
	case OPTION_STATS:
		return set_stats(a, optarg);
	case OPTION_TAP:
		a->o.live.method = CAPTURE_LIVE_XDP;
		return COMMAND_GOOD;
	case OPTION_USER:
		a->o.user = optarg;
		return COMMAND_GOOD;
	case OPTION_RECORDS:
		a->records = optarg;
		return COMMAND_GOOD;
	case 'c':
		return set_config(a, optarg);
	case 'i':
		return add_interface(a, optarg);
	case 'q':
		log_init(LOG_QUIET, COMMAND_FAILED);
		return COMMAND_GOOD;
	default:
		log_warnx("relaytap watch --help shows the options");
		return COMMAND_FAILED;
	}
}

/* What the kernel lets through: the ports of the configuration, and name servers. */
static void
set_ports(struct watch_arguments *a)
{
	static const uint16_t dns[] = {53};
	const struct config *c = &a->config;
	size_t count = 0;

	a->ports = calloc(c->smtp_ports.count + c->smtps_ports.count + 1, sizeof(*a->ports));
	if (!a->ports)
		abort();
	for (size_t i = 0; i < c->smtp_ports.count; i++)
		a->ports[count++] = c->smtp_ports.at[i];
	for (size_t i = 0; i < c->smtps_ports.count; i++)
		a->ports[count++] = c->smtps_ports.at[i];
	a->ports[count++] = dns[0];
	a->o.live.ports = (struct capture_ports){
		.tcp = a->ports, .tcp_count = count, .udp = dns, .udp_count = 1};
	/* Looking into every port is for files: live, each such packet has its price. */
	a->config.any_port = false;
}

static int
open_records(struct watch_arguments *a)
{
	if (!a->records)
		return COMMAND_GOOD;
	a->o.records = strcmp(a->records, "-") == 0 ? stdout : fopen(a->records, "a");
	if (a->o.records)
		return COMMAND_GOOD;
	log_warn("--transactions %s", a->records);
	return COMMAND_FAILED;
}

static int
run_watch(int argc, char **argv)
{
	struct watch_arguments a;
	int option, status = COMMAND_GOOD;

	memset(&a, 0, sizeof(a));
	config_init(&a.config);
	a.o.live.interface = a.interfaces;
	a.o.changes = stdout;
	while (status == COMMAND_GOOD &&
		(option = getopt_long(argc, argv, "c:hi:q", long_options, NULL)) != -1) {
		if (option == 'h') {
			command_usage(&command_watch, stdout);
			goto out;
		}
		status = take_option(&a, option);
	}
	if (status == COMMAND_GOOD && (a.o.live.interfaces == 0 || optind < argc)) {
		log_warnx("watch: name interfaces, each with -i");
		status = COMMAND_FAILED;
	}
	if (status == COMMAND_GOOD)
		status = open_records(&a);
	if (status == COMMAND_GOOD) {
		set_ports(&a);
		status = watch_run(&a.config, &a.o) < 0 ? COMMAND_FAILED : COMMAND_GOOD;
	}
	if (a.o.records && a.o.records != stdout && fclose(a.o.records) != 0)
		status = COMMAND_FAILED;
out:
	free(a.ports);
	config_free(&a.config);
	return status;
}

const struct command command_watch = {
	"watch",
	"[options] -i INTERFACE...",
	"Listens on interfaces until SIGTERM, and writes a JSON line whenever a server's\n"
	"verdict changes. Needs root or CAP_NET_RAW and CAP_BPF to start; gives them up.\n"
	"  -i, --interface NAME     a tap or span port; both halves of a tap, one each\n"
	"      --capture HOW        auto, afpacket, xdp or pcap\n"
	"      --tap                the port is a tap: drop what is not mail by XDP\n"
	"  -c, --config FILE        read the configuration (relaytap.conf(5))\n"
	"      --transactions FILE  append all records as JSON lines; - for stdout\n"
	"      --stats SECONDS      write the counters so often\n"
	"      --user NAME          become this user when all is open (nobody)\n"
	"  -q, --quiet              no notes\n",
	run_watch,
};
