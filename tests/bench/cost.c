/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cost FILE COMMAND…: runs the command, its output thrown away, and appends to FILE a
 * line of CPU milliseconds (user and system), wall milliseconds and peak memory in KiB.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
milliseconds(long seconds, long fraction, double per_millisecond)
{
	return (double)seconds * 1e3 + (double)fraction / per_millisecond;
}

static void
run(char **command)
{
	int null = open("/dev/null", O_WRONLY);

	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		_exit(126);
	execv(command[0], command);
	perror(command[0]);
	_exit(127);
}

int
main(int argc, char **argv)
{
	struct timespec from, to;
	struct rusage use;
	int status;
	FILE *out;
	pid_t child;

	out = argc > 2 ? fopen(argv[1], "a") : NULL;
	if (!out)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &from);
	child = fork();
	if (child == 0)
		run(argv + 2);
	if (child == -1 || wait4(child, &status, 0, &use) == -1)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &to);
	fprintf(out, "%.2f %.2f %ld\n",
		milliseconds(use.ru_utime.tv_sec, use.ru_utime.tv_usec, 1e3) +
			milliseconds(use.ru_stime.tv_sec, use.ru_stime.tv_usec, 1e3),
		milliseconds(to.tv_sec - from.tv_sec, to.tv_nsec - from.tv_nsec, 1e6),
		use.ru_maxrss);
	if (fclose(out) != 0 || !WIFEXITED(status))
		return 1;
	return WEXITSTATUS(status);
}
