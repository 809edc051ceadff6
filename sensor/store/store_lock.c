/* SPDX-License-Identifier: Apache-2.0 */
#include "store_part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "sensor/base/escape.h"

/* The pid that the holder wrote; 0: not there. */
static long
holder(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text), 0);
	uint64_t pid;

	if (n <= 0 || !span_number(span_trim(span_of(text, (size_t)n)), INT32_MAX, &pid))
		return 0;
	return (long)pid;
}

static void
tell_taken(int fd, const char *path, char *error)
{
	long pid = holder(fd);
	char who[48] = "another process";

	if (pid)
		snprintf(who, sizeof(who), "the process %ld", pid);
	snprintf(error, STORE_ERROR_MAX,
		"%s is held by %s; end that one, or name another state.directory", path,
		who);
}

/* For tell_taken() of the next one; nobody reads it otherwise. */
static void
write_pid(int fd)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) != n)
		(void)!ftruncate(fd, 0);
}

int
store_lock(const char *path, char *error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	char shown[STORE_ERROR_MAX / 2];

	escape_text(span_of_text(path), shown, sizeof(shown));
	if (fd < 0) {
		snprintf(error, STORE_ERROR_MAX,
			"%s: %s; give the sensor a folder it may "
			"write to as state.directory",
			shown, strerror(errno));
		return -1;
	}
	/* flock(2), not fcntl(2): it goes when the process goes, and with nothing else.
	 */
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		tell_taken(fd, shown, error);
		close(fd);
		return -1;
	}
	write_pid(fd);
	return fd;
}
