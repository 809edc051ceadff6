/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics for the one who runs the program: one line each, to stderr. Findings never
 * come this way. Whoever knows the cause logs it; callers above pass the failure on.
 *
 * Octets of a peer or a file name must pass escape_text() before they come here. As a
 * last line of defence, controls in the finished line become '?', so that one message is
 * one line whatever it quotes.
 */
#ifndef LOG_H
#define LOG_H

#define LOG_FORMAT(at) __attribute__((format(printf, at, at + 1)))

enum log_level {
	LOG_QUIET,   /* warnings and what is fatal */
	LOG_NORMAL,  /* and notes */
	LOG_VERBOSE, /* and what only the curious want */
};

/* exit_status: what fatal() and fatalx() leave the program with. */
void log_init(enum log_level level, int exit_status);

/*
 * Text written before each line while something else stands on the terminal's last line
 * (a progress line), or NULL. Borrowed for as long as it is set.
 */
void log_erase(const char *sequence);

/* Adds ": " and the text of errno, which is left as it was. */
void log_warn(const char *format, ...) LOG_FORMAT(1);
void log_warnx(const char *format, ...) LOG_FORMAT(1);
void log_info(const char *format, ...) LOG_FORMAT(1);
void log_debug(const char *format, ...) LOG_FORMAT(1);

/* Only before the loop starts: a running sensor does not die of its input. */
_Noreturn void fatal(const char *format, ...) LOG_FORMAT(1);
_Noreturn void fatalx(const char *format, ...) LOG_FORMAT(1);

#endif
