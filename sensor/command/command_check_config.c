/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"

#include <errno.h>
#include <string.h>

#include "sensor/base/log.h"

static bool
is_option(const char *word)
{
	return strcmp(word, "-c") == 0 || strcmp(word, "--config") == 0;
}

static int
run_check_config(int argc, char **argv)
{
	struct config config;
	char error[512];
	int status = COMMAND_GOOD;

	if (argc == 2 && (strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "--help") == 0)) {
		command_usage(&command_check_config, stdout);
		return COMMAND_GOOD;
	}
	if (argc < 2) {
		log_warnx("check-config: no file given");
		return COMMAND_FAILED;
	}
	for (int i = 1; i < argc; i++) {
		/* As the other commands take it. */
		if (i + 1 < argc && is_option(argv[i]))
			continue;
		config_init(&config);
		if (config_read(&config, argv[i], error, sizeof(error)) < 0) {
			log_warnx("%s", error);
			status = COMMAND_FAILED;
		} else {
			printf("%s: good\n", argv[i]);
		}
		config_free(&config);
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		if (errno != EPIPE)
			log_warn("standard output");
		status = COMMAND_FAILED;
	}
	return status;
}

const struct command command_check_config = {
	"check-config",
	"[-c] FILE...",
	"Reads configuration files and says what is wrong with them, with file and line.\n",
	run_check_config,
};
