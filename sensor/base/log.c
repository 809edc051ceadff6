/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Octets of a message; what is longer is cut and ends in "...". */
#define LINE_MAX_OCTETS 4096

static enum log_level log_level = LOG_NORMAL;
static int log_exit_status = 1;
static const char *log_before;

void
log_init(enum log_level level, int exit_status)
{
	log_level = level;
	log_exit_status = exit_status;
}

void
log_erase(const char *sequence)
{
	log_before = sequence;
}

static void
keep_one_line(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < 0x20 || *line == 0x7f)
			*line = '?';
}

/* error: an errno to add, or 0. Written in one piece, so that lines never mix. */
static void __attribute__((format(printf, 2, 0)))
log_line(int error, const char *format, va_list args)
{
	char line[LINE_MAX_OCTETS];
	int n = vsnprintf(line, sizeof(line), format, args);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof(line))
		memcpy(line + sizeof(line) - 4, "...", 4);
	keep_one_line(line);
	fprintf(stderr, "%srelaytap: %s%s%s\n", log_before ? log_before : "", line,
		error ? ": " : "", error ? strerror(error) : "");
}

void
log_warn(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	log_line(error, format, args);
	va_end(args);
	errno = error;
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(0, format, args);
	va_end(args);
}

void
log_info(const char *format, ...)
{
	va_list args;

	if (log_level < LOG_NORMAL)
		return;
	va_start(args, format);
	log_line(0, format, args);
	va_end(args);
}

void
log_debug(const char *format, ...)
{
	va_list args;

	if (log_level < LOG_VERBOSE)
		return;
	va_start(args, format);
	log_line(0, format, args);
	va_end(args);
}

void
fatal(const char *format, ...)
{
	int error = errno;
	va_list args;

	va_start(args, format);
	log_line(error, format, args);
	va_end(args);
	exit(log_exit_status);
}

void
fatalx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_line(0, format, args);
	va_end(args);
	exit(log_exit_status);
}
