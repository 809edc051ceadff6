/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/command/command_top.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* ECMA-48 and xterm's private modes: alternate screen, no cursor, no wrapping of lines.
 */
static const char begin[] = "\033[?1049h\033[?25l\033[?7l\033[2J";
static const char end[] = "\033[?7h\033[?25h\033[?1049l";

static struct termios terminal_before;
static volatile sig_atomic_t must_end;

static void
on_signal(int number)
{
	/* Another size only ends the wait. */
	if (number != SIGWINCH)
		must_end = 1;
}

/* Signals come only while we wait for them, so that none is missed between two looks. */
static void
catch_signals(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
	struct sigaction action = {.sa_handler = on_signal};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		sigaddset(&set, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
say(const char *text, size_t len)
{
	(void)!write(STDOUT_FILENO, text, len);
}

bool
command_top_terminal_enter(void)
{
	struct termios raw;

	if (!isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &terminal_before) != 0)
		return false;
	catch_signals();
	raw = terminal_before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	/* Stopped in the alternate screen it would leave the shell there. */
	raw.c_cc[VSUSP] = _POSIX_VDISABLE;
	if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0)
		return false;
	say(begin, sizeof(begin) - 1);
	return true;
}

void
command_top_terminal_leave(void)
{
	say(end, sizeof(end) - 1);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before);
}

void
command_top_terminal_size(unsigned *width, unsigned *height)
{
	struct winsize size;

	*width = 80;
	*height = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row) {
		*width = size.ws_col;
		*height = size.ws_row;
	}
}

static enum top_key
key_of(char c)
{
	if (c == 'q' || c == 'Q')
		return TOP_KEY_QUIT;
	return c == ' ' || c == '\n' ? TOP_KEY_AGAIN : TOP_KEY_NONE;
}

enum top_key
command_top_terminal_wait(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	enum top_key key = TOP_KEY_NONE;
	sigset_t none;
	char keys[16];
	ssize_t n;
	int status;

	/* Signals are blocked but while it waits: none comes between. */
	if (must_end)
		return TOP_KEY_QUIT;
	sigemptyset(&none);
	status = ppoll(&p, 1, &t, &none);
	if (must_end)
		return TOP_KEY_QUIT;
	if (status < 0)
		return errno == EINTR ? TOP_KEY_AGAIN : TOP_KEY_QUIT;
	if (status == 0)
		return TOP_KEY_AGAIN;
	n = read(STDIN_FILENO, keys, sizeof(keys));
	/* The terminal is gone. */
	if (n <= 0)
		return TOP_KEY_QUIT;
	for (ssize_t i = 0; i < n && key != TOP_KEY_QUIT; i++)
		key = key_of(keys[i]);
	return key;
}
