/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command_top.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/command/command.h"
#include "sensor/control/control.h"

#define EVERY_S	  2u
#define EVERY_MAX 3600u

enum top_option {
	OPTION_ONCE = 256
};

static const struct option long_options[] = {
	{"delay", required_argument, NULL, 'd'},
	{"help", no_argument, NULL, 'h'},
	{"once", no_argument, NULL, OPTION_ONCE},
	{"socket", required_argument, NULL, 's'},
	{NULL, 0, NULL, 0},
};

struct top_arguments {
	const char *socket;
	unsigned every_s;
	bool once;
};

static int
ask(const char *socket, struct top_view *v)
{
	struct text_out out;
	int status;

	text_out_init(&out);
	status = control_ask(socket, "top", &out);
	if (status == 0 && !command_top_read(v, text_out_all(&out))) {
		log_warnx("%s: the answer is none of this version's sensor", socket);
		status = -1;
	}
	text_out_free(&out);
	return status;
}

/* In one piece: a screen that is half new would flicker. */
static int
show(const struct top_view *v, const struct top_screen *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	bool good;

	if (!to)
		abort();
	command_top_draw(v, s, to);
	fclose(to);
	good = fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0;
	free(text);
	return good ? 0 : -1;
}

static int
show_once(const struct top_arguments *a, struct top_view *v)
{
	struct top_screen s = {.colour = isatty(STDOUT_FILENO) && !getenv("NO_COLOR")};

	if (ask(a->socket, v) != 0)
		return COMMAND_FAILED;
	if (isatty(STDOUT_FILENO))
		command_top_terminal_size(&s.width, &s.height);
	s.height = 0;
	if (show(v, &s) == 0)
		return COMMAND_GOOD;
	log_warn("standard output");
	return COMMAND_FAILED;
}

/* Until q, or until nobody answers any more. */
static int
show_on(const struct top_arguments *a, struct top_view *v)
{
	struct top_screen s = {
		.colour = !getenv("NO_COLOR"), .terminal = true, .every_s = a->every_s};
	enum top_key key = TOP_KEY_AGAIN;

	while (key != TOP_KEY_QUIT) {
		if (key == TOP_KEY_AGAIN && ask(a->socket, v) != 0)
			return COMMAND_FAILED;
		command_top_terminal_size(&s.width, &s.height);
		if (show(v, &s) != 0)
			return COMMAND_FAILED;
		key = command_top_terminal_wait((int)a->every_s * 1000);
	}
	return COMMAND_GOOD;
}

static int
show_live(const struct top_arguments *a, struct top_view *v)
{
	int status;

	/* Who is not there is told on the screen that stays. */
	if (ask(a->socket, v) != 0)
		return COMMAND_FAILED;
	if (!command_top_terminal_enter())
		return show_once(a, v);
	status = show_on(a, v);
	command_top_terminal_leave();
	/* The reason went with the other screen: again, for all to see. */
	if (status != COMMAND_GOOD && ask(a->socket, v) == 0)
		log_warnx("%s: the sensor was away for a while", a->socket);
	return status;
}

static int
take_option(struct top_arguments *a, int option)
{
	uint64_t seconds;

	switch (option) {
	case OPTION_ONCE:
		a->once = true;
		return COMMAND_GOOD;
	case 's':
		a->socket = optarg;
		return COMMAND_GOOD;
	case 'd':
		if (span_number(span_of_text(optarg), EVERY_MAX, &seconds) && seconds) {
			a->every_s = (unsigned)seconds;
			return COMMAND_GOOD;
		}
		log_warnx("-d: not a number of seconds from 1 to %u", EVERY_MAX);
		return COMMAND_FAILED;
	default:
		log_warnx("relaytap top --help shows the options");
		return COMMAND_FAILED;
	}
}

static int
run_top(int argc, char **argv)
{
	struct top_arguments a = {.socket = COMMAND_CONTROL_SOCKET, .every_s = EVERY_S};
	struct top_view *v;
	int option, status = COMMAND_GOOD;

	while (status == COMMAND_GOOD &&
		(option = getopt_long(argc, argv, "d:hs:", long_options, NULL)) != -1) {
		if (option == 'h') {
			command_usage(&command_top, stdout);
			return COMMAND_GOOD;
		}
		status = take_option(&a, option);
	}
	if (status == COMMAND_GOOD && optind < argc) {
		log_warnx("top: takes options only; relaytap top --help shows them");
		status = COMMAND_FAILED;
	}
	if (status != COMMAND_GOOD)
		return status;
	v = calloc(1, sizeof(*v));
	if (!v)
		abort();
	status = a.once || !isatty(STDOUT_FILENO) ? show_once(&a, v) : show_live(&a, v);
	free(v);
	return status;
}

const struct command command_top = {
	"top",
	"[options]",
	"Shows a running sensor: what it hears and loses, its outputs, and the servers, "
	"the\n"
	"most serious first. q quits, the space bar looks at once.\n"
	"  -d, --delay SECONDS  between two looks (2)\n"
	"      --once           one look, without a screen of its own; so it is too "
	"where\n"
	"                       standard output is no terminal\n"
	"  -s, --socket FILE    the sensor's control socket (" COMMAND_CONTROL_SOCKET
	")\n",
	run_top,
};
